package policy

import "strings"

// overlaps reports whether some path matches both patterns. Sets in brackets
// count as any character, braces as any text. hidden says whether * of the
// first pattern matches a name that begins with a dot: in a shell it does not.
func overlaps(a, b string, hidden bool) bool {
	return segments(split(a), split(b), hidden, map[[2]int]bool{})
}

func split(p string) []string { return strings.Split(strings.Trim(p, "/"), "/") }

func segments(a, b []string, hidden bool, seen map[[2]int]bool) bool {
	key := [2]int{len(a), len(b)}
	if seen[key] {
		return false // it was tried, and has failed or is being tried
	}
	seen[key] = true
	switch {
	case len(a) == 0 && len(b) == 0:
		return true
	case len(a) > 0 && a[0] == "**":
		if segments(a[1:], b, hidden, seen) {
			return true
		}
		return len(b) > 0 && segments(a, b[1:], hidden, seen)
	case len(b) > 0 && b[0] == "**":
		if segments(a, b[1:], hidden, seen) {
			return true
		}
		return len(a) > 0 && segments(a[1:], b, hidden, seen)
	case len(a) == 0 || len(b) == 0:
		return false
	}
	if !hidden && strings.HasPrefix(b[0], ".") && wild(a[0][:min(1, len(a[0]))]) {
		return false
	}
	return chars(tokens(a[0]), tokens(b[0])) && segments(a[1:], b[1:], hidden, seen)
}

func wild(s string) bool { return strings.ContainsAny(s, "*?[") }

const (
	star rune = -1
	any1 rune = -2
)

// tokens reads a component: characters, star and any1.
func tokens(s string) []rune {
	var out []rune
	r := []rune(s)
	for i := 0; i < len(r); i++ {
		switch r[i] {
		case '\\':
			if i+1 < len(r) {
				i++
				out = append(out, r[i])
			}
		case '*':
			out = append(out, star)
		case '?':
			out = append(out, any1)
		case '[':
			j := i + 1
			for j < len(r) && (r[j] == '!' || r[j] == '^') {
				j++
			}
			if j < len(r) && r[j] == ']' {
				j++ // the first is one of the set
			}
			for j < len(r) && r[j] != ']' {
				if r[j] == '[' && j+1 < len(r) && r[j+1] == ':' {
					for j += 2; j < len(r) && r[j] != ']'; { // [[:alpha:]]
						j++
					}
				}
				j++
			}
			if j < len(r) {
				i = j
				out = append(out, any1)
			} else {
				out = append(out, '[')
			}
		case '{', '@', '+', '!':
			open, close := '{', '}'
			j := i
			if r[i] != '{' {
				if i+1 >= len(r) || r[i+1] != '(' {
					out = append(out, r[i])
					continue
				}
				open, close, j = '(', ')', i+1
			}
			depth := 0
			for ; j < len(r); j++ {
				if r[j] == open {
					depth++
				} else if r[j] == close {
					if depth--; depth == 0 {
						break
					}
				}
			}
			if j < len(r) {
				i = j
				out = append(out, star)
			} else {
				out = append(out, r[i])
			}
		default:
			out = append(out, r[i])
		}
	}
	return out
}

// chars reports whether two components have a name in common. It fills a table
// of len(a) x len(b).
func chars(a, b []rune) bool {
	if len(a) > 512 || len(b) > 512 {
		return true
	}
	now := make([]bool, len(b)+1)
	for i := range len(a) + 1 {
		next := make([]bool, len(b)+1)
		for j := range len(b) + 1 {
			switch {
			case i == 0 && j == 0:
				next[j] = true
			case i > 0 && a[i-1] == star && (now[j] || j > 0 && next[j-1]):
				next[j] = true
			case j > 0 && b[j-1] == star && (next[j-1] || i > 0 && now[j]):
				next[j] = true
			case i > 0 && j > 0 && a[i-1] != star && b[j-1] != star:
				next[j] = now[j-1] && (a[i-1] == b[j-1] || a[i-1] == any1 || b[j-1] == any1)
			}
		}
		now = next
	}
	return now[len(b)]
}

// sample returns a path that a pattern of a shell matches, made of names that
// nobody uses.
func sample(glob string) string {
	var b strings.Builder
	for i, seg := range split(glob) {
		if i > 0 {
			b.WriteByte('/')
		}
		for _, t := range tokens(seg) {
			switch t {
			case star:
				b.WriteString("any_name")
			case any1:
				b.WriteByte('x')
			default:
				b.WriteRune(t)
			}
		}
	}
	return b.String()
}
