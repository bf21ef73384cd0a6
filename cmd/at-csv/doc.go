// At-csv prints events as a table: CSV, or a JSON array.
//
// A row is an event or a record. The columns are those of agent-strace's export:
// timestamp, event_type, event_id, parent_id, duration_ms, and data, as JSON.
// --columns names others, with commas between them: a key of the event, such as
// session_id, or a path, such as data.tool_name or data.usage.input_tokens; time
// is the timestamp as a date in UTC; name=path gives a column another name in the
// header. A list that begins with + adds to the columns above. What an event
// does not have is empty. Put at-grep before at-csv to choose rows.
//
// The CSV is that of RFC 4180, in UTF-8: rows end in CRLF, with --lf in LF; cells
// are in quotes where they must be. A text is printed as it was, with its JSON
// escapes undone and its line ends kept. The header comes with the first row: no
// events, no output.
//
// A spreadsheet takes a text that begins with = + - or @ for a formula, and a
// trace holds texts that strangers wrote. --safe puts an apostrophe before such
// texts, and all texts in quotes; use it for what a person opens, in a program
// that parts cells at commas. It is not the default, since programs would get
// other texts than the trace has. --bom is for Excel, which does not know UTF-8
// otherwise.
//
// With --format json, it prints an array of the events, as they stand; with
// --columns, of objects with these columns. At-csv streams, and holds one event.
//
// # Exit status
//
//   - 0: done.
//   - 2: bad usage, unreadable input, or lines that are not events. They are
//     reported, and the rest is printed.
//
// # Examples
//
// The latest session, for a spreadsheet:
//
//	$ at-cat | at-csv --safe --bom > session.csv
//
// What each tool call took:
//
//	$ at-cat | at-grep --type result | at-csv --columns time,session_id,tool=data.tool_name,duration_ms
//
// What each session cost:
//
//	$ at-cat --all | at-cost --format json | at-csv --columns session_id,usd_nano=data.usd_nano,input=data.tokens.input
//
// A JSON array:
//
//	$ at-cat 5f1c0a52 | at-csv --format json | jq length
package main
