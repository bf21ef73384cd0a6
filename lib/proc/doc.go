// Package proc finds, stops, resumes and ends processes that were recorded
// earlier, by their pid and the time at which they started: a pid alone is given
// to another process when its own has ended.
//
// What is signalled is the whole of an agent: the process itself, its process
// group if it leads one, and everything that descends from it, as agents start
// their tools in groups of their own. This process, and process 1, are never
// signalled.
//
// Linux and macOS are supported. Elsewhere every function says that it cannot.
package proc
