// At-langfuse sends sessions and their scores to Langfuse.
//
// A session becomes a trace, whatever TRACEPARENT says: its root is an agent, each
// answer of a model a generation with its tokens, each tool call a tool,
// subagents below the call that started them. They are the spans of at-otlp, with
// the attributes that Langfuse reads; session.id is on each, and user.id where it
// is known.
//
// A score record becomes a score of its trace, or of the root span of its
// subagent. Its name is the judge, name or scorer of the record, its value the
// score, value, label or verdict, or else whether it has passed: a number, true
// or false, or a text. What a session has cost by estimate (see at-cost --tee)
// becomes the score estimated_cost_usd. Ids are hashes of the ids of sessions and
// events, so that sending twice, or judging again, leaves one of each.
//
// Spans go to /api/public/otel/v1/traces, scores to /api/public/scores, one
// request each. The keys of the project come from LANGFUSE_PUBLIC_KEY and
// LANGFUSE_SECRET_KEY, the address from LANGFUSE_HOST or LANGFUSE_BASE_URL, else
// it is https://cloud.langfuse.com. The options of the same names go before the
// environment. As an option, a key may be @FILE, which stands for what is in the
// file, and the secret key must be: others can read a command line. Keys are
// never printed. LANGFUSE_TRACING_ENVIRONMENT, LANGFUSE_RELEASE, OTEL_SERVICE_NAME
// and OTEL_RESOURCE_ATTRIBUTES say more about the traces.
//
// Texts of prompts, answers, arguments, results, errors, and the reasons of
// scores are left out, unless --content asks for them: meta adds titles, reasons
// and the first lines of errors, full adds everything, each text cut at 4,000
// bytes with a marker. Put at-redact and at-mask before at-langfuse.
//
// 429, 502, 503, 504 and cut connections are tried again for --retry-for, after
// the time that the answer asks for; requests that are too large are split. What
// is not accepted is reported and added to --dead-letter FILE: spans as a line of
// OTLP/JSON a request, scores as the body of their request. --dry-run prints a
// line about each request, and needs no keys.
//
// At-langfuse sends at the end of the input, and before whenever a request is
// full. It holds what at-otlp holds, and the scores of the sessions. A stream
// that goes on is for at-otlp --follow --to langfuse, which sends no scores.
//
// # Exit status
//
//   - 0: everything was accepted.
//   - 2: bad usage, no keys, unreadable input, lines that are not events, or
//     something was not accepted. The rest was sent.
//
// # Examples
//
// What would be sent of the latest session:
//
//	$ at-cat | at-redact | at-cost --tee | at-langfuse --dry-run
//
// Of the last seven days, to a server of one's own:
//
//	$ at-cat --since 7d | at-redact | at-langfuse --langfuse-host http://localhost:3000 --dry-run
//
// How many requests each session is:
//
//	$ at-cat --all | at-langfuse --dry-run | jq -r .signal | sort | uniq -c
package main
