package guard

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// The agents.
const (
	Claude   = "claude-code"
	Codex    = "codex"
	Gemini   = "gemini-cli"
	Cursor   = "cursor"
	Copilot  = "copilot"
	OpenCode = "opencode"
)

// Agents are the names by which a person chooses the language of the answer.
var Agents = map[string]string{"claude": Claude, "codex": Codex, "gemini": Gemini, "cursor": Cursor, "copilot": Copilot, "opencode": OpenCode}

// A Payload is what a hook is told.
type Payload struct {
	Agent      string
	Hook       string // the event, as the agent calls it
	Session    string // a subagent's own, if it is one
	Outer      string // the session_id in the payload
	Cwd        string
	Roots      []string // the directories of the project, if the agent tells them
	Tool       string
	Args       []byte // JSON
	UseID      string
	Transcript string
	Before     bool // it is told before a tool runs; else there is nothing to judge
	vscode     bool // Copilot's other dialect
	both       bool // Cursor, by way of a hook of Claude Code
}

// after are events that are not before a tool, in lower case without
// underscores. Others are taken for such as are.
var after = []string{
	"posttooluse", "posttoolusefailure", "posttoolbatch", "sessionstart", "sessionend", "userpromptsubmit", "userpromptexpansion", "userpromptsubmitted",
	"stop", "stopfailure", "subagentstart", "subagentstop", "precompact", "postcompact", "notification", "aftertool", "beforeagent", "afteragent",
	"beforemodel", "aftermodel", "beforetoolselection", "precompress", "aftershellexecution", "aftermcpexecution", "afterfileedit", "beforesubmitprompt",
	"afteragentresponse", "afteragentthought", "aftertabfileedit", "premodelrequest", "postmodelrequest", "interrupt", "agentstop", "erroroccurred",
	"permissiondenied", "configchange", "instructionsloaded", "cwdchanged", "directoryadded", "setup", "teammateidle", "taskcreated", "taskcompleted",
	"elicitation", "elicitationresult", "worktreecreate", "worktreeremove", "messagedisplay", "filechanged", "premodelswitch", "postmodelswitch", "workspaceopen",
}

// Read reads a payload. An error means that it is not known what is to be
// judged; what is known of the agent is returned all the same.
func Read(raw []byte) (*Payload, error) {
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\uFEFF")))
	p := &Payload{}
	if len(raw) == 0 {
		return p, errors.New("the payload is empty")
	}
	if raw[0] != '{' || !gjson.ValidBytes(raw) {
		return p, errors.New("the payload is not a JSON object")
	}
	d := gjson.ParseBytes(raw)
	str := func(keys ...string) string {
		for _, k := range keys {
			if v := d.Get(k); v.Type == gjson.String && v.Str != "" {
				return v.Str
			}
		}
		return ""
	}
	p.Hook = str("hook_event_name", "hookEventName", "event")
	p.Outer = str("session_id", "sessionId", "conversation_id")
	p.Session = p.Outer
	p.Cwd = str("cwd", "working_dir")
	p.Transcript = str("transcript_path")
	p.UseID = str("tool_use_id", "tool_call_id", "toolCallId")
	p.Tool = str("tool_name", "toolName")
	for _, k := range []string{"tool_input", "toolArgs", "toolInput"} {
		if v := d.Get(k); v.Exists() {
			p.Args = []byte(v.Raw)
			break
		}
	}
	for _, r := range d.Get("workspace_roots").Array() {
		p.Roots = append(p.Roots, r.String())
	}
	hook := strings.ToLower(strings.ReplaceAll(p.Hook, "_", ""))
	switch {
	case d.Get("cursor_version").Exists() || d.Get("conversation_id").Exists():
		p.Agent = Cursor
		p.both = strings.HasPrefix(p.Hook, "Pre")
	case d.Get("toolName").Exists():
		p.Agent = Copilot
	case hook == "beforetool":
		p.Agent = Gemini
	case d.Get("turn_id").Exists():
		p.Agent = Codex
	case d.Get("timestamp").Type == gjson.String && p.Transcript == "":
		p.Agent, p.vscode = Copilot, true
	default:
		p.Agent = Claude
	}
	if id := str("agent_id"); id != "" && p.Outer != "" {
		switch p.Agent {
		case Claude:
			p.Session = claude.ChildID(p.Outer, id)
		case Codex:
			p.Session = id // a thread of its own
		}
	}
	if slices.Contains(after, hook) {
		return p, nil
	}
	p.Before = true
	switch hook {
	case "beforeshellexecution":
		var o event.Object
		o.Text("command", str("command")).Str("cwd", p.Cwd)
		p.Tool, p.Args = "Shell", slices.Clone(o.Bytes())
		if str("command") == "" {
			return p, errors.New("the payload has no command")
		}
	case "beforereadfile", "beforetabfileread":
		var o event.Object
		o.Text("file_path", str("file_path"))
		p.Tool, p.Args = "Read", slices.Clone(o.Bytes())
		if str("file_path") == "" {
			return p, errors.New("the payload has no file_path")
		}
	case "beforemcpexecution":
		if p.Tool != "" && !strings.HasPrefix(p.Tool, "MCP:") {
			p.Tool = "MCP:" + p.Tool
		}
	}
	if m := d.Get("mcp_context"); m.Get("tool_name").Str != "" {
		p.Tool = "mcp__" + m.Get("server_name").Str + "__" + m.Get("tool_name").Str
	}
	if p.Tool == "" {
		return p, errors.New("the payload names no tool")
	}
	return p, nil
}

// Call returns what the call means.
func (p *Payload) Call() tool.Call { return tool.Parse(p.Tool, p.Args) }
