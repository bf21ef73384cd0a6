package setup

import (
	"fmt"
	"strconv"
	"strings"
)

// A Version is the version of an agent. The zero Version is a present one.
type Version [3]int

// ParseVersion reads a version such as 2.1.139, v2.1 or the line that an agent
// prints for --version, which may have more words after it.
func ParseVersion(s string) (Version, error) {
	bad := fmt.Errorf("%q is not a version such as 2.1.139", s)
	words := strings.Fields(s)
	if len(words) == 0 {
		return Version{}, bad
	}
	parts := strings.Split(strings.TrimPrefix(words[0], "v"), ".")
	var v Version
	if len(parts) > len(v) {
		return Version{}, bad
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return Version{}, bad
		}
		v[i] = int(n)
	}
	if v == (Version{}) {
		return Version{}, bad
	}
	return v, nil
}

// String returns the version as 2.1.139.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// before reports whether v is older than w. The zero Version is not.
func (v Version) before(w Version) bool {
	if v == (Version{}) {
		return false
	}
	for i := range v {
		if v[i] != w[i] {
			return v[i] < w[i]
		}
	}
	return false
}
