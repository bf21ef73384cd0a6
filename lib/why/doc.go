// Package why finds out what led to an event of a session: links to earlier
// events, each with a reason that can be checked and a strength.
//
// # Links
//
// certain, where ids say so:
//
//   - answers: an outcome and its call, a response and its request.
//   - parent: any other event with a parent_id.
//   - started: a subagent and the call that started it.
//
// strong, where the same thing comes again or two events name the same file:
//
//   - retest: a call that tries again what failed, after an edit.
//   - retry: a call that tries again what failed: of equal tool.Intent. It is
//     the failure of that very call, also where calls ran at the same time. A
//     success in between ends it.
//   - informed: a write of a file, and the last read of it.
//   - tested: a success, and the edits between it and the failure of the same
//     attempt.
//   - failure: a call, and the failure whose text names a file that it is
//     about, or that a file tool had with it.
//   - named: a call, and the result or prompt whose text names a path of it, if
//     that is news: it was named since the agent used it last, and the call
//     that was answered had not named it itself.
//   - uses: a command, and the write of a file that it reads or runs.
//   - prompt: the prompt in whose turn something is done. It is true of all
//     that is done, and explains least: a chain goes to it where nothing else
//     is known.
//
// likely, where a name and the order speak for it:
//
//   - listed: a call about a file, and the search that listed its last part.
//   - named: of an identifier; or of what the agent says and the results of
//     this turn that tell a name in it.
//   - said_named: a call, and what the agent said that named a path of it.
//   - fixed: an edit, and the last failure of a test, build or lint.
//   - follows: what the agent says, and the last result before it.
//   - uses: a read of a file by a file tool after the agent wrote it.
//   - said: what the agent said right before a call.
//   - answers: of an outcome without any id, the only call that ran.
//
// weak: a name that the agent had used since it was told (named), the prompt of
// events that are not the agent's work, and the start of the session (session),
// if nothing else is known.
//
// # Names
//
// A name is looked for as a whole word: the longest run of letters, digits and
// _ - . / @ ~ +, less what belongs to the sentence. It counts if it has a
// slash, a dot, an underscore, capitals within, digits or hyphens enough to be
// no word of a language or number. Paths are compared relative to the session's
// directory. Paths that file tools are given, and those in shell lines, are
// looked up as they are, so that a path a is found by the rules that need no
// text.
//
// # Chains
//
// A chain goes from each event to its strongest cause, of equally strong ones
// to the latest, until there is none. Nothing is recursive.
//
// # Memory
//
// A [Graph] holds about 350 bytes an event: its headline, ids and links; and
// for each name some 40 bytes. It holds no lines.
package why
