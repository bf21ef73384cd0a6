package proxy

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// A Guard keeps web pages out. A page that a person looks at can have the
// browser send requests to a port of this machine, by the name of this machine
// or, with a name server of its own, by any name (DNS rebinding). MCP asks every
// server to look at the Origin for that reason.
type Guard struct {
	Origins []string // that are let in, beside those of this machine
	// AnyHost lets requests in whatever name they were made to. It is for a
	// proxy that others are meant to reach.
	AnyHost bool
}

// Check returns why a request is not let in, "" if it is.
func (g *Guard) Check(r *http.Request) string {
	if !g.AnyHost && !isLocal(hostOf(r.Host)) {
		return "the request was made to " + r.Host + ", which is not this machine"
	}
	for _, origin := range r.Header.Values("Origin") {
		if !g.lets(origin) {
			return "the request comes from the page of " + origin
		}
	}
	return ""
}

func (g *Guard) lets(origin string) bool {
	for _, o := range g.Origins {
		if o == "*" || strings.EqualFold(strings.TrimSuffix(o, "/"), origin) {
			return true
		}
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && isLocal(u.Hostname())
}

// hostOf returns the name in a Host header.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// isLocal reports whether a name is this machine's for itself alone.
func isLocal(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// IsLoopback reports whether nobody but this machine reaches an address.
func IsLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}
