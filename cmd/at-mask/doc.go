// At-mask hides personal data in events.
//
// It looks at every text of a line, wherever it stands: values, keys, nested
// arrays, JSON within strings; and replaces what it finds by a marker such as
// [MASKED:email:3f2a9c]. No other byte of the line changes. Equal texts have equal
// tags (the six hex digits), which say nothing about the text to anyone who does
// not have the key. The key is that of the trace store, which is made there when
// it is first needed, readable by its owner alone, or that in --key-file.
//
// It masks e-mail addresses, phone numbers with a country code and in the
// usual national forms, payment cards, US social security numbers, IBANs, the
// accounts of AWS in ARNs and addresses, the names of users in paths of home
// directories, and what stands under keys that name a person's data: email,
// phone, first_name, date_of_birth, street, passport_number, user_id and the
// like, in any spelling, be it a string, a number, an array or an object.
// --list prints the kinds. Public IP addresses are masked with --ip.
//
// Check digits, lengths and prefixes are verified; a number that has none must
// look like nothing else, or stand after a word such as Tel. Versions, times,
// digests, UUIDs, line numbers and floats are left alone, and so are git@HOST,
// noreply addresses, and users that are no person, such as root and ubuntu.
// The ids and times of the events themselves are never touched, nor are
// signatures and encrypted thoughts.
//
// With --keep-domain the part of an e-mail address after the @ is left, with
// --keep-last4 the last four digits of a number. --pattern adds a kind of
// one's own: NAME=RE, in the syntax of Go's regular expressions. It has every
// text looked at, which takes several times as long.
//
// With --check it prints no lines but one record, of type finding, of each
// place: the rule, the path, the offset and length in the text, and what would
// stand there. It does not print what it found. --receipt writes what was done
// as one JSON object, with the SHA-256 of all input and of all output.
//
// A line that is not an event is masked as text, passed on and reported.
// At-mask streams: it holds a few megabytes, or the longest line.
//
// # Exit status
//
//   - 0: the lines were masked; with --check, there was nothing to mask.
//   - 1: with --check, there was something.
//   - 2: bad usage, unreadable input, or lines that are not events. Such
//     lines are reported, masked and passed on.
//
// # Examples
//
// What a hook runs:
//
//	$ at-capture < hook.json | at-redact | at-mask | at-save
//
// A session to be shared, with a receipt; names of companies may stay:
//
//	$ at-cat 5f1c0a52 | at-redact | at-mask --keep-domain --receipt receipt.json > share.ndjson
//
// A gate before a trace is published:
//
//	$ at-mask --check share.ndjson
//
// Tickets of one's own project:
//
//	$ at-cat | at-mask --pattern 'ticket=ACME-[0-9]+' | at-replay
package main
