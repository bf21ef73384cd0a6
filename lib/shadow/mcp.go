package shadow

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// A Server is an MCP server in a configuration file. It holds nothing that a
// secret may stand in: see command.
type Server struct {
	Name    string
	File    string
	Line    int      // 0 if not known
	Command string   // the program and its arguments, with whatever may be secret left out; "" for a remote one
	Package string   // what a runner such as npx fetches, without its version
	URL     string   // the scheme and the host of a remote one
	Host    string   // its host
	Env     []string // names of variables that are set, sorted
	Secrets []string // names of variables, headers and flags with a secret written out, sorted

	Unpinned bool // the package is fetched in whatever version there is
}

// raw is a server as it stands in a file.
type raw struct {
	name, command, url string
	args               []string
	env                []pair // also headers and options
	line               int
}

type pair struct{ key, value string }

// server takes what may be shown of r.
func (s *Scanner) server(file string, r raw) Server {
	v := Server{Name: r.name, File: file, Line: r.line}
	for _, p := range r.env {
		v.Env = append(v.Env, p.key)
		if s.secret(p.key, p.value) {
			v.Secrets = append(v.Secrets, p.key)
		}
	}
	if r.url != "" {
		v.URL, v.Host = site(r.url)
		if s.secretURL(r.url) {
			v.Secrets = append(v.Secrets, "url")
		}
	}
	words := append([]string{r.command}, r.args...)
	if len(r.args) == 0 && strings.ContainsAny(r.command, " \t") {
		words = strings.Fields(r.command)
	}
	if words[0] != "" {
		v.command(s, unwrap(words))
		if v.URL == "" {
			// A bridge such as mcp-remote is a remote server.
			for _, w := range words {
				if u, h := site(w); h != "" {
					v.URL, v.Host = u, h
					if s.secretURL(w) {
						v.Secrets = append(v.Secrets, "url")
					}
					break
				}
			}
		}
	}
	slices.Sort(v.Env)
	slices.Sort(v.Secrets)
	v.Env, v.Secrets = slices.Compact(v.Env), slices.Compact(v.Secrets)
	return v
}

// site returns the scheme and host of an address, and nothing else of it: paths
// and queries of remote servers are often the key to them.
func site(s string) (shown, host string) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ws" && u.Scheme != "wss" && u.Scheme != "sse" {
		return "", ""
	}
	return u.Scheme + "://" + u.Host, lower(u.Hostname())
}

// secretURL reports whether an address has a secret in it.
func (s *Scanner) secretURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	if pw, ok := u.User.Password(); ok && pw != "" && !reference(pw) {
		return true
	}
	for key, values := range u.Query() {
		for _, v := range values {
			if s.secret(key, v) {
				return true
			}
		}
	}
	for _, part := range strings.Split(u.Path, "/") {
		if s.secret("", part) || random(part) {
			return true
		}
	}
	return false
}

// unwrap takes away what only starts the program: cmd /c, env NAME=value,
// sh -c.
func unwrap(words []string) []string {
	for len(words) > 1 {
		switch program(words[0]) {
		case "cmd":
			if !strings.EqualFold(words[1], "/c") {
				return words
			}
			words = words[2:]
		case "env", "sudo", "nohup", "exec", "time", "npx-wrapper":
			words = words[1:]
			for len(words) > 1 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
				words = words[1:]
			}
		case "sh", "bash", "zsh", "dash", "powershell", "pwsh":
			i := slices.IndexFunc(words, func(w string) bool {
				return w == "-c" || w == "-lc" || w == "-ic" || strings.EqualFold(w, "-command")
			})
			if i < 0 || i+1 >= len(words) {
				return words
			}
			words = strings.Fields(strings.Join(words[i+1:], " "))
			for len(words) > 1 && strings.Contains(words[0], "=") {
				words = words[1:]
			}
			if len(words) == 0 {
				return []string{""}
			}
		default:
			return words
		}
		if len(words) == 0 {
			return []string{""}
		}
	}
	return words
}

// program returns the name of a program in small letters, without directories
// and what Windows puts behind it.
func program(word string) string {
	w := lower(path.Base(strings.ReplaceAll(strings.Trim(word, `"'`), `\`, "/")))
	for _, ext := range []string{".exe", ".cmd", ".bat", ".ps1"} {
		w = strings.TrimSuffix(w, ext)
	}
	return w
}

// runners fetch what they run. The value is how the version of a package is
// written.
var runners = map[string]string{"npx": "npm", "bunx": "npm", "pnpx": "npm", "uvx": "py", "docker": "image", "podman": "image", "nerdctl": "image"}

// sub are runners that are a word of a program: pnpm dlx.
var sub = map[string]string{"pnpm dlx": "npm", "pnpm exec": "", "yarn dlx": "npm", "npm exec": "npm", "npm x": "npm", "bun x": "npm", "pipx run": "py", "uv tool run": "py", "uv x": "py", "go run": "go", "deno run": "deno"}

// valued are the flags of runners that take the next word.
var valued = map[string]bool{"-p": true, "--package": true, "--from": true, "--with": true, "--python": true, "-e": true, "--env": true, "-v": true, "--volume": true, "--mount": true,
	"--name": true, "--network": true, "--net": true, "--env-file": true, "-w": true, "--workdir": true, "-u": true, "--user": true, "--entrypoint": true, "--platform": true, "-c": true,
	"--registry": true, "--index-url": true, "--spec": true, "-l": true, "--label": true, "--pull": true, "--directory": true, "--add-host": true, "-h": true, "--hostname": true, "--index": true, "--cap-add": true, "--cap-drop": true, "--security-opt": true, "-m": true, "--memory": true, "--cpus": true, "--gpus": true}

// command fills in what there is to be said of a command.
func (v *Server) command(s *Scanner, words []string) {
	prog := program(words[0])
	kind, rest := runners[prog], 1
	if kind == "" {
		for n := 3; n >= 2; n-- {
			if len(words) >= n {
				if k, ok := sub[prog+" "+strings.Join(words[1:n], " ")]; ok {
					kind, rest = k, n
					break
				}
			}
		}
	}
	if kind == "image" {
		kind = ""
		if i := slices.Index(words, "run"); i > 0 {
			kind, rest = "image", i+1
		}
	}
	if kind != "" {
		v.pack(kind, words[rest:])
	}
	v.Command = s.shown(words, v)
}

// pack finds the package that a runner fetches, and whether its version is
// fixed.
func (v *Server) pack(kind string, args []string) {
	spec := ""
	for i := 0; i < len(args); i++ {
		a := args[i]
		if !strings.HasPrefix(a, "-") || a == "-" {
			if spec == "" {
				spec = a
			}
			break
		}
		flag, value, ok := strings.Cut(a, "=")
		if a == "--" {
			continue
		}
		if !ok && valued[flag] && i+1 < len(args) && !(kind == "image" && flag == "-h") {
			i++
			value = args[i]
		}
		if flag == "--package" || flag == "-p" && kind == "npm" || flag == "--from" || flag == "--spec" {
			spec = value
		}
	}
	if spec == "" || strings.HasPrefix(spec, ".") || strings.HasPrefix(spec, "/") || strings.HasPrefix(spec, "~") {
		return // what is here already
	}
	if _, host := site(spec); host != "" && kind != "py" {
		v.Package, v.Unpinned = host, true
		if kind == "deno" {
			v.Unpinned = !strings.Contains(spec, "@v") && !strings.Contains(spec, "@0") && !strings.Contains(spec, "@1")
		}
		return
	}
	name, version := spec, ""
	switch kind {
	case "npm", "go", "deno":
		name = strings.TrimPrefix(strings.TrimPrefix(name, "npm:"), "jsr:")
		if at := strings.LastIndexByte(name, '@'); at > 0 {
			name, version = name[:at], name[at+1:]
		}
		if kind == "go" && version == "" {
			return // of this module, or in go.mod
		}
		if kind == "deno" && name == spec {
			return // a file
		}
		if strings.Contains(name, ":") || strings.HasPrefix(name, "git+") || kind == "npm" && strings.Count(name, "/") == 1 && name[0] != '@' {
			name, version, _ = strings.Cut(spec, "#") // of git: a commit fixes it
			v.Package, v.Unpinned = scrubbed(name), !hash(version)
			return
		}
	case "py":
		for _, sep := range []string{"===", "==", "@"} {
			if n, ver, ok := strings.Cut(name, sep); ok {
				name, version = n, strings.TrimSpace(ver)
				break
			}
		}
		if i := strings.IndexAny(name, "[<>=~! "); i > 0 {
			name = name[:i]
		}
		if strings.HasPrefix(spec, "git+") || strings.Contains(spec, "://") {
			at := strings.LastIndexByte(spec, '@')
			v.Package, v.Unpinned = scrubbed(name), at < 0 || !hash(spec[at+1:])
			return
		}
	case "image":
		if n, digest, ok := strings.Cut(name, "@"); ok {
			name, version = n, digest
		} else if c := strings.LastIndexByte(name, ':'); c > strings.LastIndexByte(name, '/') {
			name, version = name[:c], name[c+1:]
		}
		v.Package, v.Unpinned = name, version == "" || version == "latest" || version == "main" || version == "edge" || version == "stable" || version == "nightly" || reference(version)
		return
	}
	v.Package, v.Unpinned = name, !exact(version)
}

// scrubbed is a place of a package without who may fetch it.
func scrubbed(s string) string {
	if at := strings.LastIndexByte(s, '@'); at >= 0 && strings.Contains(s[:at], "://") {
		scheme, _, _ := strings.Cut(s, "://")
		return scheme + "://" + s[at+1:]
	}
	return s
}

// exact reports whether a version is one, and not a range or a tag: three
// numbers, or two and whatever follows.
func exact(v string) bool {
	v = strings.TrimPrefix(v, "v")
	if v == "" || v[0] < '0' || v[0] > '9' || strings.ContainsAny(v, "^~*<>|= ") {
		return false
	}
	parts := strings.Split(v, ".")
	return len(parts) >= 2 && !slices.Contains(parts, "x") && !slices.Contains(parts, "X") && parts[len(parts)-1] != ""
}

// hash reports whether a text is the id of a commit.
func hash(s string) bool {
	if len(s) < 7 || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// shown writes a command for people. It keeps the program, the names of flags,
// the package, and plain words; values that may be secret become …. The names of
// the settings that held one are noted in v.
func (s *Scanner) shown(words []string, v *Server) string {
	var out []string
	hide := ""
	for i, w := range words {
		if i == 0 {
			out = append(out, s.plain(w, "…"))
			continue
		}
		if hide != "" {
			if s.secret(hide, w) {
				v.Secrets = append(v.Secrets, hide)
			}
			out, hide = append(out, "…"), ""
			continue
		}
		prev := words[i-1]
		if rest, ok := strings.CutPrefix(w, v.Package); ok && v.Package != "" && strings.HasPrefix(rest, "==") {
			out = append(out, w)
			continue
		}
		if key, value, ok := strings.Cut(w, "="); ok && !strings.Contains(key, "/") {
			name := strings.TrimLeft(key, "-")
			if prev == "-e" || prev == "--env" || name == key {
				v.Env = append(v.Env, name)
			}
			if s.secret(name, value) {
				v.Secrets = append(v.Secrets, name)
			}
			if strings.HasPrefix(value, v.Package) && v.Package != "" {
				out = append(out, w)
			} else {
				out = append(out, s.plain(key, "…")+"=…")
			}
			continue
		}
		if key, value, ok := strings.Cut(w, ":"); ok && (prev == "--header" || prev == "-H") {
			if s.secret(key, strings.TrimSpace(value)) {
				v.Secrets = append(v.Secrets, key)
			}
			out = append(out, key+":…")
			continue
		}
		if strings.HasPrefix(w, "-") {
			if secretName(w) {
				hide = strings.TrimLeft(w, "-")
			}
			out = append(out, s.plain(w, "-…"))
			continue
		}
		if u, host := site(w); host != "" {
			out = append(out, u)
			continue
		}
		if s.secret("", w) {
			v.Secrets = append(v.Secrets, "argument")
			out = append(out, "…")
			continue
		}
		if v.Package != "" && strings.Contains(w, v.Package) {
			out = append(out, scrubbed(w))
			continue
		}
		out = append(out, s.plain(w, "…"))
	}
	return strings.Join(out, " ")
}

// plain is w, or what stands for it if it may be a secret.
func (s *Scanner) plain(w, otherwise string) string {
	if s.holds(w) || random(w) || strings.Contains(w, "://") {
		return otherwise
	}
	return w
}
