package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testInstallation: it comes back whole, and is away again once it is removed; so is the guest user.
func testInstallation(t *testing.T, b *bundle) {
	ctx := t.Context()
	if got, err := b.Installation(ctx); err != nil || got.Installed() {
		t.Errorf("at first: %+v, %v", got, err)
	}
	want := domain.Installation{For: domain.ForSets, Sets: []string{"A"}, Version: "1", InstalledBy: "u", InstalledAt: start}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveInstallation(ctx, want) })
	if got, err := b.Installation(ctx); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%+v, %v", got, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveInstallation(ctx, domain.Installation{}) })
	if got, err := b.Installation(ctx); err != nil || got.Installed() {
		t.Errorf("removed: %+v, %v", got, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveUser(ctx, domain.User{ID: "g", Name: "Guest", Email: "g@x.example", Profile: domain.ProfileGuest, PermissionSets: []domain.PermissionAssignment{{Set: domain.PermVoiceConnector}}})
	})
	if got, err := b.Guest(ctx); err != nil || got.ID != "g" || len(got.PermissionSets) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveGuest(ctx) })
	if got, err := b.Guest(ctx); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("%+v, %v", got, err)
	}
}

func testMails(t *testing.T, b *bundle) {
	ctx := t.Context()
	first := domain.Mail{ID: "1", To: "a@x.example", Subject: "s", Body: "b", State: domain.MailWaiting, CreatedAt: start}
	second := first
	second.ID = "2"
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddMail(ctx, first); err != nil {
			return err
		}
		return tx.AddMail(ctx, second)
	})
	first.State, first.Problem, first.Attempts, first.SentAt = domain.MailSent, "none", 3, start.Add(time.Minute)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateMail(ctx, first) })
	got, err := b.Mails(ctx)
	if err != nil || cmp.Diff([]domain.Mail{second, first}, got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff([]domain.Mail{second, first}, got))
	}
	if one, err := b.Mail(ctx, "1"); err != nil || cmp.Diff(first, one) != "" {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := b.Mail(ctx, "3"); !domain.IsKind(err, domain.KindNotFound) {
		t.Error(err)
	}
	if err := b.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateMail(ctx, domain.Mail{ID: "3"}) }); !domain.IsKind(err, domain.KindNotFound) {
		t.Error(err)
	}
}
