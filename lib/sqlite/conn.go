package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"

	"agenttrace/lib/capture/dialect"
)

// maxMemory is what SQLite may use for one Conn, in bytes: room for two values
// of the longest kind, and for pages.
const maxMemory = 512 << 20

// serial numbers the virtual file systems, whose names are the process's.
var serial atomic.Int64

// A Conn puts queries to a Snapshot. It is for one goroutine.
type Conn struct {
	db    *sqlite3.Conn
	vfs   string
	ready map[string]*current // queries that are not being used, by their text
}

// Connect returns a Conn, which is to be closed. Neither its errors nor those of
// Connect name the file.
func (s *Snapshot) Connect() (c *Conn, err error) {
	c = &Conn{vfs: "snapshot-" + strconv.FormatInt(serial.Add(1), 10), ready: map[string]*current{}}
	vfs.Register(c.vfs, files{s})
	defer func() {
		if p := recover(); p != nil {
			err = errors.New(fmt.Sprint(p))
		}
		if err != nil {
			vfs.Unregister(c.vfs)
			c = nil
		}
	}()
	ctx := sqlite3.WithMaxMemory(context.Background(), maxMemory)
	if c.db, err = sqlite3.OpenContext(ctx, "file:db?mode=ro&vfs="+c.vfs); err != nil {
		return nil, err
	}
	c.db.Limit(sqlite3.LIMIT_LENGTH, dialect.MaxValue+1<<20)
	if _, err = c.db.Config(sqlite3.DBCONFIG_DEFENSIVE, true); err == nil {
		_, err = c.db.Config(sqlite3.DBCONFIG_TRUSTED_SCHEMA, false)
	}
	if err == nil {
		err = c.db.Exec("PRAGMA temp_store = memory; PRAGMA cell_size_check = on; PRAGMA query_only = on")
	}
	if err != nil {
		c.db.Close()
	}
	return c, err
}

// Close closes the Conn, not its Snapshot.
func (c *Conn) Close() error {
	for _, r := range c.ready {
		r.stmt.Close()
	}
	vfs.Unregister(c.vfs)
	return c.db.Close()
}

// Query gives the rows of the result of a query to row, see
// [dialect.Querier]. What the library panics about, such as want of memory, is
// an error.
func (c *Conn) Query(sql string, args []string, row func(dialect.Row) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New(fmt.Sprint(p))
		}
	}()
	r := c.ready[sql]
	if delete(c.ready, sql); r == nil {
		if r, err = c.prepare(sql); err != nil {
			return err
		}
	}
	defer func() {
		if err == nil && r.stmt.Reset() == nil && c.ready[sql] == nil {
			c.ready[sql] = r
		} else {
			r.stmt.Close()
		}
	}()
	for i, arg := range args {
		if err := r.stmt.BindText(i+1, arg); err != nil {
			return err
		}
	}
	for r.stmt.Step() {
		if err := row(r); err != nil {
			return err
		}
	}
	return r.stmt.Err()
}

func (c *Conn) prepare(sql string) (*current, error) {
	stmt, _, err := c.db.Prepare(sql)
	if err != nil {
		return nil, err
	}
	r := &current{stmt: stmt, columns: map[string]int{}}
	for i := range stmt.ColumnCount() {
		r.columns[stmt.ColumnName(i)] = i
	}
	return r, nil
}

// current is the row at which a statement is.
type current struct {
	stmt    *sqlite3.Stmt
	columns map[string]int
}

func (r *current) Get(column string) dialect.Value {
	i, ok := r.columns[column]
	if !ok {
		return dialect.Value{}
	}
	switch r.stmt.ColumnType(i) {
	case sqlite3.INTEGER:
		return dialect.Value{Text: strconv.AppendInt(nil, r.stmt.ColumnInt64(i), 10), Number: true}
	case sqlite3.FLOAT:
		return dialect.Value{Text: appendFloat(r.stmt.ColumnFloat(i)), Number: true}
	case sqlite3.TEXT:
		return dialect.Value{Text: some(r.stmt.ColumnRawText(i))}
	case sqlite3.BLOB:
		return dialect.Value{Text: some(r.stmt.ColumnRawBlob(i))}
	}
	return dialect.Value{}
}

func some(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// appendFloat returns the shortest JSON number that is f, with a fraction, as
// agents write it; nil for what JSON has no number for.
func appendFloat(f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil
	}
	b, err := json.Marshal(f)
	if err == nil && f == math.Trunc(f) && bytes.IndexByte(b, 'e') < 0 {
		b = append(b, ".0"...)
	}
	return b
}
