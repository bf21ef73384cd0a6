package send

import (
	"context"
	"fmt"
)

// Post delivers a JSON text that is not OTLP, such as a score, by the same rules;
// one that is too large is refused, since it cannot be split. It counts as one
// item, which messages call noun. why is why it was not accepted, "" if it was. ok
// is false if ctx ended before that was known.
func (s *Sender) Post(ctx context.Context, t *Target, noun string, body []byte) (why string, ok bool) {
	a, ok := s.deliver(ctx, t, func() answer {
		attempt, cancel := ctx, func() {}
		if t.Timeout > 0 {
			attempt, cancel = context.WithTimeout(ctx, t.Timeout)
		}
		defer cancel()
		return s.tryHTTP(attempt, t, body)
	})
	switch {
	case !ok:
		return "", false
	case a.verdict == accepted:
		s.Stats.Accepted++
		return "", true
	}
	s.Stats.Lost++
	why = t.Redacted() + ": " + a.why
	s.Note(fmt.Sprintf("cannot send %s to %s", noun, why))
	return why, true
}
