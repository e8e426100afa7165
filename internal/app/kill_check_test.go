//go:build linux

package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/store"
)

// openStore opens the server's database. It is not open while the server is killed: SQLite mends a database that was left in
// the middle when the first process opens it.
func (k *killing) openStore() (s *store.Store, done func()) {
	k.t.Helper()
	c := k.server.config
	keyring, err := secret.Load(c.MasterKeyFile)
	if err != nil {
		k.t.Fatal(err)
	}
	s, err = store.Open(k.t.Context(), store.Config{URL: c.DatabaseURL, DataDir: c.DataDir, NodeID: "test", Keyring: keyring, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		k.t.Fatal(err)
	}
	return s, func() {
		if err := s.Close(); err != nil {
			k.t.Error(err)
		}
	}
}

// settle waits until all events were accepted and nothing is left to do.
func (k *killing) settle() {
	s, done := k.openStore()
	defer done()
	ctx := k.t.Context()
	var jobs int
	var counts map[domain.State]int
	began := time.Now()
	defer func() {
		k.t.Logf("settled after %s: %d jobs, calls %v", time.Since(began).Round(time.Millisecond), jobs, counts)
	}()
	k.await("all calls to be processed", func() bool {
		next, left := k.provider.NextDelivery()
		if left && next.After(k.provider.now()) {
			k.provider.skip()
		}
		var err error
		if jobs, err = s.PendingJobs(ctx); err != nil {
			k.t.Fatal(err)
		}
		if counts, err = s.VCCallCounts(ctx); err != nil {
			k.t.Fatal(err)
		}
		return !left && jobs == 0 && counts[domain.StateProcessed] >= killedCalls
	})
}

// check looks at what the dead and the living servers have left.
func (k *killing) check() {
	s, done := k.openStore()
	defer done()
	k.checkVCCalls(s)
	files := k.checkCalls(s)
	if diff := cmp.Diff(slices.Sorted(slices.Values(files)), k.files()); diff != "" {
		k.t.Errorf("recordings and waveforms (-of calls +in the store)\n%s", diff)
	}
	if problems := k.provider.Problems(); len(problems) > 0 {
		k.t.Errorf("the provider complains: %q", problems)
	}
	if n, err := s.PendingJobs(k.t.Context()); n != 0 || err != nil {
		k.t.Errorf("%d jobs are left, %v", n, err)
	}
	waitFor(k.t, "the end of all processes", func() bool { return len(k.server.processes()) == 0 })
}

// checkVCCalls: each call that the provider told of is there once, known by its events and processed.
func (k *killing) checkVCCalls(s *store.Store) {
	want := map[string]int{}
	for _, id := range k.provider.ids {
		want[strconv.FormatInt(id, 10)] = 1
	}
	got := map[string]int{}
	for _, vc := range all(k, func(ctx context.Context, cursor string) ([]domain.VCCall, string, error) {
		return s.VCCalls(ctx, store.VCCallFilter{Cursor: cursor})
	}) {
		got[vc.ProviderCallID]++
		if vc.State != domain.StateProcessed || vc.Via != domain.ViaRealtime {
			k.t.Errorf("VC Call %s: %s %s, %s, via %s", vc.ProviderCallID, vc.State, vc.Reason, vc.Detail, vc.Via)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		k.t.Errorf("VC Calls by the provider's id (-want +got)\n%s", diff)
	}
}

// checkCalls: each VC Call has one call, whole and with its own recording. It gives the files that belong to calls.
func (k *killing) checkCalls(s *store.Store) (files []string) {
	rows := all(k, func(ctx context.Context, cursor string) ([]store.CallRow, string, error) {
		return s.Calls(ctx, store.CallFilter{Cursor: cursor})
	})
	ofVCCalls := map[string]bool{}
	for _, row := range rows {
		ofVCCalls[row.VCCallID] = true
		files = append(files, row.Recording.Key, "waveforms/"+row.ID)
		k.checkCall(s, row.ID)
	}
	if len(rows) != killedCalls || len(ofVCCalls) != killedCalls {
		k.t.Errorf("%d calls of %d VC Calls, want %d", len(rows), len(ofVCCalls), killedCalls)
	}
	return files
}

func (k *killing) checkCall(s *store.Store, id string) {
	call, err := s.Call(k.t.Context(), id)
	if err != nil {
		k.t.Fatal(err)
	}
	if call.State != domain.StateProcessed || call.Insights == nil || call.Transcript == nil || len(call.Transcript.Lines) == 0 {
		k.t.Errorf("call %s is not whole: %s, transcript %v, insights %v", id, call.State, call.Transcript != nil, call.Insights != nil)
	}
	vc, err := s.VCCall(k.t.Context(), call.VCCallID)
	if err != nil {
		k.t.Fatal(err)
	}
	providerID, err := strconv.ParseInt(vc.ProviderCallID, 10, 64)
	if err != nil {
		k.t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(k.server.config.DataDir, "blobs", call.Recording.Key))
	if err != nil {
		k.t.Error(err)
	}
	want := hexSum(k.provider.Audio(providerID))
	if got := hexSum(kept); got != want || call.Recording.SHA256 != want || vc.CallID != id {
		k.t.Errorf("call %s (of %s) keeps recording %s as %s, want %s", id, vc.CallID, got, call.Recording.SHA256, want)
	}
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// files lists all that the blob store's folder holds, unfinished writes included.
func (k *killing) files() []string {
	root := k.server.blobs("")
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		found[filepath.ToSlash(name)] = true
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

// all reads a list page by page.
func all[T any](k *killing, page func(ctx context.Context, cursor string) ([]T, string, error)) []T {
	k.t.Helper()
	var found []T
	for cursor := ""; ; {
		rows, next, err := page(k.t.Context(), cursor)
		if err != nil {
			k.t.Fatal(err)
		}
		if found = append(found, rows...); next == "" {
			return found
		}
		cursor = next
	}
}
