// Package table turns events into rows: CSV, or a JSON array.
//
// # Columns
//
// A column is the name of a key of the envelope, or a path below one:
//
//	timestamp            a key of the event
//	data.tool_name       a key of an object in it, and so on
//	data.list.0          an element of an array
//	time                 the timestamp as 2026-11-22T14:02:51.769000Z, in UTC
//	tool=data.tool_name  likewise, under another name in the header
//
// In a path, \ stands before a dot that belongs to a key. A list that begins with
// + adds to the default columns, which are those of agent-strace.
//
// # Cells
//
// A string is its text, with its escapes undone; a number, true and false are as
// they stand in the line; an object or array is its JSON. What is absent or null
// is empty: in a table, an empty text cannot be told from it.
//
// # CSV
//
// As in RFC 4180: cells are separated by commas and rows end in CRLF. A cell that
// has a comma, a quote, CR or LF in it is put in quotes, and the quotes in it are
// doubled; so is one that begins or ends with a space, and the only one of a row
// if it is empty, since a blank line is no row to many readers. Within quotes,
// every byte is as it was: line ends in a text are not changed. What is not UTF-8
// becomes U+FFFD. The header comes with the first row: without rows, there is
// nothing.
//
// A spreadsheet takes a cell for a formula that begins with = + - or @, quotes or
// not, and a formula can start programs and send data away. What a trace holds was
// partly written by strangers. With Options.Safe, a text that begins so is written
// behind an apostrophe: with one of these or its full-width form, with spaces or
// control characters before it, which programs drop, or with a tab or line end.
// All texts are in quotes then, so that a semicolon in them does not begin a cell.
// Numbers are left alone. Without Safe, every text is as it was: that is for
// programs, which would have to take the apostrophe off.
//
// # JSON
//
// An array, a row to a line. Without columns, a row is the line of the event as it
// stands; with columns, an object with those of them that have a value.
package table
