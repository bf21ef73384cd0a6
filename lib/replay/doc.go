// Package replay prints a session as a person would watch it in a terminal:
// one entry for each event, with its number, its offset from the start of the
// session, an icon, and what it was about.
//
// [Printer] goes with the stream and holds a bounded amount of text. [Family]
// shows subagents below the call that started them, and [Tree] shows only who
// started whom; these two hold their sessions until the end.
//
// Text is never taken apart: the output of tools is shown as it is, shortened
// to some lines of some columns, with control bytes made visible. Only what
// an agent says to its user, which is Markdown, is shown without its marks.
package replay
