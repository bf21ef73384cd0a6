package scrub

import "testing"

func TestTag(t *testing.T) {
	a, b := []byte("0123456789abcdef"), []byte("0123456789abcdeg")
	if Tag(a, []byte("x")) != Tag([]byte("0123456789abcdef"), []byte("x")) {
		t.Error("equal texts have different tags")
	}
	if Tag(a, []byte("x")) == Tag(b, []byte("x")) || Tag(a, []byte("x")) == Tag(a, []byte("y")) {
		t.Error("another key or text has the same tag")
	}
	if n := len(Tag(a, nil)); n != tagSize {
		t.Errorf("%d digits", n)
	}
}
