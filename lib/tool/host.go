package tool

import (
	"net/url"
	"strings"
)

// webHosts returns the hosts that the arguments of a web tool name.
func webHosts(f *found) []string {
	var hosts set
	for _, u := range f.urls {
		u = strings.TrimSpace(u)
		hosts.add(urlHost(strings.TrimPrefix(u, "//"), true))
		hosts.add(otherHost(u))
	}
	if len(hosts.list) == 0 && f.prose != "" {
		// Gemini's web_fetch takes a prompt with the URLs in it.
		for rest := f.prose; ; {
			i := strings.Index(rest, "://")
			if i < 0 {
				break
			}
			start := strings.LastIndexFunc(rest[:i], func(r rune) bool { return !isLetter(r) }) + 1
			end := strings.IndexAny(rest[i+3:], " \t\r\n\"'<>`),")
			if end < 0 {
				end = len(rest) - i - 3
			}
			hosts.add(urlHost(rest[start:i+3+end], false))
			rest = rest[i+3+end:]
		}
	}
	return hosts.list
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// urlHost returns the host that a client contacts for a URL, in lower case,
// without port: what stands before an @ is a user, and a backslash ends the
// host as a slash does. bare allows a URL without scheme, as curl does. It
// returns "" if there is no host.
func urlHost(u string, bare bool) string {
	u = strings.TrimSpace(u)
	scheme, rest, ok := strings.Cut(u, "://")
	if ok && strings.ContainsAny(scheme, "/?#@ ") {
		ok = false
	}
	if !ok {
		if !bare || strings.HasPrefix(u, "/") || strings.HasPrefix(u, ".") {
			return ""
		}
		for _, s := range []string{"data:", "about:", "javascript:", "file:", "mailto:", "blob:"} {
			if strings.HasPrefix(strings.ToLower(u), s) {
				return ""
			}
		}
		rest = u
	} else if strings.EqualFold(scheme, "file") {
		return ""
	} else {
		rest = strings.TrimLeft(rest, "/\\") // as browsers do
	}
	if i := strings.IndexAny(rest, "/?#\\ \t\r\n"); i >= 0 {
		rest = rest[:i]
	}
	return hostPort(rest)
}

// hostPort returns the host in [user@]host[:port].
func hostPort(s string) string {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if in, ok := strings.CutPrefix(s, "["); ok {
		s, _, _ = strings.Cut(in, "]")
		return strings.ToLower(s)
	}
	s, _, _ = strings.Cut(s, ":")
	if strings.IndexByte(s, '%') >= 0 {
		if p, err := url.PathUnescape(s); err == nil {
			s = p
		}
	}
	return strings.ToLower(strings.TrimSuffix(s, "."))
}

// scpHost returns the host in [user@]host:path, "" if it is a local path.
func scpHost(s string) string {
	if strings.Contains(s, "://") {
		return urlHost(s, false)
	}
	i := strings.IndexByte(s, ':')
	if i < 0 || strings.IndexByte(s[:i], '/') >= 0 || i == 1 && isLetter(rune(s[0])) && !strings.Contains(s, "@") {
		return ""
	}
	return hostPort(s[:i])
}
