// Package curve tells which kinds of task are worth giving to an agent: what
// they cost on average, against what they should.
//
// It reads events, or the records of at-summary and at-cost, which are small; a
// session is judged alike by either.
package curve
