// At-inflation tells how many tokens and USD the same text takes with another model.
//
// Each tokenizer makes another number of tokens of the same text. From the tokens
// that were recorded, at-inflation works out how many two models would count, by
// default Claude Opus 4.6 and 4.7, and what each of them would charge. It prints
// both, by who wrote what is in the contexts and by the kind of text; then tokens
// and cost per session; and where most of the growth comes from.
//
// # How it counts
//
// Requests are counted as at-cost does it: once each, by class of token, and, where
// no usage was recorded, by replaying the context. Both models are priced for the
// same requests, each at the rates for the length that the request has in its own
// tokens, as of the date of the table of prices (or --as-of) and at standard
// service. Below stands what the sessions cost as they were, with their own models
// at their own time.
//
// How much a text grows depends on its kind: prose by half, code by a fifth,
// Chinese not at all. Texts are classified by their look, as prose, Markdown, code,
// diffs, JSON, terminal output, other scripts or base64, and each counts as often
// as it was read: the result of a tool is read by every later request, until the
// context is compacted. What no text in the trace accounts for, such as the system
// prompt and the definitions of tools, is "not recorded", and is taken to grow as
// such texts do on average. Each ratio has a most likely value, and the least and
// the most that was measured; the report names the sources. Where nobody has
// measured a model, it says so. If a tokenizer is not known, the number of tokens
// is taken to be the same, and the report says that.
//
// # In a month
//
// Days and months are what the sessions in the input come to, if they span a week
// at least; with --daily-sessions they are that many average sessions a day.
//
// # Records
//
// --format json prints one inflation record a session; see the description of
// events.
//
// At-inflation holds the requests of all sessions until the end of its input, some
// 400 bytes each, 2 KiB a session, and of sessions without usage up to 64 KiB of
// text.
//
// # Exit status
//
//   - 0: done.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported; the rest is counted.
//
// # Examples
//
// What would an upgrade do to what was done so far?
//
//	$ at-cat --all | at-inflation --compare claude-sonnet-4-6,claude-sonnet-5-5
//
// The last thirty sessions, if there were eight a day:
//
//	$ at-cat --last 30 | at-inflation --daily-sessions 8
//
// The sessions that would grow most:
//
//	$ at-cat --all | at-inflation --format json |
//	    jq -r '[.data.new.tokens - .data.base.tokens, .session_id] | @tsv' | sort -rn | head -5
package main
