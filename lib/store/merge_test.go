package store

import "testing"

// TestMergeError checks that a call whose hook could not say that it failed has
// failed when the agent's own file says so, and the other way round.
func TestMergeError(t *testing.T) {
	hook := `{"event_type":"tool_result","timestamp":1.0,"event_id":"a","session_id":"s","data":{"result":"no such file"}}`
	file := `{"event_type":"error","timestamp":1.2,"event_id":"a","session_id":"s","parent_id":"c","data":{"exit_code":1}}`
	for _, c := range [][3]string{
		{hook, file, `{"event_type":"error","timestamp":1.0,"event_id":"a","session_id":"s","parent_id":"c","data":{"result":"no such file","exit_code":1}}`},
		{file, hook, `{"event_type":"error","timestamp":1.2,"event_id":"a","session_id":"s","parent_id":"c","data":{"exit_code":1,"result":"no such file"}}`},
	} {
		if got := string(merge([]byte(c[0]), []byte(c[1]))); got != c[2] {
			t.Errorf("got  %s\nwant %s", got, c[2])
		}
	}
}

// TestMergeUsage checks that of two usages with equal outputs the one counts
// that tells what was read from the cache.
func TestMergeUsage(t *testing.T) {
	hook := `{"event_type":"llm_response","event_id":"a","session_id":"s","data":{"usage":{"input_tokens":100,"output_tokens":5}}}`
	file := `{"event_type":"llm_response","event_id":"a","session_id":"s","data":{"usage":{"input_tokens":40,"cache_read_tokens":60,"output_tokens":5}}}`
	for _, c := range [][2]string{{hook, file}, {file, hook}} {
		if got := string(merge([]byte(c[0]), []byte(c[1]))); got != file {
			t.Errorf("got  %s\nwant %s", got, file)
		}
	}
}
