package redact

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// maxPEMHeader is the longest line of a header that is passed over, in bytes.
const maxPEMHeader = 256

var (
	pemEnd  = []byte("-----END")
	pemDash = []byte("-----")
)

// pem finds the private key whose BEGIN is at i.
func (s *search) pem(i int) {
	b := s.text
	from := i
	if at(b, i-1) == ' ' && at(b, i-2) == '-' {
		from-- // ---- BEGIN, as in RFC 4716
	}
	for from > 0 && b[from-1] == '-' && i-from < 6 {
		from--
	}
	if i-from < 4 {
		return
	}
	label, ok := pemLabel(b, i+5)
	if !ok {
		return
	}
	end, n := keyBody(b, label, linePrefix(b, from))
	closed := bytes.HasSuffix(b[:end], pemDash)
	if n >= 40 || n >= 24 && closed {
		s.add(from, end, "private-key")
	}
	switch {
	case s.raw:
		s.hit = true // its lines may be elements of an array
	case s.place.Kind == scrub.String && (n > 0 && !closed || n == 0) && len(bytes.TrimSpace(b[max(end, label):])) == 0:
		s.place.Note = 1
	}
}

// maxNote is how many texts may stand between two lines of a key that are texts
// of their own.
const maxNote = 12

// pemLine looks at a text of JSON after one that a private key begins in: the
// lines of a key may be the elements of an array, or members of objects in it.
func (s *search) pemLine() bool {
	v := bytes.TrimSpace(s.text)
	if bytes.Contains(v, pemEnd) {
		s.place.Note = 0
		return false
	}
	if scrub.MarkerAt(v) > 0 {
		s.place.Note = 1
		return false
	}
	from := len(v)
	for from > 0 && (alnum(v[from-1]) || v[from-1] == '+' || v[from-1] == '/' || v[from-1] == '=') {
		from--
	}
	line := v[from:]
	if from == 0 && len(line) > 0 && line[0] == '+' {
		line = line[1:] // of a diff
	}
	if n := len(line); n >= 40 && mixed(line) || n >= 4 && n < 80 && from <= 1 && (line[n-1] == '=' || n >= 16 && mixed(line)) {
		at := len(bytes.TrimRight(s.text, " \t\r\n")) - n
		s.add(at, at+n, "private-key")
		s.place.Note = 1
		return true
	}
	if s.place.Note++; s.place.Note > maxNote {
		s.place.Note = 0
	}
	return false
}

// xmlKey finds the secret parts of a key of RSA in XML (RFC 4050, as .NET
// writes it): <RSAKeyValue> is at i.
func (s *search) xmlKey(i int) {
	if s.raw {
		s.hit = true
		return
	}
	b := s.text
	end := min(len(b), i+jwkNear)
	if k := bytes.Index(b[i+1:end], []byte("SAKeyValue")); k >= 0 {
		end = i + 1 + k // of this key
	}
	for _, tag := range [...]string{"<D>", "<P>", "<Q>", "<DP>", "<DQ>", "<InverseQ>"} {
		k := bytes.Index(b[i:end], []byte(tag))
		if k < 0 {
			continue
		}
		from := i + k + len(tag)
		if to := s.ends.class(classes['b'], b, from); to-from >= minJWK && at(b, to) == '<' {
			s.add(from, to, "private-key")
		}
	}
}

// pemLabel returns where the label after BEGIN or END ends with its dashes, if
// it is that of a private key.
func pemLabel(b []byte, i int) (int, bool) {
	j := i
	for j < len(b) && j-i < 48 && (isUpper(b[j]) || isDigit(b[j]) || b[j] == ' ' || b[j] == '+' || b[j] == '_') {
		j++
	}
	if !bytes.Contains(b[i:j], []byte("PRIVATE")) || at(b, j) != '-' {
		return 0, false
	}
	if b[j-1] == ' ' && bytes.HasPrefix(b[j:], pemDash) {
		return 0, false
	}
	for n := 0; j < len(b) && b[j] == '-' && n < 5; n++ {
		j++
	}
	return j, true
}

// keyBody goes through the body of a key from i on, whatever stands between
// its lines: escaped newlines, quotes, numbers, marks of a diff. It returns
// where it ends, and how many characters of the key there are.
func keyBody(b []byte, i int, prefix []byte) (end, n int) {
	end = i
	lastRun := 0
	for i < len(b) {
		c := b[i]
		if k := colour(b, i); k > 0 {
			i += k
			continue
		}
		if k := newline(b, i); k > 0 && len(prefix) > 0 {
			if j := samePrefix(b, i+k, prefix); j > 0 {
				i = j
				continue
			}
		}
		switch {
		case c == '-' && bytes.HasPrefix(b[i:], pemDash):
			if bytes.HasPrefix(b[i:], pemEnd) {
				if j, ok := pemLabel(b, i+len(pemEnd)); ok {
					return j, n
				}
			}
			return end, n
		case c == '\\':
			i++
			if i < len(b) && (b[i] == 'n' || b[i] == 'r' || b[i] == 't') {
				i++
			}
			continue
		case c <= ' ', c == '"', c == '\'', c == '`', c == ',', c == '-', c == '|', c == '>', c == '#', c == '*', c == ':', c == ';', c == '(', c == ')', c == '.':
			if c == '.' && bytes.HasPrefix(b[i:], []byte("...")) && n > 0 {
				return end, n
			}
			i++
			continue
		case c == '<':
			k := bytes.IndexByte(b[i:min(len(b), i+12)], '>') // <br>
			if k < 0 {
				return end, n
			}
			i += k + 1
			continue
		case c == 0xe2 && bytes.HasPrefix(b[i:], []byte("→")), c == 0xe2 && bytes.HasPrefix(b[i:], []byte("│")):
			i += 3
			continue
		case c == '+' && (i+1 >= len(b) || b[i+1] == ' ' || b[i+1] == '"' || b[i+1] == '\'' || b[i+1] == '\\' || b[i+1] == '\n' || b[i+1] == '\r' || b[i-1] == '\n'):
			i++ // it joins strings, or marks a line that was added
			continue
		}
		j := i
		for j < len(b) && (alnum(b[j]) || b[j] == '+' || b[j] == '/' || b[j] == '=') {
			j++
		}
		run := j - i
		switch {
		case run == 0:
			return end, n
		case n == 0 && (at(b, j) == ':' || at(b, j) == '-' && at(b, j+1) != '-') && isLetter(c):
			// Proc-Type: 4,ENCRYPTED and the like.
			stop := min(len(b), j+maxPEMHeader)
			for j < stop && b[j] != '\n' && b[j] != '\\' {
				j++
			}
			if j == stop && j < len(b) {
				return end, n
			}
			i = j
			continue
		case run <= 6 && number(b[i:j]):
			i = j
			continue
		case run < 16:
			// The last line, or no line of a key at all.
			if lastRun < 32 || !endsKey(b, j) {
				return end, n
			}
		case run < 60 && !mixed(b[i:j]):
			return end, n
		}
		n += run
		lastRun = run
		i, end = j, j
	}
	return end, n
}

// endsKey reports whether a short line that ends at i can be the last one.
func endsKey(b []byte, i int) bool {
	for k := i; k < len(b) && k-i < 12; k++ {
		switch c := b[k]; {
		case c == '-' && bytes.HasPrefix(b[k:], pemEnd[:5]):
			return true
		case c == '\n' || c == '\\' || c == '"':
			return true
		case c != ' ' && c != '\'' && c != '\r':
			return false
		}
	}
	return true
}

// mixed reports whether a run is no word.
func mixed(run []byte) bool {
	t := traitsOf(run)
	return t.digits > 0 && t.uppers > 0 && t.lowers > 0 || t.switches*4 > t.n
}

// tail finds the end of a private key whose beginning is missing. END is at i.
func (s *search) pemTail(i int) {
	b := s.text
	if i < 5 || !bytes.HasSuffix(b[:i], pemDash) {
		return
	}
	end, ok := pemLabel(b, i+3)
	if !ok {
		return
	}
	from, n, run := i-5, 0, 0
	for j := from - 1; j >= 0; j-- {
		c := b[j]
		if alnum(c) || c == '+' || c == '/' || c == '=' {
			run++
			continue
		}
		escape := c == '\\'
		if escape && run > 0 {
			run-- // the n of \n
		}
		if run >= 40 || run > 0 && n == 0 {
			n += run
			from = j + 1
			if escape {
				from++
			}
		} else if run > 0 {
			break
		}
		run = 0
		if c != '\n' && c != '\r' && c != ' ' && c != '\t' && c != '"' && c != '\'' && !escape {
			break
		}
		if j == 0 {
			break
		}
	}
	if run >= 40 {
		n += run
		from = 0
	}
	if n >= 40 {
		s.add(from, end, "private-key")
	}
}

// linePrefix returns what stands before b[i] in its line: the name of a file
// and a number as grep writes them, or what git blame does.
func linePrefix(b []byte, i int) []byte {
	from := i
	for from > 0 && i-from < 120 && b[from-1] != '\n' && b[from-1] != '"' && !(b[from-1] == 'n' && at(b, from-2) == '\\') {
		from--
	}
	if i-from == 120 || bytes.Contains(b[from:i], pemDash) {
		return nil
	}
	return b[from:i]
}

// samePrefix returns where the line that begins at b[i] goes on after a prefix
// that is the same as that of another line but for blanks and numbers, 0 if it
// has none.
func samePrefix(b []byte, i int, prefix []byte) int {
	k := 0
	for k < len(prefix) {
		switch c := prefix[k]; {
		case c == ' ' || c == '\t':
			for k < len(prefix) && (prefix[k] == ' ' || prefix[k] == '\t') {
				k++
			}
			for at(b, i) == ' ' || at(b, i) == '\t' {
				i++
			}
		case isDigit(c):
			if !isDigit(at(b, i)) {
				return 0
			}
			for k < len(prefix) && isDigit(prefix[k]) {
				k++
			}
			for isDigit(at(b, i)) && k < len(prefix) {
				i++
			}
		default:
			if at(b, i) != c {
				return 0
			}
			i++
			k++
		}
	}
	return i
}
