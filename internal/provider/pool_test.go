package provider

import (
	"log/slog"
	"maps"
	"testing"

	"earshot/internal/domain"
)

// TestPool: connectors stay open until what they were opened with changes; who shares a credential shares a pace.
func TestPool(t *testing.T) {
	t.Parallel()
	opened := 0
	opener := Opener{Info: stubInfo(), Open: func(Account) (Driver, error) { opened++; return stub{}, nil }}
	pool := NewPool(PoolConfig{Openers: map[domain.Provider]Opener{"stub": opener}, Ledger: &MemoryLedger{}, Now: newFakeClock().now, Logger: slog.New(slog.DiscardHandler)})
	open := func(id string, fields map[string]string) *Connector {
		t.Helper()
		c, err := pool.Open(domain.Connector{ID: id, Provider: "stub", Credential: domain.NamedCredential{Fields: fields}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	fields := map[string]string{"id": "a", "token": "b"}
	first := open("1", fields)
	with := maps.Clone(fields)
	with["subscription_secret"] = "c"
	if open("1", with) != first || opened != 1 {
		t.Error("the secret of a subscription opens the connector anew")
	}
	twin := open("2", fields)
	if twin == first || twin.pacer.account != first.pacer.account {
		t.Error("two connectors with one credential do not share a pace")
	}
	if changed := open("1", map[string]string{"id": "a", "token": "x"}); changed == first || changed.pacer.account == first.pacer.account {
		t.Error("a changed credential goes on with the old connector")
	}
	if _, err := pool.Open(domain.Connector{Provider: "unheard-of"}); err == nil {
		t.Error("a provider without driver can be opened")
	}
}
