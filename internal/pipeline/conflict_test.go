package pipeline

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/testkit"
)

// TestConflictIsShown: a call that several users match belongs to the one with the newest Last Modified Date, and its VC Log names the
// others (VC-17).
func TestConflictIsShown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	same := func(after time.Duration) func(*domain.User) {
		return func(u *domain.User) {
			u.Identifiers = map[domain.Provider]string{memory.Provider: "maria"}
			u.LastModifiedAt = u.LastModifiedAt.Add(after)
		}
	}
	r.User(t, "Nora", same(-time.Hour), domain.PermForSales)
	newest := r.User(t, "Olga", same(time.Hour), domain.PermForSales)
	vc := r.stage(t, r.arrive(t, r.place(nil), domain.ViaRealtime).ID)
	if vc.UserID != newest.ID || vc.State != domain.StateProcessing {
		t.Fatalf("the call is %s's, %s %s %s", vc.UserID, vc.State, vc.Reason, vc.Detail)
	}
	log, err := r.Store.VCLogs(context.Background(), vc.ID)
	testkit.Must(t, err)
	named := func(l domain.VCLog) bool {
		return l.Stage == domain.StageDescribe && strings.Contains(l.Text, "matched Olga by ") && strings.Contains(l.Text, "Maria, Nora")
	}
	if !slices.ContainsFunc(log, named) {
		t.Errorf("the conflict does not show: %+v", log)
	}
}
