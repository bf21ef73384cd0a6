package capture

import (
	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/cline"
	"agenttrace/lib/capture/codex"
	"agenttrace/lib/capture/copilot"
	"agenttrace/lib/capture/cursor"
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/gemini"
	"agenttrace/lib/capture/goose"
	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/capture/opencode"
)

// Agents are the other agents whose records are known, in the order in which
// they are asked whether a record is theirs: those first whose records say
// most of themselves.
var Agents = []dialect.Agent{claude.Stream, cursor.Agent, codex.Agent, copilot.Agent, gemini.Agent, opencode.Agent, cline.Agent, goose.Agent, mcp.Agent}
