// At-redact takes secrets out of events.
//
// It passes events on as they are but for the secrets in them: tokens of known
// providers, private keys, passwords in addresses and on command lines,
// credentials in headers, and what stands beside a name such as DB_PASSWORD,
// x-api-key or clientSecret, in whatever notation. Every string of a line is
// looked at, whatever the type of the event: values, keys, the elements of
// arrays. It is looked at as it reads, so that escapes, JSON inside a string,
// percent signs, base64 and hex digits hide nothing. Outside of what is
// replaced, no byte changes. The ids of the envelope are never touched, nor are
// signatures of thinking, encrypted content and images.
//
// A replacement such as [REDACTED:github-token:3f2a9c] names the rule that
// found the secret, and has a tag, the same for equal secrets. The tag is a
// keyed hash. The key is the file .redact-key in the trace store, which is
// made, readable by its owner only, when the first secret is found; --key-file
// names another. With --plain all replacements are [REDACTED]. A second run
// changes nothing.
//
// --list prints the rules. --disable leaves one out; --pattern adds a regular
// expression in the syntax of RE2, of which the first group goes if it has one;
// --rules adds those of a file in YAML or JSON, which names shapes such as
// acme_[a32], patterns, or names of secrets. --known and --known-env name
// secrets themselves: the values of a .env file, or of variables of this
// process. They go wherever they stand, also in base64, hex and URLs.
//
// The session helps, too. The output of a call that read a .env file or a private
// key, or ran env, printenv or kubectl get secret, is searched more strictly:
// every value goes that is not plainly harmless. A secret that was found once is
// found in the rest of its session wherever it stands.
//
// A line that is not an event is reported, and scrubbed as text. At-redact
// holds the values of the secrets it found, 1000 for each session and 12000 in
// all, the ids of calls such as those above, and a few chunks of its input.
//
// --check prints nothing but a record for each place where a secret stands: the
// rule, the event, the path in it and the offset, never the secret. --receipt
// writes what was done as one line of JSON, to a file or to a file descriptor
// that is open: the counts by rule and the SHA-256 of input and output.
//
// # Exit status
//
//   - 0: the events were passed on; with --check, nothing was found.
//   - 1: with --check, something was found; with --self-test, a rule fails.
//   - 2: bad usage, a bad rule, unreadable input, or lines that are not events.
//     Such lines are passed on as well, scrubbed.
//
// # Examples
//
// What a hook runs, so that no secret is ever written:
//
//	$ at-capture | at-redact | at-save
//
// Share a session, and prove what was done to it:
//
//	$ at-cat 5f1c | at-redact --known-env '*_TOKEN' --receipt receipt.json > share.ndjson
//
// Fail a build if a trace holds a secret:
//
//	$ at-cat --all | at-redact --check
//
// Tokens of a service of one's own:
//
//	$ at-cat | at-redact --pattern 'acme_[0-9a-f]{32}'
package main
