package claude

import (
	"bytes"
	"fmt"
	"hash/fnv"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A Line is what a line of a transcript says, before it is known what the
// lines around it say. It is made from the line alone, so that many can be
// made at once.
type Line struct {
	Session   string
	Agent     string // the subagent's id
	Sidechain bool
	UUID      string
	ParentID  string // uuid of the line before it in the conversation
	Nano      int64
	HasTime   bool
	Facts     facts // for session_start
	Answer    *answer
	Drafts    []draft
	Begins    bool // a session begins with it, though nothing else is wanted of it
}

// facts are what every line repeats about its session.
type facts struct{ cwd, branch, version, entrypoint []byte }

// A draft is an event without what depends on other lines.
type draft struct {
	typ  string
	kind string // of id
	key  string // native id
	data []byte

	call    string // tool_use_id, of a call or its outcome
	tool    string // name of the tool, of a call
	agent   string // subagent that a result names
	spawned uint64 // hash of what a subagent was told, of a call that starts one
	told    uint64 // hash of a prompt
	nano    int64  // its own time, if not the line's
	inner   string // subagent the draft belongs to, if not the line's
	parent  string // tool_use_id of the call that started inner
}

// An answer is what a line says of the API message it is a piece of.
type answer struct {
	message, request string
	own              string // what stands in for ids if the line has none at all
	model            []byte
	usage            usage
	stop             []byte
	raw              []byte // of usage
	usd              []byte // what it cost as the agent says, in versions up to 1.0
}

// A Parser makes Lines. It is not safe for concurrent use; each goroutine has
// one.
type Parser struct {
	// All keeps bookkeeping lines, as events of the types that they have.
	All bool
	// Usage keeps only what tells the cost of sessions.
	Usage bool

	message, block, inner, data record.Record
	o                           event.Object
	line                        *Line
	raw                         []byte
}

// IsTranscript reports whether a record is a line of a transcript.
func IsTranscript(r *record.Record) bool {
	if v := r.Get("type"); len(v) < 3 || v[0] != '"' || r.Has("payload") {
		return false
	}
	for _, key := range []string{"sessionId", "uuid", "parentUuid", "leafUuid", "isSidechain", "snapshot"} {
		if r.Has(key) {
			return true
		}
	}
	typ := r.Str("type")
	if typ == "user" || typ == "assistant" {
		v := r.Get("message")
		return len(v) > 0 && v[0] == '{'
	}
	return bookkeeping[typ]
}

// bookkeeping are the types of lines that say nothing of what the agent did
// (reference: the record types of Claude Code 2.1; DOC: they may change at any
// release).
var bookkeeping = map[string]bool{
	"file-history-snapshot": true, "queue-operation": true, "summary": true, "custom-title": true, "ai-title": true,
	"agent-name": true, "agent-color": true, "agent-setting": true, "tag": true, "pr-link": true, "last-prompt": true,
	"mode": true, "permission-mode": true, "bridge-session": true, "content-replacement": true, "worktree-state": true,
	"cost-state": true, "api-request": true, "api-request-shape": true, "api-request-blob": true, "tools-used": true,
	"atis-latch": true, "started": true, "result": true, "progress": true, "attachment": true, "marble-origami-commit": true,
	"marble-origami-snapshot": true, "task-summary": true, "speculation-accept": true, "attribution-snapshot": true,
}

// Parse makes a Line of a record.
func (p *Parser) Parse(r *record.Record) Line {
	l := Line{
		Session: r.Str("sessionId"), Agent: r.Str("agentId"), Sidechain: r.True("isSidechain"),
		UUID: r.Str("uuid"), ParentID: r.Str("parentUuid"),
		Facts: facts{r.Get("cwd"), r.Get("gitBranch"), r.Get("version"), r.Get("entrypoint")},
	}
	if l.Session == "" {
		l.Session = r.Str("session_id")
	}
	l.Nano, l.HasTime = record.Nanos(r.Get("timestamp"))
	p.line, p.raw = &l, r.Raw
	typ := r.Str("type")
	if p.Usage {
		p.usageOnly(r, typ)
		return l
	}
	switch typ {
	case "user":
		p.user(r)
	case "assistant":
		p.assistant(r)
	case "system":
		p.system(r)
	case "attachment":
		p.attachment(r)
	case "progress":
		p.progress(r)
	case "cost-state":
		p.costState(r)
	default:
		if p.All || !bookkeeping[typ] {
			p.other(r, typ)
		}
		return l
	}
	p.keepNew(r)
	return l
}

// keepNew adds the members of a line that are told nowhere else to what the
// line tells first.
func (p *Parser) keepNew(r *record.Record) {
	if len(p.line.Drafts) == 0 {
		return
	}
	d := &p.line.Drafts[0]
	r.Each(func(k, v []byte) {
		if isLineKey(k) || string(k) == "error" && d.typ == "error" || string(v) == "null" || string(v) == `""` || has(d.data, k) {
			return
		}
		p.o.RawKey(k, v)
	})
	if p.o.Len() == 0 {
		return
	}
	more := p.o.Bytes()
	if len(d.data) > len("{}") {
		d.data[len(d.data)-1] = ','
		d.data = append(d.data, more[1:]...)
	} else {
		d.data = bytes.Clone(more)
	}
	p.o.Reset()
}

// has reports whether an object has a key.
func has(object, key []byte) (found bool) {
	event.Fields(object, func(k, _ []byte) bool {
		found = bytes.Equal(k, key)
		return !found
	})
	return found
}

// isLineKey reports whether a key of a line is told elsewhere in its events, or
// says nothing of what the agent did (the keys of lines of versions 1.0 to
// 2.1).
func isLineKey(k []byte) bool {
	switch string(k) {
	case "type", "subtype", "message", "uuid", "parentUuid", "logicalParentUuid", "isSidechain", "sessionId", "session_id", "timestamp",
		"version", "cwd", "gitBranch", "userType", "entrypoint", "agentId", "slug", "isMeta", "teamName", "sessionKind", "forkedFrom",
		"promptId", "promptSource", "permissionMode", "turnOrigin", "origin", "isCompactSummary", "isVisibleInTranscriptOnly",
		"toolUseResult", "sourceToolAssistantUUID", "sourceToolUseID", "requestId", "requestRef", "apiBlockIndex", "isApiErrorMessage",
		"apiErrorStatus", "thinkingMetadata", "todos", "attachment", "data", "toolUseID", "parentToolUseID", "imagePasteIds",
		"compactMetadata", "microcompactMetadata", "content", "level", "retryAttempt", "retryInMs", "totalCostUSD", "modelUsage",
		"totalAPIDuration", "totalToolDuration", "totalLinesAdded", "totalLinesRemoved", "costUSD", "durationMs":
		return true
	}
	return false
}

// add makes a draft of the object built so far.
func (p *Parser) add(typ, kind, key string) *draft {
	p.line.Drafts = append(p.line.Drafts, draft{typ: typ, kind: kind, key: key, data: bytes.Clone(p.o.Bytes())})
	p.o.Reset()
	return &p.line.Drafts[len(p.line.Drafts)-1]
}

// own returns the native id of something that has none but its line's uuid and
// its place in it. Old and foreign lines have no uuid; their bytes stand in.
func (p *Parser) own(nth int) string {
	id := p.line.UUID
	if id == "" {
		h := fnv.New64a()
		h.Write(p.raw)
		id = fmt.Sprintf("line-%x", h.Sum64())
	}
	if nth > 0 {
		id = fmt.Sprintf("%s#%d", id, nth)
	}
	return id
}

// other keeps a line of a type that is not known, or is bookkeeping: all of it
// but what is in the envelope.
func (p *Parser) other(r *record.Record, typ string) {
	if sub := r.Str("subtype"); sub != "" {
		typ += "_" + sub
	}
	r.Each(func(k, v []byte) {
		switch string(k) {
		case "type", "sessionId", "timestamp":
		default:
			if string(v) != "null" {
				p.o.RawKey(k, v)
			}
		}
	})
	typ = record.Snake(typ)
	p.o.Fit(typ)
	p.add(typ, "line", p.own(0))
}
