package provider

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"earshot/internal/domain"
)

// maxRedirects of a download.
const maxRedirects = 5

// SettingRecordingHosts names the setting with further hosts of recordings, separated by commas, for drivers that declare it.
const SettingRecordingHosts = "recording_hosts"

func recordingHosts(c Config) []string {
	hosts := c.Opener.Info.RecordingHosts
	for h := range strings.SplitSeq(c.Settings[SettingRecordingHosts], ",") {
		if h = strings.Trim(strings.ToLower(h), " ."); h != "" {
			hosts = append(hosts[:len(hosts):len(hosts)], h)
		}
	}
	return hosts
}

// mediaGuard lets downloads go to the hosts that the driver names and to the API's own, never to a private address unless the API
// itself was configured to be there. Credentials go to the API's own address and to trusted hosts only.
type mediaGuard struct {
	api            *url.URL
	hosts, trusted []string
}

func newMediaGuard(base string, c Config) (*mediaGuard, error) {
	api, err := url.Parse(base)
	if err != nil || api.Host == "" || api.Scheme != "https" && api.Scheme != "http" {
		return nil, domain.Errorf(domain.KindInvalid, "bad_base_url", "the address of the provider's API, %q, is not one; it begins with https://", base)
	}
	return &mediaGuard{api: api, hosts: recordingHosts(c), trusted: c.Opener.Info.TrustedHosts}, nil
}

type guardedTransport struct {
	base  http.RoundTripper
	guard *mediaGuard
}

// transport guards base; nil makes one that looks at each address that it dials.
func (g *mediaGuard) transport(base http.RoundTripper) guardedTransport {
	if base == nil {
		base = &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: g.dial, TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: time.Minute,
			MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 1 << 16,
		}
	}
	return guardedTransport{base, g}
}

// RoundTrip is http.RoundTripper's. Every hop of a redirect comes through here.
func (t guardedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.guard.allow(req.URL); err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Header.Del("Referer") // a signed link is nobody else's business
	if !t.guard.mayKnow(req) {
		req.Header.Del("Authorization")
		req.Header.Del("Cookie")
		req.URL.User = nil
	}
	return t.base.RoundTrip(req)
}

func (g *mediaGuard) redirect(_ *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return domain.Errorf(domain.KindPermanent, "too_many_redirects", "the recording's address leads on more than %d times; it is not followed", maxRedirects)
	}
	return nil
}

func (g *mediaGuard) isAPI(u *url.URL) bool { return u.Host == g.api.Host && u.Scheme == g.api.Scheme }

// mayKnow tells whether the credential may be shown to whom the request goes to.
func (g *mediaGuard) mayKnow(req *http.Request) bool {
	return g.isAPI(req.URL) || req.URL.Scheme == "https" && below(req.URL.Hostname(), g.trusted)
}

// below tells whether a host is one of the suffixes or under one.
func below(host string, suffixes []string) bool {
	host = strings.ToLower(host)
	for _, suffix := range suffixes {
		if host == suffix || strings.HasSuffix(host, "."+suffix) {
			return true
		}
	}
	return false
}

func (g *mediaGuard) allow(u *url.URL) error {
	if g.isAPI(u) {
		return nil
	}
	if u.Scheme == "https" && below(u.Hostname(), g.hosts) {
		return nil
	}
	return domain.Errorf(domain.KindPermanent, "recording_host_refused", "the recording is at %s://%s, which is not one of the provider's hosts; it is not followed", u.Scheme, u.Hostname())
}

// dial connects to the API's own address and to proxies as they are configured, to others only if they are public.
func (g *mediaGuard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 30 * time.Second}
	if address != authority(g.api) && !g.isProxy(address) {
		dialer.Control = onlyPublic
	}
	return dialer.DialContext(ctx, network, address)
}

func (g *mediaGuard) isProxy(address string) bool {
	for _, host := range g.hosts {
		proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: host}})
		if err == nil && proxy != nil && authority(proxy) == address {
			return true
		}
	}
	return false
}

func authority(u *url.URL) string {
	port := map[string]string{"https": "443", "http": "80", "socks5": "1080"}[u.Scheme]
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
}

// onlyPublic looks at the address after names were resolved, so that no name can lead inside.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address to dial: %w", err)
	}
	if ip := to.Addr().Unmap(); !public(ip) {
		return domain.Errorf(domain.KindPermanent, "recording_host_private", "the recording's address leads to the private address %s; it is not followed", ip)
	}
	return nil
}

// notPublic are ranges of the special-purpose registries (RFC 6890) that netip does not call private.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

func public(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
