package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

// asked is somebody who asks for every operation.
type asked struct {
	column   int // of operation.want
	readOnly bool
	profile  string
	sets     []string
	client   func(*testing.T, *apptest.Kit, domain.User) *http.Client
	differs  map[string]int // from the column
}

// with gives a client that shows a session of the user.
func withSession(t *testing.T, k *apptest.Kit, u domain.User) *http.Client {
	t.Helper()
	token, err := k.App.Identity.StartSession(context.Background(), u, "test")
	apptest.Must(t, err)
	jar, err := cookiejar.New(nil)
	apptest.Must(t, err)
	address, err := url.Parse(k.Server.URL)
	apptest.Must(t, err)
	jar.SetCookies(address, []*http.Cookie{{Name: "earshot", Value: token, Path: "/"}})
	return &http.Client{Jar: jar}
}

type bearer string

// RoundTrip adds the token.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

func withToken(readOnly bool) func(*testing.T, *apptest.Kit, domain.User) *http.Client {
	return func(t *testing.T, k *apptest.Kit, u domain.User) *http.Client {
		t.Helper()
		token, _, err := k.App.Identity.CreateToken(context.Background(), u, identity.NewToken{Name: "test", ReadOnly: readOnly})
		apptest.Must(t, err)
		return &http.Client{Transport: bearer(token)}
	}
}

func everybody() map[string]asked {
	byHand := map[string]int{"PUT /settings/sso": 403, "DELETE /account/sessions/none": 403, "DELETE /account/sessions": 403, "PUT /account/password": 403, "POST /account/tokens": 403}
	noVoice := map[string]int{"POST /connectors/aircall/integration-user": 409, "POST /account/tokens": 403}
	for _, o := range operations() {
		if strings.HasPrefix(o.path, "/calls") || o.path == "/explorer" || o.method == "GET" && strings.HasPrefix(o.path, "/users") && o.path != "/users/export" {
			noVoice[o.method+" "+o.path] = 403
		}
	}
	return map[string]asked{
		"nobody":                        {column: 0, client: func(*testing.T, *apptest.Kit, domain.User) *http.Client { return &http.Client{} }},
		"guest user":                    {column: 0, profile: domain.ProfileGuest, sets: []string{domain.PermVoiceConnector, domain.PermIntegrationUser}, client: withSession},
		"bare user":                     {column: 1, client: withSession},
		"rep":                           {column: 2, sets: []string{domain.PermForSales}, client: withSession},
		"rep of service":                {column: 2, sets: []string{domain.PermForService}, client: withSession},
		"integration user":              {column: 2, sets: []string{domain.PermIntegrationUser}, client: withSession},
		"System Administrator":          {column: 3, profile: domain.ProfileAdministrator, sets: []string{domain.PermForSales, domain.PermIntegrationUser}, client: withSession},
		"Voice Connector Administrator": {column: 3, sets: []string{domain.PermAdministrator}, client: withSession, differs: noVoice},
		"API token of an admin":         {column: 3, profile: domain.ProfileAdministrator, sets: []string{domain.PermForSales, domain.PermIntegrationUser}, client: withToken(false), differs: byHand},
		"read-only token of an admin":   {column: 3, readOnly: true, profile: domain.ProfileAdministrator, sets: []string{domain.PermForSales, domain.PermIntegrationUser}, client: withToken(true)},
		"API token of a rep":            {column: 2, sets: []string{domain.PermForSales}, client: withToken(false), differs: byHand},
	}
}

func (a asked) want(o operation) int {
	if want, ok := a.differs[o.method+" "+o.path]; ok {
		return want
	}
	if a.readOnly && o.method != http.MethodGet && o.want[0] == http.StatusUnauthorized && o.path != "/session" {
		return http.StatusForbidden
	}
	return o.want[a.column]
}

// TestRolesAndOperations goes through every operation as everybody, each in an Earshot of its own.
func TestRolesAndOperations(t *testing.T) {
	t.Parallel()
	for name, who := range everybody() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := apptest.New(t)
			k.Credential(t, "fake-token")
			u := domain.User{ID: store.NewID(), Name: "Somebody", Email: "somebody@x.example", Profile: domain.ProfileStandard, Active: true}
			if who.profile != "" {
				u.Profile = who.profile
			}
			for _, set := range who.sets {
				u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: set})
			}
			apptest.Must(t, k.App.Store.InTx(context.Background(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) }))
			client := who.client(t, k, u)
			for _, o := range operations() {
				askFor(t, k, client, o, who.want(o))
			}
		})
	}
}

func askFor(t *testing.T, k *apptest.Kit, client *http.Client, o operation, want int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // ends the stream of changes
	req, err := http.NewRequestWithContext(ctx, o.method, k.Server.URL+"/api/v1"+o.path, strings.NewReader(o.body))
	apptest.Must(t, err)
	if o.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	apptest.Must(t, err)
	defer resp.Body.Close()
	var body []byte
	if o.path != "/changes" {
		body, err = io.ReadAll(resp.Body)
		apptest.Must(t, err)
	}
	if resp.StatusCode != want {
		t.Errorf("%s %s: %d, want %d: %s", o.method, o.path, resp.StatusCode, want, body)
	}
	if strings.Contains(string(body), "fake-token") {
		t.Errorf("%s %s shows the API token", o.method, o.path)
	}
	if resp.StatusCode >= 400 && o.path != "/no-such-thing" && o.path != "/changes" && !strings.Contains(string(body), `"code":"`) {
		t.Errorf("%s %s: a problem without a code: %s", o.method, o.path, body)
	}
}

// described gives the operations of the OpenAPI document as "GET /path", with what they are called.
func described(t *testing.T, k *apptest.Kit) map[string]string {
	t.Helper()
	resp, err := http.Get(k.Server.URL + "/api/v1/openapi.json")
	apptest.Must(t, err)
	defer resp.Body.Close()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	apptest.Must(t, json.NewDecoder(resp.Body).Decode(&doc))
	out := map[string]string{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			out[strings.ToUpper(method)+" "+strings.TrimPrefix(path, "/api/v1")] = o.OperationID
		}
	}
	return out
}

// matches tells whether a request is for an operation with its path parameters.
func matches(described string, o operation) bool {
	path, _, _ := strings.Cut(o.path, "?")
	pattern := regexp.MustCompile(`\\\{[^/]+\\\}`).ReplaceAllString(regexp.QuoteMeta(described), "[^/]+")
	return regexp.MustCompile("^" + pattern + "$").MatchString(o.method + " " + path)
}

// plain are the handlers outside of the OpenAPI document, with where they are tested.
var plain = map[string]string{
	`"GET /api/v1/calls/{id}/recording"`: "the table",
	`"GET /api/v1/changes"`:              "the table",
	`"GET "+connector.CallbackPath`:      "TestLogin of package connector: it counts for the user who began alone",
	`"GET "+ssoPath`:                     "TestSSO of package identity: it is how people sign in",
	`"GET "+ssoCallbackPath`:             "TestSSO of package identity: it counts for the browser that began alone",
	`"POST /site/{secret}"`:              "tests of package ingest: providers show the secret path and a signature, nobody a session",
	`"GET /healthz"`:                     "tells nothing",
	`"GET /readyz"`:                      "tells whether the database answers",
	`"GET /api/"`:                        "is never found",
	`"GET /"`:                            "the UI, which is the same for all",
}

// TestTheTableIsWhole: no operation can be added without saying who may call it.
func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	for o, id := range described(t, apptest.New(t)) {
		found := false
		for _, row := range operations() {
			found = found || matches(o, row)
		}
		if !found {
			t.Errorf("%s (%s) is missing in the table of roles and operations", o, id)
		}
	}
	handler := regexp.MustCompile(`mux\.Handle(?:Func)?\(([^,]+),`)
	for _, dir := range []string{"../api", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		apptest.Must(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			apptest.Must(t, err)
			for _, m := range handler.FindAllStringSubmatch(string(text), -1) {
				if plain[m[1]] == "" {
					t.Errorf("%s: nobody said who may call the handler %s", file, m[1])
				}
			}
		}
	}
}
