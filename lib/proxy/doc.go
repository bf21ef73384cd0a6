// Package proxy stands between an MCP client and its server and records what
// passes, without touching it.
//
// Bytes go on whatever they are. A copy of each message is put into a queue of
// bounded size, which never makes the traffic wait; one goroutine takes it from
// there, makes events of it and stores them. Where that is slower than the
// traffic, or the disk is full, the traffic goes on, and the trace says how much
// is missing: an event of type trace_gap.
//
// Memory is bounded: by the queue (MaxQueue), and by the part of a message that
// is held until it is whole (MaxMessage for each stream). Of a longer message
// the trace has the size, the SHA-256 and the request that it answers.
package proxy
