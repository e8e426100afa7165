package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/provider/aircall/fake"
	dialpadfake "earshot/internal/provider/dialpad/fake"
	"earshot/internal/speech"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

// scripted is an engine that writes what it is told, or fails with err.
type scripted struct{ err error }

func (*scripted) Info() speech.Info {
	return speech.Info{Name: "scripted", Model: "one", Languages: []string{"en"}, MaxSeconds: 600, Concurrency: 1}
}

func (s *scripted) Transcribe(context.Context, speech.Audio, speech.Options) ([]speech.Utterance, error) {
	return []speech.Utterance{{Start: 0.2, End: 0.8, Text: "I will send you the offer tomorrow."}}, s.err
}

// shifted is the machine's clock, which a test may put forward: pacing waits by it in real time.
type shifted struct{ by atomic.Int64 }

func (c *shifted) Now() time.Time          { return time.Now().Add(time.Duration(c.by.Load())) }
func (c *shifted) Advance(d time.Duration) { c.by.Add(int64(d)) }

// ward is a whole Earshot with a connected Aircall, whose jobs a test works itself, by a clock of its own.
type ward struct {
	*apptest.Kit
	ctx    context.Context
	clock  *shifted
	engine *scripted
	client *http.Client
	line   int64
	maria  int64
	began  time.Time
}

func newWard(t *testing.T) *ward {
	t.Helper()
	clock := &shifted{}
	w := &ward{Kit: apptest.NewAt(t, clock.Now), ctx: context.Background(), clock: clock, engine: &scripted{}}
	w.App.Pipeline.Choose = func(_ context.Context, _ domain.Call, s domain.GeneralSettings) (pipeline.Choice, error) {
		return pipeline.Choice{Engine: w.engine, Language: s.Language}, nil
	}
	w.line = w.Fake.AddNumber(fake.Number{Name: "Sales", E164: "+12125550100", Country: "US"})
	w.maria = w.Fake.AddUser(fake.User{ID: 4101, Name: "Maria", Email: "maria@x.example"})
	w.User(t, "Maria", "4101", domain.PermForSales)
	w.Credential(t, "fake-token")
	_, err := w.App.Connector.AssignIntegrationUser(w.ctx, w.Admin, domain.Aircall)
	apptest.Must(t, err)
	for _, s := range []connector.Switches{{ProviderEnabled: &on}, {Enabled: &on}} {
		_, err := w.App.Connector.SetSwitches(w.ctx, w.Admin, domain.Aircall, s)
		apptest.Must(t, err)
	}
	w.ask(t, "PUT", "/settings/general", `{"optimal_speaker_separation":true,"language":"en","time_zone":""}`, 0)
	w.clock.Advance(10 * time.Minute)
	w.began = clock.Now().Add(-5 * time.Minute)
	return w
}

// place lets a call of Maria's happen that qualifies, but for what change does.
func (w *ward) place(t *testing.T, id int64, change func(*fake.Call)) string {
	t.Helper()
	c := fake.Call{ID: id, Direction: "inbound", NumberID: w.line, UserID: w.maria, Customer: "+1 212-555-0142", StartedAt: w.began, Ring: time.Second, Talk: time.Minute,
		Recording: wav(t), AssetsAfter: time.Millisecond, ContentType: "audio/wav"}
	if change != nil {
		change(&c)
	}
	w.Fake.Place(c)
	return strconv.FormatInt(id, 10)
}

// arrive delivers events, has them understood, and gives the VC Call.
func (w *ward) arrive(t *testing.T, id string) string {
	t.Helper()
	w.events(t)
	conn, err := w.App.Store.ConnectorByProvider(w.ctx, domain.Aircall)
	apptest.Must(t, err)
	vc, err := w.App.Store.VCCallByProviderID(w.ctx, conn.ID, id)
	apptest.Must(t, err)
	return vc.ID
}

func (w *ward) events(t *testing.T) {
	t.Helper()
	w.Fake.Deliver(w.ctx)
	conn, err := w.App.Store.ConnectorByProvider(w.ctx, domain.Aircall)
	apptest.Must(t, err)
	kept, err := w.App.Store.KeptEvents(w.ctx, conn.ID, time.Time{}, w.clock.Now().Add(time.Hour), "", 500)
	apptest.Must(t, err)
	for _, e := range kept {
		apptest.Must(t, w.App.Ingest.Event(w.ctx, domain.EventJob{EventID: e.ID}))
	}
}

// came places a call, lets it arrive and works it as far as it goes.
func (w *ward) came(t *testing.T, change func(*fake.Call)) string {
	t.Helper()
	id := w.arrive(t, w.place(t, 7001, change))
	w.work(t, id)
	return id
}

// work does the stages of a VC Call until it stays where it is.
func (w *ward) work(t *testing.T, id string) domain.VCCall {
	t.Helper()
	for range 8 {
		vc, err := w.App.Store.VCCall(w.ctx, id)
		apptest.Must(t, err)
		if vc.State != domain.StateReceived && vc.State != domain.StateProcessing {
			return vc
		}
		stages := map[domain.Stage]func(context.Context, string) error{
			domain.StageDescribe: w.App.Pipeline.Describe, domain.StageFetch: w.App.Pipeline.Fetch, domain.StageTranscribe: w.App.Pipeline.Transcribe, domain.StageAnalyze: w.App.Pipeline.Analyze,
		}
		apptest.Must(t, stages[vc.Stage](w.ctx, id))
	}
	t.Fatalf("VC Call %s does not come to rest", id)
	return domain.VCCall{}
}

// shown is what the API says of a VC Call.
type shown struct {
	ID, State, Reason, Detail string
	CallID                    string `json:"call_id"`
	UserID                    string `json:"user_id"`
	Overtaken                 bool
	Explanation               struct{ Title, Meaning, Fix string }
	Steps                     []struct{ Rule, Outcome, Text string }
	Mends                     []struct {
		Action, Label, Field, Value string
		UserID                      string `json:"user_id"`
		Goes                        bool
	}
	raw string
}

func (w *ward) show(t *testing.T, id string) shown {
	t.Helper()
	return w.read(t, w.ask(t, "GET", "/vc-calls/"+id, "", http.StatusOK))
}

func (w *ward) read(t *testing.T, body string) shown {
	t.Helper()
	s := shown{raw: body}
	apptest.Must(t, json.Unmarshal([]byte(body), &s))
	return s
}

// mend does what the API offers, and works the call.
func (w *ward) mend(t *testing.T, id, body string) {
	t.Helper()
	w.ask(t, "POST", "/vc-calls/"+id+"/mend", body, http.StatusOK)
	w.work(t, id)
}

// ask gives the body of an answer, which must have the status; 0: any that is no error.
func (w *ward) ask(t *testing.T, method, path, body string, want int) string {
	t.Helper()
	if w.client == nil {
		w.client = signedIn(t, w.Kit, "admin@x.example")
	}
	req, err := http.NewRequest(method, w.Server.URL+"/api/v1"+path, strings.NewReader(body))
	apptest.Must(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := w.client.Do(req)
	apptest.Must(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	apptest.Must(t, err)
	if want == 0 && resp.StatusCode >= 300 || want != 0 && resp.StatusCode != want {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, data)
	}
	return string(data)
}

// partOfCall has the VC Call of a leg at a simulated Dialpad, whose events name each leg.
func partOfCall(t *testing.T, w *ward) string {
	t.Helper()
	s := dialpadfake.New(dialpadfake.Options{Now: w.clock.Now, APIKey: "dialpad-key"})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.SetBaseURL(server.URL)
	s.AddUser(dialpadfake.User{Name: "Maria", Email: "maria@x.example", Phone: "+12125550111"})
	center := s.AddGroup(dialpadfake.Group{Kind: dialpadfake.CallCenter, Name: "Service", Phone: "+12125550199"})
	call := s.Place(dialpadfake.Call{Direction: "inbound", Line: "+12125550199", GroupID: center, UserID: s.AddUser(dialpadfake.User{Name: "Ann", Email: "ann@x.example", Phone: "+12125550112"}),
		Customer: "+12125550142", StartedAt: w.began, Ring: time.Second, Talk: time.Minute, Recording: wav(t), AssetsAfter: time.Millisecond})
	w.ask(t, "PUT", "/connectors/dialpad/credential", `{"fields":{"kind":"api_key","api_key":"dialpad-key"},"settings":{"base_url":"`+server.URL+`"}}`, http.StatusOK)
	_, err := w.App.Connector.AcceptTerms(w.ctx, w.Admin, domain.Dialpad, connector.TermsVersion)
	apptest.Must(t, err)
	w.ask(t, "POST", "/connectors/dialpad/test", "", http.StatusOK)
	w.ask(t, "POST", "/connectors/dialpad/integration-user", "", http.StatusOK)
	w.ask(t, "PUT", "/connectors/dialpad/switches", `{"enabled":true,"provider_enabled":true}`, http.StatusOK)
	legs := s.Legs(call)
	return w.upsert(t, domain.Dialpad, strconv.FormatInt(legs[len(legs)-1], 10), nil)
}

// upsert lets a call arrive by the hourly batch, and works it.
func (w *ward) upsert(t *testing.T, p domain.Provider, id string, c *domain.ProviderCall) string {
	t.Helper()
	conn, err := w.App.Store.ConnectorByProvider(w.ctx, p)
	apptest.Must(t, err)
	var vc domain.VCCall
	apptest.Must(t, w.App.Store.InTx(w.ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		vc, _, err = tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: conn.ID, Provider: p, ProviderCallID: id, Via: domain.ViaHourly, Snapshot: c, ObservedAt: w.clock.Now()})
		return err
	}))
	w.work(t, vc.ID)
	return vc.ID
}

// fetch asks the provider for the call 7001 by its id, and works it.
func (w *ward) fetch(t *testing.T) string {
	t.Helper()
	id := w.read(t, w.ask(t, "POST", "/connectors/aircall/calls", `{"provider_call_id":"7001"}`, 0)).ID
	w.work(t, id)
	return id
}
