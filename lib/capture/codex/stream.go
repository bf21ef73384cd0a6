package codex

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// stream reads a line of codex exec --json. Its lines have no time, and only
// the first one says which thread it is.
func (r *reader) stream(rec *record.Record) {
	typ := rec.Str("type")
	if typ == "thread.started" {
		r.threadStarted(rec)
		return
	}
	s := r.thread()
	r.running = true
	switch typ {
	case "turn.started":
		clear(s.errors)
		r.book("turn_started", rec)
	case "turn.completed":
		r.turnUsage(rec.Get("usage"))
	case "turn.failed", "error":
		r.failed(rec)
	case "item.started", "item.updated", "item.completed":
		var item record.Record
		if rec.Sub("item", &item) {
			r.streamItem(typ, &item)
		}
	default:
		r.keep(typ, rec)
	}
}

// threadStarted begins the thread of a stream.
func (r *reader) threadStarted(rec *record.Record) {
	r.close()
	r.s = newThread(rec.Str("thread_id"))
	r.running = true
	r.start()
}

// streamItem reads an item of a stream.
func (r *reader) streamItem(typ string, item *record.Record) {
	done := typ == "item.completed"
	id := item.Str("id")
	switch kind := item.Str("type"); kind {
	case "agent_message", "assistant_message":
		if done {
			r.streamSaid(item, false)
		}
	case "reasoning":
		if done {
			r.streamSaid(item, true)
		}
	case "command_execution":
		r.streamCall(id, kind, members(item, "command"), item, done)
	case "file_change":
		r.streamCall(id, kind, members(item, "changes"), item, done)
	case "mcp_tool_call":
		name := toolName("mcp__"+item.Str("server"), item.Str("tool"))
		args := item.Get("arguments")
		if args == nil {
			args = []byte("{}")
		}
		r.streamCall(id, name, args, item, done)
	case "web_search":
		r.streamCall(id, kind, members(item, "query", "action"), item, done)
	case "collab_tool_call":
		r.streamCall(id, first(item.Str("tool"), kind), members(item, "prompt", "receiver_thread_ids"), item, done)
	case "error":
		if done {
			r.o.Str("message", item.Str("message")).Str("uuid", r.lineUUID())
			r.own("warning")
		}
	default: // todo_list, and what is not known
		if done {
			r.keep(kind, item)
		} else {
			r.book(kind, item)
		}
	}
}

func (r *reader) streamSaid(item *record.Record, thinking bool) {
	r.said(item.Str("text"), thinking, "", nil, fromDone)
}

// streamCall takes a call as it begins, goes on or ends. Items are numbered
// from the beginning of each stream, and a thread can have several: the id of
// a call is made of what it does, too.
func (r *reader) streamCall(id, name string, args []byte, item *record.Record, done bool) {
	s := r.s
	c := s.calls[id]
	if name == "web_search" && !done {
		return // what is looked for is told at its end
	}
	if c == nil || c.done {
		key := id + "\x00" + name + "\x00" + string(args)
		key += r.again("item", key)
		c = &call{key: key, use: id, tool: name, id: callID(s.id, key)}
		s.calls[id] = c
		r.o.Str("tool_name", name).Str("tool_use_id", id).Raw("arguments", args)
		if server := item.Str("server"); server != "" {
			var o event.Object
			o.Str("name", server)
			r.o.Raw("mcp_server", o.Bytes())
		}
		r.o.True("server_side", name == "web_search")
		r.emit("tool_call", c.id, "", nil)
	}
	if !done {
		return
	}
	if threads := gjson.GetBytes(item.Raw, "receiver_thread_ids.0"); name == "spawn_agent" && threads.Str != "" {
		r.child(c, threads.Str)
	}
	r.finish(c, nil, item.Raw, nil)
}
