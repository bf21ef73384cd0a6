package redact_test

import (
	"testing"

	"agenttrace/lib/redact"
)

// TestMarkerIsNoName checks that the words of a marker do not make a secret of
// what follows it: running twice changes nothing.
func TestMarkerIsNoName(t *testing.T) {
	for _, marker := range []string{"[REDACTED:rootly-token:abcdef]", "[REDACTED:password]", "[MASKED:token:3f2a9c]"} {
		for _, between := range []string{"=", ": ", " = ", "]=", " is "} {
			line := `{"event_type":"x","session_id":"s","data":{"text":"f('` + marker + between + `0323db186083')"}}`
			if out, n, _ := newFilter(t, redact.Options{}).Line(nil, []byte(line)); n > 0 {
				t.Errorf("%s\nbecame %s", line, out)
			}
		}
	}
}
