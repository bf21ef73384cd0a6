// Package codex reads what Codex CLI tells of itself: the payloads of its hooks,
// its rollout files, the stream of codex exec --json, and what it gives to a
// notify program.
//
// # Hooks
//
// A payload has hook_event_name and turn_id, or a transcript_path that is a
// rollout's or null. It becomes an event whose data is the payload: tool_input
// is arguments, tool_response is result. It has no time: it is stamped with the
// time at which it was read.
//
//	SessionStart        session_start
//	SessionEnd          session_end
//	UserPromptSubmit    user_prompt
//	PreToolUse          tool_call
//	PostToolUse         tool_result; error where the response itself says so
//	PreModelRequest     llm_request
//	PostModelRequest    llm_response, or error of kind api
//	Stop                assistant_response, or stop if nothing was said
//	Interrupt           interrupt
//	PostCompact         compaction
//	SubagentStart       session_start of the subagent's session
//	SubagentStop        its assistant_response and session_end
//	any other           its name in snake_case
//
// There is no hook for a failure: the response to a shell call that failed is
// its output without its exit code, and an MCP call, a patch or an image that
// failed has no PostToolUse at all. A call of a tool that does not exist, or whose
// arguments do not fit, has no hook. Only the rollout tells. A PermissionRequest names no call:
// its parent is the one open call that does the same, if there is only one.
//
// # Rollouts
//
// A rollout is $CODEX_HOME/sessions/YYYY/MM/DD/rollout-<time>-<session>.jsonl,
// also .jsonl.zst, also in archived_sessions. Its lines are {timestamp, type,
// payload}; until 2025 they were the payloads of response_item alone behind a
// line that names the session, and before that one document {session, items}.
//
//	session_meta         session_start
//	turn_context         turn_context, where the model or the directory changes
//	response_item        message: user_prompt, assistant_response;
//	                     reasoning: assistant_response of thinking; *_call:
//	                     tool_call; *_output: tool_result or error
//	event_msg            user_message, agent_message, agent_reasoning: the same
//	                     again, told once; token_count: llm_response;
//	                     turn_aborted: interrupt; error, stream_error: error of
//	                     kind api; *_end and item_completed: what the outcome of
//	                     a call needs; any other: its name
//	token_usage_record   llm_response
//	compacted            compaction, and compaction_summary
//
// A type that is not known is kept as an event of that name. What only keeps
// books is left out, unless all is asked for. The text of the vendor's
// instructions is left out, too.
//
// # One call, several lines
//
// The line that asks for a call, the line that tells how it ran
// (exec_command_end, mcp_tool_call_end, patch_apply_end, item_completed) and the
// line of what the model is shown have one call_id. The outcome is emitted with
// the last of them: exit code, failure and duration are those of how it ran, or
// else those in the text for the model. The time between the lines is no
// duration: up to 0.58 a call and its output were written together, and since
// 0.72 outputs wait for those of the calls before. A command that is told to
// have ended after the model was shown that it runs is the event
// command_execution. Where no line asked for what ran, as for a command that a
// program of the model's runs, the call is made of how it ran.
//
// # Usage
//
// There is one llm_response for each token_usage_record. Files without them have
// token_count, which repeats: what its total grew by counts, and of the first
// one its last request. turn.completed of a stream tells the total of the
// thread: what it grew by counts. A stream of a thread that goes on, read alone,
// has what the streams before it used in its first total. Cached and written
// tokens are taken out of input_tokens.
//
// # Copies
//
// The file of a fork or of a subagent begins with lines of the thread that it
// comes from. Those are told in that thread's own file and are left out: they
// end where session_meta says so, or at the first turn that is younger than the
// thread, or where no turn is named, a second after the file begins.
//
// # Ids
//
// A session is a thread: a subagent's hooks name their thread in agent_id, and
// the session in session_id is that of the thread above all. Calls and outcomes
// have the call_id; prompts and answers the turn, the text, and which of equal
// ones they are; requests the turn and their tokens. So a hook and the rollout
// give an event one id. In a stream calls are only numbered from its beginning:
// its events are others than those of the rollout.
//
// # Memory
//
// Of a thread being read, the ids of its calls and a hash of each text are held,
// and of calls that run, how they ran. Of all that was read, the ids of requests,
// the totals of streams, and hashes of payloads that have no id.
//
// What is written here was seen in versions 0.44 to 0.169, and in recordings of
// older ones.
package codex
