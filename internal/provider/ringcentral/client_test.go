package ringcentral

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
)

// TestProblems: what a refusal of RingCentral's means, and the word that an administrator needs to mend it.
func TestProblems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   domain.Kind
		says   string
	}{
		"app lacks a permission":  {403, `{"errorCode":"InsufficientPermissions","errors":[{"errorCode":"CMN-401","permissionName":"ReadCallLog"}],"permissionName":"x"}`, domain.KindScopeMissing, "the app lacks the permission ReadCallLog"},
		"role lacks a permission": {403, `{"errorCode":"CMN-408","permissionName":"FullCompanyCallLog"}`, domain.KindScopeMissing, "lacks the permission FullCompanyCallLog"},
		"no administrator":        {403, `{"errors":[{"errorCode":"CMN-402"}]}`, domain.KindScopeMissing, "no administrator"},
		"another 403":             {403, `<html>`, domain.KindScopeMissing, "Forbidden"},
		"token":                   {401, `{"errorCode":"OAU-213","message":"Token not found"}`, domain.KindUnauthorized, "OAU-213"},
		"not there":               {404, ``, domain.KindNotFound, "/path"},
		"subscription ended":      {404, `{"errorCode":"SUB-507"}`, domain.KindNotFound, "/path"},
		"no more":                 {410, ``, domain.KindGone, "/path"},
		"too many subscriptions":  {403, `{"errorCode":"SUB-505"}`, domain.KindInvalid, "30"},
		"filters":                 {400, `{"errorCode":"SUB-508"}`, domain.KindScopeMissing, "CallControl"},
		"certificate":             {400, `{"errorCode":"SUB-524"}`, domain.KindInvalid, "certificate"},
		"no handshake":            {400, `{"errorCode":"SUB-525"}`, domain.KindInvalid, "public address"},
		"other of subscriptions":  {400, `{"errorCode":"SUB-523","message":"why"}`, domain.KindInvalid, "SUB-523: why"},
		"parameter":               {400, `{"errorCode":"CMN-101","message":"Parameter [page] value is invalid"}`, domain.KindInvalid, "[page]"},
		"outage":                  {503, `no JSON`, domain.KindTemporary, "503"},
		"subscriptions' outage":   {500, `{"errorCode":"SUB-527"}`, domain.KindTemporary, "500"},
		"timeout":                 {408, ``, domain.KindTemporary, "408"},
		"redirect":                {302, ``, domain.KindPermanent, "API address"},
		"novel":                   {400, `{"message":"` + strings.Repeat("é", 5000) + `"}`, domain.KindInvalid, "…"},
	} {
		err := problem(c.status, []byte(c.body), "/path")
		if !domain.IsKind(err, c.kind) || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 1000 {
			t.Errorf("%s: %v of kind %q, want %q with %q", name, err, domain.KindOf(err), c.kind, c.says)
		}
	}
}

// TestGroups: which limit each request counts in, by x-throttling-group of the API description.
func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/account/~", groupLight},
		{"GET", "/account/~/call-log", groupHeavy},
		{"GET", "/account/~/recording/1", groupHeavy},
		{"GET", "/account/809646000/recording/1/content", groupHeavy},
		{"GET", "/account/~/call-recording", groupLight},
		{"GET", "/account/~/telephony/sessions/s-1", groupLight},
		{"GET", "/account/~/extension", groupMedium},
		{"GET", "/account/~/phone-number", groupHeavy},
		{"GET", "/subscription", groupLight},
		{"POST", "/subscription", groupMedium},
		{"POST", "/subscription/1/renew", groupLight},
		{"PUT", "/subscription/1", groupMedium},
		{"DELETE", "/subscription/1", groupMedium},
	} {
		r, err := http.NewRequest(c.method, "https://media.ringcentral.com"+root+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := groups(r)
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s %s counts in %v, want %s", c.method, c.path, got, c.want)
		}
		if !slices.ContainsFunc(info().Quotas, func(q domain.Quota) bool { return q.Group == got[0] }) {
			t.Errorf("%s has no quota", got[0])
		}
	}
}

// TestRate: what the headers of an answer say; nonsense says nothing.
func TestRate(t *testing.T) {
	t.Parallel()
	head := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	const date = "Mon, 23 Nov 2026 09:00:00 GMT"
	for name, c := range map[string]struct {
		status int
		header http.Header
		want   domain.Quota
		until  time.Time
	}{
		"all":                     {200, head("X-Rate-Limit-Group", "Heavy", "X-Rate-Limit-Limit", "25", "X-Rate-Limit-Remaining", "3", "X-Rate-Limit-Window", "60"), domain.Quota{Group: groupHeavy, Requests: 25, Per: time.Minute}, time.Time{}},
		"none":                    {200, head(), domain.Quota{}, time.Time{}},
		"nonsense":                {200, head("X-Rate-Limit-Limit", "-5", "X-Rate-Limit-Window", "x"), domain.Quota{}, time.Time{}},
		"refused, with time":      {429, head("Date", date, "Retry-After", "60", "X-Rate-Limit-Group", "light"), domain.Quota{Group: groupLight}, time.Time{}}, // the kernel reads it
		"refused, without a time": {429, head("Date", date, "X-Rate-Limit-Group", "light"), domain.Quota{Group: groupLight}, time.Date(2026, 11, 23, 9, 1, 0, 0, time.UTC)},
	} {
		got := rate(&http.Response{StatusCode: c.status, Header: c.header})
		if got.Quota != c.want || !got.Until.Equal(c.until) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestValues: ids are numbers or strings, times have fractions and offsets, and what is none is none.
func TestValues(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]ident{`7`: "7", `"7"`: "7", `9107199254740993`: "9107199254740993", `null`: "", `-5`: "", `1.5`: "", `true`: "", `{}`: "", `[]`: ""} {
		var got ident
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", in, got, err, want)
		}
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 594e6, time.UTC)
	for in, want := range map[string]time.Time{
		`"2026-11-23T09:00:00.594Z"`: at, `"2026-11-23T10:00:00.594+01:00"`: at, `"2026-11-23T10:00:00.594+0100"`: at, `"2026-11-23T09:00:00Z"`: at.Truncate(time.Second),
		`null`: {}, `""`: {}, `7`: {}, `{}`: {}, `"soon"`: {},
	} {
		var got moment
		if err := json.Unmarshal([]byte(in), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s = %v, %v; want %v", in, got.Time, err, want)
		}
	}
}
