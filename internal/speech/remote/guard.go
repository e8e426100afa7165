package remote

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"earshot/internal/domain"
)

// CheckURL reads the base address of a service. Errors are KindInvalid.
func CheckURL(base string, private bool) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, domain.Errorf(domain.KindInvalid, "bad_base_url", "the address of the engine must begin with https://")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, domain.Errorf(domain.KindInvalid, "bad_base_url", "the address of the engine holds no user, query or fragment; the key has its own field")
	}
	if u.Scheme == "http" && !private {
		return nil, domain.Errorf(domain.KindInvalid, "bad_base_url", "the address of this engine must begin with https://, since recordings and key go there")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// Transport dials public addresses only, unless private ones are allowed. Plain http is for private addresses: outside,
// everybody on the way could listen.
func Transport(base *url.URL, private bool) *http.Transport {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 30 * time.Second, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 1 << 16,
	}
	direct := net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), map[string]string{"https": "443", "http": "80"}[base.Scheme]))
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialer := &net.Dialer{Timeout: 30 * time.Second}
		if address == direct { // not the way through a configured proxy
			dialer.Control = func(_, to string, _ syscall.RawConn) error { return mayDial(to, base.Scheme, private) }
		}
		return dialer.DialContext(ctx, network, address)
	}
	return t
}

// mayDial looks at the address after names were resolved, so that no name leads inside.
func mayDial(address, scheme string, private bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return domain.Errorf(domain.KindPermanent, "engine_address", "the engine's address cannot be used")
	}
	ip := to.Addr().Unmap()
	inside := ip.IsPrivate() || ip.IsLoopback() || shared.Contains(ip)
	switch {
	case inside && private:
		return nil
	case inside || !ip.IsGlobalUnicast() || reserved(ip):
		return domain.Errorf(domain.KindPermanent, "engine_address", "the engine's address leads to %s, which is not a public address; only an OpenAI-compatible server may be inside", ip)
	case scheme == "http":
		return domain.Errorf(domain.KindPermanent, "engine_address", "the engine's address leads to the public address %s without encryption; use https://", ip)
	default:
		return nil
	}
}

// shared is the address space of carriers and of private overlay networks (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// reservedRanges of the special-purpose registries (RFC 6890) that are no services.
var reservedRanges = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

func reserved(ip netip.Addr) bool {
	for _, p := range reservedRanges {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
