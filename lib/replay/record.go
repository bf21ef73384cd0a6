package replay

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// record tells in a line what an analysis found.
func (d *description) record(e event.Event, typ string) {
	data := d.view.data.index(e.DataRaw())
	str := func(key string) string { return data.Get(key).String() }
	switch typ {
	case "phase":
		d.name = strings.TrimSpace(data.Get("number").Raw + " " + str("title"))
		d.note(str("intent"))
		if from, to := data.Get("start"), data.Get("end"); from.Type == gjson.Number && to.Type == gjson.Number {
			d.note(text.Duration(time.Duration(to.Int()-from.Int()) * time.Millisecond))
		}
		d.when(data.Get("failed").Bool(), "failed")
		if n := data.Get("retries").Int(); n > 0 {
			d.note(text.Count(int(n), "retry"))
		}
	case "session_summary":
		d.name = summaryLine(data)
	case "cost":
		d.name = costLine(data)
	case "violation":
		d.name = sentence(between(" ", str("verdict"), str("rule")), str("reason"))
		d.note(str("subject"))
	case "annotation":
		d.name = sentence(str("label"), str("note"))
		d.note(str("author"))
	default: // score, alert
		d.name = sentence(first(data, "scorer", "rule", "name"), first(data, "message", "reason"))
		d.note(members(data.all(), "scorer", "rule", "name", "message", "reason"))
	}
}

// sentence returns "what: why", or the one that is there.
func sentence(what, why string) string { return between(": ", what, why) }

// between puts sep between two texts, if both are there.
func between(sep, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}

func summaryLine(data *object) string {
	var parts []string
	for _, c := range []struct{ key, noun string }{{"prompts", "prompt"}, {"tool_calls", "tool call"}, {"errors", "error"}} {
		if n := data.Get(c.key); n.Type == gjson.Number {
			parts = append(parts, text.Count(int(n.Int()), c.noun))
		}
	}
	if ms := data.Get("duration_ms"); ms.Type == gjson.Number {
		parts = append(parts, text.Duration(time.Duration(ms.Int())*time.Millisecond))
	}
	return strings.Join(parts, ", ")
}

func costLine(data *object) string {
	s := "unknown"
	if n := data.Get("usd_nano"); n.Type == gjson.Number {
		s = text.Dollars(n.Int())
	}
	if data.Get("unpriced_models").Get("0").Exists() {
		s += ", without " + strings.ReplaceAll(plain(data.Get("unpriced_models")), "\n", ", ")
	}
	return s
}
