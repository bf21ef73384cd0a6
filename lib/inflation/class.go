package inflation

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"agenttrace/lib/price"
)

// A Class is a kind of text, as far as tokenizers treat kinds differently.
type Class int

// The classes.
const (
	Unseen   Class = iota // not in the trace: what agents carry on average is taken
	Prose                 // in Latin letters
	Document              // Markdown
	Code
	Diff
	JSON
	Terminal // logs, listings, ids
	Script   // Chinese, Japanese, Korean, Cyrillic, Arabic, Hindi …
	Base64
	classes
)

// String returns the name of the class.
func (c Class) String() string {
	return [...]string{"not recorded", "prose", "Markdown", "code", "diffs", "JSON", "terminal output", "other scripts", "base64"}[c]
}

// of is what is known of a class. per is how many hundredths of a byte o200k
// takes for a token. claude is how many thousandths of a token of o200k the
// vocabulary that Anthropic published makes of it (both measured on samples of
// 200 KB; of several samples the mean). newer is how much it grows from Claude's
// tokenizer up to Opus 4.6 to that from Opus 4.7 on, as measured with the
// vendor's count_tokens.
type of struct {
	per    int64
	claude int64
	newer  price.Ratio
}

// Sources of newer: claudecodecamp.com, sol.ava.dev (2026-04-17), jackin.tailrocks.com
// (June 2026). What has no measurement of its own has that of its neighbour:
// diffs that of code, base64 that of all.
var known = [classes]of{
	Unseen:   {0, 1070, price.Ratio{Mid: 1325, Low: 1000, High: 1470}},   // 7 real samples, weighted; 1.0 to 1.35 by Anthropic
	Prose:    {472, 1000, price.Ratio{Mid: 1450, Low: 1200, High: 1590}}, // English; German 1.46, French 1.36, Spanish 1.24
	Document: {484, 1110, price.Ratio{Mid: 1420, Low: 1370, High: 1470}}, // CLAUDE.md 1.445, documents 1.47, a blog 1.37
	Code:     {426, 1120, price.Ratio{Mid: 1200, Low: 1130, High: 1360}}, // Python 1.16 to 1.29, TypeScript 1.13 to 1.36, Go 1.19
	Diff:     {318, 1160, price.Ratio{Mid: 1200, Low: 1130, High: 1360}},
	JSON:     {292, 1070, price.Ratio{Mid: 1325, Low: 1310, High: 1340}},
	Terminal: {225, 1020, price.Ratio{Mid: 1200, Low: 1060, High: 1340}}, // UUIDs 1.06, git log 1.34
	Script:   {400, 1480, price.Ratio{Mid: 1005, Low: 1000, High: 1010}},
	Base64:   {258, 900, price.Ratio{Mid: 1325, Low: 1000, High: 1470}},
}

// Sources names where the ratios are from.
const Sources = "claudecodecamp.com, sol.ava.dev, jackin.tailrocks.com; to other vendors: sammcj/ingest#65, npm ai-tokenizer"

// tokens returns about how many tokens of o200k a number of bytes is.
func (c Class) tokens(n int64) int64 { return n * 100 / max(known[c].per, 1) }

// ratio returns by how much a text of the class grows from tokenizer a to b.
// Where one of them is not known, it is taken to stay as it is.
func (c Class) ratio(a, b price.Tokenizer) price.Ratio {
	switch {
	case a == b || a == price.UnknownTokenizer || b == price.UnknownTokenizer:
		return price.Ratio{Mid: 1000, Low: 1000, High: 1000}
	case c == Unseen:
		r, _ := price.RatioOf(a, b)
		return r
	case a == price.ClaudeLegacy && b == price.Claude47:
		return known[c].newer
	case a == price.Claude47 && b == price.ClaudeLegacy:
		n := known[c].newer
		return price.Ratio{Mid: 1e6 / n.Mid, Low: 1e6 / n.High, High: 1e6 / n.Low}
	}
	x, y := c.from(a), c.from(b)
	return price.Ratio{Mid: y.Mid * 1000 / x.Mid, Low: y.Low * 1000 / x.High, High: y.High * 1000 / x.Low}
}

// from returns the ratio of a tokenizer to o200k.
func (c Class) from(t price.Tokenizer) price.Ratio {
	// The published vocabulary is older than any model of today; 1.1 times it
	// was validated against the API for Claude 3 to 4.5 (npm ai-tokenizer).
	n := known[c].claude
	old := price.Ratio{Mid: n * 11 / 10, Low: n, High: n * 12 / 10}
	switch t {
	case price.ClaudeLegacy:
		return old
	case price.Claude47:
		r := known[c].newer
		return price.Ratio{Mid: old.Mid * r.Mid / 1000, Low: old.Low * r.Low / 1000, High: old.High * r.High / 1000}
	case price.Gemini:
		return price.Ratio{Mid: 1080, Low: 1000, High: 1150}
	}
	return price.Ratio{Mid: 1000, Low: 1000, High: 1000}
}

// sample is how much of a text is looked at.
const sample = 4096

// ClassOf tells what kind of text it is, by the look of its beginning.
func ClassOf(text string) Class {
	if len(text) > sample {
		n := sample
		for n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n]
	}
	s := []byte(strings.TrimSpace(text))
	if len(s) == 0 {
		return Prose
	}
	var letters, far, digits, marks, spaces, longest, run int
	for _, r := range string(s) {
		switch {
		case r >= 0x370: // Greek and all that comes after Latin
			far++
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xc0:
			letters++
		case r >= '0' && r <= '9':
			digits++
		case r == ' ' || r == '\n' || r == '\t' || r == '\r':
			spaces++
		default:
			marks++
		}
		if r == ' ' || r == '\n' || r == '\t' || r == '"' || r == '\r' {
			run = 0
		} else if run++; run > longest {
			longest = run
		}
	}
	all := letters + far + digits + marks + spaces
	switch {
	case far*3 > letters+far:
		return Script
	case s[0] == '{' || s[0] == '[' && (len(s) < 2 || bytes.IndexByte([]byte(`{["]0123456789tfn-`), bytes.TrimSpace(s[1:])[0]) >= 0):
		if bytes.Count(s, []byte(`"`))*20 > all || len(s) < 40 {
			return JSON
		}
	case longest > 200 && spaces*50 < all && marks*10 < all:
		return Base64
	}
	return byLines(s, letters, digits, marks, all)
}

// byLines tells the class by how the lines begin and end.
func byLines(s []byte, letters, digits, marks, all int) Class {
	var lines, diff, heads, code, numbered int
	for line := range bytes.Lines(s) {
		raw := bytes.TrimRight(line, " \r\n\t")
		line = bytes.TrimLeft(raw, " \t")
		// Agents show files with the number of each line before it.
		if i := bytes.IndexAny(line, "\t→"); i > 0 && i < 7 && isNumber(line[:i]) {
			line = bytes.TrimLeft(line[i:], "\t→ ")
		}
		if len(line) == 0 {
			continue
		}
		lines++
		switch c, last := line[0], line[len(line)-1]; {
		case bytes.HasPrefix(line, []byte("@@ ")), bytes.HasPrefix(line, []byte("diff --git")), bytes.HasPrefix(line, []byte("*** Begin Patch")):
			diff += 1000
		case (raw[0] == '+' || raw[0] == '-') && len(raw) > 1 && raw[1] != ' ':
			diff++
		case c == '#' && bytes.HasPrefix(bytes.TrimLeft(line, "#"), []byte(" ")), bytes.HasPrefix(line, []byte("- ")),
			bytes.HasPrefix(line, []byte("* ")), bytes.HasPrefix(line, []byte("```")), c == '|', bytes.HasPrefix(line, []byte("> ")):
			heads++
		case last == ';', last == '{', last == '}', last == ')' && c != '(', last == ',' && c >= 'a', bytes.HasPrefix(line, []byte("//")),
			bytes.HasPrefix(line, []byte("def ")), bytes.HasPrefix(line, []byte("import ")), bytes.HasPrefix(line, []byte("return ")),
			last == ':' && bytes.IndexByte(line, '(') > 0, bytes.Contains(line, []byte(" = ")), bytes.Contains(line, []byte(":= ")):
			code++
		}
		if line[0] >= '0' && line[0] <= '9' || line[0] == '[' || line[0] == '/' || bytes.HasPrefix(raw, []byte("drwx")) || bytes.HasPrefix(raw, []byte("-rw")) {
			numbered++
		}
	}
	switch {
	case lines == 0:
		return Prose
	case diff >= 1000 || diff*2 > lines && lines > 3:
		return Diff
	case code*5 >= lines*2 && marks*20 > all:
		return Code
	case digits*8 > all || numbered*2 > lines && lines > 1 || (marks+digits)*3 > all:
		return Terminal
	case heads*5 >= lines:
		return Document
	case marks*9 > all:
		return Terminal
	}
	return Prose
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}
