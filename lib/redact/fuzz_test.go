package redact_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"agenttrace/lib/redact"
)

func FuzzRedact(f *testing.F) {
	for i, c := range redact.Cases(9) {
		if i%97 == 0 {
			f.Add([]byte(c.Line))
		}
	}
	f.Add([]byte(`-token":"0`))
	f.Add([]byte("\"shippo_" + "test_000000000000000000000001test_000000000000000A120B7\""))
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\r") {
			return
		}
		out, _, _ := newFilter(t, redact.Options{}).Line(nil, line)
		if out == nil {
			t.Fatalf("a fault in %q", line)
		}
		if json.Valid(line) && (!json.Valid(out) || len(line) < 1000 && skeleton(line) != skeleton(out) && !bytes.Contains(out, []byte(`"[REDACTED`))) {
			t.Fatalf("%s\nbecame %s", line, out)
		}
		again, n, _ := newFilter(t, redact.Options{}).Line(nil, out)
		if n > 0 {
			t.Fatalf("%q\nbecame %q\nand then %q", line, out, again)
		}
	})
}
