// At-audit-tools finds the AI agents and MCP servers that a git repository is used with.
//
// It compares them with those that are approved. What it finds, without a
// network and without keys:
//
//   - agents, by their files (CLAUDE.md, .cursor/, .codex/, GEMINI.md, …), those
//     that git ignores and those of earlier commits too; by the trailers, authors
//     and messages of commits (Co-Authored-By, Generated with …);
//   - MCP servers, in the configuration of any agent: their commands and hosts,
//     packages that are fetched in whatever version there is (npx -y), secrets
//     that are written out. Secrets themselves are never printed;
//   - endpoints of models, in any file and any commit: the known ones, and private
//     proxies, told by the path of the address, its name, or the setting that it
//     is given to (OPENAI_BASE_URL);
//   - personal data in the lines that commits added, with file and line. What it
//     says is not printed. Addresses of authors are left out, in manifests and
//     licences and wherever they are those of commits; so are made-up ones in
//     tests and documentation.
//
// --approved takes agents by id or name (cursor, "GitHub Copilot"), MCP servers by
// name, package or host, endpoints by host, *.domain or provider (openai). Before
// a name may stand what it is for: agent:, mcp:, endpoint:, pii:. Without any,
// nothing is approved. An agent brings its maker's endpoints, but no servers;
// AGENTS.md is approved with any agent that reads it. Approve a server by its
// package or host where anyone may write its name. Of a server that is approved,
// the report still warns that it is not pinned or that a secret is written out.
//
// The files are those of the working tree; of a bare repository, those of the
// commit. Commits are those that --ref has, HEAD if it is not given. Files above
// 16 MiB and binary files are not looked into, and submodules have to be audited
// on their own. Nothing that the repository sets up is run: no hooks, filters,
// drivers of diff, or fetches of objects that are missing.
//
// At-audit-tools needs git 2.37 or later. It starts it a few times, however many
// commits there are. It holds some 100 bytes for each file that a commit
// changed.
//
// # Exit status
//
//   - 0: everything that was found is approved.
//   - 1: something is not, or personal data was added.
//   - 2: bad usage, no git repository, a commit that does not exist, files or
//     objects that cannot be read.
//
// # Examples
//
// Is anything used here but Claude Code?
//
//	$ at-audit-tools --approved claude
//
// In CI, with what the team has agreed on:
//
//	$ at-audit-tools --approved claude,cursor,copilot --approved mcp:github,pii --since 90d
//
// For a system that shows SARIF, since the release:
//
//	$ at-audit-tools --approved claude --since v1.2.0 --format sarif > tools.sarif
//
// The MCP servers that are not pinned:
//
//	$ at-audit-tools --approved claude --format json |
//	    jq -r 'select(.data.unpinned) | .data.package'
package main
