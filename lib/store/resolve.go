package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Resolve returns the session of the store that arg names: its id, or the
// beginning of it if that is the beginning of no other. It looks at the
// sessions that may be meant and at no others.
func (s *Store) Resolve(arg string) (Session, error) {
	root, err := s.root(false)
	if errors.Is(err, fs.ErrNotExist) {
		return Resolve(nil, arg)
	} else if err != nil {
		return Session{}, err
	}
	defer root.Close()
	for _, name := range exactNames(arg) {
		// The id of a directory with an encoded name stands in its events.
		if info, err := root.Lstat(name); err != nil || !info.IsDir() {
			continue // as in readNames
		}
		if sess := s.look(root, name); sess != nil && (sess.ID == arg || sess.Name == arg) {
			return *sess, nil
		}
	}
	names, err := readNames(root)
	if err != nil {
		return Session{}, fmt.Errorf("cannot read the trace store: %w", err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !mayBegin(name, arg) })
	return Resolve(s.lookAll(root, names), arg)
}

// exactNames returns the directories that may be those of a session called arg.
func exactNames(arg string) []string {
	if arg == "" {
		return nil
	}
	names := []string{DirName(arg)}
	if encodedName(arg) {
		names = append(names, arg)
	}
	return names
}

// encodedName reports whether a name is one that DirName may have made of an
// id that is no safe name.
func encodedName(name string) bool {
	return strings.HasPrefix(name, "~") && len(name) < 2*maxName &&
		!strings.ContainsFunc(name, func(r rune) bool { return r != '~' && (r >= 0x80 || !safeByte(byte(r))) })
}

// mayBegin reports whether arg may be the beginning of the id of the session in
// a directory, or of the directory's name.
func mayBegin(name, arg string) bool {
	if arg == "" {
		return false
	}
	if strings.HasPrefix(name, arg) {
		return true
	}
	if name[0] != '~' {
		return false
	}
	// Of an encoded name as much can be said as arg begins with ASCII: each of
	// these bytes has become one.
	n := strings.IndexFunc(arg, func(r rune) bool { return r >= 0x80 })
	if n < 0 {
		n = len(arg)
	}
	return strings.HasPrefix(name[1:], readable(arg[:min(n, readableLen)]))
}

// lookAll looks at the sessions in directories, and returns those that hold
// events in the order of Sessions.
func (s *Store) lookAll(root *os.Root, names []string) []Session {
	found := make([]*Session, len(names))
	each(len(names), func(i int) { found[i] = s.look(root, names[i]) })
	var list []Session
	for _, f := range found {
		if f != nil {
			list = append(list, *f)
		}
	}
	slices.SortFunc(list, byStart)
	return list
}

// Resolve returns the session of a list that arg names: its id, or the
// beginning of it if that is the beginning of no other.
func Resolve(list []Session, arg string) (Session, error) {
	var candidates []Session
	for _, s := range list {
		if s.ID == arg || s.Name == arg {
			return s, nil
		}
		if arg != "" && (strings.HasPrefix(s.ID, arg) || strings.HasPrefix(s.Name, arg)) {
			candidates = append(candidates, s)
		}
	}
	switch len(candidates) {
	case 0:
		return Session{}, fmt.Errorf("no session '%s' in the store", arg)
	case 1:
		return candidates[0], nil
	}
	var names []string
	for _, c := range candidates[:min(len(candidates), 8)] {
		names = append(names, c.ID)
	}
	more := ""
	if n := len(candidates) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return Session{}, fmt.Errorf("'%s' is the beginning of %d sessions: %s%s", arg, len(candidates), strings.Join(names, ", "), more)
}
