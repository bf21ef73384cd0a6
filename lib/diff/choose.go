package diff

import (
	"fmt"
	"strings"
)

// Pair returns the two sessions to compare: with perFile the first session of each
// of two files, else the only two that there are, subagents left out if there are
// more. It returns nil if there are no such two.
func Pair(all []*Session, perFile bool) []*Session {
	if perFile {
		var list []*Session
		for _, s := range all {
			if len(list) == 0 || len(list) == 1 && list[0].input != s.input {
				list = append(list, s)
			}
		}
		if len(list) == 2 {
			return list
		}
	}
	if len(all) > 2 {
		all = roots(all)
	}
	if len(all) != 2 {
		return nil
	}
	return all
}

// roots returns the sessions that no other one started.
func roots(all []*Session) (list []*Session) {
	ids := map[string]bool{}
	for _, s := range all {
		ids[s.ID] = true
	}
	for _, s := range all {
		if p := s.Parent(); p == "" || p == s.ID || !ids[p] {
			list = append(list, s)
		}
	}
	return list
}

// Find returns the session with an id, or the only one whose id begins so.
func Find(all []*Session, id string) (*Session, error) {
	var found []*Session
	var names []string
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
		if strings.HasPrefix(s.ID, id) {
			found = append(found, s)
			names = append(names, s.ID)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("cannot find session '%s' in the input", id)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("cannot tell which session '%s' is: %s", id, strings.Join(names, ", "))
}
