package storetest

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testSettled: what is processed, on its way or set aside for good is settled; what newer facts may change is not.
func testSettled(t *testing.T, b *bundle) {
	b.addConnector(t)
	ids := []string{"unknown"}
	for id, change := range map[string]func(*domain.VCCall){
		"processed":  func(v *domain.VCCall) { v.State = domain.StateProcessed },
		"processing": func(v *domain.VCCall) { v.State = domain.StateProcessing },
		"short":      func(v *domain.VCCall) { v.State, v.Reason = domain.StateSkipped, domain.TooShort },
		"silent":     func(v *domain.VCCall) { v.State, v.Reason = domain.StateSkipped, domain.NotRecorded },
		"nobody's":   func(v *domain.VCCall) { v.State, v.Reason = domain.StateUnmatched, domain.NoUser },
		"waiting":    func(v *domain.VCCall) { v.State, v.Reason = domain.StateWaiting, domain.RecordingNotReady },
	} {
		v := b.arrive(t, id, nil)
		change(&v)
		b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateVCCall(ctx, &v) })
		ids = append(ids, id)
	}
	settled, err := b.Settled(t.Context(), testConnector, ids)
	if diff := cmp.Diff([]string{"processed", "processing", "short"}, slices.Sorted(maps.Keys(settled))); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for connector, ids := range map[string][]string{testConnector: nil, "another": ids} {
		if settled, err := b.Settled(t.Context(), connector, ids); len(settled) != 0 || err != nil {
			t.Errorf("%d calls of %s: %v, %v", len(ids), connector, settled, err)
		}
	}
}
