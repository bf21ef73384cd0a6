package record

// Brackets counts the brackets of JSON that comes line by line, as far as strings
// are strings: by it one can tell when a value that spans lines may be whole. The
// zero value is at the beginning.
type Brackets struct {
	Depth int // how many are open

	inString, escaped bool
}

// Add takes the next piece of the text.
func (b *Brackets) Add(text []byte) {
	for _, c := range text {
		switch {
		case b.escaped:
			b.escaped = false
		case b.inString:
			b.escaped = c == '\\'
			b.inString = c != '"'
		case c == '"':
			b.inString = true
		case c == '{' || c == '[':
			b.Depth++
		case c == '}' || c == ']':
			b.Depth--
		}
	}
}
