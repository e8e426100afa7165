package ingest

import (
	"context"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestRematchStartsWhoHasAUserNow, and leaves all others alone (BT-3).
func TestRematchStartsWhoHasAUserNow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	arrive := func(id, to string, state domain.State, reason domain.ReasonCode) {
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
			vc, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: id, Via: domain.ViaRealtime})
			if err != nil {
				return err
			}
			vc.State, vc.Reason, vc.Stage = state, reason, domain.StageDescribe
			vc.Snapshot = &domain.ProviderCall{ID: id, Direction: domain.Inbound, From: "+12125550999", To: to, StartedAt: testkit.Start, EndedAt: testkit.Start}
			return tx.UpdateVCCall(ctx, &vc)
		})
	}
	arrive("hers", "+12125550150", domain.StateUnmatched, domain.NoUser)
	arrive("nobody's", "+12125550151", domain.StateUnmatched, domain.NoUser)
	arrive("excluded", "+12125550150", domain.StateSkipped, domain.ExcludedParty)
	testkit.Must(t, r.in.Rematch(ctx))
	if jobs := r.Jobs(t); len(jobs) != 0 {
		t.Fatalf("before anybody has the number: %+v", jobs)
	}
	r.User(t, "Maria", func(u *domain.User) { u.Phones = []domain.UserPhone{{Number: "+12125550150"}} }, domain.PermForSales)
	testkit.Must(t, r.in.Rematch(ctx))
	testkit.Must(t, r.in.Rematch(ctx)) // a job that comes twice
	jobs := r.Jobs(t)
	if len(jobs) != 1 {
		t.Fatalf("jobs %+v", jobs)
	}
	vc, err := r.Store.VCCall(ctx, jobs[0].Args["vc_call_id"])
	testkit.Must(t, err)
	if vc.ProviderCallID != "hers" || vc.State != domain.StateReceived {
		t.Errorf("started %+v", vc)
	}
}
