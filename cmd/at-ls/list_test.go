package main

import (
	"testing"

	"agenttrace/lib/store"
)

func TestAbbreviate(t *testing.T) {
	list := []store.Session{{ID: "aaaaaaaaaa1"}, {ID: "aaaaaaaaaa2"}, {ID: "b"}, {ID: "cccccccccc"}, {ID: "ccccccccccdddd"}}
	for id, want := range map[string]string{
		"aaaaaaaaaa1": "aaaaaaaaaa1", "aaaaaaaaaa2": "aaaaaaaaaa2", "b": "b",
		"cccccccccc":     "cccccccccc", // is the beginning of another, and an exact id beats a prefix
		"ccccccccccdddd": "ccccccccccd",
	} {
		if got := abbreviate(list)[id]; got != want {
			t.Errorf("abbreviate(%s) = %s; want %s", id, got, want)
		}
	}
}
