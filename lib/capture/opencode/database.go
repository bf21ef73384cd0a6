package opencode

import (
	"path"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/event"
)

// database is the SQLite data base in which sessions are kept since 2026. Its
// records are documents as opencode export prints them: one that tells of the
// session, and one for each message.
var database = &dialect.Database{
	Tables: []string{"session", "message", "part"}, Name: "opencode.db",
	Elsewhere: elsewhere, Sessions: sessions, Records: records, Stamp: stamp,
}

// elsewhere returns the data base that $OPENCODE_DB names, if it is not
// relative to the folder of OpenCode's data.
func elsewhere(env func(string) string, _ string) []string {
	if name := env("OPENCODE_DB"); path.IsAbs(name) {
		return []string{name}
	}
	return nil
}

// sessions lists the sessions.
func sessions(q dialect.Querier, each func(dialect.Found)) error {
	columns, err := dialect.Columns(q, "session", "id", "directory", "time_created", "time_updated")
	if err != nil {
		return err
	}
	return q.Query(columns+" FROM session ORDER BY id", nil, func(r dialect.Row) error {
		each(dialect.Found{
			Session: string(r.Get("id").Text), Dir: string(r.Get("directory").Text),
			Began: moment(r.Get("time_created")), Modified: moment(r.Get("time_updated")),
		})
		return nil
	})
}

// moment returns a time in milliseconds, zero if there is none.
func moment(v dialect.Value) time.Time {
	ms, err := strconv.ParseInt(string(v.Text), 10, 64)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// nano returns a time in nanoseconds, 0 if there is none.
func nano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// stamp tells how many messages and parts there are, and which was changed last.
func stamp(q dialect.Querier, session string) (string, error) {
	var s string
	for _, table := range []string{"message", "part"} {
		err := q.Query("SELECT count(*) AS n, max(time_updated) AS t FROM "+table+" WHERE session_id = ?", []string{session}, func(r dialect.Row) error {
			s += string(r.Get("n").Text) + "@" + string(r.Get("t").Text) + " "
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return s, nil
}

// records gives the documents of a session.
func records(q dialect.Querier, w dialect.Wanted) error {
	d := &documents{Querier: q, Wanted: w}
	if err := d.info(); err != nil {
		return err
	}
	var ids []string // their contents would have to be sorted with them
	err := q.Query("SELECT id FROM message WHERE session_id = ? ORDER BY time_created, id", []string{w.Session}, func(r dialect.Row) error {
		ids = append(ids, string(r.Get("id").Text))
		return nil
	})
	for _, id := range ids {
		if err == nil && !w.Has(id) {
			err = d.message(id)
		}
	}
	if err != nil {
		return err
	}
	return d.flaws.Err()
}

// documents makes the documents of a session.
type documents struct {
	dialect.Querier
	dialect.Wanted
	flaws dialect.Flaws
	buf   []byte
}

// info gives the document that tells of the session.
func (d *documents) info() error {
	columns, err := dialect.Columns(d, "session", "id", "slug", "project_id", "workspace_id", "directory", "parent_id", "title", "agent", "model",
		"version", "permission", "time_created", "time_updated")
	if err != nil {
		return err
	}
	return d.Query(columns+" FROM session WHERE id = ?", []string{d.Session}, func(r dialect.Row) error {
		var o, times event.Object
		o.Text("id", d.Session)
		for _, k := range [][2]string{
			{"slug", "slug"}, {"projectID", "project_id"}, {"workspaceID", "workspace_id"}, {"directory", "directory"},
			{"parentID", "parent_id"}, {"title", "title"}, {"agent", "agent"}, {"version", "version"},
		} {
			o.Raw(k[0], r.Get(k[1]).JSON())
		}
		for _, k := range []string{"model", "permission"} {
			v := r.Get(k)
			if o.Raw(k, v.Object()).Raw(k, v.Array()); v.Object() == nil && v.Array() == nil && len(v.Text) > 0 {
				d.flaws.Add("session %s: its %s is no JSON object", d.Session, k)
			}
		}
		times.Raw("created", r.Get("time_created").JSON()).Raw("updated", r.Get("time_updated").JSON())
		o.Raw("time", times.Bytes())
		d.buf = append(d.buf[:0], `{"info":`...)
		d.buf = append(append(d.buf, o.Bytes()...), `,"messages":[]}`...)
		return d.Give("", nano(moment(r.Get("time_created"))), d.buf)
	})
}

// maxParts is how many bytes of parts stand in one document, if it is not a
// single part. What a message has more stands in a further one.
const maxParts = 32 << 20

// message gives the documents of a message.
func (d *documents) message(id string) error {
	var begin []byte
	var at int64
	open := false // it is the agent's, and is being written
	err := d.Query("SELECT time_created, "+dialect.Bounded("data")+" FROM message WHERE id = ?", []string{id}, func(r dialect.Row) error {
		info := r.Get("data").Object()
		if info == nil {
			d.flaws.Add("message %s: its data is no JSON object, or too long", id)
			return nil
		}
		at = nano(moment(r.Get("time_created")))
		g := gjson.ParseBytes(info)
		open = g.Get("role").Str == "assistant" && !g.Get("time.completed").Exists() && !g.Get("error").IsObject()
		var o event.Object
		o.Text("id", d.Session)
		begin = append([]byte(`{"info":`), o.Bytes()...)
		o.Reset()
		o.Text("id", id).Text("sessionID", d.Session)
		begin = append(begin, `,"messages":[{"info":`...)
		begin = append(append(begin, o.With(info)...), `,"parts":[`...)
		return nil
	})
	if err != nil || begin == nil {
		return err
	}
	d.buf = append(d.buf[:0], begin...)
	n := 0
	end := func(key string) error {
		n++
		d.buf = append(d.buf, "]}]}"...)
		return d.Give(key, at, d.buf)
	}
	err = d.Query("SELECT id, "+dialect.Bounded("data")+" FROM part WHERE message_id = ? ORDER BY id", []string{id}, func(r dialect.Row) error {
		part := r.Get("data").Object()
		if part == nil {
			d.flaws.Add("part %s: its data is no JSON object, or too long", r.Get("id").Text)
			return nil
		}
		if d.Growing && open && unfinished(part) {
			return nil
		}
		if d.buf[len(d.buf)-1] != '[' {
			if len(d.buf)-len(begin)+len(part) > maxParts {
				if err := end(id + "#" + strconv.Itoa(n)); err != nil {
					return err
				}
				d.buf = append(d.buf[:0], begin...)
			} else {
				d.buf = append(d.buf, ',')
			}
		}
		var o event.Object
		o.Text("id", string(r.Get("id").Text)).Text("sessionID", d.Session).Text("messageID", id)
		d.buf = append(d.buf, o.With(part)...)
		return nil
	})
	if err != nil {
		return err
	}
	return end(id) // the last one: the message is there
}

// unfinished reports whether a part of a message that is being written will
// change in what is told of it: text that grows, a call without its input.
func unfinished(part []byte) bool {
	p := gjson.ParseBytes(part)
	switch p.Get("type").Str {
	case "text", "reasoning":
		return !p.Get("time.end").Exists()
	case "tool":
		return p.Get("state.status").Str == "pending"
	}
	return false
}
