package event

// Kind is the JSON type of a field.
type Kind string

// The JSON types. Any stands for a value that the agent chooses.
const (
	String  Kind = "string"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Obj     Kind = "object"
	Array   Kind = "array"
	Any     Kind = "any"
)

// A Field is a key of an event's data.
type Field struct {
	Name string
	Kind Kind
}

// A Type is one of the event types that this package documents. Streams may
// hold others.
type Type struct {
	Name   string
	Fields []Field
}

// Schema is the table of the documented types: what the package comment says
// in words. A test keeps the two equal.
var Schema = []Type{
	{"session_start", []Field{
		{"agent", String}, {"agent_version", String}, {"model", String}, {"source", String},
		{"cwd", String}, {"command", Any}, {"git", Obj}, {"process", Obj}, {"user", String}, {"host", String},
		{"transcript_path", String}, {"parent_session_id", String}, {"parent_event_id", String},
		{"agent_id", String}, {"agent_type", String}, {"description", String}, {"title", String}, {"entrypoint", String},
	}},
	{"session_end", []Field{{"reason", String}, {"duration_ms", Number}, {"exit_code", Number}}},
	{"user_prompt", []Field{
		{"prompt", String}, {"prompt_id", String}, {"queued", Boolean}, {"content", Array}, {"uuid", String},
	}},
	{"assistant_response", []Field{
		{"text", String}, {"thinking", Boolean}, {"model", String}, {"message_id", String}, {"block", Number},
		{"stop_hook_active", Boolean}, {"uuid", String},
	}},
	{"llm_request", []Field{
		{"model", String}, {"message_count", Number}, {"request_id", String}, {"last_message", Obj},
	}},
	{"llm_response", []Field{
		{"model", String}, {"usage", Obj}, {"message_id", String}, {"request_id", String}, {"stop_reason", String},
		{"service_tier", String}, {"speed", String}, {"inference_geo", String}, {"web_search_requests", Number},
		{"web_fetch_requests", Number}, {"iterations", Array}, {"context_window", Number}, {"cost_usd", Number},
		{"usage_in_session", String}, {"uuid", String},
	}},
	{"tool_call", []Field{
		{"tool_name", String}, {"arguments", Any}, {"tool_use_id", String}, {"mcp_server", Obj}, {"message_id", String},
		{"server_side", Boolean}, {"uuid", String},
	}},
	{"tool_result", []Field{
		{"tool_name", String}, {"result", Any}, {"content", Any}, {"tool_use_id", String}, {"child_session_id", String},
		{"uuid", String},
	}},
	{"error", []Field{
		{"kind", String}, {"tool_name", String}, {"error", Any}, {"message", String}, {"tool_use_id", String},
		{"exit_code", Number}, {"is_interrupt", Boolean}, {"rejected", Boolean}, {"code", Number}, {"status", Number},
		{"retry_attempt", Number}, {"retry_in_ms", Number}, {"child_session_id", String}, {"uuid", String},
	}},
	{"file_read", []Field{{"path", String}, {"uri", String}}},
	{"file_write", []Field{{"path", String}, {"uri", String}}},
	{"decision", []Field{{"choice", String}, {"reason", String}, {"alternatives", Array}}},
	{"compaction", []Field{
		{"trigger", String}, {"pre_tokens", Number}, {"post_tokens", Number}, {"compact_duration_ms", Number},
		{"compact_summary", String}, {"uuid", String},
	}},
	{"compaction_summary", []Field{{"compact_summary", String}, {"uuid", String}}},
	{"interrupt", []Field{{"text", String}, {"uuid", String}}},
	{"user_prompt_expansion", []Field{
		{"command_name", String}, {"command_args", String}, {"expansion_type", String}, {"prompt", String}, {"uuid", String},
	}},
	{"user_command", []Field{{"command", String}, {"output", String}, {"uuid", String}}},
	{"task_notification", []Field{{"text", String}, {"uuid", String}}},
	{"vendor_cost", []Field{
		{"total_cost_usd", Number}, {"usage_by_model", Obj}, {"api_duration_ms", Number}, {"tool_duration_ms", Number},
		{"lines_added", Number}, {"lines_removed", Number},
	}},
	{"mcp_server", []Field{
		{"server", String}, {"command", Any}, {"remote_url", String}, {"mcp", Obj}, {"ended", Boolean}, {"reason", String},
		{"duration_ms", Number}, {"exit_code", Number}, {"signal", String},
	}},
	{"mcp_message", []Field{
		{"kind", String}, {"method", String}, {"from", String}, {"server", String}, {"protocol", String}, {"request_id", Any},
		{"params", Any}, {"result", Any}, {"error", Any}, {"tools", Array}, {"text", String}, {"oversize", Boolean},
		{"bytes", Number}, {"sha256", String},
	}},
	{"tool_changed", []Field{
		{"tool_name", String}, {"server", String}, {"changed", String}, {"description", String}, {"definition", Any},
		{"description_sha256", String}, {"was_description_sha256", String}, {"definition_sha256", String}, {"was_definition_sha256", String},
	}},
	{"trace_gap", []Field{{"reason", String}, {"messages", Number}, {"bytes", Number}, {"events", Number}, {"server", String}}},
	{"guard_verdict", []Field{
		{"verdict", String}, {"answer", String}, {"tool_name", String}, {"tool_use_id", String}, {"agent", String}, {"hook", String},
		{"rule", String}, {"reason", String}, {"subject", String}, {"action", String}, {"alerts", Array}, {"failure", String},
	}},
	{"phase", []Field{
		{"number", Number}, {"title", String}, {"intent", String}, {"failed", Boolean}, {"start", Number}, {"end", Number},
		{"events", Number}, {"files_read", Array}, {"files_written", Array}, {"commands", Array}, {"retries", Number},
		{"wasted_ms", Number},
	}},
	{"session_summary", []Field{
		{"agent", String}, {"agent_version", String}, {"models", Array}, {"started_at", Number}, {"ended_at", Number},
		{"duration_ms", Number}, {"events", Number}, {"prompts", Number}, {"first_prompt", String}, {"tool_calls", Number},
		{"tools", Obj}, {"errors", Number}, {"api_errors", Number}, {"retries", Number}, {"unfinished_calls", Number},
		{"evidence", Obj}, {"files_read", Array}, {"files_written", Array}, {"files_read_by_shell", Array}, {"files_written_by_shell", Array},
		{"commands", Number}, {"llm_requests", Number}, {"tokens", Obj}, {"usage_by_model", Obj}, {"compactions", Number},
		{"host", String}, {"user", String}, {"cwd", String}, {"branch", String}, {"repo", String}, {"remote", String},
		{"commit", String}, {"title", String}, {"process", Obj}, {"parent_session_id", String}, {"parent_event_id", String}, {"agent_id", String}, {"agent_type", String},
		{"sessions", Number}, {"slowest", Array},
	}},
	{"annotation", []Field{
		{"annotation_id", String}, {"session_id", String}, {"event_id", String}, {"offset_seconds", Number},
		{"label", String}, {"note", String}, {"author", String}, {"created_at", Number},
	}},
	{"finding", []Field{
		{"rule", String}, {"path", String}, {"in_key", Boolean}, {"offset", Number}, {"length", Number},
		{"marker", String}, {"file", String}, {"line", Number},
	}},
	{"tree", []Field{
		{"shape", String}, {"root", String}, {"depth", Number}, {"parent_session_id", String}, {"parent_event_id", String},
		{"number", Number}, {"cycle", Boolean}, {"agent", String}, {"agent_type", String}, {"task", String},
		{"duration_ms", Number}, {"tool_calls", Number}, {"errors", Number}, {"tokens", Obj}, {"usd_nano", Number},
		{"agent_url", String}, {"child_session_id", String}, {"success", Boolean}, {"error", String}, {"total", Obj},
	}},
	{"cost", []Field{
		{"usd_nano", Number}, {"tokens", Obj}, {"models", Array}, {"unpriced_models", Array}, {"requests", Number},
		{"web_searches", Number}, {"requests_elsewhere", Number}, {"provenance", Obj}, {"band", Obj}, {"vendor", Obj},
		{"carry", Obj}, {"waste", Obj}, {"what_if", Obj}, {"by", Array}, {"prices", Obj},
	}},
	{"budget", []Field{
		{"agent", String}, {"agent_type", String}, {"parent_session_id", String}, {"model", String},
		{"context_tokens", Number}, {"output_tokens", Number}, {"estimate", Obj}, {"window_tokens", Number},
		{"window_source", String}, {"window_unknown", String}, {"used_percent", Number}, {"warn_at_percent", Number},
		{"over", Boolean}, {"peak_tokens", Number}, {"requests", Number}, {"compactions", Number},
		{"compacted_to_tokens", Number}, {"growth_tokens", Number}, {"turns_left", Number}, {"tier_at_tokens", Number},
		{"tier_turns", Number}, {"compact_at_tokens", Number}, {"compact_source", String}, {"compact_turns", Number},
		{"cache", Obj},
	}},
	{"inflation", []Field{
		{"base_model", String}, {"new_model", String}, {"requests", Number}, {"estimated", Number}, {"base", Obj}, {"new", Obj},
		{"parts", Array}, {"classes", Array}, {"notes", Array},
	}},
	{"curve", []Field{
		{"task_type", String}, {"usd_nano", Number}, {"rough", Boolean}, {"ratio_permille", Number}, {"verdict", String},
		{"sweet_spot_usd_nano", Number}, {"baseline", String}, {"task", Obj},
	}},
	{"diff", []Field{
		{"base_session_id", String}, {"differs", Boolean}, {"identical", Boolean}, {"divergence", Obj}, {"told", Obj},
		{"common_phases", Number}, {"phases", Array}, {"tools_added", Array}, {"tools_removed", Array},
		{"files_added", Array}, {"files_removed", Array}, {"base", Obj}, {"session", Obj}, {"same_task", Boolean},
		{"outcome", String}, {"reasons", Array},
	}},
	{"cause", []Field{
		{"event", Number}, {"cause", Number}, {"cause_event_id", String}, {"cause_session_id", String}, {"rule", String},
		{"reason", String}, {"strength", String}, {"detail", String}, {"of", Number},
	}},
	{"score", []Field{
		{"judge", String}, {"name", String}, {"scorer", String}, {"score", Any}, {"value", Any}, {"label", String},
		{"verdict", String}, {"passed", Boolean}, {"threshold", Number}, {"weight", Number}, {"reason", String},
		{"comment", String}, {"explanation", String},
	}},
	{"violation", []Field{
		{"rule", String}, {"verdict", String}, {"reason", String}, {"subject", String}, {"at", Array}, {"kind", String},
		{"pattern", String}, {"action", String}, {"tool_name", String}, {"event", Number}, {"outcome", String},
	}},
	{"sensitive_access", []Field{
		{"path", String}, {"use", String}, {"verdict", String}, {"action", String}, {"tool_name", String}, {"event", Number},
		{"outcome", String},
	}},
	{"ai_tool", []Field{
		{"kind", String}, {"id", String}, {"name", String}, {"approved", Boolean}, {"confidence", String}, {"commits", Number},
		{"provider", String}, {"command", String}, {"package", String}, {"url", String}, {"env", Array}, {"secrets", Array},
		{"unpinned", Boolean}, {"evidence", Array},
	}},
	{"policy", []Field{{"sessions", Number}, {"tool_calls", Number}, {"policy", Obj}, {"warnings", Array}}},
	{"alert", []Field{
		{"rule", String}, {"action", String}, {"reason", String}, {"condition", String}, {"notify", String}, {"subject", String},
		{"event", Number}, {"tool_name", String}, {"pid", Number}, {"dry_run", Boolean}, {"refused", String},
	}},
	{"postmortem", []Field{
		{"status", String}, {"agent", String}, {"failures", Number}, {"duration_ms", Number}, {"root_cause", Obj}, {"after_ms", Number},
		{"wasted_ms", Number}, {"usd_nano", Number}, {"after_usd_nano", Number}, {"not_made_good", Array}, {"violated", Array},
		{"recommendations", Array}, {"timeline", Array}, {"unfinished", Array},
	}},
}
