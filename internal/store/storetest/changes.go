package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/store"
)

// lastChange is the id after which nothing has been told yet.
func (b *bundle) lastChange(t *testing.T) string {
	t.Helper()
	all, err := b.ChangesSince(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].ID
}

// changesAfter gives what was told after id, without the ids.
func (b *bundle) changesAfter(t *testing.T, id string) []store.Change {
	t.Helper()
	found, err := b.ChangesSince(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range found {
		if c.ID <= id {
			t.Errorf("change %s does not come after %s", c.ID, id)
		}
		found[i].ID = ""
	}
	return found
}

func testChanges(t *testing.T, b *bundle) {
	tell := func(refs ...string) {
		t.Helper()
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			var errs []error
			for _, ref := range refs {
				errs = append(errs, tx.Changed(ctx, store.TopicCall, ref))
			}
			return errors.Join(errs...)
		})
		b.clock.add(time.Millisecond)
	}
	tell("a", "a", "a")
	first := b.lastChange(t)
	tell("b")
	tell("c")
	if diff := cmp.Diff([]store.Change{{Topic: store.TopicCall, Ref: "a"}}, b.changesAfter(t, "")[:1]); diff != "" {
		t.Errorf("told once (-want +got)\n%s", diff)
	}
	want := []store.Change{{Topic: store.TopicCall, Ref: "b"}, {Topic: store.TopicCall, Ref: "c"}}
	if diff := cmp.Diff(want, b.changesAfter(t, first)); diff != "" {
		t.Errorf("in order (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], b.changesAfter(t, store.IDAt(b.clock.Now().Add(-time.Millisecond)))); diff != "" {
		t.Errorf("by time (-want +got)\n%s", diff)
	}
	b.clock.add(time.Hour)
	tell("d")
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.PruneChanges(ctx) })
	if diff := cmp.Diff([]store.Change{{Topic: store.TopicCall, Ref: "d"}}, b.changesAfter(t, "")); diff != "" {
		t.Errorf("after pruning (-want +got)\n%s", diff)
	}
}
