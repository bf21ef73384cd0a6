// At-policy learns a policy file from what sessions did.
//
// It prints a policy that the sessions in its input satisfy and that allows
// little more: the files they read and wrote, relative to their working directory,
// the programs they ran with their subcommands, the hosts they contacted, and, word
// for word, commands of which nobody can tell what they do before they run. Three
// or more files of a directory become the directory. A section of which nothing
// was used allows nothing.
//
// A policy that is learned is a proposal: read it, widen or tighten it, add what
// must never be done to the deny lists, and keep it with the code. At-policy
// warns of sensitive files that it had to allow (keys, .env …), and of what it
// learned from calls that failed. Calls that were refused are not learned from.
//
// Without --output nothing is written. With it, the policy goes to a file; one
// that is there is replaced only with --force. With --merge, what the sessions
// need is added to the allow lists of the file that is there, and nothing is
// taken out: an empty or missing list, which forbids nothing, stays as it is, and
// deny lists are not touched; a warning names what they deny. Which sessions are
// learned from, such as the last 20, is chosen with at-cat. At-policy holds paths
// and commands, each once.
//
// With --format json the policy is printed as one policy record.
//
// # Exit status
//
//   - 0: a policy was printed or written.
//   - 2: bad usage, a file that cannot be read or written, unreadable input, or
//     lines that are not events. Such lines are reported; the policy is printed,
//     but not written.
//
// # Examples
//
// What would the policy of the last twenty sessions be?
//
//	$ at-cat --last 20 | at-policy
//
// Write it, then check that they satisfy it:
//
//	$ at-cat --last 20 | at-policy --force --output .agent-scope.json
//	$ at-cat --last 20 | at-audit --policy .agent-scope.json
//
// Allow what the latest session needed beside:
//
//	$ at-cat | at-policy --merge --output .agent-scope.json
package main
