package scrub

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"agenttrace/lib/event"
)

// Options say what a Filter does.
type Options struct {
	// Find finds what must go in a text.
	Find Finder

	// Candidate reports whether Find can find anything in a line, or in a
	// piece of text, as it stands there. It must not say no to a line that
	// holds something in escapes, percent signs, base64 or hex digits.
	// Everything is a candidate if it is nil. It decides the speed.
	Candidate func(raw []byte) bool

	// Replace returns what stands for a text that was found. It must be one of
	// the forms that MarkerAt knows.
	Replace func(rule string, found []byte) string

	// Decode has texts within texts looked at: JSON in strings, escapes that a
	// string shows, percent signs, base64 and hex digits.
	Decode bool

	// Known are texts that must go wherever they stand.
	Known []Known

	// Remember, if set, reports whether a text that was found is to be looked
	// for in the later lines of its session too.
	Remember func(rule string, found []byte) bool

	// Strict, if set, reports whether what answers this event, by its
	// parent_id, is to be handed to Find with Place.Strict set. StrictLine
	// says no to most lines without a look at their JSON.
	Strict     func(e *event.Event) bool
	StrictLine func(line []byte) bool

	// Found, if set, is told of each place, in order.
	Found func(Finding)

	// Problem, if set, is told of each line that is not an event, in order.
	Problem func(line int, msg string)
}

// Known is a text that must go.
type Known struct{ Text, Rule string }

// A Finding is a place where something was found. It does not say what.
type Finding struct {
	Rule    string
	Marker  string // what stands there now
	Event   string // event_id
	Session string // session_id
	Path    string // as Place.Path gives it
	InKey   bool   // it is in the key at the end of the path, not in its value
	Offset  int    // in bytes of the decoded text
	Length  int
	Text    bool // the line is no event
	Line    int  // in its file, from 1
}

// A Filter scrubs lines. Its methods are for one goroutine; it uses others
// itself.
type Filter struct {
	o      Options
	memory *values         // known and remembered
	strict map[string]bool // calls whose results are strict: session and event id
	per    map[string]int  // how many values a session has in memory
	lines  int64           // read before this file
	counts map[string]int  // replaced, by rule
	single *walker         // of Line
}

// New returns a filter.
func New(o Options) *Filter {
	f := &Filter{o: o, strict: map[string]bool{}, per: map[string]int{}, counts: map[string]int{}}
	if len(o.Known) > 0 {
		f.memory = &values{}
		for _, k := range o.Known {
			f.memory.add(value{text: k.Text, rule: k.Rule, after: -1})
		}
	}
	return f
}

// Counts returns how many places were replaced so far, by rule.
func (f *Filter) Counts() map[string]int { return f.counts }

// Line scrubs one line, without its newline. It returns the new line, which is
// dst with the line appended, or the line itself if nothing was found; n is how
// many places were replaced. err is an event.SyntaxError, without a file, if
// the line is not an event; it was scrubbed nevertheless. A line that cannot be
// scrubbed, by a fault of this program, is not given back: out is nil.
func (f *Filter) Line(dst, line []byte) (out []byte, n int, err error) {
	f.lines++
	if f.single == nil {
		f.single = &walker{f: f}
	}
	w := f.single
	msg := check(line)
	strict := f.strictResult(line)
	out = line
	if f.wanted(line, f.memory) || strict {
		w.values, w.seq = f.memory, f.lines
		changed := w.scrubbed(line, strict)
		if msg == "" {
			msg = w.wrong(line)
		}
		if changed {
			out, n = w.apply(dst, line), len(w.edits)
			f.keep(w.remember(nil))
			f.count(w.edits)
			w.report(int(f.lines))
		}
		if w.failed {
			return nil, 0, &event.SyntaxError{Line: int(f.lines), Msg: failure}
		}
	}
	if key, ok := f.strictCall(line); ok {
		f.addStrict(key)
	}
	if msg != "" {
		return out, n, &event.SyntaxError{Line: int(f.lines), Msg: msg}
	}
	return out, n, nil
}

// wanted reports whether a line is to be looked at at all.
func (f *Filter) wanted(line []byte, memory *values) (wanted bool) {
	defer func() {
		if recover() != nil {
			wanted = true // and meets the fault again, where it counts
		}
	}()
	return f.o.Candidate == nil || f.o.Candidate(line) || memory != nil && memory.hit(line)
}

// failure is the message for a line that is not passed on.
const failure = "not passed on: a fault in this program met it"

// scrubbed finds the edits of a line, and reports whether there are any. If
// anything goes wrong, w.failed is set: what was not looked at must not be
// passed on.
func (w *walker) scrubbed(line []byte, strict bool) (changed bool) {
	w.failed = false
	defer func() {
		if recover() != nil {
			w.failed, changed = true, true
			w.edits = w.edits[:0]
		}
	}()
	w.line(line, strict)
	w.merge()
	return len(w.edits) > 0
}

// merge sorts the edits and makes one of those that overlap. The one that
// covers more says what it is; of equals, that which was found deeper.
func (w *walker) merge() {
	if len(w.edits) < 2 {
		return
	}
	slices.SortStableFunc(w.edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	out := w.edits[:1]
	for _, e := range w.edits[1:] {
		last := &out[len(out)-1]
		if e.from >= last.to {
			out = append(out, e)
			continue
		}
		// Of two that are the same, the one with quotes is a number of JSON.
		same := e.from == last.from && e.to == last.to
		if e.to-e.from > last.to-last.from || same && (e.quote != "" || last.quote == "") {
			e.from, e.to = last.from, max(e.to, last.to)
			*last = e
		} else {
			last.to = max(e.to, last.to)
		}
	}
	w.edits = out
}

// apply appends the line with the edits made.
func (w *walker) apply(dst, line []byte) []byte {
	at := 0
	for i := range w.edits {
		e := &w.edits[i]
		dst = append(dst, line[at:e.from]...)
		text := w.f.o.Replace(e.rule, e.secret)
		if e.finding != nil {
			e.finding.Marker = text
		}
		dst = append(dst, e.quote...)
		dst = append(dst, text...)
		dst = append(dst, e.quote...)
		at = e.to
	}
	return append(dst, line[at:]...)
}

// remember appends what of the edits is to be looked for later.
func (w *walker) remember(list []value) []value {
	if w.f.o.Remember == nil || len(w.sess) == 0 {
		return list
	}
	for i := range w.edits {
		if e := &w.edits[i]; w.f.o.Remember(e.rule, e.secret) {
			list = append(list, value{text: string(e.secret), rule: e.rule, session: string(w.sess), after: w.seq})
		}
	}
	return list
}

func (w *walker) report(line int) {
	for i := range w.edits {
		if f := w.edits[i].finding; f != nil {
			f.Line = line
			w.f.o.Found(*f)
		}
	}
}

func (f *Filter) count(edits []edit) {
	for i := range edits {
		f.counts[edits[i].rule]++
	}
}

// perSession is how many values of a session are remembered.
const perSession = 1000

// keep adds values to the memory and returns those that are new.
func (f *Filter) keep(list []value) (added []value) {
	for _, x := range list {
		if f.per[x.session] >= perSession || f.memory != nil && (len(f.memory.list) >= maxValues || f.memory.has(x.text, x.session)) {
			continue
		}
		if added == nil {
			f.memory = f.memory.clone() // others may be reading it
		}
		if f.memory.add(x) {
			f.per[x.session]++
			added = append(added, x)
		}
	}
	return added
}

// maxStrict bounds the number of calls that are remembered.
const maxStrict = 20000

func (f *Filter) addStrict(key string) {
	if len(f.strict) < maxStrict {
		f.strict[key] = true
	}
}

// strictCall returns the key of the event in a line whose answer is strict.
func (f *Filter) strictCall(line []byte) (string, bool) {
	if f.o.Strict == nil || !f.o.StrictLine(line) {
		return "", false
	}
	e, err := event.Parse(line)
	if err != nil || len(e.IDRaw()) == 0 || !f.o.Strict(&e) {
		return "", false
	}
	return strictKey(e.Session(), e.ID()), true
}

func strictKey(session, id string) string { return session + "\x00" + id }

var parentKey = []byte(`"parent_id"`)

// strictResult reports whether the line answers a strict event.
func (f *Filter) strictResult(line []byte) bool {
	if len(f.strict) == 0 || !bytes.Contains(line, parentKey) {
		return false
	}
	e, err := event.Parse(line)
	return err == nil && f.strict[strictKey(e.Session(), e.Parent())]
}

// check returns what is wrong with a line that is not an event. To look at all
// of each line would take an eighth more time, so it looks at the ends, unless
// they are odd, and for an event that was joined to the line. What is wrong
// elsewhere shows when there is something to be scrubbed in the line; see wrong.
func check(line []byte) string {
	if len(line) > 16 && line[len(line)-1] == '}' && string(line[:13]) == `{"event_type"` && !joined(line[13:]) {
		return "" // as we write it
	}
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return ""
	}
	if line[0] == '{' && line[len(line)-1] == '}' && bytes.Contains(line[:min(len(line), 256)], []byte(`"event_type"`)) && !joined(line[1:]) {
		return ""
	}
	_, err := event.Parse(line)
	if err != nil {
		return strings.TrimSpace(err.Error())
	}
	return ""
}

var begin = []byte(`{"event_type"`)

// joined reports whether an event may begin in the middle of a line. Within a
// string its quotes would be escaped.
func joined(rest []byte) bool { return bytes.Contains(rest, begin) }

// wrong returns what is wrong with the line that was looked at last, if it is
// not an event.
func (w *walker) wrong(line []byte) string {
	if w.place.Event != nil {
		return ""
	}
	if _, err := event.Parse(line); err != nil {
		return strings.TrimSpace(err.Error())
	}
	return ""
}
