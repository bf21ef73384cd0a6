package mask

// Phone numbers, cards and the like are found from their digits. A run is a
// stretch of digits and the separators that stand between them; it is cut
// into groups of digits, and each matcher looks whether it begins at a group.

// minRun is the length of the shortest run that may hold a number, in bytes:
// 555-2671. Runs are looked for in leaps of this length.
const minRun = 8

// minDigits is the fewest digits in a number: 555-2671.
const minDigits = 7

// The classes of bytes in runs.
const (
	inRun   = 1 << iota // a digit or a separator
	isDigit             // a digit
	isWord              // a letter, a digit, _ or part of a rune beyond ASCII
)

var class = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] = inRun | isDigit | isWord
	}
	for _, c := range " -.()/" {
		t[c] = inRun
	}
	// U+00A0, U+2009, U+2010 to U+2014 and U+202F are separators too.
	for _, c := range "\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014" {
		for _, b := range []byte(string(c)) {
			t[b] |= inRun
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= isWord
		t[c-'a'+'A'] |= isWord
	}
	t['_'] |= isWord
	for c := 0x80; c < 0x100; c++ {
		t[c] |= isWord
	}
	return t
}()

// maxGroups is how many groups of a run are looked at together. No number has
// more.
const maxGroups = 12

// A group is a stretch of digits: text[from:to]. What stands between it and
// the group before is sep.
type group struct {
	from, to int
	sep      string
	before   int // the length of the group before it, if that was not taken
}

func (g group) len() int { return g.to - g.from }

// numbers finds what is made of digits in s.text.
func (s *scan) numbers() {
	t := s.text
	for i := minRun - 1; i < len(t); i += minRun {
		if c := class[t[i]]; c&inRun == 0 || c&isDigit == 0 && !s.digitNear(i) {
			continue
		}
		from, to := i, i+1
		for from > 0 && class[t[from-1]]&inRun != 0 {
			from--
		}
		for to < len(t) && class[t[to]]&inRun != 0 {
			to++
		}
		if to-from >= minRun {
			s.run(from, to)
			if s.done {
				return
			}
		}
		// The next byte to look at is the last of the shortest run that can
		// begin at to.
		i = to - 1
	}
}

// digitNear reports whether a digit stands near the separator at i: separators
// have three characters at most, of at most three bytes. It passes over
// indentation at once.
func (s *scan) digitNear(i int) bool {
	t := s.text
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if c := class[t[k]]; c&isDigit != 0 {
			return true
		} else if c&inRun == 0 {
			break
		}
	}
	for k := i + 1; k < len(t) && k <= i+4; k++ {
		if c := class[t[k]]; c&isDigit != 0 {
			return true
		} else if c&inRun == 0 {
			break
		}
	}
	return false
}

// run looks at the groups of digits in text[from:to].
func (s *scan) run(from, to int) {
	t := s.text
	digits := 0
	for _, c := range t[from:to] {
		if class[c]&isDigit != 0 {
			digits++
		}
	}
	if digits < minDigits {
		return
	}
	groups := s.groups[:0]
	// The end of the last group, if another goes on from it, and the first group
	// that was not looked at.
	last, at := -1, 0
	for i := from; ; {
		if at == maxKept {
			groups = groups[:copy(groups, groups[at:])]
			at = 0
		}
		for len(groups)-at < maxGroups && i < to {
			if class[t[i]]&isDigit == 0 {
				i++
				continue
			}
			j := i + 1
			for j < to && class[t[j]]&isDigit != 0 {
				j++
			}
			g := group{from: i, to: j, sep: "?"}
			if s.line {
				if g.from = afterEscape(t, i, j); g.from == j {
					i, last = j, -1
					continue
				}
			}
			if last >= 0 {
				g.sep = sepKind(t[last:i])
			}
			groups = append(groups, g)
			last, i = j, j
		}
		if at == len(groups) {
			break
		}
		n := s.number(groups[at:])
		if s.done {
			return
		}
		if n == 0 {
			n = 1
			if at+1 < len(groups) {
				groups[at+1].before = groups[at].len()
			}
		}
		at += n
		for at > maxKept {
			groups = groups[:copy(groups, groups[maxKept:])]
			at -= maxKept
		}
	}
	s.groups = groups
}

// maxKept is how many groups that were looked at are kept before the rest is
// moved up.
const maxKept = 32

// afterEscape returns where the digits that begin at i go on after those that
// are the end of an escape as it is written: \u00160….
func afterEscape(t []byte, i, end int) int {
	for k := i - 1; k >= 1 && k > i-6; k-- {
		if t[k] == 'u' && t[k-1] == '\\' {
			return min(max(i, k+5), end)
		}
		if !isHex(t[k]) {
			break
		}
	}
	return i
}

// sepKind returns the separator in its plain form: one of "", " ", "-", ".",
// "/", "(", ")", ") ", " (", ")-" … or "?" if it is none that stands within a
// number.
func sepKind(b []byte) string {
	switch string(b) {
	case " ", "\u00a0", "\u2009", "\u202f":
		return " "
	case "-", "\u2010", "\u2011", "\u2012", "\u2013":
		return "-"
	case ".":
		return "."
	case "/":
		return "/"
	case "(":
		return "("
	case ")":
		return ")"
	case " (", "\u00a0(":
		return " ("
	case ") ", ")\u00a0":
		return ") "
	case ")-", ") -":
		return ")-"
	case "-(":
		return "-("
	case " - ", " \u2013 ":
		return " - "
	case " / ":
		return " / "
	case ")/":
		return ")/"
	case ".(":
		return ".("
	case ").":
		return ")."
	}
	return "?"
}

// number looks for a number that begins at the first group, and returns how
// many groups it took: 0 if it found none.
func (s *scan) number(groups []group) int {
	g := groups[0]
	total := 0
	for i := 0; i < len(groups) && total < minDigits; i++ {
		total += groups[i].to - groups[i].from
	}
	if total < minDigits {
		return 0
	}
	// The letters of an IBAN stand before the run. It comes first: it has check
	// digits, and what follows its bank may look like 0066, a country's prefix.
	if s.on[iban] && g.sep == "?" {
		if n := s.ibanAt(groups); n > 0 {
			return n
		}
	}
	if s.on[phone] {
		if n := s.international(groups); n > 0 {
			return n
		}
	}
	if s.on[awsAccount] && g.len() == 12 {
		if s.awsAt(g) {
			return 1
		}
	}
	if !s.starts(g.from) {
		return 0
	}
	if s.on[card] {
		if n := s.cardAt(groups); n > 0 {
			return n
		}
	}
	if s.on[ssn] {
		if n := s.ssnAt(groups); n > 0 {
			return n
		}
	}
	if s.on[phone] {
		return s.nationalPhone(groups)
	}
	return 0
}

// starts reports whether a number may begin at i: not within a word, and not
// after a decimal point or a sign that ties it to what stands before.
func (s *scan) starts(i int) bool {
	if !s.boundary(i) {
		return false
	}
	if i == 0 {
		return true
	}
	switch s.text[i-1] {
	case '-':
		return newlineBefore(s.text[:i-1]) // a bullet
	case '#':
		c := s.before(i - 1) // SSN#…, but not #4539…
		return i > 1 && class[s.text[i-2]]&isWord != 0 && c.tight&(aSSN|aPhone|aCard) != 0
	case '.', '$', '\\', '~', '^':
		return false // 0.4539…
	case ':':
		return i < 2 || class[s.text[i-2]]&isDigit == 0 // 10:12:…
	}
	return true
}

// newlineBefore reports whether b ends in a newline, or in one as it is written.
func newlineBefore(b []byte) bool {
	n := len(b)
	return n > 0 && b[n-1] == '\n' || n > 1 && b[n-1] == 'n' && b[n-2] == '\\'
}

// ends reports whether a number may end at i.
func (s *scan) ends(i int) bool {
	t := s.text
	if i >= len(t) {
		return true
	}
	c := t[i]
	if c < 0x80 && class[c]&isWord != 0 {
		return false
	}
	if i+1 < len(t) && class[t[i+1]]&isWord != 0 && t[i+1] < 0x80 {
		switch c {
		case '-':
			return false
		case '.', ',':
			// 12.5 goes on; the end of a sentence does not.
			return class[t[i+1]]&isDigit == 0
		}
	}
	return c != '%' || i+1 < len(t) && class[t[i+1]]&isDigit != 0
}

// boundary reports whether no word goes on over i. The letter of an escape
// such as \n, which a text may show as it is written, ends a word, and so do
// escapes in percent signs and the colours of a terminal.
func (s *scan) boundary(i int) bool {
	if i == 0 {
		return true
	}
	t := s.text
	c := t[i-1]
	if class[c]&isWord == 0 {
		return true
	}
	if c >= 0x80 {
		// A number may follow a word of a script without spaces.
		return true
	}
	if i >= 2 && t[i-2] == '\\' {
		return c == 'n' || c == 't' || c == 'r'
	}
	switch {
	case c == 'm':
		return colourEnds(t[:i])
	case isHex(c) && i >= 3 && t[i-3] == '%' && isHex(t[i-2]):
		return true
	case isHex(c) && i >= 6 && t[i-6] == '\\' && t[i-5] == 'u':
		return true
	}
	return false
}

// colourEnds reports whether b ends in a colour of a terminal: ESC [ 3 2 m, or
// \u001b[32m as it is written.
func colourEnds(b []byte) bool {
	k := len(b) - 2
	for low := k - 16; k > 0 && k > low && (class[b[k]]&isDigit != 0 || b[k] == ';'); k-- {
	}
	if k < 1 || b[k] != '[' {
		return false
	}
	for _, esc := range [...]string{"\x1b", `\u001b`, `\u001B`, `\x1b`, `\x1B`, `\033`, `\e`} {
		if hasSuffix(b[:k], esc) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// digits appends the digits of the groups to the scratch of s.
func (s *scan) digits(groups []group) []byte {
	d := s.scratch[:0]
	for _, g := range groups {
		d = append(d, s.text[g.from:g.to]...)
	}
	s.scratch = d
	return d
}
