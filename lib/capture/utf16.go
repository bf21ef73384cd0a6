package capture

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// text returns the text of r in UTF-8 if it is UTF-16 with a byte order mark,
// which is what PowerShell 5 writes of a program's output; otherwise r's bytes.
func text(r io.Reader) io.Reader { return &decoder{r: r} }

type decoder struct {
	r      io.Reader
	begun  bool
	plain  bool // nothing is to be decoded
	little bool
	in     []byte // bytes that have been read
	out    []byte // and what was made of those before
	high   rune   // the first half of a surrogate pair, 0 if there is none
	err    error
}

// Read reads what one Read of the input brings: it never waits for more than
// there is.
func (d *decoder) Read(p []byte) (int, error) {
	if d.plain && len(d.in) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		return d.r.Read(p)
	}
	for len(d.out) == 0 {
		if d.plain {
			n := copy(p, d.in)
			d.in = d.in[n:]
			return n, nil
		}
		if d.err != nil {
			if err := d.end(); err != nil {
				return 0, err
			}
			continue
		}
		buf := make([]byte, max(len(p)/2, 512))
		n, err := d.r.Read(buf)
		d.in, d.err = append(d.in, buf[:n]...), err
		if !d.begin() {
			continue
		}
		d.decode()
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// end returns the error at the end of the input, once what is left is told.
func (d *decoder) end() error {
	if len(d.in) == 0 && d.high == 0 {
		return d.err
	}
	if d.begun {
		d.in, d.high = nil, 0
		d.out = append(d.out, "\uFFFD"...)
	} else {
		d.plain = true
	}
	return nil
}

// begin looks for the mark, and reports whether there is something to decode.
func (d *decoder) begin() bool {
	if d.begun {
		return true
	}
	if len(d.in) < 2 {
		// Text in UTF-8 does not begin with either byte.
		d.plain = len(d.in) == 1 && d.in[0] < 0xFE
		return false
	}
	a, b := d.in[0], d.in[1]
	d.little = a == 0xFF && b == 0xFE
	d.begun = d.little || a == 0xFE && b == 0xFF
	d.plain = !d.begun
	if d.begun {
		d.in = d.in[2:]
	}
	return d.begun
}

// decode decodes the whole units there are.
func (d *decoder) decode() {
	d.out = d.out[:0]
	for ; len(d.in) >= 2; d.in = d.in[2:] {
		u := rune(d.in[0])<<8 | rune(d.in[1])
		if d.little {
			u = rune(d.in[1])<<8 | rune(d.in[0])
		}
		switch {
		case d.high != 0 && u >= 0xDC00 && u < 0xE000:
			d.out = utf8.AppendRune(d.out, utf16.DecodeRune(d.high, u))
			d.high = 0
			continue
		case d.high != 0:
			d.out = append(d.out, "\uFFFD"...)
			d.high = 0
		}
		if u >= 0xD800 && u < 0xDC00 {
			d.high = u
		} else {
			d.out = utf8.AppendRune(d.out, u) // U+FFFD for a second half alone
		}
	}
	d.in = append([]byte(nil), d.in...)
}
