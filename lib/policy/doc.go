// Package policy judges what an agent does by a policy file: which files it
// may read and write, which commands it may run, which hosts it may contact.
// The same judgement is made before a tool runs, while it runs, and afterwards.
//
// # The file
//
// A policy is JSON or YAML, by default .agent-scope.json:
//
//	{
//	  "files": {
//	    "read":  { "allow": ["src/**", "tests/**"], "deny": [".env"] },
//	    "write": { "allow": ["src/**"], "deny": [".github/**"] }
//	  },
//	  "commands": { "allow": ["pytest", "uv run", "cat"], "deny": ["curl", "wget", "rm -rf"] },
//	  "network":  { "deny_all": true, "allow": ["localhost"], "deny": [] },
//	  "tools":    { "allow": [], "deny": ["mcp__github__delete_*"] },
//	  "unknown":  "flag",
//	  "sensitive": "flag"
//	}
//
// Every key may be missing. An unknown key, a wrong type, a key that stands
// twice and a pattern that cannot be read are errors, told with file and line.
//
// # What a policy means
//
//   - Relative patterns and relative paths are taken from the session's working
//     directory. Both are cleaned first: src/../.env is .env, and src/** has
//     nothing to do with src/../../etc/passwd.
//   - * and ? stay within a component, ** spans any number of components,
//     dotfiles included; {a,b} and [a-z] are understood. A pattern with
//     brackets also means itself: app/[id]/page.tsx is the file of that name.
//   - A pattern without a slash matches that name at any depth. One in an allow
//     list means the names in the working directory and below; one in a deny
//     list means them everywhere.
//   - ~/ is the home directory, /etc/** is absolute. A deny pattern that begins
//     with **/ holds outside of the working directory too.
//   - Deny wins. A directory that is denied is denied with all that is in it:
//     ".", "~" and "/" too. The working directory is not in those above it,
//     which are where it happens to be; "/**" means it as well.
//   - A non-empty allow list makes everything else a violation.
//   - A missing section rules nothing, and neither does an empty list.
//   - Command patterns are word prefixes of a simple command that really runs:
//     "rm -rf" is rm -rf x, in any spacing. In a deny list the order and the
//     grouping of options make no difference (rm -fr, rm -r -f), and options
//     before a subcommand are passed over (git -C x push); letters have no
//     case, and pip is pip3, too.
//   - Every simple command of a line counts: both sides of pipes, && and ||,
//     the branches of if and case, loops and called functions as run, the
//     lines in $(…), eval, find -exec and xargs, here-documents that are fed to
//     a shell.
//   - A deny list also means what says the same in other words: npm i for npm
//     install, git push origin +main for git push --force, chmod a+rwx for chmod
//     777, docker image push for docker push, mvn clean deploy for mvn deploy.
//   - What a program may run beside (a pager, keys that tmux types, CC of make,
//     the preparation of a benchmark, the value of --exec) matters if it is
//     denied.
//   - Wrappers are looked through: sudo, env, timeout, xargs, nohup and the like
//     are judged by a deny list and by what they start. A runner of packages
//     (uv run, npx, poetry run) that is allowed allows what it runs.
//   - The shell that an agent uses to run a line is not itself a command, and
//     neither is bash -c: its line is.
//   - A program is known by its name, wherever it is taken from; but an allowed
//     name does not allow a program of that name in a directory for temporary
//     files.
//   - Network rules name hosts only, in any case of letters; *.example.com is
//     every host below example.com. deny_all makes every host that is not in
//     allow a violation. Hosts are those in URLs of any tool and of any
//     command, those that ssh, git, nc and their likes are told, and the
//     registries that package managers fetch from.
//   - Deleting and moving away is writing; moving and copying is also reading.
//   - What is used with all that is in it (rm -r, cp -r, tar) must be allowed
//     with all that is in it: build/**, not build.
//   - Glob, Grep and the like are ruled by the read policy of the path that they
//     search. What they look for is no path, but the directory that begins the
//     pattern of Glob is. Listing the working directory itself (ls, Glob
//     without a path) needs no permission. What looks into all files of a
//     directory outside of the working directory is denied if a file that lies
//     there by a deny pattern's own words is: grep -r x ~, with ~/.ssh/** denied.
//     A search may not be told to look into what is denied (grep --include=.env).
//   - Text is no action: quotes, comments, and here-documents for data. A
//     here-document that is fed to an interpreter is code.
//   - /dev/null and descriptors are no files.
//   - Symbolic links are followed where the file system is at hand: a path and
//     what it leads to must both be allowed. Case counts as on the platform.
//   - Patterns of a shell (cat .e*) are denied if they may match what is denied.
//
// # Unknown
//
// What is decided only when a line runs is unknown: a variable as program, eval
// of one, a script that comes through a pipe or that the line itself has written
// or fetched before, code for an interpreter (python -c), files that a variable
// names, what xargs adds, the host of a git remote. Values that the line itself
// gives to a variable are known. What is unknown is judged as the key unknown
// says:
//
//   - "flag" (the default): a violation whose verdict is "unknown"; at-guard
//     asks.
//   - "deny", "ask", "allow".
//   - {"verdict": "flag", "allow": ["python3 -c 'print(1)'"]}: the same, but for
//     these commands, which are whole texts, white space aside. A text that is
//     allowed so is still judged by all that is known of it.
//
// Only what a section could rule is unknown: with no network section it makes
// no difference that a host is not known.
//
// # Sensitive files
//
// Files that hold secrets, or what is run by others, are flagged whatever the
// policy says, and without one: see [Sensitive]. With "sensitive": "deny" or
// "ask" using one is a violation, unless a pattern in an allow list names it
// and no more than it.
//
// # Protection
//
// The policy and rules files that are in use may not be written by the agent
// that they rule.
package policy
