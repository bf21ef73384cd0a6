package scrub

import (
	"bytes"
	"strconv"

	"agenttrace/lib/event"
)

// A walker goes through the texts of one line after another. It is used by one
// goroutine.
type walker struct {
	f       *Filter
	place   Place
	ev      event.Event
	frames  []frame
	objects []int // the frames that are objects
	edits   []edit
	found   []Match
	marks   [][2]int
	arena   []byte // decoded texts of this line
	values  *values
	seq     int64 // the number of this line in the stream
	failed  bool  // the line must not be passed on
	budget  int   // how many more bytes may be decoded
	depth   int
	sess    []byte
}

// A frame is an object or array that the walker is in.
type frame struct {
	object bool
	key    []byte // of the member it is at
	index  int    // of the element it is at
	level  *level
	open   int // where it begins in the level's text
	pair   []byte
	paired bool   // pair was looked for
	asked  string // the key that was asked for last by beside
	beside bool   // and whether it is there
	prev   []byte
	first  []byte // the first element of an array, if it is a short text
	ran    bool   // program was looked for
	runs   []byte // and is this

	kinAsked bool
	kin      []byte // the member kind
}

// An edit replaces a part of the line.
type edit struct {
	from, to int
	rule     string
	secret   []byte // decoded, in the arena or the line
	quote    string // to stand on both sides
	finding  *Finding
}

// maxDepth bounds the levels of text within text, and maxDecoded how much is
// decoded of a line, in its own length: what a program writes needs less, and
// an attacker gets no more.
const (
	maxDepth   = 10
	maxDecoded = 8
)

// line finds what must go in a line and leaves it in w.edits. ok is false if
// the line is not JSON.
func (w *walker) line(line []byte, strict bool) (ok bool) {
	w.edits, w.frames, w.objects, w.arena, w.depth = w.edits[:0], w.frames[:0], w.objects[:0], w.arena[:0], 0
	w.budget = maxDecoded*len(line) + 4096
	w.place = Place{Strict: strict, walk: w}
	l := &level{text: line}
	var err error
	w.ev, err = event.Parse(line)
	isEvent := err == nil
	w.sess = nil
	if isEvent {
		w.place.Event = &w.ev
		w.sess = w.ev.SessionRaw()
	} else if _, err := event.Check(line); err != nil {
		w.place.Kind = Text
		w.text(l)
		return false
	}
	w.value(l, skipSpace(line, 0))
	return true
}

// envelope reports whether key is one of those whose values are never touched.
func envelope(key []byte) bool {
	switch string(key) {
	case "event_type", "timestamp", "event_id", "session_id", "parent_id", "duration_ms":
		return true
	}
	return false
}

// value handles the JSON value at l.text[i] and returns its end. The text is
// valid JSON.
func (w *walker) value(l *level, i int) int {
	b := l.text
	switch b[i] {
	case '{':
		return w.object(l, i)
	case '[':
		return w.array(l, i)
	case '"':
		end := i + stringEnd(b[i:])
		w.str(l, i+1, end-1, String)
		return end
	}
	n, _ := event.Value(b[i:])
	end := i + max(n, 1)
	if b[i] == '-' || '0' <= b[i] && b[i] <= '9' {
		w.number(l, i, end)
	}
	return end
}

func (w *walker) object(l *level, i int) int {
	b := l.text
	fi := len(w.frames)
	w.frames = append(w.frames, frame{object: true, level: l, open: i})
	w.objects = append(w.objects, fi)
	i = skipSpace(b, i+1)
	for i < len(b) && b[i] != '}' {
		if b[i] == ',' {
			i = skipSpace(b, i+1)
		}
		end := i + stringEnd(b[i:])
		w.frames[fi].key = nil
		key := w.str(l, i+1, end-1, Name)
		w.frames[fi].key = key
		i = skipSpace(b, end)
		i = skipSpace(b, i+1) // the colon
		if fi == 0 && w.place.Event != nil && w.depth == 0 && envelope(key) {
			n, _ := event.Value(b[i:])
			i += n
		} else {
			i = w.value(l, i)
		}
		i = skipSpace(b, i)
	}
	w.frames = w.frames[:fi]
	w.objects = w.objects[:len(w.objects)-1]
	return i + 1
}

func (w *walker) array(l *level, i int) int {
	b := l.text
	fi := len(w.frames)
	w.frames = append(w.frames, frame{level: l, open: i})
	i = skipSpace(b, i+1)
	for i < len(b) && b[i] != ']' {
		if b[i] == ',' {
			i = skipSpace(b, i+1)
			w.frames[fi].index++
		}
		if b[i] == '"' {
			end := i + stringEnd(b[i:])
			text := w.str(l, i+1, end-1, String)
			if w.frames[fi].prev = nil; len(text) <= maxPrev {
				w.frames[fi].prev = text
				if w.frames[fi].index == 0 {
					w.frames[fi].first = text
				}
			}
			i = end
		} else {
			w.frames[fi].prev = nil
			i = w.value(l, i)
		}
		i = skipSpace(b, i)
	}
	w.frames = w.frames[:fi]
	return i + 1
}

// maxPair is how far a name is looked for that stands beside a value, in bytes.
const maxPair = 8 << 10

// maxPrev is the longest element that is remembered as that before another.
const maxPrev = 64

// str handles the string whose inside is l.text[from:to] and returns what it
// says.
func (w *walker) str(l *level, from, to int, kind Kind) []byte {
	inner := &level{up: l, text: l.text[from:to], off: from, quoting: jsonString}
	if bytes.IndexByte(inner.text, '\\') >= 0 {
		w.decode(inner, func(dst []byte) []byte {
			dst, inner.escapes = unescape(dst, nil, inner.text, false)
			return dst
		})
	}
	w.put(kind)
	if kind == String && w.protected(inner.text) {
		return inner.text
	}
	w.text(inner)
	return inner.text
}

// decode sets the text of a level to what fn appends.
func (w *walker) decode(l *level, fn func(dst []byte) []byte) {
	n := len(w.arena)
	w.arena = fn(w.arena)
	l.text = w.arena[n:len(w.arena):len(w.arena)]
	w.budget -= len(l.text)
}

func (w *walker) number(l *level, from, to int) {
	w.put(Number)
	text := l.text[from:to]
	w.found = w.f.o.Find(text, &w.place, w.found[:0])
	if len(w.found) > 0 {
		w.edit(l, from, to, w.found[0].Rule, l.quote())
	}
}

// put sets the place to where the walker is.
func (w *walker) put(kind Kind) {
	p := &w.place
	p.Kind, p.Key, p.Pair, p.Prev, p.Depth = kind, nil, nil, nil, w.depth
	n := len(w.frames)
	if n == 0 {
		return
	}
	top := &w.frames[n-1]
	if top.object {
		p.Key = top.key
		if kind != Name && isValueKey(top.key) {
			p.Pair = w.pair(n - 1)
		}
		return
	}
	p.Prev = top.prev
	p.Key = w.outer(0)
}

// outer returns the key of the nth object from the inside, counted from 0.
func (w *walker) outer(n int) []byte {
	if n >= len(w.objects) {
		return nil
	}
	return w.frames[w.objects[len(w.objects)-1-n]].key
}

func (w *walker) path() string { return w.pathWith(func(key []byte) []byte { return key }) }

// shown returns a key as a finding may show it: what is found in a key is not
// told by the path to it either.
func (w *walker) shown(key []byte) []byte {
	if found := w.f.o.Find(key, &Place{Kind: Name}, nil); len(found) > 0 {
		return []byte(w.f.o.Replace(found[0].Rule, key))
	}
	return key
}

func (w *walker) pathWith(shown func(key []byte) []byte) string {
	var b []byte
	for i := range w.frames {
		if len(b) > 0 {
			b = append(b, '.')
		}
		if f := &w.frames[i]; f.object {
			for _, c := range shown(f.key) {
				if c == '.' || c == '\\' {
					b = append(b, '\\')
				}
				b = append(b, c)
			}
		} else {
			b = strconv.AppendInt(b, int64(f.index), 10)
		}
	}
	return string(b)
}

// text looks for what must go in the text of a level.
func (w *walker) text(l *level) {
	if len(l.text) == 0 {
		return
	}
	w.find(l)
	if w.place.Kind == Name && w.depth == 0 && len(l.text) < 24 {
		return
	}
	if c := w.f.o.Candidate; w.f.o.Decode && (w.place.Strict || c == nil || c(l.text) || w.values != nil && w.values.hit(l.text)) {
		w.deeper(l)
	}
}

// find hands the text of a level to the Finder.
func (w *walker) find(l *level) {
	w.found = w.f.o.Find(l.text, &w.place, w.found[:0])
	if w.values != nil {
		w.found = w.values.find(l.text, w.sess, w.seq, w.found)
	}
	if len(w.found) == 0 {
		return
	}
	w.marks = markers(w.marks[:0], l.text)
	for _, m := range w.found {
		m.From, m.To = max(m.From, 0), min(m.To, len(l.text))
		if m.From < m.To {
			outside(w.marks, m.From, m.To, func(from, to int) { w.edit(l, from, to, m.Rule, "") })
		}
	}
}

func (w *walker) edit(l *level, from, to int, rule, quote string) {
	e := edit{rule: rule, secret: l.text[from:to], quote: quote}
	e.from, e.to = l.origin(from, to)
	if w.f.o.Found != nil {
		path := w.pathWith(w.shown)
		if w.place.Kind == Name {
			path += string(w.shown(l.text))
		}
		from, to := l.inString(from, to)
		e.finding = &Finding{
			Rule: rule, Path: path, Offset: from, Length: to - from, InKey: w.place.Kind == Name,
			Event: w.ev.ID(), Session: w.ev.Session(), Text: w.place.Event == nil,
		}
	}
	w.edits = append(w.edits, e)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index after the string at the start of b.
func stringEnd(b []byte) int {
	n, ok := event.Value(b)
	if !ok || n < 2 {
		return len(b)
	}
	return n
}
