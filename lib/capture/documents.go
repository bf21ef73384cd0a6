package capture

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// documents puts records together that span lines, and sorts out what is no
// record. It is used for the chunks where some line is not a whole record.
type documents struct {
	buf      []byte // lines of a record that is not whole yet
	line     int    // the number of the first
	next     int    // size of buf at which it is worth looking at it again
	brackets record.Brackets
}

// open reports whether a record has begun that is not whole.
func (d *documents) open() bool { return len(d.buf) > 0 }

// chunk reads a chunk line by line.
func (d *documents) chunk(c *Capture, chunk event.Chunk) error {
	for data, n := chunk.Data, chunk.Line; len(data) > 0; n++ {
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if err := d.add(c, line, n); err != nil {
			return err
		}
	}
	return nil
}

// add takes the next line.
func (d *documents) add(c *Capture, line []byte, n int) error {
	if !utf8.Valid(line) {
		c.problem(n, "bytes that are not UTF-8, read as U+FFFD", nil)
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
	}
	if d.open() {
		return d.more(c, line, n)
	}
	line = bytes.TrimSpace(line)
	if whole := bytes.Trim(line, "\x00 \t\r"); len(whole) < len(line) && len(whole) > 0 {
		// What a machine that crashed leaves of a file that was being written.
		c.problem(n, "NUL bytes beside a record", nil)
		line = whole
	}
	if len(line) == 0 {
		return nil
	}
	end, err := event.Check(line)
	switch {
	case err == nil && !(c.textLog && line[0] != '{'):
		return c.record(line, n)
	case end == len(line) && (line[0] == '{' || line[0] == '[') && !c.textLog:
		// It may go on in the next line.
		d.begin(line, n)
		return nil
	}
	return d.broken(c, line, n, err)
}

func (d *documents) begin(line []byte, n int) {
	*d = documents{buf: d.buf[:0], line: n}
	d.append(line)
	d.next = 2 * len(d.buf)
}

func (d *documents) append(line []byte) {
	d.buf = append(append(d.buf, line...), '\n')
	d.brackets.Add(line)
}

// more adds a line to a record that has begun. What has come is looked at when
// its brackets are closed, and whenever it has doubled, so that the work stays
// in proportion to its length.
func (d *documents) more(c *Capture, line []byte, n int) error {
	d.append(line)
	if d.brackets.Depth > 0 && len(d.buf) < d.next && len(d.buf) > 4096 {
		return nil
	}
	d.next = 2 * len(d.buf)
	end, err := event.Check(d.buf)
	switch {
	case err == nil:
		raw, first := d.buf, d.line
		d.buf = nil
		return c.record(raw, first)
	case end >= len(d.buf)-1 && len(d.buf) < event.MaxLine:
		return nil // not whole yet
	}
	if whole, ok := event.Value(d.buf); ok && bytes.IndexByte(d.buf[:whole], '\n') >= 0 {
		return d.split(c, whole)
	}
	return d.giveUp(c, end)
}

// split takes a record over several lines, behind whose end, on its last line,
// the next one begins.
func (d *documents) split(c *Capture, whole int) error {
	held, n := d.buf, d.line
	d.buf = nil
	if err := c.record(held[:whole], n); err != nil {
		return err
	}
	n += bytes.Count(held[:whole], []byte{'\n'})
	for line := range bytes.Lines(held[whole:]) {
		if err := d.add(c, bytes.Clone(line[:len(line)-1]), n); err != nil {
			return err
		}
		n++
	}
	return nil
}

// giveUp finds that the lines held are no record: the first is a torn line,
// and the others are lines of their own.
func (d *documents) giveUp(c *Capture, bad int) error {
	held, first := d.buf, d.line
	d.buf = nil
	cut := bytes.IndexByte(held, '\n')
	_, err := event.Check(held[:cut])
	if err := d.broken(c, held[:cut], first, err); err != nil {
		return err
	}
	for n, at := first+1, cut+1; at < len(held); n++ {
		end := at + bytes.IndexByte(held[at:], '\n')
		line := held[at:end]
		if end < bad && !d.open() {
			// Before the place where the text stopped being JSON nothing
			// begins that the next lines would complete.
			if err := d.alone(c, line, n); err != nil {
				return err
			}
		} else if err := d.add(c, bytes.Clone(line), n); err != nil {
			return err
		}
		at = end + 1
	}
	return nil
}

// alone takes a line that must be a whole record.
func (d *documents) alone(c *Capture, line []byte, n int) error {
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return nil
	}
	if _, err := event.Check(line); err != nil {
		return d.broken(c, line, n, err)
	}
	return c.record(line, n)
}

// broken takes a line that is not JSON: two records that were joined, a torn
// one with a record behind it, or nothing that can be read.
func (d *documents) broken(c *Capture, line []byte, n int, cause error) error {
	if rest, comma := bytes.CutSuffix(line, []byte(",")); comma && bytes.HasPrefix(rest, []byte("{")) {
		if _, err := event.Check(rest); err == nil { // an element of an array that does not end
			c.problem(n, "a comma behind a record that was read", nil)
			return c.record(rest, n)
		}
	}
	if c.textLog = c.textLog || c.mayBe(mcp.Name) && mcp.IsTextLog(line); c.textLog {
		return c.record(mcp.TextRecord(line), n)
	}
	pieces := event.Pieces(line, recordStarts...)
	torn := false
	for _, p := range pieces {
		torn = torn || !p.Whole
	}
	if len(pieces) > 0 && !torn {
		c.problem(n, fmt.Sprintf("%d records joined without a newline, all of them read", len(pieces)), nil)
	}
	for _, p := range pieces {
		if !p.Whole {
			c.problem(n, "a torn line, with a record joined to it that was read", p.Raw)
		} else if err := c.record(p.Raw, n); err != nil {
			return err
		}
	}
	if len(pieces) > 0 {
		return nil
	}
	c.problem(n, "not a record: "+cause.Error(), line)
	return nil
}

// recordStarts are how records begin, for finding one behind a torn line.
var recordStarts = [][]byte{
	[]byte(`{"event_type":`), []byte(`{"parentUuid":`), []byte(`{"session_id":`), []byte(`{"type":`), []byte(`{"isSidechain":`),
	[]byte(`{"timestamp":`),
}

// maxRestarts is how often, at the end of the input, a record that began and
// did not end is given up, and looked for another in the lines behind its
// first. Beyond that each line is taken alone, so that the work stays in
// proportion to the input.
const maxRestarts = 8

// end takes what is held at the end of the input.
func (d *documents) end(c *Capture) error {
	for n := 0; d.open(); n++ {
		bad := 0
		if n >= maxRestarts {
			bad = len(d.buf)
		}
		if err := d.giveUp(c, bad); err != nil {
			return err
		}
	}
	return nil
}
