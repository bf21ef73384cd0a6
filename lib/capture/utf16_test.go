package capture

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

func inUTF16(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// Text with the mark of UTF-16 is read as what it says; every other as it is.
func TestUTF16(t *testing.T) {
	const line = "{\"event_type\":\"x\",\"session_id\":\"s\",\"data\":{\"a\":\"é \u20AC \U0001F600\"}}"
	for name, c := range map[string]struct{ in, want string }{
		"little": {inUTF16(line, binary.LittleEndian), line}, "big": {inUTF16(line, binary.BigEndian), line},
		"plain": {line, line}, "one byte": {"x", "x"}, "nothing": {"", ""}, "a BOM": {"\uFEFFx", "\uFEFFx"},
		"the mark alone": {"\xFF\xFE", ""}, "half a mark": {"\xFF", "\xFF"}, "half a unit": {"\xFF\xFEa\x00b", "a\uFFFD"},
		"half a pair at the end": {"\xFF\xFEa\x00\x3D\xD8", "a\uFFFD"}, "half a pair": {"\xFF\xFE\x3D\xD8a\x00", "\uFFFDa"}, "the other half": {"\xFF\xFE\x00\xDCa\x00", "\uFFFDa"},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in)), iotest.DataErrReader(strings.NewReader(c.in))} {
			got, err := io.ReadAll(text(r))
			if err != nil || string(got) != c.want {
				t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
			}
		}
	}
	r := capture(t, inUTF16(line+"\r\n"+line+"\r\n", binary.LittleEndian), File{Name: "f"}, false)
	if len(r.lines) != 2 || r.lines[0] != line || len(r.problems) > 0 {
		t.Errorf("%q %q", r.lines, r.problems)
	}
	r = capture(t, "\x00\x00"+line+"\n"+line+"\x00\n", File{Name: "f"}, false)
	if len(r.lines) != 2 || r.lines[1] != line || len(r.problems) != 2 || len(r.lost) > 0 {
		t.Errorf("NUL bytes: %q %q", r.lines, r.problems)
	}
}
