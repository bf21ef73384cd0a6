// Package budget tells how full the context of each session is: what the last
// request read against the window of the model, how fast it grows, and what
// lies ahead: the window, a dearer tier, a compaction, the end of the cache.
//
// The context of a request is all that the model read: input, and what came from
// the cache or went into it. It is never a sum over requests, each of which reads
// what was said before it anew.
package budget
