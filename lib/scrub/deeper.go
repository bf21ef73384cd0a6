package scrub

import (
	"bytes"
	"encoding/base64"

	"agenttrace/lib/event"
)

// deeper looks at the texts within the text of a level.
func (w *walker) deeper(l *level) {
	if w.depth >= maxDepth || w.budget < 0 {
		return
	}
	w.depth++
	kind := w.place.Kind
	if !w.json(l) {
		w.escaped(l)
		w.percents(l)
		w.packed(l)
	}
	w.depth--
	if w.depth == 0 {
		w.place.Depth = 0
	}
	w.place.Kind = kind
}

// json walks the JSON in the text. It reports whether the text is JSON as a
// whole: then there is nothing else to look at.
func (w *walker) json(l *level) bool {
	b := l.text
	i := skipSpace(b, 0)
	if i < len(b) && (b[i] == '{' || b[i] == '[') {
		if _, err := event.Check(b); err == nil {
			w.nested(l, i)
			return true
		}
	}
	// JSON among other text: lines of a log, several records, an answer of a
	// server. What fails costs as much as was read, so that is bounded.
	tries := 2*len(b) + 1024
	for ; i < len(b) && tries > 0; i++ {
		k := bytes.IndexAny(b[i:min(len(b), i+4096)], "{[")
		if k < 0 {
			i += min(len(b)-i, 4096) - 1
			continue
		}
		i += k
		j := skipSpace(b, i+1)
		if j >= len(b) || b[j] != '"' && (b[i] == '{' || b[j] != '{') {
			continue
		}
		n, ok := event.Value(b[i:])
		if !ok {
			tries -= n + 1
			continue
		}
		w.nested(l, i)
		i += n - 1
	}
	return false
}

// nested walks the JSON value at l.text[i]. Its keys stand below those of the
// string it is in.
func (w *walker) nested(l *level, i int) {
	p := w.place
	w.value(l, i)
	strict := w.place.Strict
	w.place = p
	w.place.Strict = strict
}

// escaped looks at the text as the inside of a string: source code, or JSON
// that is cut or quoted once more.
func (w *walker) escaped(l *level) {
	b := l.text
	k := bytes.IndexByte(b, '\\')
	if k < 0 || k == len(b)-1 {
		return
	}
	in := &level{up: l, quoting: jsonString}
	w.decode(in, func(dst []byte) []byte {
		dst, in.escapes = unescape(dst, nil, b, true)
		return dst
	})
	if len(in.escapes) > 0 {
		w.within(in)
	}
}

// percents looks at the text with its percent signs decoded.
func (w *walker) percents(l *level) {
	b := l.text
	k := bytes.IndexByte(b, '%')
	for k >= 0 && hexValue(b, k+1, 2) < 0 {
		n := bytes.IndexByte(b[k+1:], '%')
		if n < 0 {
			return
		}
		k += n + 1
	}
	if k < 0 {
		return
	}
	in := &level{up: l, quoting: percent}
	w.decode(in, func(dst []byte) []byte {
		dst, in.escapes = unpercent(dst, nil, b)
		return dst
	})
	w.within(in)
}

func (w *walker) within(l *level) {
	l.inner = true
	w.place.Kind = Text
	w.place.Depth = w.depth
	w.text(l)
}

// minPacked is the shortest run of base64 or hex digits that is decoded, in
// bytes: what holds less cannot be told from a word or a number.
const minPacked = 24

// packed looks at what is written in base64 or hex.
func (w *walker) packed(l *level) {
	b := l.text
	for i := 0; i < len(b) && w.budget > 0; {
		if !base64Byte[b[i]] {
			i++
			continue
		}
		from := i
		for i < len(b) && base64Byte[b[i]] {
			i++
		}
		if i-from < minPacked {
			continue
		}
		// Base64 is often cut into lines; the digits go on after the newline.
		for i+1 < len(b) && i-from >= 60 && (b[i] == '\n' || b[i] == '\r') {
			j := i
			for j < len(b) && (b[j] == '\n' || b[j] == '\r' || b[j] == ' ') {
				j++
			}
			k := j
			for k < len(b) && base64Byte[b[k]] {
				k++
			}
			if k-j < 4 {
				break
			}
			i = k
		}
		w.run(l, from, i)
	}
}

// run looks at the run of base64 digits text[from:to].
func (w *walker) run(l *level, from, to int) {
	b := l.text[from:to]
	for _, skip := range starts(b) {
		if !PackedAt(b[skip:]) {
			continue
		}
		in := &level{up: l, whole: true, off: from + skip, end: to}
		w.decode(in, func(dst []byte) []byte { return unpack(dst, b[skip:]) })
		if !printable(in.text) {
			w.arena = w.arena[:len(w.arena)-len(in.text)]
			continue
		}
		w.within(in)
		return
	}
}

// starts returns where in a run the digits may begin: a path or a name may
// stand before them.
func starts(b []byte) []int {
	list := []int{0, 1, 2, 3}
	for i := 1; i < len(b) && i < 64; i++ {
		if b[i-1] == '/' || b[i-1] == '=' {
			list = append(list, i)
		}
	}
	return list
}

var base64Byte, base64Digit = func() (in [256]bool, digit [256]int8) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range digit {
		digit[i] = -1
	}
	for i := 0; i < len(digits); i++ {
		in[digits[i]] = true
		digit[digits[i]] = int8(i)
	}
	digit['-'], digit['_'] = 62, 63
	in['-'], in['_'], in['='] = true, true, true
	return
}()

// PackedAt reports whether the base64 or hex digits at the start of b read as
// text, going by the first of them.
func PackedAt(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	return base64Text(b) || hexText(b)
}

// base64Text reports whether the first 16 digits are 12 bytes of text.
func base64Text(b []byte) bool {
	for i := 0; i < 16; i += 4 {
		v := 0
		for _, c := range b[i : i+4] {
			d := base64Digit[c]
			if d < 0 {
				return false
			}
			v = v<<6 | int(d)
		}
		if !textByte[byte(v>>16)] || !textByte[byte(v>>8)] || !textByte[byte(v)] {
			return false
		}
	}
	return true
}

// hexText reports whether the first 16 digits are 8 bytes of text.
func hexText(b []byte) bool {
	for i := 0; i < 16; i += 2 {
		v := hexValue(b, i, 2)
		if v < 0 || !textByte[byte(v)] {
			return false
		}
	}
	return true
}

var textByte = func() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = true
	}
	t['\n'], t['\r'], t['\t'] = true, true, true
	return
}()

// unpack appends what the digits in b say, in hex if they all are hex digits
// that read as text, else in base64.
func unpack(dst, b []byte) []byte {
	if len(b) >= 16 && hexText(b) {
		for i := 0; i+2 <= len(b); i += 2 {
			v := hexValue(b, i, 2)
			if v < 0 {
				break
			}
			dst = append(dst, byte(v))
		}
		return dst
	}
	var four [4]byte
	n := 0
	for _, c := range b {
		d := base64Digit[c]
		if d < 0 {
			continue // a newline, or the padding
		}
		four[n] = byte(d)
		if n++; n == 4 {
			dst = append(dst, four[0]<<2|four[1]>>4, four[1]<<4|four[2]>>2, four[2]<<6|four[3])
			n = 0
		}
	}
	if n > 1 {
		dst = append(dst, four[0]<<2|four[1]>>4)
	}
	if n > 2 {
		dst = append(dst, four[1]<<4|four[2]>>2)
	}
	return dst
}

// printable reports whether b is text rather than bytes.
func printable(b []byte) bool {
	bad := 0
	for _, c := range b {
		if !textByte[c] && c < 0x80 || c == 0xff {
			bad++
		}
	}
	return len(b) >= 8 && bad*32 < len(b)
}

// blobKeys are the keys under which protocols keep bytes that must come back
// as they were: signatures of thinking, reasoning that only its vendor can
// read, images.
func blobKey(key []byte) bool {
	switch string(key) {
	case "signature", "encrypted_content", "encryptedContent", "redacted_data", "thought_signature", "thoughtSignature",
		"data", "image", "base64", "blob", "image_url", "url", "bytes", "encrypted_index", "encrypted_stdout":
		return true
	}
	return false
}

// protected reports whether a value is such bytes: nothing but base64, and not
// of a text.
func (w *walker) protected(b []byte) bool {
	if len(b) < 32 || !blobKey(w.place.Key) {
		return false
	}
	if bytes.HasPrefix(b, []byte("data:")) {
		i := bytes.Index(b[:min(len(b), 128)], []byte(";base64,"))
		if i < 0 {
			return false
		}
		b = b[i+8:]
	}
	if base64Text(b) && len(b) >= 16 {
		return false
	}
	// Digits of all kinds: a token with a prefix of its own is no blob.
	for _, c := range b {
		if !base64Byte[c] {
			return false
		}
	}
	if bytes.ContainsAny(b[:16], "-_") && len(b) < 200 {
		return false
	}
	// Whole groups of four, as an encoder writes them, or base64url of some
	// length.
	_, err := base64.StdEncoding.DecodeString(string(b[:len(b)&^3]))
	return err == nil && len(b)%4 == 0 || len(b) >= 200
}

// Unpack appends what the base64 or hex digits in b say.
func Unpack(dst, b []byte) []byte { return unpack(dst, b) }
