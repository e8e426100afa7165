package provider

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/domain"
)

// stub is a driver whose answers a test gives.
type stub struct {
	Driver
	get  func(ctx context.Context) (domain.ProviderCall, error)
	list func(Cursor) (Page, error)
	open func(domain.RecordingRef) (io.ReadCloser, RecordingInfo, error)
}

func (s stub) GetCall(ctx context.Context, _ string) (domain.ProviderCall, error) { return s.get(ctx) }
func (s stub) ListCalls(_ context.Context, _ Window, c Cursor) (Page, error)      { return s.list(c) }
func (s stub) OpenRecording(_ context.Context, r domain.RecordingRef) (io.ReadCloser, RecordingInfo, error) {
	return s.open(r)
}

func stubInfo() Info {
	return Info{
		Provider: "stub", Name: "Stub", Quotas: []domain.Quota{{Requests: 600, Per: time.Minute}},
		Credential: []Field{{Name: "id"}, {Name: "token", Secret: true}},
		Settings:   []Field{{Name: "base_url", Default: "https://api.example"}},
	}
}

func connect(t *testing.T, c *fakeClock, s stub) *Connector {
	t.Helper()
	conn, err := New(Config{
		Opener:     Opener{Info: stubInfo(), Open: func(Account) (Driver, error) { return s, nil }},
		Credential: map[string]string{"id": "the-id", "token": "the-token"}, Now: c.now, Sleep: c.sleep,
	})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	start := newFakeClock().at
	limited := func(d time.Duration) error {
		return &domain.Error{Kind: domain.KindRateLimited, RetryAt: start.Add(d), Message: "slow"}
	}
	temporary := domain.Errorf(domain.KindTemporary, "", "down")
	for _, c := range []struct {
		name    string
		errs    []error // one an attempt; then success
		tries   int
		kind    domain.Kind
		atLeast time.Duration
	}{
		{"fine", nil, 1, "", 0},
		{"one failure", []error{temporary}, 2, "", retryPause},
		{"error without kind", []error{errors.New("x")}, 2, "", retryPause},
		{"down", []error{temporary, temporary, temporary}, 3, domain.KindTemporary, 0},
		{"limited for a minute", []error{limited(time.Minute)}, 2, "", time.Minute},
		{"limited for an hour", []error{limited(time.Hour)}, 1, domain.KindRateLimited, 0},
		{"limited without a time", []error{&domain.Error{Kind: domain.KindRateLimited}}, 2, "", defaultPause},
		{"limited in the past", []error{limited(-time.Hour)}, 2, "", 0},
		{"wrong key", []error{domain.Errorf(domain.KindUnauthorized, "", "no")}, 1, domain.KindUnauthorized, 0},
		{"not found", []error{domain.Errorf(domain.KindNotFound, "", "no")}, 1, domain.KindNotFound, 0},
		{"invalid", []error{domain.Errorf(domain.KindInvalid, "", "no")}, 1, domain.KindInvalid, 0},
	} {
		clock, tries := newFakeClock(), 0
		conn := connect(t, clock, stub{get: func(context.Context) (domain.ProviderCall, error) {
			if tries++; tries <= len(c.errs) {
				return domain.ProviderCall{}, c.errs[tries-1]
			}
			return domain.ProviderCall{ID: "1"}, nil
		}})
		call, err := conn.GetCall(t.Context(), "1", time.Time{})
		if tries != c.tries || domain.KindOf(err) != c.kind || (err == nil) != (call.ID == "1") || clock.at.Sub(start) < c.atLeast {
			t.Errorf("%s: %d tries, %v, after %v", c.name, tries, err, clock.at.Sub(start))
		}
	}
}

func TestListingThatRepeatsItself(t *testing.T) {
	t.Parallel()
	c := newFakeClock()
	conn := connect(t, c, stub{list: func(Cursor) (Page, error) {
		return Page{Calls: []domain.ProviderCall{{ID: "1"}}, Next: "again"}, nil
	}})
	n, last := 0, error(nil)
	for _, err := range conn.Calls(t.Context(), Window{c.at, c.at.Add(time.Hour)}) {
		if last = err; err == nil {
			n++
		}
	}
	if n != 1 || domain.CodeOf(last) != "listing_stuck" {
		t.Errorf("%d calls, %v; want one and that the listing is stuck", n, last)
	}
}

func TestRedaction(t *testing.T) {
	t.Parallel()
	r := newRedactor(stubInfo().Credential, map[string]string{"id": "the-id", "token": "the-token"})
	inner := errors.New(`Get "https://m.example/a.mp3?X-Sig=abc&the-token": refused`)
	at := time.Unix(5, 0)
	err := r.clean(&domain.Error{Kind: domain.KindRateLimited, Code: "c", Message: "no the-token here", RetryAt: at, Err: inner})
	want := `no [hidden] here: Get "https://m.example/a.mp3?[hidden]": refused`
	if err.Error() != want || domain.KindOf(err) != domain.KindRateLimited || domain.CodeOf(err) != "c" || !domain.RetryTime(err).Equal(at) || errors.Is(err, inner) {
		t.Errorf("clean = %q (%s), want %q", err, domain.KindOf(err), want)
	}
	wrapped := r.clean(errors.Join(errors.New("the-token"), context.Canceled))
	if !errors.Is(wrapped, context.Canceled) || strings.Contains(wrapped.Error(), "the-token") {
		t.Errorf("clean = %q", wrapped)
	}
	if plain := errors.New("nothing secret"); r.clean(plain) != plain || r.clean(nil) != nil {
		t.Error("an error without secrets is changed")
	}
	if short := newRedactor([]Field{{Name: "x", Secret: true}}, map[string]string{"x": "a"}); short.text("banana") != "banana" {
		t.Error("a short value is taken out everywhere")
	}
}

// TestErrorsComeOutClean: a driver that shows a secret does not show it to anybody.
func TestErrorsComeOutClean(t *testing.T) {
	t.Parallel()
	leak := domain.Errorf(domain.KindInvalid, "", "sent the-token to https://m.example/a?sig=1")
	conn := connect(t, newFakeClock(), stub{
		get:  func(context.Context) (domain.ProviderCall, error) { return domain.ProviderCall{}, leak },
		list: func(Cursor) (Page, error) { return Page{}, leak },
		open: func(domain.RecordingRef) (io.ReadCloser, RecordingInfo, error) { return nil, RecordingInfo{}, leak },
	})
	_, got := conn.GetCall(t.Context(), "1", time.Time{})
	_, _, fetched := conn.Fetch(t.Context(), domain.RecordingRef{}, 0)
	errs := []error{got, fetched}
	for _, err := range conn.Calls(t.Context(), Window{time.Unix(1, 0), time.Unix(2, 0)}) {
		errs = append(errs, err)
	}
	for i, err := range errs {
		if want := "sent [hidden] to https://m.example/a?[hidden]"; err == nil || err.Error() != want || domain.MessageOf(err) != want {
			t.Errorf("error %d is %v", i, err)
		}
	}
}

func TestTransport(t *testing.T) {
	t.Parallel()
	var answer atomic.Pointer[http.HandlerFunc]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*answer.Load())(w, r) }))
	defer server.Close()
	clock := newFakeClock()
	var logs bytes.Buffer
	direct := &whole{base: http.DefaultTransport, timeout: time.Minute, logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	transport := &paced{base: direct, pacer: pacerOf(clock.now, clock.sleep, perMinute(600)), groups: oneGroup}
	client := &http.Client{Transport: transport, CheckRedirect: noRedirect}
	ask := func(h http.HandlerFunc) (*http.Response, error) {
		answer.Store(&h)
		resp, err := client.Get(server.URL + "/path?secret=query")
		if resp != nil {
			resp.Body.Close()
		}
		return resp, err
	}
	_, err := ask(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "40")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	if !domain.IsKind(err, domain.KindRateLimited) || !domain.RetryTime(err).Equal(clock.at.Add(40*time.Second)) {
		t.Errorf("429 with Retry-After 40: %v until %v", err, domain.RetryTime(err))
	}
	start := clock.at
	resp, err := ask(func(w http.ResponseWriter, _ *http.Request) {
		http.Redirect(w, &http.Request{}, "https://elsewhere.example", http.StatusFound)
	})
	if err != nil || resp.StatusCode != http.StatusFound || clock.at.Sub(start) < 40*time.Second {
		t.Errorf("redirect: %v, after a pause of %v; want it not followed, after 40 s", err, clock.at.Sub(start))
	}
	_, err = ask(func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, io.LimitReader(zeros{}, maxAnswer+1)) })
	if domain.CodeOf(err) != "answer_too_large" {
		t.Errorf("huge answer: %v", err)
	}
	_, err = ask(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "cut")
	})
	if err == nil {
		t.Error("an answer that is cut short is none")
	}
	if strings.Contains(logs.String(), "secret=query") || !strings.Contains(logs.String(), "path=/path") {
		t.Errorf("logged: %s", logs.String())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestSlowAnswer: an API that does not answer costs one time-out, not for ever.
func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	client := &http.Client{Transport: &whole{base: http.DefaultTransport, timeout: 20 * time.Millisecond, logger: slog.New(slog.DiscardHandler)}}
	if _, err := client.Get(server.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that never answers: %v", err)
	}
}

// TestClockSkew: the provider's clock is an hour ahead; its times are read as of ours.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	theirs := now.Add(time.Hour)
	h := http.Header{"Date": {theirs.Format(http.TimeFormat)}}
	if got := ours(theirs.Add(30*time.Second), h, now); !got.Equal(now.Add(30 * time.Second)) {
		t.Errorf("30 s from their now is %v of ours", got.Sub(now))
	}
	for value, want := range map[string]time.Duration{"7": 7 * time.Second, "0": 0, theirs.Add(time.Minute).Format(http.TimeFormat): time.Minute, "99999999": 24 * time.Hour} {
		h.Set("Retry-After", value)
		if got := retryAfter(h, now); !got.Equal(now.Add(want)) {
			t.Errorf("Retry-After %s is %v, want %v", value, got.Sub(now), want)
		}
	}
	for _, value := range []string{"", "-1", "soon"} {
		h.Set("Retry-After", value)
		if got := retryAfter(h, now); !got.IsZero() {
			t.Errorf("Retry-After %q is %v", value, got)
		}
	}
}

// TestDownloadStalls: a download from which nothing comes any more ends by itself.
func TestDownloadStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		conn := &Connector{}
		d := newDownload(conn, opened{stalled{ctx}, RecordingInfo{Size: 100}}, 0, cancel)
		defer d.Close()
		start := time.Now()
		_, err := io.ReadAll(d)
		if !domain.IsKind(err, domain.KindTemporary) || time.Since(start) < stallTimeout || time.Since(start) > 2*stallTimeout {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// stalled gives nothing until its context ends.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) { <-s.ctx.Done(); return 0, s.ctx.Err() }
func (s stalled) Close() error             { return nil }

func TestDownloadSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		body        string
		size, limit int64
		kind        domain.Kind
	}{
		{"fine", "12345", 5, 5, ""},
		{"size unknown", "12345", -1, 0, ""},
		{"short", "1234", 5, 0, domain.KindTemporary},
		{"empty", "", -1, 0, domain.KindTemporary},
		{"empty as said", "", 0, 0, domain.KindTemporary},
		{"too large as said", "12345", 5, 4, domain.KindTooLarge},
		{"too large unsaid", "12345", -1, 4, domain.KindTooLarge},
		{"as large as allowed", "1234", -1, 4, ""},
	} {
		conn := connect(t, newFakeClock(), stub{open: func(domain.RecordingRef) (io.ReadCloser, RecordingInfo, error) {
			return io.NopCloser(strings.NewReader(c.body)), RecordingInfo{ContentType: "audio/mpeg", Size: c.size}, nil
		}})
		body, _, err := conn.Fetch(t.Context(), domain.RecordingRef{}, c.limit)
		if err == nil {
			_, err = io.ReadAll(body)
			body.Close()
		}
		if domain.KindOf(err) != c.kind {
			t.Errorf("%s: %v of kind %q, want %q", c.name, err, domain.KindOf(err), c.kind)
		}
	}
}
