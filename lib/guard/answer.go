package guard

import (
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
)

// An Answer is what a process says to the agent that started it.
type Answer struct {
	Stdout []byte
	Stderr string
	Status int
	Said   string // allow, ask or deny
}

// Answer returns the answer to a payload. The verdict Unknown asks.
func (p *Payload) Answer(v policy.Verdict, reason string) Answer {
	if v < policy.Unknown {
		return Answer{Said: "allow"}
	}
	if strings.TrimSpace(reason) == "" {
		reason = "not allowed" // Codex takes no denial without a reason
	}
	said := "deny"
	if v < policy.Deny {
		said = "ask"
	}
	hook := strings.ToLower(strings.ReplaceAll(p.Hook, "_", ""))
	if said == "ask" && (p.Agent == Codex || p.Agent == OpenCode || p.Agent == Cursor && hook != "beforeshellexecution" && hook != "beforemcpexecution") {
		said, reason = "deny", reason+" A person has to decide this, and cannot be asked here."
	}
	var o event.Object
	if hook == "permissionrequest" {
		if said == "ask" {
			return Answer{Said: "ask"} // which is what is about to happen
		}
		var d, h event.Object
		d.Text("behavior", "deny").Text("message", reason)
		h.Text("hookEventName", "PermissionRequest").Raw("decision", d.Bytes())
		o.Raw("hookSpecificOutput", h.Bytes())
		return Answer{Stdout: line(&o), Said: said}
	}
	switch p.Agent {
	case Claude, Codex, OpenCode:
		o.Raw("hookSpecificOutput", specific(said, reason))
	case Gemini:
		o.Text("decision", said).Text("reason", reason)
	case Cursor:
		o.Text("permission", said).Text("user_message", reason).Text("agent_message", reason)
		if p.both {
			o.Raw("hookSpecificOutput", specific(said, reason))
		}
	case Copilot:
		o.Text("permissionDecision", said).Text("permissionDecisionReason", reason)
		if p.vscode {
			o.Raw("hookSpecificOutput", specific(said, reason))
		}
	default:
		return Answer{Stderr: reason, Status: 2, Said: "deny"}
	}
	return Answer{Stdout: line(&o), Said: said}
}

func line(o *event.Object) []byte { return append(o.Bytes(), '\n') }

func specific(said, reason string) []byte {
	var h event.Object
	h.Text("hookEventName", "PreToolUse").Text("permissionDecision", said).Text("permissionDecisionReason", reason)
	return h.Bytes()
}
