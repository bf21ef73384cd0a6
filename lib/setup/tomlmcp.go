package setup

import (
	"slices"
	"strings"
)

// In Codex's config.toml a server is a table [mcp_servers.NAME] with command
// and args.
func isServer(s statement) bool {
	return s.header && !s.array && len(s.keys) == 2 && s.keys[0] == "mcp_servers"
}

// command returns the command line of a server.
func (t *tomlDoc) command(table int) []string {
	c := t.str(table, "command")
	if c == "" {
		return nil
	}
	list := []string{c}
	if s, ok := t.value(table, "args"); ok {
		items, ok := tomlItems(t.text[s.from:s.to])
		if !ok {
			return nil
		}
		for _, it := range items {
			if !it.str {
				return nil
			}
			list = append(list, it.text)
		}
	}
	return list
}

func tomlServers(text []byte) ([]Server, error) {
	t, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	var list []Server
	for i, s := range t.list {
		if isServer(s) {
			server := Server{Name: s.keys[1], Line: 1 + strings.Count(t.text[:s.start], "\n"), URL: t.str(i, "url")}
			server.started(t.command(i))
			list = append(list, server)
		}
	}
	return list, nil
}

func tomlEditServers(text []byte, change func(server string, command []string) []string) ([]byte, error) {
	t, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	nl := "\n"
	if strings.Contains(t.text, "\r\n") {
		nl = "\r\n"
	}
	out := t.text
	for i, s := range slices.Backward(t.list) {
		if !isServer(s) {
			continue
		}
		old := t.command(i)
		if len(old) == 0 {
			continue
		}
		now := change(s.keys[1], old)
		if slices.Equal(old, now) {
			continue
		}
		command, _ := t.value(i, "command")
		args, ok := t.value(i, "args")
		type edit struct {
			from, to int
			text     string
		}
		edits := []edit{{command.from, command.to, tomlQuote(now[0])}}
		switch {
		case ok && len(now) == 1:
			edits = append(edits, edit{args.start, args.end, ""})
		case ok:
			edits = append(edits, edit{args.from, args.to, tomlList(t.text[args.from:args.to], now[1:])})
		case len(now) > 1:
			line := "args = " + tomlList("[]", now[1:]) + nl
			if !strings.HasSuffix(t.text[:command.end], "\n") {
				line = nl + strings.TrimSuffix(line, nl)
			}
			edits = append(edits, edit{command.end, command.end, line})
		}
		slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
		for _, e := range edits {
			out = out[:e.from] + e.text + out[e.to:]
		}
	}
	return []byte(out), nil
}

// tomlList returns an array that holds the words. What is alike at its end
// stays as it is.
func tomlList(raw string, words []string) string {
	have, _ := tomlItems(raw)
	same := 0
	for same < len(have) && same < len(words) && have[len(have)-1-same].text == words[len(words)-1-same] {
		same++
	}
	var b strings.Builder
	sep := ", "
	head, tail := "[", "]"
	if len(have) > 0 && same > 0 {
		head, tail = raw[:have[0].from], raw[have[len(have)-same].from:]
		if nl := strings.LastIndexByte(head, '\n'); nl >= 0 {
			sep = ",\n" + head[nl+1:]
		}
	}
	b.WriteString(head)
	for i, w := range words[:len(words)-same] {
		b.WriteString(tomlQuote(w))
		if i < len(words)-same-1 || same > 0 {
			b.WriteString(sep)
		}
	}
	b.WriteString(tail)
	return b.String()
}
