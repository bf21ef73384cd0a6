package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// A pack is what an npm package holds.
type pack struct {
	name, version string
	sum           string // SHA-256 of the tarball
	files         map[string][]byte
}

func openPackage(path string) (*pack, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	p := &pack{sum: hex.EncodeToString(sum[:]), files: map[string][]byte{}}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		name := strings.TrimPrefix(h.Name, "package/")
		if strings.HasSuffix(name, ".json") || name == "dist/index.js" {
			if p.files[name], err = io.ReadAll(t); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	var about struct{ Name, Version string }
	if err := json.Unmarshal(p.files["package.json"], &about); err != nil {
		return nil, fmt.Errorf("%s: package.json: %w", path, err)
	}
	p.name, p.version = about.Name, about.Version
	return p, nil
}

// literal returns as JSON the first array of objects in a JavaScript source.
// Keys may stand without quotes; a comma may stand before a closing bracket.
func literal(src []byte) ([]byte, error) {
	i := bytes.Index(src, []byte("= [\n  {"))
	if i < 0 {
		return nil, fmt.Errorf("no array of objects in the source")
	}
	var out []byte
	depth := 0
	for i += 2; i < len(src); {
		switch c := src[i]; {
		case c == '"' || c == '\'' || c == '`':
			text, n := quoted(src[i:])
			q, err := json.Marshal(text)
			if err != nil || n == 0 {
				return nil, fmt.Errorf("a string without an end")
			}
			out = append(out, q...)
			i += n
		case c == '[' || c == '{':
			depth++
			out = append(out, c)
			i++
		case c == ']' || c == '}':
			depth--
			out = append(bytes.TrimRight(out, ", \n"), c)
			if i++; depth == 0 {
				return out, nil
			}
		case c == '!' && i+1 < len(src): // !0 is true, !1 false
			word := "true"
			if src[i+1] != '0' {
				word = "false"
			}
			out = append(out, word...)
			i += 2
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			j := i
			for j < len(src) && (src[j] == '_' || src[j] >= 'a' && src[j] <= 'z' || src[j] >= 'A' && src[j] <= 'Z' || src[j] >= '0' && src[j] <= '9') {
				j++
			}
			word := string(src[i:j])
			if src[j] == ':' {
				out = append(out, '"')
				out = append(out, word...)
				out = append(out, '"')
			} else {
				out = append(out, word...) // true, false, null
			}
			i = j
		default:
			out = append(out, c)
			i++
		}
	}
	return nil, fmt.Errorf("the array has no end")
}

// quoted returns the text of a JavaScript string and how long it is in the
// source.
func quoted(src []byte) (text string, n int) {
	var b []byte
	for i := 1; i < len(src); i++ {
		switch c := src[i]; {
		case c == src[0]:
			return string(b), i + 1
		case c != '\\' || i+1 == len(src):
			b = append(b, c)
		default:
			i++
			switch src[i] {
			case 'n':
				b = append(b, '\n')
			case 't':
				b = append(b, '\t')
			case 'r':
				b = append(b, '\r')
			case 'u':
				var r rune
				fmt.Sscanf(string(src[i+1:i+5]), "%x", &r)
				b = append(b, string(r)...)
				i += 4
			default:
				b = append(b, src[i])
			}
		}
	}
	return "", 0
}
