package why

import "fmt"

// A Rule is a kind of link between an event and a cause of it.
type Rule string

// The rules; see the package comment.
const (
	Answers      Rule = "answers"
	Parent       Rule = "parent"
	Started      Rule = "started"
	Retry        Rule = "retry"
	Retest       Rule = "retest"
	Tested       Rule = "tested"
	Informed     Rule = "informed"
	Uses         Rule = "uses"
	FailureNamed Rule = "failure"
	Named        Rule = "named"
	Listed       Rule = "listed"
	Said         Rule = "said"
	SaidNamed    Rule = "said_named"
	Fixed        Rule = "fixed"
	Follows      Rule = "follows"
	Prompted     Rule = "prompt"
	Session      Rule = "session"
)

// Ranks order the causes of an event: the strongest is the one that a chain
// follows.
const (
	rankCertain  uint8 = 100 // told by ids
	rankRetest   uint8 = 96
	rankRetry    uint8 = 95
	rankInformed uint8 = 92
	rankTested   uint8 = 90
	rankFailure  uint8 = 88
	rankNamed    uint8 = 86
	rankUses     uint8 = 85
	rankPrompt   uint8 = 50 // strong as a cause, weak as an explanation: all that follows comes from it

	rankOnly     uint8 = 79 // likely from here on
	rankListed   uint8 = 72
	rankIdent    uint8 = 71
	rankSaidName uint8 = 70
	rankFixed    uint8 = 65
	rankTextName uint8 = 60
	rankReread   uint8 = 58
	rankFollows  uint8 = 55
	rankSaid     uint8 = 45

	rankOld     uint8 = 30 // weak from here on
	rankTurn    uint8 = 20
	rankSession uint8 = 10
)

// A Strength says how sure a link is.
type Strength string

// The strengths.
const (
	Certain Strength = "certain" // the ids say so
	Strong  Strength = "strong"  // the same thing again, or a file or path that both name
	Likely  Strength = "likely"  // the order of events, and a name, speak for it
	Weak    Strength = "weak"    // nothing speaks against it
)

func (l *link) strength() Strength {
	switch {
	case l.rank == rankCertain:
		return Certain
	case l.rank > rankOnly || l.rank == rankPrompt:
		return Strong
	case l.rank > rankOld:
		return Likely
	}
	return Weak
}

// reason says the rule in words. at is the cause, of another event that the
// reason names; both as they are shown.
func (l *link) reason(what, at, of string) string {
	switch l.rule {
	case Answers:
		if what == "request" {
			return "answer to the request at " + at
		}
		return "outcome of the call at " + at
	case Parent:
		return what + " at " + at + " is its parent"
	case Started:
		if what != "call" {
			return "start of the session"
		}
		return "started by the call at " + at
	case Retry:
		return "retry after error at " + at
	case Retest:
		return fmt.Sprintf("tries again, after the edit at %s, what failed at %s", at, of)
	case Tested:
		return fmt.Sprintf("edit at %s came between the failure at %s and this success", at, of)
	case Informed:
		return "read at " + at + " informed write"
	case Uses:
		return "uses " + l.detail + ", written at " + at
	case FailureNamed:
		return "failure at " + at + " concerns " + l.detail
	case Named:
		return what + " at " + at + " named " + l.detail
	case Listed:
		return "result at " + at + " listed " + l.detail
	case Said:
		return "said at " + at + ", just before"
	case SaidNamed:
		return "said at " + at + ", which named " + l.detail
	case Fixed:
		return "edit after the failure at " + at
	case Follows:
		return "after the result at " + at
	case Prompted:
		return "prompt at " + at + " triggered this"
	}
	return "session start"
}

// noun says what a cause is, for reasons.
func (k kind) noun() string {
	switch k {
	case prompt:
		return "prompt"
	case outcome:
		return "result"
	case speech:
		return "text"
	case request:
		return "request"
	case call:
		return "call"
	}
	return "event"
}
