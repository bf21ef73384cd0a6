package mask

import (
	"bytes"
	"cmp"
	"slices"
	"sort"

	"agenttrace/lib/scrub"
)

// What stands beside a number decides whether it is one of those that are
// masked, and masking changes what stands there. So a text in which something
// was found is looked at again with that in its place, until nothing more is
// found: then masking twice is masking once.

// maxAgain bounds how often a text is looked at again. Each time finds something,
// which is at least six bytes of it; more than two are not met but in texts that
// are made for it.
const maxAgain = 16

// minRest is the shortest match beside a replacement, as in package scrub.
const minRest = 6

// again adds to found what is found in text once found is replaced.
func (m *Masker) again(text []byte, found []scrub.Match) []scrub.Match {
	const marker = "[MASKED:x]"
	var rest []byte
	var moved []move
	var more []scrub.Match
	for range maxAgain {
		spans := slices.Clone(found)
		slices.SortFunc(spans, func(a, b scrub.Match) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
		rest, moved = rest[:0], moved[:0]
		at := 0
		for _, x := range spans {
			if x.To <= at {
				continue
			}
			if x.From > at || len(moved) == 0 {
				rest = append(rest, text[at:max(at, x.From)]...)
				moved = append(moved, move{len(rest), len(rest) + len(marker), x.To})
				rest = append(rest, marker...)
			} else {
				moved[len(moved)-1].to = x.To
			}
			at = x.To
		}
		rest = append(rest, text[at:]...)
		more = m.plain(rest, more[:0])
		n := len(found)
		for _, x := range more {
			found = back(rest, moved, x, found)
		}
		if len(found) == n {
			break
		}
	}
	return found
}

// A move is where a replacement stands, and where in the text what was replaced
// ends.
type move struct{ from, end, to int }

// back adds the parts of a match that lie in no replacement, as parts of the
// text.
func back(rest []byte, moved []move, x scrub.Match, found []scrub.Match) []scrub.Match {
	shift, from := 0, x.From
	k := sort.Search(len(moved), func(k int) bool { return moved[k].end > from })
	if k > 0 {
		shift = moved[k-1].to - moved[k-1].end
	}
	for _, m := range moved[k:] {
		if m.from >= x.To {
			break
		}
		if m.from-from >= minRest {
			found = append(found, scrub.Match{From: from + shift, To: m.from + shift, Rule: x.Rule})
		}
		from, shift = m.end, m.to-m.end
	}
	if n := x.To - from; n >= minRest || n > 0 && from == x.From {
		if scrub.InMarker(rest, from) || bytes.HasPrefix(rest[from:], []byte("[MASKED")) {
			return found // one that stood in the text before
		}
		found = append(found, scrub.Match{From: from + shift, To: x.To + shift, Rule: x.Rule})
	}
	return found
}
