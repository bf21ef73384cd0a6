package replay

import "strings"

// unmarked returns what an agent says without the marks of Markdown that stand
// in a reader's way: fences of code, heading marks, ** around strong text and
// backticks around code. The text inside code is left alone, and so is every
// mark that could be a part of the text, such as _ and a single *.
func unmarked(s string) string {
	if !strings.ContainsAny(s, "#*`~") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	fence := ""
	for line := range strings.Lines(s) {
		if f := fenceOf(line); f != "" && (fence == "" || strings.HasPrefix(f, fence) && strings.TrimSpace(line) == f) {
			if fence == "" {
				fence = f
			} else {
				fence = ""
			}
			continue
		}
		if fence != "" {
			b.WriteString(line)
			continue
		}
		unmarkedLine(&b, withoutHeading(line))
	}
	return b.String()
}

// fenceOf returns the mark that opens or closes a block of code, "" if the
// line is none.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " ")
	for _, c := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, c)); n >= 3 {
			return line[:n]
		}
	}
	return ""
}

func withoutHeading(line string) string {
	rest := strings.TrimLeft(line, "#")
	if n := len(line) - len(rest); n >= 1 && n <= 6 && strings.HasPrefix(rest, " ") {
		return strings.TrimLeft(rest, " ")
	}
	return line
}

// maxMarked is the longest line in which marks are looked for; what is longer
// was not written for people.
const maxMarked = 64 << 10

// unmarkedLine writes a line outside of code blocks.
func unmarkedLine(b *strings.Builder, line string) {
	for line != "" && len(line) <= maxMarked {
		i := strings.IndexAny(line, "`*")
		if i < 0 {
			break
		}
		b.WriteString(line[:i])
		line = line[i:]
		mark := line[:run(line)]
		line = line[len(mark):]
		if mark[0] == '*' && mark != "**" {
			b.WriteString(mark)
			continue
		}
		inside, after, ok := strings.Cut(line, mark)
		switch {
		case ok && mark[0] == '`' && inside != "":
			b.WriteString(inside)
			line = after
		case ok && mark == "**" && strong(inside):
			unmarkedLine(b, inside)
			line = after
		default:
			b.WriteString(mark)
		}
	}
	b.WriteString(line)
}

// run returns how often the first byte of s is repeated at its start.
func run(s string) int { return len(s) - len(strings.TrimLeft(s, s[:1])) }

// strong reports whether text between two ** is meant to be strong. In
// "2 ** 3 ** 4" it is not.
func strong(s string) bool { return s != "" && s == strings.TrimSpace(s) }
