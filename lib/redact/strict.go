package redact

import (
	"bytes"
	"path"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/scrub"
	"agenttrace/lib/tool"
)

// The results of some calls are secrets by their nature: what is in a .env
// file, what env prints. In them the value of every name goes, unless it is
// plainly harmless.

// strictWords are parts of the lines of such calls.
var strictWords = [][]byte{
	[]byte(".env"), []byte(".pem"), []byte(".key"), []byte("id_"), []byte("printenv"), []byte("env"), []byte("export"), []byte("secret"), []byte("credentials"),
	[]byte(".npmrc"), []byte(".netrc"), []byte(".pgpass"), []byte("kubeconfig"), []byte(".kube"), []byte("auth"), []byte("creds"), []byte(".pypirc"), []byte("docker"), []byte("tfvars"), []byte("htpasswd"),
}

var (
	callMark = []byte(`"tool_call"`)
	ourType  = []byte(`{"event_type":`)
)

// strictLine reports whether a line may be such a call.
func strictLine(line []byte) bool {
	// The type is the first thing of a line that we write, and near it else.
	if bytes.HasPrefix(line, ourType) {
		if !bytes.HasPrefix(line[len(ourType):], callMark) {
			return false
		}
	} else if !bytes.Contains(line[:min(len(line), 512)], callMark) {
		return false
	}
	for _, w := range strictWords {
		if bytes.Contains(line, w) {
			return true
		}
	}
	return false
}

// strict reports whether what an event gets as an answer is secret.
func strict(e *event.Event) bool {
	if !e.Is("tool_call") {
		return false
	}
	call := tool.Parse(e.Get("tool_name").String(), []byte(e.Get("arguments").Raw))
	for _, p := range call.Reads {
		if SecretFile(p) {
			return true
		}
	}
	if call.Line == "" || len(call.Line) > 64<<10 {
		return false
	}
	for _, c := range tool.Commands(call.Line) {
		if strictCommand(&c) {
			return true
		}
	}
	return false
}

func strictCommand(c *tool.Command) bool {
	for _, p := range c.Reads {
		if SecretFile(p) {
			return true
		}
	}
	args := " " + strings.Join(c.Args, " ") + " "
	has := func(s string) bool { return strings.Contains(args, " "+s+" ") }
	switch c.Program {
	case "printenv":
		return true
	case "env", "set":
		return len(c.Args) == 0
	case "export", "declare":
		return len(c.Args) == 0 || c.Args[0] == "-p" || c.Args[0] == "-x"
	case "kubectl", "oc", "k":
		return has("secret") || has("secrets") || strings.Contains(args, " secret/") || has("config view --raw") || has("view --raw")
	case "gh", "glab":
		return has("auth token")
	case "aws":
		return has("get-secret-value") || has("get-session-token") || has("assume-role") || has("get-login-password") || has("create-access-key") || has("export-credentials")
	case "gcloud":
		return has("print-access-token") || has("print-identity-token") || has("keys create") || has("versions access")
	case "az":
		return has("get-access-token") || has("secret show") || has("keys list") || has("create-for-rbac")
	case "heroku":
		return has("config") || has("auth:token")
	case "doppler", "infisical", "op", "vault", "pass", "security", "sops", "chamber", "bw":
		return has("secrets") || has("read") || has("get") || has("show") || has("export") || has("download") || has("item") || has("-d") || has("find-generic-password") || c.Program == "pass"
	case "docker", "podman":
		return has("inspect") || has("env")
	case "cat", "head", "tail", "less", "more", "bat", "grep", "sed", "awk", "sort", "strings", "xxd", "base64":
		for _, a := range c.Args {
			if SecretFile(a) {
				return true
			}
		}
	}
	return false
}

// SecretFile reports whether a file of this name holds secrets as a rule.
func SecretFile(name string) bool {
	name = strings.ToLower(strings.TrimRight(name, "/"))
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	switch base {
	case ".env", ".envrc", ".npmrc", ".netrc", "_netrc", ".pgpass", ".my.cnf", ".pypirc", ".git-credentials", ".htpasswd", "credentials", "credentials.json", "kubeconfig",
		"id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", "secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml", "terraform.tfvars", "terraform.tfstate", ".vault-token", "master.key", "service-account.json", "htpasswd":
		return true
	case "config":
		return strings.HasSuffix(name, ".kube/config")
	case "config.json":
		return strings.HasSuffix(name, ".docker/config.json")
	case "environ":
		return strings.HasPrefix(name, "/proc/")
	}
	for _, s := range [...]string{".example", ".sample", ".template", ".dist", ".defaults"} {
		if strings.HasSuffix(base, s) {
			return false
		}
	}
	return strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env") || strings.HasSuffix(base, ".pem") || strings.HasSuffix(base, ".p8") || strings.HasSuffix(base, ".key") ||
		strings.HasSuffix(base, ".tfvars") || strings.HasPrefix(base, "secrets.") || strings.HasPrefix(base, "credentials.")
}

// environment finds the values in the lines NAME=value of a text. Of a member
// of JSON it judges the value.
func (s *search) environment() {
	b := s.text
	if s.place.Kind == scrub.String && s.place.Depth > 0 && len(s.place.Key) > 0 && bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '=') < 0 {
		if !harmless(s.place.Key, b) {
			s.add(0, len(b), "environment")
		}
		return
	}
	for i := 0; i < len(b); {
		end := i + lineLen(b[i:])
		s.envLine(i, end)
		i = end + 1
	}
}

func lineLen(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i
	}
	return len(b)
}

// envLine looks at the line b[from:to].
func (s *search) envLine(from, to int) {
	b := s.text
	line := b[from:to]
	// Numbers of lines, marks of a diff, export, and the like stand before it.
	i := 0
	for i < len(line) && (line[i] == ' ' || line[i] == '\t' || isDigit(line[i]) || line[i] == ':' || line[i] == '+' || line[i] == '-' || line[i] >= 0x80 || line[i] == '|' || line[i] == '"') {
		i++
	}
	for _, w := range [...]string{"export ", "declare -x ", "set ", "$env:"} {
		if bytes.HasPrefix(line[i:], []byte(w)) {
			i += len(w)
		}
	}
	if k := pgpass(line); k > 0 {
		s.add(from+k, to, "environment")
		return
	}
	j := i
	for j < len(line) && identByte(line[j]) {
		j++
	}
	if j == i || j >= len(line) {
		return
	}
	name := line[i:j]
	k := blanks(line, j)
	if k >= len(line) || line[k] != '=' && line[k] != ':' {
		return
	}
	colon := line[k] == ':'
	if colon && (k+1 >= len(line) || line[k+1] != ' ') {
		return
	}
	k = blanks(line, k+1)
	end := len(line)
	for end > k && (line[end-1] <= ' ' || line[end-1] == ',') {
		end--
	}
	if n, quote, _ := opener(line, k); n > 0 && n == 1 {
		k++
		if e := bytes.LastIndexByte(line[k:end], quote); e >= 0 {
			end = k + e
		}
	}
	v := line[k:end]
	if len(v) == 0 || harmless(name, v) {
		return
	}
	if colon {
		// The lines of YAML: what is base64 of a text, or looks drawn.
		t := traitsOf(v)
		if !t.random(12) && !(len(v)%4 == 0 && len(v) >= 8 && t.spaces == 0 && scrubText(v)) {
			return
		}
	}
	s.add(from+k, from+end, "environment")
}

// pgpass returns where the password begins in a line of a .pgpass file,
// host:port:database:user:password (PostgreSQL manual, "The Password File"), 0
// if it is none.
func pgpass(line []byte) int {
	var colons [4]int
	n := 0
	for i := 0; i < len(line) && n < 4; i++ {
		switch line[i] {
		case '\\':
			i++
		case ' ', '\t', '=', '"':
			return 0
		case ':':
			colons[n] = i
			n++
		}
	}
	if n < 4 || colons[3]+1 >= len(line) || colons[1] == colons[0]+1 {
		return 0
	}
	if port := line[colons[0]+1 : colons[1]]; !number(port) && string(port) != "*" {
		return 0
	}
	return colons[3] + 1
}

// scrubText reports whether v is base64 of a text.
func scrubText(v []byte) bool {
	for _, c := range v {
		if !digit64[c] {
			return false
		}
	}
	plain := scrub.Unpack(nil, v)
	for _, c := range plain {
		if c < ' ' && c != '\n' || c >= 0x7f {
			return false
		}
	}
	return len(plain) > 0
}

// harmless reports whether the value of a variable tells nothing: a word, a
// number, a path, an address without a password.
func harmless(name, v []byte) bool {
	if natureOf(name) != noSecret && natureOf(name) != aConnect {
		return placeholder(v, name, false) || len(v) < 3
	}
	t := traitsOf(v)
	switch {
	case len(v) < 6, placeholder(v, name, false), t.wordy(), address(v), filePath(v, &t), version(v, &t), t.spaces > 0, uuid(v):
		return true
	case identifier(v, &t) && len(v) < 16:
		return true
	case bytes.IndexByte(v, ':') >= 0 && bytes.IndexByte(v, '/') >= 0, bytes.Count(v, []byte{'/'}) > 1 && t.longest < 20:
		return true // PATH, LS_COLORS
	}
	switch string(name) {
	case "PATH", "HOME", "PWD", "OLDPWD", "SHELL", "TERM", "LANG", "USER", "HOSTNAME", "LS_COLORS", "apiVersion", "resourceVersion", "creationTimestamp", "uid", "name", "namespace", "HOST", "DISPLAY", "SSH_CONNECTION", "LESSOPEN":
		return true
	}
	return !t.random(8)
}

// kube finds the values in the data of a Secret of Kubernetes in YAML, which
// begins near i.
func (s *search) kube(i int) {
	if s.raw {
		s.hit = true
		return
	}
	if i < s.kubeTo {
		return
	}
	b := s.text
	if b[i] == '"' {
		s.kubeJSON(i)
		return
	}
	from := max(0, i-4096, s.kubeTo)
	if k := bytes.LastIndex(b[from:i], []byte("\n---")); k > 0 {
		from += k
	}
	stop := i + 8192
	s.kubeTo = min(stop, len(b))
	inside := false
	for end := 0; from < len(b) && from < stop; from = end + 1 {
		end = from + lineLen(b[from:])
		line := b[from:end]
		text := bytes.TrimSpace(line)
		switch {
		case bytes.Equal(text, []byte("data:")) || bytes.Equal(text, []byte("stringData:")):
			inside = true
		case bytes.HasPrefix(text, []byte("---")):
			if from > i {
				s.kubeTo = from
				return
			}
			inside = false
		case inside && len(line) > 0 && line[0] != ' ' && line[0] != '\t':
			inside = false
		case inside:
			k := bytes.Index(line, []byte(": "))
			if k < 0 || text[0] == '#' || text[0] == '-' {
				continue
			}
			v := bytes.Trim(line[k+2:], " \"'\r")
			if len(v) >= 4 && !placeholder(v, nil, false) && v[0] != '|' && v[0] != '>' {
				at := from + k + 2 + bytes.Index(line[k+2:], v)
				s.add(at, at+len(v), "secret")
			}
		}
	}
}
