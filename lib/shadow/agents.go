package shadow

import (
	"path"
	"strings"
)

// An Agent is a coding agent, and what it leaves in a repository.
type Agent struct {
	ID       string   // what --approved takes: lower case, hyphens
	Name     string   // as its makers write it
	Aliases  []string // other names that people approve it by
	Provider []string // whose endpoints it uses: see providers

	// Files are paths, in lower case. One without a slash matches that name in
	// any directory; one with a slash matches the end of a path, at a component;
	// one that ends in a slash matches any file below such a directory.
	Files []string

	// Names are what an author or the person of a trailer is called, whole, in
	// lower case; with a * at the end, what it begins with.
	Names []string

	// Mails are the addresses of the agent's own commits, in lower case. One
	// with a * before it is the end of an address. What begins with @ is a whole
	// domain. The domains of makers are left out: people work there too.
	Mails []string

	// Words name the agent in a phrase such as "generated with …", in lower case.
	Words []string

	// Trailers are keys of trailers that only this agent writes, in lower case.
	Trailers []string
}

// AgentsMD is the id of the file that many agents read. It alone does not say
// which of them is used.
const AgentsMD = "agents-md"

// agents are those whose records at-capture reads, and others that leave
// files or trailers. The names of files and the identities are those of each
// agent's documentation and of the commits that it makes.
var agents = []Agent{
	{ID: "claude-code", Name: "Claude Code", Aliases: []string{"claude", "anthropic claude code"}, Provider: []string{"anthropic"},
		Files: []string{"claude.md", "claude.local.md", ".claude/", ".claude-plugin/", ".claude.json", ".claudeignore", "claude_desktop_config.json"},
		Names: []string{"claude", "claude code", "claude opus*", "claude sonnet*", "claude haiku*", "claude fable*", "claude mythos*", "claude 3*", "claude 4*", "claude 5*", "claude (*", "claude[bot]"},
		Mails: []string{"noreply@anthropic.com", "claude@anthropic.com", "*claude[bot]@users.noreply.github.com"},
		Words: []string{"claude code", "claude-code", "claude.ai/code", "claude"}, Trailers: []string{"claude-session", "claude-code-session", "claude-session-id"}},
	{ID: "cursor", Name: "Cursor", Aliases: []string{"cursor agent", "cursor ai"}, Provider: []string{"cursor"},
		Files: []string{".cursor/", ".cursorrules", ".cursorignore", ".cursorindexingignore"},
		Names: []string{"cursor", "cursor agent", "cursoragent", "cursor[bot]", "cursor ai"}, Mails: []string{"cursoragent@cursor.com", "*cursor[bot]@users.noreply.github.com"},
		Words: []string{"cursor"}},
	{ID: "copilot", Name: "GitHub Copilot", Aliases: []string{"github-copilot", "copilot-cli", "copilot coding agent"}, Provider: []string{"github"},
		Files: []string{".github/copilot-instructions.md", ".github/hooks/", ".github/instructions/", ".github/chatmodes/", ".github/agents/", ".github/workflows/copilot-setup-steps.yml", ".github/workflows/copilot-setup-steps.yaml", ".copilot/", ".copilotignore", ".github/prompts/"},
		Names: []string{"github copilot*", "copilot", "copilot-swe-agent[bot]", "copilot[bot]", "copilot coding agent"},
		Mails: []string{"copilot@github.com", "noreply@copilot.github.com", "*+copilot@users.noreply.github.com", "*copilot[bot]@users.noreply.github.com", "*copilot-swe-agent[bot]@users.noreply.github.com"},
		Words: []string{"github copilot", "copilot"}, Trailers: []string{"agent-logs-url"}},
	{ID: "codex", Name: "Codex / ChatGPT", Aliases: []string{"chatgpt", "openai-codex", "codex-cli", "codex-chatgpt"}, Provider: []string{"openai"},
		Files: []string{".codex/", "codex.md", ".openai/", "openai.json", ".codexignore"},
		Names: []string{"codex", "chatgpt*", "openai codex*", "codex[bot]", "codex cli", "chatgpt-codex-connector[bot]", "gpt-*"},
		Mails: []string{"noreply@openai.com", "codex@openai.com", "*codex-connector[bot]@users.noreply.github.com"},
		Words: []string{"openai codex", "codex", "chatgpt", "gpt-4", "gpt-5", "openai"}},
	{ID: "gemini", Name: "Gemini CLI", Aliases: []string{"gemini-cli", "google gemini", "gemini code assist"}, Provider: []string{"google"},
		Files: []string{"gemini.md", ".gemini/", ".geminiignore", ".aiexclude"},
		Names: []string{"gemini", "gemini cli", "gemini-cli*", "gemini code assist*", "gemini-code-assist[bot]", "google gemini*", "gemini 2*", "gemini 3*"},
		Mails: []string{"gemini-cli@google.com", "noreply-gemini@google.com", "gemini-code-assist@google.com", "*gemini-code-assist[bot]@users.noreply.github.com", "*gemini-cli[bot]@users.noreply.github.com"},
		Words: []string{"gemini cli", "gemini-cli", "gemini code assist", "google gemini", "gemini"}},
	{ID: "opencode", Name: "OpenCode", Files: []string{".opencode/", "opencode.json", "opencode.jsonc"}, Names: []string{"opencode", "opencode agent", "opencode-agent[bot]"},
		Mails: []string{"noreply@opencode.ai", "*opencode-agent[bot]@users.noreply.github.com"}, Words: []string{"opencode"}},
	{ID: "cline", Name: "Cline", Files: []string{".clinerules", ".clinerules/", ".clineignore", ".cline/", "cline_mcp_settings.json"}, Names: []string{"cline", "cline[bot]"}, Words: []string{"cline"}},
	{ID: "roo-code", Name: "Roo Code", Aliases: []string{"roo"}, Files: []string{".roo/", ".roomodes", ".roorules", ".rooignore"}, Names: []string{"roo code", "roomote[bot]", "roomote"}, Words: []string{"roo code"}},
	{ID: "kilo-code", Name: "Kilo Code", Aliases: []string{"kilo"}, Files: []string{".kilocode/", ".kilocodemodes", ".kilocodeignore"}, Names: []string{"kilo code"}, Words: []string{"kilo code"}},
	{ID: "goose", Name: "Goose", Aliases: []string{"block goose"}, Files: []string{".goosehints", ".goose/", ".gooseignore", "goose.yaml"}, Names: []string{"goose", "goose[bot]"}, Mails: []string{"goose@block.xyz"}, Words: []string{"goose"}},
	{ID: "aider", Name: "Aider", Files: []string{".aider/", ".aider.conf.yml", ".aider.conf.yaml", "aider.conf.yml", ".aiderignore", ".aider.model.settings.yml", ".aider.model.metadata.json", ".aider.chat.history.md", ".aider.input.history", ".aider.llm.history", ".aider.tags.cache.v3/", ".aider.tags.cache.v4/"},
		Names: []string{"aider", "aider (*"}, Mails: []string{"noreply@aider.chat"}, Words: []string{"aider"}},
	{ID: "windsurf", Name: "Windsurf", Aliases: []string{"codeium", "cascade"}, Provider: []string{"codeium"}, Files: []string{".windsurfrules", ".windsurf/", ".codeium/", ".codeiumignore"}, Names: []string{"windsurf", "windsurf cascade", "codeium"}, Words: []string{"windsurf", "codeium"}},
	{ID: "amp", Name: "Amp", Aliases: []string{"sourcegraph amp", "ampcode"}, Files: []string{".amp/", "agent.md", ".ampignore"}, Names: []string{"amp", "amp[bot]"}, Mails: []string{"amp@ampcode.com"}, Words: []string{"sourcegraph amp", "ampcode"}, Trailers: []string{"amp-thread-id", "amp-thread"}},
	{ID: "crush", Name: "Crush", Files: []string{"crush.md", "crush.json", ".crush.json", ".crush/", ".crushignore"}, Names: []string{"crush"}, Mails: []string{"crush@charm.land"}, Words: []string{"crush"}},
	{ID: "qwen-code", Name: "Qwen Code", Aliases: []string{"qwen", "qwen-coder"}, Provider: []string{"alibaba"}, Files: []string{"qwen.md", ".qwen/", ".qwenignore"}, Names: []string{"qwen-coder", "qwen code", "qwen"}, Mails: []string{"qwen-coder@alibabacloud.com", "noreply@qwen.ai"}, Words: []string{"qwen code", "qwen-coder"}},
	{ID: "kiro", Name: "Kiro", Files: []string{".kiro/"}, Names: []string{"kiro", "kiro agent", "kiro-agent[bot]"}, Words: []string{"kiro"}},
	{ID: "amazon-q", Name: "Amazon Q Developer", Aliases: []string{"amazonq", "q", "codewhisperer"}, Provider: []string{"aws"}, Files: []string{".amazonq/", "amazonq.md"}, Names: []string{"amazon q*", "amazon-q-developer[bot]"}, Words: []string{"amazon q"}},
	{ID: "junie", Name: "Junie", Aliases: []string{"jetbrains junie", "jetbrains ai"}, Files: []string{".junie/", ".aiignore"}, Names: []string{"junie", "jetbrains junie"}, Mails: []string{"junie@jetbrains.com", "*jetbrains-junie[bot]@users.noreply.github.com"}, Words: []string{"junie"}},
	{ID: "jules", Name: "Jules", Provider: []string{"google"}, Files: []string{".jules/"}, Names: []string{"google-labs-jules[bot]", "jules[bot]"}, Mails: []string{"*google-labs-jules[bot]@users.noreply.github.com"}, Words: []string{"google jules", "jules.google.com"}},
	{ID: "devin", Name: "Devin", Files: []string{".devin/", ".devinignore"}, Names: []string{"devin ai", "devin-ai-integration[bot]"}, Mails: []string{"@devin.ai", "*devin-ai-integration[bot]@users.noreply.github.com"}, Words: []string{"devin ai", "devin.ai"}},
	{ID: "continue", Name: "Continue", Aliases: []string{"continue.dev"}, Files: []string{".continue/", ".continuerules", ".continueignore", ".continuerc.json"}, Names: []string{"continue agent", "continue[bot]"}, Words: []string{"continue.dev"}},
	{ID: "augment", Name: "Augment Code", Aliases: []string{"augment code", "auggie"}, Files: []string{".augment/", ".augment-guidelines", ".augmentignore"}, Names: []string{"augment agent", "augment code", "augmentcode"}, Words: []string{"augment code"}},
	{ID: "factory", Name: "Factory Droid", Aliases: []string{"droid"}, Files: []string{".factory/"}, Names: []string{"factory-droid[bot]", "factory droid"}, Mails: []string{"*factory-droid[bot]@users.noreply.github.com"}, Words: []string{"factory droid"}},
	{ID: "openhands", Name: "OpenHands", Aliases: []string{"opendevin"}, Files: []string{".openhands/", ".openhands_instructions"}, Names: []string{"openhands*", "opendevin"}, Mails: []string{"openhands@all-hands.dev"}, Words: []string{"openhands"}},
	{ID: "warp", Name: "Warp", Files: []string{"warp.md", ".warp/", ".warpindexingignore"}, Names: []string{"warp agent"}, Mails: []string{"agent@warp.dev"}, Words: []string{"warp agent"}},
	{ID: "zed", Name: "Zed agent", Names: []string{"zed agent"}, Mails: []string{"agent@zed.dev", "ai@zed.dev"}, Words: []string{"zed agent"}},
	{ID: "trae", Name: "Trae", Files: []string{".trae/", ".traerules"}, Names: []string{"trae", "trae agent"}, Words: []string{"trae ai"}},
	{ID: "firebase-studio", Name: "Firebase Studio", Provider: []string{"google"}, Files: []string{".idx/airules.md"}},
	{ID: "replit", Name: "Replit Agent", Aliases: []string{"replit"}, Files: []string{"replit.md"}, Names: []string{"replit agent"}, Mails: []string{"agent@replit.com"}, Words: []string{"replit agent"}},
	{ID: "lovable", Name: "Lovable", Names: []string{"lovable", "lovable-dev[bot]", "gpt-engineer-app[bot]"}, Mails: []string{"*lovable-dev[bot]@users.noreply.github.com", "*gpt-engineer-app[bot]@users.noreply.github.com"}, Words: []string{"lovable.dev"}},
	{ID: "sweep", Name: "Sweep", Files: []string{"sweep.yaml", ".sweep/"}, Names: []string{"sweep-ai[bot]", "sweep ai"}, Words: []string{"sweep ai"}},
	{ID: "coderabbit", Name: "CodeRabbit", Files: []string{".coderabbit.yaml", ".coderabbit.yml"}, Names: []string{"coderabbitai[bot]"}, Mails: []string{"*coderabbitai[bot]@users.noreply.github.com"}, Words: []string{"coderabbit"}},
	{ID: "tabnine", Name: "Tabnine", Files: []string{".tabnine/", ".tabnineignore"}, Words: []string{"tabnine"}},
	{ID: "cody", Name: "Cody", Aliases: []string{"sourcegraph cody"}, Files: []string{".codyignore", ".sourcegraph/"}, Words: []string{"sourcegraph cody"}},
	{ID: AgentsMD, Name: "AGENTS.md", Files: []string{"agents.md", "agents.override.md", ".agents/", "agents.local.md"}},
}

// readsAgentsMD are the agents that read AGENTS.md.
var readsAgentsMD = []string{"codex", "cursor", "copilot", "gemini", "opencode", "amp", "crush", "goose", "aider", "windsurf", "roo-code", "kilo-code",
	"zed", "warp", "jules", "devin", "factory", "junie", "augment", "kiro", "qwen-code", "openhands", "claude-code", "cline"}

// agentOf returns the agent with an id, nil if there is none.
func agentOf(id string) *Agent {
	for i := range agents {
		if agents[i].ID == id {
			return &agents[i]
		}
	}
	return nil
}

// signals is an index of the files of agents.
type signals struct {
	base map[string][]int    // the name of a file, or of a directory with a slash
	tail map[string][]signal // the last component of a longer path → what must end so
}

type signal struct {
	agent int
	path  string
}

func newSignals() *signals {
	s := &signals{base: map[string][]int{}, tail: map[string][]signal{}}
	for i, a := range agents {
		for _, f := range a.Files {
			dir := strings.HasSuffix(f, "/")
			if p := strings.TrimSuffix(f, "/"); strings.Contains(p, "/") {
				key := path.Base(p)
				if dir {
					key += "/"
				}
				s.tail[key] = append(s.tail[key], signal{i, p})
				continue
			}
			s.base[f] = append(s.base[f], i)
		}
	}
	return s
}

// vendored are directories of other people's code, whose files no agent reads
// that works in this repository.
var vendored = map[string]bool{"node_modules/": true, "vendor/": true, "site-packages/": true}

// find calls found for each agent that a path is a sign of, with the part of
// the path that is: the file, or the directory with a slash. Case does not
// count, as on the file systems of macOS and Windows.
func (s *signals) find(file string, found func(agent int, what string)) {
	low := lower(file)
	for from := 0; from < len(low); {
		n := strings.IndexByte(low[from:], '/')
		to := len(low)
		if n >= 0 {
			to = from + n + 1 // with its slash
		}
		key := low[from:to]
		if vendored[key] {
			return
		}
		for _, i := range s.base[key] {
			found(i, file[:to])
		}
		for _, t := range s.tail[key] {
			whole := strings.TrimSuffix(low[:to], "/")
			if whole == t.path || strings.HasSuffix(whole, "/"+t.path) {
				found(t.agent, file[:to])
			}
		}
		from = to
	}
}

// lower makes ASCII letters small, and leaves every other byte alone.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
