package tool

import "strings"

// netcat tells of what nc runs, and by which host it goes.
func (c *command) netcat(words []word) {
	for i, x := range words[1:] {
		opt, val, joined := option(x.text)
		if !joined && i+2 < len(words) {
			val = words[i+2].text
		}
		switch {
		case has("-e -c --exec --sh-exec --lua-exec", opt) || len(x.text) > 2 && x.text[0] == '-' && x.text[1] != '-' && strings.HasSuffix(x.text, "e"):
			c.doubt(DoubtProgram)
			c.runs(val)
		case has("-x --proxy", opt):
			c.host(hostPort(val), x.known)
		}
	}
}

// ssh tells what the options of ssh and its likes run and contact.
func (c *command) ssh(words []word) {
	p := programs()["ssh"]
	if c.Program == "scp" || c.Program == "sftp" {
		p = programs()["scp"]
	}
	if c.Program == "rsync" && base(words[0].text) == "rsync" {
		return
	}
	for _, x := range p.valuesOf(words, "-J -W") {
		for _, h := range strings.Split(x.text, ",") {
			c.host(hostPort(h), x.known)
		}
	}
	if len(p.valuesOf(words, "-F")) > 0 {
		c.doubt(DoubtHost)
	}
	if c.Program == "sftp" && (len(p.valuesOf(words, "-b")) > 0 || c.stdin != "" || c.piped || len(c.Reads) > 0) {
		c.doubt(DoubtRead | DoubtWrite)
	}
	if c.Program != "ssh" && c.Program != "mosh" && c.Program != "rsync" && len(p.valuesOf(words, "-S")) > 0 {
		c.doubt(DoubtProgram)
	}
	if c.Program == "ssh" {
		for _, x := range p.valuesOf(words, "-L -R") { // [bind:]port:host:port
			if f := strings.Split(x.text, ":"); len(f) > 2 {
				c.host(hostPort(f[len(f)-2]), x.known)
			}
		}
	}
	for _, x := range p.valuesOf(words, "-o") {
		c.sshOption(x.text)
		if _, f, ok := strings.Cut(x.text, "="); ok && strings.ContainsAny(f, "./~") {
			c.mayUse(f, false)
		}
		name, val, ok := strings.Cut(x.text, "=")
		if !ok {
			name, val, _ = strings.Cut(x.text, " ")
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "hostname", "proxyjump":
			for _, h := range strings.Split(strings.TrimSpace(val), ",") {
				if h != "none" {
					c.host(hostPort(h), x.known)
				}
			}
		}
	}
}

// sshOption doubts options of ssh whose value is run.
func (c *command) sshOption(x string) {
	low := strings.ToLower(x)
	for _, o := range []string{"proxycommand", "localcommand", "knownhostscommand", "permitlocalcommand"} {
		if strings.Contains(low, o) && !strings.Contains(low, o+"=none") {
			c.doubt(DoubtProgram)
			c.runs(strings.TrimLeft(x[strings.Index(low, o)+len(o):], "= "))
		}
	}
}
