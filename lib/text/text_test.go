package text

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		"plain é 日本 \U0001F600\n\ttext": "plain é 日本 \U0001F600\n\ttext",
		"\x1b[31mred\x1b]0;title\x07":   `\x1b[31mred\x1b]0;title\x07`,
		"a\rb\bc\x00\x7f":               `a\x0db\x08c\x00\x7f`,
		"\u009b31m\u0085":               `\x9b31m\x85`,
		"\x9b31m\xff":                   `\x9b31m\xff`,
		"cut \xe2\x82":                  `cut \xe2\x82`,
		"\uFFFD stays":                  "\uFFFD stays",
		"\uFFFD \x1b":                   "\uFFFD \\x1b",
		"evil\u202Etxt.exe":             `evil\u202etxt.exe`,
		"\u2066\u2069\u200f\u061c":      `\u2066\u2069\u200f\u061c`,
		"\u2028\u2029\ufeff":            `\u2028\u2029\ufeff`,
		"tag \U000E0041":                `tag \U000e0041`,
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"a\x1b[0m", "\xff\uFFFD", "\u202e", "日本\t\n"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		got := Safe(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("%q has %U", got, r)
			}
		}
		if Safe(got) != got {
			t.Fatalf("twice: %q", Safe(got))
		}
		width = width & 0xff
		line := Line(s, width)
		if strings.ContainsAny(line, "\n\r\t\x1b") {
			t.Fatalf("Line(%q) = %q", s, line)
		}
		if width > 1 && Width(line) > width {
			t.Fatalf("Line(%q, %d) is %d columns: %q", s, width, Width(line), line)
		}
	})
}

func TestLine(t *testing.T) {
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"  a \n\t b  ", 0, "a b"},
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abcde…"},
		{"日本語です", 6, "日本…"},
		{"日本語です", 10, "日本語です"},
		{strings.Repeat(" ", 100000) + "x", 10, ""},
		{strings.Repeat("é", 100000), 3, "éé…"},
		{"\x1b[1mx", 20, `\x1b[1mx`},
	} {
		if got := Line(tt.in, tt.width); got != tt.want {
			t.Errorf("Line(%.20q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
	// What is cut off is not cut in the middle of a character.
	if got := Line(strings.Repeat(" ", 16*10+255)+"é", 10); strings.Contains(got, `\x`) {
		t.Errorf("%q", got)
	}
	if got := Pad("日", 4); got != "日  " {
		t.Errorf("Pad: %q", got)
	}
}

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"0s": Duration(0), "42s": Duration(42 * time.Second), "1m 00s": Duration(59600 * time.Millisecond), "2m 05s": Duration(125 * time.Second),
		"3h 07m": Duration(3*time.Hour + 7*time.Minute + 29*time.Second),
		"0ms":    Latency(0), "0.05ms": Latency(50 * time.Microsecond), "51ms": Latency(51900 * time.Microsecond), "5.88s": Latency(5880 * time.Millisecond), "2m 06s": Latency(126 * time.Second),
		"0:05": Clock(5 * time.Second), "12:00": Clock(12 * time.Minute), "1:02:03": Clock(time.Hour + 2*time.Minute + 3*time.Second),
		"1 event": Count(1, "event"), "0 events": Count(0, "event"), "2 events": Count(2, "event"), "1 retry": Count(1, "retry"), "3 retries": Count(3, "retry"), "2 replays": Count(2, "replay"),
		"$0.0000": Dollars(49_999), "$0.0001": Dollars(50_000), "$12.3457": Dollars(12_345_650_000), "-$1.5000": Dollars(-1_500_000_000),
		"950": Tokens(950), "12.3k": Tokens(12345), "999.9k": Tokens(999_949), "1.0M": Tokens(999_950), "4.5M": Tokens(4_500_000), "1.2G": Tokens(1_200_000_000),
		"───": Rule(3),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
