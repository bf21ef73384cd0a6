package tool

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"mvdan.cc/sh/v3/syntax"
)

// find tells the find, and what it is told to run on the files.
func (w *walker) find(c *command, words []word, in place) {
	c.args(words)
	c.operands(words)
	if len(c.Via) >= maxWrappers {
		c.doubt(DoubtProgram)
		w.emit(c)
		return
	}
	w.emit(c)
	found := under(c, words)
	for i := 1; i < len(words); i++ {
		switch words[i].text {
		case "-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch":
			end := i + 1
			for end < len(words) && words[end].text != ";" && words[end].text != "+" {
				end++
			}
			if end > i+1 {
				inner := &command{piped: c.piped, inner: c.inner, way: c.way, found: found, links: c.links}
				inner.Text, inner.Via, inner.Span, inner.Dirs, inner.MayDirs = c.Text, c.Via, c.Span, c.Dirs, c.MayDirs
				inner.Layers = c.Layers[:len(c.Layers)-1]
				inner.Doubt = c.Doubt & DoubtDir
				inner.through(c.Program, words)
				run := words[i+1 : end]
				if c.Program != "find" && !slices.ContainsFunc(run, func(x word) bool { return strings.Contains(x.text, "{") }) {
					run = append(slices.Clip(run), word{text: "{}", known: true}) // fd adds it
				}
				w.run(inner, run, place{inner: in.inner})
			}
			i = end
		}
	}
}

// finds returns patterns of the files that a find finds, nil if they are not
// known.
func finds(c *command, words []word) []string {
	var starts, names []string
	if c.Program != "find" {
		return nil
	}
	for i := 1; i < len(words); i++ {
		x := words[i]
		switch {
		case has("-name -iname", x.text) && i+1 < len(words):
			if !words[i+1].known {
				return nil
			}
			names = append(names, words[i+1].text)
			i++
		case strings.HasPrefix(x.text, "-") || x.text == "(" || x.text == "!" || x.text == "\\(":
			if has("-L -H -P", x.text) {
				continue
			}
			if has("-path -ipath -wholename -regex -iregex -newer -type -maxdepth -mindepth -size -mtime -perm -user", x.text) {
				i++
			}
			if has("-not ! -files0-from", x.text) {
				return nil
			}
		case len(names) == 0 && (i == 1 || !strings.HasPrefix(words[i-1].text, "-") || has("-L -H -P", words[i-1].text)):
			if !x.known {
				return nil
			}
			starts = append(starts, x.text)
		}
	}
	if len(starts) == 0 {
		starts = []string{"."}
	}
	if len(names) == 0 {
		return nil
	}
	var out []string
	for _, s := range starts {
		for _, n := range names {
			out = append(out, strings.TrimSuffix(s, "/")+"/**/"+n)
		}
	}
	return out
}

// under is finds for what a find does more than to list: of one that finds all
// sorts of files in directories that it names, these are the patterns, unless it
// is the directory where it runs.
func under(c *command, words []word) []string {
	if found := finds(c, words); found != nil || c.Program != "find" {
		return found
	}
	var out []string
	for _, x := range words[1:] {
		if has("-L -H -P", x.text) {
			continue
		}
		if strings.HasPrefix(x.text, "-") || has("( !", x.text) {
			break
		}
		if !x.known || x.glob || below("", x.text) == "" || strings.HasPrefix(below("", x.text), "..") {
			return nil
		}
		out = append(out, strings.TrimSuffix(x.text, "/"), strings.TrimSuffix(x.text, "/")+"/**/*")
	}
	return out
}

// given adds to the words of a program those that xargs reads, if they are
// known.
func (c *command) given(all, rest []word) []word {
	token := ""
	if c.input == nil && c.stdin != "" && !strings.ContainsAny(c.stdin, "$`") {
		c.input = &stdin{text: c.stdin}
	}
	for i, x := range all[:len(all)-len(rest)] {
		if has("-a --arg-file", x.text) && i+1 < len(all) {
			c.reads(all[i+1])
		} else if f, ok := strings.CutPrefix(x.text, "--arg-file="); ok {
			c.reads(word{text: f, known: x.known})
		}
		if t, ok := strings.CutPrefix(x.text, "-I"); ok {
			token = t
			if t == "" {
				token = "{}"
			}
		}
	}
	for i, x := range all[:len(all)-len(rest)] {
		if x.text == "-I" && i+1 < len(all) {
			token = all[i+1].text
		}
	}
	switch {
	case c.input == nil:
		c.more = true
	case c.input.globs != nil:
		c.found = c.input.globs
		if token == "" {
			return append(slices.Clip(rest), word{text: "{}", known: true})
		}
		c.more = token != "{}"
	default:
		var words []word
		for _, f := range strings.FieldsFunc(c.input.text, func(r rune) bool { return r == 0 || unicode.IsSpace(r) }) {
			words = append(words, word{text: f, known: true})
		}
		if token == "" {
			return append(slices.Clip(rest), words...)
		}
		out := slices.Clone(rest)
		for i := range out {
			out[i].text = strings.ReplaceAll(out[i].text, token, strings.TrimSpace(c.input.text))
		}
		return out
	}
	return rest
}

// prints returns what a statement prints, nil if it is not known. It looks
// through a few pipes at most.
func (w *walker) prints(s *syntax.Stmt, pipes int) *stdin {
	if s == nil || pipes > 4 {
		return nil
	}
	if len(s.Redirs) > 0 {
		return w.fed(s)
	}
	switch x := s.Cmd.(type) {
	case *syntax.BinaryCmd:
		if x.Op != syntax.Pipe {
			return nil
		}
		in := w.prints(x.X, pipes+1)
		if in == nil || in.globs != nil || x.Y == nil || len(x.Y.Redirs) > 0 {
			return nil
		}
		call, ok := x.Y.Cmd.(*syntax.CallExpr)
		if !ok {
			return nil
		}
		return passed(call, in.text)
	case *syntax.CallExpr:
		list := w.variants(x.Args)
		if len(list) != 1 || len(list[0]) == 0 {
			return nil
		}
		words := list[0]
		if words[0].text == "find" {
			c := &command{}
			c.Program = "find"
			for _, x := range words {
				if strings.HasPrefix(x.text, "-exec") || x.text == "-delete" || x.text == "-printf" {
					return nil
				}
			}
			if globs := under(c, words); globs != nil {
				return &stdin{globs: globs}
			}
			return nil
		}
		if globs := listed(words); globs != nil {
			return &stdin{globs: globs}
		}
		if text, ok := echoed(words); ok {
			return &stdin{text: text}
		}
	}
	return nil
}

// fed returns what a command prints that passes on its here-document, nil if
// that is not known.
func (w *walker) fed(s *syntax.Stmt) *stdin {
	x, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(s.Redirs) != 1 {
		return nil
	}
	text := ""
	switch r := s.Redirs[0]; {
	case r.Hdoc != nil:
		text = w.hereDoc(r.Hdoc)
	case r.Op == syntax.WordHdoc:
		v := w.word(r.Word)
		if !v.known {
			return nil
		}
		text = v.text
	}
	if text == "" || strings.ContainsAny(text, "$`") {
		return nil
	}
	return passed(x, text)
}

// passed returns what a command prints that is given a text, nil if that is not
// known.
func passed(call *syntax.CallExpr, text string) *stdin {
	var words []string
	for _, a := range call.Args {
		words = append(words, a.Lit())
	}
	switch strings.Join(words, " ") {
	case "cat":
		return &stdin{text: text}
	case "rev":
		b := []rune(strings.TrimSuffix(text, "\n"))
		slices.Reverse(b)
		return &stdin{text: string(b)}
	case "base64 -d", "base64 --decode", "base64 -D", "openssl base64 -d", "openssl enc -d -base64":
		if b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
			return &stdin{text: string(b)}
		}
	case "xxd -r -p":
		if b, err := hex.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
			return &stdin{text: string(b)}
		}
	}
	return nil
}

// listed returns the patterns of the files that ls lists by their paths, nil
// if it lists others, too.
func listed(words []word) (globs []string) {
	if words[0].text != "ls" {
		return nil
	}
	for _, x := range words[1:] {
		switch {
		case has("-1 -d -t -1t -tr -1d", x.text):
		case !x.glob || !x.known || !strings.Contains(base(x.text), "*."): // may be a directory
			return nil
		default:
			globs = append(globs, x.text)
		}
	}
	return globs
}
