package gemini

import (
	"fmt"
	"strconv"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
)

func itoa(n int) string { return strconv.Itoa(n) }

// answerKey is the native id of an answer in all sources.
func answerKey(prompt, candidates, total int64) string {
	return fmt.Sprintf("%d/%d/%d", prompt, candidates, total)
}

// usage returns tokens as events tell them: prompt includes cached, candidates
// do not include thoughts, and tools is what the vendor's tools added to the
// prompt.
func usage(prompt, candidates, cached, thoughts, tools int64) payload.Usage {
	cached = min(cached, prompt)
	return payload.Usage{Input: prompt - cached + tools, Output: candidates + thoughts, CacheRead: cached, Reasoning: thoughts}
}

// rest returns the thoughts where only the total tells them.
func rest(prompt, candidates, total int64) int64 { return max(0, total-prompt-candidates) }

func count(v gjson.Result, path string) int64 { return payload.Count(v.Get(path)) }
