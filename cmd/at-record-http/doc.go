// At-record-http is a proxy for an MCP server on HTTP and records what passes.
//
// The client is configured with the address of at-record-http, which is printed
// when it is ready, in the place of the server's. Every revision of MCP is
// understood: Streamable HTTP with sessions and without, and the older HTTP+SSE.
// Requests and answers go through as they are, whatever the method, the path and
// the headers, and streams without waiting. One thing is changed, and only where
// it must be: an older server's endpoint event that would send the client past
// the proxy.
//
// A request for / goes to URL itself, one for any other path to that path on the
// same server. If URL ends in a slash, other paths lie below it.
//
// What is recorded is what at-record records. Each session of the protocol
// is a session of the trace; requests of clients without one share a session.
// Headers, and bodies that are not MCP or A2A, are not recorded.
// Messages of the A2A protocol are tool_calls with event_subtype a2a_call, see
// at-tree.
//
// It listens on 127.0.0.1 unless --listen says otherwise. Requests by web pages
// of other sites are refused, as are those made to another name than this
// machine's, by which a page may reach a local port. --allow-origin lets a page
// in; --listen with an address that others reach lets every name in.
//
// A server with TLS, a redirect or an authorization that names its own address
// sends the client there, past the proxy.
//
// At-record-http holds a message of up to 16 MiB of each stream, and 64 MiB of
// messages that wait to be recorded. Of a longer message the trace has the size
// and the SHA-256. If recording is slower than the traffic, or the disk is full,
// the traffic goes on and an event trace_gap counts what is missing.
//
// # Exit status
//
//   - 0: it was ended by SIGINT or SIGTERM.
//   - 2: bad usage, or it cannot listen.
//
// # Examples
//
// Between an agent and a server; the agent is told http://127.0.0.1:3100/ in
// place of the server's address:
//
//	$ at-record-http https://mcp.example.com/mcp --port 3100 --name example --redact
package main
