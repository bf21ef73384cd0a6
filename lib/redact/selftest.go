package redact

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"agenttrace/lib/scrub"
)

// A Score says how a rule did on labelled cases.
type Score struct {
	Rule             string
	Secrets, Caught  int
	Harmless, Spoilt int
	Missed           []Case
	Wrong            []Case
}

// SelfTestSeed is the seed of the cases of SelfTest.
const SelfTestSeed = 77001

// Scores runs the rules on cases.
func Scores(cases []Case) ([]Score, error) {
	r, err := New(Options{})
	if err != nil {
		return nil, err
	}
	o := r.Filter()
	o.Remember = nil // the cases are of one session
	o.Replace = func(rule string, _ []byte) string { return "[REDACTED:" + rule + ":abcdef]" }
	f := scrub.New(o)
	by := map[string]*Score{}
	for _, c := range cases {
		name := c.Rule
		if name == "" {
			name = "(none)"
		}
		s := by[name]
		if s == nil {
			s = &Score{Rule: name}
			by[name] = s
		}
		out, n, _ := f.Line(nil, []byte(c.Line))
		switch {
		case c.Secret == "":
			if s.Harmless++; n > 0 {
				s.Spoilt++
				s.Wrong = append(s.Wrong, c)
			}
		case json.Valid(out) && !Survives(out, c.Secret):
			s.Secrets++
			s.Caught++
		default:
			s.Secrets++
			s.Missed = append(s.Missed, c)
		}
	}
	var list []Score
	for _, s := range by {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Score) int { return strings.Compare(a.Rule, b.Rule) })
	return list, nil
}

// SelfTest prints how the rules do on generated cases, and reports whether each
// of them finds every secret and spoils nothing.
func SelfTest(w io.Writer) (ok bool, err error) {
	list, err := Scores(Cases(SelfTestSeed))
	if err != nil {
		return false, err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "secrets\tcaught\trecall\tharmless\tspoilt\t  rule")
	var all Score
	for _, s := range list {
		s.row(tw)
		all.Secrets += s.Secrets
		all.Caught += s.Caught
		all.Harmless += s.Harmless
		all.Spoilt += s.Spoilt
	}
	all.Rule = "(all)"
	all.row(tw)
	return all.Caught == all.Secrets && all.Spoilt == 0, tw.Flush()
}

func (s *Score) row(w io.Writer) {
	recall := "-"
	if s.Secrets > 0 {
		recall = fmt.Sprintf("%.1f %%", 100*float64(s.Caught)/float64(s.Secrets))
	}
	fmt.Fprintf(w, "%d\t%d\t%s\t%d\t%d\t  %s\n", s.Secrets, s.Caught, recall, s.Harmless, s.Spoilt, s.Rule)
}

// Survives reports whether a part of a secret that tells something stands in a
// line: in it as it is, or in a string of it, also in JSON in a string. The part
// is two fifths of the secret, but 6 bytes or more and 16 or less.
func Survives(line []byte, secret string) bool {
	n := len(secret)
	k := min(n, max(6, min(16, n*2/5)))
	texts := append(texts(nil, line, 0), string(line))
	for i := 0; i+k <= n; i++ {
		for _, t := range texts {
			if strings.Contains(t, secret[i:i+k]) {
				return true
			}
		}
	}
	return false
}

// texts appends the keys and strings of a JSON text.
func texts(list []string, doc []byte, depth int) []string {
	var v any
	if depth > 8 || json.Unmarshal(doc, &v) != nil {
		return list
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			list = append(list, v)
			if t := strings.TrimSpace(v); t != "" && (t[0] == '{' || t[0] == '[') {
				list = texts(list, []byte(t), depth+1)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for name, x := range v {
				list = append(list, name)
				walk(x)
			}
		}
	}
	walk(v)
	return list
}
