// At-capture turns what agents record of themselves into events.
//
// It reads raw records from FILE…, or from standard input, and prints events.
// What a record is, is told by its own keys: one stream may mix the payloads of
// hooks, lines of the files in which agents keep their sessions, what they print
// with their options for JSON, and events that have been captured already, which
// pass unchanged. Those of Claude Code, Codex CLI, Gemini CLI, Cursor, GitHub
// Copilot CLI, OpenCode, Cline and Goose are known, and logs of MCP. Records may
// stand one a line, span lines, or be the elements of arrays; the logs that
// Claude Desktop writes of its MCP servers are text with messages in it. An
// argument that is a record itself, which is how Codex calls its notify program,
// is read like one on standard input.
//
// A DIR stands for the files of agents below it, transcripts of subagents
// included, the earliest first. A flag with an agent's name, such as --claude,
// stands for the folders where that agent keeps its own on this machine
// ($CLAUDE_CONFIG_DIR, which may be a list with commas, else ~/.claude and
// ~/.config/claude). --since leaves out files that have not changed since then.
// The SQLite data bases of OpenCode and Goose stand for the sessions in them, as
// a DIR does for its files, and --since goes by when a session changed; NAME.db#ID
// is one session. They may be in use, and are neither locked nor changed.
// --discover lists what would be read instead of reading it: of every agent, if
// none is named. Files that are compressed with zstd are read as they are.
// --from AGENT says whose the records are where their keys do not.
//
// --follow goes on: it prints, or with --save stores, events as agents write
// their files, in their own folders if nothing is named. So an agent is traced
// without any hook. Of a session that is under way already, its session_start
// is told, and what comes after at-capture was started; with --since also what
// is older, of files that have changed since then.
//
// Every event has an id that follows from the ids of its source, so that
// capturing twice gives the same events, and so does capturing a session from
// its hooks and from its transcript. A subagent's events are a session of their
// own, which names its parent. An answer of a model is one llm_response with its
// usage, however many lines tell of it, in whichever file it stands first.
//
// Lines that say nothing of what the agent did, such as snapshots and titles,
// are left out unless --all keeps them. --usage-only leaves out all but what
// at-cost needs, at several times the speed.
//
// With --save, events go to the trace store instead of standard output. On
// standard input that is an agent's hook: it prints nothing and exits 0
// whatever happens, so that no fault of the trace reaches the agent. What it
// could not read is kept in rejected.jsonl in the store. A payload has no time:
// it gets the time at which at-capture was started.
//
// When a session ends, its hook also stores what the session's transcripts say
// of its cost, which hooks do not, since the agent deletes them after some
// weeks. It takes at most 0.7 seconds for that; at-cat --join does the rest.
//
// With --redact, secrets are taken out of each event as at-redact does it, with
// the key of the trace store, before it goes anywhere. What cannot be redacted
// is not kept.
//
// At-capture holds the ids of messages and open calls, and the longest record;
// of a data base the list of its sessions, and some MiB of a session.
//
// # Exit status
//
//   - 0: every record became events; always with --save on standard input.
//   - 2: bad usage, unreadable input, or lines that are not records. They are
//     reported, and the rest is captured. A hook exits 1 on bad usage, since
//     2 would keep the agent from using its tools.
//
// # Examples
//
// What at-setup puts into an agent's hooks:
//
//	$ at-capture --save
//
// The sessions of the last week, without any hooks:
//
//	$ at-capture --claude --since 7d | at-save
//
// Everything that any agent on this machine does, without any hooks:
//
//	$ at-capture --follow | at-redact | at-save
//
// One session, at once:
//
//	$ at-capture ~/.claude/projects/-home-u-proj/5f1c0a52.jsonl | at-explain
package main
