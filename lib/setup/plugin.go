package setup

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// A PluginFile is a file of a plugin for Claude Code.
type PluginFile struct {
	Path string // from the plugin's folder; slashes
	Text string // what it holds if it is made; "" for the hooks
	format
}

const (
	pluginName  = "agent-trace"
	pluginID    = pluginName + "@" + pluginName // in its marketplace
	pluginAbout = "Hands what happens in a session to at-capture."
)

// Plugin returns the files of a plugin for Claude Code: its manifest, a
// marketplace of this one plugin, by which it can be installed, and the hooks.
func Plugin() []PluginFile {
	hooks := pluginHooks{claudeFormat}
	var manifest, owner, entry, market event.Object
	manifest.Str("name", pluginName).Str("description", pluginAbout).Str("license", "MIT")
	owner.Str("name", pluginName)
	entry.Str("name", pluginName).Str("source", "./").Str("description", pluginAbout)
	market.Str("name", pluginName).Str("description", pluginAbout).Raw("owner", owner.Bytes()).Raw("plugins", append(append([]byte{'['}, entry.Bytes()...), ']'))
	d := &doc{nl: "\n", indent: "  "}
	return []PluginFile{
		{Path: ".claude-plugin/plugin.json", Text: d.pretty(manifest.Bytes(), "") + "\n"},
		{Path: ".claude-plugin/marketplace.json", Text: d.pretty(market.Bytes(), "") + "\n"},
		{Path: "hooks/hooks.json", format: hooks},
	}
}

// Plugged returns the plugin of ours that settings turn on, "" if there is none.
func (a Agent) Plugged(settings []byte) string {
	if a.Name == claude.Name && gjson.GetBytes(settings, "enabledPlugins."+gjson.Escape(pluginID)).Bool() {
		return pluginID
	}
	return ""
}

// PluginSteps returns what the user has to do with a plugin in a folder.
func PluginSteps(dir string) []string {
	q := quote(dir)
	return []string{
		"try it with 'claude --plugin-dir " + q + "', or install it: 'claude plugin marketplace add " + q + "', 'claude plugin install " + pluginID + "'",
		"take the hooks out of the settings, or everything is told twice",
	}
}

// pluginHooks is hooks/hooks.json of a plugin.
type pluginHooks struct{ jsonHooks }

func pluginStart() []byte {
	return []byte("{\n  \"description\": " + string(event.AppendString(nil, pluginAbout)) + "\n}\n")
}

func (p pluginHooks) Merge(text []byte, o Options) ([]byte, error) {
	if isBlank(text) {
		text = pluginStart()
	}
	return p.jsonHooks.Merge(text, o)
}

func (p pluginHooks) Idle(text []byte) bool {
	return p.jsonHooks.Idle(text) || strings.TrimSpace(string(text)) == strings.TrimSpace(string(pluginStart()))
}
