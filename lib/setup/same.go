package setup

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Same reports whether two files of one name mean the same, but for what is
// empty in them: taking hooks out cannot tell whether an empty list held them.
// Of JSON with comments, only equal text is the same.
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
	bom := []byte("\ufeff")
	var x, y any
	if json.Unmarshal(bytes.TrimPrefix(a, bom), &x) != nil || json.Unmarshal(bytes.TrimPrefix(b, bom), &y) != nil {
		return false
	}
	return reflect.DeepEqual(pruned(x), pruned(y))
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
