// Package grep selects events of a stream, or whole sessions.
//
// A [Query] is a list of conditions, all of which an event must meet; of
// several values of one condition, one must be met. A [Grep] reads files,
// several chunks at a time, and hands on the lines that a query selects, byte
// for byte and in order.
//
// # Calls and outcomes
//
// What a tool call is, its outcome is, too: a tool_result or error that names
// a call as its parent_id meets the conditions about tool, paths and commands
// that its call meets. So "error, of the command npm test" selects the error
// events of that command. For this, the ids of the calls that met such a
// condition are kept: the last 65,536 of them, at least.
//
// # Paths
//
// A path matches a glob as follows. A glob without a slash is about the last
// element of a path. One that begins with a slash is about the whole path. Any
// other is about the path relative to the working directory of the session,
// which its last session_start told; where that is not known, it is about the
// end of the path. * does not go beyond a slash, ** does.
//
// # Text
//
// Text is looked for in the strings within an event's data, as they are when
// their escapes are undone, and in its numbers; not in keys, and not in the
// envelope. A line is only taken apart if it holds the text, or the literal
// part of a regular expression, or an escape that may stand for a part of it.
package grep
