package grep

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// calls is what an event does: the paths and the shell line of a call.
type calls struct {
	touched
	line     string
	commands []tool.Command // of line, once they are asked for
	parsed   bool
}

// calls takes apart what an event does; nil if it does nothing.
func (f *fields) calls(e event.Event, name string) *calls {
	switch {
	case e.Is("file_read", "file_write"):
		p := text(f.path)
		if p == "" {
			p = text(f.uri)
		}
		if p == "" {
			return nil
		}
		c := &calls{touched: touched{all: []string{p}}}
		if e.Is("file_read") {
			c.read = c.all
		} else {
			c.written = c.all
		}
		return c
	case e.Is("user_command"):
		return &calls{line: text(f.command), parsed: false}
	case name == "" || f.args == nil:
		return nil
	}
	t := tool.Parse(name, f.args)
	c := &calls{line: t.Line}
	c.read, c.written = t.Reads, t.Writes
	c.all = slices.Concat(t.Reads, t.Writes, t.Searches)
	return c
}

// shell takes the line apart, once.
func (c *calls) shell() []tool.Command {
	if !c.parsed && c.line != "" {
		c.commands = tool.Commands(c.line)
		for _, x := range c.commands {
			c.read = append(slices.Clip(c.read), seen(&x, x.Reads)...)
			c.written = append(slices.Clip(c.written), seen(&x, x.Writes)...)
			c.all = append(append(c.all, seen(&x, x.Reads)...), seen(&x, x.Writes)...)
		}
	}
	c.parsed = true
	return c.commands
}

// seen returns the paths of a command as they are seen from where its line
// starts.
func seen(x *tool.Command, paths []string) []string {
	list := make([]string, len(paths))
	for i, p := range paths {
		list[i] = x.From(p)
	}
	return list
}

// meets says whether a call meets the conditions of a query about paths and
// commands. cwd is taken into account if known is set.
func (c *calls) meets(q *Query, cwd string, known bool) answer {
	if c == nil {
		return no
	}
	if len(q.commands) > 0 && !slices.ContainsFunc(q.commands, c.runs) {
		return no
	}
	if q.needsDir() {
		c.shell()
	}
	return c.touched.meets(q, cwd, known)
}

func (t *touched) meets(q *Query, cwd string, known bool) answer {
	result := yes
	for _, x := range []struct {
		globs []glob
		paths []string
	}{{q.paths, t.all}, {q.reads, t.read}, {q.writes, t.written}} {
		if len(x.globs) == 0 {
			continue
		}
		switch matchAny(x.globs, x.paths, cwd, known) {
		case no:
			return no
		case open:
			result = open
		}
	}
	return result
}

// runs reports whether a pattern is in the line, or in one of its commands as
// it is written or as it is run.
func (c *calls) runs(p *pattern) bool {
	if c.line == "" {
		return false
	}
	if p.match([]byte(c.line)) {
		return true
	}
	for _, x := range c.shell() {
		if p.match([]byte(x.Text)) || p.match([]byte(strings.Join(append([]string{x.Program}, x.Args...), " "))) {
			return true
		}
	}
	return false
}

// exitCode returns the exit code that an event tells: its own, or that of the
// command whose outcome it is.
func (f *fields) exitCode() (int, bool) {
	if f.exit != nil {
		return codeOf(gjson.ParseBytes(f.exit))
	}
	r := gjson.ParseBytes(f.result)
	if r.IsObject() {
		for _, key := range []string{"exit_code", "exitCode", "returncode", "metadata.exit_code", "metadata.exit"} {
			if code, ok := codeOf(r.Get(key)); ok {
				return code, true
			}
		}
	}
	for _, raw := range [][]byte{f.err, f.message, f.result, f.content} {
		v := gjson.ParseBytes(raw)
		if v.IsObject() {
			v = v.Get("message")
		}
		if v.Type == gjson.String {
			if code, ok := tool.ExitCode(v.Str); ok {
				return code, true
			}
		}
	}
	return 0, false
}

func codeOf(v gjson.Result) (int, bool) {
	if v.Type != gjson.Number || v.Num != float64(int(v.Num)) {
		return 0, false
	}
	return int(v.Num), true
}
