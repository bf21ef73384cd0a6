package headline

// shortTypes are the names that people type for event types.
var shortTypes = map[string]string{
	"start": "session_start", "end": "session_end", "prompt": "user_prompt", "response": "assistant_response",
	"call": "tool_call", "result": "tool_result", "request": "llm_request", "read": "file_read", "write": "file_write",
}

// LongType returns the event type that a short name such as call stands for; any
// other name is returned as it is.
func LongType(name string) string {
	if long, ok := shortTypes[name]; ok {
		return long
	}
	return name
}
