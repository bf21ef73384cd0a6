package mask

import "agenttrace/lib/scrub"

// nationalPhone finds a number as it is written within a country, and returns
// how many groups it takes. Forms that are hardly anything else are enough; of
// the others a word must say that they are phone numbers.
func (s *scan) nationalPhone(groups []group) int {
	if n := s.northAmerica(groups); n > 0 {
		return n
	}
	if n := s.trunk(groups); n > 0 {
		return n
	}
	return s.labelled(groups)
}

// paren reports whether the group stands in parentheses.
func (s *scan) paren(g group) bool {
	return g.from > 0 && s.text[g.from-1] == '(' && g.to < len(s.text) && s.text[g.to] == ')'
}

// northAmerica finds 415-555-2671, (415) 555-2671, 415.555.2671, 415 555 2671
// and the same after a 1.
func (s *scan) northAmerica(groups []group) int {
	t := s.text
	from, k := groups[0].from, 0
	if groups[0].len() == 1 && t[from] == '1' && len(groups) >= 4 && groups[1].sep != "?" {
		k = 1
	}
	if len(groups) >= k+2 && s.paren(groups[k]) && groups[k].len() == 3 && groups[k+1].len() == 7 && closes(groups[k+1].sep) {
		if s.parenStarts(&from, k, groups) && nanp(s.digits(groups[k:k+2])) && s.ends(groups[k+1].to) {
			s.add(from, s.extension(groups[k+1].to), phone)
			return k + 2
		}
	}
	if len(groups) < k+3 || groups[k].len() != 3 || groups[k+1].len() != 3 || groups[k+2].len() != 4 {
		return 0
	}
	end := groups[k+2].to
	if !nanp(s.digits(groups[k:k+3])) || !s.ends(end) {
		return 0
	}
	a, b := groups[k+1].sep, groups[k+2].sep
	if s.paren(groups[k]) {
		if !closes(a) || b != "-" && b != " " && b != "." || !s.parenStarts(&from, k, groups) {
			return 0
		}
		s.add(from, s.extension(end), phone)
		return k + 3
	}
	if len(groups) > k+3 && groups[k+3].sep == b && b != " " {
		return 0 // the numbers go on
	}
	c := s.before(from)
	word := c.tight&(aPhone|aCall) != 0
	switch {
	case a == b && (a == "-" || a == "."):
		if c.count && !word {
			return 0
		}
	case a == b && a == " ":
		// Three numbers in a row, unless they stand alone among words.
		if !word && (c.count || !s.alone(from, end) || k > 0) {
			return 0
		}
	case a == " " && b == "-" || a == "-" && b == " " || a == "/" && b == "-":
		if c.count && !word {
			return 0
		}
	default:
		if !word {
			return 0
		}
	}
	s.add(from, s.extension(end), phone)
	return k + 3
}

// closes reports whether sep ends an area code in parentheses.
func closes(sep string) bool {
	switch sep {
	case ")", ") ", ")-", ")/", ").":
		return true
	}
	return false
}

// parenStarts moves from to the parenthesis before an area code, and reports
// whether no call of a function begins there: f(415).
func (s *scan) parenStarts(from *int, k int, groups []group) bool {
	if k == 0 {
		*from = groups[0].from - 1
	}
	return s.boundary(*from) && (*from == 0 || s.text[*from-1] != ')' && s.text[*from-1] != ']')
}

// alone reports whether neither numbers nor hex digits stand next to [from,to)
// on its line.
func (s *scan) alone(from, to int) bool {
	t := s.text
	i := from
	for i > 0 && (t[i-1] == ' ' || t[i-1] == '\t') {
		i--
	}
	if i == 0 || t[i-1] == '\n' {
		if from-i > 0 && i != from {
			return false // indented: a table
		}
	} else if numeric(t, i, -1) || t[i-1] == ']' && endsMarker(t[:i]) {
		return false
	}
	k := to
	for k < len(t) && (t[k] == ' ' || t[k] == '\t') {
		k++
	}
	if k < len(t) && t[k] != '\n' && (numeric(t, k, 1) || scrub.MarkerAt(t[k:]) > 0) {
		return false
	}
	// At the start of a line more text makes it a row: 415 555 2671 file.
	return !(i == 0 || t[i-1] == '\n') || k == len(t) || t[k] == '\n' || t[k] == ',' || t[k] == '.' || t[k] == '"'
}

// numeric reports whether the word that ends (dir < 0) or begins at i holds
// digits or is of hex digits.
func numeric(t []byte, i, dir int) bool {
	n, hex := 0, true
	for n < 24 {
		k := i + n
		if dir < 0 {
			k = i - 1 - n
		}
		if k < 0 || k >= len(t) || class[t[k]]&isWord == 0 {
			break
		}
		if class[t[k]]&isDigit != 0 {
			return true
		}
		hex = hex && isHex(t[k])
		n++
	}
	return n == 2 && hex || n == 0 && (dir < 0 && i > 0 && (t[i-1] == '|' || t[i-1] == ';') || dir > 0 && (t[i] == '|' || t[i] == ';'))
}

// A form is how a number that begins with the 0 of the trunk, or with a mark
// as good as that, is grouped in some country.
type form struct {
	head   string // the first digits; ? is any
	groups []int
	seps   string // the separators, any of them but the same throughout
	paren  bool   // the first group is in parentheses
}

var forms = []form{
	{"07", []int{5, 6}, " ", false},           // United Kingdom, mobile
	{"07", []int{5, 3, 3}, " -", false},       //
	{"02", []int{3, 4, 4}, " -", false},       // United Kingdom: London and others
	{"01", []int{4, 3, 4}, " -", false},       //
	{"08", []int{4, 3, 4}, " -", false},       //
	{"03", []int{4, 3, 4}, " -", false},       //
	{"01", []int{5, 6}, " ", false},           //
	{"0", []int{2, 2, 2, 2, 2}, " .-", false}, // France
	{"04", []int{4, 3, 3}, " -", false},       // Australia, mobile; Belgium
	{"04", []int{4, 2, 2, 2}, " ", false},     // Belgium, mobile
	{"0?0", []int{3, 4, 4}, "-", false},       // Japan and Korea, mobile
	{"0", []int{2, 4, 4}, "-", false},         // Japan
	{"06", []int{2, 4, 4}, " -", false},       //
	{"0", []int{3, 3, 2, 2}, " ", false},      // Switzerland
	{"0", []int{3, 3, 4}, "-", false},         // Israel, Thailand, Taiwan
	{"1", []int{3, 4, 4}, "-", false},         // China, mobile
	{"0", []int{2, 4, 4}, " -", true},         // Australia
	{"0", []int{3, 4, 4}, " -", true},         // United Kingdom
	{"0", []int{5, 6}, " -", true},            //
	{"0", []int{4, 3, 4}, " -", true},         //
	{"?", []int{2, 5, 4}, "-", true},          // Brazil, mobile
	{"?", []int{2, 4, 4}, "-", true},          // Brazil
}

// trunk finds the forms above.
func (s *scan) trunk(groups []group) int {
	t := s.text
	g := groups[0]
	if len(groups) < 2 || g.len() < 2 || g.len() > 5 {
		return 0
	}
	paren := s.paren(g)
	if !paren && t[g.from] > '1' {
		return 0
	}
	for i := range forms {
		f := &forms[i]
		n := len(f.groups)
		if f.groups[0] != g.len() || f.paren != paren || len(groups) < n || !headIs(t[g.from:], f.head) {
			continue
		}
		first := 1
		if paren {
			if !closes(groups[1].sep) {
				continue
			}
			first = 2
		}
		ok := groups[1].len() == f.groups[1]
		for k := first; ok && k < n; k++ {
			ok = groups[k].len() == f.groups[k] && groups[k].sep == groups[first].sep
		}
		if !ok || n > first && !oneOf(groups[first].sep, f.seps) {
			continue
		}
		from, end := g.from, groups[n-1].to
		if !s.ends(end) || len(groups) > n && n > first && groups[n].sep == groups[first].sep {
			continue
		}
		if paren && !s.parenStarts(&from, 0, groups) {
			continue
		}
		if c := s.before(from); c.tight&(aPhone|aCall) == 0 && (c.count || !s.alone(from, end)) {
			continue
		}
		s.add(from, s.extension(end), phone)
		return n
	}
	return 0
}

func headIs(t []byte, head string) bool {
	for i := 0; i < len(head); i++ {
		if i >= len(t) || head[i] != '?' && t[i] != head[i] {
			return false
		}
	}
	return true
}

func oneOf(sep, seps string) bool {
	for i := 0; i < len(seps); i++ {
		if sep == seps[i:i+1] {
			return true
		}
	}
	return false
}

// labelled finds the longest number of 7 to 15 digits after a word such as
// "phone", whatever its groups are; after a word such as "call" it must have
// groups, or the length of a whole number.
func (s *scan) labelled(groups []group) int {
	t := s.text
	from := groups[0].from
	if groups[0].sep != "?" {
		return 0 // other digits stand between it and the word
	}
	d, best, digits := 0, 0, 0
	for i, g := range groups {
		if i > 0 && (g.sep == "?" || g.sep == "" || dateAt(t, g)) {
			break
		}
		if d += g.len(); d > maxPhone || i == 0 && dateAt(t, g) {
			break
		}
		if d >= 7 && s.ends(g.to) {
			best, digits = i+1, d
		}
	}
	if best == 0 {
		return 0
	}
	if groups[0].sep == "(" || s.paren(groups[0]) {
		if from > 0 && t[from-1] == '(' {
			from--
		}
	}
	c := s.before(from)
	switch {
	case version(groups[:best]) || digits < 2*best-1 || addressLike(t, groups[:best]):
		return 0
	case c.tight&aPhone != 0:
	case c.tight&aCall != 0:
		one := t[groups[0].from:groups[0].to]
		switch {
		case digits == 8 && inPairs(s.digits(groups[:best]), groups[:best]):
		case digits == 11 && best == 1 && one[0] == '1' && one[1] >= '3': // China, mobile
		case digits < 9 || best == 1 && !nanp(one) && (one[0] != '0' || digits > 11):
			return 0
		}
	default:
		return 0
	}
	s.add(from, s.extension(groups[best-1].to), phone)
	return best
}

// addressLike reports whether the groups begin as an address of IPv4.
func addressLike(t []byte, groups []group) bool {
	if len(groups) < 4 {
		return false
	}
	for i, g := range groups[:4] {
		if g.len() > 3 || i > 0 && g.sep != "." || g.len() == 3 && string(t[g.from:g.to]) > "255" {
			return false
		}
	}
	return true
}

// dateAt reports whether a date such as 2026-01-05 begins at the group.
func dateAt(t []byte, g group) bool {
	return g.len() == 4 && (t[g.from] == '1' && t[g.from+1] == '9' || t[g.from] == '2' && t[g.from+1] == '0') &&
		g.to+3 <= len(t) && (t[g.to] == '-' || t[g.to] == '/' || t[g.to] == '.') && (t[g.to+1] == '0' || t[g.to+1] == '1') && class[t[g.to+2]]&isDigit != 0 &&
		(g.to+3 == len(t) || class[t[g.to+3]]&isDigit == 0)
}

// version reports whether the groups are joined by dots and too short for a
// phone number: 124.0.6367.207.
func version(groups []group) bool {
	dots, short := 0, false
	for i, g := range groups {
		if i > 0 && g.sep == "." {
			dots++
		}
		short = short || g.len() == 1
	}
	return dots > 0 && dots == len(groups)-1 && (short || dots == 1)
}

// inPairs reports whether eight digits are grouped as in Singapore and Hong
// Kong, 6123 4567, or in Norway and Denmark, 22 22 33 33, and are no years.
func inPairs(d []byte, groups []group) bool {
	size := 2
	if len(groups) == 2 {
		size = 4
	} else if len(groups) != 4 {
		return false
	}
	for i, g := range groups {
		if g.len() != size || i > 0 && g.sep != " " {
			return false
		}
	}
	return d[0] >= '2' && string(d[:2]) != "20"
}
