package setup

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// Same reports whether two files of one name mean the same, but for what is
// empty in them: taking hooks out cannot tell whether an empty list held them.
// Of JSON with comments these must be equal, too.
func Same(name string, a, b []byte) bool {
	if bytes.Equal(bytes.TrimRight(a, "\r\n"), bytes.TrimRight(b, "\r\n")) {
		return true
	}
	if isTOML(name) {
		return false
	}
	if isBlank(a) {
		a = []byte("{}")
	}
	if isBlank(b) {
		b = []byte("{}")
	}
	first, err := parse(a, true)
	if err != nil {
		return false
	}
	second, err := parse(b, true)
	if err != nil {
		return false
	}
	var x, y any
	if json.Unmarshal([]byte(first.plain), &x) != nil || json.Unmarshal([]byte(second.plain), &y) != nil {
		return false
	}
	return first.remarks() == second.remarks() && reflect.DeepEqual(pruned(x), pruned(y))
}

// remarks returns the comments, without the white space in and between them.
func (d *doc) remarks() string {
	var b strings.Builder
	for i := range len(d.text) {
		if c := d.text[i]; c != d.plain[i] && c != ',' && c != '\n' && c != '\r' {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// pruned takes out of objects what is empty.
func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			m = pruned(m)
			if o, ok := m.(map[string]any); ok && len(o) == 0 {
				delete(v, k)
			} else if l, ok := m.([]any); ok && len(l) == 0 {
				delete(v, k)
			} else {
				v[k] = m
			}
		}
	case []any:
		for i, m := range v {
			v[i] = pruned(m)
		}
	}
	return v
}
