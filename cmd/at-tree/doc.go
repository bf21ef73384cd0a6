// At-tree shows which session started which, with what each of them took.
//
// It prints a line for each session: the number of the call that started it in
// the session above, its id, the kind of subagent or the agent, its duration,
// tool calls, errors (those of the API, too), tokens, its cost if there are cost
// records in the input (at-cost --tee), and what it was started for. A call of
// another agent by the A2A protocol has a line, too, and the session that it
// led to stands below it. Below each tree stand its totals; the duration is from
// the first event of all to the last.
//
// A session belongs to the one that its session_start names; where it names
// none, to the first one in which the outcome of a call, or an A2A call, names
// it. A session that is named but not in the input is shown as such, with those
// below it. Each session stands in the tree once; where another session names it as
// well, a line says that it is shown elsewhere, or that it closes a cycle.
//
// --depth N shows N levels below the top; totals are those of the whole tree.
// With --format json it prints a tree record for each line.
//
// Sessions may be interleaved; the trees are printed at the end of the input.
// At-tree holds the numbers of every session until then, some 300 bytes a tool
// call, and no lines.
//
// # Exit status
//
//   - 0: done.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported.
//
// # Examples
//
// A session and its subagents:
//
//	$ at-cat --tree 5f1c0a52 | at-tree
//
// With what they cost:
//
//	$ at-cat --all | at-cost --tee | at-tree
//
// The sessions with more than ten subagents:
//
//	$ at-cat --all | at-tree --format json --depth 0 |
//	    jq -r 'select(.data.total.sessions > 11).session_id'
package main
