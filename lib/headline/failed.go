package headline

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// Failed reports whether an error or tool_result says that something failed:
// an error, unless the user stopped the call or did not let it run; a result
// with is_error or an exit_code that is not 0.
func Failed(e event.Event) bool {
	if e.Is("error") {
		return !stopped(e)
	}
	if !e.Is("tool_result") {
		return false
	}
	d := e.DataRaw()
	if !bytes.Contains(d, []byte(`rror"`)) && !bytes.Contains(d, []byte(`exit_code"`)) {
		return false // which is nearly always so
	}
	for _, k := range []string{"is_error", "result.is_error", "result.isError"} {
		if e.Get(k).Type == gjson.True {
			return true
		}
	}
	for _, k := range []string{"exit_code", "result.exit_code"} {
		if v := e.Get(k); v.Type == gjson.Number && v.Int() != 0 {
			return true
		}
	}
	return false
}

// stopped reports whether the user did not let a call run, or ended it. The
// texts are those of Claude Code's transcripts, which have no other sign of it.
func stopped(e event.Event) bool {
	d := e.DataRaw()
	if !bytes.Contains(d, []byte("rejected")) && !bytes.Contains(d, []byte("interrupt")) && !bytes.Contains(d, []byte("proceed with")) {
		return false // which is nearly always so
	}
	said := e.Get("error").String()
	return e.Get("rejected").Bool() || e.Get("is_interrupt").Bool() ||
		strings.HasPrefix(said, "The user doesn't want to proceed with this tool use") ||
		strings.HasPrefix(said, "[Request interrupted by user")
}
