// At-why tells why an event happened: the chain of what led to it.
//
// The event is the first argument: #4 or 4 is the fourth event of the session,
// as at-replay numbers them; abc123#4 is that of the session whose id begins
// with abc123. An event_id will do, too, with a # before it if it is not of
// twelve hexadecimal digits. Without one it is the last failure, or else the
// last that the agent did or said. Where no session is named and there are
// several, it is the first that none of the others started. The arguments that
// follow are FILEs; a FILE whose name could be an event is written ./4.
//
// From the event, at-why goes to what most likely led to it, and on to the
// beginning. Events are linked by the ids of calls and outcomes; by another attempt
// at what had failed before; by edits between a failure and the next attempt; by
// reading a file that is written later; by results, failures and prompts that name,
// as a whole word, a path or identifier that a call uses; by what the agent said;
// and by the prompt. Each link is printed with its reason; one that is only likely, or
// weak, says so. An outcome stands for its call. The rules are in the
// documentation of lib/why.
//
// With --all it prints every event that led to this one, with all its causes.
// With --forward it prints what came of the event instead: those whose chain
// goes through it, or with --all every event that a link leads to.
//
// With --format json it prints a cause record for each link, with --format dot
// a graph for Graphviz. With --tee it passes its input through and adds the
// records.
//
// At-why holds about 350 bytes of each event, and each path and identifier
// once, and no lines.
//
// # Exit status
//
//   - 0: the question was answered, or there are no events.
//   - 2: bad usage, an event that is not there, unreadable input, or lines that
//     are not events.
//
// # Examples
//
//	$ at-cat | at-why 4
//	Why did event #4 happen?
//
//	  #  4  tool_call: Bash  $ pytest tests/
//
//	Causal chain (root → target):
//
//	    #  1  user_prompt: "run the test suite"
//	       (prompt at #1 triggered this)
//	  ←  #  3  error: exit 1
//	       (retry after error at #3)
//	  ←  #  4  tool_call: Bash  $ pytest tests/
//
// The whole graph, to be drawn by Graphviz:
//
//	$ at-cat | at-why --all --format dot > why.dot
//
// Everything that came of the second event:
//
//	$ at-cat | at-why '#2' --forward
package main
