package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
)

// A recording are the events of sessions that are one trace, and the tree of
// spans that is to arrive.
type recording struct{ name, events, tree string }

// recordings returns a session with a subagent, one with a subagent of a
// subagent, and one of Codex, as at-capture makes them.
func recordings(t *testing.T) []recording {
	t.Helper()
	clitest.DependsOn("../at-capture", "../../lib", "../../testdata/demo")
	capture := filepath.Join(t.TempDir(), "at-capture")
	if out, err := exec.Command("go", "build", "-o", capture, "agenttrace/cmd/at-capture").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	captured := func(args ...string) string {
		out, err := exec.Command(capture, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	tree, err := os.ReadFile("testdata/tree.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	const codex = "../../lib/capture/codex/testdata/"
	list := []recording{
		{name: "demo", events: captured("../../testdata/demo/claude")},
		{name: "tree", events: string(tree)},
		{name: "codex", events: captured(codex+"rollout.jsonl", codex+"subagent.jsonl")},
	}
	for i := range list {
		want, err := os.ReadFile("testdata/trees/" + list[i].name + ".txt")
		if err != nil && !clitest.Update() {
			t.Fatal(err)
		}
		list[i].tree = string(want)
	}
	return list
}

// TestTrees checks the tree of spans: names, kinds, times to the nanosecond,
// statuses, attributes, events.
func TestTrees(t *testing.T) {
	for _, r := range recordings(t) {
		out, msg, status := runIt(t, r.events)
		if status != 0 || msg != "" {
			t.Errorf("%s: status %d, %s", r.name, status, msg)
		}
		got := draw(t, items(t, out))
		if clitest.Update() {
			if err := os.WriteFile("testdata/trees/"+r.name+".txt", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got != r.tree {
			t.Errorf("%s: the tree is not that of testdata/trees:\n%s", r.name, got)
		}
	}
}

// draw draws the tree of spans, a line for each.
func draw(t *testing.T, spans []any) string {
	t.Helper()
	known, below := map[any]bool{}, map[any][]map[string]any{}
	for _, x := range spans {
		s := x.(map[string]any)
		if known[s["spanId"]] {
			t.Errorf("the span %s is there twice", s["spanId"])
		}
		known[s["spanId"]] = true
	}
	for _, x := range spans {
		s := x.(map[string]any)
		parent := s["parentSpanId"]
		if !known[parent] {
			if parent != nil && parent != "" {
				t.Errorf("the span %s is below one that is not there", s["spanId"])
			}
			parent = nil
		}
		below[parent] = append(below[parent], s)
	}
	var b strings.Builder
	var level func(parent any, indent string)
	level = func(parent any, indent string) {
		list := below[parent]
		slices.SortFunc(list, func(a, b map[string]any) int {
			key := func(s map[string]any) string { return fmt.Sprint(s["startTimeUnixNano"], s["spanId"]) }
			return strings.Compare(key(a), key(b))
		})
		for _, s := range list {
			fmt.Fprintf(&b, "%s%s: trace %v, span %v, kind %v, from %v to %v", indent, s["name"], s["traceId"], s["spanId"], s["kind"], s["startTimeUnixNano"], s["endTimeUnixNano"])
			if status, ok := s["status"].(map[string]any); ok && status["code"] != nil {
				fmt.Fprintf(&b, ", status %v (%v)", status["code"], status["message"])
			}
			fmt.Fprintf(&b, "%s\n", values(t, s))
			events, _ := s["events"].([]any)
			var told []string // sorted, since not every store keeps their order
			for _, x := range events {
				e := x.(map[string]any)
				told = append(told, fmt.Sprintf("%s  * at %v %s%s\n", indent, e["timeUnixNano"], e["name"], values(t, e)))
			}
			slices.Sort(told)
			b.WriteString(strings.Join(told, ""))
			level(s["spanId"], indent+"    ")
		}
	}
	level(nil, "")
	return b.String()
}

// values tells the attributes of a span or an event, sorted: not every store
// keeps their order.
func values(t *testing.T, of map[string]any) string {
	t.Helper()
	list, _ := of["attributes"].([]any)
	all := map[string]string{}
	for _, x := range list {
		kv := x.(map[string]any)
		v, err := json.Marshal(kv["value"])
		if err != nil {
			t.Fatal(err)
		}
		all[kv["key"].(string)] = string(v)
	}
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, " %s=%s", k, all[k])
	}
	return b.String()
}
