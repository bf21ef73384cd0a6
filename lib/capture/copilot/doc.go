// Package copilot reads what GitHub Copilot CLI tells of itself: the payloads
// of its hooks, in both of their dialects, and the events of its sessions.
//
// # Hooks
//
// How the event's name is written in the configuration decides the dialect:
// for preToolUse a payload has sessionId, a timestamp in milliseconds, toolName
// and toolArgs, and no name of the event; for PreToolUse it has
// hook_event_name, session_id, an ISO timestamp, tool_name and tool_input.
// Where there is no name, the keys tell it. Old versions have no sessionId, and
// toolArgs is a JSON string.
//
//	sessionStart         session_start
//	sessionEnd           session_end
//	userPromptSubmitted  user_prompt
//	preToolUse           tool_call
//	postToolUse          tool_result, or error by its resultType or exit code
//	postToolUseFailure   error
//	agentStop            stop
//	errorOccurred        error of kind api if it was the model's, else agent
//	preCompact           pre_compact
//	any other            its name in snake_case
//
// # Events of a session
//
// They lie in ~/.copilot/session-state/<session>/events.jsonl, one a line:
// {type, timestamp, data, id, parentId, agentId}.
//
//	session.start                session_start
//	session.resume               session_start, of source resume
//	session.shutdown             session_end; llm_response for the usage that no
//	                             message told
//	session.error                error of kind api
//	model.call_failure           error of kind api
//	session.compaction_complete  compaction; llm_response for its request
//	session.snapshot_rewind      rewind
//	user.message                 user_prompt; user_message if nobody typed it
//	assistant.message            assistant_response for its reasoning and for its
//	                             text; llm_response
//	assistant.reasoning          assistant_response
//	assistant.usage              the usage of the llm_response of its message
//	tool.execution_start         tool_call
//	tool.execution_complete      tool_result or error
//	subagent.started             session_start of the subagent's session
//	subagent.completed, .failed  its session_end
//	system.notification          task_notification
//	abort                        interrupt
//	any other                    its name in snake_case
//
// Hooks that ran, turns, the system prompt, deltas and what else says nothing
// of what the agent did are bookkeeping. Encrypted and opaque reasoning is left
// out: nobody can read it. Calls that a message asks for and that never began
// are told when the session goes on without them.
//
// # Usage
//
// A message tells its output tokens only. session.shutdown tells all tokens of
// each model, of the session since it was started, whatever resumes there were:
// what is more than messages and earlier shutdowns told becomes one
// llm_response of the model, with total set, which is no single request. The
// tokens of the input include those read from and written to a cache; they are
// taken out. A session without shutdown has output tokens only.
//
// # Ids
//
// Hooks have no id of a call. Its event_id is made of the tool, its arguments,
// and which of the session's equal calls it is, for the events of the session
// too. So both tell a call under one id, except for
//   - equal calls that hooks in processes of their own tell: for them each is
//     the first;
//   - calls of subagents, which hooks tell as their session's;
//   - tools and arguments that have another name in the other dialect: Bash is
//     bash, but the keys of arguments are as given.
//
// Prompts and texts are joined by the reader of the store.
//
// # Failure, exit code, duration
//
// A call failed if success or resultType says so, or if a command ended with
// an exit code that is not 0, which stands in the last line of its result and
// in newer versions in shellExecution. Its duration is that of its telemetry,
// else the time between its two events.
//
// What is written here was seen in versions 1.0.11 to 1.0.77, or is in the types
// of copilot-sdk 1.0.14.
package copilot
