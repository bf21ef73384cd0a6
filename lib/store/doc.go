// Package store is the trace directory.
//
//	.agent-traces/<session>/events.ndjson     the events of a session, append-only
//	                        meta.json         its summary, cached; may be deleted
//	                        annotations.jsonl notes of people
//	.agent-traces/rejected.jsonl              what a hook could not read
//
// A session's directory is called as the session if that is a safe name, see
// [DirName]. Nothing is opened but by way of [os.Root], so that no session id
// and no symbolic link leads out of the trace directory. Directories are 0700
// and files 0600: a trace holds prompts, files and secrets.
//
// There is no state beside the events: no pointer to an active session, no
// counters that are read, changed and written. Any number of processes may
// append at once. An append is one write with O_APPEND under an advisory lock
// on the file; a line that a crash left torn is closed with a newline first.
//
// # Reading
//
// Reading a session puts together what was told twice. Two events with one
// session_id and event_id are one happening: the first stays in its place, byte
// for byte if the other adds nothing, and gains the keys that only the other
// has. Events that have no id in common, since the hook of an agent gives none,
// are one happening if a hook and a transcript tell the same within
// [JoinWindow]. An event that was told twice without any id of its agent, and
// further apart than [RepeatWindow], is two; so is a call that was told again
// after its outcome. The second gets the id that a source with ids gives it.
// What has no id but that of its turn is two if another call was made between
// its tellings.
//
// Where a result has no parent_id or duration_ms, they are derived from its
// call. Where a session was captured in more than one go, such as by hooks and
// from its transcript, the runs are merged by time.
package store
