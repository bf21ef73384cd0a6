package tool

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// runsWritten doubts the commands that run a file which a command before them
// in the line has written or fetched: what is in it is not told.
func runsWritten(list []command) {
	var written set
	copies := map[string]string{} // of programs, under other names
	for i := range list {
		c := &list[i]
		if own := copies[c.Program]; own != "" && strings.Contains(c.word, "/") {
			c.MayRun = append(c.MayRun, own+" "+strings.Join(quotedAll(c.Args), " "))
		}
		if has("cp gcp mv gmv ln install", c.Program) && len(c.Reads)+len(c.MayRead) < 16 {
			for _, from := range append(slices.Clip(c.Reads), c.MayRead...) {
				for _, to := range append(slices.Clip(c.Writes), c.MayWrite...) {
					if a, b := path.Base(from), path.Base(to); a != b && len(copies) < maxVars {
						copies[b] = a
					}
				}
			}
		}
		if len(written.list) > 0 {
			files := []string{}
			if strings.Contains(c.word, "/") {
				files = append(files, c.word)
			}
			if _, ok := inlined()[version(c.Program)]; ok || shells[c.Program] || has("source . make gmake", c.Program) {
				files = append(files, c.Reads...)
			}
			if c.Program == "make" || c.Program == "gmake" {
				files = append(files, c.MayRead...)
			}
			for _, f := range files {
				if slices.Contains(written.list, path.Base(f)) {
					c.doubt(DoubtProgram)
				}
			}
		}
		wrote := c.Writes[:min(c.direct, len(c.Writes))]
		if has("tee dd curl wget sponge base64 xxd", c.Program) {
			wrote = c.Writes
		}
		for _, f := range wrote {
			written.add(path.Base(f))
		}
	}
}

func quotedAll(list []string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = quote(x)
	}
	return out
}

// feeds tells what a shell on another machine is given to read: ssh HOST bash
// -s <<EOF. It reports whether the line there is such a shell.
func (w *walker) feeds(c, before *command, line string, in place) bool {
	words := strings.Fields(line)
	if len(words) == 0 || slices.Contains(words, "-c") {
		return false
	}
	_, ok := inlined()[version(base(words[0]))]
	switch {
	case !ok && !shells[base(words[0])]:
		return false
	case shells[base(words[0])] && c.stdin != "":
		w.sub(c.stdin, true, nil, c, place{inner: in.inner})
		return true
	case c.stdin != "" || in.piped || len(before.Reads) > 0:
		c.Program, c.word = base(words[0]), words[0]
		c.doubt(DoubtProgram)
		c.Layers = append(slices.Clip(c.Layers), words)
		w.emit(c)
		return true
	}
	return false
}

// commentEnds blanks the backslashes before the ends of lines that end
// comments: to a shell they are a part of the comment, to the parser they take
// the next line into the command before it. It reports whether it could.
func commentEnds(src string) (string, bool) {
	if !strings.Contains(src, "#") || !strings.Contains(src, "\\\n") {
		return src, true
	}
	for range 64 {
		var at []int
		f, err := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true)).Parse(strings.NewReader(src), "")
		if err != nil {
			return src, true // which is found again
		}
		syntax.Walk(f, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.Comment); ok {
				from := int(c.Hash.Offset())
				if end := strings.IndexByte(src[min(from, len(src)):], '\n'); end > 0 && src[from+end-1] == '\\' {
					at = append(at, from+end-1)
				}
			}
			return true
		})
		if len(at) == 0 {
			return src, true
		}
		b := []byte(src)
		for _, i := range at {
			b[i] = ' '
		}
		src = string(b)
	}
	return src, false
}
