package mask

import (
	"net/netip"
)

// addresses finds public addresses of IPv4 and IPv6.
func (s *scan) addresses() {
	t := s.text
	for i := 0; i < len(t) && !s.done; {
		c := t[i]
		if !isHex(c) && c != ':' {
			i++
			continue
		}
		from := i
		dots, colons := 0, 0
		for i < len(t) && (isHex(t[i]) || t[i] == ':' || t[i] == '.') {
			switch t[i] {
			case '.':
				dots++
			case ':':
				colons++
			}
			i++
		}
		if dots >= 3 || colons >= 2 {
			s.address(from, i)
		}
		if i == from {
			i++
		}
	}
}

// address looks for an address in t[from:to], which holds nothing but hex
// digits, dots and colons.
func (s *scan) address(from, to int) {
	t := s.text
	end := to
	if to-from > 64 {
		return
	}
	for end > from && (t[end-1] == '.' || t[end-1] == ':' && (end < from+2 || t[end-2] != ':')) {
		end--
	}
	if !s.boundary(from) || from > 0 && (t[from-1] == '.' || t[from-1] == '-') {
		return
	}
	if end == to && to < len(t) && class[t[to]]&isWord != 0 && t[to] < 0x80 {
		return
	}
	text := t[from:end]
	// A port after an address of IPv4.
	for i, c := range text {
		if c == ':' && i > 6 && count(text[:i], '.') == 3 && count(text[:i], ':') == 0 {
			text = text[:i]
			break
		}
	}
	a, err := netip.ParseAddr(string(text))
	if err != nil || !isPublic(a) {
		return
	}
	if a.Is4() {
		// In a line as it stands the words may not be known: all of them count.
		if c := s.before(from); c.tight&(aIPVersion|aCount) != 0 && c.tight != ^uint16(0) {
			return
		}
	}
	if a.Is6() && !a.Is4In6() && count(text, ':') < 3 {
		return // a::b is a name in code, or nearly
	}
	s.add(from, from+len(text), ip)
}

func count(b []byte, c byte) int {
	n := 0
	for _, x := range b {
		if x == c {
			n++
		}
	}
	return n
}

// notPublic are the blocks that RFC 6890, 5737, 3849 and 6598 set aside and
// that netip does not tell.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
}

// isPublic reports whether an address can be that of a person.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if a.IsPrivate() || a.IsLoopback() || a.IsUnspecified() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsInterfaceLocalMulticast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
