package tool

import (
	"slices"
	"strings"
)

// valuesOf returns the values of options, however they are given: -o v, -ov,
// -xo v, --opt v, --opt=v.
func (p program) valuesOf(words []word, opts string) []word {
	var out []word
	for i := 1; i < len(words); i++ {
		x := words[i]
		if len(x.text) < 2 || x.text[0] != '-' {
			continue
		}
		if x.text == "--" {
			break
		}
		opt, val, joined := option(x.text)
		switch {
		case joined:
			if has(opts, opt) {
				out = append(out, word{text: val, known: x.known})
			}
		case has(opts, x.text) || has(p.values+" "+p.in+" "+p.out+" "+p.at, x.text):
			if i++; i < len(words) && has(opts, x.text) {
				out = append(out, words[i])
			}
		case x.text[1] != '-':
			for k := 1; k < len(x.text); k++ {
				o := "-" + x.text[k:k+1]
				if !has(opts, o) && !p.takes(o) {
					continue
				}
				v := word{text: x.text[k+1:], known: x.known}
				if v.text == "" {
					if i++; i >= len(words) {
						break
					}
					v = words[i]
				}
				if has(opts, o) {
					out = append(out, v)
				}
				break
			}
		}
	}
	return out
}

// url adds the host of a URL. Where clients differ in what the host is, it
// adds each: some take a backslash for a slash, some for a part of the name of
// a user.
func (c *command) url(x word, bare bool) {
	u := strings.TrimSpace(x.text)
	if bare {
		u = strings.TrimPrefix(u, "//")
	}
	c.host(urlHost(u, bare), x.known)
	if h := otherHost(u); h != "" {
		c.host(h, x.known)
	}
}

// otherHost returns the host of a URL for a client that takes a backslash in
// it for a letter, "" if that makes no difference.
func otherHost(u string) string {
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		rest = u
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if k := strings.IndexByte(rest, '\\'); k < 0 || !strings.Contains(rest[k:], "@") {
		return ""
	}
	return hostPort(rest)
}

// urlsIn adds the hosts of all URLs in a text: x @ git+https://host/x.
func (c *command) urlsIn(x word) {
	for _, u := range urlsIn(x.text) {
		if h := urlHost(u, false); h != "" {
			c.host(h, x.known)
		}
		if h := otherHost(u); h != "" {
			c.host(h, x.known)
		}
	}
}

// urlsIn returns the URLs in a text.
func urlsIn(s string) (list []string) {
	for at := 0; ; {
		i := strings.Index(s[at:], "://")
		if i < 0 {
			return list
		}
		i += at
		start := i
		for start > 0 && (isLetter(rune(s[start-1])) || strings.IndexByte("+.-0123456789", s[start-1]) >= 0) {
			start--
		}
		end := i + 3
		for end < len(s) && strings.IndexByte(" \t\r\n\"'<>`,;", s[end]) < 0 {
			end++
		}
		if start < i {
			list = append(list, s[start:end])
		}
		at = i + 3
	}
}

// hostVars are variables whose value is the host that a program talks to.
var hostVars = words("PGHOST PGHOSTADDR MYSQL_HOST REDIS_HOST GH_HOST RSYNC_PROXY MONGO_HOST")

// setting tells what a variable makes the program contact that it is given to.
func (c *command) setting(name string, x word) {
	switch {
	case proxies[name]:
		c.url(x, true)
	case name == "DOCKER_HOST" && !strings.HasPrefix(x.text, "unix:") && !strings.HasPrefix(x.text, "npipe:"):
		c.url(x, true)
	case hostVars[name]:
		c.host(hostPort(x.text), x.known)
	case names(name, "PROXY", "REGISTRY", "MIRROR") && !strings.Contains(x.text, "://"):
		for _, h := range strings.FieldsFunc(x.text, func(r rune) bool { return r == ',' || r == '|' }) {
			if hostLike(h) {
				c.host(hostPort(h), x.known)
			}
		}
	case strings.Contains(x.text, "://") && !strings.ContainsAny(x.text, " \n"):
		c.urlsIn(x)
	}
}

// names reports whether the name of a variable has one of the words.
func names(name string, list ...string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(strings.ToUpper(name), w) })
}

// hostOptions are the options whose value is a host in most programs.
const hostOptions = "--host --hostname --server --endpoint --endpoints --broker --brokers --bootstrap-server --proxy --addr --address --http-addr -host -server -address -addr -http-addr --to --remote --servers --relay --upstream --connect"

// hostLike reports whether a text can only be a host: it is an address, or has
// a dot, and is not that of all of this machine.
func hostLike(s string) bool {
	if strings.ContainsAny(s, "/\\ \t\n=$`*{}()") || s == "" {
		return false
	}
	h := hostPort(s)
	return strings.Contains(h, ".") && h != "0.0.0.0" && strings.Trim(h, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == "" && h[0] != '-' && h[0] != '.'
}

// strangerHosts adds the hosts that the words of a program of which nothing is
// known name: URLs, and the values of options that mean a host.
func (c *command) strangerHosts(words []word) {
	for i, x := range words[1:] {
		if !strings.ContainsAny(x.text, " \n") || has("pip pip3 uv poetry pdm pipx", c.Program) {
			c.urlsIn(x)
		}
		opt, val, joined := strings.Cut(x.text, "=")
		if may := strings.SplitN(x.text, "/", 2)[0]; x.known && !strings.HasPrefix(x.text, "-") && hostLike(may) {
			c.MayHosts = append(c.MayHosts, hostPort(may))
		}
		if joined && strings.HasPrefix(opt, "-D") && strings.HasSuffix(strings.ToLower(opt), "host") && hostLike(val) {
			c.host(hostPort(val), true) // a property of Java
		}
		if !has(hostOptions, opt) {
			continue
		}
		if !joined && i+2 < len(words) {
			val = words[i+2].text
		}
		if hostLike(val) {
			c.host(hostPort(val), true)
		}
	}
}

// runner tells from where a runner of packages fetches what it runs.
func (c *command) runner(label string, words []word) {
	yes, with := false, false
	for _, x := range words {
		c.urlsIn(x)
		yes = yes || has("-y --yes", x.text)
		with = with || has("--with -p --package --with-requirements", strings.SplitN(x.text, "=", 2)[0])
	}
	name, _, _ := strings.Cut(label, " -")
	switch {
	case with && (name == "npx" || name == "npm exec" || name == "npm x"):
		c.host("registry.npmjs.org", true)
	case with && name == "uv run":
		c.host("pypi.org", true)
	case has("pnpx bunx", name), name == "pnpm dlx", name == "yarn dlx", name == "bun x", yes && (name == "npx" || name == "npm exec" || name == "npm x"):
		c.host("registry.npmjs.org", true)
	case name == "uvx", name == "uv tool run", name == "uv x", name == "pipx run":
		c.host("pypi.org", true)
	}
}
