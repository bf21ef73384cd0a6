// Package goose reads what Goose tells of itself: the payloads of its hooks,
// its session files and data base, and exported sessions.
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
// description and token totals, then a message a line. Now they are in the
// SQLite data base sessions/sessions.db, in the tables sessions and messages;
// goose session export --format json prints one document of them, with the
// messages in conversation. The data base is read as if it had been exported;
// sessions that are in both it and a file are not read of the file.
//
//	first line, document  session_start; its totals of tokens stay in it
//	text of the user      user_prompt
//	text, thinking        assistant_response
//	toolRequest           tool_call
//	toolResponse          tool_result, or error
//	any other block       its type in snake_case
//	usage_ledger          llm_response
//
// Messages tell no tokens. What each answer used stands in the data base alone,
// in usage_ledger since version 15 of its schema (2026); there input_tokens
// holds what was cached, which the event does not. cost_source says whether
// cost_usd is the provider's or an estimate of Goose's.
package goose
