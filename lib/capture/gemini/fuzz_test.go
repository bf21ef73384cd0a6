package gemini

import (
	"os"
	"path/filepath"
	"testing"

	"agenttrace/lib/capture/payload/payloadtest"
)

func FuzzRecords(f *testing.F) {
	var seeds [][]byte
	for _, name := range []string{"hooks.ndjson", "session.jsonl", "stream.ndjson"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, text)
	}
	payloadtest.Fuzz(f, Agent, seeds...)
}
