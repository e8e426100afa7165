package ringcentral

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

func readEvent(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var received = time.Date(2026, 11, 23, 9, 47, 0, 0, time.UTC)

// TestParseEvent: an event says which session somebody has left, never what the call was; all else says nothing.
func TestParseEvent(t *testing.T) {
	t.Parallel()
	const session = "s-a1d145704da1cz18e387e5223z8af60000"
	at := time.Date(2026, 11, 23, 9, 46, 50, 792e6, time.UTC)
	for name, want := range map[string][]provider.EventCall{
		"answered.json":     nil,
		"disconnected.json": {{CallID: session, Name: "telephony session: Disconnected", ObservedAt: at}},
		"transferred.json":  {{CallID: session, Name: "telephony session: Disconnected", ObservedAt: at}},
		"gone.json":         {{CallID: session, Name: "telephony session: Gone", ObservedAt: at}},
		"odd.json":          {{CallID: "s-odd-1", Name: "telephony session: Gone", ObservedAt: received}},
		"reminder.json":     nil,
		"foreign.json":      nil,
	} {
		got, err := (&driver{}).ParseEvent(readEvent(t, name), received)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	for _, body := range []string{``, `{`, `[]`, `"x"`, `{}`, `null`, `{"body":{}}`, `{"event":7}`, `{"event":"/telephony/sessions","body":[]}`} {
		if calls, err := (&driver{}).ParseEvent([]byte(body), received); len(calls) > 0 || !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("%s is read: %+v, %v", body, calls, err)
		}
	}
}

// TestEventFromTheFuture: a provider's clock that is ahead does not make us believe what was not yet.
func TestEventFromTheFuture(t *testing.T) {
	t.Parallel()
	early := time.Date(2026, 11, 23, 9, 46, 0, 0, time.UTC)
	got, err := (&driver{}).ParseEvent(readEvent(t, "disconnected.json"), early)
	if err != nil || len(got) != 1 || !got[0].ObservedAt.Equal(early) {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzParseEvent(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "events", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		f.Add(readEvent(f, filepath.Base(name)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &driver{}
		calls, err := d.ParseEvent(body, received)
		if err != nil && (len(calls) > 0 || domain.KindOf(err) != domain.KindInvalid) {
			t.Fatalf("%d calls with error %v of kind %q", len(calls), err, domain.KindOf(err))
		}
		for _, c := range calls {
			if !sessionPattern.MatchString(c.CallID) || c.Call != nil || c.ObservedAt.IsZero() || c.ObservedAt.After(received) {
				t.Fatalf("event %+v", c)
			}
		}
		if d.VerifyEvent(http.Header{headerToken: {"other"}}, body, "secret") == nil {
			t.Fatal("verified without the secret")
		}
	})
}

// TestVerifyEvent: the token under either name, and nothing else.
func TestVerifyEvent(t *testing.T) {
	t.Parallel()
	body := `{"event":"x","body":{}}`
	for name, c := range map[string]struct {
		header       http.Header
		body, secret string
		ok           bool
	}{
		"verification token": {http.Header{headerToken: {"secret"}}, body, "secret", true},
		"validation token":   {http.Header{headerHandshake: {"secret"}}, body, "secret", true},
		"one of both":        {http.Header{headerToken: {"x"}, headerHandshake: {"secret"}}, body, "secret", true},
		"wrong":              {http.Header{headerToken: {"Secret"}}, body, "secret", false},
		"longer":             {http.Header{headerToken: {"secret2"}}, body, "secret", false},
		"none":               {http.Header{}, body, "secret", false},
		"empty":              {http.Header{headerToken: {""}}, body, "", false},
		"no secret yet":      {http.Header{headerToken: {"x"}}, body, "", false},
		"no event":           {http.Header{headerToken: {"secret"}}, `{"event":"x"}`, "secret", false},
		"no JSON":            {http.Header{headerToken: {"secret"}}, `<html>`, "secret", false},
	} {
		err := (&driver{}).VerifyEvent(c.header, []byte(c.body), c.secret)
		if (err == nil) != c.ok || err != nil && !domain.IsKind(err, domain.KindUnauthorized) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHandshake: only what looks like a token is given back, and only where nothing else was said.
func TestHandshake(t *testing.T) {
	t.Parallel()
	for token, ok := range map[string]bool{
		"4d8c35ee-5d57-4c23-9b8d-cb3b3ea4f7a7": true, "abc+/=._~": true, strings.Repeat("a", 256): true,
		"": false, strings.Repeat("a", 257): false, "a b": false, "<script>": false, "a\r\nSet-Cookie: x": false, "ä": false,
	} {
		got := (&driver{}).Handshake(http.Header{headerHandshake: {token}}, nil)
		if (got != nil) != ok || ok && (got.Get(headerHandshake) != token || got.Get("Content-Type") != "application/json") {
			t.Errorf("%q is answered with %v", token, got)
		}
	}
	for body, ok := range map[string]bool{"{}": true, " {}\n": true, `{"event":"x"}`: false, "x": false} {
		if got := (&driver{}).Handshake(http.Header{headerHandshake: {"token"}}, []byte(body)); (got != nil) != ok {
			t.Errorf("with the body %q it is answered with %v", body, got)
		}
	}
}

// TestSecretOf: the same for an address each time, another for another address or app.
func TestSecretOf(t *testing.T) {
	t.Parallel()
	of := func(clientSecret, address string) string {
		return (&driver{client: client{provider.Account{Credential: map[string]string{fieldSecret: clientSecret}}}}).secretOf(address)
	}
	first := of("a", "https://x.example/1")
	if first != of("a", "https://x.example/1") || first == of("a", "https://x.example/2") || first == of("b", "https://x.example/1") || !tokenPattern.MatchString(first) {
		t.Errorf("secret %q", first)
	}
}
