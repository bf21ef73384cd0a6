// At-diff tells how sessions differ: where they part, and what came of it.
//
// It compares the two sessions in its input, in the order in which they begin;
// or the first session of each of two FILEs. Where there are more than two
// sessions, those of subagents that another one started are left out.
//
// What is compared is what was done: the prompts, the tools called, the
// programs run with their arguments, the files read and written, each in its
// order, and whether it failed. Paths are relative to the directory of each
// session. What was said (texts, thinking, the output of tools, the content of
// edits) does not make a session structurally different; the first event that
// differs in it is named apart. The phases (see at-phase) are aligned by intent
// and title. For each phase that differs the report says what only one side
// did, what one did more often, what both did in another order, and what
// failed for one only; a phase that only one side has is shown with all that
// was done in it. The divergence is the first thing done that differs, or the
// outcome of the same call. #12 is the twelfth event of its session, as in
// at-replay. All the rules are in the documentation of lib/diff.
//
// # Reports
//
// Without a flag, at-diff prints phases and the divergence. With --semantic it
// prints what came of it: tools and files added and removed, and the change of
// calls, errors, tokens, cost and duration, as far as they are known, the
// scores, and the outcome seen from the second session. With --compare it
// prints a table of both sessions, the first three phases that differ, and a
// verdict with the numbers that it rests on. With --stat it prints one line.
// With --against ID it compares every session with one, and prints a line for
// each. Cost and scores are those of cost and score records in the input.
//
// With --format json it prints one diff record for each comparison, which has
// all of these. With --tee it passes its input through and adds them.
//
// A task is completed if the last phase of the session did not fail. Of two
// sessions the better is the one that completed its task; if both or neither did,
// the one with fewer errors; then the one with more scores passed; then the one
// that is both cheaper (or needs fewer tokens, where no cost is known) and faster,
// by a tenth or more. Redundant reads are of a file, or part of one, that was
// read before and not written since. Context resets are compactions, and pauses
// of more than 120 seconds before a prompt or between requests to a model.
//
// At-diff holds about 250 bytes of each event, for all sessions in its input,
// and no lines.
//
// # Exit status
//
//   - 0: the sessions were compared, or there are none.
//   - 1: with --exit-code, if the sessions (with --against, any of them) are
//     structurally different.
//   - 2: bad usage, unreadable input, lines that are not events, or not two
//     sessions to compare.
//
// # Examples
//
// How do the two latest sessions differ?
//
//	$ at-cat --last 2 | at-diff
//	Comparing: abc123 vs def456
//
//	Diverged at phase 2:
//
//	  Phase 2: run tests
//	    abc123 only:  $ python -m pytest
//	    def456 only:  $ uv run pytest
//	…
//
// Which of them is better, and why?
//
//	$ at-cat --last 2 | at-diff --compare
//
// Ten runs against the one that is known to be good:
//
//	$ at-cat --last 10 | at-diff --against 5f1c0a52
//
// Files that were written in the first session and not in the second:
//
//	$ at-cat --last 2 | at-diff --format json | jq -r '.data.files_removed[]'
package main
