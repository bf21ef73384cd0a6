package mask

// cardAt finds a payment card at the first group and returns how many groups
// it takes.
func (s *scan) cardAt(groups []group) int {
	g := groups[0]
	if g.len() >= 12 && g.len() <= 19 {
		if s.cardEnds(g.from, g.to) && s.cardDigits(s.text[g.from:g.to]) && s.loneCard(g) {
			s.add(g.from, g.to, card)
			return 1
		}
		return 0
	}
	if g.len() < 4 || g.len() > 6 || len(groups) < 2 || groups[1].sep != " " && groups[1].sep != "-" {
		return 0
	}
	sep := groups[1].sep
	if g.sep == sep && g.before == g.len() {
		return 0 // a table of numbers of four digits
	}
	for _, shape := range cardShapes {
		if len(groups) < len(shape) {
			continue
		}
		ok := true
		for i, n := range shape {
			ok = ok && groups[i].len() == n && (i == 0 || groups[i].sep == sep)
		}
		if !ok {
			continue
		}
		last := groups[len(shape)-1]
		d := s.digits(groups[:len(shape)])
		if !s.cardEnds(g.from, last.to) || !s.cardDigits(d) {
			continue
		}
		// So is this, unless a word says that it is a card.
		before := g.sep == sep && sep == " "
		after := len(groups) > len(shape) && groups[len(shape)].sep == sep && groups[len(shape)].len() == g.len()
		if (before || after) && s.before(g.from).loose&aCard == 0 {
			continue
		}
		s.add(g.from, last.to, card)
		return len(shape)
	}
	return 0
}

// cardEnds reports whether the number of a card may end at to. In a row of
// values a comma follows it, and then the month that it expires in.
func (s *scan) cardEnds(from, to int) bool {
	if s.ends(to) {
		return true
	}
	t := s.text
	if t[to] != ',' {
		return false
	}
	k := to + 1
	for k < len(t) && k-to < 6 && class[t[k]]&isDigit != 0 {
		k++
	}
	if k == to+3 && k+1 < len(t) && (t[k] == '/' || t[k] == '-') && class[t[k+1]]&isDigit != 0 {
		return true
	}
	return s.before(from).loose&aCard != 0
}

// cardShapes are the groups in which cards are written, the longest first.
var cardShapes = [...][]int{{4, 4, 4, 4, 3}, {6, 13}, {4, 4, 4, 4}, {4, 6, 5}, {4, 4, 4, 3}, {4, 6, 4}, {4, 4, 5}, {4, 4, 4, 2}}

// loneCard reports whether a number without separators may be a card where it
// stands.
func (s *scan) loneCard(g group) bool {
	t := s.text
	c := s.before(g.from)
	if c.loose&aCard != 0 {
		return true
	}
	n := g.len()
	if n < 14 || n > 16 || c.count && (g.from == 0 || t[g.from-1] != '\'') {
		return false
	}
	if g.from > 0 {
		switch t[g.from-1] {
		case '/', '_', '=', '@':
			// Part of a path or an address: an id.
			return t[g.from-1] == '=' && (c.tight&aCount == 0 || c.tight == ^uint16(0))
		}
	}
	return g.to >= len(t) || t[g.to] != '.' && t[g.to] != '_' || g.to+1 >= len(t) || class[t[g.to+1]]&isWord == 0
}

// cardDigits reports whether d is the number of a payment card: an issuer's
// range (ISO/IEC 7812, as the networks publish them) and the length that goes
// with it, and the check digit.
func (s *scan) cardDigits(d []byte) bool {
	n := len(d)
	if n < 12 || n > 19 || !luhn(d) {
		return false
	}
	p2 := int(d[0]-'0')*10 + int(d[1]-'0')
	p4 := p2*100 + int(d[2]-'0')*10 + int(d[3]-'0')
	p3 := p4 / 10
	switch {
	case d[0] == '4': // Visa
		return n == 16 || n == 13 || n == 19
	case p2 >= 51 && p2 <= 55, p4 >= 2221 && p4 <= 2720: // Mastercard
		return n == 16
	case p2 == 34 || p2 == 37: // American Express
		return n == 15
	case p4 == 6011, p3 >= 644 && p3 <= 649, p2 == 65: // Discover, RuPay
		return n >= 16
	case p4 >= 3528 && p4 <= 3589: // JCB
		return n >= 16
	case p3 >= 300 && p3 <= 305, p4 == 3095: // Diners Club
		return n == 14 || n == 16
	case p2 == 36, p2 == 38, p2 == 39:
		return n == 14 || n == 16
	case p2 == 62, p2 == 81: // UnionPay
		return n >= 16
	case p4 >= 2200 && p4 <= 2204: // Mir
		return n >= 16
	case p4 == 9792: // Troy
		return n == 16
	case p2 == 50, p2 >= 56 && p2 <= 58, p2 == 60, p2 == 61, p2 == 63, p2 >= 66 && p2 <= 69, p2 == 64: // Maestro, RuPay, Elo, Verve
		return n != 17
	}
	return false
}

// luhn checks the check digit of ISO/IEC 7812.
func luhn(d []byte) bool {
	sum := 0
	same := true
	for i, c := range d {
		v := int(c - '0')
		if (len(d)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
		same = same && c == d[0]
	}
	return sum%10 == 0 && !same
}

// ssnAt finds a social security number.
func (s *scan) ssnAt(groups []group) int {
	t := s.text
	g := groups[0]
	if g.len() == 9 {
		if d := t[g.from:g.to]; ssnDigits(d, true) && s.ends(g.to) && s.ssnWord(g.from) {
			s.add(g.from, g.to, ssn)
			return 1
		}
		return 0
	}
	if g.len() != 3 || len(groups) < 3 || groups[1].len() != 2 || groups[2].len() != 4 || groups[1].sep != groups[2].sep {
		return 0
	}
	sep := groups[1].sep
	end := groups[2].to
	if sep != "-" && sep != " " && sep != "." || !s.ends(end) || len(groups) > 3 && groups[3].sep == sep && sep != " " {
		return 0
	}
	word := s.ssnWord(g.from)
	if !ssnDigits(s.digits(groups[:3]), word) || !word && (sep != "-" || s.before(g.from).count) {
		return 0
	}
	s.add(g.from, end, ssn)
	return 3
}

// ssnWord reports whether a word before i says that it is one.
func (s *scan) ssnWord(i int) bool {
	c := s.before(i)
	return c.tight&aSSN != 0 || c.loose&aSSN != 0 && c.tight&aFiller != 0 || c.loose&aSecurity != 0 && c.tight&(aSecurity|aFiller) != 0
}

// ssnDigits checks the parts of nine digits: no area 000 or 666, no group 00,
// no serial 0000. Areas from 900 are taxpayer numbers, which only a word tells.
func ssnDigits(d []byte, word bool) bool {
	area, group, serial := string(d[:3]), string(d[3:5]), string(d[5:])
	return area != "000" && area != "666" && group != "00" && serial != "0000" && (d[0] != '9' || word)
}

// awsAt finds the account of AWS in twelve digits that stand where it stands:
// in an ARN, the address of a registry or a queue, the name of a bucket, or
// after a word that says so.
func (s *scan) awsAt(g group) bool {
	t := s.text
	if g.to < len(t) && class[t[g.to]]&isWord != 0 && t[g.to] < 0x80 {
		return false
	}
	before, after := t[:g.from], t[g.to:]
	ok := false
	switch {
	case len(before) > 0 && before[len(before)-1] == ':' && inARN(before):
		ok = true
	case hasPrefix(after, ".dkr.ecr") || hasPrefix(after, ".signin.aws") || hasPrefix(after, ".dkr-ecr"):
		ok = s.boundary(g.from)
	case len(before) > 0 && before[len(before)-1] == '/' && hasSuffix(before[:len(before)-1], ".amazonaws.com"):
		ok = true
	case hasPrefix(after, "-") && isRegion(after[1:]):
		ok = s.boundary(g.from)
	case hasPrefix(after, ":role/") || hasPrefix(after, ":user/"):
		ok = s.boundary(g.from)
	case s.starts(g.from):
		c := s.before(g.from)
		ok = c.tight&anAccount != 0 || c.loose&anAccount != 0 && c.loose&anAmazon != 0 || c.tight&anAmazon != 0
	}
	if ok {
		s.add(g.from, g.to, awsAccount)
	}
	return ok
}

// maxARN is how far back the beginning of an ARN is looked for: partition,
// service and region are short.
const maxARN = 64

// inARN reports whether b ends in arn:PARTITION:SERVICE:REGION: or in the same
// without a region.
func inARN(b []byte) bool {
	colons := 0
	for i := len(b) - 1; i >= 0 && i > len(b)-maxARN; i-- {
		switch c := b[i]; {
		case c == ':':
			colons++
			if colons == 4 {
				return i >= 3 && hasFold(b[i-3:], "arn:")
			}
		case c != '-' && class[c]&isWord == 0 && c != '*':
			return false
		}
	}
	return false
}

// isRegion reports whether b begins with a region of AWS: us-east-1.
func isRegion(b []byte) bool {
	if len(b) < 9 || b[2] != '-' {
		return false
	}
	switch string(b[:2]) {
	case "us", "eu", "ap", "ca", "sa", "me", "af", "il", "mx", "cn":
	default:
		return false
	}
	dashes := 0
	for i := 3; i < len(b) && i < 20; i++ {
		c := b[i]
		if c == '-' {
			dashes++
		} else if class[c]&isDigit != 0 {
			return dashes >= 1 && b[i-1] == '-'
		} else if c < 'a' || c > 'z' {
			return false
		}
	}
	return false
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
func hasSuffix(b []byte, s string) bool { return len(b) >= len(s) && string(b[len(b)-len(s):]) == s }
