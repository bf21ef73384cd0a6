package mask

// maxPhone is the most digits in a number with its country code, after ITU-T
// E.164.
const maxPhone = 15

// international finds a number with a plus and a country code, or with 00 or
// 011 in its place.
func (s *scan) international(groups []group) int {
	t := s.text
	g := groups[0]
	from := g.from
	plus := false
	skip := 0 // digits of a prefix in the first group
	switch {
	case from >= 1 && t[from-1] == '+':
		plus, from = true, from-1
	case from >= 2 && t[from-1] == '(' && t[from-2] == '+':
		plus, from = true, from-2
	case from >= 2 && t[from-1] == '+' && t[from-2] == '(':
		plus, from = true, from-2
	case g.len() >= 3 && t[g.from] == '0' && t[g.from+1] == '0' && t[g.from+2] != '0':
		skip = 2
	case g.len() == 3 && string(t[g.from:g.to]) == "011" && len(groups) > 2:
		skip = 3
	default:
		return 0
	}
	if plus && from >= 1 && !s.plusStarts(from) {
		return 0
	}
	if !plus && !s.starts(from) {
		return 0
	}
	n, seps := s.e164(groups, skip)
	if n == 0 {
		return 0
	}
	if !plus && !(seps && n > 2) {
		// 0049151… without a separator is a number with leading zeros unless a
		// word says otherwise.
		if c := s.before(from); c.tight&(aPhone|aCall) == 0 {
			return 0
		}
	}
	if plus && s.inDiff(from) {
		return 0
	}
	end := s.extension(groups[n-1].to)
	if from >= 4 && string(t[from-4:from]) == "tel:" {
		from -= 4
	}
	s.add(from, end, phone)
	return n
}

// plusStarts reports whether a plus at i begins a number: it does not add, and
// is not the zone of a time.
func (s *scan) plusStarts(i int) bool {
	if s.boundary(i) {
		switch s.text[i-1] {
		case ')', '+', '^', '\\', '}', ']':
			return false
		}
		return true
	}
	return false
}

// e164 returns how many groups make up a number whose first digits,
// after skip of them, are a country code, and whether it has separators.
func (s *scan) e164(groups []group, skip int) (n int, seps bool) {
	t := s.text
	d := s.scratch[:0]
	best := 0
	var c country
	code := 0
	for i, g := range groups {
		if i > 0 {
			if g.sep == "?" {
				break
			}
		}
		if i > 0 && code > 0 && g.len() == 1 && t[g.from] == '0' && t[g.from-1] == '(' && g.to < len(t) && t[g.to] == ')' {
			continue // +44 (0)20 …
		}
		d = append(d, t[g.from:g.to]...)
		s.scratch = d
		if len(d)-skip > maxPhone {
			break
		}
		if code == 0 {
			if len(d) < skip+1 {
				continue
			}
			var ok bool
			if c, code, ok = byCode(d[skip:]); !ok {
				if len(d)-skip >= 3 {
					return 0, false
				}
				code = 0
				continue
			}
		}
		nsn := d[skip+code:]
		if len(nsn) < int(c.min) || len(nsn) > int(c.max) || !s.ends(g.to) {
			continue
		}
		if !plausible(c, nsn) {
			continue
		}
		if i == 0 && len(d)-skip < 8 {
			continue
		}
		best = i + 1
	}
	return best, best > 1
}

// plausible checks the first digits of a number within its country.
func plausible(c country, nsn []byte) bool {
	same := true
	for _, b := range nsn {
		same = same && b == nsn[0]
	}
	if same {
		return false
	}
	switch c.code {
	case 1:
		return nanp(nsn)
	case 39, 225, 229, 241, 242, 378: // keep the 0 of the trunk
		return true
	}
	return nsn[0] != '0'
}

// nanp reports whether ten digits are a number of the North American plan:
// neither area nor exchange begins with 0 or 1.
func nanp(d []byte) bool { return len(d) == 10 && d[0] >= '2' && d[3] >= '2' }

// inDiff reports whether the plus at i is the first on its line in a diff: the
// line before begins with a sign, too.
func (s *scan) inDiff(i int) bool {
	t := s.text
	// The newline may be written as an escape.
	k := i
	switch {
	case k == 0:
		return false
	case t[k-1] == '\n':
		k--
	case k >= 2 && t[k-1] == 'n' && t[k-2] == '\\':
		k -= 2
	default:
		return false
	}
	for k > 0 && t[k-1] != '\n' && !(t[k-1] == 'n' && k >= 2 && t[k-2] == '\\') {
		if s.line && (t[k-1] == '"' || i-k > 400) {
			return false // the text may begin there
		}
		if i-k > 400 {
			return true
		}
		k--
	}
	switch t[k] {
	case '+', '-', '@', ' ':
		return true
	}
	return false
}

// extension returns the end of a number with its extension: x12, ext. 12.
func (s *scan) extension(i int) int {
	t := s.text
	k := i
	for k < len(t) && (t[k] == ' ' || t[k] == ',' || t[k] == ';') && k < i+2 {
		k++
	}
	switch {
	case hasFold(t[k:], "ext"):
		k += 3
	case k < len(t) && (t[k] == 'x' || t[k] == 'X'):
		k++
	default:
		return i
	}
	for k < len(t) && (t[k] == '.' || t[k] == ' ' || t[k] == ':' || t[k] == '=') {
		k++
	}
	from := k
	for k < len(t) && class[t[k]]&isDigit != 0 {
		k++
	}
	if k == from || k-from > 6 || !s.ends(k) {
		return i
	}
	return k
}

// hasFold reports whether b begins with s, which is in lower case.
func hasFold(b []byte, s string) bool {
	if len(b) < len(s) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}
