package library

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestWhoHandlesErrors: VC Calls and what can be done with them are the admin's (VC-13, VC-18, VC-22).
func TestWhoHandlesErrors(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	// as many as there are roles, since a retry changes one
	failed := func(n int) domain.VCCall {
		return r.vcCall(t, fmt.Sprint("failed-", n), func(vc *domain.VCCall) {
			vc.State, vc.Reason, vc.UserID = domain.StateFailed, domain.ProviderError, r.rita.ID
		})
	}
	leaver := r.ada
	leaver.Active = false
	n := 0
	for name, c := range map[string]struct {
		actor domain.User
		may   bool
	}{
		"a rep, of their own call": {r.rita, false}, "a manager": {r.mona, false}, "nobody": {domain.User{}, false}, "an admin who has left": {leaver, false},
		"an integration user": {r.User(t, "Ian", nil, domain.PermIntegrationUser), false},
		"an admin":            {r.ada, true}, "an administrator without calls": {r.User(t, "Carl", nil, domain.PermAdministrator), true},
	} {
		n++
		vc := failed(n)
		never := r.Company.Place(memory.Call{Talk: time.Minute, Facts: domain.ProviderCall{StartedAt: r.Clock.Now().Add(-time.Hour)}})
		asked, jobs := r.Company.Seen().Requests, len(r.Jobs(t))
		for operation, do := range map[string]func() error{
			"VCCalls":      func() error { _, _, err := r.lib.VCCalls(ctx, c.actor, store.VCCallFilter{}); return err },
			"VCCallCounts": func() error { _, err := r.lib.VCCallCounts(ctx, c.actor); return err },
			"VCCall":       func() error { _, err := r.lib.VCCall(ctx, c.actor, vc.ID); return err },
			"Retry":        func() error { _, err := r.lib.Retry(ctx, c.actor, vc.ID); return err },
			"RetryAll": func() error {
				_, err := r.lib.RetryAll(ctx, c.actor, store.VCCallFilter{Query: vc.ProviderCallID})
				return err
			},
			"Import": func() error { _, err := r.lib.Import(ctx, c.actor, memory.Provider, never); return err },
		} {
			if err := do(); c.may && err != nil || !c.may && !domain.IsKind(err, domain.KindForbidden) {
				t.Errorf("%s: %s gave %v; may: %v", name, operation, err, c.may)
			}
		}
		now, err := r.Store.VCCall(ctx, vc.ID)
		testkit.Must(t, err)
		if changed := now.State != domain.StateFailed; changed != c.may || (r.Company.Seen().Requests > asked) != c.may || (len(r.Jobs(t)) > jobs) != c.may {
			t.Errorf("%s: %s, %d requests, %d jobs; may: %v", name, now.State, r.Company.Seen().Requests-asked, len(r.Jobs(t))-jobs, c.may)
		}
	}
}

// TestErrorHandling: calls are selected by user and time, retried one by one or all that a filter selects, and the log names who asked.
func TestErrorHandling(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	place := func(id string, of domain.User, state domain.State, reason domain.ReasonCode) domain.VCCall {
		defer r.Clock.Advance(time.Hour)
		return r.vcCall(t, id, func(vc *domain.VCCall) { vc.State, vc.Reason, vc.UserID = state, reason, of.ID })
	}
	start := r.Clock.Now()
	first := place("1", r.rita, domain.StateFailed, domain.ProviderError)
	place("2", r.rita, domain.StateProcessed, "")
	place("3", r.rob, domain.StateFailed, domain.EngineError)
	last := place("4", r.rita, domain.StateSkipped, domain.NoPermission)
	list := func(f store.VCCallFilter) (out []string) {
		t.Helper()
		f.Limit = 2
		for {
			page, next, err := r.lib.VCCalls(ctx, r.ada, f)
			testkit.Must(t, err)
			for _, vc := range page {
				out = append(out, vc.ProviderCallID)
			}
			if f.Cursor = next; next == "" {
				return out
			}
		}
	}
	for name, c := range map[string]struct {
		filter store.VCCallFilter
		want   []string
	}{
		"all":                {store.VCCallFilter{}, []string{"4", "3", "2", "1"}},
		"of a user":          {store.VCCallFilter{UserID: r.rita.ID}, []string{"4", "2", "1"}},
		"in a range of time": {store.VCCallFilter{From: start.Add(time.Hour), To: start.Add(3 * time.Hour)}, []string{"3", "2"}},
		"both":               {store.VCCallFilter{UserID: r.rita.ID, From: start, To: start.Add(time.Hour)}, []string{"1"}},
		"by state":           {store.VCCallFilter{State: domain.StateFailed}, []string{"3", "1"}},
		"by reason":          {store.VCCallFilter{Reason: domain.NoPermission}, []string{"4"}},
	} {
		if diff := cmp.Diff(c.want, list(c.filter)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	counts, err := r.lib.VCCallCounts(ctx, r.ada)
	if diff := cmp.Diff(map[domain.State]int{domain.StateFailed: 2, domain.StateProcessed: 1, domain.StateSkipped: 1}, counts); diff != "" || err != nil {
		t.Errorf("counts: %v\n%s", err, diff)
	}

	vc, err := r.lib.Retry(ctx, r.ada, first.ID)
	if err != nil || vc.State != domain.StateReceived {
		t.Errorf("retried: %+v, %v", vc, err)
	}
	log, err := r.Store.VCLogs(ctx, first.ID)
	if err != nil || len(log) == 0 || !strings.Contains(log[len(log)-1].Text, "Admin") {
		t.Errorf("the log is %+v, %v", log, err)
	}
	if got, err := r.lib.RetryAll(ctx, r.ada, store.VCCallFilter{UserID: r.rita.ID, Limit: 1}); err != nil || got != 2 {
		t.Errorf("%d were retried, %v; want all that are not processed", got, err)
	}
	if vc, err := r.lib.VCCall(ctx, r.ada, last.ID); err != nil || vc.State != domain.StateReceived {
		t.Errorf("%s, %v", vc.State, err)
	}
	if diff := cmp.Diff([]string{"3"}, list(store.VCCallFilter{State: domain.StateFailed})); diff != "" {
		t.Errorf("another user's call was retried, too\n%s", diff)
	}
	if _, err := r.lib.Retry(ctx, r.ada, "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("a call that there is not: %v", err)
	}
}

// TestImport asks the provider for a call that was never seen; one that is known is retried.
func TestImport(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	id := r.Company.Place(memory.Call{Talk: time.Minute, Facts: domain.ProviderCall{StartedAt: r.Clock.Now().AddDate(0, 0, -30)}})
	vc, err := r.lib.Import(ctx, r.ada, memory.Provider, id)
	if err != nil || vc.ProviderCallID != id || vc.Via != domain.ViaRetry || vc.Snapshot == nil {
		t.Errorf("%+v, %v", vc, err)
	}
	again, err := r.lib.Import(ctx, r.ada, memory.Provider, id)
	if err != nil || again.ID != vc.ID || r.Rows(t, "vc_calls") != 1 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if _, err := r.lib.Import(ctx, r.ada, memory.Provider, "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("a call that the provider does not know: %v", err)
	}
	if _, err := r.lib.Import(ctx, r.ada, domain.Dialpad, id); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("from a provider that is not connected: %v", err)
	}
}
