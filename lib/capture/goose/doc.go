// Package goose reads what Goose tells of itself: the payloads of its hooks,
// its session files and exported sessions.
//
// # Hooks
//
// A payload is told by its keys event and session_id. It has no time and is
// stamped with the time at which it was read.
//
//	SessionStart        session_start
//	SessionEnd          session_end
//	UserPromptSubmit    user_prompt
//	PreToolUse          tool_call
//	PreToolUseResult    permission_denied, if the decision is deny
//	PostToolUse         tool_result
//	PostToolUseFailure  error
//	Stop                assistant_response, or stop if nothing was said
//	any other           its name in snake_case
//
// BeforeShellExecution and AfterShellExecution, BeforeReadFile and
// AfterFileEdit tell of calls that PreToolUse and PostToolUse tell too, and are
// no calls here. Calls without a tool_call_id have an id made of the tool and
// its input; results go to calls first in, first out.
//
// # Session files
//
// Until 2025 a session was sessions/<id>.jsonl: a line with working_dir,
// description and token totals, then a message a line. Now they are in a
// SQLite data base, which is not read; goose session export --format json
// prints one document, with the messages in conversation.
//
//	first line, document  session_start; its totals of tokens stay in it
//	text of the user      user_prompt
//	text, thinking        assistant_response
//	toolRequest           tool_call
//	toolResponse          tool_result, or error
//	any other block       its type in snake_case
//
// Messages tell no tokens, so that there is no llm_response.
package goose
