// Package claude reads what Claude Code tells of itself: the payloads of its
// hooks and the lines of its transcripts.
//
// # Hooks
//
// A payload is told by its key hook_event_name. It becomes an event whose data
// is the payload: tool_input is arguments; tool_response (tool_output in older
// versions) is result; error (error_message) stays. Of every payload all keys
// are kept but session_id and hook_event_name.
//
//	SessionStart        session_start
//	SessionEnd          session_end
//	UserPromptSubmit    user_prompt
//	PreToolUse          tool_call
//	PostToolUse         tool_result
//	PostToolUseFailure  error
//	PostToolBatch       post_tool_batch; and tool_call and error for each call
//	                    in it that the agent refused, for which there is no
//	                    other hook
//	Stop                assistant_response, or stop if nothing was said
//	StopFailure         error of kind api
//	SubagentStart       session_start of the subagent's session
//	SubagentStop        its assistant_response and session_end
//	PostCompact         compaction
//	any other           its name in snake_case
//
// A payload with an agent_id belongs to the subagent's session, see [ChildID].
// A payload has no time: it is stamped with the time at which it was read.
// Versions before 2.0.43 have no tool_use_id: the id of the call is made of the
// tool and its input, and results go to calls first in, first out.
//
// # Transcripts
//
// A transcript is ~/.claude/projects/<directory>/<session>.jsonl; those of
// subagents are <session>/subagents/agent-<id>.jsonl, also in folders below,
// in older versions agent-<id>.jsonl beside the session, and older still lines
// with isSidechain in the session's own file. Which lines become which events:
//
//	user         user_prompt; tool_result or error for each tool_result block;
//	             compaction_summary, interrupt, user_prompt_expansion,
//	             user_command, task_notification by what the text begins with
//	assistant    assistant_response for each text or thinking block, tool_call
//	             for each tool_use block; one llm_response for each API message
//	system       compaction, error of kind api (with the retry that follows)
//	attachment   user_prompt for a queued_command
//	cost-state   vendor_cost
//	progress     the events of the subagent's message, for agent_progress
//
// Every other type is bookkeeping and left out, unless all of them are asked
// for; a type that is not known is kept. A user or assistant line in which
// nothing of this is found is kept as user_line or assistant_line, and what
// stands in one beside tool results as user_context. Members of a line that are
// not known are added to the first event of the line.
//
// # Printed streams
//
// What claude -p prints with --output-format stream-json makes the events of
// the transcript; see [Stream].
//
// The vendor calls the format of transcripts internal: it may change at any
// release. What is written here was seen in versions 1.0.24 to 2.1.330.
package claude

// Agent is the name of the agent in session_start events.
const Agent = "claude-code"

// ChildID returns the session id of a subagent: the agent's own id of it and
// the session that it belongs to. A subagent has no session id of its own, and
// its hooks carry its parent's.
func ChildID(session, agent string) string { return "agent-" + agent + "." + session }
