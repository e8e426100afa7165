package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/pipeline"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// rig is a Library over a store of its own with a connector that is on. Rita and Rob are reps; Mona is Rita's manager; Ada is an admin.
type rig struct {
	*testkit.Kit
	lib                  *Library
	blobs                *blob.Store
	conn                 domain.Connector
	rita, rob, mona, ada domain.User
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{Kit: testkit.New(t)}
	var err error
	r.blobs, err = blob.OpenDir(context.Background(), filepath.Join(t.TempDir(), "blobs"))
	testkit.Must(t, err)
	t.Cleanup(func() { testkit.Must(t, r.blobs.Close()) })
	r.conn = r.Connect(t, nil)
	r.lib = &Library{Store: r.Store, Blobs: r.blobs, Now: r.Clock.Now, Ingest: ingest.New(ingest.Config{Store: r.Store, Open: r.Open, Logger: r.Logger, Now: r.Clock.Now})}
	r.mona = r.User(t, "Mona", nil, domain.PermForSales)
	r.rita = r.User(t, "Rita", func(u *domain.User) { u.ManagerID = r.mona.ID }, domain.PermForSales)
	r.rob = r.User(t, "Rob", nil, domain.PermForService)
	r.ada = r.Admin(t)
	return r
}

// vcCall stores one that arrived.
func (r *rig) vcCall(t *testing.T, providerCallID string, change func(*domain.VCCall)) (vc domain.VCCall) {
	t.Helper()
	r.InTx(t, func(ctx context.Context, tx *store.Tx) (err error) {
		vc, _, err = tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: providerCallID, Via: domain.ViaRealtime})
		if err == nil && change != nil {
			change(&vc)
			err = tx.UpdateVCCall(ctx, &vc)
		}
		return err
	})
	return vc
}

// call stores a processed call of a user with its recording, and gives its id.
func (r *rig) call(t *testing.T, of domain.User, startedAt time.Time) string {
	t.Helper()
	ctx := context.Background()
	id := store.NewID()
	object, err := r.blobs.Put(ctx, "recordings/"+id, "audio/mpeg", strings.NewReader("audio of "+of.Name), 0)
	testkit.Must(t, err)
	vc := r.vcCall(t, id, func(vc *domain.VCCall) { vc.State, vc.UserID, vc.CallID = domain.StateProcessed, of.ID, id })
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveCall(ctx, domain.Call{
			ID: id, VCCallID: vc.ID, ConnectorID: r.conn.ID, Provider: memory.Provider, UserID: of.ID, UserName: of.Name, StartedAt: startedAt, State: domain.StateProcessed,
			Recording: domain.Recording{Key: object.Key, Size: object.Size, ContentType: "audio/mpeg"},
		})
	})
	return id
}

// TestWhoSeesWhichCalls: one's own; all with Modify All Data; none without access to voice calls (CI-12, VC-22).
func TestWhoSeesWhichCalls(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	at := r.Clock.Now()
	calls := map[string]string{"Rita": r.call(t, r.rita, at), "Rob": r.call(t, r.rob, at.Add(-time.Hour)), "Mona": r.call(t, r.mona, at.Add(-2*time.Hour))}
	leaver, waiter := r.rita, r.rita
	leaver.Active = false
	waiter.PermissionSets = []domain.PermissionAssignment{{Set: domain.PermForSales, From: at.Add(time.Second)}}
	boss := r.mona
	boss.PermissionSets = append(slices.Clone(boss.PermissionSets), domain.PermissionAssignment{Set: domain.PermAdministrator})
	for name, c := range map[string]struct {
		actor     domain.User
		sees, not []string // what is in neither is not this test's matter
		forbidden bool
	}{
		"a rep":                              {actor: r.rita, sees: []string{"Rita"}, not: []string{"Rob", "Mona"}},
		"another":                            {actor: r.rob, sees: []string{"Rob"}, not: []string{"Rita", "Mona"}},
		"a manager":                          {actor: r.mona, sees: []string{"Rita", "Mona"}, not: []string{"Rob"}},
		"a manager who may modify all":       {actor: boss, sees: []string{"Rita", "Rob", "Mona"}},
		"an admin":                           {actor: r.ada, sees: []string{"Rita", "Rob", "Mona"}},
		"a rep who has left":                 {actor: leaver, forbidden: true},
		"a rep whose set begins in a second": {actor: waiter, forbidden: true},
		"a set that gives no calls":          {actor: r.User(t, "Guest", nil, domain.PermVoiceConnector), forbidden: true},
		"an administrator without calls":     {actor: r.User(t, "Carl", nil, domain.PermAdministrator), forbidden: true},
		"nobody":                             {forbidden: true},
	} {
		if c.forbidden {
			c.not = []string{"Rita", "Rob", "Mona"}
		}
		rows, _, err := r.lib.Calls(ctx, c.actor, store.CallFilter{})
		if domain.IsKind(err, domain.KindForbidden) != c.forbidden || !c.forbidden && err != nil {
			t.Errorf("%s: the list gave %v", name, err)
		}
		listed := map[string]bool{}
		for _, row := range rows {
			listed[row.UserName] = true
		}
		for owner, id := range calls {
			sees, not := slices.Contains(c.sees, owner), slices.Contains(c.not, owner)
			if sees && !listed[owner] || not && listed[owner] {
				t.Errorf("%s: %s's call is listed: %v", name, owner, listed[owner])
			}
			for operation, do := range r.readings(id) {
				got, err := do(ctx, c.actor)
				switch {
				case sees && (err != nil || got != "audio of "+owner):
					t.Errorf("%s: %s of %s's call: %q, %v", name, operation, owner, got, err)
				case not && (err == nil || got != ""):
					t.Errorf("%s: %s of %s's call: %q", name, operation, owner, got)
				case not && domain.IsKind(err, domain.KindForbidden) != c.forbidden:
					t.Errorf("%s: %s of %s's call: %v", name, operation, owner, err)
				}
			}
		}
		// A filter by another user shows no more than the list.
		rows, _, err = r.lib.Calls(ctx, c.actor, store.CallFilter{UserID: r.rob.ID})
		for _, row := range rows {
			if slices.Contains(c.not, row.UserName) {
				t.Errorf("%s: asking for Rob's calls gives one of %s, %v", name, row.UserName, err)
			}
		}
	}
}

// readings are all ways to a call; each gives what is in its recording.
func (r *rig) readings(id string) map[string]func(context.Context, domain.User) (string, error) {
	return map[string]func(context.Context, domain.User) (string, error){
		"Call": func(ctx context.Context, u domain.User) (string, error) {
			c, err := r.lib.Call(ctx, u, id)
			if err != nil {
				return "", err
			}
			return "audio of " + c.UserName, nil
		},
		"Recording": func(ctx context.Context, u domain.User) (string, error) {
			a, err := r.lib.Recording(ctx, u, id)
			if err != nil {
				return "", err
			}
			data, err := io.ReadAll(a)
			if a.ContentType != "audio/mpeg" || !a.StoredAt.Equal(r.Clock.Now()) {
				err = fmt.Errorf("%q of %v", a.ContentType, a.StoredAt)
			}
			return string(data), errors.Join(err, a.Close())
		},
	}
}

// TestExistenceDoesNotShow: a call of somebody else is refused in the very words of one that there is not.
func TestExistenceDoesNotShow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	theirs := r.call(t, r.rob, r.Clock.Now())
	for _, id := range []string{theirs, "none"} {
		_, call := r.lib.Call(ctx, r.rita, id)
		_, recording := r.lib.Recording(ctx, r.rita, id)
		_, waveform := r.lib.Waveform(ctx, r.rita, id)
		for _, err := range []error{call, recording, waveform} {
			if !domain.IsKind(err, domain.KindNotFound) || domain.CodeOf(err) != "not_found" || domain.MessageOf(err) != "there is no such call, or it is not yours" {
				t.Errorf("%s: %q %v", id, domain.CodeOf(err), err)
			}
		}
	}
	if _, err := r.lib.Call(ctx, r.ada, "none"); domain.CodeOf(err) != "not_found" {
		t.Errorf("an admin gets %v", err)
	}
}

// TestWaveform is there once the recording is decoded, for who may see the call.
func TestWaveform(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	id := r.call(t, r.rita, r.Clock.Now())
	if _, err := r.lib.Waveform(ctx, r.rita, id); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("before decoding: %v", err)
	}
	_, err := r.blobs.Put(ctx, pipeline.WaveformKey(id), "application/json", strings.NewReader(`{"per_second":10,"channels":[[-128,127],[0,1]]}`), 0)
	testkit.Must(t, err)
	got, err := r.lib.Waveform(ctx, r.rita, id)
	if diff := cmp.Diff(pipeline.Waveform{PerSecond: 10, Channels: [][]int8{{-128, 127}, {0, 1}}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if w, err := r.lib.Waveform(ctx, r.rob, id); err == nil || w.Channels != nil {
		t.Errorf("a stranger gets %v, %v", w, err)
	}
	_, err = r.blobs.Put(ctx, pipeline.WaveformKey(id), "application/json", strings.NewReader(`{"per_second":`), 0)
	testkit.Must(t, err)
	if _, err := r.lib.Waveform(ctx, r.rita, id); err == nil {
		t.Error("half a waveform is no error")
	}
}

// TestPages: a rep walks through their own calls, each once and newest first, whoever else has some between.
func TestPages(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	var mine, all []string
	for n := range 14 {
		at := r.Clock.Now().Add(-time.Duration(n/2) * time.Hour) // two at each time
		id := r.call(t, []domain.User{r.rita, r.rob}[n%2], at)
		if all = append(all, id); n%2 == 0 {
			mine = append(mine, id)
		}
	}
	for name, c := range map[string]struct {
		actor domain.User
		want  []string
	}{"a rep": {r.rita, mine}, "an admin": {r.ada, all}, "a manager": {r.mona, mine}, "who has none": {r.User(t, "Nora", nil, domain.PermForSales), nil}} {
		for _, limit := range []int{1, 3, 7, 50} {
			var got []string
			pages := 0
			for cursor := ""; pages == 0 || cursor != ""; pages++ {
				rows, next, err := r.lib.Calls(ctx, c.actor, store.CallFilter{Cursor: cursor, Limit: limit})
				if err != nil || len(rows) > limit || pages > len(all) {
					t.Fatalf("%s: %d rows of %d, %v", name, len(rows), limit, err)
				}
				for _, row := range rows {
					got = append(got, row.ID)
				}
				cursor = next
			}
			if !sameTimes(r, t, c.want, got) {
				t.Errorf("%s, %d at a time: %d calls, want %d", name, limit, len(got), len(c.want))
			}
		}
	}
	if _, _, err := r.lib.Calls(ctx, r.rita, store.CallFilter{Cursor: "nonsense"}); !domain.IsKind(err, domain.KindInvalid) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

// sameTimes tells whether got are the calls that are wanted, newest first; those of one time in any order.
func sameTimes(r *rig, t *testing.T, want, got []string) bool {
	t.Helper()
	var last time.Time
	for _, id := range got {
		c, err := r.Store.Call(context.Background(), id)
		testkit.Must(t, err)
		if !last.IsZero() && c.StartedAt.After(last) {
			return false
		}
		last = c.StartedAt
	}
	return slices.Equal(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got)))
}
