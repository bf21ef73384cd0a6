package redact

import "agenttrace/lib/scrub"

// minRun is the shortest run of base64 or hex digits that is looked at, in
// bytes.
const minRun = 24

// packed reports whether a line has a run of base64 or hex digits that reads
// as text. Runs are found in leaps of half the length of the shortest: the
// first byte of a run that is met has as many after it.
func packed(b []byte) bool {
	const leap = minRun / 2
	for i := leap - 1; i+leap < len(b); {
		if !digit64[b[i]] || !digit64[b[i+leap/3]] || !digit64[b[i+2*leap/3]] || !digit64[b[i+leap]] {
			i += leap
			continue
		}
		from, to := i, i+1
		for from > 0 && digit64[b[from-1]] {
			from--
		}
		for to < len(b) && digit64[b[to]] {
			to++
		}
		if to-from >= minRun && reads(b[from:to]) {
			return true
		}
		i = to + leap
	}
	return false
}

// reads reports whether a run reads as text from one of its first digits on.
func reads(run []byte) bool {
	for k := 0; k < 4; k++ {
		if scrub.PackedAt(run[k:]) {
			return true
		}
	}
	for k := 1; k < len(run) && k < 64; k++ {
		if (run[k-1] == '/' || run[k-1] == '=') && scrub.PackedAt(run[k:]) {
			return true
		}
	}
	return false
}

var digit64 = func() (t [256]bool) {
	for i := 0; i < 256; i++ {
		c := byte(i)
		t[i] = alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
	}
	return
}()
