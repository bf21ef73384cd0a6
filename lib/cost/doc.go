// Package cost works out what sessions cost, from the usage that agents recorded,
// or, where they recorded none, from what was said.
//
// A [Ledger] takes the events of a stream, in which sessions may be interleaved
// and copies of one another, and gathers the answers of models as requests: each
// once, by the message_id of the API. When all are known it prices them with the
// rows of [agenttrace/lib/price]. Amounts are whole nano-dollars; a request is
// rounded once, so that its shares, and every grouping, add up to the total.
//
// What is counted and how is told in the manual of at-cost. The corpus in
// testdata/traps holds what goes wrong when it is done otherwise, each with the
// amount worked out by hand in answers.tsv.
//
// # Memory
//
// Of every request some 400 bytes are held until the end. Calls are held if
// tools, files, carried results or failed attempts are asked for. Of a session
// that has no usage so far, up to 64 KiB of text are held, and then counted.
package cost
