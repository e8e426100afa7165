package pipeline

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/speech"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// testCall makes a test call of Maria.
func (r *rig) testCall(t *testing.T) domain.TestCall {
	t.Helper()
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveTestCall(ctx, memory.Provider, domain.TestCall{UserID: r.maria.ID, UserName: r.maria.Name, StartedAt: r.Clock.Now()})
	})
	testkit.Must(t, r.p.TestCall(context.Background(), domain.TestCallJob{Provider: memory.Provider}))
	test, err := r.Store.TestCall(context.Background(), memory.Provider)
	testkit.Must(t, err)
	return test
}

// TestTestCall goes the whole way or stops where a real call would, and leaves no call behind (VC-26).
func TestTestCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*testing.T, *rig)
		states string // of the six steps, by their first letter
		reason domain.ReasonCode
		detail string // part of that of the step with the reason, else of any
	}{
		"all is well": {func(*testing.T, *rig) {}, "dddddd", "", `matched Maria by`},
		"before enabling": {func(t *testing.T, r *rig) {
			r.conn.Enabled = false
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, r.conn) })
		}, "dddddd", "", "real calls are not processed yet"},
		"a wrong credential": {func(t *testing.T, r *rig) {
			r.conn.Credential.Fields = map[string]string{"key": "wrong"}
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, r.conn) })
		}, "fddddd", domain.CredentialRejected, ""},
		"no credential": {func(t *testing.T, r *rig) {
			r.conn.Credential.Fields = nil
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, r.conn) })
		}, "fddddd", domain.CredentialRejected, "no credential is entered"},
		"an excluded number": {func(t *testing.T, r *rig) {
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.AddExcludedNumbers(ctx, []domain.ExcludedNumber{{ID: "1", Number: testCustomer}})
				return err
			})
		}, "dfnnnn", domain.ExcludedParty, testCustomer},
		"no permission set": {func(t *testing.T, r *rig) {
			r.maria.PermissionSets = nil
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, r.maria) })
		}, "ddfnnn", domain.NoPermission, "Maria held no insights permission set"},
		"nothing to match by": {func(t *testing.T, r *rig) {
			r.maria.Identifiers = nil
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, r.maria) })
		}, "ddnddd", "", "Maria has neither"},
		"no engine": {func(_ *testing.T, r *rig) {
			r.engine.err = &domain.Error{Kind: domain.KindNotReady, Code: speech.CodeEngineMissing, Message: "no engine"}
		}, "ddddfn", domain.EngineMissing, "no engine"},
		"no store of recordings": {func(t *testing.T, r *rig) { testkit.Must(t, r.p.Blobs.Close()) }, "dddfnn", domain.StorageError, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c.change(t, r)
			test := r.testCall(t)
			states, details := "", []string{}
			for _, s := range test.Steps {
				states += string(s.State[:1])
				details = append(details, s.Detail)
				if (s.Reason != "") != (s.State == domain.StepFailed) || s.Reason != "" && (s.Reason != c.reason || s.Fix == "" || s.Detail == "") {
					t.Errorf("%+v", s)
				}
			}
			if states != c.states || !strings.Contains(strings.Join(details, "\n"), c.detail) || test.FinishedAt.IsZero() || test.Passed() != !strings.Contains(states, "f") {
				t.Errorf("%s, passed %v:\n%s", states, test.Passed(), strings.Join(details, "\n"))
			}
			if r.Rows(t, "vc_calls") != 0 || r.Rows(t, "calls") != 0 {
				t.Error("a test call left a call behind")
			}
		})
	}
}

// TestTestCallIsMadeOnce: the job of one that was made already, here or by the command, does nothing.
func TestTestCallIsMadeOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.testCall(t)
	r.Clock.Advance(time.Minute)
	testkit.Must(t, r.p.TestCall(t.Context(), domain.TestCallJob{Provider: memory.Provider}))
	if again, err := r.Store.TestCall(t.Context(), memory.Provider); err != nil || !again.FinishedAt.Equal(first.FinishedAt) {
		t.Errorf("%v, was %v; %v", again.FinishedAt, first.FinishedAt, err)
	}
}
