package replay

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// Whatever a stream holds, nothing that is printed drives the terminal, and
// each of the ways to print ends.
func FuzzShow(f *testing.F) {
	f.Add([]byte(prompts("a", 1, 2)), 3)
	f.Add([]byte(`{"event_type":"tool_result","session_id":"a","data":{"tool_name":"Bash","child_session_id":"b","result":{"stdout":"\u001b[2J","structuredPatch":[{"lines":["+"]}],"filePath":"x"}}}`+"\n"+
		`{"event_type":"session_start","session_id":"b","data":{"parent_session_id":"a","command":["x"]}}`), 0)
	f.Add([]byte(`{"event_type":"assistant_response","data":{"text":"`+"```\\n**x** `y`\\n```"+`"}}`), 1)
	f.Fuzz(func(t *testing.T, input []byte, lines int) {
		o := Options{Lines: max(lines, 0), Width: 40, Hold: 500}
		var out bytes.Buffer
		for _, p := range []shower{NewPrinter(&out, o), NewFamily(&out, o), NewTree(&out, o)} {
			in := event.Files{Stdin: bytes.NewReader(input)}
			for in.Scan() {
				if e, _ := in.Event(); e.Type() != "" {
					if err := p.Event(e); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := p.Close(); err != nil && err != io.EOF {
				t.Fatal(err)
			}
		}
		if i := strings.IndexFunc(out.String(), drives); i >= 0 {
			t.Errorf("a control character at %d of %q", i, &out)
		}
	})
}

func drives(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e
}
