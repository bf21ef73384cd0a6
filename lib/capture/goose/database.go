package goose

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/event"
)

// database is the SQLite data base in which sessions are kept since the end of
// 2025. Its records are documents as goose session export prints them: one that
// tells of the session, one for each message, and, which the export has not,
// one for each entry of the ledger of what was used.
var database = &dialect.Database{Tables: []string{"sessions", "messages"}, Name: "sessions.db", Sessions: sessions, Records: records, Stamp: stamp}

// sessions lists the sessions.
func sessions(q dialect.Querier, each func(dialect.Found)) error {
	columns, err := dialect.Columns(q, "sessions", "id", "working_dir", "created_at", "updated_at")
	if err != nil {
		return err
	}
	return q.Query(columns+" FROM sessions ORDER BY id", nil, func(r dialect.Row) error {
		began, _ := utc(r.Get("created_at"))
		changed, _ := utc(r.Get("updated_at"))
		each(dialect.Found{Session: string(r.Get("id").Text), Dir: string(r.Get("working_dir").Text), Began: began, Modified: changed})
		return nil
	})
}

// utc returns a time, and its text as the export has it: SQLite has no type for
// times, and Goose writes what CURRENT_TIMESTAMP gives, or the form of RFC 3339.
func utc(v dialect.Value) (time.Time, string) {
	s := string(v.Text)
	for _, layout := range []string{"2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil { // a fraction is taken in any case
			t = t.UTC()
			s = t.Format("2006-01-02T15:04:05.000000000")
			for strings.HasSuffix(s, "000") && strings.Contains(s, ".") { // 0, 3, 6 or 9 digits
				s = strings.TrimSuffix(strings.TrimSuffix(s, "000"), ".")
			}
			return t, s + "Z"
		}
	}
	return time.Time{}, s
}

// stamp tells how much there is, and when the session was changed last.
func stamp(q dialect.Querier, session string) (string, error) {
	s := ""
	ask := func(sql string) error {
		return q.Query(sql, []string{session}, func(r dialect.Row) error {
			s += string(r.Get("n").Text) + "@" + string(r.Get("t").Text) + " "
			return nil
		})
	}
	err := ask("SELECT 1 AS n, updated_at AS t FROM sessions WHERE id = ?")
	if err == nil {
		err = ask("SELECT count(*) AS n, max(id) AS t FROM messages WHERE session_id = ?")
	}
	if has, herr := hasLedger(q); err == nil && herr == nil && has {
		err = ask("SELECT count(*) AS n, max(id) AS t FROM usage_ledger WHERE session_id = ?")
	}
	return s, err
}

func hasLedger(q dialect.Querier) (has bool, err error) {
	err = q.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'usage_ledger'", nil, func(dialect.Row) error {
		has = true
		return nil
	})
	return has, err
}

// records gives the documents of a session.
func records(q dialect.Querier, w dialect.Wanted) error {
	d := &documents{Querier: q, Wanted: w}
	if err := d.messages(); err != nil {
		return err
	}
	if err := d.header(); err != nil || d.begin == nil {
		return err
	}
	if err := d.ledger(); err != nil {
		return err
	}
	for n := range d.rows {
		if err := d.message(n); err != nil {
			return err
		}
	}
	if err := d.used(1<<63 - 1); err != nil {
		return err
	}
	return d.flaws.Err()
}

// documents makes the documents of a session.
type documents struct {
	dialect.Querier
	dialect.Wanted
	flaws dialect.Flaws

	begin    []byte // of all documents but the first
	provider []byte
	columns  string // of messages
	rows     []row
	named    bool // messages have ids, see message_id
	entries  []entry
}

// row is a message: its row, and its time as it stands there.
type row struct{ id, created string }

// entry is one of the ledger, which is small.
type entry struct {
	key  string
	nano int64
	json []byte
}

// messages notes which messages there are, in their order. Others than those
// of the user and the agent are no part of an export.
func (d *documents) messages() error {
	has := ""
	var err error
	if d.columns, err = dialect.Columns(d, "messages", "message_id", "role", "created_timestamp"); err != nil {
		return err
	}
	d.named = strings.Contains(d.columns, "message_id")
	if has, err = dialect.Columns(d, "messages", "metadata_json"); err == nil && has != "" {
		d.columns += ", " + dialect.Bounded("metadata_json")
	}
	return d.Query("SELECT id, created_timestamp FROM messages WHERE session_id = ? AND role IN ('user', 'assistant') ORDER BY created_timestamp, id",
		[]string{d.Session}, func(r dialect.Row) error {
			d.rows = append(d.rows, row{string(r.Get("id").Text), string(r.Get("created_timestamp").Text)})
			return nil
		})
}

// header gives the document that tells of the session.
func (d *documents) header() error {
	columns, err := dialect.Columns(d, "sessions", "id", "working_dir", "name", "description", "user_set_name", "session_type", "created_at", "updated_at",
		"extension_data", "total_tokens", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
		"accumulated_total_tokens", "accumulated_input_tokens", "accumulated_output_tokens", "accumulated_cache_read_tokens",
		"accumulated_cache_write_tokens", "accumulated_cost", "schedule_id", "recipe_json", "user_recipe_values_json", "provider_name",
		"model_config_json", "goose_mode", "archived_at", "project_id", "parent_session_id")
	if err != nil {
		return err
	}
	return d.Query(columns+" FROM sessions WHERE id = ?", []string{d.Session}, func(r dialect.Row) error {
		var o event.Object
		o.Text("id", d.Session).Text("working_dir", string(r.Get("working_dir").Text))
		d.begin = append(bytes.TrimSuffix(bytes.Clone(o.Bytes()), []byte("}")), `,"conversation":[`...)
		title := r.Get("name")
		if len(title.Text) == 0 {
			title = r.Get("description")
		}
		o.Text("name", string(title.Text))
		if v := r.Get("user_set_name"); v.Text != nil {
			o.Raw("user_set_name", strconv.AppendBool(nil, string(v.Text) != "0"))
		}
		o.Raw("session_type", r.Get("session_type").JSON())
		began := d.time(&o, "created_at", r.Get("created_at"))
		d.time(&o, "updated_at", r.Get("updated_at"))
		d.json(&o, "extension_data", r.Get("extension_data"))
		if strings.Contains(columns, "cache_read_tokens") {
			o.Raw("usage", totals(r, "")).Raw("accumulated_usage", totals(r, "accumulated_"))
		} else {
			for _, of := range []string{"", "accumulated_"} {
				for _, k := range []string{"total_tokens", "input_tokens", "output_tokens"} {
					o.Raw(of+k, r.Get(of+k).JSON())
				}
			}
		}
		o.Raw("accumulated_cost", r.Get("accumulated_cost").JSON()).Raw("schedule_id", r.Get("schedule_id").JSON())
		d.json(&o, "recipe", r.Get("recipe_json"))
		d.json(&o, "user_recipe_values", r.Get("user_recipe_values_json"))
		o.Raw("conversation", []byte("[]")).Int("message_count", int64(len(d.rows)))
		d.provider = r.Get("provider_name").JSON()
		o.Raw("provider_name", d.provider)
		d.json(&o, "model_config", r.Get("model_config_json"))
		o.Raw("goose_mode", r.Get("goose_mode").JSON())
		d.time(&o, "archived_at", r.Get("archived_at"))
		o.Raw("project_id", r.Get("project_id").JSON()).Raw("parent_session_id", r.Get("parent_session_id").JSON())
		return d.Give("", began, o.Bytes())
	})
}

// totals returns the counts of tokens under the names of an export, nil if there
// are none.
func totals(r dialect.Row, of string) []byte {
	var o event.Object
	for _, k := range [][2]string{
		{"input_tokens", "input_tokens"}, {"output_tokens", "output_tokens"}, {"total_tokens", "total_tokens"},
		{"cache_read_input_tokens", "cache_read_tokens"}, {"cache_write_input_tokens", "cache_write_tokens"},
	} {
		o.Raw(k[0], r.Get(of+k[1]).JSON())
	}
	if o.Len() == 0 {
		return nil
	}
	return o.Bytes()
}

// time adds a time, and returns it in nanoseconds, 0 if there is none.
func (d *documents) time(o *event.Object, key string, v dialect.Value) int64 {
	if v.Text == nil {
		return 0
	}
	t, s := utc(v)
	o.Text(key, s)
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// json adds a value that is the text of a JSON object.
func (d *documents) json(o *event.Object, key string, v dialect.Value) {
	if v.Text == nil {
		return
	}
	object := v.Object()
	if object == nil && string(v.Text) != "null" {
		d.flaws.Add("session %s: its %s is no JSON object", d.Session, key)
	}
	o.Raw(key, object)
}

// message gives the document of a message, after what was used before it.
func (d *documents) message(n int) error {
	at := d.rows[n]
	if err := d.used(nanos(at.created)); err != nil {
		return err
	}
	if d.Has(at.id) {
		return nil
	}
	return d.Query(d.columns+", "+dialect.Bounded("content_json")+" FROM messages WHERE id = ?", []string{at.id}, func(r dialect.Row) error {
		content := r.Get("content_json").Array()
		if content == nil {
			d.flaws.Add("session %s: the content of message %s is no JSON array, or too long", d.Session, at.id)
			return nil
		}
		var o event.Object
		id := string(r.Get("message_id").Text)
		switch {
		case !d.named: // as it was named in exports then
			id = "msg_" + d.Session + "_" + strconv.Itoa(n)
		case id == "": // as if it were read of an export, which counts them
			id = strconv.Itoa(n)
		}
		o.Text("id", id).Raw("role", r.Get("role").JSON()).Raw("created", r.Get("created_timestamp").JSON())
		o.Raw("content", content).Raw("metadata", r.Get("metadata_json").Object())
		doc := append(append(d.begin[:len(d.begin):len(d.begin)], o.Bytes()...), "]}"...)
		return d.Give(at.id, nanos(at.created), doc)
	})
}

// nanos returns a time in seconds, or in milliseconds if it is beyond the year
// 2286 as one, as Goose itself tells them apart.
func nanos(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || n <= 0 || n > 1e13:
		return 0
	case n > 10_000_000_000:
		return n * 1e6
	}
	return n * 1e9
}

// ledger notes what the session used.
func (d *documents) ledger() error {
	has, err := hasLedger(d)
	if err != nil || !has {
		return err
	}
	columns, err := dialect.Columns(d, "usage_ledger", "id", "created_timestamp", "model", "input_tokens", "output_tokens", "total_tokens",
		"cache_read_tokens", "cache_write_tokens", "cost", "cost_source", "is_compaction")
	if err != nil {
		return err
	}
	return d.Query(columns+" FROM usage_ledger WHERE session_id = ? ORDER BY created_timestamp, id", []string{d.Session}, func(r dialect.Row) error {
		var o event.Object
		o.Raw("provider_name", d.provider)
		for _, k := range []string{"id", "created_timestamp", "model", "input_tokens", "output_tokens", "total_tokens", "cache_read_tokens",
			"cache_write_tokens", "cost", "cost_source"} {
			o.Raw(k, r.Get(k).JSON())
		}
		o.True("is_compaction", string(r.Get("is_compaction").Text) == "1")
		d.entries = append(d.entries, entry{"usage " + string(r.Get("id").Text), nanos(string(r.Get("created_timestamp").Text)), o.Bytes()})
		return nil
	})
}

// used gives the entries of the ledger that are older than a time.
func (d *documents) used(before int64) error {
	for len(d.entries) > 0 && d.entries[0].nano < before {
		e := d.entries[0]
		d.entries = d.entries[1:]
		doc := append(append(d.begin[:len(d.begin):len(d.begin)], `],"usage_ledger":[`...), e.json...)
		if err := d.Give(e.key, e.nano, append(doc, "]}"...)); err != nil {
			return err
		}
	}
	return nil
}
