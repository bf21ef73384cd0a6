// Package event is the stream: what an event is, how it is read and written.
//
// # Rules
//
// An event is one JSON object on one line, in UTF-8. It has an event_type; the
// other keys of the envelope are there if they are known:
//
//   - event_type: string. What happened; the types are below. There may be
//     others: whoever does not know a type passes it on.
//   - timestamp: number. When, in seconds since 1970, UTC, with six decimals.
//   - event_id: string. Twelve hex digits; see [ID]. The same happening has
//     the same id, whoever tells of it.
//   - session_id: string. The session, as its agent calls it. A subagent is a
//     session of its own.
//   - parent_id: string. The event_id of what this one answers: the tool_call
//     of a tool_result or error, what a record of an analysis is about.
//   - duration_ms: number. How long it took, in milliseconds.
//   - data: object. What the agent told, whole.
//
// Absent means unknown: there is no null, no empty string and no -1 in their
// place. Ids are strings. Names end in their unit: _ms, _tokens, _usd. A key
// that is not documented, in the envelope or in data, is passed on as it
// stands, and so is the text of every number.
//
// The order is that in which events arrived. Sessions may be interleaved. Any
// line may be missing: a stream is cut by grep, head and sort.
//
// Data holds, beside the keys below, whatever else the source told of the
// event under the name that the source gives it. uuid is the id of a line of
// a transcript; an event without it was told by a hook.
//
// # session_start
//
// A session began, was resumed or was cleared; a subagent was started.
//
//   - agent: string. claude-code, codex, gemini-cli, cursor …
//   - agent_version: string.
//   - model: string. The model at the start.
//   - source: string. startup, resume, clear, compact, fork.
//   - cwd: string. The working directory.
//   - command: any. The command line of what was started.
//   - git: object. repo (top directory or address), branch, commit.
//   - process: object. pid, start_time (seconds since 1970) and ancestry (the
//     names of the processes above it, nearest first) of the agent.
//   - user: string. Who ran the agent.
//   - host: string. Where; set once, at capture.
//   - transcript_path: string. The agent's own file of the session.
//   - parent_session_id: string. The session that started this subagent.
//   - parent_event_id: string. The tool_call in it that did so.
//   - agent_id: string. The subagent's id in its parent.
//   - agent_type: string. The kind of subagent.
//   - description: string. What the subagent was started for.
//   - title: string. The session's title.
//   - entrypoint: string. How the agent was started: cli, sdk-cli …
//
// For instance:
//
//	{"event_type":"session_start","timestamp":1795332170.000000,"event_id":"0c4b1a9d6f02","session_id":"5f1c0a52","data":{"agent":"claude-code","source":"startup","model":"claude-sonnet-5","cwd":"/home/u/proj","git":{"repo":"/home/u/proj","branch":"main","commit":"9f2c1d0"}}}
//
// # session_end
//
// A session ended.
//
//   - reason: string. clear, logout, prompt_input_exit, other …
//   - duration_ms: number. Since the start.
//   - exit_code: number. Of the process that was recorded.
//
// For instance:
//
//	{"event_type":"session_end","timestamp":1795332295.000000,"event_id":"71c09c1a2a55","session_id":"5f1c0a52","data":{"reason":"prompt_input_exit"}}
//
// # user_prompt
//
// The user gave the agent something to do. Text that the agent itself puts
// where a prompt stands (reminders, summaries, output of commands) is not one.
//
//   - prompt: string. The text.
//   - prompt_id: string. The turn, in hooks and transcript alike.
//   - queued: boolean. Typed while the agent was at work.
//   - content: array. The content blocks, where they hold more than text.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"user_prompt","timestamp":1795332171.000000,"event_id":"5d1b9c3e8a70","session_id":"5f1c0a52","data":{"prompt":"fix the test","prompt_id":"0d9e8c7b"}}
//
// # assistant_response
//
// The agent said something, or thought.
//
//   - text: string.
//   - thinking: boolean. It is the model's thinking, not said to the user.
//   - model: string.
//   - message_id: string. The API message it is a block of.
//   - block: number. Which block, from 0.
//   - stop_hook_active: boolean. Said after a hook kept the agent from ending.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"assistant_response","timestamp":1795332171.768000,"event_id":"b8f00d8b1c11","session_id":"5f1c0a52","data":{"text":"I will run it.","model":"claude-sonnet-5","message_id":"msg_1","block":1,"uuid":"a2"}}
//
// # llm_request
//
// A request went to a model.
//
//   - model: string.
//   - message_count: number.
//   - request_id: string.
//   - last_message: object.
//
// For instance:
//
//	{"event_type":"llm_request","timestamp":1795332171.100000,"event_id":"2b1c0d8e9f33","session_id":"5f1c0a52","data":{"model":"claude-sonnet-5","message_count":3}}
//
// # llm_response
//
// A model answered: one event a request. Agents that write an answer in
// pieces repeat its usage; capture puts them together, the largest
// output_tokens counting. Where two events with one event_id differ in usage,
// the larger output_tokens counts again.
//
//   - model: string.
//   - usage: object. Tokens by class, exclusive of each other: input_tokens
//     (not cached), output_tokens (thinking included), cache_read_tokens,
//     cache_write_5m_tokens, cache_write_1h_tokens; and reasoning_tokens, a part
//     of output_tokens. A class that is absent is unknown or 0.
//   - message_id: string. The API's id of the answer.
//   - request_id: string. The API's id of the request.
//   - stop_reason: string. Absent in an answer that was written before its end
//     (its output_tokens are then too small).
//   - service_tier: string. standard, priority, batch.
//   - speed: string. standard, fast.
//   - inference_geo: string. Where the model ran, if it matters for the price.
//   - web_search_requests: number. Searches the vendor made and bills.
//   - web_fetch_requests: number.
//   - iterations: array. Requests within the request, as the vendor tells them.
//   - usage_in_session: string. The session that had this answer first, where
//     this one repeats it; usage is then there, not here.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"llm_response","timestamp":1795332171.769000,"event_id":"9c1d4f5ab0e2","session_id":"5f1c0a52","data":{"model":"claude-sonnet-5","message_id":"msg_1","request_id":"req_1","stop_reason":"tool_use","usage":{"input_tokens":101,"output_tokens":77,"cache_read_tokens":3000,"cache_write_5m_tokens":150,"cache_write_1h_tokens":50,"reasoning_tokens":20},"service_tier":"standard"}}
//
// # tool_call
//
// The agent called a tool.
//
//   - tool_name: string. As the agent names it.
//   - arguments: any. Nearly always an object.
//   - tool_use_id: string. The id that call and result share.
//   - mcp_server: object. name and source of the MCP server.
//   - message_id: string. The API message that asked for it.
//   - server_side: boolean. The vendor ran it, not this machine.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"tool_call","timestamp":1795332171.769000,"event_id":"bf1207728ee6","session_id":"5f1c0a52","data":{"tool_name":"Bash","arguments":{"command":"go test ./..."},"tool_use_id":"toolu_1"}}
//
// # tool_result
//
// A tool did its work. parent_id is its call.
//
//   - tool_name: string.
//   - result: any. What the tool gave, in its own shape.
//   - content: any. What the model was shown of it, where that is known and is
//     not the same.
//   - tool_use_id: string.
//   - child_session_id: string. The subagent that did the work.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"tool_result","timestamp":1795332171.968000,"event_id":"4a6f1be02c3d","session_id":"5f1c0a52","parent_id":"bf1207728ee6","duration_ms":74,"data":{"tool_name":"Bash","result":{"stdout":"ok","stderr":""},"tool_use_id":"toolu_1"}}
//
// # error
//
// Something failed. With a parent_id it is the outcome of that tool call, and
// there is no tool_result.
//
//   - kind: string. tool, api; absent in traces of other programs.
//   - tool_name: string.
//   - error: any. What was told of it.
//   - message: string. The same, in traces of other programs and in API errors.
//   - tool_use_id: string.
//   - exit_code: number. Of a command.
//   - is_interrupt: boolean. The user stopped it.
//   - rejected: boolean. The user did not let it run.
//   - code: number. The JSON-RPC code.
//   - status: number. The HTTP status.
//   - retry_attempt: number. Which retry is next.
//   - retry_in_ms: number. And when.
//   - child_session_id: string. The subagent that failed.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"error","timestamp":1795332172.010000,"event_id":"e01a2b3c4d5e","session_id":"5f1c0a52","parent_id":"bf1207728ee6","duration_ms":14,"data":{"kind":"tool","tool_name":"Bash","error":"Exit code 1\nboom","exit_code":1,"tool_use_id":"toolu_1"}}
//
// # file_read
//
// A file or resource was read, told by a program that tells it apart from its
// tool calls.
//
//   - path: string.
//   - uri: string.
//
// For instance:
//
//	{"event_type":"file_read","timestamp":1795332172.100000,"event_id":"aa01bb02cc03","session_id":"5f1c0a52","data":{"path":"src/auth.py"}}
//
// # file_write
//
// Likewise, written.
//
//   - path: string.
//   - uri: string.
//
// For instance:
//
//	{"event_type":"file_write","timestamp":1795332172.200000,"event_id":"aa01bb02cc04","session_id":"5f1c0a52","data":{"path":"src/auth.py"}}
//
// # decision
//
// The agent chose, and said so.
//
//   - choice: string.
//   - reason: string.
//   - alternatives: array. Of strings.
//
// For instance:
//
//	{"event_type":"decision","timestamp":1795332172.300000,"event_id":"aa01bb02cc05","session_id":"5f1c0a52","data":{"choice":"read_first","reason":"the code is not known","alternatives":["read_first","write_first"]}}
//
// # compaction
//
// The context was summarised, and the session went on with the summary.
//
//   - trigger: string. manual or auto.
//   - pre_tokens: number. The size of the context before.
//   - post_tokens: number. And after.
//   - compact_duration_ms: number.
//   - compact_summary: string.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"compaction","timestamp":1795332254.828000,"event_id":"aa01bb02cc06","session_id":"5f1c0a52","data":{"trigger":"manual","pre_tokens":3383,"post_tokens":2727,"uuid":"c1"}}
//
// # compaction_summary
//
// The summary that a compaction left.
//
//   - compact_summary: string.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"compaction_summary","timestamp":1795332254.830000,"event_id":"aa01bb02cc07","session_id":"5f1c0a52","data":{"compact_summary":"The tests were fixed.","uuid":"c2"}}
//
// # interrupt
//
// The user stopped the agent.
//
//   - text: string. How the agent notes it.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"interrupt","timestamp":1795332256.000000,"event_id":"aa01bb02cc08","session_id":"5f1c0a52","data":{"text":"[Request interrupted by user]","uuid":"i1"}}
//
// # user_prompt_expansion
//
// The user gave a slash command.
//
//   - command_name: string. With or without its slash, as the agent tells it.
//   - command_args: string.
//   - expansion_type: string. slash_command, mcp_prompt.
//   - prompt: string. What it became.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"user_prompt_expansion","timestamp":1795332257.000000,"event_id":"aa01bb02cc09","session_id":"5f1c0a52","data":{"command_name":"/review","command_args":"main","uuid":"s1"}}
//
// # user_command
//
// The user ran a shell command from within the agent, or it printed something.
//
//   - command: string.
//   - output: string.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"user_command","timestamp":1795332258.000000,"event_id":"aa01bb02cc10","session_id":"5f1c0a52","data":{"command":"git status","uuid":"b1"}}
//
// # task_notification
//
// A task in the background told the agent something.
//
//   - text: string.
//   - uuid: string.
//
// For instance:
//
//	{"event_type":"task_notification","timestamp":1795332259.000000,"event_id":"aa01bb02cc11","session_id":"5f1c0a52","data":{"text":"agent a8b9 completed","uuid":"t1"}}
//
// # Other happenings
//
// Hooks of an agent that have no type here are events whose type is the name
// of the hook in snake_case (Notification is notification, PermissionRequest
// is permission_request), with the payload as data.
//
// # Records
//
// The result of an analysis is a record in the same stream, with the same
// envelope: timestamp is the time that it speaks of. Records can be computed
// again: a command drops the records of its own kind that it reads.
//
// # phase
//
// A stretch of a session in which the agent did one thing. See at-phase, which
// also adds the key phase to the envelope of each event: the number of the phase
// that it is in, 0 before the first.
//
//   - number: number. From 1.
//   - title: string. The prompt, or what was done.
//   - intent: string. The kind of activity: explore, edit, test, build, lint,
//     install, vcs, agent, mcp, web, run; other; talk, if no tool was called.
//   - failed: boolean. It ended with a failure that nothing made good.
//   - start: number. Milliseconds since the session's first event.
//   - end: number.
//   - events: number.
//   - files_read: array. Of strings.
//   - files_written: array.
//   - commands: array. Of objects: command (cut to 500 bytes), event (number),
//     failed, retry.
//   - retries: number.
//   - wasted_ms: number. The time of failed attempts in it.
//
// For instance:
//
//	{"event_type":"phase","timestamp":1795332250.000000,"event_id":"aa01bb02cc12","session_id":"5f1c0a52","data":{"number":2,"title":"run tests","intent":"test","failed":true,"start":5000,"end":80000,"events":12,"files_read":[],"files_written":[],"commands":[{"command":"python -m pytest","event":9,"failed":true},{"command":"python -m pytest","event":15,"failed":true,"retry":true}],"retries":1,"wasted_ms":75000}}
//
// # session_summary
//
// What a session was, in numbers. See at-summary.
//
//   - agent: string.
//   - agent_version: string.
//   - models: array. In the order of their first answer.
//   - started_at: number. Seconds since 1970.
//   - ended_at: number. The time of the last event.
//   - duration_ms: number. From the first event to the last.
//   - events: number.
//   - prompts: number. user_prompt events.
//   - first_prompt: string.
//   - tool_calls: number.
//   - tools: object. By tool name: calls, errors, total_ms, p50_ms, p95_ms.
//   - errors: number. error events but API errors.
//   - api_errors: number.
//   - retries: number. Commands run again after they had failed.
//   - unfinished_calls: number. Calls with no outcome.
//   - files_read: array. By file tools, sorted.
//   - files_written: array.
//   - files_read_by_shell: array. Files that shell commands name as read.
//   - files_written_by_shell: array.
//   - commands: number. Shell calls.
//   - llm_requests: number.
//   - tokens: object. input, output, cache_read, cache_write_5m,
//     cache_write_1h, and reasoning, a part of output.
//   - usage_by_model: object. By model: requests, tokens.
//   - compactions: number.
//   - host: string.
//   - user: string.
//   - cwd: string.
//   - branch: string.
//   - title: string.
//   - parent_session_id: string.
//   - parent_event_id: string.
//   - agent_id: string.
//   - agent_type: string.
//   - sessions: number. How many were added up, with --include-subagents.
//   - slowest: array. The slowest calls: tool, title, duration_ms, event
//     (number), and the session_id of a subagent's.
//
// For instance:
//
//	{"event_type":"session_summary","timestamp":1795332295.000000,"event_id":"aa01bb02cc13","session_id":"5f1c0a52","data":{"agent":"claude-code","models":["claude-sonnet-5"],"started_at":1795332170.000000,"ended_at":1795332295.000000,"duration_ms":125000,"events":47,"prompts":1,"tool_calls":8,"tools":{"Bash":{"calls":4,"errors":2,"total_ms":27000,"p50_ms":6000,"p95_ms":11000}},"errors":2,"retries":1,"files_read":["src/auth.py"],"files_written":[],"tokens":{"input":101,"output":77,"cache_read":3000,"cache_write_5m":150,"cache_write_1h":50,"reasoning":20}}}
package event
