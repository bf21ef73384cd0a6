// At-otlp turns events into OpenTelemetry traces, metrics and logs.
//
// A session is a trace: its root span is invoke_agent, each answer of a model a
// chat span with its tokens, each tool call an execute_tool span. The spans of a
// subagent are in the trace of the session that started it, below the call that
// did. Prompts, answers, decisions, errors of no call, records of other commands
// and types that are not known are events of the root span. With --signals logs,
// every event is a log record. With --signals metrics, each session gives the
// gauges agent_strace.session.cost_usd, error_rate, retry_rate, blast_radius,
// duration_s and tool_calls, a score record agent_strace.eval.score, and the
// histograms of the semantic conventions are filled.
//
// What a session has cost is known from at-cost --tee, or else from the agent.
// Calls and sessions whose end is not in the input are marked with
// agent_trace.incomplete. Ids are hashes of the ids of sessions and events, so
// that sending twice changes nothing.
//
// Texts of prompts, answers, arguments, results and errors are left out, unless
// --content asks for them: meta adds titles and the first lines of errors, full
// adds everything, each text cut at 4,000 bytes with a marker, and to the answer
// of a model the messages that led to it and that it consists of. Names of tools
// and programs, paths of files, sizes, and decisions are always told. Put
// at-redact and at-mask before at-otlp. OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT,
// OTEL_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_EVENT_COUNT_LIMIT and their like set other
// limits; what is beyond is counted as dropped.
//
// With --group turn, what follows from each prompt is a trace of its own, whose
// root span has a link to that of the session. Subagents are in the trace of the
// call that started them, and a session below another span stays whole.
//
// Some stores refuse what is old. --rebase now moves each trace in time so that
// it ends now; agent_trace.original_start tells when it began. Then sending twice
// makes other times. --metrics-time now gives metrics the time of day.
//
// --also claude-code adds what the telemetry of Claude Code itself would tell, so
// that dashboards for it work with every agent: its counters, as in
// claude_code.token.usage, its log records, as claude_code.api_request, and its
// names of attributes. Beside that telemetry, it would count twice.
//
// Without an endpoint, requests are written to standard output as OTLP/JSON,
// one a line, or as protobuf, one behind the other, which is one request in the
// whole. They are sent if --endpoint, --to or the environment names an endpoint:
// OTEL_EXPORTER_OTLP_ENDPOINT, HEADERS, PROTOCOL, COMPRESSION, TIMEOUT,
// CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY and INSECURE, and the same for one
// signal, as in OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, whose address is taken as it
// is. OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES and TRACEPARENT are used, too.
//
// Requests hold at most 512 items and 900 kB. One that is too large for the
// receiver is split. 429, 502, 503, 504 and cut connections are tried again for
// --retry-for, after the time that the answer asks for. What is not accepted is
// reported and added to --dead-letter FILE, a line of OTLP/JSON a request; of a
// request that was accepted in part, all of it, since it is not told which part.
//
// --to knows the addresses, headers and limits of services. Their credentials
// come from the environment: DD_API_KEY (and DD_SITE), HONEYCOMB_API_KEY,
// NEW_RELIC_LICENSE_KEY, SPLUNK_ACCESS_TOKEN and SPLUNK_REALM,
// GRAFANA_INSTANCE_ID, GRAFANA_API_TOKEN and GRAFANA_REGION,
// LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY (and LANGFUSE_HOST). The headers of
// the environment are meant for another endpoint and are not sent then. A
// --header that looks like a credential takes its value from @FILE or the
// environment, since others can read the command line. The values of headers are
// never printed.
//
// With --follow, spans are sent as they become final, within a second. A root
// span is final at the session_end, or when the session was idle for long; if
// the session goes on all the same, it has another one, below the first.
// Requests wait in a folder until they are delivered, so a receiver may be away
// for as long as there is room; with --spool DIR they are still there when
// at-otlp is started again. SIGTERM ends the sessions that are open, and sends
// what there is for five seconds at most.
//
// At-otlp holds, for each open session, its open calls, some kilobytes for its
// root span, and about forty bytes an event, to know one that comes twice. It
// holds no lines. Without --follow, root spans are made at the end of the input,
// or when there are more than 10,000 sessions. With --rebase it holds all spans
// and log records until then, and with --content full the messages since the last
// answer of a model. With --signals metrics, it holds what at-summary holds of the
// sessions that are open.
//
// # Exit status
//
//   - 0: everything was written, or accepted by the receiver.
//   - 2: bad usage, unreadable input, lines that are not events, or something
//     was not accepted. The rest was sent.
//
// # Examples
//
// The latest session, without credentials and with its cost, to a collector:
//
//	$ at-cat | at-redact | at-cost --tee | at-otlp --endpoint http://localhost:4318 --dry-run
//
// The spans as JSON:
//
//	$ at-cat 5f1c0a52 | at-otlp | jq -r '.resourceSpans[].scopeSpans[].spans[].name'
//
// What would be sent of all sessions as metrics to the agent of Datadog here:
//
//	$ at-cat --all | at-cost --tee | at-otlp --signals metrics --to datadog-agent --dry-run
//
// Live, whatever the collector does:
//
//	$ at-cat -f | at-redact | at-otlp --follow --endpoint http://localhost:4318 --spool .spool
package main
