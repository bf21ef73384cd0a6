package event

// Records are the types of the records: results of analyses that stand in the
// stream beside the events they speak of. Every other type, documented or not,
// is an event.
var Records = []string{"phase", "session_summary", "cost", "budget", "inflation", "curve", "violation", "sensitive_access", "ai_tool", "policy", "score", "alert", "postmortem", "annotation", "tree", "diff", "cause", "finding"}

// IsRecord reports whether typ is the type of a record.
func IsRecord(typ string) bool {
	for _, r := range Records {
		if r == typ {
			return true
		}
	}
	return false
}

// IsRecord reports whether the event is a record.
func (e Event) IsRecord() bool { return e.Is(Records...) }
