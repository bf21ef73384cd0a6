package tool

import (
	"slices"
	"strings"
)

// host adds a host, unless an expansion is in its name.
func (c *command) host(h string, known bool) {
	if strings.ContainsAny(h, "$`(){}") {
		c.Unknown = true
		return
	}
	if h == "" {
		c.Unknown = c.Unknown || !known
		return
	}
	if h = strings.ToLower(h); !slices.Contains(c.Hosts, h) {
		c.Hosts = append(c.Hosts, h)
	}
}

// hosts adds the hosts that the words of a command name.
func (c *command) hosts(words []word) {
	p := programs[c.Program]
	switch c.Program {
	case "curl", "wget":
		for _, x := range p.split(words, c.Program).operands {
			c.host(urlHost(x.text, true), x.known)
		}
		for i, x := range words {
			opt, val, joined := option(x.text)
			if has("--url -x --proxy", opt) {
				if !joined && i+1 < len(words) {
					val = words[i+1].text
				}
				c.host(urlHost(val, true), true)
			}
		}
	case "http", "https", "xh", "httpie":
		for _, x := range p.split(words, c.Program).operands {
			if strings.ToUpper(x.text) == x.text && !strings.ContainsAny(x.text, "./:") {
				continue // the method
			}
			u := x.text
			if strings.HasPrefix(u, ":") {
				u = "localhost" + u
			}
			c.host(urlHost(u, true), x.known)
			break
		}
	case "ssh", "ssh-copy-id", "mosh", "ssh-keyscan", "nc", "ncat", "netcat", "telnet", "ftp",
		"ping", "ping6", "traceroute", "tracepath", "mtr", "nslookup", "host", "whois", "nmap":
		if a := p.split(words, c.Program).operands; len(a) > 0 && !listens(c.Program, words) {
			h := a[0]
			if strings.Contains(h.text, "://") {
				c.host(urlHost(h.text, false), h.known)
			} else {
				c.host(hostPort(h.text), h.known)
			}
		}
	case "dig":
		for _, x := range p.split(words, c.Program).operands {
			if !strings.HasPrefix(x.text, "+") {
				c.host(hostPort(x.text), x.known)
			}
		}
	case "scp", "sftp", "rsync":
		for _, x := range p.split(words, c.Program).operands {
			if h := scpHost(x.text); h != "" {
				c.host(h, x.known)
			} else if c.Program == "sftp" {
				c.host(hostPort(x.text), x.known)
			}
		}
	case "git":
		c.gitHosts(words)
	default:
		// Of other programs, an argument that is a URL is taken for one that
		// is fetched; of those known to work on files, it is text.
		if _, local := programs[c.Program]; local && p.how != script {
			return
		}
		for _, x := range words[1:] {
			u := x.text
			if i := strings.IndexByte(u, '='); i >= 0 && strings.HasPrefix(u, "-") {
				u = u[i+1:]
			}
			if i := strings.Index(u, "://"); i > 0 && strings.Trim(strings.ToLower(u[:i]), "abcdefghijklmnopqrstuvwxyz+.") == "" {
				if h := urlHost(u, false); h != "" {
					c.host(h, x.known)
				}
			}
		}
	}
}

// gitHosts adds the hosts that git is told to talk to. What a remote's name
// stands for is not known here.
func (c *command) gitHosts(words []word) {
	sub := subcommand(words, "-C -c --git-dir --work-tree")
	if !has("clone fetch pull push ls-remote remote submodule archive", sub) {
		return
	}
	seen := false
	for _, x := range words[1:] {
		switch {
		case !seen:
			seen = x.text == sub
		case strings.HasPrefix(x.text, "-"):
		case strings.Contains(x.text, "://"), strings.Contains(x.text, "@"), sub == "clone":
			if h := scpHost(x.text); h != "" {
				c.host(h, x.known)
			}
		}
	}
}

// subcommand returns the first operand of a program.
func subcommand(words []word, values string) string {
	for i := 1; i < len(words); i++ {
		x := words[i].text
		switch {
		case has(values, x):
			i++
		case !strings.HasPrefix(x, "-"):
			return x
		}
	}
	return ""
}

// listens reports whether nc waits for others to call.
func listens(name string, words []word) bool {
	return has("nc ncat netcat", name) && slices.ContainsFunc(words[1:], func(x word) bool {
		return len(x.text) > 1 && x.text[0] == '-' && x.text[1] != '-' && strings.Contains(x.text, "l")
	})
}
