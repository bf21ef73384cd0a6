// Package mcp turns the messages between an MCP client and its server into
// events: those that a proxy sees as they pass, and those that a log holds.
//
// A message is JSON-RPC 2.0. What it becomes:
//
//	tools/call                tool_call; its answer is tool_result, or error if
//	                          it failed, be it by isError or by JSON-RPC
//	resources/read            file_read
//	resources/updated         file_write
//	sampling/createMessage    llm_request; its answer is llm_response
//	initialize                part of session_start, with its answer
//	server/discover           likewise, in protocol 2026-07-28
//	tools/list                the answer has a hash of each tool; a tool that
//	                          is not what it was is a tool_changed
//	SendMessage, message/send, SendStreamingMessage, message/stream
//	                          of A2A: tool_call with event_subtype a2a_call
//	ping                      nothing, unless it fails
//	anything else             mcp_message; an answer that is an error is error
//
// An answer belongs to the request that the other side made under its id on
// the same connection. Ids are strings or numbers: 1 and "1" are two, 1 and 1.0
// are one. A request that is cancelled stays open until it is answered or the
// connection ends, since the two may cross. A tool call that asks for input
// (input_required) goes on in the request that brings it, under another id.
//
// # Sessions
//
// A connection is a session of its own, unless its agent says which of its
// sessions it belongs to: Claude Code by an environment variable of the server,
// Codex in params._meta. A call that has the agent's own id of it
// (_meta.claudecode/toolUseId, _meta.callId) gets the event_id that the agent's
// hook and transcript give it, so that the store puts them together.
//
// # Logs
//
// A record of a log is a message, or an object that holds one beside, or
// nothing but, a time (timestamp, time, ts), who sent it (direction, from, …) and
// a session. Where nothing says who sent a message, its method does, or the
// request that it answers. A message without a time gives an event without one.
// The logs that Claude Desktop writes of its servers are text: a time, the name
// of the server, a level, and "Message from client: " or "Message from server: "
// before a message. Each start of a server is a session; what it wrote to its
// standard error is mcp_message of kind text.
// What a Python client logs of its calls (type, count, method, args, result) is
// read, too.
package mcp
