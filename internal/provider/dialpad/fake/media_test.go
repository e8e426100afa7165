package fake_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/provider/dialpad/fake"
)

// fetch follows a link with a key, to the end.
func (b *bench) fetch(link, key string) (status int, kind, body, path string, hops int) {
	b.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { hops++; return nil }}
	req, err := http.NewRequest("GET", link, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err.Error(), "", hops
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(resp.Body) // cut short is seen by its length
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(data), resp.Request.URL.Path, hops
}

// links of a call's recordings, as the API gives them.
func (b *bench) links(id int64) []string {
	var out []string
	for _, d := range b.call(id)["recording_details"].([]any) {
		out = append(out, d.(map[string]any)["url"].(string))
	}
	return out
}

func TestLinks(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	id := b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous", Talk: time.Minute, Recording: []byte("sound"), RecordedBy: fake.ByBoth})
	b.advance(5 * time.Minute)
	links := b.links(id)
	for i, want := range []struct {
		path string
		hops int
	}{{"/r/", 2}, {"/blob/adminrecording/", 0}} {
		if !strings.Contains(links[i], want.path) {
			t.Fatalf("links are %v", links)
		}
		status, kind, body, _, hops := b.fetch(links[i], "fake-key")
		if status != 200 || kind != "audio/mpeg" || body != "sound" || hops != want.hops {
			t.Errorf("%s: %d %s %q after %d hops", links[i], status, kind, body, hops)
		}
		if _, kind, body, path, _ := b.fetch(links[i], "wrong"); path != "/login" || !strings.HasPrefix(kind, "text/html") || strings.Contains(body, "sound") {
			t.Errorf("%s with a wrong key leads to %s: %q", links[i], path, body)
		}
	}
	for how, want := range map[string]int{fake.RefuseLogin: 200, fake.RefusePage: 200, fake.Refuse401: 401, fake.Refuse403: 403} {
		b.SetFaults(fake.Faults{Refuse: how})
		if status, kind, body, _, _ := b.fetch(links[1], "fake-key"); status != want || !strings.HasPrefix(kind, "text/html") || strings.Contains(body, "sound") {
			t.Errorf("refused by %s: %d %s %q", how, status, kind, body)
		}
	}
	b.SetFaults(fake.Faults{Truncate: true})
	if _, _, body, _, _ := b.fetch(links[1], "fake-key"); body != "so" {
		t.Errorf("cut short: %q", body)
	}
	b.SetFaults(fake.Faults{MediaType: "text/html"})
	if status, _, body, _, _ := b.fetch(links[1], "fake-key"); status != 200 || strings.Contains(body, "password") {
		t.Errorf("another page: %d %q", status, body)
	}
	b.SetFaults(fake.Faults{})
	b.DeleteRecording(id)
	if status, _, _, _, _ := b.fetch(links[0], "fake-key"); status != 404 {
		t.Errorf("deleted: %d", status)
	}
}

// TestSignedLinks: they end, and cannot be forged.
func TestSignedLinks(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{LinkLife: time.Hour})
	id := b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous", Talk: time.Minute, Recording: []byte("sound")})
	b.advance(5 * time.Minute)
	link := b.links(id)[0]
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = url.Values{"token": {"9999999999." + strings.Repeat("0", 64)}}.Encode()
	fresh, _, _, _, _ := b.fetch(link, "fake-key")
	forged, _, _, _, _ := b.fetch(u.String(), "fake-key")
	b.advance(time.Hour)
	old, _, _, _, _ := b.fetch(link, "fake-key")
	if fresh != 200 || forged != 403 || old != 403 {
		t.Errorf("fresh %d, forged %d, old %d", fresh, forged, old)
	}
}

// TestTokens: a code once and with its verifier, refresh tokens once, access tokens as long as they live.
func TestTokens(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{TokenLife: time.Minute})
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	_, _, head := b.ask("GET", "/oauth2/authorize?"+url.Values{"client_id": {"fake-client"}, "redirect_uri": {"https://x.example/back?a=b"}, "response_type": {"code"}, "state": {"s"}, "scope": {"calls:list offline_access"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}}.Encode(), "")
	back, err := url.Parse(head.Get("Location"))
	if err != nil || back.Query().Get("state") != "s" || back.Query().Get("a") != "b" {
		t.Fatalf("leads to %s, %v", back, err)
	}
	client := `"client_id":"fake-client","client_secret":"fake-client-secret"`
	redeem := `{"grant_type":"authorization_code",` + client + `,"code":"` + back.Query().Get("code") + `","code_verifier":"` + verifier + `"}`
	if status, _, _ := b.ask("POST", "/oauth2/token", strings.Replace(redeem, "-secret", "-wrong", 1)); status != 401 {
		t.Errorf("a wrong client: %d", status)
	}
	status, first, _ := b.ask("POST", "/oauth2/token", redeem)
	if status != 200 || first["expires_in"] != 60.0 {
		t.Fatalf("%d %v", status, first)
	}
	if status, _, _ := b.ask("POST", "/oauth2/token", redeem); status != 400 {
		t.Errorf("the code again: %d", status)
	}
	renew := `{"grant_type":"refresh_token",` + client + `,"refresh_token":"` + first["refresh_token"].(string) + `"}`
	if may := b.with(first["access_token"]); may != 200 {
		t.Errorf("a fresh token: %d", may)
	}
	b.advance(time.Minute)
	if may := b.with(first["access_token"]); may != 401 {
		t.Errorf("a token of a minute ago: %d", may)
	}
	_, second, _ := b.ask("POST", "/oauth2/token", renew)
	if may := b.with(second["access_token"]); may != 200 || second["refresh_token"] == first["refresh_token"] {
		t.Errorf("renewed: %d, %v", may, second)
	}
	before := len(b.Problems())
	if status, _, _ := b.ask("POST", "/oauth2/token", renew); status != 400 || len(b.Problems()) != before+1 {
		t.Errorf("the refresh token again: %d", status)
	}
	b.Revoke()
	if may := b.with(second["access_token"]); may != 401 {
		t.Errorf("after the permission was taken back: %d", may)
	}
}

func (b *bench) with(token any) int {
	b.t.Helper()
	req, err := http.NewRequest("GET", b.url+"/api/v2/company", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	shown, _ := token.(string)
	req.Header.Set("Authorization", "Bearer "+shown)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
