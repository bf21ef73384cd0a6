package redact

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// connects finds the password in the arguments of a function that connects to a
// database, which begin at i: the third of host, user and password.
func (s *search) connects(i int) {
	b := s.text
	for k := 0; k < 3; k++ {
		i = blanks(b, i)
		n, quote, slashes := opener(b, i)
		end := i
		if n > 0 {
			e, closed := quotedEnd(b[:min(len(b), i+512)], i+n, quote, slashes)
			if !closed {
				return
			}
			if k == 2 {
				if v := b[i+n : e]; len(v) >= 4 {
					if t := traitsOf(v); t.spaces == 0 && (!t.wordy() || t.n >= 7 && !common[string(v)]) && !pattern(v) {
						s.argument(word{i + n, e})
					}
				}
				return
			}
			end = e + n
		} else {
			for end < len(b) && (identByte(b[end]) || b[end] == '$' || b[end] == '>' || b[end] == ':') {
				end++
			}
		}
		if i = blanks(b, end); at(b, i) != ',' {
			return
		}
		i++
	}
}

// identified finds the password in IDENTIFIED BY '…', or IDENTIFIED WITH PLUGIN
// BY '…', of statements of SQL about users. The words follow it.
func (s *search) identified(name string, i int, words []word) {
	if len(words) == 0 {
		return
	}
	// In prose something is identified by `name`.
	b := s.text
	before := bytes.ToLower(b[max(0, i-128):i])
	if !isUpper(b[i]) && !bytes.Contains(before, []byte("user")) && !bytes.Contains(before, []byte("grant")) {
		return
	}
	w := words[0]
	if name == "identified with" {
		if len(words) < 3 || !equalFold(b[words[1].from:words[1].to], "by") && !equalFold(b[words[1].from:words[1].to], "as") {
			return
		}
		w = words[2]
	}
	if q := at(b, w.from-1); q == '\'' || q == '"' {
		s.argument(w)
		return
	}
	v := b[w.from:w.to]
	if t := traitsOf(v); isUpper(b[i]) && t.n >= 6 && t.digits > 0 && !capitals(v) && !version(v, &t) && !code(v, &t) && bytes.IndexByte(v, '`') < 0 {
		s.argument(w) // of Oracle, without quotes
	}
}

// aclUser finds the passwords that a user of Redis is given in the line that
// holds i: ACL SETUSER bob on >password, and user bob on >password in its files.
func (s *search) aclUser(i int) {
	b := s.text
	from := i
	for from > 0 && i-from < 256 && b[from-1] != '\n' && b[from-1] != '"' && !(b[from-1] == 'n' && at(b, from-2) == '\\') {
		from--
	}
	end := i
	for end < len(b) && end-i < 512 && newline(b, end) == 0 && b[end] != '"' {
		end++
	}
	if line := bytes.ToLower(b[from:end]); !bytes.Contains(line, []byte("user ")) {
		return
	}
	if s.raw {
		s.hit = true
		return
	}
	for k := from; k+2 < end; k++ {
		if c := b[k+1]; b[k] != ' ' && b[k] != '\'' && b[k] != '"' || c != '>' && c != '#' && c != '<' || b[k+2] <= ' ' || b[k+2] == c {
			continue
		}
		j := k + 2
		for j < end && b[j] > ' ' && b[j] != '\'' && b[j] != '"' {
			j++
		}
		if b[k+1] != '#' || j-k-2 == 64 {
			s.argument(word{k + 2, j})
		}
		k = j - 1
	}
}

// signs finds the key that a function is given which signs or checks, among its
// first arguments, which begin at i. Only what is plainly drawn counts.
func (s *search) signs(i int) {
	b := s.text
	end := min(len(b), i+256)
	for k := i; k < end; k++ {
		c := b[k]
		if c == '\n' || c == ';' {
			return
		}
		n, quote, slashes := opener(b, k)
		if n == 0 {
			continue
		}
		e, closed := quotedEnd(b[:min(len(b), k+512)], k+n, quote, slashes)
		if !closed {
			return
		}
		v := b[k+n : e]
		if t := traitsOf(v); t.n >= 16 && t.random(16) && t.digits > 1 && t.spaces == 0 && !identifier(v, &t) && !placeholder(v, nil, false) && !pattern(v) && !bytes.HasPrefix(v, []byte("eyJ")) && !scrub.InMarker(b, k+n) {
			s.add(k+n, e, "api-key")
			return
		}
		k = e + n - 1
	}
}

// putParameter finds the value of a secret parameter of AWS: its name or its type
// says that it is one.
func (s *search) putParameter(words []word) {
	secret := false
	for k := 0; k+1 < len(words); k++ {
		next := s.text[words[k+1].from:words[k+1].to]
		switch string(s.text[words[k].from:words[k].to]) {
		case "--name":
			n := s.natureOf(next[bytes.LastIndexByte(next, '/')+1:])
			secret = secret || n != noSecret && n != aConnect
		case "--type":
			secret = secret || string(next) == "SecureString"
		}
	}
	for k := 0; secret && k+1 < len(words); k++ {
		if string(s.text[words[k].from:words[k].to]) == "--value" {
			s.argument(words[k+1])
		}
	}
}
