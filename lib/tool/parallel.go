package tool

import (
	"slices"
	"strings"
)

// maxArguments limits how many arguments of parallel are looked at.
const maxArguments = 256

// parallel reads what GNU parallel runs: a line, once for each argument after
// :::, or the arguments as lines. It reports whether it did; what is left is
// read as xargs is.
func (w *walker) parallel(c *command, words []word, in place) bool {
	if c.Program != "parallel" || slices.ContainsFunc(words, func(x word) bool { return has("--version --help --citation", x.text) }) {
		return false
	}
	i := 1
	for i < len(words) && len(words[i].text) > 1 && words[i].text[0] == '-' {
		opt, _, joined := option(words[i].text)
		if i++; opt == "--" {
			break
		}
		if !joined && has(wrappers()["parallel"].values, opt) {
			if i < len(words) && has("-a --arg-file", opt) {
				c.reads(words[i])
			}
			i++
		}
	}
	rest := words[min(i, len(words)):]
	k := slices.IndexFunc(rest, func(x word) bool { return strings.HasPrefix(x.text, ":::") })
	var args []word
	known := k >= 0
	if k >= 0 {
		for _, x := range rest[k:] {
			switch {
			case strings.HasPrefix(x.text, "::::"):
				known = false
			case !strings.HasPrefix(x.text, ":::"):
				args = append(args, x)
				known = known && x.known && !x.glob
			}
		}
		rest = rest[:k]
	} else if c.input != nil && c.input.globs == nil {
		for line := range strings.Lines(c.input.text) {
			args = append(args, word{text: strings.TrimSuffix(line, "\n"), known: true})
		}
		known = true
	}
	all := len(args) <= maxArguments
	args = args[:min(len(args), maxArguments)]
	line := join(rest)
	if k < 0 && !known && (len(rest) > 1 || len(rest) == 1 && !strings.ContainsAny(line.text, " \t")) {
		return false
	}
	c.through(c.Program, words)
	if len(rest) == 0 {
		for _, a := range args {
			one := *c
			w.sub(a.text, a.known, nil, &one, in)
		}
		if !known || !all {
			c.doubt(DoubtProgram)
			w.emit(c)
		}
		return true
	}
	if len(c.Reads) > 0 {
		one := *c
		one.Program, one.word = "", "" // for its list of arguments
		w.emit(&one)
		c.Reads = nil
	}
	if !known || !all {
		one := *c
		one.more = true
		w.sub(line.text, line.known, nil, &one, in)
	}
	for _, a := range args {
		one := *c
		one.more = c.more || !a.known
		w.sub(filledIn(line.text, a), line.known, nil, &one, in)
	}
	return true
}

// filledIn returns the line of a template and an argument.
func filledIn(line string, a word) string {
	text := a.text
	if a.known && !a.glob {
		text = quote(text)
	}
	out := line
	for _, p := range []string{"{}", "{1}", "{.}", "{/}", "{//}", "{/.}"} {
		out = strings.ReplaceAll(out, p, text)
	}
	if out == line {
		out += " " + text
	}
	return out
}
