package tool

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"
)

// members calls fn for each member of the object in b: the key unescaped, the
// value as it stands. It does not unescape values, as most of them are the
// contents of files and of no interest. It stops where b is no JSON.
func members(b []byte, fn func(key, value []byte)) {
	i := space(b, 0)
	if i >= len(b) || b[i] != '{' {
		return
	}
	for i++; ; i++ {
		if i = space(b, i); i >= len(b) || b[i] != '"' {
			return
		}
		end := skip(b, i)
		if end < 0 {
			return
		}
		key := b[i+1 : end-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(text(b[i:end]))
		}
		if i = space(b, end); i >= len(b) || b[i] != ':' {
			return
		}
		i = space(b, i+1)
		if end = skip(b, i); end < 0 {
			return
		}
		fn(key, b[i:end])
		if i = space(b, end); i >= len(b) || b[i] != ',' {
			return
		}
	}
}

// elements calls fn for each element of the array in b.
func elements(b []byte, fn func(value []byte)) {
	if len(b) == 0 || b[0] != '[' {
		return
	}
	for i := 1; ; i++ {
		i = space(b, i)
		end := skip(b, i)
		if end < 0 || end == i {
			return
		}
		fn(b[i:end])
		if i = space(b, end); i >= len(b) || b[i] != ',' {
			return
		}
	}
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skip returns the index after the value at b[i], or -1 if there is no end.
func skip(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		for i++; i < len(b); i++ {
			n := bytes.IndexByte(b[i:], '"')
			if n < 0 {
				return -1
			}
			i += n
			k := i
			for b[k-1] == '\\' {
				k-- // stops at the opening quote at the latest
			}
			if (i-k)%2 == 0 {
				return i + 1
			}
		}
		return -1
	case '{', '[':
		depth := 0
		for i < len(b) {
			switch b[i] {
			case '"':
				if i = skip(b, i); i < 0 {
					return -1
				}
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return -1
	}
	for i < len(b) && bytes.IndexByte([]byte(",]} \t\n\r"), b[i]) < 0 {
		i++
	}
	return i
}

// text returns the string in the JSON string b, "" if it is none.
func text(b []byte) string {
	if len(b) < 2 || b[0] != '"' {
		return ""
	}
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b[1 : len(b)-1])
	}
	return gjson.ParseBytes(b).Str
}

// unwrap returns the object or array in args, or the text if it is a text:
// some agents give the arguments as a JSON string that holds JSON.
func unwrap(args []byte) (value []byte, txt string) {
	b := bytes.TrimSpace(args)
	if len(b) == 0 {
		return nil, ""
	}
	switch b[0] {
	case '{', '[':
		return b, ""
	case '"':
		s := text(b)
		if in := bytes.TrimSpace([]byte(s)); len(in) > 0 && (in[0] == '{' || in[0] == '[') {
			return in, ""
		}
		return nil, s
	}
	return nil, string(b)
}

// Canonical returns JSON without white space and with sorted keys, so that
// equal arguments are equal bytes, however they were written. Numbers keep
// their text; strings are escaped in one way. What is not JSON is returned as
// it is.
func Canonical(args []byte) []byte {
	if !json.Valid(args) {
		return args
	}
	return appendCanonical(make([]byte, 0, len(args)), args[space(args, 0):], 0)
}

// maxCanonical is how deep keys are sorted. Each level is read once more for
// every level above it, and no tool's arguments are as deep.
const maxCanonical = 64

func appendCanonical(dst, b []byte, depth int) []byte {
	switch c := b[0]; {
	case (c == '{' || c == '[') && depth == maxCanonical:
		var rest bytes.Buffer
		if json.Compact(&rest, b[:skip(b, 0)]) != nil {
			return append(dst, b[:skip(b, 0)]...)
		}
		return append(dst, rest.Bytes()...)
	case c == '{':
		type member struct{ key, value []byte }
		var list []member
		members(b, func(k, v []byte) { list = append(list, member{k, v}) })
		slices.SortStableFunc(list, func(x, y member) int { return bytes.Compare(x.key, y.key) })
		dst = append(dst, '{')
		for i, m := range list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendQuoted(dst, string(m.key)), ':')
			dst = appendCanonical(dst, m.value, depth+1)
		}
		return append(dst, '}')
	case c == '[':
		dst = append(dst, '[')
		first := true
		elements(b, func(v []byte) {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendCanonical(dst, v, depth+1)
		})
		return append(dst, ']')
	case c == '"':
		end := skip(b, 0)
		if bytes.IndexByte(b[:end], '\\') < 0 {
			return append(dst, b[:end]...)
		}
		return appendQuoted(dst, text(b[:end]))
	}
	return append(dst, b[:skip(b, 0)]...)
}

// appendQuoted escapes no more than JSON asks for.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
