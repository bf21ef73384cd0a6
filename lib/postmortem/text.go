package postmortem

import (
	"bytes"
	"fmt"
	"strings"

	"agenttrace/lib/text"
)

// AppendText appends the report as people read it, of lines of at most 80
// columns but for what is quoted.
func (r *Report) AppendText(dst []byte) []byte {
	p := func(format string, args ...any) { dst = fmt.Appendf(dst, format, args...) }
	p("POSTMORTEM: Session %s", text.Line(r.Session, 60))
	if r.Agent != "" {
		p(" (%s)", text.Line(r.Agent, 20))
	}
	p("\nStatus:      %s\n", r.status())
	if c := r.Cause; c != nil {
		p("Root cause:  %s\n", text.Line(c.Text, 110))
		if c.Said != "" {
			p("             %s\n", text.Line(c.Said, 110))
		}
		p("             (#%d at %s: %s", c.Event, r.clock(c.Nano), c.Reason)
		if c.Tries > 1 {
			p("; tried %d times", c.Tries)
		}
		p(")\n")
	}
	if len(r.Unfinished) > 0 {
		p("Unfinished:  %s had no outcome\n", events(r.Unfinished))
	}
	p("\nTimeline:\n")
	for i := range r.Steps {
		s := &r.Steps[i]
		number := ""
		if s.Event > 0 {
			number = fmt.Sprintf("#%d", s.Event)
		}
		p("%8s  %-5s %s", r.clock(s.Nano), number, text.Line(s.Text, 90))
		if m := r.mark(s); m != "" {
			p("  ← %s", m)
		}
		p("\n")
	}
	if r.Left > 0 {
		p("          (%s left out)\n", text.Count(r.Left, "step"))
	}
	p("\n")
	if r.Wasted > 0 {
		p("Wasted:      %s on failed attempts\n", text.Duration(r.Wasted))
	}
	if r.Cause != nil && r.Start > 0 {
		p("After the root cause: %s", text.Duration(r.After))
		if d := r.Duration(); d > 0 {
			p(" (%d%% of the session)", int64(r.After)*100/int64(d))
		}
		if c := r.cost(); c != "" {
			p(", %s", c)
		}
		p("\n")
	}
	if len(r.Others) > 0 {
		p("\nNot made good either:\n")
		for i := range r.Others {
			s := &r.Others[i]
			p("  #%-4d %s", s.Event, text.Line(s.Text, 60))
			if s.Failure != "" {
				p(": %s", text.Line(s.Failure, 60))
			}
			p("\n")
		}
	}
	if len(r.Broken) > 0 {
		p("\nViolated instructions:\n")
		for _, b := range r.Broken {
			p("  %s:%d  %s\n", text.Line(b.Instruction.File, 60), b.Instruction.Line, text.Line(b.Instruction.Text, 100))
			p("        #%d %s\n", b.Event, text.Line(b.Action, 100))
		}
		if r.BrokenMore > 0 {
			p("  and %d more\n", r.BrokenMore)
		}
	}
	if len(r.Advice) > 0 {
		p("\nRecommendations:\n")
		for i, a := range r.Advice {
			p("  %d. %s (%s)\n", i+1, text.Line(a.Text, 0), events(a.Events))
		}
	}
	return append(bytes.TrimRight(dst, "\n"), '\n')
}

// markdown makes text stand as it is in Markdown, on one line.
var markdown = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "|", `\|`, "#", `\#`, "&", "&amp;")

func md(s string, width int) string { return markdown.Replace(text.Line(s, width)) }

// AppendMarkdown appends the report as Markdown.
func (r *Report) AppendMarkdown(dst []byte) []byte {
	p := func(format string, args ...any) { dst = fmt.Appendf(dst, format, args...) }
	p("# Post-mortem: session %s\n\n", md(r.Session, 0))
	if r.Agent != "" {
		p("- **Agent:** %s\n", md(r.Agent, 0))
	}
	p("- **Status:** %s\n", r.status())
	if c := r.Cause; c != nil {
		p("- **Root cause:** %s", md(c.Text, 300))
		if c.Said != "" {
			p(": %s", md(c.Said, 300))
		}
		p(" (event %d at %s; %s", c.Event, r.clock(c.Nano), c.Reason)
		if c.Tries > 1 {
			p("; tried %d times", c.Tries)
		}
		p(")\n")
	}
	if r.Wasted > 0 {
		p("- **Wasted:** %s on failed attempts\n", text.Duration(r.Wasted))
	}
	if r.Cause != nil && r.Start > 0 {
		p("- **After the root cause:** %s", text.Duration(r.After))
		if c := r.cost(); c != "" {
			p(", %s", c)
		}
		p("\n")
	}
	if len(r.Unfinished) > 0 {
		p("- **Without outcome:** %s\n", md(events(r.Unfinished), 0))
	}
	p("\n## Timeline\n\n| Time | Event | What | |\n| ---: | ---: | --- | --- |\n")
	for i := range r.Steps {
		s := &r.Steps[i]
		number := ""
		if s.Event > 0 {
			number = fmt.Sprint(s.Event)
		}
		p("| %s | %s | %s | %s |\n", r.clock(s.Nano), number, md(s.Text, 200), r.mark(s))
	}
	if r.Left > 0 {
		p("\n%s left out.\n", text.Count(r.Left, "step"))
	}
	if len(r.Others) > 0 {
		p("\n## Not made good either\n\n")
		for i := range r.Others {
			p("- event %d: %s: %s\n", r.Others[i].Event, md(r.Others[i].Text, 200), md(r.Others[i].Failure, 200))
		}
	}
	if len(r.Broken) > 0 {
		p("\n## Violated instructions\n\n")
		for _, b := range r.Broken {
			p("- %s:%d: %s (event %d: %s)\n", md(b.Instruction.File, 0), b.Instruction.Line, md(b.Instruction.Text, 200), b.Event, md(b.Action, 200))
		}
	}
	if len(r.Advice) > 0 {
		p("\n## Recommendations\n\n")
		for i, a := range r.Advice {
			p("%d. %s (%s)\n", i+1, md(a.Text, 0), md(events(a.Events), 0))
		}
	}
	return dst
}
