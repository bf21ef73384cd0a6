package shadow

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// tomlServers reads the tables [mcp_servers.NAME] of Codex: strings, arrays of
// strings, tables in a line. It is not all of TOML; what it does not know it
// passes over.
func tomlServers(data []byte) []raw {
	var found []raw
	at := map[string]int{}
	var cur int
	var part string // the table below the server's: env, http_headers
	var inside bool
	lines := strings.Split(string(data), "\n")
	for n := 0; n < len(lines); n++ {
		line := strings.TrimSpace(lines[n])
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			keys := tomlKeys(strings.Trim(strings.TrimRight(tomlCut(line), " \t"), "[]"))
			inside = len(keys) >= 2 && configKeys[lower(keys[0])]
			if inside {
				i, ok := at[keys[1]]
				if !ok {
					i = len(found)
					at[keys[1]] = i
					found = append(found, raw{name: keys[1], line: n + 1})
				}
				cur, part = i, lower(strings.Join(keys[2:], "."))
			}
			continue
		}
		left, right, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		keys, start := tomlKeys(left), n
		// A value that goes on: arrays over lines.
		for !tomlWhole(right) && n+1 < len(lines) && n-start < 200 {
			n++
			right += "\n" + lines[n]
		}
		value := tomlValue(right)
		switch {
		case inside && part == "":
		case inside:
			keys = append(strings.Split(part, "."), keys...)
		case len(keys) >= 2 && configKeys[lower(keys[0])]: // mcp_servers.x.command = "…"
			i, ok := at[keys[1]]
			if !ok {
				i = len(found)
				at[keys[1]] = i
				found = append(found, raw{name: keys[1], line: start + 1})
			}
			cur, keys = i, keys[2:]
		default:
			continue
		}
		r := &found[cur]
		switch {
		case len(keys) == 0 && value.IsObject(): // mcp_servers.x = { command = "…" }
			value.ForEach(func(k, m gjson.Result) bool { r.json(k.String(), m); return true })
		case len(keys) == 1:
			r.json(keys[0], value)
		case len(keys) == 2:
			r.set(lower(keys[0]), "", func(each func(key, value string)) { each(keys[1], value.String()) }, true, false)
		}
	}
	return found
}

// tomlKeys splits a dotted key.
func tomlKeys(s string) []string {
	var keys []string
	for s = strings.TrimSpace(s); s != ""; {
		var key string
		if q := s[0]; q == '"' || q == '\'' {
			end := strings.IndexByte(s[1:], q)
			if end < 0 {
				return append(keys, s[1:])
			}
			key, s = s[1:end+1], s[end+2:]
		} else {
			end := strings.IndexByte(s, '.')
			if end < 0 {
				end = len(s)
			}
			key, s = strings.TrimSpace(s[:end]), s[end:]
		}
		keys = append(keys, key)
		s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "."))
	}
	return keys
}

// tomlScan walks over a value and calls fn for each byte with whether it is in a
// string, until a comment begins.
func tomlScan(s string, fn func(i int, c byte, quoted bool)) {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && c == '#':
			for i < len(s) && s[i] != '\n' {
				i++
			}
			continue
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			fn(i, c, true)
			continue
		case quote == '"' && c == '\\' && i+1 < len(s):
			fn(i, c, true)
			i++
			fn(i, s[i], true)
			continue
		case quote != 0 && c == quote:
			quote = 0
			fn(i, c, true)
			continue
		}
		fn(i, c, quote != 0)
	}
}

// tomlCut takes a comment away.
func tomlCut(s string) string {
	end := 0
	tomlScan(s, func(i int, _ byte, _ bool) { end = i + 1 })
	return s[:end]
}

// tomlWhole reports whether the brackets of a value are closed.
func tomlWhole(s string) bool {
	depth := 0
	tomlScan(s, func(_ int, c byte, quoted bool) {
		if quoted {
			return
		}
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
	})
	return depth <= 0
}

// tomlValue writes a value as JSON.
func tomlValue(s string) gjson.Result {
	var out []byte
	var str []byte
	var word []byte
	in := byte(0)
	flush := func() {
		if w := strings.TrimSpace(string(word)); w != "" {
			out = append(out, strconv.Quote(w)...)
		}
		word = word[:0]
	}
	tomlScan(s, func(_ int, c byte, quoted bool) {
		switch {
		case quoted && in == 0 && (c == '"' || c == '\''):
			in, str = c, str[:0]
		case quoted && c == in && !escaped(str, in):
			text := string(str)
			if in == '"' {
				if u, err := strconv.Unquote(`"` + text + `"`); err == nil {
					text = u
				}
			}
			b, _ := json.Marshal(text)
			out, in = append(out, b...), 0
		case quoted:
			str = append(str, c)
		case c == '=':
			flush()
			out = append(out, ':')
		case c == '[' || c == ']' || c == '{' || c == '}' || c == ',':
			flush()
			out = append(out, c)
		default:
			word = append(word, c)
		}
	})
	flush()
	return gjson.ParseBytes(plainJSON(out))
}

// escaped reports whether the next byte of a string is escaped.
func escaped(str []byte, quote byte) bool {
	n := 0
	for i := len(str) - 1; quote == '"' && i >= 0 && str[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}
