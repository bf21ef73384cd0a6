// Package cline reads what Cline tells of itself: the payloads of its hooks and
// the files of its tasks. A task is a session.
//
// # Hooks
//
// A payload is told by its key hookName. There are two kinds: those of the
// editor's extension, named PreToolUse and so on, with what is told in an
// object preToolUse; and those of the command line, named tool_call and so on,
// which have ids of calls and hold the first kind's objects, too.
//
//	TaskStart, agent_start            session_start
//	TaskResume, agent_resume          session_start with source resume
//	UserPromptSubmit, prompt_submit   user_prompt
//	PreToolUse, tool_call             tool_call
//	PostToolUse, tool_result          tool_result, or error
//	TaskCancel, agent_abort           interrupt
//	agent_error                       error
//	session_shutdown                  session_end
//	any other                         its name in snake_case
//
// The extension's calls have no id: theirs is made of the tool and its input,
// and results go to calls first in, first out. The session is taskId, of the
// command line sessionContext.rootSessionId, by which its files go; subagents
// are sessions by their taskId. A payload with neither is reported.
//
// # Files
//
// A task is a folder tasks/<id>, and its id the time at which it began, in
// milliseconds. Each file is an array; an element is a record.
//
// ui_messages.json tells what requests cost, and when. It is read first:
//
//	say task, user_feedback   user_prompt
//	say api_req_started       llm_response; error of kind api or interrupt
//	say deleted_api_reqs      llm_response: the sum of requests that the user
//	                          took back
//	ask api_req_failed        error of kind api
//
// What else the screen showed is bookkeeping: api_conversation_history.json
// tells it better:
//
//	user       user_prompt for text in <task>, <feedback>, <answer> and
//	           <user_message>; tool_result or error for each result
//	assistant  assistant_response, tool_call; llm_response from metrics, unless
//	           ui_messages.json has told the tokens of the task
//
// The command line (version 3) has a folder sessions/<id> instead, with
// <id>.json, which becomes session_start and session_end, and
// <id>.messages.json, one object with a history in messages, whose elements
// have times, ids and metrics with cache reads and writes.
//
// Calls are tool_use blocks, or XML in the text: <read_file><path>a</path>
// </read_file>. Results are mostly text, "[read_file for 'a'] Result:", in
// later versions tool_result blocks; text goes to the first call of this tool
// that has no result.
//
// Elements of the history have no time in most versions. Then what is told of
// the present time in environment_details holds until the next one; such times
// make no durations. Metrics do not tell cache reads from cache writes:
// all is taken as read, and what they cost is at least that.
//
// Prompts have an id of their text, so that both files and the hooks give one
// prompt one id.
package cline
