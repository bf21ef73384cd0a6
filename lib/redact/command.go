package redact

import (
	"bytes"
	"strings"

	"agenttrace/lib/scrub"
)

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
	if name == "tconnection(" { // getConnection
		s.connects(i + len(name))
		return
	}
	if i > 0 && alnum(name[0]) && (alnum(b[i-1]) && !escapedStart(b, i) || b[i-1] == '_') {
		return
	}
	if s.commands++; s.commands > 16+len(b)/128 {
		s.hit = s.hit || s.raw
		return // no text has so many commands
	}
	if scrub.InMarker(b, i) {
		return // [REDACTED:mongodb-secret:…]
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
	if name == "> auth" && at(b, i+len(name)) != ' ' {
		return // >>> auth_code = …
	}
	switch name {
	case "mysqli(", "mysqli_connect(", "pdo(":
		s.connects(i + len(name))
		return
	case "jwt.encode(", "jwt.sign(", "jwt.verify(", "jwt.decode(", "hmac.new(", "createhmac(":
		s.signs(i + len(name))
		return
	case "*assword", "?assword":
		s.sent(i + len(name))
		return
	case "acl setuser", " ~*", "+@all":
		s.aclUser(i)
		return
	}
	words := s.words(end, 40)
	switch name {
	case "identified by", "identified with":
		s.identified(name, i, words)
		return
	case "put-parameter":
		s.putParameter(words)
		return
	case "-basic.":
		s.operand(words, 2)
		return
	case "bundle config":
		for _, w := range words {
			v := b[w.from:w.to]
			if k := bytes.IndexByte(v, ':'); k > 0 && !address(v) && bytes.IndexByte(v, '/') < 0 {
				if t := traitsOf(v[k+1:]); t.digits > 0 && !t.wordy() && !number(v[k+1:]) {
					s.argument(word{w.from + k + 1, w.to})
				}
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
			if k+1 == len(words) {
				break
			}
			switch next := words[k+1]; string(b[w.from:w.to]) {
			case "-b", "--cookie":
				s.cookies(next.from, next.to)
			case "-E", "--cert", "--proxy-cert":
				if c := bytes.LastIndexByte(b[next.from:next.to], ':'); c > 1 && at(b, next.from+c+1) != '\\' && at(b, next.from+c+1) != '/' {
					s.argument(word{next.from + c + 1, next.to})
				}
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
			if v := b[words[0].from:words[0].to]; name == "add-mask::" || base64url(v) || name == "auth plain" && saslPlain(v) || len(v) > 16 && scrubText(v) || name == "cargo login" && len(v) >= 8 && bytes.ContainsAny(v, digits) {
				s.argument(words[0])
			}
		}
		return
	case "poetry config":
		if len(words) > 0 && bytes.HasPrefix(b[words[0].from:words[0].to], []byte("http-basic.")) {
			s.operand(words, 3)
			return
		}
		s.setting(words)
		return
	case "config set", "configure set":
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
		s.setting(words)
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

// saslPlain reports whether v is what a client sends for AUTH PLAIN (RFC 4616) in
// base64: user and password, a NUL before each.
func saslPlain(v []byte) bool {
	plain := scrub.Unpack(nil, head(v))
	return bytes.Count(plain, []byte{0}) == 2 && len(plain) >= 6
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
	if p.after > 0 {
		s.operand(words, p.after)
		return
	}
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
		if len(v) > len(o) && string(v[:len(o)]) == o && string(v) != "-pass" && (o[0] != '-' || o[1] == '-' || v[len(o)] != '-') {
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
