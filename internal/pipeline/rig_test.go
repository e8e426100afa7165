package pipeline

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"earshot/internal/audio"
	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/speech"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// scripted is an engine that says what a test wants; it stands for the port to real ones.
type scripted struct {
	mu   sync.Mutex
	err  error
	text string
	hook func() // called for each segment
}

func (*scripted) Info() speech.Info {
	return speech.Info{Name: "scripted", Model: "test", Languages: []string{"en"}, Concurrency: 1}
}

func (s *scripted) Transcribe(_ context.Context, a speech.Audio, _ speech.Options) ([]speech.Utterance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook != nil {
		s.hook()
	}
	return []speech.Utterance{{End: a.Seconds(), Text: s.text}}, s.err
}

// answers changes what the driver answers.
type answers struct {
	provider.Driver
	getCall func(domain.ProviderCall, error) (domain.ProviderCall, error)
	open    func(io.ReadCloser, provider.RecordingInfo, error) (io.ReadCloser, provider.RecordingInfo, error)
}

func (a *answers) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	call, err := a.Driver.GetCall(ctx, id)
	if a.getCall != nil {
		return a.getCall(call, err)
	}
	return call, err
}

func (a *answers) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	body, info, err := a.Driver.OpenRecording(ctx, ref)
	if a.open != nil {
		return a.open(body, info, err)
	}
	return body, info, err
}

// rig is a pipeline over a store of its own, the reference provider and a scripted engine. The connector is on, and Maria
// (whose id at the provider is maria) may have her calls processed.
type rig struct {
	*testkit.Kit
	p       *Pipeline
	engine  *scripted
	answers *answers
	conn    domain.Connector
	maria   domain.User
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{Kit: testkit.New(t), engine: &scripted{text: "What does it cost?"}, answers: &answers{}}
	r.Wrap = func(d provider.Driver) provider.Driver { r.answers.Driver = d; return r.answers }
	blobs, err := blob.OpenDir(context.Background(), filepath.Join(t.TempDir(), "blobs"))
	testkit.Must(t, err)
	t.Cleanup(func() { _ = blobs.Close() }) // a test may have closed it
	r.p = New(Config{Store: r.Store, Blobs: blobs, Open: r.Open, Engine: r.engine, Tools: func() audio.Tools { return audio.Tools{} }, MaxBytes: 1 << 24, Logger: r.Logger, Now: r.Clock.Now})
	r.conn = r.Connect(t, nil)
	r.maria = r.User(t, "Maria", func(u *domain.User) { u.Identifiers = map[domain.Provider]string{memory.Provider: "maria"} }, domain.PermForSales)
	return r
}

// twoSides is half a minute in which both sides speak.
var twoSides = sync.OnceValue(func() []byte {
	return testkit.WAV(audio.SampleRate, talk(12, domain.Span{Start: 1, End: 4}), talk(12, domain.Span{Start: 5, End: 9}))
})

// oneSide is mono.
var oneSide = sync.OnceValue(func() []byte { return testkit.WAV(audio.SampleRate, talk(12, domain.Span{Start: 1, End: 9})) })

// place lets Maria take a recorded call of a minute that ended a minute ago, as changed, and gives its id at the provider.
func (r *rig) place(change func(*memory.Call)) string {
	c := memory.Call{
		Ring: 5 * time.Second, Talk: time.Minute, Audio: twoSides(),
		Facts: domain.ProviderCall{
			Direction: domain.Inbound, From: "+12125550142", To: "+12125550100", StartedAt: r.Clock.Now().Add(-125 * time.Second),
			Agent:        domain.Participant{ProviderUserID: "maria", Name: "Maria", Internal: true},
			Participants: []domain.Participant{{ProviderUserID: "maria", Internal: true}, {Phone: "+12125550142"}},
		},
	}
	if change != nil {
		change(&c)
	}
	return r.Company.Place(c)
}

// arrive makes the VC Call of a call.
func (r *rig) arrive(t *testing.T, providerCallID string, via domain.Via) domain.VCCall {
	t.Helper()
	return r.news(t, store.Arrival{ProviderCallID: providerCallID, Via: via})
}

// news stores what a provider told.
func (r *rig) news(t *testing.T, a store.Arrival) (vc domain.VCCall) {
	t.Helper()
	a.ConnectorID, a.Provider = r.conn.ID, memory.Provider
	r.InTx(t, func(ctx context.Context, tx *store.Tx) (err error) {
		vc, _, err = tx.UpsertVCCall(ctx, a)
		return err
	})
	return vc
}

// stage runs the stage that is next and gives what became of the VC Call.
func (r *rig) stage(t *testing.T, id string) domain.VCCall {
	t.Helper()
	ctx := context.Background()
	run := map[domain.Stage]func(context.Context, string) error{domain.StageDescribe: r.p.Describe, domain.StageFetch: r.p.Fetch, domain.StageTranscribe: r.p.Transcribe, domain.StageAnalyze: r.p.Analyze}
	testkit.Must(t, run[r.load(t, id).Stage](ctx, id))
	return r.load(t, id)
}

// settle runs stages until the call is done, waits or has failed.
func (r *rig) settle(t *testing.T, id string) domain.VCCall {
	t.Helper()
	for range 10 {
		if vc := r.stage(t, id); vc.State != domain.StateProcessing && vc.State != domain.StateReceived {
			return vc
		}
	}
	t.Fatalf("VC Call %s goes on and on", id)
	return domain.VCCall{}
}

func (r *rig) load(t *testing.T, id string) domain.VCCall {
	t.Helper()
	vc, err := r.Store.VCCall(context.Background(), id)
	testkit.Must(t, err)
	return vc
}

func (r *rig) call(t *testing.T, id string) domain.Call {
	t.Helper()
	c, err := r.Store.Call(context.Background(), id)
	testkit.Must(t, err)
	return c
}

// body replaces what is downloaded.
func body(data []byte) func(io.ReadCloser, provider.RecordingInfo, error) (io.ReadCloser, provider.RecordingInfo, error) {
	return func(io.ReadCloser, provider.RecordingInfo, error) (io.ReadCloser, provider.RecordingInfo, error) {
		return io.NopCloser(bytes.NewReader(data)), provider.RecordingInfo{ContentType: "audio/wav", Size: int64(len(data))}, nil
	}
}

func failing(kind domain.Kind, retryAt time.Time) error {
	return &domain.Error{Kind: kind, Message: "the provider says no", RetryAt: retryAt}
}
