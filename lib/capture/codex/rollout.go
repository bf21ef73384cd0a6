package codex

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// line reads a line of a rollout.
func (r *reader) line(rec *record.Record) {
	r.running = false
	r.at(rec)
	typ := rec.Str("type")
	if !rec.Sub("payload", &r.payload) {
		return
	}
	p := &r.payload
	if typ == "session_meta" {
		r.uuid = ""
		r.began(p)
		return
	}
	s := r.thread()
	if id := p.Str("thread_id"); id != "" && !s.started {
		s.id = id // the line says more than the name of the file
	}
	turn := turnOf(p, &r.inner)
	if s.copied.on && r.isCopy(turn, rec.Get("ordinal")) {
		r.copy(typ, p)
		return
	}
	if turn != "" {
		s.turn = turn
	}
	switch typ {
	case "response_item":
		r.item(p)
	case "event_msg":
		r.message(p)
	case "turn_context":
		r.context(p)
	case "token_usage_record":
		r.usageRecord(p)
	case "compacted":
		r.compacted(p)
	default:
		r.keep(typ, p)
	}
}

// copy takes a line of another thread: only its tokens matter, as what comes
// next is counted from them.
func (r *reader) copy(typ string, p *record.Record) {
	switch {
	case typ == "event_msg" && p.Is("type", "token_count"):
		if total, _, ok := counts(p); ok {
			r.s.total, r.s.counts = total, true
		}
	case typ == "turn_context" && r.s.model == "":
		r.s.model = p.Str("model")
	}
}

// began reads the line that says which session a file is of: a session_meta, or
// the first line of an old rollout. Further ones in a file are those of the
// threads that it comes from.
func (r *reader) began(p *record.Record) {
	id := p.Str("id")
	if id == "" {
		id = p.Str("session_id")
	}
	if id == "" {
		id = r.file.Session
	}
	parents := parentsOf(p)
	if s := r.s; s != nil && s.started {
		switch {
		case s.id == id:
			r.book("session_meta", p) // the session goes on
			return
		case s.parents[id]:
			for _, parent := range parents {
				s.parents[parent] = true
			}
			s.copied.on = true
			return
		}
		r.close() // files that were joined
	}
	if r.s != nil {
		r.close()
	}
	s := newThread(id)
	r.s = s
	for _, parent := range parents {
		s.parents[parent] = true
	}
	fork := p.Str("forked_from_id")
	s.copied = copied{on: fork != "", first: r.nano}
	if n := gjson.ParseBytes(p.Get("subagent_history_start_ordinal")); n.Type == gjson.Number {
		s.copied.on, s.copied.start = n.Int() > 0, n.Int()
	}
	if ns, ok := uuidTime(id); ok {
		s.copied.born = ns
	} else if ns, ok := record.Nanos(p.Get("timestamp")); ok {
		s.copied.born = ns
	}
	s.model, s.cwd = p.Str("model"), p.Str("cwd")
	if id == "" {
		r.lost = true
		return
	}
	s.started = true
	r.sessionStart(p, fork)
}

// sessionStart emits the session_start of a session_meta.
func (r *reader) sessionStart(p *record.Record, fork string) {
	s := r.s
	source := "startup"
	from := gjson.ParseBytes(p.Get("source"))
	if fork != "" && !from.Get("subagent").Exists() {
		source = "fork"
	}
	r.o.Str("agent", Name).Str("agent_version", p.Str("cli_version")).Str("model", s.model).Str("source", source)
	r.o.Str("cwd", p.Str("cwd"))
	if git := gitOf(p.Get("git")); git != nil {
		r.o.Raw("git", git)
	}
	if from.Type == gjson.String {
		r.o.Str("entrypoint", from.Str)
	} else {
		r.o.Raw("session_source", p.Get("source"))
	}
	if root := p.Str("session_id"); root != s.id {
		r.o.Str("root_session_id", root)
	}
	parent := p.Str("parent_thread_id")
	if sub := from.Get("subagent"); sub.Exists() {
		spawn := sub.Get("thread_spawn")
		if parent == "" {
			parent = spawn.Get("parent_thread_id").String()
		}
		r.o.Str("agent_id", s.id).Str("agent_type", kindOf(sub, p))
		r.o.Str("agent_nickname", first(p.Str("agent_nickname"), spawn.Get("agent_nickname").String()))
		r.o.Str("agent_path", first(p.Str("agent_path"), spawn.Get("agent_path").String()))
	}
	if parent != s.id {
		r.o.Str("parent_session_id", parent)
	}
	r.o.Str("parent_event_id", r.spawns[s.id]).Str("forked_from_id", fork)
	p.Each(func(k, v []byte) {
		if string(v) != "null" && (!inStart[string(k)] || r.All && instructions[string(k)]) {
			r.o.RawKey(k, v)
		}
	})
	r.o.Str("uuid", r.lineUUID())
	r.give(event.Header{Type: "session_start", UnixNano: r.nano, Untimed: !r.timed, ID: startID(s.id), Session: s.id})
}

// inStart are the members of a session_meta that are told under another name,
// or that are the same for every session.
var inStart = map[string]bool{
	"id": true, "timestamp": true, "cwd": true, "cli_version": true, "model": true, "git": true, "agent_nickname": true, "agent_path": true,
	"agent_role": true, "parent_thread_id": true, "forked_from_id": true, "base_instructions": true, "instructions": true, "dynamic_tools": true,
	"type": true, "record_type": true, "source": true, "session_id": true,
}

// instructions are those that are large and the vendor's.
var instructions = map[string]bool{"base_instructions": true, "instructions": true, "dynamic_tools": true}

// parentsOf returns the threads that a session_meta says the thread comes from.
func parentsOf(p *record.Record) (list []string) {
	spawn := gjson.GetBytes(p.Get("source"), "subagent.thread_spawn.parent_thread_id").String()
	for _, id := range []string{p.Str("forked_from_id"), p.Str("parent_thread_id"), spawn} {
		if id != "" {
			list = append(list, id)
		}
	}
	return list
}

// kindOf returns the kind of a subagent: its role, or what made it.
func kindOf(sub gjson.Result, p *record.Record) string {
	if sub.Type == gjson.String {
		return sub.Str
	}
	if role := first(p.Str("agent_role"), sub.Get("thread_spawn.agent_role").String()); role != "" {
		return role
	}
	return sub.Get("other").String()
}

// gitOf returns the git object of a session_start.
func gitOf(raw []byte) []byte {
	if !isObject(raw) {
		return nil
	}
	var o event.Object
	g := gjson.GetManyBytes(raw, "repository_url", "branch", "commit_hash")
	o.Str("remote", record.Address(g[0].Str)).Str("branch", g[1].Str).Str("commit", g[2].Str)
	if o.Len() == 0 {
		return nil
	}
	return o.Bytes()
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// context reads a turn_context. Most repeat the one before.
func (r *reader) context(p *record.Record) {
	s := r.s
	model, cwd := p.Str("model"), p.Str("cwd")
	same := s.nth[hashOf("context")] > 0 && (model == "" || model == s.model) && (cwd == "" || cwd == s.cwd)
	s.nth[hashOf("context")]++
	s.model, s.cwd = first(model, s.model), first(cwd, s.cwd)
	if same {
		r.book("turn_context", p)
		return
	}
	r.o.Str("turn_id", s.turn).Str("model", model).Str("cwd", cwd)
	for _, key := range []string{"effort", "approval_policy", "sandbox_policy", "permission_profile"} {
		r.o.Raw(key, p.Get(key))
	}
	r.o.Str("uuid", r.lineUUID())
	r.own("turn_context")
}

// compacted reads a compacted line; the history that it leaves is that of the
// lines before.
func (r *reader) compacted(p *record.Record) {
	r.flushPrompt()
	if r.s.first("compaction", "", fromItem) {
		r.compaction()
	}
	if text := p.Str("message"); text != "" {
		r.o.Str("compact_summary", text).Str("uuid", r.lineUUID())
		r.own("compaction_summary")
	}
	r.book("compacted", p)
}

// compaction emits that the context was summarised.
func (r *reader) compaction() {
	s := r.s
	r.o.Str("turn_id", s.turn).Str("uuid", r.lineUUID())
	r.emit("compaction", textID(s.id, "compaction", s.turn, "", r.again("compaction", s.turn)), "", nil)
}

// document reads a rollout that is one document: {session, items}.
func (r *reader) document(rec *record.Record) {
	var session record.Record
	if !rec.Sub("session", &session) {
		return
	}
	r.at(&session)
	r.began(&session)
	n := 0
	record.Elements(rec.Get("items"), func(el []byte) {
		var item record.Record
		n++
		if el[0] != '{' || item.Parse(el) != nil {
			return
		}
		r.at(&item)
		r.item(&item)
	})
}
