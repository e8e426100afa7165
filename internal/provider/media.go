package provider

import (
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

// mediaClient downloads recordings: from the hosts that the driver names and from the API's own, never from a private address
// unless the API itself was configured to be there. It knows no credential.
func mediaClient(base string, hosts []string) (*http.Client, error) {
	api, err := url.Parse(base)
	if err != nil || api.Host == "" {
		return nil, domain.Errorf(domain.KindInvalid, "bad_base_url", "the address of the provider's API, %q, is not one; it begins with https://", base)
	}
	guard := &mediaGuard{api: api, hosts: hosts}
	dialer := &net.Dialer{Timeout: 30 * time.Second, Control: guard.control}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: 2 * time.Minute, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute}
	return &http.Client{Transport: guardedTransport{transport, guard}, CheckRedirect: guard.redirect}, nil
}

type mediaGuard struct {
	api   *url.URL
	hosts []string
}

type guardedTransport struct {
	base  http.RoundTripper
	guard *mediaGuard
}

// RoundTrip is http.RoundTripper's.
func (t guardedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.guard.allow(req.URL); err != nil {
		return nil, err
	}
	return t.base.RoundTrip(req)
}

func (g *mediaGuard) redirect(_ *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	return nil // each hop passes allow
}

func (g *mediaGuard) allow(u *url.URL) error {
	if u.Host == g.api.Host && u.Scheme == g.api.Scheme {
		return nil
	}
	host := strings.ToLower(u.Hostname())
	for _, suffix := range g.hosts {
		if u.Scheme == "https" && (host == suffix || strings.HasSuffix(host, "."+suffix)) {
			return nil
		}
	}
	return domain.Errorf(domain.KindPermanent, "", "the recording is at %s, which is not one of the provider's hosts; it is not followed", host)
}

// control looks at the address after names were resolved, so that no name can lead inside.
func (g *mediaGuard) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := to.Addr().Unmap()
	if ip.IsGlobalUnicast() && !ip.IsPrivate() || g.isAPI(ip, to.Port()) {
		return nil
	}
	return domain.Errorf(domain.KindPermanent, "", "the recording's address leads to the private address %s; it is not followed", ip)
}

func (g *mediaGuard) isAPI(ip netip.Addr, port uint16) bool {
	if g.api.Port() != fmt.Sprint(port) {
		return false
	}
	host, err := netip.ParseAddr(g.api.Hostname())
	return err == nil && host.Unmap() == ip || g.api.Hostname() == "localhost" && ip.IsLoopback()
}
