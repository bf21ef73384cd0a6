package cline

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// onScreen are the kinds of elements of ui_messages.json that show what the
// history tells, or the state of the editor (ClineAsk and ClineSay in Cline's
// ExtensionMessage.ts, to version 3.50).
var onScreen = map[string]bool{
	"text": true, "reasoning": true, "tool": true, "command": true, "command_output": true, "completion_result": true,
	"followup": true, "plan_mode_respond": true, "act_mode_respond": true, "use_mcp_server": true, "use_subagents": true,
	"mcp_server_request_started": true, "mcp_server_response": true, "mcp_notification": true, "browser_action": true,
	"browser_action_launch": true, "browser_action_result": true, "api_req_finished": true, "api_req_retried": true,
	"checkpoint_created": true, "task_progress": true, "resume_task": true, "resume_completed_task": true,
	"mistake_limit_reached": true, "error": true, "error_retry": true, "diff_error": true, "clineignore_error": true,
	"shell_integration_warning": true, "shell_integration_warning_with_suggestion": true, "command_permission_denied": true,
	"auto_approval_max_req_reached": true, "new_task": true, "condense": true, "summarize_task": true, "report_bug": true,
	"load_mcp_documentation": true, "info": true, "hook_status": true, "hook_output_stream": true, "inspect_site_result": true,
	"user_feedback_diff": true, "generate_explanation": true, "conditional_rules_applied": true, "subagent": true, "tool_call": true,
}

// shown takes an element of ui_messages.json.
func (r *reader) shown(rec *record.Record) error {
	if ns, ok := record.Nanos(rec.Get("ts")); ok {
		r.nano = ns
	}
	if err := r.begin(""); err != nil {
		return err
	}
	ts := string(rec.Get("ts"))
	kind := rec.Str("say")
	if rec.Is("type", "ask") {
		kind = rec.Str("ask")
	}
	switch {
	case rec.Is("type", "say") && (kind == "task" || kind == "user_feedback"):
		return r.userSaid(rec.Str("text"), ts)
	case kind == "api_req_started" || kind == "deleted_api_reqs":
		return r.request(rec, kind, ts)
	case kind == "api_req_failed":
		r.out.Str("kind", "api").Str("message", rec.Str("text")).Str("uuid", ts)
		return r.give("error", event.ID(r.session, "api_error", ts), "", nil)
	}
	if onScreen[kind] && !r.all {
		return nil
	}
	r.out.Rest(rec, nil, "ts")
	r.out.Str("uuid", ts)
	return r.give("ui_"+record.Snake(kind), event.ID(r.session, "ui", ts, kind), "", nil)
}

// request takes what was noted of a request, which grows while it runs: JSON
// in the text.
func (r *reader) request(rec *record.Record, kind, ts string) error {
	g := gjson.Parse(rec.Str("text"))
	o := &r.out
	told := g.Get("tokensIn").Exists() || g.Get("tokensOut").Exists()
	if told && (r.usage[r.session] == nowhere || r.usage[r.session] == ui) {
		r.usage[r.session] = ui
		u := payload.Usage{
			Input: payload.Count(g.Get("tokensIn")), Output: payload.Count(g.Get("tokensOut")),
			CacheRead: payload.Count(g.Get("cacheReads")), CacheWrite: payload.Count(g.Get("cacheWrites")),
		}
		if u != (payload.Usage{}) {
			info := gjson.ParseBytes(rec.Get("modelInfo"))
			o.Str("model", info.Get("modelId").Str).Str("provider", info.Get("providerId").Str).Str("mode", info.Get("mode").Str)
			o.Raw("usage", u.Bytes())
			if c := g.Get("cost"); c.Type == gjson.Number && c.Num > 0 {
				o.Raw("cost_usd", []byte(c.Raw))
			}
			o.True("deleted", kind == "deleted_api_reqs").Str("uuid", ts)
			if err := r.give("llm_response", event.ID(r.session, "llm_response", ts), "", nil); err != nil {
				return err
			}
		}
	}
	switch g.Get("cancelReason").Str {
	case "user_cancelled":
		o.Str("text", "user_cancelled").Str("uuid", ts)
		return r.give("interrupt", event.ID(r.session, "interrupt", ts), "", nil)
	case "":
		return nil
	}
	o.Str("kind", "api").Str("error", g.Get("cancelReason").Str).Str("message", g.Get("streamingFailedMessage").String()).Str("uuid", ts)
	return r.give("error", event.ID(r.session, "api_error", ts), "", nil)
}
