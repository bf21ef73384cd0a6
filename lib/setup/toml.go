package setup

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"agenttrace/lib/event"
)

// A tomlDoc is a TOML file, taken apart into its statements. Their places are
// known, so that it can be edited in place.
type tomlDoc struct {
	text string
	list []statement
}

// A statement is a table's header, or a key with its value.
type statement struct {
	start, end int      // from the begin of its line to behind its newline
	table      int      // the number of the header that it stands below, -1 for none; a header's own
	header     bool     // it is a table's header,
	array      bool     // [[…]]
	keys       []string // the whole path of the header, or of the value below its table
	from, to   int      // where its value is
}

// parseTOML takes a file apart. Values are looked at only so far as to find
// their ends. The error is an *Error.
func parseTOML(text []byte) (*tomlDoc, error) {
	s := &tomlScanner{text: string(text)}
	t := &tomlDoc{text: s.text}
	if !utf8.ValidString(s.text) {
		return nil, s.errorAt(0, "not UTF-8")
	}
	s.at = len(s.text) - len(strings.TrimPrefix(s.text, "\ufeff"))
	table := -1
	for {
		s.blanks(true)
		if s.at >= len(s.text) {
			return t, nil
		}
		st := statement{start: strings.LastIndexByte(s.text[:s.at], '\n') + 1, table: table}
		if s.text[s.at] == '[' {
			st.header = true
			table = len(t.list)
			st.table = table
			s.at++
			if st.array = s.take("["); st.array {
				s.blanks(false)
			}
			st.keys = s.path()
			s.blanks(false)
			if !s.take("]") || st.array && !s.take("]") {
				s.fail("a table's header has no end")
			}
		} else {
			st.keys = s.path()
			s.blanks(false)
			if !s.take("=") {
				s.fail("a key without a value")
			}
			s.blanks(false)
			st.from = s.at
			s.value(0)
			st.to = s.at
		}
		s.blanks(false)
		s.comment()
		if s.err == nil && s.at < len(s.text) && !s.take("\n") && !s.take("\r\n") {
			s.fail("something follows on the same line")
		}
		if s.err != nil {
			return nil, s.err
		}
		st.end = s.at
		t.list = append(t.list, st)
	}
}

// path returns the whole path of a statement.
func (t *tomlDoc) path(s statement) []string {
	if s.header || s.table < 0 {
		return s.keys
	}
	return slices.Concat(t.list[s.table].keys, s.keys)
}

// get returns the text of the value at a path that no array of tables holds.
func (t *tomlDoc) get(keys ...string) (string, bool) {
	for _, s := range t.list {
		if !s.header && slices.Equal(t.path(s), keys) {
			return t.text[s.from:s.to], true
		}
	}
	return "", false
}

// value returns the statement of a key directly below a header, by its number.
func (t *tomlDoc) value(table int, key string) (statement, bool) {
	for _, s := range t.list {
		if !s.header && s.table == table && len(s.keys) == 1 && s.keys[0] == key {
			return s, true
		}
	}
	return statement{}, false
}

// str returns the string that a key below a header has, "" if it has none.
func (t *tomlDoc) str(table int, key string) string {
	s, ok := t.value(table, key)
	if !ok {
		return ""
	}
	v, _ := tomlString(t.text[s.from:s.to])
	return v
}

// tomlString returns what a string says.
func tomlString(raw string) (string, bool) {
	switch {
	case strings.HasPrefix(raw, `"""`), strings.HasPrefix(raw, "'''"):
		body := raw[3 : len(raw)-3]
		body = strings.TrimPrefix(strings.TrimPrefix(body, "\r"), "\n")
		if raw[0] == '\'' {
			return body, true
		}
		if strings.Contains(body, "\\\n") || strings.Contains(body, "\\\r") {
			return "", false // a line that goes on: nothing that is looked for has it
		}
		return unescape(strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", `\n`))
	case strings.HasPrefix(raw, `'`):
		return raw[1 : len(raw)-1], true
	case strings.HasPrefix(raw, `"`):
		return unescape(raw[1 : len(raw)-1])
	}
	return "", false
}

// unescape undoes the escapes of a basic string, which are those of JSON, \e,
// \x and \U.
func unescape(s string) (string, bool) {
	if !strings.Contains(s, `\`) && !strings.Contains(s, `"`) {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
		simple := strings.IndexByte("btnfre\"\\", s[i])
		switch {
		case digits > 0 && i+digits < len(s):
			n, ok := hex(s[i+1 : i+1+digits])
			if !ok {
				return "", false
			}
			b.WriteRune(n)
			i += digits
		case simple >= 0:
			b.WriteByte("\b\t\n\f\r\x1b\"\\"[simple])
		default:
			return "", false
		}
	}
	return b.String(), true
}

func hex(s string) (rune, bool) {
	var n rune
	for _, c := range s {
		i := strings.IndexRune("0123456789abcdef", c|0x20)
		if i < 0 {
			return 0, false
		}
		n = n<<4 | rune(i)
	}
	return n, utf8.ValidRune(n)
}

// tomlQuote writes a string. JSON's escapes are TOML's, but for the slash, which
// event.AppendString does not escape.
func tomlQuote(s string) string {
	return strings.ReplaceAll(string(event.AppendString(nil, s)), "\x7f", `\u007f`)
}

// An item is an element of an array.
type item struct {
	from, to int // from the start of the array
	text     string
	str      bool
}

// tomlItems returns the elements of an array.
func tomlItems(raw string) ([]item, bool) {
	if !strings.HasPrefix(raw, "[") {
		return nil, false
	}
	s := &tomlScanner{text: raw, at: 1}
	var list []item
	for {
		s.blanks(true)
		if s.take("]") {
			return list, s.err == nil
		}
		from := s.at
		s.value(1)
		if s.err != nil || s.at == from {
			return nil, false
		}
		it := item{from: from, to: s.at}
		it.text, it.str = tomlString(raw[from:s.at])
		list = append(list, it)
		s.blanks(true)
		if !s.take(",") && !strings.HasPrefix(raw[s.at:], "]") {
			return nil, false
		}
	}
}

// tomlJSON writes the value of a header's table, as far as it is strings, as a
// JSON object.
func (t *tomlDoc) tomlJSON(table int) []byte {
	m := map[string]string{}
	for _, s := range t.list {
		if v, ok := "", false; !s.header && s.table == table && len(s.keys) == 1 {
			if v, ok = tomlString(t.text[s.from:s.to]); ok {
				m[s.keys[0]] = v
			}
		}
	}
	b, _ := json.Marshal(m)
	return b
}
