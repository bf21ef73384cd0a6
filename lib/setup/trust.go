package setup

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Trust is what is needed to tell whether an agent runs the hooks of a file.
type Trust struct {
	File    string // the file of the hooks, absolute
	Project string // the folder of the project, absolute; "" if the file is for all projects
	Hooks   []Hook // those found in it
	// Read reads a file in the agent's own folder, nil if there is none.
	Read func(name string) []byte
}

// Trust tells whether the agent has been told to run the hooks, as far as it
// notes it: "yes", "no", or a sentence; "" if it notes nothing.
func (a Agent) Trust(t Trust) string {
	if a.trust == nil {
		return ""
	}
	return a.trust(t)
}

// parents returns a folder and those above it.
func parents(dir string) []string {
	var list []string
	for dir = strings.ReplaceAll(dir, `\`, "/"); ; dir = path.Dir(dir) {
		list = append(list, dir)
		if dir == path.Dir(dir) {
			return list
		}
	}
}

// claudeTrust reads .claude.json, in which the dialog about a folder is noted.
// It lies beside the folder, or in it where $CLAUDE_CONFIG_DIR is set.
func claudeTrust(t Trust) string {
	if t.Project == "" {
		return ""
	}
	for _, name := range []string{".claude.json", "../.claude.json"} {
		text := t.Read(name)
		if text == nil {
			continue
		}
		for _, dir := range parents(t.Project) {
			if gjson.GetBytes(text, "projects."+gjson.Escape(dir)+".hasTrustDialogAccepted").Bool() {
				return "yes"
			}
		}
		return "no: start claude in the folder and accept its question"
	}
	return ""
}

// codexTrust reads config.toml. There is [hooks.state."FILE:KEY"] with the hash
// of a hook that was accepted, and [projects."DIR"].
func codexTrust(t Trust) string {
	config, err := parseTOML(t.Read("config.toml"))
	if err != nil {
		return ""
	}
	if t.Project != "" {
		trusted := false
		for _, dir := range parents(t.Project) {
			v, _ := config.get("projects", dir, "trust_level")
			level, _ := tomlString(v)
			trusted = trusted || level == "trusted"
		}
		if !trusted {
			return "no: start codex in the folder and trust it"
		}
	}
	n, off := 0, 0
	for _, h := range t.Hooks {
		if _, ok := config.get("hooks", "state", t.File+":"+h.Key, "trusted_hash"); ok {
			n++
		}
		if v, _ := config.get("hooks", "state", t.File+":"+h.Key, "enabled"); v == "false" {
			off++
		}
	}
	switch {
	case off > 0:
		return fmt.Sprintf("no: %d of %d hooks are turned off in /hooks", off, len(t.Hooks))
	case n == 0:
		return "no: start codex and accept the hooks in /hooks"
	case n < len(t.Hooks):
		return fmt.Sprintf("no: %d of %d hooks accepted; accept the others in /hooks", n, len(t.Hooks))
	}
	return "accepted; /hooks tells whether they have changed since"
}

// geminiTrust reads trustedFolders.json. TRUST_PARENT of a folder is about the
// one that it lies in.
func geminiTrust(t Trust) string {
	if t.Project == "" {
		return ""
	}
	trusted := ""
	above := parents(t.Project)
	gjson.ParseBytes(t.Read("trustedFolders.json")).ForEach(func(k, v gjson.Result) bool {
		dir := strings.ReplaceAll(k.Str, `\`, "/")
		switch {
		case v.Str == "DO_NOT_TRUST" && dir == above[0]:
			trusted = "no: change it with /permissions"
			return false
		case v.Str == "TRUST_FOLDER" && slices.Contains(above, dir), v.Str == "TRUST_PARENT" && slices.Contains(above, path.Dir(dir)):
			trusted = "yes"
		}
		return true
	})
	if trusted != "" {
		return trusted
	}
	d, err := parse(t.Read("settings.json"), true)
	if err == nil && gjson.Get(d.plain, "security.folderTrust.enabled").Type == gjson.False {
		return "not asked for: security.folderTrust is off"
	}
	return "not noted; Gemini CLI asks when it is started in the folder"
}

// copilotTrust reads config.json, which lists folders that were trusted for
// more than one session.
func copilotTrust(t Trust) string {
	if t.Project == "" {
		return ""
	}
	if d, err := parse(t.Read("config.json"), true); err == nil {
		for _, key := range []string{"trusted_folders", "trustedFolders"} {
			for _, dir := range gjson.Get(d.plain, key).Array() {
				if slices.Contains(parents(t.Project), strings.TrimSuffix(dir.Str, "/")) {
					return "yes"
				}
			}
		}
	}
	return "not noted; Copilot CLI asks when it is started in the folder"
}
