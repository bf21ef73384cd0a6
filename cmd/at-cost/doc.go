// At-cost tells what sessions cost, down to phases, tools and files.
//
// For each session it prints the cost, the models and tokens, and the cost of
// each phase as at-phase finds them; phases that failed are marked as wasted.
// At the end stands the total.
//
// A DIR among the files stands for what agents have written below it, and a flag
// with an agent's name, such as --claude, for its own folders, both as in
// at-capture. They are read first, without at-capture; see Folders.
//
// # What is counted
//
// Every answer of a model (llm_response) counts once, by the message_id that the
// API gave it, however many events and sessions report it: copies and forks of a
// session have the same messages. Where two reports differ, the one with more
// output counts. It counts in the session that had it first, and in a session
// rather than in a subagent of it. An answer that is marked as another session's
// (usage_in_session) does not count, unless it has more output than that session
// has of it. Requests within a request that are not in its totals, of an advisor
// or a compaction, count as well, and so do searches of the web that the vendor
// makes.
//
// A request is priced by the row of the table that held at its time, at the
// rates for its length, times what its way of serving costs: fast, priority,
// flex, batch, inference in one country. Money is counted in whole nano-dollars
// (10^-9), each request rounded once, so that whatever the grouping, the parts
// add up to the total.
//
// What has no known price is unpriced, never 0 and never another model's price:
// the report names it, and the total is "at least". --strict makes that exit
// status 1. A name matches with a date, a region or a vendor added to it; not by
// its beginning.
//
// # How sure it is
//
//   - exact: the agent recorded what the vendor counted.
//   - lower_bound: the agent recorded the output before it was complete. Claude
//     Code up to 2.1.50 did so for most answers. The report says "at least".
//   - vendor: only an amount is known, the agent's own.
//   - estimate: the session has no usage at all, as when only hooks told of it.
//     Then its context is replayed: every request reads what was said before it,
//     from the cache, and writes what is new. Texts are counted by a tokenizer
//     and its known ratio to the model's own. What cannot be seen, such as the
//     agent's own instructions and thinking, is assumed; the amount stands with
//     the least and the most that is likely. See at-cat --join, which finds the
//     usage where it still exists. --no-estimate leaves such sessions out.
//
// Some agents keep count themselves (vendor_cost events). The report then says by
// how much their amount differs, and how much of the difference is tokens that no
// event tells of, such as those for titles and compactions. The amount of a fork
// includes that of its parent up to the fork, and the amount of a session that of
// its subagents; it is compared with a sum that includes them too.
//
// # Groupings
//
// With --by the report has one line a group, over all sessions:
//
//   - session, model, agent (with the kind of subagent), day (see --tz).
//   - phase: of each session; the phase in which the answer came. If events have
//     the key phase, as at-phase writes it, that counts.
//   - turn: from one prompt of the user to the next.
//   - tool: an answer is divided evenly among the tools that it calls; one that
//     calls none is "(answer)".
//   - file: likewise among the files that its calls read or write, by their
//     arguments or shell lines.
//
// # Where the money stays
//
// --carry shows what results of tools cost over their life. A result is paid
// for when it comes into the context, and again by every later request, until a
// compaction. How many tokens it is follows from the growth of the context; of
// several results between two requests, by their size.
//
// --waste shows what failed attempts cost: the part of the request that made
// them, and their results' life.
//
// --what-if prices the same text with another model: its tokenizer, by ratios
// that were measured, with the least and the most, and its prices.
//
// # Folders
//
// Of the transcripts of Claude Code in a folder, only what tells the cost is read,
// as with at-capture --usage-only, and it is remembered in
// $XDG_CACHE_HOME/agent-trace, else ~/.cache/agent-trace. The next run reads only
// what is new: files that have grown, from where they ended, and files whose
// device, inode, size or times have changed. It takes a small part of the time and
// prints the same. What is remembered is ids, models, times and numbers, readable
// by the user alone; it may be deleted at any time, and is not used by another
// version of the program. --no-cache neither uses it nor writes it.
//
// Phases cannot be found that way. Groupings by phase, turn, tool and file,
// --carry, --waste and --tee need all of a session: then every file is read whole,
// and nothing is remembered. The files of other agents, and transcripts without
// any usage, are always read whole.
//
// # Prices
//
// The table is part of the program; the last line of a report names it. --prices
// reads rows that count before it, one JSON object a line, in USD per million
// tokens:
//
//	{"model":"my-model","input":3,"output":15,"cache_read":0.3,"cache_write_5m":3.75,"cache_write_1h":6}
//
// model, input and output are needed. There may be from (a date: the row holds
// from then on), tiers ([{"over":200000,"input":6,"output":22.5}], for longer
// requests), web_search (USD a search), context_window, max_output, provider and
// source. --as-of takes the prices of a day, which begins at midnight UTC, whenever
// the requests were. --model takes one model for all; --input-price and
// --output-price are prices of tokens for all.
//
// # Records
//
// --format json prints one cost record a session, with the groups of --by in
// it; see the description of events.
//
// At-cost holds the requests of all sessions until the end of its input, some
// 500 bytes each, the calls if tools, files, --carry or --waste are asked for,
// and, of sessions without usage, up to 64 KiB of text.
//
// # Exit status
//
//   - 0: done.
//   - 1: it cost more than --max; or, with --strict, something has no price.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported; the rest is counted.
//
// # Examples
//
// The latest session:
//
//	$ at-cat | at-cost
//
// Everything in Claude Code's own folder, by day:
//
//	$ at-cost --claude --by day
//
// Stop a pipeline that became too dear:
//
//	$ at-cat --tree 5f1c0a52 | at-cost --max 2.50 --strict
//
// The five dearest sessions:
//
//	$ at-cat --all | at-cost --format json |
//	    jq -r '[.data.usd_nano / 1e9, .session_id] | @tsv' | sort -rn | head -5
package main
