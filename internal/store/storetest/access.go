package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

func testAuditLog(t *testing.T, b *bundle) {
	ada, bob := domain.User{ID: "1", Name: "Ada", Email: "ada@x.example"}, domain.User{ID: "2", Name: "Bob"}
	note := func(actor domain.User, action, subject string, changes ...domain.FieldChange) {
		t.Helper()
		ctx := domain.WithOrigin(t.Context(), domain.Origin{Address: "192.0.2.7", Token: "nightly"})
		if err := b.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.Audit(ctx, actor, action, domain.Subject{Kind: "thing", ID: subject, Name: "The " + subject}, changes...)
		}); err != nil {
			t.Fatal(err)
		}
		b.clock.add(time.Minute)
	}
	note(ada, "thing.saved", "one", domain.FieldChange{Field: "note", Old: "a", New: strings.Repeat("ü", 1000)})
	note(bob, "thing.saved", "two")
	note(domain.User{}, "thing.deleted", "one", domain.FieldChange{Field: "share", New: "100%"})
	whole, _, err := b.AuditLog(t.Context(), store.AuditFilter{})
	if err != nil || len(whole) != 3 {
		t.Fatalf("%d rows, %v", len(whole), err)
	}
	first := whole[2]
	if !first.At.Equal(start) || first.Actor != "Ada" || first.Token != "nightly" || first.Address != "192.0.2.7" || first.Subject != "The one" || len(first.Changes[0].New) > 1010 || whole[0].Actor != store.System {
		t.Errorf("first %+v, last by %s", first, whole[0].Actor)
	}
	for name, c := range map[string]struct {
		filter store.AuditFilter
		want   string // actions' subjects, newest first
	}{
		"actor":        {store.AuditFilter{ActorID: "2"}, "two"},
		"actor's name": {store.AuditFilter{Actor: store.System}, "one"},
		"action":       {store.AuditFilter{Action: "thing.saved"}, "two one"},
		"subject":      {store.AuditFilter{SubjectID: "one"}, "one one"},
		"from":         {store.AuditFilter{From: start.Add(time.Minute)}, "one two"},
		"to":           {store.AuditFilter{To: start.Add(time.Minute)}, "one"},
		"e-mail":       {store.AuditFilter{Query: "ADA@x"}, "one"},
		"a sign":       {store.AuditFilter{Query: "100%"}, "one"},
		"nothing":      {store.AuditFilter{Query: "%"}, "one"},
		"none":         {store.AuditFilter{Query: "zebra"}, ""},
	} {
		rows, _, err := b.AuditLog(t.Context(), c.filter)
		var got []string
		for _, r := range rows {
			got = append(got, r.SubjectID)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	page, next, err := b.AuditLog(t.Context(), store.AuditFilter{Limit: 2})
	if err != nil || len(page) != 2 || next == "" {
		t.Fatalf("a page of %d, %q, %v", len(page), next, err)
	}
	if rest, next, err := b.AuditLog(t.Context(), store.AuditFilter{Limit: 2, Cursor: next}); err != nil || len(rest) != 1 || next != "" || rest[0].ID != first.ID {
		t.Errorf("the rest: %+v, %q, %v", rest, next, err)
	}
	if _, _, err := b.AuditLog(t.Context(), store.AuditFilter{Cursor: "nonsense"}); domain.CodeOf(err) != "bad_cursor" {
		t.Errorf("nonsense as a cursor: %v", err)
	}
	if actions, err := b.AuditActions(t.Context()); err != nil || strings.Join(actions, " ") != "thing.deleted thing.saved" {
		t.Errorf("actions %v, %v", actions, err)
	}
}

// testAuditGoesWithItsChange: what is rolled back was not done.
func testAuditGoesWithItsChange(t *testing.T, b *bundle) {
	err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Audit(ctx, domain.User{}, "thing.saved", domain.Subject{}); err != nil {
			return err
		}
		return context.Canceled
	})
	rows, _, readErr := b.AuditLog(t.Context(), store.AuditFilter{})
	if err == nil || readErr != nil || len(rows) != 0 {
		t.Errorf("%v, %v: %d rows", err, readErr, len(rows))
	}
}

func testAPITokens(t *testing.T, b *bundle) {
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveUser(ctx, domain.User{ID: "1", Name: "Ada", Email: "ada@x.example"})
	})
	one := store.APIToken{ID: "t1", UserID: "1", Name: "nightly", Prefix: "earshot_AB", Hash: "h1", ReadOnly: true, CreatedAt: start, ExpiresAt: start.Add(time.Hour)}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.AddAPIToken(ctx, one) })
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.TouchAPIToken(ctx, "t1", "192.0.2.7") })
	one.LastUsedAt, one.LastAddress = start, "192.0.2.7"
	for name, read := range map[string]func() (store.APIToken, error){
		"id":   func() (store.APIToken, error) { return b.APIToken(t.Context(), "t1") },
		"hash": func() (store.APIToken, error) { return b.APITokenByHash(t.Context(), "h1") },
		"list": func() (store.APIToken, error) {
			all, err := b.APITokens(t.Context(), "1")
			if err != nil || len(all) != 1 {
				t.Fatalf("%d tokens, %v", len(all), err)
			}
			return all[0], nil
		},
	} {
		got, err := read()
		if diff := cmp.Diff(one, got); diff != "" || err != nil {
			t.Errorf("by %s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	if none, err := b.APITokens(t.Context(), "2"); err != nil || len(none) != 0 {
		t.Errorf("of somebody else: %v, %v", none, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteAPIToken(ctx, "t1") })
	if _, err := b.APITokenByHash(t.Context(), "h1"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func testPasswordLinks(t *testing.T, b *bundle) {
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveUser(ctx, domain.User{ID: "1", Name: "Ada", Email: "ada@x.example"})
	})
	add := func(hash string) {
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPasswordLink(ctx, hash, "1", start.Add(time.Hour))
		})
	}
	take := func(hash string) error {
		return b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.TakePasswordLink(ctx, hash)
			if err == nil && u.Name != "Ada" {
				t.Errorf("the link is of %q", u.Name)
			}
			return err
		})
	}
	add("h1")
	add("h2")
	for _, c := range []struct {
		hash string
		want bool
	}{{"h1", false}, {"h2", true}, {"h2", false}} {
		if err := take(c.hash); (err == nil) != c.want {
			t.Errorf("link %s: %v, want it taken: %v", c.hash, err, c.want)
		}
	}
	add("h3")
	b.clock.add(time.Hour)
	if err := take("h3"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("after its time: %v", err)
	}
}
