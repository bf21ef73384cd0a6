package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// annotated is a store with one session of one event.
func annotated(t *testing.T) (*Store, Session, string) {
	t.Helper()
	st := At(t.TempDir())
	if err := st.Append("s", []byte(`{"event_type":"a","event_id":"e1","session_id":"s"}`+"\n")); err != nil {
		t.Fatal(err)
	}
	list, err := st.Sessions()
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return st, list[0], filepath.Join(st.Dir(), "s", annotationsFile)
}

func TestAnnotate(t *testing.T) {
	st, sess, file := annotated(t)
	in := Annotation{ID: "0d1e2f3a4b5c", Event: "e1", Offset: 1500 * time.Millisecond, Label: "fix", Note: "a\n\"b\"", Author: "u", Created: 1795332300123456000}
	if err := st.Annotate(sess, in); err != nil {
		t.Fatal(err)
	}
	got, err := st.Annotations(sess, func(err error) { t.Error(err) })
	if err != nil || !slices.Equal(got, []Annotation{in}) {
		t.Errorf("%+v, %v; want %+v", got, err, in)
	}
	// The keys that agent-strace writes, all of them, in its order.
	text, _ := os.ReadFile(file)
	var keys []string
	gjson.ParseBytes(text).ForEach(func(k, _ gjson.Result) bool {
		keys = append(keys, k.String())
		return true
	})
	want := "[annotation_id session_id event_id offset_seconds label note author created_at]"
	if fmt.Sprint(keys) != want {
		t.Errorf("keys %v, want %s", keys, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	// A torn line does not take the next one with it.
	if err := os.WriteFile(file, append(text, `{"annot`...), 0o600); err != nil {
		t.Fatal(err)
	}
	in.ID = "1d1e2f3a4b5c"
	if err := st.Annotate(sess, in); err != nil {
		t.Fatal(err)
	}
	problems := 0
	got, _ = st.Annotations(sess, func(error) { problems++ })
	if len(got) != 2 || problems != 1 {
		t.Errorf("%d annotations, %d problems; want 2, 1", len(got), problems)
	}
}

func TestDeleteAnnotation(t *testing.T) {
	st, sess, file := annotated(t)
	if found, err := st.DeleteAnnotation(sess, "x"); found || err != nil {
		t.Errorf("without annotations: %v, %v", found, err)
	}
	for i := range 3 {
		if err := st.Annotate(sess, Annotation{ID: fmt.Sprint("id", i), Note: "secret", Created: int64(i) * 1e9}); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := st.DeleteAnnotation(sess, "id1"); !found || err != nil {
		t.Fatal(found, err)
	}
	var out bytes.Buffer
	if _, err := st.Copy(&out, sess, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), `"event_type":"annotation"`); n != 2 {
		t.Errorf("%d annotations are left, want 2:\n%s", n, out.String())
	}
	if text, _ := os.ReadFile(file); bytes.Count(text, []byte("secret")) != 2 {
		t.Error("what was deleted is still in the file")
	}
	if found, _ := st.DeleteAnnotation(sess, "id1"); found {
		t.Error("it is deleted twice")
	}
}

// TestAnnotateAtOnce checks that no annotation is lost while others are added
// and deleted, also by a program that appends without the lock.
func TestAnnotateAtOnce(t *testing.T) {
	st, sess, file := annotated(t)
	const n = 40
	var wg sync.WaitGroup
	for i := range n {
		if err := st.Annotate(sess, Annotation{ID: fmt.Sprint("old", i)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		wg.Go(func() {
			if found, err := st.DeleteAnnotation(sess, fmt.Sprint("old", i)); !found || err != nil {
				t.Error(found, err)
			}
		})
		wg.Go(func() {
			if err := st.Annotate(sess, Annotation{ID: fmt.Sprint("new", i)}); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			fmt.Fprintf(f, `{"annotation_id":"foreign%d"}`+"\n", i)
		})
	}
	wg.Wait()
	list, err := st.Annotations(sess, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, a := range list {
		ids[a.ID] = true
	}
	for i := range n {
		if !ids[fmt.Sprint("new", i)] || !ids[fmt.Sprint("foreign", i)] || ids[fmt.Sprint("old", i)] {
			t.Errorf("%d: new, foreign, old = %v, %v, %v", i, ids[fmt.Sprint("new", i)], ids[fmt.Sprint("foreign", i)], ids[fmt.Sprint("old", i)])
		}
	}
	if len(list) != 2*n {
		t.Errorf("%d annotations, want %d", len(list), 2*n)
	}
}
