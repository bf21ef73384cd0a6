package otlp

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// calls makes the lines of a session of n calls.
func calls(n int) []byte {
	var b strings.Builder
	for i := range n {
		at := 1795332170 + i
		fmt.Fprintf(&b, `{"event_type":"tool_call","timestamp":%d.100000,"event_id":"%012x","session_id":"5f1c0a52-0b1e-4c57-9d1e-2f6f0f1c9a77","data":{"tool_name":"Bash","arguments":{"command":"go test ./lib/pkg%d/...","description":"Run the tests"},"tool_use_id":"toolu_%020d"}}`+"\n", at, 2*i, i%50, i)
		fmt.Fprintf(&b, `{"event_type":"tool_result","timestamp":%d.350000,"event_id":"%012x","session_id":"5f1c0a52-0b1e-4c57-9d1e-2f6f0f1c9a77","parent_id":"%012x","duration_ms":250,"data":{"tool_name":"Bash","result":{"stdout":"ok agenttrace/lib/pkg 0.012s","stderr":""},"tool_use_id":"toolu_%020d"}}`+"\n", at, 2*i+1, 2*i, i)
	}
	return []byte(b.String())
}

// BenchmarkSpans maps a session of calls to protobuf, one span an op.
func BenchmarkSpans(b *testing.B) {
	const n = 20_000
	lines := calls(n)
	out := make([]byte, 0, 1<<20)
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += n {
		var m *Mapper
		m = New(Options{}, func(x *Batch) error { out = x.AppendProtobuf(out[:0]); m.Recycle(x); return nil })
		for rest := lines; len(rest) > 0; {
			i := bytes.IndexByte(rest, 10)
			e, err := event.Parse(rest[:i])
			if err != nil {
				b.Fatal(err)
			}
			m.Add(e)
			rest = rest[i+1:]
		}
		m.Close()
	}
}

// BenchmarkJSON turns batches of spans into OTLP/JSON.
func BenchmarkJSON(b *testing.B) {
	list := mapAll(b, Options{}, string(calls(5000)))
	var wire [][]byte
	size := 0
	for _, x := range list {
		wire = append(wire, x.AppendProtobuf(nil))
		size += x.Size()
	}
	b.SetBytes(int64(size))
	var out []byte
	for b.Loop() {
		for _, w := range wire {
			out, _ = AppendJSON(out[:0], Traces, w)
		}
	}
}
