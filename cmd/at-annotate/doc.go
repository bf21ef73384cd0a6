// At-annotate puts a note or a label on an event, or on a whole session.
//
// The first argument is a session, by its id or the beginning of it; the second
// the number of an event in it, as at-replay shows it: 12, or #12, which must be
// quoted in a shell. Where no session is named, the latest one is meant; #12 alone
// is an event of it. --at names the event nearest to a time in the session (2m14s,
// 1:30, or seconds), --event one by its event_id. Without any of these, the
// annotation is about the session as a whole: a verdict such as pass or fail, for
// a data set.
//
// An annotation is a note, a label, or both; a bookmark is one with the label
// bookmark. It is stored beside the session's events and changes none of them.
// At-cat prints it as a record after the events, so that every command further
// down the pipe sees it. Its id is printed, for --delete.
//
// --list prints the annotations in the order of the session: id, event and its
// time in the session, label, author, when it was made, note. With --format
// json they are printed as the records that at-cat prints.
//
// The store keeps annotations in annotations.jsonl in the format of
// agent-strace: both read what the other wrote. Any number of processes may add
// and delete at once. At-annotate reads a session as at-cat does and holds
// none of its lines.
//
// # Exit status
//
//   - 0: done.
//   - 2: bad usage, or there is no such session, event or annotation.
//
// # Examples
//
// A question about event 12:
//
//	$ at-annotate 5f1c0a52 12 --note "Why did it call bash here instead of write_file?"
//
// A label, and a bookmark a minute and a half into the session:
//
//	$ at-annotate 5f1c0a52 12 --label regression
//	$ at-annotate 5f1c0a52 --at 1:30 --bookmark
//
// What is there, and away with the bookmarks:
//
//	$ at-annotate 5f1c0a52 --list
//	$ at-annotate 5f1c0a52 --list | awk '/bookmark/ {print $1}' |
//	    xargs -r -n 1 at-annotate 5f1c0a52 --delete
//
// The sessions with the verdict fail:
//
//	$ at-cat --all | at-grep -l --label fail
package main
