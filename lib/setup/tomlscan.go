package setup

import "strings"

// A tomlScanner walks over TOML. Its first error stays.
type tomlScanner struct {
	text string
	at   int
	err  error
}

func (s *tomlScanner) errorAt(at int, msg string) error {
	return &Error{Line: 1 + strings.Count(s.text[:min(at, len(s.text))], "\n"), Msg: msg}
}

func (s *tomlScanner) fail(msg string) {
	if s.err == nil {
		s.err = s.errorAt(s.at, msg)
	}
}

func (s *tomlScanner) take(word string) bool {
	if s.err == nil && strings.HasPrefix(s.text[s.at:], word) {
		s.at += len(word)
		return true
	}
	return false
}

// blanks passes over white space, and with lines over newlines and comments.
func (s *tomlScanner) blanks(lines bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t':
			s.at++
		case lines && (c == '\n' || c == '\r'):
			s.at++
		case lines && c == '#':
			s.comment()
		default:
			return
		}
	}
}

func (s *tomlScanner) comment() {
	if s.at < len(s.text) && s.text[s.at] == '#' {
		if i := strings.IndexByte(s.text[s.at:], '\n'); i >= 0 {
			s.at += i
			if s.text[s.at-1] == '\r' {
				s.at--
			}
		} else {
			s.at = len(s.text)
		}
	}
}

// path reads a dotted key.
func (s *tomlScanner) path() []string {
	var keys []string
	for s.err == nil {
		s.blanks(false)
		from := s.at
		if s.at < len(s.text) && (s.text[s.at] == '"' || s.text[s.at] == '\'') {
			s.quoted()
			key, ok := "", false
			if s.err == nil {
				key, ok = tomlString(s.text[from:s.at])
			}
			if !ok {
				s.fail("a bad key")
			}
			keys = append(keys, key)
		} else {
			for s.at < len(s.text) && bareKey(s.text[s.at]) {
				s.at++
			}
			if s.at == from {
				s.fail("no key where one must be")
				return nil
			}
			keys = append(keys, s.text[from:s.at])
		}
		s.blanks(false)
		if !s.take(".") {
			return keys
		}
	}
	return nil
}

func bareKey(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// quoted passes over a string.
func (s *tomlScanner) quoted() {
	q := s.text[s.at : s.at+1]
	if triple := strings.Repeat(q, 3); strings.HasPrefix(s.text[s.at:], triple) {
		s.at += 3
		for s.at < len(s.text) {
			switch {
			case q == `"` && s.text[s.at] == '\\':
				s.at += 2
			case strings.HasPrefix(s.text[s.at:], triple):
				s.at += 3
				for range 2 { // up to two quotes may stand at the end
					s.take(q)
				}
				return
			default:
				s.at++
			}
		}
		s.fail("a string has no end")
		return
	}
	from := s.at
	for s.at++; s.at < len(s.text) && s.text[s.at] != '\n'; s.at++ {
		if s.text[s.at] == q[0] {
			s.at++
			return
		}
		if q == `"` && s.text[s.at] == '\\' {
			s.at++
		}
	}
	s.at = from
	s.fail("a string has no end")
}

// maxDepth is how deep arrays and tables may lie within each other.
const maxDepth = 100

// value passes over a value.
func (s *tomlScanner) value(depth int) {
	if s.err != nil {
		return
	}
	if s.at >= len(s.text) || depth > maxDepth {
		s.fail("a key without a value")
		return
	}
	switch c := s.text[s.at]; c {
	case '"', '\'':
		s.quoted()
	case '[', '{':
		s.at++
		shut := map[byte]string{'[': "]", '{': "}"}[c]
		for s.err == nil {
			s.blanks(true)
			if s.take(shut) {
				return
			}
			if c == '{' {
				s.path()
				s.blanks(true)
				if !s.take("=") {
					s.fail("a key without a value")
				}
				s.blanks(true)
			}
			s.value(depth + 1)
			s.blanks(true)
			if !s.take(",") && !strings.HasPrefix(s.text[min(s.at, len(s.text)):], shut) {
				s.fail("a list has no end")
			}
		}
	default:
		from := s.at
		for s.at < len(s.text) && !strings.ContainsRune(" \t\r\n,]}#=[{\"'", rune(s.text[s.at])) {
			s.at++
		}
		if s.at == from {
			s.fail("no value where one must be")
			return
		}
		// A date and a time may have a space between them.
		if rest := s.text[s.at:]; s.at-from == 10 && s.text[from+4] == '-' && len(rest) > 3 && rest[0] == ' ' && rest[3] == ':' {
			for s.at++; s.at < len(s.text) && !strings.ContainsRune(" \t\r\n,]}#", rune(s.text[s.at])); s.at++ {
			}
		}
	}
}
