package langfuse

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
)

// Limits of Langfuse's API: a text as a value has 1 to 500 characters. That of a
// name is ours.
const (
	maxValue   = 500
	maxName    = 200
	maxComment = otlp.DefaultLimit
)

// EstimatedCost is the name of the score that an estimated cost becomes.
const EstimatedCost = "estimated_cost_usd"

// A Score is what one request to /api/public/scores makes.
type Score struct {
	ID      string
	Session string
	Name    string
	Type    string // NUMERIC, BOOLEAN or CATEGORICAL

	value    []byte // JSON
	comment  string
	metadata []byte // a JSON object
}

// scoreOf makes a score of a record. ok is false if it has no value.
func scoreOf(e event.Event, comments bool) (s *Score, ok bool) {
	d := e.Data()
	if !d.IsObject() {
		return nil, false
	}
	s = &Score{Session: e.Session(), Name: short(cmp.Or(text(d, "judge", "name", "scorer"), "score"), maxName)}
	for _, key := range []string{"score", "value", "label", "verdict", "passed"} {
		if s.Type, s.value = valueOf(d.Get(key)); s.value != nil {
			break
		}
	}
	if s.value == nil {
		return nil, false
	}
	if comments {
		s.comment = otlp.Cut(text(d, "reason", "comment", "explanation"), maxComment)
	}
	s.about(e, func(o *event.Object) {
		for _, key := range []string{"passed", "threshold", "weight", "label", "verdict"} {
			if v := d.Get(key); v.Type == gjson.Number || v.IsBool() {
				o.Raw(key, bytes.ToValidUTF8([]byte(v.Raw), nil))
			} else if v.Type == gjson.String {
				o.Str(key, short(v.Str, maxValue))
			}
		}
	})
	return s, true
}

// costOf makes a score of a cost record, if a part of the cost is an estimate.
func costOf(e event.Event) (s *Score, ok bool) {
	d := e.Data()
	usd := d.Get("usd_nano")
	if usd.Type != gjson.Number || d.Get("provenance.estimate").Num <= 0 {
		return nil, false
	}
	s = &Score{Session: e.Session(), Name: EstimatedCost, Type: "NUMERIC"}
	s.value = strconv.AppendFloat(nil, usd.Num/1e9, 'f', -1, 64)
	s.about(e, func(o *event.Object) {
		for _, key := range []string{"exact", "lower_bound", "vendor", "estimate"} {
			if v := d.Get("provenance." + key); v.Type == gjson.Number {
				o.Raw("requests_"+key, []byte(v.Raw))
			}
		}
	})
	return s, true
}

// about sets the id and the metadata, to which more is added.
func (s *Score) about(e event.Event, more func(*event.Object)) {
	parent := e.Parent()
	s.ID = ScoreID(s.Session, s.Name, parent)
	var o event.Object
	o.Str("session_id", s.Session).Str("event_id", e.ID()).Str("parent_id", parent)
	more(&o)
	s.metadata = bytes.Clone(o.Bytes())
}

// ScoreID returns the id of a score: of a session, by the name of a judge, about
// an event, or about the session if that is "".
func ScoreID(session, name, event string) string {
	sum := sha256.Sum256([]byte(session + "\x00" + name + "\x00" + event))
	return hex.EncodeToString(sum[:16])
}

// valueOf returns the type and the JSON text of a value; nil if it is none.
func valueOf(v gjson.Result) (typ string, value []byte) {
	switch {
	case v.Type == gjson.Number && !math.IsInf(v.Num, 0) && !math.IsNaN(v.Num):
		return "NUMERIC", []byte(v.Raw)
	case v.IsBool():
		if v.Bool() {
			return "BOOLEAN", []byte("1")
		}
		return "BOOLEAN", []byte("0")
	case v.Type == gjson.String && v.Str != "":
		return "CATEGORICAL", event.AppendString(nil, short(v.Str, maxValue))
	}
	return "", nil
}

// Body returns the body of the request, for a session whose root span is at p.
// environment is left out if it is "".
func (s *Score) Body(p otlp.Place, environment string) []byte {
	var o event.Object
	o.Str("id", s.ID).Str("traceId", hex.EncodeToString(p.Trace[:]))
	if p.Trace != otlp.TraceID(p.Session) {
		// The trace has more in it than this session.
		o.Str("observationId", hex.EncodeToString(p.Root[:]))
	}
	o.Str("name", s.Name).Raw("value", s.value).Str("dataType", s.Type).Str("comment", s.comment)
	o.Str("environment", environment).Raw("metadata", s.metadata)
	return o.Bytes()
}

// text returns the first of the texts that is there.
func text(d gjson.Result, keys ...string) string {
	for _, k := range keys {
		if v := d.Get(k); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// short returns at most n characters of a text.
func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
