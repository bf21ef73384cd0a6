package inflation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/text"
)

// Kind is the event_type of the record of a session.
const Kind = "inflation"

// Record appends the inflation record of a session to dst, without a newline.
// Its time is the end of the session.
func (m *Meter) Record(dst []byte, s *Session) []byte {
	var o, base, to event.Object
	o.Str("base_model", m.o.Base).Str("new_model", m.o.New)
	o.Int("requests", int64(s.Requests)).Count("estimated", int64(s.Estimated))
	base.Int("tokens", s.Tokens.Base)
	if !s.NoPrice[0] {
		base.Int("usd_nano", s.Nano.Base)
	}
	to.Int("tokens", s.Tokens.New).Int("low_tokens", s.Tokens.Low).Int("high_tokens", s.Tokens.High)
	if !s.NoPrice[1] {
		to.Int("usd_nano", s.Nano.New).Int("low_usd_nano", s.Nano.Low).Int("high_usd_nano", s.Nano.High)
	}
	o.Raw("base", base.Bytes()).Raw("new", to.Bytes())
	var list []named
	for p, t := range s.Parts {
		list = append(list, named{Part(p).String(), t})
	}
	o.Raw("parts", array(list))
	list = list[:0]
	for c, t := range s.Classes {
		list = append(list, named{Class(c).String(), t})
	}
	o.Raw("classes", array(list)).Strs("notes", s.Notes)
	return event.Append(dst, event.Header{
		Type: Kind, UnixNano: s.End, Untimed: !s.Timed, ID: event.ID(s.ID, Kind, m.o.Base, m.o.New), Session: s.ID,
	}, o.Bytes())
}

type named struct {
	name string
	Tokens
}

func array(list []named) []byte {
	b := []byte{'['}
	for _, n := range list {
		if n.Base == 0 {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		var o event.Object
		o.Text("name", n.name).Int("base_tokens", n.Base).Int("new_tokens", n.New).Int("low_tokens", n.Low).Int("high_tokens", n.High)
		b = append(b, o.Bytes()...)
	}
	return append(b, ']')
}

// A Rate is how many sessions there are a day.
type Rate struct {
	Given int // on the command line; 0 if it is not
}

// weekOf is how long a history must be to tell how many sessions a day has.
const weekOf = 7 * 24 * time.Hour

// AppendText appends the report on sessions as people read it.
func (m *Meter) AppendText(dst []byte, list []*Session, rate Rate) []byte {
	p := &printer{b: dst}
	if len(list) == 0 {
		if m.sessions > 0 {
			p.printf("No tokens are known of %s.\n", text.Count(m.sessions, "session"))
		}
		return p.b
	}
	all := &Session{Priced: true}
	for _, s := range list {
		all.add(s)
	}
	n := int64(len(list))
	p.printf("Token inflation: %s → %s, %s, %s\n\n", text.Line(m.o.Base, 60), text.Line(m.o.New, 60),
		text.Count(len(list), "session"), text.Count(all.Requests, "request"))
	p.head(text.Line(m.o.Base, 20), text.Line(m.o.New, 20))
	for q, t := range all.Parts {
		name := "Read: " + Part(q).String()
		if Part(q) == Written {
			name = "Written, with thinking"
		}
		p.tokens(name, t)
	}
	p.printf("\n")
	for c, t := range all.Classes {
		p.tokens("Of it "+Class(c).String(), t)
	}
	p.printf("\n")
	p.row("Per session (tokens)", by(all.Tokens, n), text.Tokens)
	if all.NoPrice == [2]bool{} {
		p.row("Per session (cost)", by(all.Nano, n), cost.USD)
		m.days(p, all, n, rate)
	}
	p.growth(all)
	p.notes(m, all)
	return p.b
}

// add adds another session.
func (s *Session) add(o *Session) {
	if o.Timed {
		if !s.Timed {
			s.Timed, s.Start, s.End = true, o.Start, o.End
		}
		s.Start, s.End = min(s.Start, o.Start), max(s.End, o.End)
	}
	s.Requests += o.Requests
	s.Estimated += o.Estimated
	s.Lower += o.Lower
	s.Tokens.Add(o.Tokens)
	s.Nano.Add(o.Nano)
	s.Billed, s.Priced = cost.Add(s.Billed, o.Billed), s.Priced && o.Priced
	s.NoPrice[0], s.NoPrice[1] = s.NoPrice[0] || o.NoPrice[0], s.NoPrice[1] || o.NoPrice[1]
	for i := range s.Parts {
		s.Parts[i].Add(o.Parts[i])
	}
	for i := range s.Classes {
		s.Classes[i].Add(o.Classes[i])
	}
	for _, n := range o.Notes {
		s.note(n)
	}
}

func by(t Tokens, n int64) Tokens { return Tokens{t.Base / n, t.New / n, t.Low / n, t.High / n} }

type printer struct{ b []byte }

func (p *printer) printf(format string, args ...any) { p.b = fmt.Appendf(p.b, format, args...) }

func (p *printer) head(base, to string) {
	p.printf("  %-28s %20s %20s   %s\n", "", base, to, "change")
}

// row prints two numbers and how much the second is above the first.
func (p *printer) row(name string, t Tokens, show func(int64) string) {
	p.printf("  %-28s %20s %20s   %s\n", name, show(t.Base), show(t.New), change(t))
}

// tokens is row, of tokens; without any there is nothing to say.
func (p *printer) tokens(name string, t Tokens) {
	if t.Base > 0 {
		p.row(name, t, text.Tokens)
	}
}

// change says by how much it grows, and within what that lies.
func change(t Tokens) string {
	s := percent(t.New, t.Base)
	if t.Low != t.New || t.High != t.New {
		s += fmt.Sprintf(" (%s to %s)", percent(t.Low, t.Base), percent(t.High, t.Base))
	}
	return s
}

// percent returns the difference of n from base in percent, with one decimal.
func percent(n, base int64) string {
	if base <= 0 {
		return "?"
	}
	// Rounded by magnitude, so that equal factors give equal figures.
	d, sign := n-base, "+"
	if d < 0 {
		d, sign = -d, "-"
	}
	tenths := (cost.MulDiv(d, 10_000, base) + 5) / 10
	if tenths == 0 {
		sign = ""
	}
	return fmt.Sprintf("%s%d.%d%%", sign, tenths/10, tenths%10)
}

// days prints what it comes to in a day and in thirty.
func (m *Meter) days(p *printer, all *Session, n int64, rate Rate) {
	span := time.Duration(all.End - all.Start)
	day := int64(24 * time.Hour)
	switch {
	case rate.Given > 0:
		t := by(scale(all.Nano, int64(rate.Given), 1), n)
		p.row(fmt.Sprintf("Daily (%s)", text.Count(rate.Given, "session")), t, cost.USD)
		p.row("Monthly (30 days)", scale(t, 30, 1), cost.USD)
	case all.Timed && span >= weekOf:
		p.row(fmt.Sprintf("Daily, as in %s", text.Count(int(int64(span)/day), "day")), scale(all.Nano, day, int64(span)), cost.USD)
		p.row("Monthly (30 days)", scale(all.Nano, 30*day, int64(span)), cost.USD)
	}
}

// scale returns tokens times a, by b.
func scale(t Tokens, a, b int64) Tokens {
	f := func(n int64) int64 { return cost.MulDiv(n, a, b) }
	return Tokens{f(t.Base), f(t.New), f(t.Low), f(t.High)}
}

// growth says what most of the growth is.
func (p *printer) growth(all *Session) {
	type grown struct {
		name string
		by   int64
	}
	var list []grown
	sum := int64(0)
	for q, t := range all.Parts {
		if d := t.New - t.Base; d > 0 {
			list = append(list, grown{Part(q).String(), d})
			sum = cost.Add(sum, d)
		}
	}
	if sum == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b grown) int { return cmp.Compare(b.by, a.by) })
	p.printf("\nMost of the growth: %s, %d%% of it.\n", list[0].name, cost.MulDiv(list[0].by, 100, sum))
}

func (p *printer) notes(m *Meter, all *Session) {
	p.printf("\n")
	if all.Priced {
		p.printf("As it was, it cost %s.\n", cost.USD(all.Billed))
	}
	if all.Lower > 0 {
		p.printf("At least: of %s the output was recorded before it was complete.\n", text.Count(all.Lower, "answer"))
	}
	if all.Estimated > 0 {
		p.printf("Estimated: no usage was recorded of %d of %s.\n", all.Estimated, text.Count(all.Requests, "answer"))
	}
	for _, n := range all.Notes {
		p.printf("%s.\n", strings.ToUpper(n[:1])+text.Line(n[1:], 0))
	}
	as := price.TableDate.String()
	if day := m.o.Prices.Day(); !day.IsZero() {
		as = price.DateOf(day).String()
	}
	p.printf("Prices: as of %s (%s), served as standard\n", as, price.Version)
	p.printf("Ratios: %s\n", Sources)
}
