package dialect

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// A Database says how the sessions that an agent keeps in a SQLite data base
// are read: as records that its Reader knows, so that they become events in
// one place.
type Database struct {
	// Tables are those that tell the agent's data base from others.
	Tables []string
	// Name is how the agent calls its own: a file of that name which lacks the
	// tables is worth an error.
	Name string
	// Elsewhere returns the data bases that are not in the agent's folders,
	// whether they are there or not; nil if there are none such. See Roots.
	Elsewhere func(env func(string) string, home string) []string
	// Sessions lists the sessions, without Path and Size.
	Sessions func(q Querier, each func(Found)) error
	// Records gives the records of a session in order. What cannot be used is
	// told by the error, after all else was given.
	Records func(q Querier, w Wanted) error
	// Stamp returns what changes when the records of a session change.
	Stamp func(q Querier, session string) (string, error)
}

// Wanted says which records are wanted.
type Wanted struct {
	Session string
	// Growing leaves out what is not whole yet: it will be asked for again.
	Growing bool
	// Has reports whether the record with a key is there already, and need not
	// be given.
	Has func(key string) bool
	// Give takes a record: a JSON object without newlines. Its key is unique in
	// the session; at is the time in nanoseconds of what it tells of, 0 if that
	// is not known. The bytes may be used again when it returns.
	Give func(key string, at int64, record []byte) error
}

// A Querier asks a data base.
type Querier interface {
	// Query gives the rows of the result of a query, in which args stand for
	// the ?, to row. An error of row ends it.
	Query(sql string, args []string, row func(Row) error) error
}

// A Row is one row of the result of a query.
type Row interface {
	// Get returns the value of a column. Its bytes are valid until the row
	// ends.
	Get(column string) Value
}

// A Value is what stands in a column. Text is nil if that is null, or if there
// is no such column, which versions of a schema may lack.
type Value struct {
	Text   []byte
	Number bool
}

// JSON returns the value as JSON: a number, or a string; nil for null.
func (v Value) JSON() []byte {
	if v.Text == nil || v.Number {
		return v.Text
	}
	return event.AppendString(nil, string(v.Text))
}

// MaxValue is the longest value of a data base that is used, in bytes: the rest
// of its record, and what is made of it, must fit into a line of
// [event.MaxLine].
const MaxValue = 96 << 20

// Bounded returns a column for SELECT, with AS and its name, whose value is
// null where it is longer than MaxValue; it is not even read then.
func Bounded(column string) string {
	return fmt.Sprintf("CASE WHEN octet_length(%[1]s) <= %[2]d THEN %[1]s END AS %[1]s", column, MaxValue)
}

// Columns returns SELECT and those of the columns that the table has.
func Columns(q Querier, table string, columns ...string) (string, error) {
	has := map[string]bool{}
	err := q.Query("PRAGMA table_info("+table+")", nil, func(r Row) error {
		has[string(r.Get("name").Text)] = true
		return nil
	})
	var list []string
	for _, c := range columns {
		if has[c] {
			list = append(list, c)
		}
	}
	if err == nil && len(list) == 0 {
		err = Problem(fmt.Sprintf("the table %s has none of the columns %s", table, strings.Join(columns, ", ")))
	}
	return "SELECT " + strings.Join(list, ", "), err
}

// Object returns a value that is the text of a JSON object, on one line; nil if
// it is none.
func (v Value) Object() []byte { return v.holds('{') }

// Array is Object for an array.
func (v Value) Array() []byte { return v.holds('[') }

func (v Value) holds(first byte) []byte {
	b := bytes.TrimSpace(v.Text)
	if len(b) == 0 || b[0] != first || !gjson.ValidBytes(b) {
		return nil
	}
	if bytes.IndexByte(b, '\n') >= 0 {
		return event.AppendCompact(nil, b)
	}
	return b
}

// Flaws are the values of a data base that cannot be used.
type Flaws struct {
	first string
	n     int
}

// Add adds one.
func (f *Flaws) Add(format string, args ...any) {
	if f.n++; f.n == 1 {
		f.first = fmt.Sprintf(format, args...)
	}
}

// Err returns an error that tells of them, nil if there are none.
func (f *Flaws) Err() error {
	switch f.n {
	case 0:
		return nil
	case 1:
		return Problem(f.first)
	}
	return Problem(fmt.Sprintf("%s (and %d more of the kind)", f.first, f.n-1))
}
