package codex

import (
	"strings"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// bookkeeping are the types of lines and of their payloads that say nothing of
// what was done, or what other lines say better (versions up to 0.169).
var bookkeeping = map[string]bool{
	"world_state": true, "inter_agent_communication_metadata": true, "dynamic_tools_updated": true, "realtime_item": true, "state": true,
	"ghost_snapshot": true, "additional_tools": true, "compaction": true, "context_compaction": true, "compaction_trigger": true, "other": true,
	"task_started": true, "task_complete": true, "turn_started": true, "turn_complete": true, "token_count": true,
	"thread_settings_applied": true, "session_configured": true, "shutdown_complete": true, "background_event": true,
	"mcp_startup_update": true, "mcp_startup_complete": true, "mcp_list_tools_response": true, "list_custom_prompts_response": true, "get_history_entry_response": true,
	"exec_command_begin": true, "exec_command_output_delta": true, "mcp_tool_call_begin": true, "patch_apply_begin": true, "patch_apply_updated": true,
	"web_search_begin": true, "image_generation_begin": true, "item_started": true, "turn_diff": true, "plan_update": true, "plan_delta": true,
	"agent_message_delta": true, "agent_message_content_delta": true, "agent_reasoning_delta": true, "agent_reasoning_raw_content_delta": true,
	"agent_reasoning_section_break": true, "reasoning_content_delta": true, "reasoning_raw_content_delta": true, "raw_response_item": true,
	"terminal_interaction": true, "hook_started": true, "hook_completed": true, "safety_buffering": true, "turn_moderation_metadata": true,
	"account_ratelimits_updated": true, "codex_event_raw_item": true, "account_rate_limits_updated": true,
	"collab_agent_spawn_begin": true, "collab_agent_interaction_begin": true, "collab_waiting_begin": true, "collab_close_begin": true, "collab_resume_begin": true,
}

// taken are names of events that have a meaning of their own: a type of the
// agent that happens to have one of them is told apart.
var taken = map[string]bool{
	"session_start": true, "session_end": true, "user_prompt": true, "assistant_response": true, "llm_request": true, "llm_response": true,
	"tool_call": true, "tool_result": true, "error": true, "file_read": true, "file_write": true, "decision": true, "compaction": true,
	"compaction_summary": true, "interrupt": true, "user_prompt_expansion": true, "user_command": true, "task_notification": true,
	"vendor_cost": true, "guard_verdict": true,
}

// eventName returns the type of the event that a record becomes whose type is
// not known.
func eventName(typ string) string {
	name := record.Snake(typ)
	if taken[name] || event.IsRecord(name) {
		return "codex_" + name
	}
	return name
}

// toolName returns the name of a tool in a namespace: those of MCP servers have
// one, mcp__SERVER, and are called mcp__SERVER__TOOL by hooks. Connectors have
// tools whose names begin with the underscore that joins them.
func toolName(namespace, name string) string {
	switch {
	case !strings.HasPrefix(namespace, "mcp__"):
		return name
	case strings.HasPrefix(name, "_") || strings.HasSuffix(namespace, "__"):
		return namespace + name
	}
	return namespace + "__" + name
}

// serverOf returns the MCP server of a tool, "" if it is none's.
func serverOf(tool string) string {
	rest, ok := strings.CutPrefix(tool, "mcp__")
	if !ok {
		return ""
	}
	server, _, _ := strings.Cut(rest, "__")
	return server
}

// injected reports whether the text of a user message is one that the agent
// puts there for the model: a text in a tag, or the project's instructions.
func injected(text string) bool {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "# AGENTS.md instructions") {
		return true
	}
	if !strings.HasPrefix(text, "<") {
		return false
	}
	end := strings.IndexAny(text, "> \n")
	if end < 2 {
		return false
	}
	tag := text[1:end]
	for _, c := range tag {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '-' && c != ':' {
			return false
		}
	}
	return strings.HasSuffix(text, "</"+tag+">") || instructionTags[tag]
}

// instructionTags are those behind whose end more can follow.
var instructionTags = map[string]bool{
	"environment_context": true, "user_instructions": true, "permissions": true, "collaboration_mode": true, "model_switch": true,
	"skill": true, "skills_instructions": true, "turn_aborted": true, "personality_spec": true, "INSTRUCTIONS": true, "hook_prompt": true,
}

// inTag returns what stands in the first <tag> of text.
func inTag(text, tag string) string {
	_, rest, ok := strings.Cut(text, "<"+tag+">")
	if !ok {
		return ""
	}
	inner, _, _ := strings.Cut(rest, "</"+tag+">")
	return strings.TrimSpace(inner)
}

// withoutTag returns text without its first <tag>, as it is told to people.
func withoutTag(text, tag string) string {
	before, rest, ok := strings.Cut(text, "<"+tag+">")
	if !ok {
		return text
	}
	_, after, ok := strings.Cut(rest, "</"+tag+">")
	if !ok {
		return text
	}
	return before + after
}
