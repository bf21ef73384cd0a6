package budget

import (
	"cmp"
	"strings"
	"time"

	"agenttrace/lib/price"
)

// A Source says where a number is from.
type Source string

// The sources, the surest first.
const (
	Unknown Source = ""
	Given   Source = "given"   // on the command line
	Client  Source = "client"  // the agent told it
	Suffix  Source = "suffix"  // [1m] in the name of the model
	Listed  Source = "table"   // the table of prices
	Seen    Source = "seen"    // it happened so before
	Default Source = "default" // of the agent, as far as it is known
)

// words say the same to people.
var words = map[Source]string{
	Given: "as given", Client: "as the agent says", Suffix: "by [1m] in its name", Listed: "by the table",
	Seen: "as it was before", Default: "by default",
}

// million is the window that [1m] in the name of a model chooses.
const million = 1_000_000

// A Window is how much a model can read at once.
type Window struct {
	Tokens int64 // 0 if it is not known
	Source Source
	Why    string // it is not known: why
}

// window returns the window of a model. told is what the client says, 0 if it
// says nothing; start is the name under which the session was started, which
// may have the [1m] that answers leave out; peak is the largest context there
// was.
func (o *Options) window(model, start string, told, peak int64) Window {
	if o.Limit > 0 {
		return Window{o.Limit, Given, ""}
	}
	asked := cmp.Or(o.Model, model)
	if o.Model == "" && told > 0 {
		return Window{told, Client, ""}
	}
	name, large := price.Normalize(asked)
	if o.Model == "" && !large {
		if n, l := price.Normalize(start); l && n == name {
			large = true
		}
	}
	if large {
		return Window{million, Suffix, ""}
	}
	if asked == "" {
		return Window{Why: "the model is not known"}
	}
	row, match := o.Prices.Lookup(asked, time.Time{})
	if match == price.None || row.ContextWindow == 0 {
		return Window{Why: "no window is known for " + asked}
	}
	if o.Model == "" && peak > row.ContextWindow {
		return Window{Why: "it is larger than the table has it for " + asked}
	}
	return Window{row.ContextWindow, Listed, ""}
}

// claudeReserve is how much of the window Claude Code leaves free: it compacts
// at the window less 20,000 tokens for the answer, less 13,000
// (anthropics/claude-code issue 31806; of 2.1.221, BaseInfinity/claude-sdlc-harness
// issue 520). Settings of the user can only make it sooner.
const claudeReserve = 20_000 + 13_000

// compactAt returns where the context is going to be compacted. seen is the
// size at which that happened the last time, 0 if it did not.
func (o *Options) compactAt(agent string, w Window, seen int64) (at int64, from Source) {
	switch {
	case o.CompactAt > 0:
		return o.CompactAt, Given
	case o.CompactPercent > 0 && w.Tokens > 0:
		return w.Tokens * o.CompactPercent / 100, Given
	case seen > 0 && (w.Tokens == 0 || seen <= w.Tokens):
		return seen, Seen
	case strings.EqualFold(agent, "claude-code") && w.Tokens > 2*claudeReserve:
		return w.Tokens - claudeReserve, Default
	}
	return 0, Unknown
}
