// At-explain tells what the agent did, in phases, with retries and waste.
//
// For each session it prints its length; its phases with their time since the
// first event, the number of their events, the files read and written (5 of
// each at most) and the commands run (8 at most); and the number of distinct
// files, the retries, and the time that failed attempts wasted. Paths below
// the directory of the session are shown from there. The marks are
//
//	— FAILED  the phase ended with a failure that nothing made good
//	← retry   the command had failed when it was last run
//
// What makes a phase, a failure, a retry and wasted time is told in the manual
// of at-phase. At-explain finds the phases itself, whether or not the stream
// came through at-phase. Sessions may be interleaved; their reports follow one
// another, in the order in which the sessions begin in the stream.
//
// It holds the report, the names of the files, and what at-phase holds, but no
// lines.
//
// # JSON
//
// With --format json it prints the phase records that at-phase would add, each
// when its phase is over. With --tee it passes its input through, and adds them
// at the end.
//
// # Exit status
//
//   - 0: the report was printed.
//   - 2: bad usage, unreadable input, or lines that are not events. Such
//     lines are reported; the rest is in the report.
//
// # Examples
//
//	$ at-cat | at-explain
//	Session: abc123 (2m 05s, 47 events)
//
//	Phase 1: fix the auth module (0:00–0:05, 13 events)
//	  Read: AGENTS.md, src/auth.py
//
//	Phase 2: run tests — FAILED (0:05–1:20, 12 events)
//	  Ran: python -m pytest
//	  Ran: python -m pytest  ← retry
//	…
//
// The phases that failed, of all sessions:
//
//	$ at-cat --all | at-explain --format json | jq -r 'select(.data.failed) | [.session_id, .data.title] | @tsv'
package main
