package budget

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"agenttrace/lib/cost"
	"agenttrace/lib/price"
	"agenttrace/lib/text"
)

// columns of the bar that shows how full a context is.
const columns = 20

// AppendText appends the report of the sessions as people read it. Times are
// in the zone given; what is left of a cache's life is counted from now. The
// subagents of a session stand below it, a line each.
func (m *Meter) AppendText(dst []byte, list []*Session, now time.Time, zone *time.Location) []byte {
	p := printer{dst, m, now, zone}
	main := map[string]bool{}
	for _, b := range list {
		main[b.ID] = b.Parent == ""
	}
	children := map[string][]*Session{}
	for _, b := range list {
		if main[b.Parent] {
			children[b.Parent] = append(children[b.Parent], b)
		}
	}
	first := true
	for _, b := range list {
		if main[b.Parent] {
			continue
		}
		if !first {
			p.printf("\n")
		}
		first = false
		p.session(b)
		if subs := children[b.ID]; len(subs) > 0 {
			p.printf("\n  Subagents\n")
			for _, c := range subs {
				p.subagent(c)
			}
		}
	}
	return p.b
}

type printer struct {
	b    []byte
	m    *Meter
	now  time.Time
	zone *time.Location
}

func (p *printer) printf(format string, args ...any) { p.b = fmt.Appendf(p.b, format, args...) }

// row prints a labelled value, which is safe already.
func (p *printer) row(label, format string, args ...any) {
	p.printf("  %s%s\n", text.Pad(label, 14), fmt.Sprintf(format, args...))
}

func (p *printer) session(b *Session) {
	p.printf("Session %s\n", text.Line(cmp.Or(b.ID, "without an id"), 0))
	who := b.Agent
	if b.Parent != "" || b.AgentType != "" {
		who += " / " + cmp.Or(b.AgentType, "subagent")
	}
	if who != "" {
		p.row("Agent", "%s", text.Line(who, 60))
	}
	p.row("Model", "%s", modelName(b))
	p.row("Window", "%s", b.Window.text())
	p.row("Context", "%s", p.context(b))
	if b.Known && (b.Peak > b.Context || b.Compactions > 0) {
		peak := text.Thousands(b.Peak)
		if b.Compactions > 0 {
			peak += ", compacted " + times(b.Compactions)
		}
		p.row("Peak", "%s", peak)
	}
	if b.Grows {
		p.row("Growth", "%s tokens a turn", text.Thousands(b.Growth))
	} else if b.Known {
		p.row("Growth", "not known")
	}
	p.ahead(b)
	p.cache(b)
	p.notes(b)
}

func modelName(b *Session) string { return text.Line(cmp.Or(b.Model, "not known"), 60) }

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func (w Window) text() string {
	if w.Tokens == 0 {
		return "not known: " + text.Line(w.Why, 100)
	}
	return fmt.Sprintf("%s tokens, %s", text.Thousands(w.Tokens), words[w.Source])
}

// context shows how full it is.
func (p *printer) context(b *Session) string {
	switch {
	case !b.Known && b.Compactions > 0 && b.After > 0:
		return text.Thousands(b.After) + " tokens, after a compaction; no request since"
	case !b.Known && b.Compactions > 0:
		return "not known: no request since the last compaction"
	case !b.Known:
		return "not known: its answers belong to the session that it is a copy of, or tell no tokens"
	}
	s := text.Thousands(b.Context) + " tokens"
	if b.Estimate {
		s = "about " + s + fmt.Sprintf(" (%s to %s)", text.Thousands(b.Low), text.Thousands(b.High))
	}
	if b.Window.Tokens == 0 {
		return s
	}
	full := int(min(b.Percent(1)*columns/100, columns))
	s += fmt.Sprintf("  %s%s %s%%", strings.Repeat("█", full), strings.Repeat("░", columns-full), tenths(b.Percent(10)))
	if b.Over {
		s += fmt.Sprintf("  ← over %d%%", p.m.o.WarnAt)
	}
	return s
}

// ahead prints what comes when the context grows on.
func (p *printer) ahead(b *Session) {
	if b.TierAt > 0 {
		s := text.Thousands(b.TierAt) + " tokens" + inTurns(b, b.TierAt)
		if b.TierFactor > 1000 {
			s += fmt.Sprintf("; from there all input costs %s× as much", permille(b.TierFactor))
		}
		p.row("Dearer at", "%s", s)
	}
	if b.CompactAt > 0 {
		s := text.Thousands(b.CompactAt) + " tokens"
		if b.Known && b.Context >= b.CompactAt {
			s += " (due)"
		}
		p.row("Compacted at", "%s%s, %s", s, inTurns(b, b.CompactAt), words[b.CompactSource])
	}
	if n, ok := b.TurnsTo(b.Window.Tokens); ok {
		p.row("Turns left", "about %d until the window is full", n)
	}
}

func inTurns(b *Session, size int64) string {
	n, ok := b.TurnsTo(size)
	if !ok {
		return ""
	}
	return ", in about " + text.Count(int(n), "turn")
}

// permille writes thousandths as a number.
func permille(n int64) string {
	s := fmt.Sprintf("%d.%03d", n/1000, n%1000)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// cache prints when it ends, and what it saves.
func (p *printer) cache(b *Session) {
	c := b.Cache
	switch {
	case c.Expires != 0:
		end := time.Unix(0, c.Expires)
		at := end.In(p.zone).Format("2006-01-02 15:04:05 MST")
		if left := end.Sub(p.now); left > 0 {
			p.row("Cache", "until %s, another %s", at, text.Duration(left))
		} else {
			p.row("Cache", "ended %s", at)
		}
	case c.Priced:
		p.row("Cache", "lifetime not known")
	}
	if c.Priced {
		p.row("Cold start", "%s to write the context anew, %s to read it from the cache", cost.USD(c.Cold), cost.USD(c.Warm))
	}
}

// notes print what a reader must know about the figures.
func (p *printer) notes(b *Session) {
	if b.Known && b.Estimate {
		p.printf("  Estimated: no usage was recorded. The context was replayed with a tokenizer; what the\n" +
			"  agent adds to every request is assumed.\n")
	}
	if b.Window.Source == Listed && p.m.o.Model == "" && strings.EqualFold(b.Agent, "claude-code") &&
		b.Window.Tokens > claudeCodeWindow && b.Peak <= claudeCodeWindow {
		p.printf("  Claude Code uses %s of it unless told otherwise; --limit %d holds it against that.\n",
			text.Thousands(claudeCodeWindow), claudeCodeWindow)
	}
	if asked := p.m.o.Model; asked != "" && b.Model != "" && b.Known {
		from, _ := price.TokenizerOf(b.Model)
		to, _ := price.TokenizerOf(asked)
		if r, ok := price.RatioOf(from, to); !ok {
			p.printf("  Counted by %s; how %s counts is not known.\n", text.Line(b.Model, 60), text.Line(asked, 60))
		} else if from != to {
			p.printf("  Counted by %s; for %s the same text is about %s× as many tokens (%s to %s).\n", text.Line(b.Model, 60),
				text.Line(asked, 60), permille(r.Mid), permille(r.Low), permille(r.High))
		}
	}
}

// claudeCodeWindow is what Claude Code takes for the window of a model without
// [1m] in its name, at least of those that came before it knew larger ones
// (strings of 2.1.296, wiki of xsyetopz/claudetto).
const claudeCodeWindow = 200_000

// subagent prints a session on one line.
func (p *printer) subagent(b *Session) {
	s := "not known"
	if b.Known {
		s = text.Thousands(b.Context)
		if b.Estimate {
			s = "about " + s
		}
	}
	if b.Window.Tokens > 0 {
		s += " of " + text.Thousands(b.Window.Tokens)
		if b.Known {
			s += fmt.Sprintf(" (%s%%)", tenths(b.Percent(10)))
		}
	} else {
		s += ", window not known"
	}
	if b.Over {
		s += fmt.Sprintf("  ← over %d%%", p.m.o.WarnAt)
	}
	p.printf("    %s  %s  %s  %s\n", text.Pad(text.Line(b.ID, 20), 20), text.Pad(text.Line(cmp.Or(b.AgentType, "subagent"), 16), 16),
		text.Pad(modelName(b), 18), s)
}
