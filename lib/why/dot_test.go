package why

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	dotNode = regexp.MustCompile(`^\t(n\d+) \[label="(?:[^"\\]|\\["\\])*"(?:, penwidth=2|, color=red)?\];$`)
	dotEdge = regexp.MustCompile(`^\t(n\d+) -> (n\d+) \[label="(?:[^"\\]|\\["\\])*", style=(?:bold|solid|dashed|dotted)\];$`)
)

// validDot fails the test if a graph is not what Graphviz reads: a node in
// every line, or an edge between nodes that were told before.
func validDot(t *testing.T, dot string) {
	t.Helper()
	body, ok := strings.CutPrefix(dot, "digraph why {\n\trankdir=LR;\n\tnode [shape=box];\n")
	if body, ok = cutEnd(body, ok); !ok || !utf8.ValidString(dot) {
		t.Fatalf("not a graph: %q", dot)
	}
	nodes := map[string]bool{}
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if m := dotNode.FindStringSubmatch(line); m != nil && !nodes[m[1]] {
			nodes[m[1]] = true
		} else if m := dotEdge.FindStringSubmatch(line); m == nil || !nodes[m[1]] || !nodes[m[2]] {
			t.Fatalf("neither a node nor an edge: %q", line)
		}
	}
}

func cutEnd(s string, ok bool) (string, bool) {
	rest, end := strings.CutSuffix(s, "}\n")
	return rest, ok && end
}

// What a trace holds cannot break the graph.
func TestDot(t *testing.T) {
	for _, text := range []string{`a \" b`, `\"];x->y[label=\"`, `back\\`, `\\\"`, `\N \G <b> {a|b}`, `\n}\n`, `\u0000\u001b[2J\u202e`, `\ud83d`, strings.Repeat(`\\`, 300)} {
		text = strings.ReplaceAll(text, `\N \G`, `\\N \\G`)
		g := trace(t, `user_prompt - {"prompt":"`+text+`"}`, `tool_call - {"tool_name":"`+text+`","arguments":{"file_path":"src/a.go","x":"`+text+`"}}`,
			`error 2 {"error":"`+text+`"}`, `tool_call - {"tool_name":"`+text+`","arguments":{"file_path":"src/a.go","x":"`+text+`"}}`)
		at, err := g.Find("4")
		if err != nil {
			t.Fatal(err)
		}
		for _, forward := range []bool{false, true} {
			for _, all := range []bool{false, true} {
				validDot(t, string(g.Dot(at, g.Edges(at, forward, all))))
			}
		}
	}
}
