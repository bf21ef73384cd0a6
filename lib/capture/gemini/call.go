package gemini

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A toolCall is what a message says of a call.
type toolCall struct {
	id, name, status string
	args, result     []byte
	display, extra   []byte // what the user was shown; displayName and description
	agent            string // the subagent that did the work
	alone            bool   // it is the only call of its message
	nano             int64  // when it was done
	timed            bool
}

// toolCall takes one of the calls of a message.
func (g *reader) toolCall(raw []byte, h event.Header, message string, nth int, alone bool) error {
	var r record.Record
	if r.Parse(raw) != nil {
		return nil
	}
	c := toolCall{
		id: r.Str("id"), name: r.Str("name"), status: r.Str("status"),
		args: payload.Unwrap(r.Get("args")), result: r.Get("result"), display: r.Get("resultDisplay"), agent: r.Str("agentId"),
	}
	c.alone = alone
	if c.id == "" {
		c.id = message + "#" + itoa(nth)
	}
	c.nano, c.timed = record.Nanos(r.Get("timestamp"))
	if g.calls[document].Known(g.session, c.id) == nil {
		g.Raw("display_name", r.Get("displayName")).Raw("description", r.Get("description"))
		c.extra = append(c.extra, g.Bytes()...)
		g.Reset()
		if err := g.call(h, c, message); err != nil {
			return err
		}
	}
	call := g.calls[document].Known(g.session, c.id)
	switch c.status {
	case "success", "error", "cancelled":
		return g.outcome(h, call, c)
	}
	if c.status == "" && len(c.result) > 0 {
		return g.outcome(h, call, c)
	}
	return nil
}

// call tells a call.
func (g *reader) call(h event.Header, c toolCall, message string) error {
	call, _ := g.calls[document].Begin(g.session, c.id, c.name, c.args)
	began, ok := idTime(c.id, c.nano)
	switch {
	case g.own && (!c.timed || h.UnixNano < c.nano):
		call.At(h.UnixNano)
	case ok:
		h.UnixNano, h.Untimed = began, false
		call.At(began)
	}
	h.Type, h.ID = "tool_call", call.ID
	g.Str("tool_name", c.name).Raw("arguments", c.args).Str("tool_use_id", c.id).Str("message_id", message)
	if len(c.extra) > 2 {
		var extra record.Record
		if extra.Parse(c.extra) == nil {
			g.Rest(&extra, nil)
		}
	}
	g.Str("uuid", message)
	return g.Give(h)
}

// outcome tells the outcome of a call, once.
func (g *reader) outcome(h event.Header, call *payload.Call, c toolCall) error {
	if call.Done {
		return nil
	}
	call.Done = true
	if c.agent != "" {
		g.spawn[c.agent] = call.ID
	}
	if c.timed {
		h.UnixNano, h.Untimed = c.nano, false
	}
	h.ID, h.Parent = call.Outcome, call.ID
	if c.timed && c.alone {
		h.Nanos = call.Took(c.nano, true)
	}
	result := response(c.result)
	output := gjson.GetBytes(result, "output").String()
	code, coded := exitCode(c.name, output)
	switch told := gjson.GetBytes(result, "error"); {
	case c.status == "error" || c.status == "cancelled":
		reason := []byte(told.Raw)
		if len(reason) == 0 {
			if reason = c.display; len(reason) == 0 {
				reason = result
			}
		}
		var failed *int
		if coded {
			failed = &code
		}
		stopped := c.status == "cancelled" && !cancelled(payload.Text(reason)) && !refused(payload.Text(reason))
		g.failed(&h, event.AppendString(nil, c.name), reason, failed)
		g.True("is_interrupt", stopped)
	case coded && code != 0:
		g.failed(&h, event.AppendString(nil, c.name), event.AppendString(nil, output), &code)
	default:
		h.Type = "tool_result"
		g.Str("tool_name", c.name).Raw("result", result)
	}
	g.Raw("result_display", c.display).Str("tool_use_id", c.id).Str("child_session_id", c.agent)
	return g.Give(h)
}

// response returns what a tool gave: the response in the one part that there
// nearly always is.
func response(result []byte) []byte {
	list := gjson.ParseBytes(result)
	if !list.IsArray() || list.Get("#").Int() != 1 {
		return result
	}
	if one := list.Get("0.functionResponse.response"); one.Exists() {
		return []byte(one.Raw)
	}
	return result
}

// cancelled and refused report what the agent notes of a call that the user
// stopped, or did not let run.
func cancelled(text string) bool {
	return strings.HasPrefix(text, "[Operation Cancelled]") && !refused(text)
}

func refused(text string) bool {
	return strings.HasPrefix(text, "[Operation Cancelled]") && strings.Contains(text, "did not allow")
}

// idTime returns the time in the id of a call of the form name-<milliseconds>-
// <hex digits>, which is when the model asked for it. It must be within the day
// before its end. Ids of the form name_<milliseconds>_<number>, of newer
// versions, tell when the answer began.
func idTime(id string, end int64) (int64, bool) {
	words := strings.Split(id, "-")
	if len(words) < 3 || len(words[len(words)-2]) != 13 {
		return 0, false
	}
	ms, err := strconv.ParseInt(words[len(words)-2], 10, 64)
	if err != nil {
		return 0, false
	}
	began := ms * 1e6
	return began, began <= end && began > end-int64(24*time.Hour)
}
