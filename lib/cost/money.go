package cost

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

const maxInt = 1<<63 - 1

// plus adds numbers that are not negative; what does not fit is the largest.
func plus(a, b int64) int64 {
	if s := a + b; s >= a || b < 0 {
		return s
	}
	return maxInt
}

// mulDiv returns a × b / c, cut, for numbers that are not negative.
func mulDiv(a, b, c int64) int64 {
	if c <= 0 || a <= 0 || b <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return maxInt
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, maxInt))
}

// ParseUSD reads an amount of dollars as nano-dollars, rounded half up. What
// is finer cannot have been billed.
func ParseUSD[T string | []byte](text T) (nano int64, ok bool) {
	s := string(text)
	if len(s) == 0 || len(s) > 60 || s[0] != '-' && (s[0] < '0' || s[0] > '9') || strings.ContainsAny(s, "/xXpP_") {
		return 0, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 && len(s)-i > 4 {
		return 0, false
	}
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	v.Mul(v, big.NewRat(1e9, 1)).Add(v, big.NewRat(1, 2))
	n := new(big.Int).Div(v.Num(), v.Denom()) // Div rounds down for a positive denominator
	if !n.IsInt64() {
		return 0, false
	}
	return n.Int64(), true
}

// USD shows nano-dollars as dollars, with four decimals.
func USD(nano int64) string {
	sign := ""
	if nano < 0 {
		sign, nano = "-", -nano
	}
	if nano > 0 && nano < 50_000 {
		return sign + "<$0.0001"
	}
	n := (uint64(nano) + 50_000) / 100_000
	return fmt.Sprintf("%s$%s.%04d", sign, group(int64(n/10_000)), n%10_000)
}

// group writes a number with commas: 8,200.
func group(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent returns how much part is of whole, in whole percents, rounded.
func percent(part, whole int64) string {
	if whole <= 0 {
		return "0%"
	}
	p := (mulDiv(part, 1000, whole) + 5) / 10
	return fmt.Sprintf("%d%%", p)
}
