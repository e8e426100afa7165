package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"earshot/internal/domain"
)

// PoolConfig is what a Pool works with.
type PoolConfig struct {
	Openers   map[domain.Provider]Opener
	Ledger    Ledger
	Tokens    TokenStore
	Transport http.RoundTripper // nil: the network
	Logger    *slog.Logger
	Now       func() time.Time
	Sleep     SleepFunc // nil: in real time
}

// Pool opens connectors and keeps them open until their credential or settings change. All that use one credential share
// one pace. It is safe for concurrent use.
type Pool struct {
	PoolConfig

	mu   sync.Mutex
	open map[string]pooled
}

type pooled struct {
	key       string
	connector *Connector
}

// NewPool makes a pool over the drivers.
func NewPool(c PoolConfig) *Pool { return &Pool{PoolConfig: c, open: map[string]pooled{}} }

// Open gives the connector for what is stored.
func (p *Pool) Open(c domain.Connector) (*Connector, error) {
	opener, ok := p.Openers[c.Provider]
	if !ok {
		return nil, domain.Errorf(domain.KindPermanent, "unknown_provider", "Earshot has no driver for %s", c.Provider)
	}
	key := keyOf(c, opener.Info)
	p.mu.Lock()
	defer p.mu.Unlock()
	if kept, ok := p.open[c.ID]; ok && kept.key == key {
		return kept.connector, nil
	}
	connector, err := New(Config{
		Opener: opener, Account: p.Account(c), Credential: c.Credential.Fields, Settings: c.Settings, Ledger: p.Ledger, Tokens: p.Tokens, Transport: p.Transport,
		Logger: p.Logger.With("provider", c.Provider), Now: p.Now, Sleep: p.Sleep,
	})
	if err != nil {
		return nil, err
	}
	p.open[c.ID] = pooled{key, connector}
	return connector, nil
}

// Account is the name of a connector's account in the ledger and among the tokens: the same for the same credential at the same
// address. Nothing can be learnt from it.
func (p *Pool) Account(c domain.Connector) string {
	info := p.Openers[c.Provider].Info
	info.Settings = []Field{{Name: "base_url"}}
	return keyOf(c, info)
}

// keyOf is the same for the same credential and settings: what the driver does not declare, such as the secret of a
// subscription, makes no other one.
func keyOf(c domain.Connector, info Info) string {
	parts := []string{string(c.Provider), c.Credential.Fields[SettingKind]}
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
	sum := sha256.Sum256(data)
	return string(c.Provider) + ":" + hex.EncodeToString(sum[:16])
}
