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
	p := programs()[c.Program]
	switch c.Program {
	case "curl", "wget":
		for _, x := range p.split(words, c.Program).operands {
			c.url(x, true)
		}
		c.downloads(words)
		if len(p.valuesOf(words, "-K --config")) > 0 && c.Program == "curl" || len(p.valuesOf(words, "-i --input-file")) > 0 && c.Program == "wget" {
			c.doubt(DoubtHost)
		}
		if c.Program == "wget" && len(p.valuesOf(words, "--config")) > 0 || has("wget", c.Program) && slices.ContainsFunc(words, func(x word) bool { return has("-H --span-hosts", x.text) }) {
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
	case "http", "https", "xh", "httpie", "xhs":
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
		for _, x := range p.valuesOf(words, "-h --host") {
			if c.Program == "whois" {
				c.host(hostPort(x.text), x.known)
			}
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
				c.runs(c.stdin)
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
					c.runs(val)
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
			if x.text == "-url" {
				c.url(words[i+1], true)
			}
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
		"rdesktop", "vncviewer", "xfreerdp", "curlie", "msmtp", "swaks", "ldapwhoami", "whatweb", "nikto", "sslscan", "testssl.sh",
		"et", "avahi-resolve", "cqlsh", "memcat", "memcstat", "rabbitmqadmin", "rpcinfo", "openvpn", "chisel", "logger", "telnet-ssl", "dnsenum", "dnsrecon", "ssh-audit":
		for _, x := range words[1:] {
			t := strings.TrimPrefix(x.text, "/v:")
			if _, val, ok := strings.Cut(t, "="); ok && strings.HasPrefix(t, "-") {
				t = val
			}
			if strings.Contains(t, "://") {
				c.urlsIn(x)
			} else if t, _, _ := strings.Cut(t, "/"); hostLike(t) && !document(t) || !x.known && !strings.HasPrefix(t, "-") {
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
				line, _, _ := strings.Cut(rest, ",")
				c.runs(strings.Trim(line, "'\""))
			case has("FILE OPEN CREATE GOPEN", k):
				f, _, _ := strings.Cut(rest, ",")
				c.reads(word{text: f, known: x.known})
				c.writes(word{text: f, known: x.known})
			}
		}
	case "psql", "mysql", "mysqldump", "pg_dump", "redis-cli", "mongo", "mongosh", "mongodump", "smbclient", "lftp", "ldapsearch",
		"clickhouse-client", "clickhouse", "mosquitto_pub", "mosquitto_sub", "sqlcmd", "influx", "kafkacat", "kcat", "mongorestore", "pg_restore", "mariadb", "valkey-cli":
		for i, x := range words[1:] {
			opt, val, joined := option(x.text)
			switch {
			case opt == "-L" && c.Program == "smbclient" && i+2 < len(words):
				c.host(hostPort(words[i+2].text), words[i+2].known)
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
			case strings.HasPrefix(x.text, "service=") && has("psql pg_dump", c.Program):
				c.doubt(DoubtHost)
			case i > 0 && words[1].text == "--cluster" && hostLike(x.text):
				c.host(hostPort(x.text), x.known)
			case strings.HasPrefix(x.text, "-h") && len(x.text) > 2 && x.text[1] != '-':
				c.host(hostPort(x.text[2:]), x.known)
			case strings.Contains(x.text, "://"):
				c.host(urlHost(x.text, false), x.known)
			}
		}
	case "firefox", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "brave", "brave-browser", "microsoft-edge", "safari",
		"youtube-dl", "yt-dlp", "streamlink", "mpv", "vlc", "sqlplus", "mount.cifs", "wget2", "links2", "puf", "lftpget":
		for _, x := range words[1:] {
			c.urlsIn(x)
			t := strings.TrimPrefix(x.text, "//")
			if i := strings.LastIndexByte(t, '@'); i >= 0 {
				t = t[i+1:]
			}
			if t, _, _ = strings.Cut(t, "/"); hostLike(t) && !document(t) {
				c.host(hostPort(t), x.known)
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
		if _, local := programs()[c.Program]; local && p.how != script && !fetchers[c.Program] {
			return
		}
		c.strangerHosts(words)
	}
}

// document reports whether a name that may be that of a host is rather that of
// a file.
func document(name string) bool {
	i := strings.LastIndexByte(name, '.')
	return i >= 0 && has("html htm xhtml pdf svg png jpg jpeg gif txt md xml json yml yaml mp4 mp3 mkv webm ovpn conf cql sql log", strings.ToLower(name[i+1:]))
}

// fetchers are programs of the table that take URLs, too.
var fetchers = words("npm pnpm yarn bun pip pip3 poetry brew apt apt-get pandoc vi vim nvim emacs code go")

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

// downloads adds the files that curl and wget name themselves, and those that
// a file: URL names.
func (c *command) downloads(words []word) {
	p := programs()[c.Program]
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
