// At-phase numbers the phases of sessions: what a person would call the steps.
//
// It adds the key phase to each event, a number from 1 within the session, and
// a record of type phase where a phase ends: what was done, whether it failed,
// the files, the commands, the retries, and the time that failed attempts
// wasted. Events before the first phase, such as session_start, have the
// number 0.
//
// A phase begins at each prompt of the user, and within the work for a prompt
// where the activity changes (exploring, editing, running tests, building,
// version control …) or where a failed attempt gives way to another approach.
// Short detours make no phase: the tests that are run between edits, the file
// that is read between two runs of the tests. A phase failed if its activity
// ended with a failure that nothing made good. A retry is a command run again
// after it failed, flags and python or python3 aside. The exact rules are in
// the documentation of lib/phase.
//
// The record of a phase comes when the phase is over: before the first event of
// the next one, after a session_end, after a notification that the agent waits
// for the user (idle_prompt, of Claude Code), or at the end of the input.
//
// The rest of an event is passed on byte for byte, and the order is kept. A
// key phase that is there already is replaced, and records of type phase are
// made anew, so that at-phase twice is at-phase once. Other records are passed
// on as they are.
//
// Whether something is a detour is known a few events later, so at-phase may
// hold events back: for each session 128 at most, until its next prompt, its
// session_end or the end of the input, and never for longer than 4096 events or
// 64 MiB of the stream. That is what it holds in memory, and for each session
// the file names and commands of the phase that is open.
//
// # Exit status
//
//   - 0: all events were numbered.
//   - 2: bad usage, unreadable input, or lines that are not events. Such
//     lines are reported, and passed on as they are.
//
// # Examples
//
// The commands that failed, with the phase in which they did:
//
//	$ at-cat | at-phase | jq -c 'select(.event_type == "error") | [.phase, .data.error]'
//
// Titles and times of the phases:
//
//	$ at-cat | at-phase | jq -r 'select(.event_type == "phase").data | "\(.start) \(.title)"'
package main
