package tool

import (
	"slices"
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

// words unquotes words, and expands the braces and variables in them.
func (w *walker) words(list []*syntax.Word) []word {
	out := make([]word, 0, len(list))
	for _, x := range list {
		for _, a := range w.split(x) {
			for _, fields := range w.options(a.word, false) {
				for _, f := range fields {
					f.known = f.known && a.known
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// maxVariants limits what the variables of a command may make of it.
const maxVariants = 16

// variants returns the words of a command, once for each of the values that
// variables in it may have.
func (w *walker) variants(list []*syntax.Word) [][]word {
	if len(list) == 0 {
		return nil
	}
	out := [][]word{make([]word, 0, len(list))}
	for _, x := range list {
		for _, a := range w.split(x) {
			opts := w.options(a.word, false)
			if len(opts)*len(out) > maxVariants {
				opts = [][]word{{{text: w.source(a.word)}}}
			}
			var next [][]word
			for _, words := range out {
				if len(opts) > 1 {
					words = slices.Clip(words)
				}
				for _, fields := range opts {
					all := words
					for _, f := range fields {
						f.known = f.known && a.known
						all = append(all, f)
					}
					next = append(next, all)
				}
			}
			out = next
		}
	}
	return out
}

// A braced word is one that braces were expanded to.
type braced struct {
	word  *syntax.Word
	known bool // it is all of them
}

func (w *walker) split(x *syntax.Word) []braced {
	if !syntax.SplitBraces(x) {
		return []braced{{x, true}}
	}
	alts, ok := alternatives(x)
	out := make([]braced, len(alts))
	for i, a := range alts {
		out[i] = braced{a, ok}
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

// word unquotes a word that stays one: the file of a redirection. Of several
// values that a variable in it may have it takes the first, as not known.
func (w *walker) word(x *syntax.Word) word {
	list := w.expand(x, false)
	if len(list) == 0 {
		return word{known: true}
	}
	if len(list) > 1 {
		list[0].known = false
	}
	return list[0]
}

// expand returns what a word may be, if it stays one.
func (w *walker) expand(x *syntax.Word, assign bool) []word {
	var out []word
	for _, fields := range w.options(x, assign) {
		v := word{known: true}
		for i, f := range fields {
			if i > 0 {
				v.text += " "
			}
			v.text += f.text
			v.known = v.known && f.known
			v.glob = v.glob || f.glob
		}
		out = append(out, v)
	}
	return out
}

// unescape drops the backslashes that the shell drops. The parser has dropped
// escaped newlines.
// It reports whether the shell matches what is left against files.
func unescape(b *strings.Builder, s string, quoted bool) (glob bool) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("$`\"\\\n", s[i+1]) >= 0):
			i++
			if s[i] != '\n' {
				b.WriteByte(s[i])
			}
		case (c == '*' || c == '?' || c == '[') && !quoted:
			glob = true
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return glob
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

func (w *walker) between(from, to syntax.Pos) string {
	i, j := int(from.Offset()), int(to.Offset())
	if !from.IsValid() || !to.IsValid() || i > j || j > len(w.src) {
		return ""
	}
	return w.src[i:j]
}
