// At-cat prints the events of sessions in the trace store.
//
// Without an argument it prints the latest session: the one whose last event
// is the latest. An ID is a session id or the beginning of one that is the
// beginning of no other; an exact id beats a prefix. Several sessions are
// printed in the order of the arguments, and with --all or --last by the time
// of their first event.
//
// Events that were told twice are printed once: a hook and a transcript of
// the same session, or a transcript that was captured twice. The first stays
// in its place and gains what only the other knows. A missing parent_id or
// duration_ms is filled in where it follows from the call. Annotations are
// printed as records after the events of their session.
//
// With --since and --until, of each session those events are printed that lie
// between the two; without ID, --all or --last, the sessions are all those
// that have any.
//
// Hooks tell no usage of models. With --join at-cat first looks for the
// transcripts that the events of the sessions name, reads what they say of the
// cost, and stores what the store does not have yet. What was said and done is
// not copied.
//
// --follow goes on when everything is printed, and prints events as they are
// stored, whole lines only: of the sessions named; without a name those of all
// sessions, also of sessions that begin later, in a store that need not exist
// yet. It ends at SIGINT or SIGTERM.
//
// A line of the store that is not an event is reported and not printed: what
// at-cat prints is a stream of events.
//
// At-cat reads a session twice and holds some tens of bytes for each event of
// it, not its lines. A session that is named is opened at once, however many
// there are; --tree, --all and the like look at the beginning and the end of
// each, or at its cached summary.
//
// # Exit status
//
//   - 0: printed; also if the store is empty and no session was named.
//   - 2: bad usage, no such session, an ambiguous prefix, or lines in the
//     store that are not events.
//
// # Examples
//
// What happened in the latest session:
//
//	$ at-cat | at-explain
//
// Which tools were used in the last ten:
//
//	$ at-cat --last 10 | jq -r 'select(.event_type=="tool_call").data.tool_name' | sort | uniq -c
//
// What a session cost that was recorded by hooks:
//
//	$ at-cat --join 5f1c0a52 | at-cost
//
// Watch what is going on:
//
//	$ at-cat -f | at-replay
package main
