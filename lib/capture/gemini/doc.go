// Package gemini reads what Gemini CLI tells of itself: the payloads of its
// hooks, its session files, what it prints with --output-format stream-json,
// and the file that its telemetry writes.
//
// # Hooks
//
// A payload is told by a hook_event_name that only Gemini CLI has, or by its
// transcript_path, which is below .gemini. It has a time of its own. Of every
// payload all keys are kept but session_id, hook_event_name and timestamp;
// tool_input is arguments, tool_response is result. No hook tells of calls of
// tools that do not exist, or whose arguments do not fit.
//
//	SessionStart         session_start
//	SessionEnd           session_end
//	BeforeAgent          user_prompt
//	AfterAgent           assistant_response, or after_agent if nothing was said
//	BeforeTool           tool_call; mcp_context names its mcp_server
//	AfterTool            tool_result, or error
//	BeforeModel          llm_request, with the number of messages and the last
//	                     one: each payload repeats the whole history
//	AfterModel           llm_response, at the last piece of an answer; the others
//	                     are bookkeeping
//	BeforeToolSelection  bookkeeping
//	PreCompress          pre_compress: it comes before every request, whether
//	                     anything is compressed or not
//	any other            its name in snake_case
//
// # Session files
//
// A session is ~/.gemini/tmp/<project>/chats/session-<time>-<id>.jsonl, in older
// versions a .json file with one document. That of a subagent is
// chats/<session>/<id>.jsonl.
//
//	metadata         session_start
//	user             user_prompt; user_prompt_expansion for a slash command;
//	                 compaction_summary for a snapshot of the state. Context that
//	                 the agent puts in, and the results of tools, are bookkeeping
//	gemini           assistant_response for each thought and for the text, one
//	                 llm_response, tool_call and tool_result or error for each
//	                 call
//	info, warning    info, warning; interrupt for a cancelled request
//	error            error, of kind api if it is one of the API, else agent
//	$set             bookkeeping, but for messages that are told nowhere else
//	$rewindTo        rewind: what was said since is no more known to the model
//
// A message is written again when more of it is known. Each part of it is told
// once, and its usage with it.
//
// # stream-json
//
//	init             session_start
//	message          user_prompt; assistant_response, put together of its pieces
//	tool_use         tool_call
//	tool_result      tool_result or error
//	error            error, or warning
//	result           one llm_response for each model, with all its tokens of the
//	                 run, since the stream has no others; session_end
//
// # Telemetry
//
// The file that telemetry.outfile names holds log records, spans and metrics.
// Spans and metrics are bookkeeping, and so are hook_call and records of the
// name gen_ai.client.inference.operation.details, which say what api_response
// says.
//
//	gemini_cli.config            session_start
//	gemini_cli.user_prompt       user_prompt, with its text if that is logged
//	gemini_cli.tool_call         tool_call and tool_result or error
//	gemini_cli.api_request       llm_request
//	gemini_cli.api_response      llm_response
//	gemini_cli.api_error         error of kind api
//	gemini_cli.chat_compression  compaction
//	any other                    its name in snake_case
//
// # Usage
//
// The tokens of a prompt include those from a cache; those of the answer do
// not include thoughts. Both are put right. Tokens that the vendor's own tools
// added to the prompt count as input. A hook does not tell the cached tokens.
//
// # Ids
//
// Hooks and telemetry have no id of a call. In every source the id of one is
// made of the tool, its arguments, and which of the session's equal calls it
// is; that of an answer of the model, of the numbers of its tokens. So what
// several sources tell of a session has the same ids, except for
//   - equal calls that hooks in processes of their own tell: for them each is
//     the first. The reader of the store numbers those of which one was answered
//     before the next began; of those that ran at once the hooks tell one;
//   - calls whose arguments the user changed before they ran;
//   - calls of subagents, which hooks tell as their session's;
//   - telemetry that does not log prompts, which has no arguments;
//   - prompts and texts, which the reader of the store joins by what they say;
//   - the totals of stream-json: where a stream and a session file of one
//     session are both captured, its usage is told twice.
//
// # Failure, exit code, duration
//
// A call failed if its status or tool_response says so, or if the result of a
// command ends with an exit code that is not 0: Gemini CLI itself calls that a
// success. A call of a session file began with its message, if that is earlier
// than its end, else at the time in its id, if there is one; otherwise its
// duration is not known. Session files and stream-json note the end of all
// calls of an answer when the last of them is done: only one that was alone has
// a duration there. Those of hooks and telemetry are exact.
//
// What is written here was seen in sessions of November 2025 to January 2026,
// and in version 0.61.0.
package gemini
