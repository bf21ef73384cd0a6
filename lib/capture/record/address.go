package record

import "strings"

// Address returns the address of a repository without the user and password of a URL: a token
// may stand in either.
func Address(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s // git@host:path, or a directory
	}
	host, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 && scheme != "ssh" {
		host = host[at+1:]
	} else if colon := strings.IndexByte(host[:max(at, 0)], ':'); colon >= 0 {
		host = host[:colon] + host[at:]
	}
	return scheme + "://" + host + "/" + path
}
