package dialpad

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// answers are what a provider says under each path.
type answers map[string]string

// RoundTrip is http.RoundTripper's.
func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(a[r.URL.Path]))}
	if a[r.URL.Path] == "" {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, nil
}

// TestNameInCommon: legs may name a call that does not exist; then that is what they have in common. One that exists, but belongs to
// another conversation, is none of its own.
func TestNameInCommon(t *testing.T) {
	t.Parallel()
	const leg = `{"items":[{"call_id":3,"master_call_id":2,"state":"hangup","direction":"inbound","target":{"id":7,"type":"user"},"date_started":1767225600000,"date_connected":1767225610000,"date_ended":1767225700000}]}`
	start := time.UnixMilli(1767225600000)
	for name, c := range map[string]struct {
		says answers
		id   string
		code string
	}{
		"a name only":            {answers{"/api/v2/call": leg}, "2", ""},
		"part of another":        {answers{"/api/v2/call": leg, "/api/v2/call/2": `{"call_id":2,"entry_point_call_id":1,"date_started":1767225590000,"date_ended":1767225600000}`}, "", codePart},
		"another call's answer":  {answers{"/api/v2/call": `{}`, "/api/v2/call/2": `{"call_id":9}`}, "", "temporary"},
		"nowhere":                {answers{"/api/v2/call": `{"items":null}`}, "", "not_found"},
		"an answer that is none": {answers{"/api/v2/call": `{"items":`}, "", "temporary"},
	} {
		d := &driver{client: client{provider.Account{BaseURL: "https://dialpad.com", Client: &http.Client{Transport: c.says}, Now: func() time.Time { return start.Add(24 * time.Hour) }}}}
		call, err := d.GetCallNear(t.Context(), "2", start)
		if call.ID != c.id || err != nil && domain.CodeOf(err) != c.code || (err == nil) != (c.code == "") {
			t.Errorf("%s: %+v, %v", name, call, err)
		}
	}
}

// TestStarts: what is remembered is bounded, and the earliest leg counts.
func TestStarts(t *testing.T) {
	t.Parallel()
	var s starts
	at := time.UnixMilli(1767225600000)
	s.keep(1, at)
	s.keep(1, at.Add(-time.Second))
	s.keep(1, at.Add(time.Second))
	s.keep(2, time.Time{})
	if got, ok := s.of(1); !ok || !got.Equal(at.Add(-time.Second)) {
		t.Errorf("started %v, %v", got, ok)
	}
	if _, ok := s.of(2); ok {
		t.Error("a start that is not known is known")
	}
	for i := range mostStarts {
		s.keep(ident(10+i), at)
	}
	if _, ok := s.of(1); ok || len(s.at) != mostStarts || len(s.order) != mostStarts {
		t.Errorf("%d are remembered, want %d", len(s.at), mostStarts)
	}
}
