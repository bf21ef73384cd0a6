package phase

import (
	"fmt"
	"strings"
	"time"

	"agenttrace/lib/text"
)

// open is a phase that is not over.
type open struct {
	number    int
	title     string // of the prompt, "" if it begins with none
	about     string // event_id of its first event, as it stands in the line, without quotes
	class     class  // what the agent is doing: none as long as there is no telling
	leadIn    int    // how many looks may come before what they were for
	start     int64
	end       int64
	timed     bool
	events    int
	calls     [classes]tally
	read      files
	written   files
	commands  []Command
	retries   int
	wasted    int64
	labels    []string // of the calls of the class, in order
	lastLoose bool     // the last that happened is that the model's API failed
}

// tally is what is known of the attempts of one class in a phase.
type tally struct {
	calls       int
	failed      int
	lastFailed  int    // number of the event that told of the last failure
	lastSuccess int    // number of the last call that succeeded
	way         string // of the last that failed
}

// unrecovered reports whether a failure was the last word: no attempt that
// began after it succeeded.
func (t *tally) unrecovered() bool { return t.lastFailed > t.lastSuccess && t.failed > 0 }

// files are file names, each once, in order.
type files struct {
	list []string
	seen map[string]struct{} // once there are many
}

func (f *files) add(p string) {
	if p == "" {
		return
	}
	if f.seen == nil {
		for _, q := range f.list {
			if p == q {
				return
			}
		}
		if f.list = append(f.list, p); len(f.list) > 16 {
			f.seen = make(map[string]struct{}, 2*len(f.list))
			for _, q := range f.list {
				f.seen[q] = struct{}{}
			}
		}
		return
	}
	if _, ok := f.seen[p]; !ok {
		f.seen[p] = struct{}{}
		f.list = append(f.list, p)
	}
}

// take adds a fact to the phase.
func (p *open) take(f *fact) {
	p.events++
	if f.work && f.timed {
		if !p.timed {
			p.timed, p.start, p.end = true, f.ns, f.ns
		}
		p.end = max(p.end, f.ns)
	}
	switch f.kind {
	case saying:
		p.lastLoose = false
	case calling:
		p.lastLoose = false
		p.call(f.call)
	case ending:
		p.lastLoose = f.loose
		p.wasted += f.wasted
	case reading:
		p.read.add(f.path)
	case writing:
		p.written.add(f.path)
	}
}

func (p *open) call(c *call) {
	c.phase = p
	p.wasted += c.wasted
	p.calls[c.class].calls++
	if c.retry {
		p.retries++
	}
	if c.shell {
		p.commands = append(p.commands, Command{Line: c.line, Event: c.number, Retry: c.retry})
		c.commands = len(p.commands)
	}
	if p.class == none || p.class.weak() && c.class.strong() || p.class == lint && same(test, c.class) || p.class == lint && same(build, c.class) {
		p.class = c.class
	}
	for l := range strings.SplitSeq(c.label, "\x00") {
		p.label(c.class, l)
	}
	if c.done {
		p.settle(c)
	}
}

// maxLabels is how many different words for the title are kept.
const maxLabels = 64

func (p *open) label(c class, l string) {
	if l == "" || len(p.labels) >= maxLabels {
		return
	}
	l = string(rune('A'+c)) + l
	for _, have := range p.labels {
		if have == l {
			return
		}
	}
	p.labels = append(p.labels, l)
}

// settle takes in the outcome of a call of the phase.
func (p *open) settle(c *call) {
	t := &p.calls[c.class]
	switch {
	case c.broken:
		return
	case c.failed:
		t.failed++
		t.lastFailed = max(t.lastFailed, c.outcome)
		t.way = c.way
		if c.commands > 0 {
			p.commands[c.commands-1].Failed = true
		}
		return
	}
	t.lastSuccess = max(t.lastSuccess, c.number)
	p.touch(c)
}

// touch adds the files of a call that did not fail.
func (p *open) touch(c *call) {
	for _, f := range c.reads {
		p.read.add(f)
	}
	for _, f := range c.writes {
		p.written.add(f)
	}
	c.reads, c.writes = nil, nil
}

// stuck reports whether what the agent is doing failed the last time.
func (p *open) stuck() bool { return p.class.strong() && p.calls[p.class].unrecovered() }

// main returns what the phase was: the class of its activity, of looking
// around that which there was most of.
func (p *open) main() class {
	if !p.class.weak() {
		return p.class
	}
	looks := p.calls[look].calls + p.calls[history].calls
	switch {
	case p.calls[web].calls >= max(looks, p.calls[run].calls) && p.calls[web].calls > 0:
		return web
	case p.calls[run].calls > looks:
		return run
	}
	return look
}

// failed reports whether the phase ended with a failure.
func (p *open) failed() bool {
	if p.lastLoose {
		return true
	}
	switch m := p.main(); m {
	case none:
		return false
	case look, web:
		// That nothing was found is an answer, too; only if there was none at
		// all, looking failed.
		n, failed := 0, 0
		for _, c := range []class{look, history, web} {
			n += p.calls[c].calls
			failed += p.calls[c].failed
		}
		return failed > 0 && failed == n
	default:
		return p.calls[m].unrecovered()
	}
}

// titleWidth is how much of a prompt is shown, in columns.
const titleWidth = 50

// promptTitle returns the first line of a prompt that is not blank, cut.
func promptTitle(prompt string) string {
	for l := range strings.Lines(shorten(strings.TrimSpace(prompt))) {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			return text.Cut(l, titleWidth)
		}
	}
	return ""
}

// name returns the title of the phase.
func (p *open) name() string {
	if p.title != "" {
		return p.title
	}
	m := p.main()
	var labels []string
	for _, l := range p.labels {
		if l[0] == byte('A'+m) {
			labels = append(labels, l[1:])
		}
	}
	switch m {
	case test:
		return "run tests"
	case install:
		return "install packages"
	case vcs:
		if len(labels) == 0 {
			return "version control"
		}
		return verbTitle(labels)
	case edit:
		switch n := len(p.written.list); n {
		case 0:
			return "edit"
		case 1:
			return text.Cut("edit "+baseName(p.written.list[0]), titleWidth)
		default:
			return fmt.Sprintf("edit %d files", n)
		}
	case agent:
		if len(labels) == 1 {
			return text.Cut("subagent: "+strings.Join(strings.Fields(labels[0]), " "), titleWidth)
		}
		return text.Count(p.calls[agent].calls, "subagent")
	case mcp:
		return text.Cut("use "+verbTitle(labels), titleWidth)
	case web:
		return "web research"
	case run:
		if len(labels) == 1 {
			return text.Cut("run "+labels[0], titleWidth)
		}
		return "run commands"
	case look:
		return "explore"
	case none:
		return "work"
	}
	return intents[m] // build, lint
}

// record makes the record of a phase that is over.
func (p *open) record(s *Session) *Phase {
	r := &Phase{
		Session: s, Number: p.number, Title: p.name(), Intent: intents[p.main()], Failed: p.failed(), About: p.about,
		Timed: p.timed, Start: p.start, End: p.end, Events: p.events,
		FilesRead: p.read.list, FilesWritten: p.written.list, Commands: p.commands, Retries: p.retries,
		Wasted: time.Duration(p.wasted),
	}
	if p.class == none && p.calls[none].calls == 0 {
		r.Intent = "talk"
		if p.title == "" {
			r.Title = "talk"
		}
	}
	return r
}
