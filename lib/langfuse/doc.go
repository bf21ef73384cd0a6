// Package langfuse makes scores for Langfuse of the score records of a stream.
//
// Spans go to Langfuse as to any receiver of OTLP, see lib/otlp and its dialect
// langfuse. Scores have an API of their own, POST /api/public/scores, which
// takes one at a time. A score there belongs to a trace, so it is kept until it
// is known in which trace its session is: that of a subagent is the trace of the
// session that started it, and the score is about the subagent's root span.
//
// # Values
//
//	score or value is a number       NUMERIC
//	             … true or false     BOOLEAN, 1 or 0
//	             … a text            CATEGORICAL
//	neither; label or verdict        CATEGORICAL
//	neither; passed                  BOOLEAN
//
// A record that has none of these is no score, and is counted. The name is that
// of the judge, name or scorer. What a session has cost by estimate is the score
// estimated_cost_usd, since as the cost of a span it would look like a bill.
//
// # Ids
//
// The id of a score is the first 16 bytes of SHA-256 over the session, the name
// and the event that it is about, as hexadecimal digits. Langfuse replaces a score
// that has the same id, so that sending twice, or judging again, leaves one.
//
// # Memory
//
// The scores of the sessions that have not ended, some hundred bytes each.
package langfuse
