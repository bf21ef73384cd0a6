package setup

import (
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// recorder is the program that starts an MCP server and records what passes.
const recorder = "at-record"

// MCP says how servers are recorded.
type MCP struct {
	Command      string // at-record, or a path to it
	Redact, Mask bool   // what is taken out before anything is stored
	TraceDir     string // the trace store; "" leaves the choice to at-record
}

// A Server is an MCP server in a client's configuration.
type Server struct {
	Name     string
	Line     int
	Program  string // what starts it; "" if it is reached by a URL
	URL      string
	Recorded bool // by way of at-record
	Recorder string
}

// words returns what stands before the command line of a server.
func (m MCP) words(name string) []string {
	list := []string{"--name", name}
	if m.Redact {
		list = append(list, "--redact")
	}
	if m.Mask {
		list = append(list, "--mask")
	}
	if m.TraceDir != "" {
		list = append(list, "--trace-dir", m.TraceDir)
	}
	return append(list, "--")
}

// unwrapped returns the command line of a server without what records it, ours
// or that of agent-strace.
func unwrapped(command []string) (rest []string, was bool) {
	if len(command) == 0 {
		return command, false
	}
	b := base(command[0])
	if b != recorder && (b != "agent-strace" || len(command) < 2 || command[1] != "record") {
		return command, false
	}
	i := slices.Index(command, "--")
	if i < 0 || i+1 >= len(command) {
		return command, false
	}
	return command[i+1:], true
}

// isTOML reports whether a file is TOML by its name.
func isTOML(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".toml") }

// Record returns a client's configuration in which each server that is started
// is started by at-record. name is the file's, of which the ending counts.
func (m MCP) Record(name string, text []byte) ([]byte, error) {
	return editServers(name, text, func(server string, command []string) []string {
		rest, _ := unwrapped(command)
		return slices.Concat([]string{m.Command}, m.words(server), rest)
	})
}

// Unrecord undoes Record, and puts right what agent-strace record stands in.
func Unrecord(name string, text []byte) ([]byte, error) {
	return editServers(name, text, func(_ string, command []string) []string {
		rest, _ := unwrapped(command)
		return rest
	})
}

// Servers returns the servers of a client's configuration, in order.
func Servers(name string, text []byte) ([]Server, error) {
	if isTOML(name) {
		return tomlServers(text)
	}
	d, err := parse(text, true)
	if err != nil {
		return nil, err
	}
	var list []Server
	for _, at := range d.servers() {
		v := d.at(at)
		s := Server{Name: at[len(at)-1], Line: 1 + strings.Count(d.text[:v.Index], "\n")}
		for _, key := range []string{"url", "serverUrl", "httpUrl"} {
			if u := v.Get(key); u.Type == gjson.String && s.URL == "" {
				s.URL = u.Str
			}
		}
		s.started(jsonCommand(v))
		list = append(list, s)
	}
	return list, nil
}

func (s *Server) started(command []string) {
	if len(command) == 0 {
		return
	}
	rest, was := unwrapped(command)
	s.Program = rest[0]
	if s.Recorded = was && base(command[0]) == recorder; s.Recorded {
		s.Recorder = command[0]
	}
}

// serverKeys are the members that hold servers: of most clients; of VS Code; of
// Zed; of OpenCode. In settings of editors they may stand deeper.
var serverKeys = []string{"mcpServers", "servers", "context_servers", "mcp"}

// servers returns the paths of the servers in a configuration.
func (d *doc) servers() [][]string {
	var list [][]string
	var look func(v gjson.Result, path []string)
	add := func(all gjson.Result, path []string) {
		for _, e := range elements(all) {
			if e.value.IsObject() && (len(jsonCommand(e.value)) > 0 || e.value.Get("url").Exists() || e.value.Get("serverUrl").Exists() || e.value.Get("httpUrl").Exists()) {
				list = append(list, append(slices.Clone(path), e.key))
			}
		}
	}
	look = func(v gjson.Result, path []string) {
		for _, e := range elements(v) {
			here := append(slices.Clone(path), e.key)
			switch {
			case !e.value.IsObject():
			case slices.Contains(serverKeys, e.key):
				add(e.value, here)
				if e.key == "mcp" { // VS Code's settings: mcp.servers
					if all, ok := d.member(e.value, "servers"); ok {
						add(all, append(here, "servers"))
					}
				}
			case e.key == "projects": // ~/.claude.json: projects.DIR.mcpServers
				for _, p := range elements(e.value) {
					if all, ok := d.member(p.value, "mcpServers"); ok {
						add(all, append(append(here, p.key), "mcpServers"))
					}
				}
			}
		}
	}
	look(d.root(), nil)
	return list
}

// at returns the value at a path.
func (d *doc) at(path []string) gjson.Result {
	v := d.root()
	for _, key := range path {
		v, _ = d.member(v, key)
	}
	return v
}

// jsonCommand returns the command line of a server: command and args, or as
// OpenCode writes it, a list.
func jsonCommand(server gjson.Result) []string {
	c := server.Get("command")
	var list []string
	switch {
	case c.IsArray():
	case c.Type == gjson.String && c.Str != "":
		list = append(list, c.Str)
		c = server.Get("args")
	default:
		return nil
	}
	for _, a := range c.Array() {
		if a.Type != gjson.String {
			return nil
		}
		list = append(list, a.Str)
	}
	return list
}

// editServers gives each server that is started another command line.
func editServers(name string, text []byte, change func(server string, command []string) []string) ([]byte, error) {
	if isTOML(name) {
		return tomlEditServers(text, change)
	}
	d, err := parse(text, true)
	if err != nil {
		return nil, err
	}
	for _, at := range d.servers() {
		old := jsonCommand(d.at(at))
		now := change(at[len(at)-1], old)
		if len(old) == 0 || slices.Equal(old, now) {
			continue
		}
		if c, _ := d.member(d.at(at), "command"); c.IsArray() {
			d.setList(c, now)
			continue
		}
		if args, ok := d.member(d.at(at), "args"); ok {
			d.setList(args, now[1:])
			if len(now) == 1 && d.lastKey(d.at(at)) == "args" {
				d.dropKey(d.at(at), "args")
			}
		} else if len(now) > 1 {
			var o event.Object
			d.add(d.at(at), "args", []byte(gjson.GetBytes(o.Strs("args", now[1:]).Bytes(), "args").Raw))
		}
		c, _ := d.member(d.at(at), "command")
		d.splice(c.Index, c.Index+len(c.Raw), string(event.AppendString(nil, now[0])))
	}
	return d.bytes(), nil
}

func (d *doc) lastKey(object gjson.Result) string {
	list := elements(object)
	return list[len(list)-1].key
}

// setList makes an array hold the words. What is alike at its end stays as it
// is, down to comments.
func (d *doc) setList(array gjson.Result, words []string) {
	have := elements(array)
	same := 0
	for same < len(have) && same < len(words) && have[len(have)-1-same].value.String() == words[len(words)-1-same] {
		same++
	}
	open, shut := inside(array)
	list := words[:len(words)-same]
	if same == 0 {
		var b strings.Builder
		for i, w := range list {
			if i > 0 {
				b.WriteString(", ")
			}
			b.Write(event.AppendString(nil, w))
		}
		d.splice(open, shut, b.String())
		return
	}
	first := have[len(have)-same].start
	sep := ", "
	if lead, ok := d.lead(have[0].start); ok {
		sep = "," + d.nl + lead
	} else if len(have) > 1 && !strings.Contains(d.text[have[0].end:have[1].start], " ") {
		sep = ","
	}
	var b strings.Builder
	for _, w := range list {
		b.Write(event.AppendString(nil, w))
		b.WriteString(sep)
	}
	d.splice(have[0].start, first, b.String())
}

// Check reports whether servers can be recorded by m.
func (m MCP) Check() error {
	if base(m.Command) != recorder {
		return errors.New("the base name of the command must be " + recorder + ", by which it is found again")
	}
	return nil
}
