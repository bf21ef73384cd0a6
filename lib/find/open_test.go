package find

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

// TestInflate checks that what is compressed is read as it was, and all else as
// it is, also where it is shorter than the mark of a compressed file.
func TestInflate(t *testing.T) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat(`{"type":"x"}`+"\n", 1000)
	packed := string(w.EncodeAll([]byte(text), nil))
	for _, c := range []struct{ in, want string }{
		{packed, text}, {packed + packed, text + text}, {text, text}, {"", ""}, {"{", "{"}, {packed[:3], packed[:3]},
	} {
		r, err := Inflate(io.NopCloser(iotest.HalfReader(strings.NewReader(c.in))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != c.want {
			t.Errorf("%.20q: %d bytes, want %d, %v", c.in, len(got), len(c.want), err)
		}
		r.Close()
	}
	r, err := Inflate(io.NopCloser(bytes.NewReader([]byte(packed[:len(packed)-9]))))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); err == nil {
		t.Error("a compressed file that was cut is read as if it were whole")
	}
}
