// Package cursor reads what Cursor tells of its agent: the payloads of its
// hooks and its transcripts.
//
// # Hooks
//
// A payload is told by conversation_id or cursor_version beside its
// hook_event_name. Cursor runs the hooks of Claude Code's settings, too: their
// events may have its names, and are read alike. tool_input is arguments;
// tool_output, a JSON string, is result, taken out of the string. A payload has
// no time: it is stamped with the time at which it was read. Its user_email is
// left out but in session_start.
//
//	sessionStart          session_start
//	sessionEnd            session_end
//	beforeSubmitPrompt    user_prompt
//	preToolUse            tool_call
//	postToolUse           tool_result, or error if a command's exit code is not 0
//	postToolUseFailure    error
//	beforeReadFile        file_read
//	afterFileEdit         file_write
//	afterAgentResponse    assistant_response
//	afterAgentThought     assistant_response
//	subagentStart         session_start of the subagent's session
//	subagentStop          its session_end, if it is known whose; else subagent_stop
//	preCompact            compaction: there is no hook when it is done
//	stop                  stop; interrupt if the user stopped the agent
//	any other             its name in snake_case
//
// A command tells of itself twice, by preToolUse and by beforeShellExecution,
// and so does a call of an MCP server. One call is one tool_call: the generic
// hook's. The particular ones are before_shell_execution,
// after_shell_execution, before_mcp_execution and after_mcp_execution, with the
// call as parent_id where it is known. Versions up to 2.0 have no generic hooks:
// there the particular ones are tool_call and tool_result, in the names of
// later versions: Shell, MCP:<tool>.
//
// Hooks tell no tokens.
//
// # Transcripts
//
// They lie in ~/.cursor/projects/<project>/agent-transcripts, one line a
// message: {role, message{content[]}}. Nothing in them tells the session, a
// time, the model or tokens; the session is that of the file's name. Older
// versions write text, which is not read.
//
//	user       user_prompt, without the tags around it
//	assistant  by its blocks: assistant_response for text and thinking,
//	           tool_call, tool_result or error
//	other      blocks and lines of other types: their names in snake_case
//
// Results are seldom there. One that does not name its call belongs to the
// oldest that has none.
//
// # Ids
//
// The event_id of a call is made of its tool_use_id. A transcript has no ids:
// there it is made of the line's number and the block's, so that a file gives
// the same events whenever it is read. What hooks and transcript tell of one
// call has two ids: capture one of them, and hooks tell more.
//
// A hook that is configured twice tells everything twice, with the same ids in
// one turn, which generation_id names.
//
// # Failure, exit code, duration
//
// A call failed if postToolUseFailure says so, or if the exitCode in its
// tool_output is not 0. Its duration is the hook's.
//
// What is written here is from Cursor's documentation of its hooks (3.1), and
// from transcripts that were seen.
package cursor
