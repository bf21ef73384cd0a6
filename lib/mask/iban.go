package mask

// ibanLength has the length of an IBAN by its country, after the registry of
// ISO 13616 that SWIFT keeps.
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
	"BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
	"EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
	"GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
	"IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
	"RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
	"SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// ibanBack is how far before its first long stretch of digits an IBAN may
// begin: country, check digits, and a bank in letters, in groups of four.
const ibanBack = 20

// ibanAt finds an IBAN that begins before the first group or at its check
// digits, and returns how many groups it takes.
func (s *scan) ibanAt(groups []group) int {
	t := s.text
	g := groups[0]
	low := max(0, g.from-ibanBack)
	for i := g.from - 2; i >= low; i-- {
		c := t[i]
		if c != ' ' && c != '-' && (class[c]&isWord == 0 || c >= 0x80 || c == '_') {
			return 0
		}
		if i+4 > len(t) || !isLetter(t[i]) || !isLetter(t[i+1]) || class[t[i+2]]&isDigit == 0 || class[t[i+3]]&isDigit == 0 || !s.boundary(i) {
			continue
		}
		if i > 0 && t[i-1] == '/' {
			continue
		}
		end := s.ibanFrom(i)
		if end == 0 {
			continue
		}
		s.add(i, end, iban)
		n := 0
		for n < len(groups) && groups[n].from < end {
			n++
		}
		return n
	}
	return 0
}

func isLetter(c byte) bool {
	return class[c]&isWord != 0 && c < 0x80 && class[c]&isDigit == 0 && c != '_'
}

// ibanFrom returns the end of the IBAN at t[i], 0 if there is none.
func (s *scan) ibanFrom(i int) int {
	t := s.text
	var room [34]byte
	c := room[:0]
	small := t[i] >= 'a'
	want, ok := ibanLength[string(upper2(t[i], t[i+1]))]
	if !ok {
		return 0
	}
	k := i
	group := 0
	for k < len(t) && len(c) < want {
		b := t[k]
		switch {
		case (b == ' ' || b == '-') && group == 4:
			group = 0
			k++
			continue
		case b == 0xc2 && k+1 < len(t) && t[k+1] == 0xa0 && group == 4:
			group = 0
			k += 2
			continue
		case class[b]&isDigit != 0:
		case isLetter(b):
			if b >= 'a' != small {
				return 0
			}
			b &^= 0x20
		default:
			return 0
		}
		c = append(c, b)
		group++
		k++
	}
	if len(c) != want || k < len(t) && class[t[k]]&isWord != 0 && t[k] < 0x80 || mod97(c) != 1 {
		return 0
	}
	if small && s.before(i).loose&anIBAN == 0 {
		return 0
	}
	return k
}

func upper2(a, b byte) []byte { return []byte{a &^ 0x20, b &^ 0x20} }

// mod97 is the check of ISO 7064 that an IBAN passes with 1: the first four
// characters go to the end, letters count from 10.
func mod97(c []byte) int {
	n := 0
	for i := range c {
		b := c[(i+4)%len(c)]
		if b <= '9' {
			n = (n*10 + int(b-'0')) % 97
		} else {
			n = (n*100 + int(b-'A') + 10) % 97
		}
	}
	return n
}
