// Package tree shows which session started which: subagents, and agents that
// were called by the A2A protocol.
//
// # Links
//
// A session belongs to the one that its session_start names as its
// parent_session_id, under the call that is its parent_event_id. Where it
// names none, it belongs to the first session in the stream that says so: by
// child_session_id in the outcome of a call, or by sub_session_id in an A2A
// call, which is a tool_call whose data has event_subtype "a2a_call".
//
// Each session stands in the tree once. Where another one names it, too, a
// reference stands. A session that is named and not in the stream is missing,
// and so is a parent; those that it has started stand below it. Sessions that
// are each other's ancestors are cut at the first of them in the stream, and a
// reference closes the circle.
//
// # Numbers
//
// The numbers of a session are those of lib/session; its cost is that of the
// cost record of the session, if there is one on the stream. Totals add up a
// node and all below it; the duration of a total is from the first event of
// all to the last. The cost that an A2A call tells counts where the session it
// called has none of its own in the tree.
package tree
