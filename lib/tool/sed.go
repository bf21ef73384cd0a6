package tool

import "strings"

// sed tells what the scripts of a sed command read, write and run beside the
// files that it is given.
func (c *command) sed(words []word) {
	p, any := programs()["sed"], false
	for _, x := range p.valuesOf(words, "-e --expression") {
		any = true
		c.sedScript(x)
	}
	if any || len(p.valuesOf(words, "-f --file")) > 0 {
		return
	}
	if ops := p.split(words, "sed"); len(ops.operands) > 0 {
		first := ops.operands[0]
		if ops.writes && first.text == "" && len(ops.operands) > 1 {
			first = ops.operands[1] // sed -i '' on BSD systems
		}
		c.sedScript(first)
	}
}

// sedScript reads the commands of a script: r, R, w, W and e, and the flags w
// and e of s. What it cannot read it leaves.
func (c *command) sedScript(x word) {
	s := x.text
	file := func(s string) (word, string) {
		name, rest, _ := strings.Cut(s, "\n")
		return word{text: strings.TrimSpace(name), known: x.known}, rest
	}
	for s != "" {
		s = strings.TrimLeft(s, " \t\n;{}")
		s = sedAddress(s)
		if s == "" {
			return
		}
		cmd := s[0]
		s = s[1:]
		var f word
		switch cmd {
		case 's', 'y':
			if s == "" {
				return
			}
			d := s[0]
			s = sedUntil(sedUntil(s[1:], d), d)
			for cmd == 's' && s != "" && strings.IndexByte("gpiIemMw0123456789", s[0]) >= 0 {
				flag := s[0]
				s = s[1:]
				if flag == 'e' {
					c.doubt(DoubtProgram)
				}
				if flag == 'w' {
					f, s = file(s)
					c.writes(f)
				}
			}
		case 'r', 'R':
			f, s = file(s)
			c.reads(f)
		case 'w', 'W':
			f, s = file(s)
			c.writes(f)
		case 'e':
			c.doubt(DoubtProgram)
			var line string
			line, s, _ = strings.Cut(s, "\n")
			c.runs(line)
		case 'a', 'i', 'c', '#', ':':
			for {
				line, rest, more := strings.Cut(s, "\n")
				if s = rest; !more || !strings.HasSuffix(line, "\\") || cmd == '#' || cmd == ':' {
					break
				}
			}
		case 'b', 't', 'T':
			s = s[min(len(s), len(s)-len(strings.TrimLeft(s, " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"))):]
		}
	}
}

// sedAddress returns what follows the addresses of a command.
func sedAddress(s string) string {
	for s != "" {
		switch {
		case s[0] == '/':
			s = sedUntil(s[1:], '/')
		case s[0] == '\\' && len(s) > 1:
			s = sedUntil(s[2:], s[1])
		case strings.IndexByte("0123456789$,!~+IM \t", s[0]) >= 0:
			s = s[1:]
		default:
			return s
		}
	}
	return s
}

// sedUntil returns what follows the delimiter d, which a backslash escapes and
// a set in brackets hides.
func sedUntil(s string, d byte) string {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case d:
			return s[i+1:]
		case '[':
			k := strings.IndexByte(s[min(i+2, len(s)):], ']')
			if n := strings.IndexByte(s[i:], d); k >= 0 && n >= 0 && n < k+2 && strings.IndexByte(s[i+k+2:], d) >= 0 {
				i += k + 2
			}
		}
	}
	return ""
}

// awk tells what an awk program does beside printing.
func (c *command) awk(words []word) {
	for _, x := range words[1:] {
		if awkActs(x.text) {
			c.source("awk", x)
		}
	}
}

// awkActs reports whether a program of awk runs something, or reads or writes
// what it names itself.
func awkActs(src string) bool {
	var b strings.Builder // without strings and regular expressions
	last := byte('(')
	for i := 0; i < len(src); i++ {
		ch := src[i]
		if ch == '"' || ch == '/' && strings.IndexByte("(,{;!~&|=\n}", last) >= 0 {
			k := i + 1
			for k < len(src) && src[k] != ch {
				if src[k] == '\\' {
					k++
				}
				k++
			}
			if strings.Contains(src[i:min(k, len(src))], "/inet/") {
				return true
			}
			i, last = k, '"'
			b.WriteString(" S ")
			continue
		}
		if ch != ' ' && ch != '\t' {
			last = ch
		}
		b.WriteByte(ch)
	}
	s := strings.ReplaceAll(b.String(), "||", " ")
	for _, k := range []string{"system", "getline", "|", "@include", "@load", "ARGV["} {
		if k == "system" && !strings.Contains(s, "{") {
			continue // no program
		}
		if strings.Contains(s, k) && (strings.Contains(s, "{") || k[0] == '@') {
			return true
		}
	}
	// In print a > b the sign is a redirection, unless it stands in brackets.
	for rest := s; ; {
		i := strings.Index(rest, "print")
		if i < 0 {
			return false
		}
		rest = rest[i+len("print"):]
		depth := 0
		for _, ch := range []byte(rest) {
			switch ch {
			case '(', '[':
				depth++
			case ')', ']':
				depth--
			case '>':
				if depth <= 0 {
					return true
				}
			}
			if ch == ';' || ch == '}' {
				break
			}
		}
	}
}
