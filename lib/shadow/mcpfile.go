package shadow

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v3"
)

// maxConfig is the size of a configuration that is taken apart, in bytes.
const maxConfig = 1 << 20

// maxServers is how many servers of a file are told.
const maxServers = 1000

// configKeys are what holds servers, whatever the agent.
var configKeys = map[string]bool{"mcpservers": true, "mcp_servers": true, "mcp-servers": true, "context_servers": true, "amp.mcpservers": true, "mcp.servers": true}

// isConfig reports whether a file may hold servers, by its name and what is in
// it.
func isConfig(file string, data []byte) bool {
	low := lower(path.Base(file))
	switch path.Ext(low) {
	case ".json", ".jsonc", ".json5", ".toml", ".yaml", ".yml", ".code-workspace":
	default:
		return false
	}
	return strings.Contains(low, "mcp") || strings.HasPrefix(low, "opencode") || strings.Contains(low, "crush") || bytes.Contains(data, []byte("mcp")) || bytes.Contains(data, []byte("context_servers")) || bytes.Contains(data, []byte("extensions"))
}

// mcpNames are files that are for nothing but MCP servers, in small letters.
var mcpNames = map[string]bool{".mcp.json": true, "mcp.json": true, "mcp_config.json": true, "mcp-config.json": true, "mcp_settings.json": true,
	"cline_mcp_settings.json": true, "claude_desktop_config.json": true}

// servers appends the MCP servers that a file sets up. ok is false if the file
// is one for MCP, by its name, and cannot be read or is too large.
func (s *Scanner) servers(file string, data []byte, list []Server) (_ []Server, ok bool) {
	named := mcpNames[lower(path.Base(file))]
	if len(data) > maxConfig {
		return list, !named
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var found []raw
	ok = true
	switch low := lower(file); path.Ext(low) {
	case ".toml":
		found = tomlServers(data)
	case ".yaml", ".yml":
		found, ok = yamlServers(low, data)
	default:
		found, ok = jsonServers(low, data)
	}
	for _, r := range found[:min(len(found), maxServers)] {
		if r.command != "" || r.url != "" {
			list = append(list, s.server(file, r))
		}
	}
	return list, ok || !named
}

// jsonServers reads JSON with comments and commas before a closing bracket, as
// editors write it.
func jsonServers(file string, data []byte) ([]raw, bool) {
	data = plainJSON(data)
	if !gjson.ValidBytes(data) {
		return nil, false
	}
	c := counter{text: data}
	var found []raw
	var walk func(v gjson.Result, base, depth int, parent string)
	walk = func(v gjson.Result, base, depth int, parent string) {
		if depth > 8 || !v.IsObject() && !v.IsArray() {
			return
		}
		at := base
		v.ForEach(func(k, m gjson.Result) bool {
			key := lower(k.String())
			pos := at + m.Index
			if holder(file, key, parent, depth) && (m.IsObject() || m.IsArray()) {
				m.ForEach(func(n, srv gjson.Result) bool {
					name := n.String()
					if m.IsArray() {
						name = srv.Get("name").String()
					}
					if srv.IsObject() {
						r := jsonServer(name, srv)
						r.line = c.line(min(len(data), max(0, at+n.Index)))
						if m.IsArray() || n.Index == 0 {
							r.line = c.line(min(len(data), max(0, at+srv.Index)))
						}
						found = append(found, r)
					}
					return true
				})
			}
			walk(m, pos-m.Index, depth+1, key)
			return true
		})
	}
	root := gjson.ParseBytes(data)
	walk(root, 0, 0, "")
	return found, true
}

// holder reports whether the members of a key are servers.
func holder(file, key, parent string, depth int) bool {
	if configKeys[key] {
		return true
	}
	base := path.Base(file)
	switch key {
	case "servers":
		return parent == "mcp" || depth == 0 && strings.Contains(base, "mcp")
	case "mcp":
		return depth == 0 && (strings.HasPrefix(base, "opencode") || strings.Contains(base, "crush") || strings.Contains(file, "opencode/"))
	case "extensions":
		return depth == 0 && strings.Contains(file, "goose")
	}
	return false
}

// jsonServer reads a server in any of the ways in which agents write it.
func jsonServer(name string, v gjson.Result) raw {
	r := raw{name: name}
	v.ForEach(func(k, m gjson.Result) bool {
		r.set(lower(k.String()), m.String(), func(each func(key, value string)) {
			m.ForEach(func(k, v gjson.Result) bool { each(k.String(), v.String()); return true })
		}, m.IsObject(), m.IsArray())
		return true
	})
	return r
}

// set takes one member of a server. members hands over what is in it.
func (r *raw) set(key, value string, members func(func(key, value string)), object, array bool) {
	switch key {
	case "command", "cmd", "path":
		switch {
		case array: // OpenCode: the program and its arguments
			members(func(_, v string) {
				if r.command == "" {
					r.command = v
				} else {
					r.args = append(r.args, v)
				}
			})
		case object: // Zed: {"path": …, "args": …, "env": …}
			members(func(k, v string) {
				switch lower(k) {
				case "path", "command":
					r.command = v
				case "args":
					var list []string
					_ = json.Unmarshal([]byte(v), &list)
					r.args = append(r.args, list...)
				case "env":
					gjson.Parse(v).ForEach(func(k, v gjson.Result) bool {
						r.env = append(r.env, pair{k.String(), v.String()})
						return true
					})
				}
			})
		case r.command == "":
			r.command = value
		}
	case "args", "arguments":
		if array {
			members(func(_, v string) { r.args = append(r.args, v) })
		} else if value != "" {
			r.args = append(r.args, strings.Fields(value)...)
		}
	case "url", "serverurl", "httpurl", "uri", "endpoint", "sse_url":
		r.url = value
	case "env", "envs", "environment", "headers", "http_headers", "requestinit", "auth", "oauth", "settings", "env_http_headers", "input", "inputs":
		if object {
			members(func(k, v string) {
				if key == "env_http_headers" {
					v = "$" + v
				}
				r.env = append(r.env, pair{k, v})
			})
		}
	case "name":
		if r.name == "" {
			r.name = value
		}
	default:
		if secretName(key) && !object && !array && !strings.HasSuffix(key, "env_var") {
			r.env = append(r.env, pair{key, value})
		}
	}
}

// plainJSON puts spaces in the place of comments, and of commas before a closing
// bracket: every other byte stays where it is.
func plainJSON(data []byte) []byte {
	out := bytes.Clone(data)
	comma := -1
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c == '"':
			for i++; i < len(out) && out[i] != '"'; i++ {
				if out[i] == '\\' {
					i++
				}
			}
			comma = -1
		case c == '/' && i+1 < len(out) && out[i+1] == '/':
			for ; i < len(out) && out[i] != '\n'; i++ {
				out[i] = ' '
			}
		case c == '/' && i+1 < len(out) && out[i+1] == '*':
			end := bytes.Index(out[i+2:], []byte("*/"))
			stop := len(out)
			if end >= 0 {
				stop = i + 2 + end + 2
			}
			for ; i < stop; i++ {
				if out[i] != '\n' {
					out[i] = ' '
				}
			}
			i--
		case c == ',':
			comma = i
		case c == '}' || c == ']':
			if comma >= 0 {
				out[comma] = ' '
			}
			comma = -1
		case c != ' ' && c != '\t' && c != '\n' && c != '\r':
			comma = -1
		}
	}
	return out
}

// yamlServers reads YAML. Aliases are not followed.
func yamlServers(file string, data []byte) ([]raw, bool) {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return nil, false
	}
	var found []raw
	var walk func(n *yaml.Node, depth int, parent string)
	walk = func(n *yaml.Node, depth int, parent string) {
		if depth > 8 {
			return
		}
		switch n.Kind {
		case yaml.DocumentNode:
			for _, c := range n.Content {
				walk(c, depth, "")
			}
		case yaml.SequenceNode:
			for _, c := range n.Content {
				walk(c, depth+1, parent)
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key, v := lower(n.Content[i].Value), n.Content[i+1]
				if holder(file, key, parent, depth) {
					for j, c := range v.Content {
						switch {
						case v.Kind == yaml.SequenceNode && c.Kind == yaml.MappingNode:
							found = append(found, yamlServer("", c, c.Line))
						case v.Kind == yaml.MappingNode && j%2 == 1 && c.Kind == yaml.MappingNode:
							found = append(found, yamlServer(v.Content[j-1].Value, c, v.Content[j-1].Line))
						}
					}
				}
				walk(v, depth+1, key)
			}
		}
	}
	walk(&doc, 0, "")
	return found, true
}

func yamlServer(name string, n *yaml.Node, line int) raw {
	r := raw{name: name, line: line}
	for i := 0; i+1 < len(n.Content); i += 2 {
		v := n.Content[i+1]
		r.set(lower(n.Content[i].Value), v.Value, func(each func(key, value string)) {
			for j := 0; j < len(v.Content); j++ {
				if v.Kind == yaml.MappingNode {
					if j+1 < len(v.Content) {
						each(v.Content[j].Value, v.Content[j+1].Value)
					}
					j++
				} else {
					each("", v.Content[j].Value)
				}
			}
		}, v.Kind == yaml.MappingNode, v.Kind == yaml.SequenceNode)
	}
	return r
}

// json takes a member whose value is JSON.
func (r *raw) json(key string, m gjson.Result) {
	r.set(lower(key), m.String(), func(each func(key, value string)) {
		m.ForEach(func(k, v gjson.Result) bool { each(k.String(), v.String()); return true })
	}, m.IsObject(), m.IsArray())
}
