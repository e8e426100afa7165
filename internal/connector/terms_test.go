package connector

import (
	"context"
	"strings"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestTerms: who accepted which version and when is kept, and nothing is enabled before (VC-4).
func TestTerms(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := context.Background()
	v, err := r.s.Get(ctx, r.admin, domain.Aircall)
	testkit.Must(t, err)
	if v.Terms.Accepted() || !strings.Contains(v.Terms.Text, "The terms of the aircall") || strings.Contains(v.Terms.Text, "{{") {
		t.Errorf("%+v", v.Terms)
	}
	r.credential(t, domain.Aircall, map[string]string{"key": memory.Key})
	_, err = r.s.Test(ctx, r.admin, domain.Aircall)
	testkit.Must(t, err)
	_, err = r.s.AssignIntegrationUser(ctx, r.admin, domain.Aircall)
	testkit.Must(t, err)
	if _, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, enable); domain.CodeOf(err) != "terms_not_accepted" {
		t.Errorf("before: %v", err)
	}
	if _, err := r.s.AcceptTerms(ctx, r.admin, domain.Aircall, "of old"); domain.CodeOf(err) != "terms_changed" {
		t.Errorf("another version: %v", err)
	}
	for range 2 {
		v, err = r.s.AcceptTerms(ctx, r.admin, domain.Aircall, TermsVersion)
		testkit.Must(t, err)
	}
	if a := v.Terms.Acceptance; !v.Terms.Accepted() || len(a) != 1 || a[0].UserName != r.admin.Name || !a[0].At.Equal(r.Clock.Now()) {
		t.Errorf("%+v", v.Terms.Acceptance)
	}
	r.turn(t, domain.Aircall, enable)
	r.turn(t, domain.Aircall, disable)
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.AcceptTerms(ctx, domain.Aircall, []domain.TermsAcceptance{{Version: "before"}})
	})
	if _, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, enable); domain.CodeOf(err) != "terms_not_accepted" {
		t.Errorf("after the terms have changed: %v", err)
	}
	if v, err = r.s.Get(ctx, r.admin, domain.Dialpad); err != nil || v.Terms.Accepted() {
		t.Errorf("another connector's are its own: %+v, %v", v.Terms.Acceptance, err)
	}
}

// TestStartTestCall is of who is known at the provider, one at a time, and forgotten after a day.
func TestStartTestCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := context.Background()
	if _, err := r.s.StartTestCall(ctx, r.admin, domain.Aircall); domain.CodeOf(err) != "not_configured" {
		t.Errorf("before it is set up: %v", err)
	}
	r.ready(t, domain.Aircall)
	boss := r.User(t, "Boss", func(u *domain.User) {
		u.Profile, u.Identifiers = domain.ProfileAdministrator, map[domain.Provider]string{domain.Aircall: "7"}
	})
	test, err := r.s.StartTestCall(ctx, boss, domain.Aircall)
	if err != nil || test.UserName != "Boss" || len(test.Steps) != 6 {
		t.Errorf("%+v, %v", test, err)
	}
	if _, err := r.s.StartTestCall(ctx, boss, domain.Aircall); domain.CodeOf(err) != "test_call_running" {
		t.Errorf("while it runs: %v", err)
	}
	r.Clock.Advance(testWithin)
	stranger := r.User(t, "Stranger", func(u *domain.User) { u.Profile = domain.ProfileAdministrator })
	if test, err = r.s.StartTestCall(ctx, stranger, domain.Aircall); err != nil || test.UserName != r.admin.Name {
		t.Errorf("of the integration user: %+v, %v", test, err)
	}
	r.Clock.Advance(domain.TestCallLife + 1)
	testkit.Must(t, r.s.ForgetTestCalls(ctx))
	if kept, err := r.Store.TestCall(ctx, domain.Aircall); err != nil || !kept.StartedAt.IsZero() {
		t.Errorf("a day later: %+v, %v", kept, err)
	}
}
