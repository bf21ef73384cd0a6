// At-budget tells how full the context of each session is.
//
// For each session it prints the window of its model, the context as it stands,
// how fast it grows, and what lies ahead: the size from which the vendor asks
// a higher price, that at which the agent compacts the context, and how many
// turns are left until the window is full. A turn is one request to the model.
// It exits 1 if a session has reached --warn-at percent of its window, 90 if
// nothing else is asked for.
//
// # What is counted
//
// The context is what the last request read: its input, what came from the cache
// and what went into it. It is not a sum over requests, since each request reads
// again all that was said before it. Where several requests made one message, the
// largest of them counts. Subagents are sessions with contexts of their own; they
// stand below the session that started them. After a compaction it is not known
// until the next request.
//
// The growth is what each request added on the average of the last 20, since the
// last compaction.
//
// Where no answer tells its usage but requests tell their size (llm_request, in
// traces of other programs), that counts. Where neither does, the context is
// replayed with a tokenizer, as at-cost does it, and printed with the least and the
// most that is likely. --no-estimate leaves such sessions out.
//
// # The window
//
// The first of these that is known:
//
//   - --limit.
//   - What the agent itself tells (context_window).
//   - 1,000,000 if the model's name ends in [1m].
//   - The table of prices, by the model's name; with --model by that one.
//
// If none is, or a request was larger than the table has it, the window is
// unknown, and so is how full it is: such a session is never over.
//
// # The cache
//
// A prompt cache lives for a time after it was last used, 5 minutes or an hour
// with Anthropic, depending on how it was written. At-budget says until when,
// and what the context costs to be read from the cache and to be written anew
// after it has ended, by the prices of the last request's time. Of other vendors
// no lifetime is known.
//
// # Compaction
//
// Where it happens is the first of these that is known: --compact-at; the size at
// which it happened by itself before in the session; of Claude Code, the window
// less 33,000 tokens, which is its default.
//
// # Records
//
// --format json prints one budget record a session; see the description of
// events.
//
// At-budget holds the requests of all sessions until the end of its input, some
// 400 bytes each, and of sessions without usage up to 64 KiB of text.
//
// # Exit status
//
//   - 0: every session whose window is known is below the threshold.
//   - 1: one has reached it.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported; the rest is counted.
//
// # Examples
//
// The latest session:
//
//	$ at-cat | at-budget
//
// Would it fit into another model?
//
//	$ at-cat 5f1c0a52 | at-budget --model gpt-4o --warn-at 75
//
// What it would cost to go on after lunch:
//
//	$ at-cat | at-budget --format json | jq '.data.cache.cold_usd_nano / 1e9'
package main
