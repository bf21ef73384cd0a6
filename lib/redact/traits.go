package redact

// traits are what a value is made of.
type traits struct {
	n, digits, uppers, lowers, signs, spaces, others int
	switches                                         int // between lower case, capitals and digits, but at the start of a word
	distinct, vowels                                 int
	longest                                          int // of its runs of letters and digits
}

func traitsOf(v []byte) (t traits) {
	v = head(v)
	var seen [4]uint64
	run := 0
	t.n = len(v)
	for i, c := range v {
		seen[c>>6] |= 1 << (c & 63)
		kind := kindOf(c)
		switch c | 0x20 {
		case 'a', 'e', 'i', 'o', 'u':
			t.vowels++
		}
		if i > 0 {
			if p := kindOf(v[i-1]); p != kind && p != 0 && kind != 0 && !(p == 2 && kind == 3) {
				t.switches++
			}
		}
		switch kind {
		case 1:
			t.digits++
		case 2:
			t.uppers++
		case 3:
			t.lowers++
		default:
			switch {
			case c == ' ' || c == '\t' || c == '\n':
				t.spaces++
			case c == '-' || c == '_' || c == '.' || c == '/' || c == ':' || c >= 0x80: // letters of other alphabets
				t.others++
			default:
				t.signs++
			}
			run = -1
		}
		run++
		t.longest = max(t.longest, run)
	}
	for _, s := range seen {
		for ; s != 0; s &= s - 1 {
			t.distinct++
		}
	}
	return t
}

// maxHead is how much of a value is looked at to tell what it is, in bytes.
const maxHead = 600

// head returns as much of a value as tells what it is.
func head(v []byte) []byte { return v[:min(len(v), maxHead)] }

func kindOf(c byte) int {
	switch {
	case isDigit(c):
		return 1
	case isUpper(c):
		return 2
	case isLower(c):
		return 3
	}
	return 0
}

// wordy reports whether a value reads as words or as an identifier: no digits
// and no signs, and capitals only where they begin a word.
func (t *traits) wordy() bool {
	return t.digits == 0 && t.signs == 0 && !t.shuffled()
}

// shuffled reports whether letters of both cases stand in no order that words
// have: capitals within them, or few vowels.
func (t *traits) shuffled() bool {
	return t.n >= 10 && t.uppers >= 2 && t.lowers >= 2 && t.vowels*6 < t.n && t.others == 0 ||
		t.n >= 14 && t.uppers >= 3 && t.lowers >= 3 && (t.switches*4 >= t.n || t.vowels*4 < t.n && t.switches*6 >= t.n)
}

// identifier reports whether a value may be the name of a variable: a word
// with some digits at its end.
func identifier(v []byte, t *traits) bool {
	if t.signs > 0 || t.digits > 3 {
		return false
	}
	end := len(v)
	for end > 0 && isDigit(v[end-1]) {
		end--
	}
	head := traitsOf(v[:end])
	return head.wordy()
}

// random reports whether a value looks drawn from an alphabet: n or more
// characters, letters and digits mixed.
func (t *traits) random(n int) bool {
	if t.n < n || t.spaces > 0 || t.longest < min(n, 12) {
		return false
	}
	letters := t.uppers + t.lowers
	return t.digits >= 2 && letters >= 2 && t.distinct >= 6 || !t.wordy() && t.digits >= 1 && letters >= 4 && t.distinct >= 6 ||
		t.shuffled() && t.distinct >= 8
}

// drawn reports whether a text of some length is drawn from an alphabet: with
// so many digits and letters, or with letters of both cases in no order that
// words have.
func (t *traits) drawn(n int) bool {
	return t.digits >= n && t.uppers+t.lowers >= n || t.shuffled() || t.digits > 0 && t.uppers > 2 && t.lowers > 2 && t.switches*5 >= t.n
}
