package provider

import (
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"earshot/internal/domain"
)

// Pool opens connectors and keeps them open until their credential or settings change. All that use one credential share
// one pacer. It is safe for concurrent use.
type Pool struct {
	openers map[domain.Provider]Opener
	now     func() time.Time
	logger  *slog.Logger

	mu     sync.Mutex
	open   map[string]pooled
	pacers map[[32]byte]*Pacer
}

type pooled struct {
	key       [32]byte
	connector *Connector
}

// NewPool makes a pool over the drivers.
func NewPool(openers map[domain.Provider]Opener, now func() time.Time, logger *slog.Logger) *Pool {
	return &Pool{openers: openers, now: now, logger: logger, open: map[string]pooled{}, pacers: map[[32]byte]*Pacer{}}
}

// Open gives the connector for what is stored.
func (p *Pool) Open(c domain.Connector) (*Connector, error) {
	opener, ok := p.openers[c.Provider]
	if !ok {
		return nil, domain.Errorf(domain.KindPermanent, "unknown_provider", "Earshot has no driver for %s", c.Provider)
	}
	key := keyOf(c, opener.Info)
	p.mu.Lock()
	defer p.mu.Unlock()
	if kept, ok := p.open[c.ID]; ok && kept.key == key {
		return kept.connector, nil
	}
	pacer, ok := p.pacers[key]
	if !ok {
		pacer = NewPacer(opener.Info.PerMinute, p.now, nil)
		p.pacers[key] = pacer
	}
	connector, err := New(Config{Opener: opener, Credential: c.Credential.Fields, Settings: c.Settings, Pacer: pacer, Now: p.now, Logger: p.logger.With("provider", c.Provider)})
	if err != nil {
		return nil, err
	}
	p.open[c.ID] = pooled{key, connector}
	return connector, nil
}

// keyOf is the same for the same account at the same address: what the driver does not declare, such as the secret of a
// subscription, makes no other one.
func keyOf(c domain.Connector, info Info) [32]byte {
	parts := []string{string(c.Provider)}
	for _, f := range info.Credential {
		parts = append(parts, c.Credential.Fields[f.Name])
	}
	for _, f := range info.Settings {
		parts = append(parts, c.Settings[f.Name])
	}
	data, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings always encode
	}
	return sha256.Sum256(data)
}
