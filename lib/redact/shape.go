package redact

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A shape says what a token looks like: text that stands as it is, and
// classes of characters in brackets with how many of them there are.
//
//	ghp_[a36]          ghp_ and 36 or more letters and digits
//	AKIA[U16!]         AKIA, exactly 16 capitals and digits, and no more
//	[n8-10]:AA[d33]    8 to 10 digits, :AA, 33 or more of a URL-safe base64
//
// A token that is cut is a secret too: of the last class, unless it has an
// exact length, cut(n) characters are enough.
type shape struct {
	text  string // as written
	parts []part
}

type part struct {
	lit      string
	class    *class
	min, max int
	exact    bool
}

type class struct {
	in    [256]bool
	chars string
	index int // among the classes
}

const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// classes are the letters that stand for classes of characters in a shape.
var classes = map[byte]*class{
	'n': newClass(digits),
	'x': newClass(digits + "abcdef"),
	'X': newClass(digits + "ABCDEF"),
	'h': newClass(digits + "abcdefABCDEF"),
	'l': newClass(lower + digits),
	'U': newClass(upper + digits),
	'z': newClass(upper + "234567"),
	'a': newClass(lower + upper + digits),
	'w': newClass(lower + upper + digits + "_"),
	'd': newClass(lower + upper + digits + "-_"),
	'p': newClass(lower + upper + digits + "-_."),
	't': newClass(lower + upper + digits + "-_.~"),
	'b': newClass(lower + upper + digits + "+/="),
	'B': newClass(lower + upper + digits + "+/=-_"),
	'g': newClass(digits + "abcdef-"),
	'e': newClass(lower + upper + digits + "-_.~+/=%"),
	'o': newClass("ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ_"),
	'j': newClass(lower + digits + "!@#$%^&*(-_=+)"),
	'c': newClass(lower + upper + digits + "$./=,+-"),
}

// classCount is how many classes there are.
const classCount = 20

var classIndex int

func newClass(chars string) *class {
	c := &class{chars: chars, index: classIndex}
	classIndex++
	for i := 0; i < len(chars); i++ {
		c.in[chars[i]] = true
	}
	return c
}

// cut is how many characters of the last class are enough where n belong
// there.
func cut(n int) int {
	if n <= 12 {
		return n
	}
	return max(12, n*3/5)
}

// mustShape makes a shape of its text, which is part of this program.
func mustShape(text string) shape {
	s, err := parseShape(text)
	if err != nil {
		panic(err)
	}
	return s
}

func parseShape(text string) (shape, error) {
	s := shape{text: text}
	for rest := text; rest != ""; {
		i := strings.IndexByte(rest, '[')
		if i < 0 {
			i = len(rest)
		}
		if i > 0 {
			s.parts = append(s.parts, part{lit: rest[:i]})
		}
		if rest = rest[i:]; rest == "" {
			break
		}
		end := strings.IndexByte(rest, ']')
		if end < 3 || classes[rest[1]] == nil {
			return s, fmt.Errorf("shape %q: a class is [, a letter, a number, ]", text)
		}
		p := part{class: classes[rest[1]], max: 1 << 30}
		num, exact := strings.CutSuffix(rest[2:end], "!")
		lo, hi, ranged := strings.Cut(num, "-")
		var err error
		if p.min, err = strconv.Atoi(lo); err == nil && ranged {
			p.max, err = strconv.Atoi(hi)
		}
		if err != nil {
			return s, fmt.Errorf("shape %q: %w", text, err)
		}
		if p.exact = exact; exact {
			p.max = p.min
		}
		s.parts = append(s.parts, p)
		rest = rest[end+1:]
	}
	return s, nil
}

// prefix returns the literal that the shape begins with.
func (s *shape) prefix() string {
	if len(s.parts) == 0 {
		return ""
	}
	return s.parts[0].lit
}

// match returns the length of the shape at b[at], 0 if it is not there. Nothing
// is tried twice: a class takes all it can.
func (s *shape) match(b []byte, at int, e *ends) int {
	i := at
	for k := range s.parts {
		p := &s.parts[k]
		if p.class == nil {
			if len(b)-i < len(p.lit) || string(b[i:i+len(p.lit)]) != p.lit {
				return 0
			}
			i += len(p.lit)
			continue
		}
		from, last := i, k == len(s.parts)-1
		switch {
		case p.max < 1<<30:
			for limit := min(len(b), i+p.max); i < limit && p.class.in[b[i]]; {
				i++
			}
		case last:
			i = e.class(p.class, b, i)
		default:
			// Another part follows: no more than its length is taken, so that
			// the next literal is found.
			for limit := min(len(b), i+p.min); i < limit && p.class.in[b[i]]; {
				i++
			}
		}
		need := p.min
		if last && !p.exact {
			need = cut(need)
		}
		if i-from < need {
			return 0
		}
		if p.exact && last && i < len(b) && alnum(b[i]) {
			return 0
		}
	}
	return i - at
}

// example returns a text of the shape.
func (s *shape) example(r *rand.Rand) string {
	var b strings.Builder
	for _, p := range s.parts {
		if p.class == nil {
			b.WriteString(p.lit)
			continue
		}
		n := p.min
		if p.max < 1<<30 && p.max > p.min {
			n += r.IntN(p.max - p.min + 1)
		}
		from := b.Len()
		for range n {
			b.WriteByte(p.class.chars[r.IntN(len(p.class.chars))])
		}
		// Padding and dots stand nowhere but at the end.
		body := strings.Map(func(c rune) rune {
			if strings.ContainsRune("=.%~", c) {
				return '7'
			}
			return c
		}, b.String()[from:])
		if n > 0 && (body[n-1] == '-' || body[n-1] == '_') {
			body = body[:n-1] + p.class.chars[:1]
		}
		if n > 3 && !strings.ContainsAny(body, digits) {
			body = body[:1] + "58" + body[3:]
		}
		head := b.String()[:from]
		b.Reset()
		b.WriteString(head + body)
	}
	return b.String()
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
