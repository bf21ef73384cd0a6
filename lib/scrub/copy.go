package scrub

import (
	"bytes"
	"io"
	"sync"
	"unicode/utf8"

	"agenttrace/lib/event"
)

// batch is what was done to the lines of a chunk.
type batch struct {
	chunk    event.Chunk
	memory   *values // that the chunk was read with
	pieces   []piece
	learnt   []value
	calls    []call
	problems []problem
}

// A piece is a line that has changed.
type piece struct {
	from, to int // in the chunk
	line     int // number in the file
	text     []byte
	failed   bool // it is left out
	rules    []string
	findings []Finding
}

type call struct {
	at  int // where its line begins
	key string
}

type problem struct {
	line int
	msg  string
}

// Copy scrubs the lines of r and writes them to w, in order, several chunks at
// a time. idle, if not nil, is called before waiting for more input. A last
// line without a newline gets one; blank lines, carriage returns before newlines
// and a byte order mark are left out.
func (f *Filter) Copy(w io.Writer, r io.Reader, idle func() error) error {
	var mu sync.Mutex
	memory := f.memory
	var out []byte
	lines := int64(0)
	work := func(c event.Chunk) *batch {
		mu.Lock()
		m := memory
		mu.Unlock()
		return f.batch(c, m)
	}
	take := func(b *batch) error {
		f.settle(b)
		if f.memory != memory {
			mu.Lock()
			memory = f.memory
			mu.Unlock()
		}
		for _, p := range b.problems {
			if f.o.Problem != nil {
				f.o.Problem(p.line, p.msg)
			}
		}
		data := b.chunk.Data
		lines = int64(b.chunk.Line-1) + int64(bytes.Count(data, newline))
		if len(b.pieces) == 0 && data[len(data)-1] == '\n' {
			_, err := w.Write(data)
			return err
		}
		out = b.assemble(out[:0])
		_, err := w.Write(out)
		if cap(out) > 8<<20 {
			out = nil
		}
		return err
	}
	err := event.Chunks(r, idle, work, take)
	f.lines += lines
	return err
}

var newline, mark = []byte{'\n'}, []byte("\uFEFF")

// batch scrubs the lines of a chunk as far as can be told without the chunks
// before it.
func (f *Filter) batch(c event.Chunk, memory *values) *batch {
	b := &batch{chunk: c, memory: memory}
	own, text := false, utf8.Valid(c.Data)
	w := &walker{f: f}
	for at, n := 0, c.Line; at < len(c.Data); n++ {
		end := at + lineEnd(c.Data[at:])
		line := trim(c.Data[at:end], n)
		if len(bytes.TrimSpace(line)) == 0 {
			b.pieces = append(b.pieces, piece{from: at, to: end, line: n})
			at = end
			continue
		}
		if len(line)+1 < end-at { // a carriage return, or the mark at the start
			b.pieces = append(b.pieces, piece{from: at, to: end, line: n, text: append(bytes.Clone(line), '\n')})
		}
		msg := check(line)
		if !text && msg == "" && !utf8.Valid(line) {
			// Written anew: what reads it further down may not take it.
			line, msg = repair(line), notUTF8
			b.put(piece{from: at, to: end, line: n, text: append(line, '\n')})
			line = line[:len(line):len(line)]
		}
		if f.wanted(line, memory) {
			w.values, w.seq = memory, f.lines+int64(n)
			changed := w.scrubbed(line, false)
			if msg == "" {
				msg = w.wrong(line)
			}
			if changed {
				b.put(w.piece(line, at, end, n))
				if learnt := w.remember(nil); len(learnt) > 0 {
					b.learnt = append(b.learnt, learnt...)
					if !own {
						memory, own = memory.clone(), true
					}
					for _, x := range learnt {
						memory.add(x)
					}
				}
			}
		}
		if msg != "" {
			b.problems = append(b.problems, problem{n, msg})
		}
		if key, ok := f.strictCall(line); ok {
			b.calls = append(b.calls, call{at, key})
		}
		at = end
	}
	return b
}

// settle does for the lines of a chunk what depends on the chunks before it.
func (f *Filter) settle(b *batch) {
	if delta := f.delta(b.memory); delta != nil {
		f.again(b, delta.hit, false)
	}
	if len(f.strict) > 0 || len(b.calls) > 0 {
		f.again(b, nil, true)
	}
	f.keep(b.learnt)
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.failed {
			b.problems = append(b.problems, problem{p.line, failure})
		}
		for _, r := range p.rules {
			f.counts[r]++
		}
		for _, x := range p.findings {
			f.o.Found(x)
		}
	}
}

// delta returns the values that were learnt since old was current.
func (f *Filter) delta(old *values) *values {
	n := 0
	if old != nil {
		n = len(old.list)
	}
	if f.memory == nil || len(f.memory.list) == n {
		return nil
	}
	d := &values{}
	for _, x := range f.memory.list[n:] {
		d.add(x)
	}
	return d
}

// again scrubs those lines of the chunk anew that hit picks, or that answer a
// strict event.
func (f *Filter) again(b *batch, hit func([]byte) bool, strict bool) {
	w := &walker{f: f}
	memory := f.memory
	if len(b.learnt) > 0 {
		memory = memory.clone()
		for _, x := range b.learnt {
			memory.add(x)
		}
	}
	calls, k := b.calls, 0
	var pieces []piece
	for at, n := 0, b.chunk.Line; at < len(b.chunk.Data); n++ {
		end := at + lineEnd(b.chunk.Data[at:])
		line := trim(b.chunk.Data[at:end], n)
		var old *piece
		if k < len(b.pieces) && b.pieces[k].from == at {
			old = &b.pieces[k]
			k++
		}
		if !utf8.Valid(line) && check(line) == "" {
			line = repair(line)
		}
		if strict && f.strictResult(line) || hit != nil && hit(line) {
			w.values, w.seq = memory, f.lines+int64(n)
			if w.scrubbed(line, strict || hit != nil && f.strictResult(line)) {
				p := w.piece(line, at, end, n)
				old = &p
			}
		}
		if old != nil {
			pieces = append(pieces, *old)
		}
		if strict && len(calls) > 0 && calls[0].at == at {
			f.addStrict(calls[0].key)
			calls = calls[1:]
		}
		at = end
	}
	b.pieces = pieces
}

// put adds a piece, in the place of one of the same line.
func (b *batch) put(p piece) {
	if n := len(b.pieces); n > 0 && b.pieces[n-1].from == p.from {
		b.pieces[n-1] = p
		return
	}
	b.pieces = append(b.pieces, p)
}

// notUTF8 is the message for lines that are mended.
const notUTF8 = "bytes that are not UTF-8, read as U+FFFD"

func repair(line []byte) []byte { return bytes.ToValidUTF8(line, []byte("\uFFFD")) }

// piece returns the changed line, which stands at data[at:end] of the chunk.
func (w *walker) piece(line []byte, at, end, n int) piece {
	p := piece{from: at, to: end, line: n}
	if w.failed {
		p.failed = true
		return p
	}
	p.text = w.apply(make([]byte, 0, end-at+64*len(w.edits)), line)
	p.text = append(p.text, '\n')
	for i := range w.edits {
		p.rules = append(p.rules, w.edits[i].rule)
		if x := w.edits[i].finding; x != nil {
			x.Line = n
			p.findings = append(p.findings, *x)
		}
	}
	return p
}

// assemble appends the chunk with its changed lines.
func (b *batch) assemble(dst []byte) []byte {
	at := 0
	for i := range b.pieces {
		p := &b.pieces[i]
		dst = append(dst, b.chunk.Data[at:p.from]...)
		dst = append(dst, p.text...)
		at = p.to
	}
	dst = append(dst, b.chunk.Data[at:]...)
	if n := len(dst); n > 0 && dst[n-1] != '\n' {
		dst = append(dst, '\n')
	}
	return dst
}

// lineEnd returns the index after the first line of b.
func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// trim returns the line without its newline, the carriage return before that,
// and a byte order mark at the start of a file.
func trim(line []byte, n int) []byte {
	line = bytes.TrimSuffix(line, newline)
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if n == 1 {
		line = bytes.TrimPrefix(line, mark)
	}
	return line
}
