// At-ls lists the sessions in the trace store.
//
// One line a session, sorted by the time of the first event: the shortest
// beginning of its id that no other has, when it began, how long it took, the
// agent and the first model, who told of its calls (the agent's hooks, its own
// file, or both; --show says more), the number of prompts, tool calls and
// errors, all tokens that were counted, and the first prompt. What is not known
// is "-".
//
// --json prints the session_summary record of each session, as at-summary
// does. --show ID prints the summary of one session.
//
// The summary of a session is kept in its meta.json. It is made anew when
// events have come since, so listing many sessions reads no events. A store
// that cannot be written to is listed all the same. At-ls holds the summaries.
//
// # Exit status
//
//   - 0: listed; also if there is nothing to list.
//   - 2: bad usage, no such session, or lines in the store that are not events.
//
// # Examples
//
// What was done this week:
//
//	$ at-ls --since 7d
//
// The sessions that cost the most tokens:
//
//	$ at-ls --json | jq -r '[.data.tokens.output, .session_id] | @tsv' | sort -rn | head
package main
