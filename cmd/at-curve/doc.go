// At-curve tells which kinds of task are worth giving to an agent.
//
// It sorts sessions by the kind of their task, and prints for each kind how many
// there were, what such a task should cost (its sweet spot), what it cost on
// average, and a verdict: efficient up to 1.1 times the sweet spot, "over sweet
// spot" up to twice, "do this yourself" above. Then it names what was spent above
// the sweet spot where that is more than half of it, at most five kinds, and the
// total.
//
// A session is taken together with its subagents, at any depth.
//
// # Kinds of task
//
// The kinds are unit test writing, code refactoring, bug debugging, architecture,
// boilerplate, documentation, code review, feature, performance, security, and
// general. The kind of a session is guessed from its first prompt and its title, by
// whole words ("latest" is not a test), of which those at the beginning count
// twice; paths, addresses and names of packages do not count. It also counts
// whether the session wrote nothing but tests, nothing but documents, or no file at
// all. The kind with most in its favour is taken; general if there is nothing.
//
// # Sweet spots
//
// Those of agent-strace: it calls them a benchmark of the community, but names no
// source, so take them with a grain of salt. With --baseline own it is the median
// cost of your own sessions of the kind that went well (at most one call in ten
// failed), if there are five of them; otherwise that of the table. --sweet-spot
// gives one by hand:
//
//	--sweet-spot 'Bug debugging=0.50'
//
// # Cost
//
// What sessions cost is worked out as at-cost does it, or read from the records
// of at-cost, if the input has them. Sessions without a known price are counted and
// are in no average. What a month costs is told at the rate of the sessions, if
// they span a week.
//
// # Records instead of events
//
// For many sessions it is enough to give at-curve the records of at-summary and
// at-cost, which are small. Of a session of which there are events and records,
// the events tell what was done, and the cost record what it cost. Where there is
// only a session_summary, its totals are priced at the rates of short requests.
//
// --format json prints one curve record for each session that no other has started,
// with what is known of its kind of task; --format csv, or --export csv, the table.
//
// At-curve holds the requests of all sessions until the end of its input, some 400
// bytes each, and some 200 bytes of each event; or the records.
//
// # Exit status
//
//   - 0: done.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported; the rest is counted.
//
// # Examples
//
// Everything that was recorded:
//
//	$ at-cat --all | at-curve
//
// The same from records, which can be made once and kept:
//
//	$ at-cat --all | at-cost --tee | at-summary --tee | grep -E '"event_type":"(cost|session_summary)"' | at-curve --baseline own
//
// For a spreadsheet:
//
//	$ at-cat --all | at-curve --export csv
package main
