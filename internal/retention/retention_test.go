package retention

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

type rig struct {
	*testkit.Kit
	s    *Service
	conn domain.Connector
}

func newRig(t *testing.T, r domain.Retention) *rig {
	t.Helper()
	k := testkit.New(t)
	blobs, err := blob.OpenDir(t.Context(), t.TempDir())
	testkit.Must(t, err)
	t.Cleanup(func() { testkit.Must(t, blobs.Close()) })
	k.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveSettings(ctx, domain.GeneralSettings{Language: "en", Retention: r})
	})
	return &rig{Kit: k, s: &Service{Store: k.Store, Blobs: blobs, Logger: k.Logger, Now: k.Clock.Now}, conn: k.Connect(t, nil)}
}

// call stores a processed call of some days ago, with recording and waveform.
func (r *rig) call(t *testing.T, days int) domain.Call {
	t.Helper()
	ctx := context.Background()
	id := store.NewID()
	for _, key := range []string{"recordings/" + id, pipeline.WaveformKey(id)} {
		_, err := r.s.Blobs.Put(ctx, key, "audio/mpeg", strings.NewReader("audio"), 0)
		testkit.Must(t, err)
	}
	c := domain.Call{ID: id, ConnectorID: r.conn.ID, Provider: memory.Provider, StartedAt: r.Clock.Now().AddDate(0, 0, -days), State: domain.StateProcessed, Recording: domain.Recording{Key: "recordings/" + id, Size: 5}}
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		vc, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: id, Via: domain.ViaHourly})
		if err != nil {
			return err
		}
		vc.State, vc.CallID = domain.StateProcessed, id
		c.VCCallID = vc.ID
		if err := tx.UpdateVCCall(ctx, &vc); err != nil {
			return err
		}
		return tx.SaveCall(ctx, c)
	})
	return c
}

// files are the keys that are kept of a call.
func (r *rig) files(t *testing.T, c domain.Call) int {
	t.Helper()
	n := 0
	for _, prefix := range []string{"recordings/" + c.ID, pipeline.WaveformKey(c.ID)} {
		keys, err := r.s.Blobs.Keys(context.Background(), prefix)
		testkit.Must(t, err)
		n += len(keys)
	}
	return n
}

// TestSweep: each kind goes after its own days; the files are removed by the job that was committed with the rows, and twice is once.
func TestSweep(t *testing.T) {
	t.Parallel()
	r := newRig(t, domain.Retention{RecordingDays: 30, CallDays: 365})
	ctx := t.Context()
	fresh, older, oldest := r.call(t, 29), r.call(t, 31), r.call(t, 366)
	for range 2 {
		testkit.Must(t, r.s.Sweep(ctx))
	}
	c, err := r.Store.Call(ctx, fresh.ID)
	if err != nil || c.Recording.Key == "" {
		t.Errorf("a call of 29 days: %+v, %v", c, err)
	}
	if c, err = r.Store.Call(ctx, older.ID); err != nil || c.Recording.Key != "" {
		t.Errorf("a call of 31 days: %+v, %v; it stays without its recording", c, err)
	}
	if _, err = r.Store.Call(ctx, oldest.ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("a call of 366 days: %v", err)
	}
	if r.files(t, older) != 2 || r.files(t, oldest) != 2 {
		t.Error("files went before the rows were committed")
	}
	job := domain.RemoveJob{Keys: []string{older.Recording.Key, pipeline.WaveformKey(older.ID), oldest.Recording.Key, pipeline.WaveformKey(oldest.ID)}}
	for range 2 {
		testkit.Must(t, r.s.Remove(ctx, job))
	}
	if n := [3]int{r.files(t, fresh), r.files(t, older), r.files(t, oldest)}; n != [3]int{2, 0, 0} {
		t.Errorf("%v files are kept, want those of the fresh call alone", n)
	}
}

// TestForEver: nothing is removed unless somebody said so.
func TestForEver(t *testing.T) {
	t.Parallel()
	r := newRig(t, domain.Retention{})
	c := r.call(t, 10_000)
	testkit.Must(t, r.s.Sweep(t.Context()))
	if kept, err := r.Store.Call(t.Context(), c.ID); err != nil || kept.Recording.Key == "" {
		t.Errorf("%+v, %v", kept, err)
	}
}

// TestVCCalls: those that led to a call stay as long as it; the others go after their days.
func TestVCCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, domain.Retention{VCCallDays: 30})
	with := r.call(t, 1)
	var alone domain.VCCall
	r.InTx(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if alone, _, err = tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: "alone", Via: domain.ViaHourly}); err != nil {
			return err
		}
		alone.State, alone.Reason = domain.StateSkipped, domain.TooShort
		return tx.UpdateVCCall(ctx, &alone)
	})
	r.Clock.Advance(31 * 24 * time.Hour)
	testkit.Must(t, r.s.Sweep(t.Context()))
	if _, err := r.Store.VCCall(t.Context(), with.VCCallID); err != nil {
		t.Errorf("the VC Call of a call: %v", err)
	}
	if _, err := r.Store.VCCall(t.Context(), alone.ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("a VC Call without a call: %v", err)
	}
}
