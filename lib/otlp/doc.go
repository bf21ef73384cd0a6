// Package otlp maps a stream of events to OTLP: spans, log records and metrics
// of OpenTelemetry, as protobuf and as OTLP/JSON.
//
// # Spans
//
//	session                        invoke_agent AGENT   INTERNAL, the root of a trace
//	session of a subagent          invoke_agent TYPE    in the trace of the session that started it, below the call that did
//	llm_request and llm_response   chat MODEL           CLIENT
//	tool_call and its outcome      execute_tool TOOL    INTERNAL
//
// A call of a tool is one span, with the same name and kind whether it went well or
// not. A call or session whose end is not in the stream has the attribute
// agent_trace.incomplete, and ends with its session. What has no duration is an
// event of the root span: prompts, responses, decisions, files, errors that belong
// to no call, records of analyses, and, as agent_trace.TYPE, types that are not
// known. If logs are asked for, every event is a log record as well.
//
// With Options.ByTurn, what follows from a prompt is a trace of its own, which is
// linked to the root span of the session.
//
// Attributes are those of the semantic conventions for generative AI, version
// 1.41; what they have no name for begins with agent_trace. Keys are sorted, so
// that the bytes of a span are always the same.
//
// # Ids
//
// They are hashes, so sending twice makes no second trace:
//
//	trace id   the first 16 bytes of SHA-256(session_id)
//	span id    the first 8 bytes of SHA-256(event_id of the tool_call or llm_request)
//	root span  the first 8 bytes of SHA-256("root-" + session_id)
//	turn       the first 16 bytes of SHA-256("turn-" + event_id of the prompt);
//	           its root span is that of the event_id
//
// The event_id and the session_id are attributes as well, for joining by them.
//
// # Times
//
// Nanoseconds are computed from the digits of the stream, not from floats. A call
// lasts for its duration_ms or, where that is absent, until the event of its
// outcome. Nothing ends before it begins. An event without a time gets that of the
// event before it in its session, and the attribute agent_trace.time_unknown.
//
// # Memory
//
// A Mapper holds, for each session that has not ended, what its root span needs
// (some kilobytes at most, without content), each open call, and a hash of every
// event_id; and the items of the batch that it fills. It holds no lines.
package otlp
