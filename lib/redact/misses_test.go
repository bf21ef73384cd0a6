package redact_test

import (
	"bytes"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/redact"
)

// TestWhatOthersMiss has what the redaction of agent-strace is known to let
// through, to spoil, or to take for a secret. Tokens are put together, so that
// none stands here.
func TestWhatOthersMiss(t *testing.T) {
	const tail = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R"
	hex := strings.Repeat("0A1B2C3D", 8)
	for _, tt := range []struct{ text, secret string }{
		{"sk-" + "proj-" + tail, tail}, {"gh" + "o_" + tail, tail}, {"gh" + "u_" + tail, tail}, {"glp" + "at-" + tail[:20], tail[:20]}, {"AI" + "za" + tail[:35], tail[:35]},
		{"postgresql://u:" + tail[:12] + "@h/db", tail[:12]}, {"mongodb+srv://u:" + tail[:12] + "@h/db", tail[:12]}, {"rediss://:" + tail[:12] + "@h", tail[:12]}, {"https://user:" + tail[:12] + "@h/x", tail[:12]},
		{"Authorization: Basic " + "Ym9iOmh1bnRlcjJ4", "Ym9iOmh1bnRlcjJ4"}, {"authorization: bearer " + tail, tail}, {"AWS_SECRET_ACCESS_KEY=" + tail + "abcd", tail}, {"PGPASSWORD=" + tail[:9] + " psql", tail[:9]},
		{"tool password=" + tail[:9] + " x", tail[:9]}, {"curl -u u:" + tail[:9] + " https://h", tail[:9]}, {"AS" + "IA" + strings.ToUpper(tail[:16]), strings.ToUpper(tail[:16])}, {"SECRET=" + hex, hex},
		{"np" + "m_" + tail, tail}, {"hf" + "_" + tail[:34], tail[:34]}, {"xa" + "pp-1-" + strings.ToUpper(tail[:12]) + "-123-" + tail, tail}, {"pk-" + "lf-" + tail, tail}, {"sk_" + "live_" + tail[:24], tail[:24]},
		{"S" + "G." + tail[:22] + "." + tail + "abcdefg", tail + "abcdefg"}, {"OPENAI_API_KEY=" + tail, tail}, {"x-api-key: " + tail, tail}, {`DB_PASSWORD="` + tail[:9] + `"`, tail[:9]},
	} {
		line := append(event.AppendString([]byte(`{"event_type":"x","data":`), tt.text), '}')
		out, n, err := newFilter(t, redact.Options{}).Line(nil, line)
		if n == 0 || err != nil || redact.Survives(out, tt.secret) {
			t.Errorf("%s: %s, %v", tt.text, out, err)
		}
	}
	for _, same := range []string{
		"4f1d2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5", "monkey-abcdefghijklmnop1", "the risk-assessmentofeverything1", "Bearer of news", "a token", "sk-", "skeleton-abcdefghijklmnopqrst",
	} {
		line := append(event.AppendString([]byte(`{"event_type":"x","token":"","data":`), same), '}')
		if out, n, _ := newFilter(t, redact.Options{}).Line(nil, line); n > 0 || !bytes.Equal(out, line) {
			t.Errorf("%s: %s", same, out)
		}
	}
}
