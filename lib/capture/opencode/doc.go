// Package opencode reads what OpenCode tells of its sessions.
//
// # Formats
//
//	opencode export              one document: info is the session, messages
//	                             are {info, parts}
//	opencode run --format json   lines {type, timestamp, sessionID, part|error};
//	                             parts of the agent's messages, when whole
//	server events (SSE), or an   {type, properties}, also in {payload}: each
//	event plugin's log           part is sent again whenever it changes; of
//	                             SSE the lines without their "data: "
//	plugin hooks' log            {hook, input, output}, as a plugin is given them
//	storage/                     a folder of small files until 2025: session/,
//	                             message/, part/, one object a file, which is a
//	                             session, a message or a part
//	opencode.db                  the data base since 2026, also opencode-CHANNEL.db,
//	                             or what $OPENCODE_DB names
//
// The data base has the tables session, message (id, session_id, time_created,
// data) and part (id, message_id, session_id, data), where data is JSON without
// what the columns say. Its sessions are read as if they had been exported. The
// files of storage/ were left in place when it came; of a session that is in
// both, the data base is read.
//
// # Events
//
//	session                  session_start; of a subagent's with parent_session_id
//	message of the user      user_prompt for its text that is not synthetic
//	message of the assistant llm_response; error of kind api, or interrupt
//	part text, reasoning     assistant_response; compaction_summary in a summary
//	part tool                tool_call; tool_result, or error where it failed or
//	                         its command did not exit with 0
//	part step-finish         llm_response, see below
//	part compaction          compaction
//	part retry               error of kind api
//	session.error            error of kind api, or interrupt
//	command.executed         user_prompt_expansion
//	any other                its name in snake_case, those of parts after part_
//
// Bookkeeping (step-start, snapshot, patch, session.updated, deltas …) is left
// out unless it is asked for.
//
// # Tokens
//
// A message repeats the tokens and cost of its last step-finish part. There is
// one llm_response for each step, and one for a message that has no steps; its
// id is made of the message's, of further steps with their number. input does
// not hold what was cached. output holds reasoning where total says so, that
// is, where the other classes make up total without it; else reasoning is
// added, as OpenCode does for its own cost. That cost is cost_usd, in the text
// of the source; 0 is taken as not known.
//
// # Times
//
// Parts and messages have their own, in milliseconds. What has none gets the
// last one of its session; in an event stream that has told none yet, the time
// at which it was read.
//
// # Ids
//
// The native ids are those of messages and parts, of calls their callID. Where
// another part of the session has the same callID, since models make them up,
// the part's id is added. Data has uuid, the part's or message's id, where it
// was read from what is stored, and part_id where it was sent.
package opencode
