package tree

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

func build(t testing.TB, lines ...string) []*Node {
	t.Helper()
	var b Builder
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		b.Add(e)
	}
	return b.Trees()
}

func start(id, parent string) string {
	return fmt.Sprintf(`{"event_type":"session_start","timestamp":1,"event_id":"x%s","session_id":%q,"data":{"parent_session_id":%q}}`, id, id, parent)
}

// TestEverySessionOnce checks on random links, circles among them, that each
// session stands in the trees once and counts once.
func TestEverySessionOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 1 + r.IntN(8)
		name := func() string { return fmt.Sprint("s", r.IntN(n+2)) } // some are missing
		var lines []string
		sessions := map[string]bool{}
		for i := range 3 * n {
			s := fmt.Sprint("s", r.IntN(n))
			sessions[s] = true
			switch r.IntN(3) {
			case 0:
				lines = append(lines, fmt.Sprintf(`{"event_type":"session_start","timestamp":%d,"event_id":"a%d","session_id":%q,"data":{"parent_session_id":%q,"parent_event_id":"b%d"}}`, i, i, s, name(), r.IntN(3*n)))
			case 1:
				lines = append(lines, fmt.Sprintf(`{"event_type":"tool_call","timestamp":%d,"event_id":"b%d","session_id":%q,"data":{"event_subtype":"a2a_call","sub_session_id":%q}}`, i, i, s, name()))
			case 2:
				lines = append(lines, fmt.Sprintf(`{"event_type":"tool_result","timestamp":%d,"event_id":"c%d","session_id":%q,"parent_id":"b%d","data":{"child_session_id":%q}}`, i, i, s, r.IntN(3*n), name()))
			}
		}
		roots := build(t, lines...)
		seen, total := map[string]int{}, 0
		for _, root := range roots {
			total += root.Total.Sessions
			for _, x := range preorder(root) {
				if x.Shape == Session {
					seen[x.ID]++
				}
				for _, c := range x.Children {
					if c.Parent != x || c.Depth != x.Depth+1 {
						t.Fatalf("%s: child %s has another parent or depth", x.ID, c.ID)
					}
				}
			}
			AppendText(nil, root, -1)
			ids := map[string]bool{}
			if err := Records(root, -1, func(line []byte) error {
				e, err := event.Parse(line)
				if err == nil && ids[e.ID()] {
					err = fmt.Errorf("two records with one id: %s\n%s", line, strings.Join(lines, "\n"))
				}
				ids[e.ID()] = true
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if total != len(sessions) {
			t.Fatalf("%d sessions count, want %d:\n%s", total, len(sessions), strings.Join(lines, "\n"))
		}
		for s := range sessions {
			if seen[s] != 1 {
				t.Fatalf("%s stands in the trees %d times:\n%s", s, seen[s], strings.Join(lines, "\n"))
			}
		}
	}
}

// TestDeep checks that a chain of any length is shown, and in no more than
// linear space.
func TestDeep(t *testing.T) {
	const n = 20_000
	var b Builder
	for i := range n {
		e, _ := event.Parse([]byte(start(fmt.Sprint("s", i), fmt.Sprint("s", i-1))))
		b.Add(e)
	}
	roots := b.Trees()
	if len(roots) != 1 || roots[0].Total.Sessions != n {
		t.Fatalf("%d roots, %d sessions", len(roots), roots[0].Total.Sessions)
	}
	text := AppendText(nil, roots[0], -1)
	if lines := bytes.Count(text, []byte("\n")); lines != n+2 || len(text) > n*400 {
		t.Errorf("%d lines, %d bytes", lines, len(text))
	}
}

// TestWide checks that many children, and many circles, take no more than
// their time.
func TestWide(t *testing.T) {
	var b Builder
	for i := range 10_000 {
		e, _ := event.Parse([]byte(start(fmt.Sprint("s", i), fmt.Sprint("s", i^1))))
		b.Add(e)
		e, _ = event.Parse([]byte(start(fmt.Sprint("t", i), "root")))
		b.Add(e)
	}
	if roots := b.Trees(); len(roots) != 5_001 {
		t.Errorf("%d roots", len(roots))
	}
}

func BenchmarkTree(b *testing.B) {
	var lines [][]byte
	size := 0
	for i := range 100_000 {
		l := fmt.Appendf(nil, `{"event_type":"tool_call","timestamp":%d,"event_id":"%012x","session_id":"s%d","data":{"tool_name":"Bash","arguments":{"command":"ls"}}}`, i, i, i%50)
		lines = append(lines, l)
		size += len(l)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		var t Builder
		for _, l := range lines {
			e, _ := event.Parse(l)
			t.Add(e)
		}
		t.Trees()
	}
}
