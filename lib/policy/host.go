package policy

import (
	"net/netip"
	"path"
	"strconv"
	"strings"
)

// A Host matches hosts: a name, or a pattern such as *.example.com.
type Host struct {
	Text string
	glob string
}

func parseHost(text string) (Host, string) {
	h := Host{Text: text, glob: canonical(strings.TrimSpace(text))}
	switch {
	case h.glob == "":
		return h, "is empty"
	case strings.Contains(text, "/") || strings.Contains(text, "@") || strings.ContainsAny(text, " \t"):
		return h, "is no host: a rule names hosts only, without scheme, user and path"
	case strings.Contains(strings.Trim(h.glob, "[]"), ":"):
		if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err != nil {
			return h, "has a port: a rule names hosts only"
		}
	}
	if _, err := path.Match(h.glob, ""); err != nil {
		return h, "is not a pattern"
	}
	return h, ""
}

func (h *Host) matches(host string) bool {
	if h.glob == host {
		return true
	}
	if strings.Contains(h.glob, ":") {
		return false
	}
	ok, _ := path.Match(h.glob, host)
	return ok
}

// canonical returns a host in lower case, without the dot at its end; an
// address in its usual form, however it is written: 0x7f.1, 2130706433 and
// ::ffff:127.0.0.1 are 127.0.0.1.
func canonical(host string) string {
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().WithZone("").String()
	}
	if a, ok := oldAddr(host); ok {
		return a
	}
	return host
}

// oldAddr reads an address as inet_aton does: one to four numbers, decimal,
// octal or hexadecimal, the last of which fills the rest.
func oldAddr(s string) (string, bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return "", false
	}
	var v uint64
	for i, p := range parts {
		if p == "" || p[0] < '0' || p[0] > '9' {
			return "", false
		}
		n, err := strconv.ParseUint(p, 0, 32)
		if err != nil || strings.ContainsAny(p, "_bo") && !strings.HasPrefix(p, "0x") {
			return "", false
		}
		if i == len(parts)-1 {
			if n >= 1<<(8*(5-len(parts))) {
				return "", false
			}
			v = v<<(8*(5-len(parts))) | n
		} else {
			if n > 255 {
				return "", false
			}
			v = v<<8 | n
		}
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}).String(), true
}

// A Name matches the names of tools.
type Name struct {
	Text string
	glob string
}

func parseName(text string) (Name, string) {
	n := Name{text, strings.ToLower(strings.TrimSpace(text))}
	if n.glob == "" {
		return n, "is empty"
	}
	if _, err := path.Match(n.glob, ""); err != nil {
		return n, "is not a pattern"
	}
	return n, ""
}

func (n *Name) matches(tool string) bool {
	ok, _ := path.Match(n.glob, strings.ToLower(strings.ReplaceAll(tool, "/", "_")))
	return ok || n.glob == strings.ToLower(tool)
}
