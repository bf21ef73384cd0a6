package redact

import (
	"bytes"
	"strings"
)

// A program takes a password as an argument.
type program struct {
	name string
	// options that the password follows, or is attached to.
	next, attached []string
	colon          bool   // it is what follows the first colon: user:password
	mark           string // it follows this in the argument: pass:
}

// programs are in the order in which they are tried. The options are those in
// the manuals of the programs.
var programs = []program{
	{name: "mysql", attached: []string{"-p"}},
	{name: "mariadb", attached: []string{"-p"}},
	{name: "sshpass", next: []string{"-p"}, attached: []string{"-p"}},
	{name: "curl", next: []string{"-u", "--user", "--proxy-user", "-U"}, attached: []string{"-u", "--user=", "--proxy-user="}, colon: true},
	{name: "wget", next: []string{"--user"}, colon: true},
	{name: "http -a", next: []string{"-a", "--auth"}, colon: true},
	{name: "https -a", next: []string{"-a", "--auth"}, colon: true},
	{name: "openssl", next: []string{"-passin", "-passout", "-pass", "-password"}, mark: "pass:"},
	{name: "openssl enc", next: []string{"-k"}},
	{name: "redis-cli", next: []string{"-a", "--pass"}},
	{name: "mongo", next: []string{"-p"}, attached: []string{"-p"}},
	{name: "7z ", attached: []string{"-p"}},
	{name: "7za", attached: []string{"-p"}},
	{name: "zip -", next: []string{"-P", "--password"}, attached: []string{"-P"}},
	{name: "unzip", next: []string{"-P"}, attached: []string{"-P"}},
	{name: "smbclient", next: []string{"-U"}, attached: []string{"-U"}, mark: "%"},
	{name: "ldapsearch", next: []string{"-w"}, attached: []string{"-w"}},
	{name: "ldapmodify", next: []string{"-w"}, attached: []string{"-w"}},
	{name: "ldapadd", next: []string{"-w"}},
	{name: "ipmitool", next: []string{"-P"}},
	{name: "psexec", next: []string{"-p"}},
	{name: "sqlcmd", next: []string{"-P"}, attached: []string{"-P"}},
	{name: "bcp ", next: []string{"-P"}, attached: []string{"-P"}},
	{name: "impacket", mark: ":"},
	{name: "xfreerdp", attached: []string{"/p:"}},
	{name: "wlfreerdp", attached: []string{"/p:"}},
	{name: "gh secret", next: []string{"--body", "-b"}, attached: []string{"--body="}},
	{name: "mosquitto_", next: []string{"-P", "--pw"}},
	{name: "clickhouse-client", next: []string{"--password"}, attached: []string{"--password="}},
	{name: "cypher-shell", next: []string{"-p"}},
	{name: "docker login", next: []string{"-p"}},
	{name: "podman login", next: []string{"-p"}},
	{name: "registry login", next: []string{"-p"}},
	{name: "oc login", next: []string{"-p"}},
	{name: "az login", next: []string{"-p"}},
	{name: "aws ecr", next: []string{"-p"}},
	{name: "vault login", next: []string{"--"}},
	{name: "rabbitmqadmin", next: []string{"-p"}},
	{name: "aria2c", attached: []string{"--http-passwd=", "--ftp-passwd="}},
	{name: "lftp", next: []string{"-u"}, mark: ","},
	{name: "wpa_passphrase"},
	{name: "nmcli", next: []string{"password"}},
	{name: "rclone", next: []string{"pass"}},
	{name: "ssh-keygen", next: []string{"-N", "-P"}},
	{name: "twine", next: []string{"-p"}},
	{name: "useradd", next: []string{"-p"}},
	{name: "usermod", next: []string{"-p"}},
	{name: "keyvault secret", next: []string{"--value"}},
	{name: "secretsmanager", next: []string{"--secret-string"}},
	{name: "add-mask::", next: nil},
}

// The programs that read a password from the output of echo.
var readers = []string{"password-stdin", "sudo -s", "chpasswd", "passwd --stdin", "with-token", "vercel env add", "wrangler secret put", "secret create", "secrets versions add"}

// The functions whose last argument is a password.
var calls = []string{"sqlcredential(", "networkcredential(", "plainauth(", "basicauth(", "basic_auth(", "passwordcredentials(", "auth=(", "login("}

func programNames() []string {
	var list []string
	for _, p := range programs {
		list = append(list, p.name)
	}
	list = append(list, readers...)
	list = append(list, calls...)
	return append(list, "htpasswd", "from-literal", "secrets set", "secret set", "config:set", "config set", "configure set", "> auth", "convertto-securestring", "sqlplus", "net use", "net user", "cargo login", "unseal key", "poetry config", "auth plain", "identified by")
}

// A word is an argument of a command line: text[from:to], without the quotes
// around it.
type word struct{ from, to int }

// words returns up to so many words of a command line that begins at i, up to
// what ends the command. It knows quotes and no more of a shell.
func (s *search) words(i, most int) []word {
	b := s.text
	var list []word
	for i < len(b) && len(list) < most {
		i = blanks(b, i)
		if i >= len(b) {
			break
		}
		if b[i] == '\\' && at(b, i+1) == '\n' {
			i += 2
			continue
		}
		if n, quote, slashes := opener(b, i); n > 0 {
			end, closed := quotedEnd(b, i+n, quote, slashes)
			if !closed {
				break // the quote around the whole line
			}
			list = append(list, word{i + n, end})
			i = end + n
			continue
		}
		j := i
		for j < len(b) && b[j] > ' ' && b[j] != '|' && b[j] != ';' && b[j] != '"' && b[j] != '\'' && b[j] != '`' && !escapes(b, j) &&
			!(b[j] == '&' && (j == i || at(b, j+1) == '&')) && !(b[j] == ')' && j+1 == len(b)) && !(b[j] == '>' && j == i) {
			j++
		}
		if j == i {
			break
		}
		w := word{i, j}
		if n, quote, slashes := opener(b, j); n > 0 { // -p'secret'
			if end, closed := quotedEnd(b, j+n, quote, slashes); closed {
				list = append(list, word{i, end})
				i = end + n
				continue
			}
		}
		list = append(list, w)
		i = j
		if i < len(b) && b[i] != ' ' && b[i] != '\t' && b[i] != '\\' {
			break
		}
	}
	return list
}

// escapes reports whether a backslash at b[i] ends a word: it is that of an
// escaped quote or newline.
func escapes(b []byte, i int) bool {
	if b[i] != '\\' {
		return false
	}
	switch at(b, i+1) {
	case '"', '\'', '`', 'n', 'r', '\n', 0:
		return true
	}
	return false
}

// program finds the password on the command line of a program at i.
func (s *search) program(name string, i int) {
	b := s.text
	if i > 0 && alnum(name[0]) && (alnum(b[i-1]) && !escapedStart(b, i) || b[i-1] == '_') {
		return
	}
	if s.commands++; s.commands > 16+len(b)/128 {
		s.hit = s.hit || s.raw
		return // no text has so many commands
	}
	for _, r := range readers {
		if r == name {
			s.echoed(i)
			return
		}
	}
	for _, c := range calls {
		if c == name {
			s.called(i + len(name))
			return
		}
	}
	end := i + len(name)
	if k := strings.Index(name, " -"); k > 0 {
		end = i + k // what begins an option is a part of the arguments
	}
	for end < len(b) && identByte(b[end]) && identByte(name[len(name)-1]) {
		end++ // mysqldump, clickhouse-client
	}
	if n, _, _ := opener(b, end); s.raw && n > 0 {
		s.hit = true // it may be the first of an array of arguments
		return
	}
	if name == "from-literal" {
		if at(b, end) == '=' || at(b, end) == ' ' {
			for _, w := range s.words(end+1, 1) {
				s.assigned(w)
			}
		}
		return
	}
	words := s.words(end, 40)
	switch name {
	case "identified by":
		if len(words) > 0 {
			// In prose something is identified by `name`.
			before := bytes.ToLower(b[max(0, i-128):i])
			sql := isUpper(b[i]) || bytes.Contains(before, []byte("user")) || bytes.Contains(before, []byte("grant"))
			if q := at(b, words[0].from-1); sql && (q == '\'' || q == '"') {
				s.argument(words[0])
			}
		}
		return
	case "net use":
		s.netUse(words)
		return
	case "convertto-securestring":
		for _, w := range words {
			if v := b[w.from:w.to]; v[0] != '-' {
				s.argument(w)
				return
			}
		}
		return
	case "curl":
		for k, w := range words {
			if v := string(b[w.from:w.to]); (v == "-b" || v == "--cookie") && k+1 < len(words) {
				s.cookies(words[k+1].from, words[k+1].to)
			}
		}
	case "net user":
		if len(words) > 1 && at(b, words[1].from) != '/' && at(b, words[1].from) != '*' {
			s.argument(words[1])
		}
		return
	case "unseal key":
		if len(words) > 1 && at(b, words[0].to-1) == ':' {
			s.argument(words[1])
		}
		return
	case "cargo login", "add-mask::", "auth plain":
		if len(words) > 0 {
			if v := b[words[0].from:words[0].to]; name == "add-mask::" || base64url(v) || len(v) > 16 && scrubText(v) {
				s.argument(words[0])
			}
		}
		return
	case "config set", "configure set", "poetry config":
		s.setting(words)
		return
	case "> auth":
		s.redisAuth(words)
		return
	case "redis-cli":
		for k, w := range words {
			if equalFold(b[w.from:w.to], "auth") {
				s.redisAuth(words[k+1:])
			}
		}
	case "htpasswd":
		s.htpasswd(words)
		return
	case "secrets set", "secret set", "config:set":
		for _, w := range words {
			s.assigned(w)
		}
		return
	case "sqlplus":
		for _, w := range words {
			v := b[w.from:w.to]
			if k := bytes.IndexByte(v, '/'); k > 0 && bytes.IndexByte(v, '@') > k {
				s.argument(word{w.from + k + 1, w.from + bytes.IndexByte(v, '@')})
			}
		}
		return
	}
	for k := range programs {
		if p := &programs[k]; p.name == name {
			s.options(p, words)
			return
		}
	}
}

// ofProgram judges the text as an argument of a program, in an array, after
// the argument prev.
func (s *search) ofProgram(name, prev []byte) bool {
	if len(name) == 0 {
		return false
	}
	had := len(s.found)
	base := bytes.ToLower(name[bytes.LastIndexAny(name, `/\\`)+1:])
	for k := range programs {
		p := &programs[k]
		if first, _, _ := strings.Cut(p.name, " "); !bytes.HasPrefix(base, []byte(first)) {
			continue
		}
		for _, o := range p.next {
			if string(prev) == o {
				s.part(p, word{0, len(s.text)})
			}
		}
		s.attached(p, word{0, len(s.text)})
	}
	return len(s.found) > had
}

func (s *search) options(p *program, words []word) {
	for k, w := range words {
		for _, o := range p.next {
			if string(s.text[w.from:w.to]) == o && k+1 < len(words) {
				s.part(p, words[k+1])
			}
		}
		s.attached(p, w)
	}
}

// attached finds the password in an argument that is an option, too.
func (s *search) attached(p *program, w word) {
	v := s.text[w.from:w.to]
	for _, o := range p.attached {
		if len(v) > len(o) && string(v[:len(o)]) == o && (o[0] != '-' || o[1] == '-' || v[len(o)] != '-') {
			from := w.from + len(o)
			if n, _, _ := opener(s.text, from); n > 0 {
				from += n
			}
			s.part(p, word{from, w.to})
		}
	}
}

// part finds the password in an argument: all of it, or what follows a mark.
func (s *search) part(p *program, w word) {
	v := s.text[w.from:min(w.to, len(s.text))]
	mark := p.mark
	if p.colon {
		mark = ":"
	}
	if mark != "" {
		k := bytes.Index(v, []byte(mark))
		if k < 0 || p.mark == "pass:" && k > 0 {
			return
		}
		w.from += k + len(mark)
	}
	s.argument(w)
}

// argument adds a password that is an argument.
func (s *search) argument(w word) {
	if w.from >= w.to {
		return
	}
	v := s.text[w.from:w.to]
	if len(v) < 2 || v[0] == '-' || v[0] == '$' && !bytes.ContainsAny(v, digits) || placeholder(v, nil, false) || pattern(v) {
		return
	}
	if s.raw {
		s.hit = true
		return
	}
	s.add(w.from, w.to, "command-password")
}

// htpasswd finds the password in htpasswd -b FILE USER PASSWORD, or -nb USER
// PASSWORD.
func (s *search) htpasswd(words []word) {
	batch, file := false, 1
	var operands []word
	for _, w := range words {
		if v := s.text[w.from:w.to]; len(v) > 1 && v[0] == '-' {
			batch = batch || bytes.IndexByte(v, 'b') > 0
			if bytes.IndexByte(v, 'n') > 0 {
				file = 0
			}
			continue
		}
		operands = append(operands, w)
	}
	if batch && len(operands) > file+1 {
		s.argument(operands[file+1])
	}
}

// redisAuth finds the password in AUTH [USER] PASSWORD.
func (s *search) redisAuth(words []word) {
	if n := min(len(words), 2); n > 0 && len(words) <= 2 {
		s.argument(words[n-1])
	}
}

// setting finds the password in aws configure set NAME VALUE and the like,
// where the name says that it is one.
func (s *search) setting(words []word) {
	for k, w := range words {
		v := s.text[w.from:w.to]
		if len(v) == 0 || v[0] == '-' {
			continue
		}
		name := v[bytes.LastIndexAny(v, ":/")+1:]
		n := s.natureOf(name)
		if first, _, more := bytes.Cut(name, []byte(".")); n == noSecret && more {
			n = s.natureOf(first) // pypi-token.NAME
		}
		if k+1 < len(words) && n != noSecret && n != aConnect {
			next := words[k+1]
			if judge(n, name, s.text[next.from:next.to], inFlag, 0) {
				s.argument(next)
			}
		}
		return
	}
}

// netUse finds the password in net use DRIVE SHARE /user:NAME PASSWORD.
func (s *search) netUse(words []word) {
	for k, w := range words {
		if v := s.text[w.from:w.to]; len(v) > 6 && equalFold(v[:6], "/user:") && k+1 < len(words) {
			if v := s.text[words[k+1].from:words[k+1].to]; len(v) > 0 && v[0] != '/' {
				s.argument(words[k+1])
			}
		}
	}
}

// called finds the password in the arguments of a function, which begin at i:
// the last one, if that is a text in quotes that is no word.
func (s *search) called(i int) {
	b := s.text
	var last word
	for k := 0; k < 6; k++ {
		i = blanks(b, i)
		n, quote, slashes := opener(b, i)
		if n == 0 {
			return
		}
		end, closed := quotedEnd(b[:min(len(b), i+256)], i+n, quote, slashes)
		if !closed {
			return
		}
		last = word{i + n, end}
		if i = blanks(b, end+n); at(b, i) != ',' {
			break
		}
		i++
	}
	if v := s.text[last.from:last.to]; len(v) >= 4 && at(b, i) == ')' {
		if t := traitsOf(v); !t.wordy() && t.spaces == 0 && !address(v) && !pattern(v) && bytes.IndexByte(v, '@') < 0 {
			s.argument(last)
		}
	}
}

// assigned finds the value in NAME=value.
func (s *search) assigned(w word) {
	v := s.text[w.from:w.to]
	k := bytes.IndexByte(v, '=')
	if k <= 0 {
		return
	}
	w.from += k + 1
	if n, _, _ := opener(s.text, w.from); n > 0 {
		w.from += n
	}
	if v := s.text[min(w.from, w.to):w.to]; len(v) >= 4 {
		t := traitsOf(v)
		if t.wordy() && t.n < 8 || version(v, &t) {
			return
		}
		s.argument(w)
	}
}

// echoed finds the password in echo PASSWORD | program, whose name is at i.
func (s *search) echoed(i int) {
	b := s.text
	from := i
	for from > 0 && i-from < 512 && b[from-1] != '\n' && !(b[from-1] == 'n' && at(b, from-2) == '\\') {
		from--
	}
	line := b[from:i]
	if k := bytes.Index(b[i:min(len(b), i+64)], []byte("<<<")); k >= 0 {
		for _, w := range s.words(i+k+3, 1) {
			s.argument(w)
		}
	}
	k := bytes.LastIndex(line, []byte("echo "))
	n := 5
	if p := bytes.LastIndex(line, []byte("printf ")); p > k {
		k, n = p, 7
	}
	if k < 0 || bytes.IndexByte(line[k:], '|') < 0 {
		return
	}
	for _, w := range s.words(from+k+n, 4) {
		if v := b[w.from:w.to]; len(v) > 0 && (v[0] == '-' || v[0] == '%' && len(v) < 5) {
			continue
		}
		if c := bytes.IndexByte(b[w.from:w.to], ':'); c > 0 {
			w.from += c + 1
		}
		s.argument(w)
		return
	}
}
