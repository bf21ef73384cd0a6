// Package text prints what a trace holds for people: safely, whatever bytes
// an agent or a tool wrote, and in one way in every report.
package text

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Safe returns s with everything that could drive a terminal or deceive the
// reader made visible: control bytes, escape sequences, C1 controls, and the
// characters that turn the direction of text (CVE-2021-42574). Newlines and
// tabs are kept.
func Safe(s string) string {
	for i, r := range s {
		if unsafeRune(r) && (r != utf8.RuneError || badByte(s[i:])) {
			return safe(s)
		}
	}
	return s
}

func badByte(s string) bool {
	_, n := utf8.DecodeRuneInString(s)
	return n <= 1
}

func unsafeRune(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c:
		return true
	case r == 0x2028 || r == 0x2029 || r == 0xfeff || r == utf8.RuneError:
		return true
	case r >= 0xe0000 && r <= 0xe007f: // tags: text that no terminal shows
		return true
	}
	return false
}

func safe(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == utf8.RuneError || !unsafeRune(r):
			b.WriteString(s[i : i+n])
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += max(n, 1)
	}
	return b.String()
}

// Line returns s on one line, safe, and at most width columns wide; longer
// text ends in "…". Runs of white space become one space. width 0 means no
// limit.
func Line(s string, width int) string {
	if width > 0 && len(s) > 16*width+256 {
		n := 16*width + 256 // no more than this can be shown
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	s = Safe(strings.Join(strings.Fields(s), " "))
	return Cut(s, width)
}

// Cut returns s cut to width columns, "…" included. width 0 means no limit.
func Cut(s string, width int) string {
	if width <= 0 || len(s) <= width {
		return s
	}
	return runewidth.Truncate(s, width, "…")
}

// Pad returns s filled with spaces to width columns.
func Pad(s string, width int) string { return runewidth.FillRight(s, width) }

// Width returns how many columns s takes.
func Width(s string) int { return runewidth.StringWidth(s) }

// Rule is a horizontal line of n columns.
func Rule(n int) string { return strings.Repeat("─", n) }

// Duration returns a length of time as reports show it: 42s, 2m 05s, 3h 07m.
func Duration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm %02ds", s/60, s%60)
	}
	return fmt.Sprintf("%dh %02dm", s/3600, s%3600/60)
}

// Latency returns the duration of a call: 51ms, 5.88s, 2m 05s.
func Latency(d time.Duration) string {
	switch {
	case d < time.Millisecond && d > 0:
		return fmt.Sprintf("%.2gms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
	return Duration(d)
}

// Clock returns an offset in a session: 0:05, 12:00, 1:02:03.
func Clock(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s%3600/60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Count returns "1 event", "2 events", "3 retries".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Dollars returns an amount in billionths of a US dollar with four decimals,
// half a hundredth of a cent rounded up: $0.0312.
func Dollars(nano int64) string {
	sign := ""
	if nano < 0 {
		sign, nano = "-", -nano
	}
	n := (nano + 50_000) / 100_000
	return fmt.Sprintf("%s$%d.%04d", sign, n/10_000, n%10_000)
}

// Tokens returns a number of tokens as reports show it: 950, 12.3k, 4.5M.
func Tokens(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprint(n)
	case n < 999_950:
		return fmt.Sprintf("%.1fk", float64(n)/1e3)
	case n < 999_950_000:
		return fmt.Sprintf("%.1fM", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1fG", float64(n)/1e9)
}

// Thousands returns a number with commas: 8,200.
func Thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
