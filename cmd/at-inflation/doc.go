// At-inflation tells what the same text is to another model.
//
// The same text is another number of tokens to each tokenizer. From the tokens
// that were recorded, at-inflation works out how many they are to two models,
// by default to Claude Opus 4.6 and 4.7, and what each of them asks for it. It
// prints both, by who said what stands in the contexts and by the kind of text;
// then tokens and cost per session; and what most of the growth is.
//
// # How it counts
//
// Requests are counted as at-cost does it: once each, by class of token, and, where
// no usage was recorded, by replaying the context. Both models are priced for the
// same requests, at the rates for the length that each request has to it, as of
// the date of the table of prices (or --as-of) and served as standard. What it
// cost as it was, with its own model at its own time, stands below.
//
// How much a text grows depends on its kind: prose by half, code by a fifth,
// Chinese not at all. Each text is told apart by its look as prose, Markdown, code,
// diffs, JSON, terminal output, other scripts or base64, and weighs as much as
// it was read: a result of a tool is read by every later request, until the
// context is compacted. What no text in the trace accounts for, such as the system
// prompt and the definitions of tools, is "not recorded", and grows as what agents
// carry on average. Of every ratio there is what is most likely, and the least
// and the most that was measured; the report names the sources. Where nobody has
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
