package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"path"
	"strings"

	"agenttrace/lib/scrub"
)

// minKnown is the shortest value that is looked for everywhere, in bytes:
// shorter ones stand in too much that is no secret.
const minKnown = 4

// KnownValues returns what a file of known secrets names: the values of its
// lines NAME=value, and its other lines as they are. Comments and blank lines
// do not count. short is how many are too short to be looked for.
func KnownValues(file []byte) (list []scrub.Known, short int) {
	for line := range bytes.Lines(file) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		v := string(bytes.TrimPrefix(line, []byte("export ")))
		if name, value, ok := strings.Cut(v, "="); ok && isName(name) {
			v = strings.TrimSpace(value)
			if len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
				v = v[1 : len(v)-1]
			}
			if v == "" {
				continue
			}
		}
		if len(v) < minKnown {
			short++
			continue
		}
		list = appendKnown(list, v)
	}
	return list, short
}

// KnownEnv returns the values of the variables in environ, lines NAME=value,
// whose names match one of the globs. err is for a bad glob.
func KnownEnv(environ, globs []string) (list []scrub.Known, err error) {
	for _, g := range globs {
		if _, err := path.Match(g, ""); err != nil {
			return nil, err
		}
	}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		for _, g := range globs {
			if ok, _ := path.Match(g, name); ok && len(value) >= minKnown {
				list = appendKnown(list, value)
				break
			}
		}
	}
	return list, nil
}

func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !alnum(s[i]) && s[i] != '_' || i == 0 && isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// appendKnown adds a value and what it becomes in base64, where it may begin
// at any of three places of a group, in hex and in a URL.
func appendKnown(list []scrub.Known, v string) []scrub.Known {
	const rule = "known"
	list = append(list, scrub.Known{Text: v, Rule: rule})
	if q := url.QueryEscape(v); q != v {
		list = append(list, scrub.Known{Text: q, Rule: rule})
	}
	if len(v) < 6 {
		return list
	}
	list = append(list, scrub.Known{Text: hex.EncodeToString([]byte(v)), Rule: rule})
	for shift := range 3 {
		// The digits that hold bits of the value alone.
		enc := base64.StdEncoding.EncodeToString(append(make([]byte, shift), v...))
		from := (shift*8 + 5) / 6
		to := (shift + len(v)) * 8 / 6
		list = append(list, scrub.Known{Text: enc[from:to], Rule: rule})
	}
	return list
}
