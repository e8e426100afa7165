package provider

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/domain"
)

func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	api, err := url.Parse("https://api.example:8443")
	if err != nil {
		t.Fatal(err)
	}
	g := &mediaGuard{api: api, hosts: recordingHosts(Config{Opener: Opener{Info: Info{RecordingHosts: []string{"media.example"}}}, Settings: map[string]string{SettingRecordingHosts: " More.Example, ,.dot.example"}})}
	for address, want := range map[string]bool{
		"https://media.example/x":           true,
		"https://eu.media.example/x":        true,
		"https://EU.MEDIA.EXAMPLE:444/x":    true,
		"https://more.example/x":            true,
		"https://a.dot.example/x":           true,
		"https://api.example:8443/x":        true,
		"http://media.example/x":            false,
		"https://notmedia.example/x":        false,
		"https://media.example.evil.test/x": false,
		"https://media.example@evil.test/x": false,
		"https://api.example/x":             false,
		"http://api.example:8443/x":         false,
		"https://169.254.169.254/latest":    false,
		"https://[::1]/x":                   false,
		"file:///etc/passwd":                false,
		"https:///x":                        false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.allow(u) == nil; got != want {
			t.Errorf("%s allowed: %v, want %v", address, got, want)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "52.216.0.1": true, "2a05:d018::1": true, "198.17.0.1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false, "224.0.0.1": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fd00::1": false, "ff02::1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": true,
	} {
		ip := netip.MustParseAddr(address)
		err := onlyPublic("tcp", netip.AddrPortFrom(ip, 443).String(), nil)
		if (err == nil) != want {
			t.Errorf("%s may be dialled: %v, want %v", address, err == nil, want)
		}
	}
}

// TestDownloadsStayOutside: neither links nor redirects lead to private addresses or other hosts, and credentials stay at home.
func TestDownloadsStayOutside(t *testing.T) {
	t.Parallel()
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private address was reached") }))
	defer inside.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(inside.URL, "https://"), ":")
	var api *httptest.Server
	api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{"/private": inside.URL, "/name": "https://localhost:" + port, "/other": "https://evil.test/", "/plain": "http://localhost:" + port, "/loop": api.URL + "/loop", "/once": api.URL + "/end"}[r.URL.Path]
		if r.Header.Get("Referer") != "" {
			t.Error("the address before was told on")
		}
		if to != "" {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}))
	defer api.Close()
	guard, err := newMediaGuard(api.URL, Config{Opener: Opener{Info: Info{RecordingHosts: []string{"localhost", "127.0.0.1"}}}})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: guard.transport(nil), CheckRedirect: guard.redirect}
	for path, code := range map[string]string{"/private": "recording_host_private", "/name": "recording_host_private", "/other": "recording_host_refused", "/plain": "recording_host_refused", "/loop": "too_many_redirects"} {
		resp, err := client.Get(api.URL + path)
		if err == nil {
			resp.Body.Close()
		}
		if domain.CodeOf(err) != code || !domain.IsKind(err, domain.KindPermanent) {
			t.Errorf("%s: %v, want %s", path, err, code)
		}
	}
	resp, err := client.Get(api.URL + "/once")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("a redirect at home: %v", err)
	}
	resp.Body.Close()
}

// TestCredentialsStayAtHome: what a driver sends to its own API does not go with a download from elsewhere.
func TestCredentialsStayAtHome(t *testing.T) {
	t.Parallel()
	seen := map[string]http.Header{}
	g := &mediaGuard{api: &url.URL{Scheme: "https", Host: "api.example"}, hosts: []string{"media.example", "trusted.example"}, trusted: []string{"trusted.example"}}
	client := &http.Client{Transport: guardedTransport{roundTrip(func(r *http.Request) (*http.Response, error) {
		seen[r.URL.Host] = r.Header
		if r.URL.User != nil {
			t.Errorf("%s was asked with %v", r.URL.Host, r.URL.User)
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
	}), g}}
	for _, address := range []string{"https://api.example/a", "https://u:p@media.example/b", "https://eu.trusted.example/c"} {
		req, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer x")
		req.Header.Set("Cookie", "y")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if seen["api.example"].Get("Authorization") == "" || seen["media.example"].Get("Authorization") != "" || seen["media.example"].Get("Cookie") != "" || seen["eu.trusted.example"].Get("Authorization") == "" {
		t.Errorf("headers were %v", seen)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestBadBaseURL(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "api.example", "ftp://api.example", "https://", "://", "https://a b"} {
		if _, err := newMediaGuard(base, Config{}); !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("base address %q: %v", base, err)
		}
	}
}
