package session

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/text"
)

// The layout of the text: made for 80 columns.
const (
	columns   = 80
	labelled  = 14 // where the values of the first lines begin
	toolWidth = 30
	maxFiles  = 10 // how many paths of a list are shown
)

// AppendText appends the summary as people read it: lines of at most 80
// columns, for a session id of usual length. Times are in the zone given.
func (s *Summary) AppendText(dst []byte, zone *time.Location) []byte {
	p := printer{dst, s}
	p.head(zone)
	p.tools()
	p.models()
	p.slow()
	p.errors()
	p.files()
	return p.b
}

// A printer prints one summary.
type printer struct {
	b []byte
	s *Summary
}

func (p *printer) printf(format string, args ...any) { p.b = fmt.Appendf(p.b, format, args...) }

// row prints a labelled value, unless it is empty. The value is safe already.
func (p *printer) row(label, value string) {
	if value != "" {
		p.printf("  %s%s\n", text.Pad(label, labelled-2), text.Cut(value, columns-labelled))
	}
}

func (p *printer) head(zone *time.Location) {
	s := p.s
	p.printf("Session %s\n", text.Line(orElse(s.Session, "without an id"), 0))
	p.row("Title", text.Line(s.Title, columns))
	p.row("Agent", text.Line(strings.TrimSpace(s.Agent+" "+s.AgentVersion), columns))
	p.row("Model", text.Line(strings.Join(s.Models, ", "), columns))
	if s.AgentType != "" || s.ParentSession != "" {
		p.row("Subagent", text.Line(strings.TrimSpace(s.AgentType+" of "+orElse(s.ParentSession, "an unknown session")), columns))
	}
	where := s.CWD
	if s.Branch != "" {
		where += " (" + s.Branch + ")"
	}
	p.row("Directory", text.Line(strings.TrimSpace(where), columns))
	p.row("Repository", text.Line(strings.TrimSpace(orElse(s.Remote, s.Repo)+" "+s.Commit), columns))
	machine := s.User
	if s.Host != "" {
		machine = strings.TrimSpace(machine + " on " + s.Host)
	}
	p.row("Who", text.Line(machine, columns))
	p.row("Process", text.Line(processText(s.Process), columns))
	if s.Timed {
		p.row("Started", time.Unix(0, s.StartedAt).In(zone).Format("2006-01-02 15:04:05 MST"))
		length := text.Duration
		if s.Duration() < time.Second {
			length = text.Latency
		}
		p.row("Duration", length(s.Duration()))
	}
	if s.Sessions > 1 {
		p.row("Sessions", fmt.Sprintf("%d, %s", s.Sessions, text.Count(s.Sessions-1, "subagent")))
	}
	p.row("Events", fmt.Sprint(s.Events))
	prompts := fmt.Sprint(s.Prompts)
	if s.FirstPrompt != "" {
		prompts = text.Pad(prompts, 4) + `"` + text.Line(s.FirstPrompt, columns-labelled-6) + `"`
	}
	p.row("Prompts", prompts)
	p.row("Tool calls", s.callsText())
	p.row("Told by", s.evidence())
	p.row("Not told", strings.Join(s.Blind(), ", "))
	errors := fmt.Sprint(s.Errors)
	if s.APIErrors > 0 {
		errors += fmt.Sprintf(", and %s", text.Count(s.APIErrors, "API error"))
	}
	p.row("Errors", errors)
	if s.LLMRequests > 0 {
		p.row("Requests", fmt.Sprint(s.LLMRequests))
	}
	if s.Tokens != nil {
		p.row("Tokens", s.Tokens.text())
		p.row("Cache", s.Tokens.cacheText())
	}
	if s.Compactions > 0 {
		p.row("Compactions", fmt.Sprint(s.Compactions))
	}
}

func (s *Summary) callsText() string {
	t := fmt.Sprint(s.ToolCalls)
	var more []string
	if s.Retries == 1 {
		more = append(more, "1 retry")
	} else if s.Retries > 1 {
		more = append(more, fmt.Sprintf("%d retries", s.Retries))
	}
	if s.UnfinishedCalls > 0 {
		more = append(more, fmt.Sprintf("%d unfinished", s.UnfinishedCalls))
	}
	if len(more) > 0 {
		t += " (" + strings.Join(more, ", ") + ")"
	}
	return t
}

func (t *Tokens) text() string {
	s := "input " + text.Tokens(t.Input) + ", output " + text.Tokens(t.Output)
	if t.Reasoning > 0 {
		s += " (reasoning " + text.Tokens(t.Reasoning) + ")"
	}
	return s
}

// cacheText returns the classes that have to do with a cache, "" if there are
// none.
func (t *Tokens) cacheText() string {
	var parts []string
	for _, c := range []struct {
		format string
		n      int64
	}{{"read %s", t.CacheRead}, {"written %s for 5m", t.CacheWrite5m}, {"written %s for 1h", t.CacheWrite1h}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf(c.format, text.Tokens(c.n)))
		}
	}
	return strings.Join(parts, ", ")
}

func (p *printer) tools() {
	if len(p.s.Tools) == 0 {
		return
	}
	p.printf("\n  %s %6s %6s %9s %9s %9s\n", text.Pad("Tool", toolWidth), "Calls", "Errors", "p50", "p95", "Total")
	for _, name := range p.s.byCalls() {
		t := p.s.Tools[name]
		errors, p50, p95, total := "", "", "", ""
		if t.Errors > 0 {
			errors = fmt.Sprint(t.Errors)
		}
		if t.Ranked {
			p50, p95 = text.Latency(t.P50), text.Latency(t.P95)
		}
		if t.Timed {
			total = text.Latency(t.Total)
		}
		p.line("  %s %6d %6s %9s %9s %9s", text.Pad(text.Line(name, toolWidth), toolWidth), t.Calls, errors, p50, p95, total)
	}
}

// line prints a line without the blanks at its end.
func (p *printer) line(format string, args ...any) {
	p.b = append(p.b, strings.TrimRight(fmt.Sprintf(format, args...), " ")...)
	p.b = append(p.b, '\n')
}

// models prints the tokens of each model, if there are several.
func (p *printer) models() {
	if len(p.s.UsageByModel) < 2 {
		return
	}
	p.printf("\n  %s %8s %9s %9s %9s %9s\n", text.Pad("Model", toolWidth-2), "Requests", "Input", "Output", "C. read", "C. write")
	for _, name := range slices.Sorted(maps.Keys(p.s.UsageByModel)) {
		u := p.s.UsageByModel[name]
		var in, out, read, write string
		if t := u.Tokens; t != nil {
			in, out, read = text.Tokens(t.Input), text.Tokens(t.Output), text.Tokens(t.CacheRead)
			write = text.Tokens(plus(t.CacheWrite5m, t.CacheWrite1h))
		}
		p.line("  %s %8d %9s %9s %9s %9s", text.Pad(text.Line(name, toolWidth-2), toolWidth-2), u.Requests, in, out, read, write)
	}
}

func (p *printer) slow() {
	if len(p.s.Slowest) == 0 {
		return
	}
	p.printf("\n  Slowest calls\n")
	var at, who []string
	for _, c := range p.s.Slowest {
		at, who = append(at, number(c.Event, c.Session)), append(who, toolName(c.Tool))
	}
	atWidth, whoWidth := widest(at), widest(who)
	for i, c := range p.s.Slowest {
		p.line("    %*s %9s  %s  %s", atWidth, at[i], text.Latency(c.Took),
			text.Pad(who[i], whoWidth), text.Line(p.s.within(c.Title), columns-18-atWidth-whoWidth))
	}
}

func (p *printer) errors() {
	s := p.s
	if len(s.Failures) == 0 {
		return
	}
	p.printf("\n  Errors\n")
	var at, who []string
	for _, f := range s.Failures {
		at, who = append(at, number(f.Event, f.Session)), append(who, f.who())
	}
	atWidth, whoWidth := widest(at), widest(who)
	if whoWidth > 0 {
		whoWidth += 2
	}
	for i, f := range s.Failures {
		p.line("    %*s  %s%s", atWidth, at[i], text.Pad(who[i], whoWidth),
			text.Line(orElse(f.Text, "(no message)"), columns-6-atWidth-whoWidth))
	}
	if n := s.Errors + s.APIErrors - len(s.Failures); n > 0 {
		p.printf("    … and %d more\n", n)
	}
}

func widest(l []string) (w int) {
	for _, s := range l {
		w = max(w, text.Width(s))
	}
	return w
}

// who failed, for people.
func (f *Failure) who() string {
	if f.API {
		return "API"
	}
	return toolName(f.Tool)
}

func toolName(name string) string { return text.Line(name, 24) }

// number is how an event is referred to; a subagent's has the beginning of its
// id before it.
func number(event int, session string) string {
	session = text.Line(strings.TrimPrefix(session, "agent-"), 0)
	return cutRunes(session, 6) + "#" + strconv.Itoa(event)
}

func (p *printer) files() {
	s := p.s
	lists := []struct {
		label string
		paths []string
	}{
		{"Files read", s.FilesRead}, {"Files written", s.FilesWritten},
		{"Read by the shell", s.FilesReadByShell}, {"Written by the shell", s.FilesWrittenByShell},
	}
	for _, l := range lists {
		if len(l.paths) == 0 {
			continue
		}
		p.printf("\n  %s: %d\n", l.label, len(l.paths))
		for i, path := range l.paths {
			if i == maxFiles && len(l.paths) > maxFiles+1 {
				p.printf("    … and %d more\n", len(l.paths)-i)
				break
			}
			p.printf("    %s\n", tail(text.Line(s.within(path), 0), columns-4))
		}
	}
}

// within returns a path, or a title that begins with one, relative to the
// directory of the session if it is in it.
func (s *Summary) within(path string) string {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(s.CWD, "/")+"/")
	if ok && s.CWD != "" && rest != "" {
		return rest
	}
	return path
}

// tail cuts the beginning of a path: its end says more.
func tail(s string, width int) string {
	if text.Width(s) <= width {
		return s
	}
	r := []rune(s)
	w := 1
	i := len(r)
	for i > 0 && w+text.Width(string(r[i-1])) <= width {
		i--
		w += text.Width(string(r[i]))
	}
	return "…" + string(r[i:])
}

// processText says which process the agent was, and which started it.
func processText(object string) string {
	v := gjson.Parse(object)
	pid := v.Get("pid").Raw
	if pid == "" {
		return ""
	}
	text := "pid " + pid
	for _, name := range v.Get("ancestry").Array() {
		text += " < " + name.String()
	}
	return text
}
