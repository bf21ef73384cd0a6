// Package watch judges sessions by rules while they run: it says when a rule of
// agenttrace/lib/rule holds, and of what.
//
// # When a rule is looked at
//
// After each event, on all that the session has done so far, and for a rule on
// calls before the next: so a rule holds at the event that makes it true, be it
// read as it happens or later. idle_minutes is looked at before an event too,
// with its time: that is how long nothing had happened. Where events are waited
// for, Tick does so with the present time.
//
// A rule holds once a session. A rule with the action resume is looked at only
// after another has paused the session.
//
// A subagent is a session of its own with numbers of its own; what is done, is
// done to the process of the session that started it.
//
// # Memory
//
// For each session it holds a rule.State: the names of the files that were
// written, and at most some 700 KB of numbers.
package watch
