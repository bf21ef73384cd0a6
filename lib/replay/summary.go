package replay

import (
	"fmt"
	"strings"
	"time"

	"agenttrace/lib/text"
)

const ruleWidth = 50

// block appends the summary of a session. Without totals it has only what is
// known from the start.
func (v *view) block(dst []byte, s *session, totals bool) []byte {
	title := "Session"
	if totals {
		title = "Session Summary"
	}
	dst = v.paint(dst, bold, title)
	dst = append(dst, '\n')
	dst = append(dst, text.Rule(ruleWidth)...)
	dst = append(dst, '\n')
	row := func(name, value string) {
		if value != "" {
			dst = fmt.Appendf(dst, "  %-11s %s\n", name+":", value)
		}
	}
	agent := s.agent
	if s.version != "" {
		agent = strings.TrimSpace(agent + " " + s.version)
	}
	row("Session", text.Line(s.id, 0))
	row("Command", v.short(s.started()))
	row("Agent", v.short(agent))
	row("Model", v.short(strings.Join(s.models, ", ")))
	if s.parent != "" {
		row("Parent", text.Line(s.parent, 0))
	}
	if s.timed {
		row("Started", time.Unix(0, s.first).In(v.Zone).Format("2006-01-02 15:04:05 MST"))
	}
	if totals {
		if d, ok := s.duration(); ok {
			row("Duration", seconds(d))
		}
		row("Tool calls", fmt.Sprint(s.toolCalls))
		if n := s.llmRequests(); n > 0 {
			row("LLM reqs", fmt.Sprint(n))
		}
		row("Errors", errorCount(s))
		if s.subagents > 0 {
			row("Subagents", fmt.Sprintf("%d (%s, %s)", s.subagents, text.Count(s.childCalls, "tool call"), text.Count(s.childErrors, "error")))
		}
	}
	dst = append(dst, text.Rule(ruleWidth)...)
	return append(dst, '\n')
}

func errorCount(s *session) string {
	if s.apiErrors > 0 {
		return fmt.Sprintf("%d, and %s", s.errors, text.Count(s.apiErrors, "API error"))
	}
	return fmt.Sprint(s.errors)
}

// seconds returns a duration as exact as offsets are, and from ten minutes on
// also as people say it.
func seconds(d time.Duration) string {
	s := fmt.Sprintf("%.2fs", d.Seconds())
	if d >= 10*time.Minute {
		s += " (" + text.Duration(d) + ")"
	}
	return s
}

// heading is the line that says whose entries follow.
func (v *view) heading(dst []byte, indent string, s *session) []byte {
	dst = append(dst, indent...)
	name := text.Line(s.id, 0)
	if name == "" {
		name = "without an id"
	}
	line := "── session " + name
	if k := s.kin(); k != "" {
		line += " (" + text.Line(k, 60) + ")"
	}
	dst = v.paint(dst, bold, line)
	return append(dst, '\n')
}
