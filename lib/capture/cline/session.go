package cline

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// ending is how a session of the command line ended.
type ending struct {
	nano   int64
	reason string
	code   string // JSON
}

// about takes what the command line notes of a session beside its messages.
func (r *reader) about(rec *record.Record) error {
	r.session = rec.Str("session_id")
	if r.session == "" {
		return dialect.ErrNoSession
	}
	if ns, ok := record.Nanos(rec.Get("ended_at")); ok {
		e := ending{nano: ns, reason: rec.Str("status")}
		if c := gjson.ParseBytes(rec.Get("exit_code")); c.Type == gjson.Number {
			e.code = c.Raw
		}
		r.ends[r.session] = e
	}
	if r.started[r.session] {
		return nil
	}
	r.started[r.session] = true
	o := &r.out
	o.Str("agent", Name).Str("agent_version", gjson.GetBytes(rec.Raw, "metadata.sessionHistoryOrigin.version").Str)
	o.Str("model", rec.Str("model")).Str("provider", rec.Str("provider")).Str("source", "startup")
	o.Start(rec.Str("cwd"))
	o.Str("cwd", rec.Str("cwd")).Str("entrypoint", rec.Str("source"))
	o.Str("parent_session_id", rec.Str("parent_session_id"))
	ns, timed := record.Nanos(rec.Get("started_at"))
	return o.Give(event.Header{Type: "session_start", UnixNano: ns, Untimed: !timed, ID: payload.StartID(r.session), Session: r.session})
}

// wholeSession takes the messages of a session of the command line.
func (r *reader) wholeSession(rec *record.Record) error {
	if r.session = rec.Str("sessionId"); r.session == "" {
		return dialect.ErrNoSession
	}
	r.file, r.number, r.open = history, 0, nil
	var err error
	var el record.Record
	record.Elements(rec.Get("messages"), func(b []byte) {
		if err != nil || b[0] != '{' || el.Parse(b) != nil {
			return
		}
		if c := el.Get("content"); (el.Is("role", "user") || el.Is("role", "assistant")) && len(c) > 0 && (c[0] == '"' || c[0] == '[') {
			err = r.turn(&el)
		}
	})
	if end, ok := r.ends[r.session]; ok && err == nil {
		delete(r.ends, r.session)
		r.out.Str("reason", end.reason).Raw("exit_code", []byte(end.code))
		r.nano = max(r.nano, end.nano)
		err = r.give("session_end", event.ID(r.session, "session_end", r.session), "", nil)
	}
	return err
}
