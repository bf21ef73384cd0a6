package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"agenttrace/lib/annotate"
	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/store"
)

func run(c *cli.IO, o *options) error {
	target, err := o.target()
	if err != nil {
		return err
	}
	st, err := o.where.Open()
	if err != nil {
		return err
	}
	sess, err := find(st, o.id)
	if err != nil {
		return err
	}
	switch {
	case o.list:
		return list(c, o, st, sess)
	case o.delete != "":
		found, err := st.DeleteAnnotation(sess, o.delete)
		if err == nil && !found {
			err = fmt.Errorf("no annotation '%s' in session %s", o.delete, sess.ID)
		}
		return err
	}
	finder := annotate.Finder{Target: target}
	if err := each(st, sess, c.Notef, finder.Add); err != nil {
		return err
	}
	at, err := finder.Result()
	if err != nil {
		return fmt.Errorf("cannot annotate session %s: %w", sess.ID, err)
	}
	a := store.Annotation{
		Event: at.ID, Offset: at.Offset, Label: o.label, Note: o.note, Author: o.author, Created: o.clock.Now().UnixNano(),
	}
	a.ID = event.ID(sess.ID, "annotation", a.Event, a.Label, a.Note, a.Author, fmt.Sprint(a.Created))
	if err := st.Annotate(sess, a); err != nil {
		return err
	}
	return c.Out.Write([]byte(a.ID))
}

// target checks the options and says which event they mean.
func (o *options) target() (t annotate.Target, err error) {
	if strings.HasPrefix(o.id, "#") && o.number == "" {
		o.id, o.number = "", o.id
	}
	if o.bookmark {
		if o.label != "" && o.label != annotate.Bookmark {
			return t, errors.New("--bookmark is a label: leave out --label")
		}
		o.label = annotate.Bookmark
	}
	named := 0
	for _, s := range []string{o.number, o.event, o.at} {
		if s != "" {
			named++
		}
	}
	says := o.note != "" || o.label != ""
	switch {
	case o.list && (says || o.delete != "") || o.delete != "" && says:
		return t, errors.New("--list, --delete and what to note: choose one")
	case named > 1:
		return t, errors.New("a number, --event and --at: choose one")
	case !o.list && o.delete == "" && !says:
		return t, cli.WithHint(errors.New("nothing to note"), "give --note, --label or --bookmark, or --list")
	}
	if o.number != "" {
		t.Number, err = annotate.ParseNumber(o.number)
	} else if o.at != "" {
		t.At, err = annotate.ParseOffset(o.at)
		t.Timed = true
	}
	t.Event = o.event
	return t, err
}

// find returns the session that is meant.
func find(st *store.Store, id string) (store.Session, error) {
	if id != "" {
		sess, err := st.Resolve(id)
		if _, bad := annotate.ParseNumber(id); err != nil && bad == nil {
			err = cli.WithHint(err, fmt.Sprintf("at-annotate '#%s' is about event %s of the latest session", id, id))
		}
		return sess, err
	}
	sessions, err := st.Sessions()
	if err != nil {
		return store.Session{}, err
	}
	latest, ok := store.Latest(sessions)
	if !ok {
		return latest, fmt.Errorf("no session in %s", st.Dir())
	}
	return latest, nil
}

// each calls fn for each event of a session, in the order of at-cat. tell is
// told of lines that are none.
func each(st *store.Store, sess store.Session, tell func(string, ...any), fn func(event.Event)) error {
	w := event.LineWriter(func(line []byte) error {
		if e, err := event.Parse(line); err == nil {
			fn(e)
		}
		return nil
	}, func() error { return nil })
	_, err := st.Copy(w, sess, func(err error) { tell("%v", err) })
	return err
}

func list(c *cli.IO, o *options, st *store.Store, sess store.Session) error {
	if o.format == "json" {
		var err error
		ferr := each(st, sess, c.Warnf, func(e event.Event) {
			if e.Is("annotation") && err == nil {
				err = c.Out.Write(e.Raw)
			}
		})
		return cmp.Or(ferr, err)
	}
	annotations, err := st.Annotations(sess, func(error) {}) // reported when the session is read
	if err != nil || len(annotations) == 0 {
		return err
	}
	lister := annotate.NewLister(annotations)
	if err := each(st, sess, c.Warnf, lister.Add); err != nil {
		return err
	}
	_, err = c.Stdout.Write(lister.AppendText(nil, annotations, o.zone.Location()))
	return err
}
