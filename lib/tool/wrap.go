package tool

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// next is what a wrapper starts: words, or a line of a shell.
type next struct {
	words []word
	line  *word
}

// look looks through one wrapper. It returns nothing if the program is none,
// or starts nothing this time.
func look(c *command, words []word) (n next) {
	name := c.Program
	if strings.HasPrefix(name, "ld-linux") || strings.HasPrefix(name, "ld-musl") || strings.HasPrefix(name, "ld64.so") {
		name = "ld.so"
	}
	wr, ok := wrappers()[name]
	i := 1
	all := words
	if !ok {
		// The subcommand may follow options: uv --quiet run.
		for k := 1; k < len(words) && k < 8 && !ok; k++ {
			if words[k].known && !strings.HasPrefix(words[k].text, "-") {
				name = c.Program + " " + words[k].text
				if wr, ok = wrappers()[name]; !ok && k+1 < len(words) {
					name += " " + words[k+1].text
					if wr, ok = wrappers()[name]; ok {
						k++
					}
				}
				i = k + 1
			}
		}
		if !ok {
			return next{}
		}
	}
	label := name
	module := false
	for i < len(words) {
		x := words[i].text
		if x == "--" {
			i++
			break
		}
		if wr.sets && assignment(x) {
			name, val, _ := strings.Cut(x, "=")
			c.setting(name, word{text: val, known: words[i].known})
			if loaded[name] && name != "NODE_OPTIONS" {
				c.doubt(DoubtProgram)
			}
			i++
			continue
		}
		if has(wr.none, x) {
			return next{}
		}
		if len(x) < 2 || x[0] != '-' {
			break
		}
		opt, val, joined := option(x)
		switch {
		case name == "uv run" && (x == "-m" || x == "--module"):
			module = true
			i++
		case name == "nix develop" && (x == "-c" || x == "--command"):
			wr.skip = 0
			i++
			words, i = words[i:], 0
			return started(c, wr, label, all, words)
		case name == "docker run" && opt == "--entrypoint":
			entry := word{text: val, known: words[i].known}
			if i++; !joined && i < len(words) {
				entry = words[i]
				i++
			}
			defer func() {
				if len(n.words) > 0 {
					n.words = append([]word{entry}, n.words...)
				} else {
					n = started(c, wr, label, all, []word{entry})
					c.Remote = true
				}
			}()
		case has(wr.line, opt) || has(wr.line, "-"+x[len(x)-1:]) && x[1] != '-':
			if !joined {
				if i+1 >= len(words) {
					return next{}
				}
				val = words[i+1].text
				i++
			}
			started(c, wr, label, all, nil)
			line := word{text: val, known: words[i].known}
			if name == "env" && i+1 < len(words) { // which takes the line apart, and adds the rest
				line.text += " " + quoted(words[i+1:])
			}
			return next{line: &line}
		case joined:
			i++
			if has(wr.keep, opt) {
				label += " " + opt + " " + val
			}
		case has(wr.values, opt) || x[1] != '-' && has(wr.values, "-"+x[len(x)-1:]):
			if has(wr.keep, opt) && i+1 < len(words) {
				label += " " + opt + " " + words[i+1].text
			}
			i += 2
		default:
			i++
		}
	}
	if has("proxychains proxychains4 torsocks torify tsocks", name) && i < len(words) {
		c.doubt(DoubtHost)
	}
	if wr.after {
		k := i
		for k < len(words) && words[k].text != "--" {
			k++
		}
		if k == len(words) && strings.HasSuffix(name, " exec") {
			k = i // kubectl exec POD COMMAND, of old
		}
		i = k + 1
	}
	switch {
	case name == "dotenv" && i+1 < len(words) && words[i].text == "run":
		if i++; words[i].text == "--" {
			i++
		}
	case name == "runuser" && i < len(words) && !slices.ContainsFunc(words[:i], func(x word) bool { return has("-u --user", x.text) }):
		wr.skip = 1 << 20 // like su
	case name == "nix shell":
		for i < len(words) && !has("-c --command", words[i].text) {
			i++
		}
		i++
	}
	if wr.skip > 0 {
		// Some take a line after their operands: su USER -c LINE.
		for k := i; k+1 < len(words) && wr.line != ""; k++ {
			if has(wr.line, words[k].text) {
				started(c, wr, label, all, nil)
				return next{line: &words[k+1]}
			}
		}
		i += wr.skip
	}
	if i >= len(words) {
		return next{}
	}
	rest := words[i:]
	if wr.skip == 1 && rest[0].text == "--" && len(rest) > 1 {
		rest = rest[1:]
	}
	c.Remote = c.Remote || wr.remote
	if module {
		rest = append([]word{{text: "python", known: true}, {text: "-m", known: true}}, rest...)
	}
	if wr.joins || wr.each || wr.either && len(rest) == 1 {
		line := join(rest)
		if wr.each {
			line.text = ""
			for _, x := range rest {
				line.text += x.text + "\n"
			}
		}
		started(c, wr, label, all, nil)
		return next{line: &line}
	}
	return started(c, wr, label, all, rest)
}

// join joins words to a line, as eval does.
func join(words []word) word {
	var b strings.Builder
	known := true
	for k, x := range words {
		if k > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(x.text)
		known = known && x.known
	}
	return word{text: b.String(), known: known}
}

// started notes the wrapper in the command that it starts.
func started(c *command, wr wrapper, label string, all, rest []word) next {
	c.through(c.Program, all)
	if len(rest) <= len(all) {
		c.chdir(all[:len(all)-len(rest)])
	}
	if wr.way {
		c.runner(label, all[:len(all)-min(len(all), len(rest))])
		c.way = append(c.way[:len(c.way):len(c.way)], label)
	}
	if wr.stdin && len(rest) > 0 && len(rest) <= len(all) {
		rest = c.given(all, rest)
	}
	return next{words: rest}
}

// option takes an option apart: --name=value, or -n with its value joined.
func option(x string) (opt, val string, joined bool) {
	if strings.HasPrefix(x, "--") {
		opt, val, joined = strings.Cut(x, "=")
		return opt, val, joined
	}
	return x, "", false
}

func assignment(x string) bool {
	name, _, ok := strings.Cut(x, "=")
	return ok && syntax.ValidName(name)
}

// has reports whether a list of words has the word.
func has(list, x string) bool {
	for len(list) > 0 {
		w, rest, _ := strings.Cut(list, " ")
		if w == x {
			return x != ""
		}
		list = rest
	}
	return false
}

// chdir notes the directory that a wrapper changes to: env -C.
func (c *command) chdir(words []word) {
	file := word{}
	for i, x := range words {
		opt, val, joined := option(x.text)
		if next := (word{text: val, known: x.known}); i > 0 {
			if !joined && i+1 < len(words) {
				next = words[i+1]
			}
			switch {
			case has("strace ltrace time gtime perf", c.Program) && has("-o --output", opt), opt == "--log-file" && c.Program == "valgrind":
				c.writes(next)
			case has("--env-file --with-requirements --config-file", opt), has("dotenv dotenvx", c.Program) && has("-f -e --file", opt):
				file = next
				c.reads(next)
			}
		}
		if i > 0 && (has("--chdir --cwd --directory", opt) || opt == "-C" && c.Program == "env" || opt == "-D" && c.Program == "sudo") {
			if !joined && i+1 < len(words) {
				val = words[i+1].text
			}
			c.place = below(c.place, val)
		}
	}
	if has("dotenv dotenvx", c.Program) && file.text == "" && len(words) > 0 {
		c.reads(word{text: ".env", known: true})
	}
}
