package record

import "bytes"

// Snake returns the name of a record in snake_case: PreToolUse, pre-tool-use
// and pre.toolUse are pre_tool_use, beforeMCPExecution is before_mcp_execution.
func Snake(name string) string {
	var b []byte
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case isUpper(c):
			// A word begins behind a small letter, or before one.
			if i > 0 && (isLower(name[i-1]) || isUpper(name[i-1]) && i+1 < len(name) && isLower(name[i+1])) {
				b = append(b, '_')
			}
			b = append(b, c+'a'-'A')
		case isLower(c):
			b = append(b, c)
		case len(b) > 0 && b[len(b)-1] != '_':
			b = append(b, '_')
		}
	}
	if b = bytes.Trim(b, "_"); len(b) > 0 {
		return string(b)
	}
	return "unknown"
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func isLower(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
