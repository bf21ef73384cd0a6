package table

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"agenttrace/lib/event"
)

// Options say what a table looks like.
type Options struct {
	Columns []Column // nil means Default, and whole events in JSON
	JSON    bool     // an array, not CSV

	Safe     bool // no text is a formula to a spreadsheet
	NoHeader bool
	LF       bool // rows end in LF alone
	BOM      bool // begin with a byte order mark, by which Excel knows UTF-8
}

// A Table writes rows. It holds one row at a time.
type Table struct {
	opt  Options
	w    *bufio.Writer
	row  []byte
	rows int

	tops   []string // the keys of the envelope that columns begin with
	values [][]byte // and their values in the event
	of     []int    // by column: which of tops; -1 for the time
	cell   []byte
}

// New returns a Table that writes to w. Call Close at the end.
func New(w io.Writer, o Options) *Table {
	whole := o.JSON && o.Columns == nil
	if o.Columns == nil && !whole {
		o.Columns = Default
	}
	t := &Table{opt: o, w: bufio.NewWriterSize(w, 64<<10)}
	for _, c := range o.Columns {
		i := -1
		if c.path != nil {
			if i = slices.Index(t.tops, c.path[0]); i < 0 {
				i = len(t.tops)
				t.tops = append(t.tops, c.path[0])
			}
		}
		t.of = append(t.of, i)
	}
	t.values = make([][]byte, len(t.tops))
	return t
}

// Add writes the row of an event. It keeps no part of it.
func (t *Table) Add(e event.Event) error {
	t.row = t.row[:0]
	if len(t.tops) > 0 {
		clear(t.values)
		event.Fields(e.Raw, func(key, value []byte) bool {
			for i, top := range t.tops {
				if t.values[i] == nil && string(key) == top {
					t.values[i] = value
				}
			}
			return true
		})
	}
	if t.opt.JSON {
		t.json(e)
	} else {
		t.csv(e)
	}
	t.rows++
	_, err := t.w.Write(t.row)
	return err
}

// value returns the JSON text of a column; nil if there is none, or null.
func (t *Table) value(e event.Event, i int) []byte {
	c := &t.opt.Columns[i]
	if t.of[i] < 0 {
		ns, ok := e.UnixNano()
		if !ok {
			return nil
		}
		t.cell = time.Unix(0, ns).UTC().AppendFormat(t.cell[:0], `"2006-01-02T15:04:05.000000Z"`)
		return t.cell
	}
	v := find(t.values[t.of[i]], c.path[1:])
	if len(v) > 0 && v[0] == 'n' {
		return nil
	}
	return v
}

// json makes the row of an array.
func (t *Table) json(e event.Event) {
	if t.rows == 0 {
		t.row = append(t.row, "[\n"...)
	} else {
		t.row = append(t.row, ",\n"...)
	}
	if t.opt.Columns == nil {
		t.row = append(t.row, valid(e.Raw)...)
		return
	}
	var o event.Object
	for i := range t.opt.Columns {
		if v := t.value(e, i); v != nil {
			o.Raw(t.opt.Columns[i].Name, valid(v))
		}
	}
	t.row = append(t.row, o.Bytes()...)
}

// csv makes a row, behind the header if it is the first.
func (t *Table) csv(e event.Event) {
	if t.rows == 0 {
		if t.opt.BOM {
			t.row = append(t.row, "\uFEFF"...)
		}
		if !t.opt.NoHeader {
			for i, c := range t.opt.Columns {
				t.put(i, valid([]byte(c.Name)), false)
			}
			t.end()
		}
	}
	for i := range t.opt.Columns {
		v := t.value(e, i)
		if len(v) == 0 || v[0] != '"' {
			t.put(i, valid(v), false)
			continue
		}
		text := v[1 : len(v)-1]
		if bytes.IndexByte(text, '\\') >= 0 {
			text = []byte(event.Unquote(v))
		}
		t.put(i, valid(text), true)
	}
	t.end()
}

func (t *Table) end() {
	if !t.opt.LF {
		t.row = append(t.row, '\r')
	}
	t.row = append(t.row, '\n')
}

// put appends a cell. text tells that it is one, not a number or the like.
func (t *Table) put(column int, cell []byte, text bool) {
	if column > 0 {
		t.row = append(t.row, ',')
	}
	quoted := quotes(cell) || len(cell) == 0 && len(t.opt.Columns) == 1
	formula := false
	if t.opt.Safe && text {
		quoted = quoted || len(cell) > 0
		formula = dangerous(cell)
	}
	if !quoted {
		t.row = append(t.row, cell...)
		return
	}
	t.row = append(t.row, '"')
	if formula {
		t.row = append(t.row, '\'')
	}
	for {
		i := bytes.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		t.row = append(append(t.row, cell[:i+1]...), '"')
		cell = cell[i+1:]
	}
	t.row = append(append(t.row, cell...), '"')
}

// quotes reports whether a cell needs quotes.
func quotes(cell []byte) bool {
	if len(cell) == 0 {
		return false
	}
	return cell[0] == ' ' || cell[len(cell)-1] == ' ' || bytes.ContainsAny(cell, ",\"\r\n")
}

// dangerous reports whether a spreadsheet may take a text for a formula.
func dangerous(cell []byte) bool {
	if len(cell) == 0 {
		return false
	}
	if cell[0] == '\t' || cell[0] == '\r' || cell[0] == '\n' {
		return true
	}
	cell = bytes.TrimLeftFunc(cell, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.C, r) // also U+200B and the byte order mark
	})
	r, _ := utf8.DecodeRune(cell)
	switch r {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// valid returns text as valid UTF-8.
func valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	return bytes.ToValidUTF8(text, []byte("\uFFFD"))
}

// Flush writes out what is buffered.
func (t *Table) Flush() error { return t.w.Flush() }

// Close ends the table and flushes. A table without rows is nothing.
func (t *Table) Close() error {
	if t.opt.JSON && t.rows > 0 {
		t.w.WriteString("\n]\n")
	}
	return t.w.Flush()
}
