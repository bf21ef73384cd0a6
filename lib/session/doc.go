// Package session folds the events of a session into its numbers, in one pass:
// tool calls and their outcomes, durations, errors, retries, files, tokens.
// What several reports count is counted here, once and in one way.
//
// # What is counted
//
//   - Events, not records: see [event.IsRecord]. An event_id counts once,
//     however often it comes.
//   - A tool call is answered by the tool_result or error whose parent_id it
//     is, else by the one that has its tool_use_id or request_id.
//   - The duration of a call is the duration_ms of its outcome, else the time
//     from the call to the outcome if that is not negative.
//   - Errors are the error events whose kind is not "api"; those that are api
//     are counted apart.
//   - A retry is a call that tries again what failed when it was last tried:
//     for shell calls, one of equal [tool.Intent]; for others, the same tool
//     with equal arguments. A success in between ends it.
//   - Files are those that the arguments of tools name, and those of file_read
//     and file_write events; paths are as given. Files that shell commands name
//     are kept apart, less those that are in the first list already.
//   - Tokens are those of llm_response events. An answer counts once for its
//     event_id, and once for its message_id and request_id; if it comes again
//     with more output_tokens, that counts instead. Answers of the model
//     "<synthetic>", which an agent writes itself, and answers that belong to
//     another session (usage_in_session) do not count.
//
// Times are those of events that have one, whatever their order.
//
// # Memory
//
// A [Fold] holds, for each event, a hash of its id (about 10 bytes); for each
// tool call about 100 bytes; for each answer of a model about 150; every path
// once; and up to 100,000 durations a tool. It holds the arguments of a call
// until its outcome comes, and no lines.
package session
