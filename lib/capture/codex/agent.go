package codex

import (
	"path"
	"strings"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

// Name is the name of the agent in session_start events.
const Name = "codex"

// Agent is Codex CLI.
var Agent = dialect.Agent{Name: Name, Title: "Codex CLI", New: New, Roots: Roots, Find: Find}

// New returns a reader that gives its events to the sink.
func New(sink *dialect.Sink) dialect.Reader { return newReader(sink) }

// Roots returns the folders of the rollouts: those in $CODEX_HOME, or ~/.codex.
func Roots(env func(string) string, home string) []string {
	dir := env("CODEX_HOME")
	if dir == "" {
		dir = path.Join(home, ".codex")
	}
	return []string{path.Join(dir, "sessions"), path.Join(dir, "archived_sessions")}
}

// shape is what kind of record a record is.
type shape uint8

const (
	alien    shape = iota
	hook           // the payload of a hook
	notify         // what a notify program is given
	line           // {timestamp, type, payload}
	meta           // the first line of an old rollout
	bare           // any other line of one
	document       // a rollout in one document
	stream         // a line of codex exec --json
	protocol       // {id, msg}: the stream of old versions
)

// shapeOf tells what a record is. running says that a stream is being read:
// most of its lines say little of themselves.
func shapeOf(r *record.Record, running bool) shape {
	if r.Has("hook_event_name") {
		if isHook(r) {
			return hook
		}
		return alien
	}
	typ := r.Str("type")
	if typ == "agent-turn-complete" && r.Has("thread-id") {
		return notify
	}
	if isObject(r.Get("payload")) && typ != "" && r.Has("timestamp") && !r.Has("data") {
		return line
	}
	if typ == "" {
		return shapeWithoutType(r)
	}
	return shapeOfType(r, typ, running)
}

func shapeWithoutType(r *record.Record) shape {
	switch {
	case isObject(r.Get("session")) && isArray(r.Get("items")):
		return document
	case isObject(r.Get("msg")) && isString(r.Get("id")):
		var msg record.Record
		if r.Sub("msg", &msg) && msg.Str("type") != "" {
			return protocol
		}
	case r.Is("record_type", "state"):
		return bare
	case r.Str("id") != "" && isString(r.Get("timestamp")) && r.Has("instructions"):
		return meta
	}
	return alien
}

func shapeOfType(r *record.Record, typ string, running bool) shape {
	switch typ {
	case "thread.started":
		if r.Has("thread_id") {
			return stream
		}
	case "turn.started", "turn.completed", "turn.failed", "error":
		if running {
			return stream
		}
	case "item.started", "item.updated", "item.completed":
		if isObject(r.Get("item")) {
			return stream
		}
	case "message":
		if r.Str("role") != "" && isArray(r.Get("content")) && !r.Has("message") && !r.Has("uuid") {
			return bare
		}
	case "reasoning":
		if r.Has("summary") {
			return bare
		}
	case "web_search_call":
		return bare
	default:
		if isCall(typ) && (r.Str("call_id") != "" || isObject(r.Get("action"))) {
			return bare
		}
	}
	if running && (strings.HasPrefix(typ, "turn.") || strings.HasPrefix(typ, "thread.") || strings.HasPrefix(typ, "item.")) {
		return stream
	}
	return alien
}

// isCall reports whether items of a type are calls of tools or their outputs.
func isCall(typ string) bool {
	switch typ {
	case "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "local_shell_call", "local_shell_call_output":
		return true
	}
	return false
}

// hookNames are the events of Codex (0.169, its schema of hooks).
var hookNames = map[string]bool{
	"PreModelRequest": true, "PostModelRequest": true, "PreToolUse": true, "PermissionRequest": true, "PostToolUse": true,
	"PreCompact": true, "PostCompact": true, "SessionStart": true, "SessionEnd": true, "UserPromptSubmit": true,
	"SubagentStart": true, "SubagentStop": true, "Stop": true, "StopFailure": true, "Interrupt": true,
}

// isHook reports whether the payload of a hook is Codex's. Other agents have
// events of the same names.
func isHook(r *record.Record) bool {
	switch {
	case r.Has("conversation_id") || r.Has("cursor_version") || r.Has("prompt_id"):
		return false
	case r.Str("turn_id") != "" || strings.HasPrefix(path.Base(r.Str("transcript_path")), "rollout-"):
		return true
	}
	// A session that keeps no rollout: the path is there, and null.
	return r.Has("transcript_path") && r.Get("transcript_path") == nil && hookNames[r.Str("hook_event_name")] && !r.Has("timestamp")
}

func isObject(v []byte) bool { return len(v) > 0 && v[0] == '{' }
func isArray(v []byte) bool  { return len(v) > 0 && v[0] == '[' }
func isString(v []byte) bool { return len(v) > 0 && v[0] == '"' }
