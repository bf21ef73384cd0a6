package tool

import (
	"slices"
	"strings"
)

// host adds a host, unless an expansion is in its name.
func (c *command) host(h string, known bool) {
	if strings.ContainsAny(h, "$`(){}") {
		c.doubt(DoubtHost)
		return
	}
	if h == "" {
		if !known {
			c.doubt(DoubtHost)
		}
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
			c.url(x, true)
		}
		c.downloads(words)
		if len(p.valuesOf(words, "-K --config")) > 0 && c.Program == "curl" || len(p.valuesOf(words, "-i --input-file")) > 0 && c.Program == "wget" {
			c.doubt(DoubtHost)
		}
		if c.Program == "curl" {
			for _, x := range p.valuesOf(words, "-x") {
				c.url(x, true)
			}
		} else {
			for _, x := range p.valuesOf(words, "-e --execute") {
				if name, val, ok := strings.Cut(x.text, "="); ok && proxies[strings.TrimSpace(name)] {
					c.url(word{text: val, known: x.known}, true)
				}
			}
			for _, x := range p.valuesOf(words, "-B --base") {
				c.url(x, true)
			}
		}
		for i, x := range words {
			opt, val, joined := option(x.text)
			if has("--unix-socket --abstract-unix-socket", opt) {
				c.doubt(DoubtHost)
			}
			if has("--connect-to --resolve", opt) {
				if !joined && i+1 < len(words) {
					val = words[i+1].text
				}
				// HOST1:PORT1:HOST2:PORT2 and HOST:PORT:ADDRESS
				if parts := strings.SplitN(val, ":", 3); len(parts) == 3 {
					c.host(hostPort(parts[2]), true)
				}
			}
			if has("--url --proxy --doh-url --preproxy --socks5 --socks5-hostname --socks4", opt) {
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
		if has("nc ncat netcat", c.Program) {
			c.netcat(words)
		}
		if a := p.split(words, c.Program).operands; len(a) > 0 && !listens(c.Program, words) {
			h := a[0]
			if strings.Contains(h.text, "://") {
				c.host(urlHost(h.text, false), h.known)
			} else {
				c.host(hostPort(h.text), h.known)
			}
			if len(a) > 1 && has("nslookup host", c.Program) {
				c.host(hostPort(a[1].text), a[1].known) // the server that is asked
			}
			if len(a) == 1 && c.Program == "ssh" && (c.stdin != "" || c.piped || len(c.Reads) > 0) && len(c.Via) == 0 {
				c.doubt(DoubtProgram) // lines for the shell there
			}
		}
		if has("ssh mosh", c.Program) {
			c.ssh(words)
		}
	case "getent":
		if len(words) > 2 && has("hosts ahosts ahostsv4 ahostsv6", words[1].text) {
			for _, x := range words[2:] {
				c.host(x.text, x.known)
			}
		}
	case "sshfs", "mount", "mount.nfs", "autossh", "grpcurl", "tftp", "showmount", "rsh", "rlogin", "ncftp", "iperf", "iperf3", "resolvectl", "drill":
		for _, x := range words[1:] {
			if rest, ok := strings.CutPrefix(x.text, "//"); ok && c.Program == "mount" {
				rest, _, _ = strings.Cut(rest, "/")
				c.host(rest, x.known)
			} else if h := scpHost(x.text); h != "" && !strings.HasPrefix(x.text, "-") {
				c.host(h, x.known)
			} else if !strings.HasPrefix(x.text, "-") && strings.Contains(x.text, ".") && !strings.Contains(x.text, "/") && c.Program != "mount" {
				c.host(hostPort(x.text), x.known)
			}
		}
	case "dig":
		for _, x := range p.split(words, c.Program).operands {
			if !strings.HasPrefix(x.text, "+") {
				c.host(hostPort(x.text), x.known)
			}
		}
	case "scp", "sftp", "rsync":
		c.ssh(words)
		for i, x := range words {
			if opt, val, joined := option(x.text); c.Program == "rsync" && has("-e --rsh", opt) {
				if !joined && i+1 < len(words) {
					val = words[i+1].text
				}
				if first, _, _ := strings.Cut(strings.TrimSpace(val), " "); base(first) != "ssh" || strings.Contains(strings.ToLower(val), "proxycommand") {
					c.doubt(DoubtProgram)
				} else if list := strings.Fields(val); len(list) > 1 {
					var inner []word
					for _, f := range list {
						inner = append(inner, word{text: f, known: true})
					}
					c.ssh(inner)
				}
			}
		}
		for _, x := range p.split(words, c.Program).operands {
			if h := scpHost(x.text); h != "" {
				c.host(h, x.known)
			} else if c.Program == "sftp" {
				c.host(hostPort(x.text), x.known)
			}
		}
	case "git":
		return // see git
	case "openssl":
		for i, x := range words[:len(words)-1] {
			if has("-connect -proxy -host", x.text) {
				c.host(hostPort(words[i+1].text), words[i+1].known)
			}
		}
		if len(words) > 2 && words[1].text == "s_client" {
			for _, x := range words[2:] {
				if !strings.HasPrefix(x.text, "-") && strings.Contains(x.text, ":") {
					c.host(hostPort(x.text), x.known)
				}
			}
		}
	case "gnutls-cli", "fping", "hping3", "arping", "kdig", "delv", "systemd-resolve", "masscan", "ntpdate", "sntp", "snmpwalk", "snmpget", "finger",
		"rdesktop", "vncviewer", "xfreerdp", "curlie", "msmtp", "swaks", "ldapwhoami", "whatweb", "nikto", "sslscan", "testssl.sh":
		for _, x := range words[1:] {
			t := strings.TrimPrefix(x.text, "/v:")
			if _, val, ok := strings.Cut(t, "="); ok && strings.HasPrefix(t, "-") {
				t = val
			}
			if strings.Contains(t, "://") {
				c.urlsIn(x)
			} else if hostLike(t) || !x.known && !strings.HasPrefix(t, "-") {
				c.host(hostPort(t), x.known)
			}
		}
	case "socat":
		for _, x := range words[1:] {
			kind, rest, _ := strings.Cut(x.text, ":")
			switch k := strings.ToUpper(kind); {
			case strings.Contains(k, "LISTEN"), strings.HasPrefix(x.text, "-"):
			case has("TCP UDP OPENSSL SSL SOCKS SOCKS4 SOCKS4A SOCKS5 PROXY SCTP DTLS UDPLITE IP", strings.TrimRight(strings.SplitN(k, "-", 2)[0], "6")) || has("TCP4 UDP4 SCTP4 IP4", strings.SplitN(k, "-", 2)[0]):
				c.host(hostPort(rest), x.known)
				if _, to, ok := strings.Cut(rest, ":"); ok && (strings.HasPrefix(k, "SOCKS") || strings.HasPrefix(k, "PROXY")) {
					c.host(hostPort(to), x.known)
				}
			case has("EXEC SYSTEM SHELL", k):
				c.doubt(DoubtProgram)
			case has("FILE OPEN CREATE GOPEN", k):
				f, _, _ := strings.Cut(rest, ",")
				c.reads(word{text: f, known: x.known})
				c.writes(word{text: f, known: x.known})
			}
		}
	case "psql", "mysql", "mysqldump", "pg_dump", "redis-cli", "mongo", "mongosh", "mongodump", "smbclient", "lftp", "ldapsearch",
		"clickhouse-client", "clickhouse", "mosquitto_pub", "mosquitto_sub", "cqlsh", "sqlcmd", "influx", "kafkacat", "kcat", "mongorestore", "pg_restore", "mariadb", "valkey-cli":
		for i, x := range words[1:] {
			opt, val, joined := option(x.text)
			switch {
			case strings.HasPrefix(x.text, "//") && c.Program == "smbclient", c.Program == "lftp" && hostLike(x.text), strings.HasPrefix(c.Program, "mongo") && hostLike(strings.SplitN(x.text, "/", 2)[0]):
				c.host(hostPort(strings.SplitN(strings.TrimPrefix(x.text, "//"), "/", 2)[0]), x.known)
			case c.Program == "lftp" && has("-e -c -f", opt):
				c.doubt(DoubtHost)
			case strings.Contains(x.text, "host=") && strings.HasPrefix(c.Program, "p"): // a connection string
				_, h, _ := strings.Cut(x.text, "host=")
				h, _, _ = strings.Cut(h, " ")
				c.host(hostPort(strings.Trim(h, "'")), x.known)
			case has("-h --host -H -host", opt) || has("-S", opt) && c.Program == "sqlcmd" || has("-b", opt) && has("kcat kafkacat", c.Program):
				if !joined && i+2 < len(words) {
					val = words[i+2].text
				}
				c.host(hostPort(val), x.known)
			case strings.HasPrefix(x.text, "--host="):
				c.host(hostPort(val), x.known)
			case strings.HasPrefix(x.text, "-h") && len(x.text) > 2 && x.text[1] != '-':
				c.host(hostPort(x.text[2:]), x.known)
			case strings.Contains(x.text, "://"):
				c.host(urlHost(x.text, false), x.known)
			}
		}
	case "aria2c", "axel", "lynx", "w3m", "links", "elinks", "wscat", "websocat", "ab", "hey", "wrk", "siege":
		for _, x := range words[1:] {
			if !strings.HasPrefix(x.text, "-") && strings.ContainsAny(x.text, ".:") {
				c.host(urlHost(x.text, true), x.known)
			}
		}
	default:
		// Of other programs, an argument that is a URL is taken for one that
		// is fetched; of those known to work on files, it is text.
		c.registry(words)
		if _, local := programs[c.Program]; local && p.how != script && !fetchers[c.Program] {
			return
		}
		c.strangerHosts(words)
	}
}

// fetchers are programs of the table that take URLs, too.
var fetchers = words("npm pnpm yarn bun pip pip3 poetry brew apt apt-get pandoc vi vim nvim emacs code go")

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
		case has("-x --proxy", opt):
			c.host(hostPort(val), x.known)
		}
	}
}

// ssh tells what the options of ssh and its likes run and contact.
func (c *command) ssh(words []word) {
	p := programs["ssh"]
	if c.Program == "scp" || c.Program == "sftp" {
		p = programs["scp"]
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
		for _, x := range p.valuesOf(words, "-L") { // [bind:]port:host:port
			if f := strings.Split(x.text, ":"); len(f) > 2 {
				c.host(hostPort(f[len(f)-2]), x.known)
			}
		}
	}
	for _, x := range p.valuesOf(words, "-o") {
		c.sshOption(x.text)
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

// sshOption doubts options of ssh whose value is run.
func (c *command) sshOption(x string) {
	low := strings.ToLower(x)
	for _, o := range []string{"proxycommand", "localcommand", "knownhostscommand", "permitlocalcommand"} {
		if strings.Contains(low, o) && !strings.Contains(low, o+"=none") {
			c.doubt(DoubtProgram)
		}
	}
}

// downloads adds the files that curl and wget name themselves, and those that
// a file: URL names.
func (c *command) downloads(words []word) {
	p := programs[c.Program]
	a := p.split(words, c.Program)
	save, dir := c.Program == "wget" && len(a.out) == 0, ""
	for i, x := range words[1:] {
		opt, val, joined := option(x.text)
		switch {
		case opt == "--remote-name" || opt == "--remote-name-all" || c.Program == "curl" && len(x.text) > 1 && x.text[0] == '-' && x.text[1] != '-' && strings.Contains(x.text, "O"):
			save = c.Program == "curl"
		case has("--output-dir --directory-prefix", opt) || opt == "-P" && c.Program == "wget":
			if dir = val; !joined && i+2 < len(words) {
				dir = words[i+2].text
			}
		case c.Program == "wget" && has("--spider", opt):
			save = false
		}
	}
	for _, x := range a.operands {
		if f, ok := cutFold(x.text, "file://"); ok {
			c.reads(word{text: f, known: x.known})
			continue
		}
		if !save {
			continue
		}
		name, _, _ := strings.Cut(x.text, "?")
		if _, rest, ok := strings.Cut(name, "://"); ok {
			name = rest
		}
		if i := strings.LastIndexByte(name, '/'); i >= 0 && i+1 < len(name) {
			name = name[i+1:]
		} else {
			name = "index.html"
		}
		if dir != "" {
			name = dir + "/" + name
		}
		c.writes(word{text: name, known: x.known})
	}
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// registries are the hosts that package managers fetch from if they are not
// told another: the defaults in their documentation.
var registries = spread(map[string]struct{ verbs, host string }{
	"npm":               {"install i in ci add update up upgrade audit publish view info search outdated exec x init create login dedupe pack", "registry.npmjs.org"},
	"pnpm bun":          {"install i add update up upgrade audit publish dlx x create outdated", "registry.npmjs.org"},
	"yarn":              {"install add upgrade up publish dlx create audit", "registry.yarnpkg.com"},
	"pip pip3":          {"install download index wheel search", "pypi.org"},
	"pipx":              {"install run upgrade", "pypi.org"},
	"uv":                {"sync add lock tool pip", "pypi.org"},
	"poetry pdm pipenv": {"install add update lock publish sync", "pypi.org"},
	"twine":             {"upload", "upload.pypi.org"},
	"cargo":             {"install add update publish fetch search", "crates.io"},
	"gem":               {"install update push fetch", "rubygems.org"},
	"bundle bundler":    {"install update add", "rubygems.org"},
	"go":                {"get install", "proxy.golang.org"},
	"conda mamba":       {"install create update search", "conda.anaconda.org"},
	"glab":              {"mr issue api repo release ci snippet auth", "gitlab.com"},
	"composer":          {"install update require", "repo.packagist.org"},
	"docker podman":     {"pull push login search", "registry-1.docker.io"},
	"brew":              {"install update upgrade tap fetch", "formulae.brew.sh"},
	"gh":                {"pr issue api repo release run workflow gist auth search secret variable", "api.github.com"},
	"aws":               {"s3 s3api ec2 iam sts lambda ecr ecs eks ssm secretsmanager cloudformation dynamodb rds sns sqs logs", "amazonaws.com"},
	"gcloud gsutil":     {"storage cp ls rsync compute auth projects container run functions secrets rm mv cat", "googleapis.com"},
})

// remotes are programs that talk to a host which only their settings know.
var remotes = words("kubectl helm terraform tofu pulumi az rclone heroku vercel netlify fly flyctl wrangler firebase doctl s3cmd svn hg mail sendmail mutt apt apt-get yum dnf apk pacman snap tailscale cloudflared ngrok restic borg nix nix-env nix-build flatpak cvs hub skopeo crane claude codex gemini")

// registry adds the host of a package manager.
func (c *command) registry(words []word) {
	if remotes[c.Program] && len(words) > 1 && !has("--version --help version help -v -h fmt validate", words[1].text) {
		c.doubt(DoubtHost)
		return
	}
	r, ok := registries[c.Program]
	if !ok {
		return
	}
	verb := subcommand(words, "-C --prefix --dir --cwd --directory --project")
	goes := c.Program == "go" && (verb == "mod" && slices.ContainsFunc(words, func(x word) bool { return has("download tidy", x.text) }) ||
		verb == "run" && slices.ContainsFunc(words[2:], func(x word) bool { return strings.Contains(x.text, "@") && !strings.HasPrefix(x.text, "-") }))
	if has("docker podman", c.Program) && slices.ContainsFunc(words, func(x word) bool { return has("--context -c", x.text) }) && has("ps images info exec logs inspect rm kill stop", verb) {
		c.doubt(DoubtHost)
	}
	container := has("docker podman", c.Program) && has("run create build compose buildx", verb)
	if !has(r.verbs, verb) && !(c.Program == "yarn" && verb == "") && !goes && !container {
		return
	}
	host := r.host
	for i, x := range words[1:] {
		opt, val, joined := option(x.text)
		switch {
		case has("--registry --index-url -i --index --default-index --repository-url --source", opt):
			if !joined && i+2 < len(words) {
				val = words[i+2].text
			}
			if h := urlHost(val, false); h != "" {
				host = h
			}
		case has("--no-index --offline", opt):
			return
		case has("uv", c.Program) && verb == "pip" && has("list show freeze check tree", x.text):
			return
		}
	}
	if container {
		c.fetches(words, verb)
		return
	}
	c.shorthands(words)
	if has("docker podman", c.Program) {
		host = imageHost(words[len(words)-1].text)
		if has("login", verb) {
			host = hostPort(words[len(words)-1].text)
		}
	}
	c.host(host, true)
}

// fetches tells where the images come from that a container tool runs.
func (c *command) fetches(words []word, verb string) {
	switch verb {
	case "run", "create":
		p := program{values: dockerValues}
		for _, x := range words {
			if x.text == "--pull=never" {
				return
			}
		}
		if ops := p.split(words, c.Program).operands; len(ops) > 1 && ops[1].known {
			c.host(imageHost(ops[1].text), true)
		} else if len(ops) > 1 {
			c.doubt(DoubtHost)
		}
	case "build":
		c.strangerHosts(words)
		c.doubt(DoubtHost)
	default:
		if slices.ContainsFunc(words, func(x word) bool { return has("up pull push build create run", x.text) }) {
			c.doubt(DoubtHost)
		}
	}
}

// shorthands adds the hosts of packages that are named by where their source
// is: github:a/b, a/b, git@host:a/b.
func (c *command) shorthands(words []word) {
	if !has("npm pnpm yarn bun", c.Program) || len(words) < 3 {
		return
	}
	for _, x := range words[2:] {
		t := x.text
		switch {
		case t == "" || strings.ContainsAny(t[:1], "-@./~"):
		case strings.HasPrefix(t, "github:"), strings.HasPrefix(t, "gist:"):
			c.host("github.com", true)
		case strings.HasPrefix(t, "gitlab:"):
			c.host("gitlab.com", true)
		case strings.HasPrefix(t, "bitbucket:"):
			c.host("bitbucket.org", true)
		case strings.Contains(t, "://"):
			c.urlsIn(x)
		case strings.Contains(t, "@") && scpHost(t) != "" && !strings.Contains(t, "npm:") && !strings.Contains(t, "file:"):
			c.host(scpHost(t), x.known)
		case strings.Count(t, "/") == 1 && !strings.HasSuffix(t, "/") && !strings.Contains(t, ":") && has("npm i install add", words[1].text):
			c.host("github.com", true)
		}
	}
}

// imageHost returns the registry of a container image.
func imageHost(image string) string {
	first, _, ok := strings.Cut(image, "/")
	if ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return hostPort(first)
	}
	return "registry-1.docker.io"
}
