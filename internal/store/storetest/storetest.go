// Package storetest is the one suite that every database of the store must pass.
package storetest

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/store"
)

// patience is how long a test waits for what must happen; it bears no relation to how long it takes.
const patience = time.Minute

// start is the time of the tests' clocks at first.
var start = time.Date(2026, time.November, 23, 9, 30, 0, 0, time.UTC)

// Run runs the suite. fresh gives the configuration of an empty database that only the test uses: URL or DataDir.
func Run(t *testing.T, fresh func(*testing.T) store.Config) {
	tests := map[string]func(*testing.T, *bundle){
		"Connectors":                   testConnectors,
		"ConnectorTakenMeanwhile":      testConnectorTakenMeanwhile,
		"Events":                       testEvents,
		"Users":                        testUsers,
		"EmailIsUnique":                testEmailIsUnique,
		"EmailIsUniqueInARace":         testEmailIsUniqueInARace,
		"Matching":                     testMatching,
		"MovingNumbers":                testMovingNumbers,
		"MatchingByFormat":             testMatchingByFormat,
		"Sessions":                     testSessions,
		"Settings":                     testSettings,
		"Installation":                 testInstallation,
		"Mails":                        testMails,
		"SpeechSettings":               testSpeechSettings,
		"ModelSettings":                testModelSettings,
		"ModelDays":                    testModelDays,
		"ModelWorks":                   testModelWorks,
		"ExcludedNumbers":              testExcludedNumbers,
		"InsightTypes":                 testInsightTypes,
		"VCLogs":                       testVCLogs,
		"Calls":                        testCalls,
		"CallSearch":                   testCallSearch,
		"Corrections":                  testCorrections,
		"Reanalyses":                   testReanalyses,
		"CallPages":                    testCallPages,
		"VCCallPages":                  testVCCallPages,
		"VCCallFilters":                testVCCallFilters,
		"Settled":                      testSettled,
		"ConcurrentUpserts":            testConcurrentUpserts,
		"SnapshotsOutOfOrder":          testSnapshotsOutOfOrder,
		"UpdateConflicts":              testUpdateConflicts,
		"FailedTransactionTakesBack":   testFailedTransactionTakesBack,
		"ConcurrentCounts":             testConcurrentCounts,
		"Stuck":                        testStuck,
		"Rollback":                     testRollback,
		"Changes":                      testChanges,
		"JobsRunOnce":                  testJobsRunOnce,
		"ScheduledJob":                 testScheduledJob,
		"JobsOfADeadProcess":           testJobsOfADeadProcess,
		"StopGivesTheAttemptBack":      testStopGivesTheAttemptBack,
		"JobsOfALiveNodeAreLeftAlone":  testJobsOfALiveNodeAreLeftAlone,
		"Reopen":                       testReopen,
		"OpenRefusesABadNodeID":        testBadNodeID,
		"ReadsDuringALongTransaction":  testReadsDuringALongTransaction,
		"CancelledContextChangesNoRow": testCancelledContext,
		"Paces":                        testPaces,
		"Tokens":                       testTokens,
		"TokenOfADeadProcess":          testTokenOfADeadProcess,
		"Logins":                       testLogins,
		"ScheduledJobs":                testScheduledJobs,
		"Health":                       testHealth,
		"OpenToRead":                   testOpenToRead,
		"SearchVCCalls":                testSearchVCCalls,
		"FoundByListing":               testFoundByListing,
		"Refusals":                     testRefusals,
		"Retention":                    testRetention,
		"KeptEvents":                   testKeptEvents,
		"WaitingQueues":                testWaitingQueues,
		"AuditLog":                     testAuditLog,
		"AuditGoesWithItsChange":       testAuditGoesWithItsChange,
		"APITokens":                    testAPITokens,
		"PasswordLinks":                testPasswordLinks,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBundle(t, fresh(t)))
		})
	}
}

// bundle is an open store of its own for one test.
type bundle struct {
	*store.Store
	config store.Config
	clock  *clock
}

// clock of a test; it moves when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newBundle(t *testing.T, c store.Config) *bundle {
	t.Helper()
	cl := &clock{now: start}
	keyring, err := secret.Load(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	c.NodeID, c.Keyring, c.Now = "node-1", keyring, cl.Now
	c.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	return &bundle{open(t, c), c, cl}
}

// open opens the database once more, as another process would.
func open(t *testing.T, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// must runs f in a transaction that has to succeed.
func (b *bundle) must(t *testing.T, f func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := b.InTx(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// testConnector is stored before whatever refers to it.
const testConnector = "connector-1"

func (b *bundle) addConnector(t *testing.T) {
	t.Helper()
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveConnector(ctx, domain.Connector{ID: testConnector, Provider: domain.Aircall, SiteSecret: "site"})
	})
}

// arrive stores the arrival of a call whose provider call id is given.
func (b *bundle) arrive(t *testing.T, providerCallID string, snapshot *domain.ProviderCall) domain.VCCall {
	t.Helper()
	var v domain.VCCall
	b.must(t, func(ctx context.Context, tx *store.Tx) (err error) {
		v, _, err = tx.UpsertVCCall(ctx, arrival(providerCallID, snapshot, b.clock.Now()))
		return err
	})
	return v
}

func arrival(providerCallID string, snapshot *domain.ProviderCall, at time.Time) store.Arrival {
	return store.Arrival{
		ConnectorID: testConnector, Provider: domain.Aircall, ProviderCallID: providerCallID, Via: domain.ViaRealtime,
		Snapshot: snapshot, ObservedAt: at,
	}
}

// probe is a job that does what its test says.
type probe struct {
	N int `json:"n"`
}

func (probe) Kind() string  { return "probe" }
func (probe) Queue() string { return "probes" }

func (probe) Urgency() domain.Priority { return domain.PriorityRealtime }

// work starts to work probes on s with do, so many at once, until the test ends.
func work(t *testing.T, s *store.Store, atOnce int, do func(context.Context, *river.Job[probe]) error) {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(do))
	if err := s.StartJobs(t.Context(), store.JobsConfig{Workers: workers, Queues: map[string]int{probe{}.Queue(): atOnce}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
}

func stop(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.StopJobs(ctx); err != nil {
		t.Errorf("StopJobs: %v", err)
	}
}

// receive waits for the next value.
func receive[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain: %s", what)
		panic("not reached")
	}
}

// drained waits until no job is left.
func drained(t *testing.T, s *store.Store) {
	t.Helper()
	timeout := time.After(patience)
	for {
		n, err := s.PendingJobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		select {
		case <-timeout:
			t.Fatalf("%d jobs are left", n)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
