package tool

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// A word is an argument as far as it is known before the line runs.
type word struct {
	text  string // unquoted; expansions as in the source
	known bool   // there is no expansion in it
	glob  bool   // the shell matches it against files
}

// maxBraces limits how many words {a,b}{c,d}… may become.
const maxBraces = 64

// words unquotes the words of a command and expands the braces in them.
func (w *walker) words(list []*syntax.Word) []word {
	out := make([]word, 0, len(list))
	for _, x := range list {
		if syntax.SplitBraces(x) {
			alts, ok := alternatives(x)
			for _, a := range alts {
				v := w.word(a)
				v.known = v.known && ok
				out = append(out, v)
			}
			continue
		}
		out = append(out, w.word(x))
	}
	return out
}

// alternatives expands the lists in braces of a word. It returns the word
// alone and false if there are too many.
func alternatives(x *syntax.Word) ([]*syntax.Word, bool) {
	alts := []*syntax.Word{{}}
	for _, p := range x.Parts {
		b, ok := p.(*syntax.BraceExp)
		if !ok || b.Sequence {
			for _, a := range alts {
				a.Parts = append(a.Parts, p)
			}
			continue
		}
		var next []*syntax.Word
		for _, a := range alts {
			for _, e := range b.Elems {
				ends, ok := alternatives(e)
				if !ok || len(next)+len(ends) > maxBraces {
					return []*syntax.Word{x}, false
				}
				for _, end := range ends {
					parts := append(append([]syntax.WordPart(nil), a.Parts...), end.Parts...)
					next = append(next, &syntax.Word{Parts: parts})
				}
			}
		}
		alts = next
	}
	return alts, true
}

func (w *walker) word(x *syntax.Word) word {
	v := word{known: true}
	if x == nil {
		return v
	}
	if len(x.Parts) == 1 {
		if q, ok := x.Parts[0].(*syntax.SglQuoted); ok && !q.Dollar {
			v.text = q.Value
			return v
		}
	}
	var b strings.Builder
	w.render(&b, &v, x.Parts, false)
	v.text = b.String()
	return v
}

func (w *walker) render(b *strings.Builder, v *word, parts []syntax.WordPart, quoted bool) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			unescape(b, v, p.Value, quoted)
		case *syntax.SglQuoted:
			if p.Dollar {
				b.WriteString(ansiC(p.Value))
			} else {
				b.WriteString(p.Value)
			}
		case *syntax.DblQuoted:
			w.render(b, v, p.Parts, true)
		case *syntax.BraceExp:
			v.known = false
			b.WriteByte('{')
			sep := ","
			if p.Sequence {
				sep = ".."
			}
			for i, e := range p.Elems {
				if i > 0 {
					b.WriteString(sep)
				}
				w.render(b, v, e.Parts, quoted)
			}
			b.WriteByte('}')
		case *syntax.ExtGlob:
			v.glob = true
			b.WriteString(w.source(p))
		case *syntax.ParamExp:
			src := w.source(p)
			// Where a home is makes no difference to what is done there.
			if !home[src] {
				v.known = false
			}
			b.WriteString(src)
		default:
			v.known = false
			b.WriteString(w.source(p))
		}
	}
}

var home = map[string]bool{"$HOME": true, "${HOME}": true, "$PWD": true, "${PWD}": true}

// unescape drops the backslashes that the shell drops. The parser has dropped
// escaped newlines.
func unescape(b *strings.Builder, v *word, s string, quoted bool) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("$`\"\\\n", s[i+1]) >= 0):
			i++
			if s[i] != '\n' {
				b.WriteByte(s[i])
			}
		case (c == '*' || c == '?' || c == '[') && !quoted:
			v.glob = true
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

// ansiC decodes the inside of $'…'.
func ansiC(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'a':
			b.WriteByte('\a')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'v':
			b.WriteByte('\v')
		case 'e', 'E':
			b.WriteByte(0x1b)
		case 'x':
			i += number(&b, s[i+1:], 2, 16, false)
		case 'u':
			i += number(&b, s[i+1:], 4, 16, true)
		case 'U':
			i += number(&b, s[i+1:], 8, 16, true)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			i += number(&b, s[i:], 3, 8, false) - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// number writes the character whose number is at the start of s and returns
// how many digits it has.
func number(b *strings.Builder, s string, most, radix int, asRune bool) int {
	n := 0
	for n < len(s) && n < most && digit(s[n]) < radix {
		n++
	}
	v, err := strconv.ParseUint(s[:n], radix, 32)
	switch {
	case err != nil:
	case asRune:
		r := rune(v)
		if v > utf8.MaxRune {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	default:
		b.WriteByte(byte(v))
	}
	return n
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

// quote writes a word so that the shell reads it back.
func quote(s string) string {
	q, err := syntax.Quote(s, syntax.LangBash)
	if err != nil {
		return "''"
	}
	return q
}

// source returns the text of a node.
func (w *walker) source(n syntax.Node) string {
	return w.between(n.Pos(), n.End())
}

func (w *walker) between(from, to syntax.Pos) string {
	i, j := int(from.Offset()), int(to.Offset())
	if !from.IsValid() || !to.IsValid() || i > j || j > len(w.src) {
		return ""
	}
	return w.src[i:j]
}
