// Package shadow finds the AI agents, MCP servers and model endpoints that a
// git repository was worked on with, so that they can be compared with those
// that are approved.
//
// What it reads is handed to it: the names of the files in the working tree and
// a file system to open them by, the output of one git log and of one git
// cat-file. It starts nothing and trusts nothing: names, messages and contents
// come from whoever wrote to the repository.
//
// Evidence is of three strengths. A file that an agent reads or writes is proof
// that it is set up ("confirmed"). A trailer or an identity of a commit says who
// helped with it ("likely"), and so does a file that was there once. A phrase in
// a message ("generated with …") is a claim ("possible").
package shadow
