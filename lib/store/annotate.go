package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// An Annotation is a note of a person on a session, or on an event of it: a
// line of annotations.jsonl, whose format is that of agent-strace.
type Annotation struct {
	ID      string        // 12 hex digits
	Event   string        // the event_id, "" if it is about the session
	Offset  time.Duration // of the event, from the session's first event
	Label   string
	Note    string
	Author  string
	Created int64 // nanoseconds since 1970; 0 if it is not known
}

// line returns the annotation as it is stored. agent-strace expects all keys.
func (a *Annotation) line(session string) []byte {
	var o event.Object
	o.Text("annotation_id", a.ID).Text("session_id", session).Text("event_id", a.Event)
	o.Seconds("offset_seconds", int64(a.Offset))
	o.Text("label", a.Label).Text("note", a.Note).Text("author", a.Author).Seconds("created_at", a.Created)
	return append(o.Bytes(), '\n')
}

// Annotate adds an annotation to a session.
func (s *Store) Annotate(sess Session, a Annotation) error {
	return s.append(filepath.Join(sess.Name, annotationsFile), a.line(sess.ID))
}

// Annotations returns the annotations of a session, in the order in which
// they were made. problem is told of lines that are none.
func (s *Store) Annotations(sess Session, problem func(error)) (list []Annotation, err error) {
	root, err := s.root(false)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = s.eachAnnotation(root, sess, problem, func(line []byte) {
		a := gjson.ParseBytes(line)
		offset, _ := event.Nanos(a.Get("offset_seconds").Raw)
		created, _ := createdAt(a)
		list = append(list, Annotation{
			ID: a.Get("annotation_id").String(), Event: a.Get("event_id").String(), Offset: time.Duration(offset),
			Label: a.Get("label").String(), Note: a.Get("note").String(), Author: a.Get("author").String(),
			Created: created,
		})
	})
	return list, err
}

// DeleteAnnotation deletes the annotation with an id, and reports whether there
// was one. Its line is overwritten with blanks: whoever appends at the same
// time, with the lock or without, loses nothing, and whoever reads sees a blank
// line.
func (s *Store) DeleteAnnotation(sess Session, id string) (found bool, err error) {
	root, err := s.root(false)
	if err != nil {
		return false, err
	}
	defer root.Close()
	name := filepath.Join(sess.Name, annotationsFile)
	f, err := root.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("cannot open the annotations of %s: %w", sess.ID, err)
	}
	defer f.Close() // which gives up the lock
	if err := lock(f); err != nil {
		return false, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return false, fmt.Errorf("cannot read %s: %w", filepath.Join(s.dir, name), err)
	}
	off := int64(0)
	for line := range bytes.Lines(text) {
		body := bytes.TrimRight(line, "\r\n")
		if gjson.ValidBytes(body) && gjson.GetBytes(body, "annotation_id").String() == id {
			found = true
			if _, err := f.WriteAt(bytes.Repeat([]byte{' '}, len(body)), off); err != nil {
				return true, fmt.Errorf("cannot write to %s: %w", filepath.Join(s.dir, name), err)
			}
		}
		off += int64(len(line))
	}
	return found, nil
}

// copyAnnotations writes the annotations of a session as records.
func (s *Store) copyAnnotations(w io.Writer, root *os.Root, sess Session, problem func(error)) error {
	out := event.NewWriter(w)
	err := s.eachAnnotation(root, sess, problem, func(line []byte) { out.Write(annotation(sess.ID, line)) })
	if ferr := out.Flush(); err == nil {
		err = ferr
	}
	return err
}

// eachAnnotation calls fn for each line of a session's annotations.
func (s *Store) eachAnnotation(root *os.Root, sess Session, problem func(error), fn func(line []byte)) error {
	f, size, err := openWhole(root, filepath.Join(sess.Name, annotationsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("cannot read annotations of %s: %w", sess.ID, err)
	}
	defer f.Close()
	lines := event.NewLineReaderSize(io.NewSectionReader(f, 0, size), 8<<10)
	for {
		line, err := lines.Read()
		if err != nil {
			return nil
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue // one that was deleted
		}
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
		if _, err := event.Check(line); err != nil || line[0] != '{' {
			problem(&event.SyntaxError{File: filepath.Join(s.dir, sess.Name, annotationsFile), Line: lines.Line(), Msg: "not an annotation"})
			continue
		}
		fn(line)
	}
}

// annotation makes a record of a line of annotations.jsonl: its keys are the
// data, as they stand, but for those that say nothing.
func annotation(session string, line []byte) []byte {
	a := gjson.ParseBytes(line)
	ns, timed := createdAt(a)
	var o event.Object
	event.Fields(line, func(key, value []byte) bool {
		if v := string(value); v != `""` && v != "null" {
			o.RawKey(key, value)
		}
		return true
	})
	id := a.Get("annotation_id").String()
	if id == "" {
		id = string(line)
	}
	return event.Append(nil, event.Header{
		Type: "annotation", UnixNano: ns, Untimed: !timed, ID: event.ID(session, "annotation", id),
		Session: session, Parent: a.Get("event_id").String(),
	}, o.Bytes())
}

// createdAt reads seconds since 1970, as agent-strace writes them, or an
// RFC 3339 time.
func createdAt(a gjson.Result) (ns int64, ok bool) {
	v := a.Get("created_at")
	if t, err := time.Parse(time.RFC3339Nano, v.Str); err == nil {
		return t.UnixNano(), true
	}
	return event.Nanos(v.Raw)
}
