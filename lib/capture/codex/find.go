package codex

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

// endings are those of the names of rollouts. A .zst file is a compressed one.
var endings = []string{".jsonl", ".jsonl.zst", ".json"}

// Find returns the rollouts under root, the earliest first: what a fork has
// from another thread is told with that one.
func Find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	wants := func(p string) bool {
		_, ok := stemOf(p)
		return ok
	}
	return dialect.Walk(fsys, root, problem, headSize, wants, look)
}

// stemOf returns the name of a rollout without its ending.
func stemOf(p string) (stem string, ok bool) {
	name := path.Base(p)
	if !strings.HasPrefix(name, "rollout-") {
		return "", false
	}
	for _, end := range endings {
		if stem, ok = strings.CutSuffix(name, end); ok {
			return stem, true
		}
	}
	return "", false
}

// headSize is how much of a file is looked at for its first line, most of which
// can be instructions; what is wanted stands before them.
const headSize = 16 << 10

func look(f *dialect.Found, head []byte) bool {
	if stem, _ := stemOf(f.Path); len(stem) > 36 && isUUID(stem[len(stem)-36:]) {
		f.Session = stem[len(stem)-36:]
	}
	if !strings.HasSuffix(f.Path, ".zst") {
		first, _, _ := bytes.Cut(head, []byte{'\n'})
		g := gjson.GetManyBytes(first, "timestamp", "payload.cwd", "session.timestamp")
		ns, ok := record.Nanos([]byte(g[0].Raw))
		if !ok {
			ns, ok = record.Nanos([]byte(g[2].Raw))
		}
		if ok {
			f.Began = time.Unix(0, ns).UTC()
		}
		f.Dir = g[1].Str
	}
	if ns, ok := uuidTime(f.Session); ok && f.Began.IsZero() {
		f.Began = time.Unix(0, ns).UTC()
	}
	return true
}

func isUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	_, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	return err == nil
}

// uuidTime returns the time in a UUID of version 7, in nanoseconds: its first
// 48 bits are milliseconds since 1970 (RFC 9562, 5.7).
func uuidTime(s string) (ns int64, ok bool) {
	if !isUUID(s) || s[14] != '7' {
		return 0, false
	}
	b, err := hex.DecodeString(s[:8] + s[9:13])
	if err != nil {
		return 0, false
	}
	var ms int64
	for _, c := range b {
		ms = ms<<8 | int64(c)
	}
	return ms * 1e6, true
}
