package price

import (
	"fmt"
	"math/bits"
	"time"
)

// A Rate is a price in picodollars a token, which is the same as microdollars
// per million tokens: a model of $3 per million tokens has the rate 3_000_000.
type Rate int64

// Unknown is the rate of what has no known price.
const Unknown Rate = -1

// Known reports whether there is a price.
func (r Rate) Known() bool { return r >= 0 }

// Cost returns the price of a number of tokens in picodollars. It does not
// overflow: what does not fit is the largest number.
func (r Rate) Cost(tokens int64) int64 {
	if r <= 0 || tokens <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(r), uint64(tokens))
	if hi != 0 || lo > 1<<63-1 {
		return 1<<63 - 1
	}
	return int64(lo)
}

// Nano returns picodollars in nano-dollars, rounded half up.
func Nano(pico int64) int64 {
	n := pico / 1000
	if pico%1000 >= 500 {
		n++
	}
	return n
}

// Rates are the prices of a request by class of token.
type Rates struct {
	Input        Rate // not from a cache, not written to one
	Output       Rate // reasoning included
	CacheRead    Rate
	CacheWrite5m Rate // or the one kind of write that the vendor has
	CacheWrite1h Rate
}

// Times returns the rates multiplied by thousandths, rounded half up to the
// picodollar.
func (r Rates) Times(permille int64) Rates {
	for _, p := range []*Rate{&r.Input, &r.Output, &r.CacheRead, &r.CacheWrite5m, &r.CacheWrite1h} {
		if p.Known() {
			*p = (*p*Rate(permille) + 500) / 1000
		}
	}
	return r
}

// A Tier is what a long request costs: all of it, not only what is beyond the
// threshold. That is how every vendor in the table bills.
type Tier struct {
	From int64 // the input tokens, cached ones included, from which it holds
	Rates
}

// A Date is a day in UTC as the number yyyymmdd; 0 is no bound.
type Date int32

// DateOf returns the day of a time.
func DateOf(t time.Time) Date {
	y, m, d := t.UTC().Date()
	return Date(y*10000 + int(m)*100 + d)
}

// String returns the date as yyyy-mm-dd.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d/10000, d/100%100, d%100) }

// A Row is what a model costs during a time.
type Row struct {
	Provider string // who bills: anthropic, openai, google, x-ai, aws …
	Model    string // as the provider names it, in lower case
	From, To Date   // holds from From until the day before To
	// Some prices hold only at a time of the day: from and to in minutes since
	// midnight, UTC. Both 0: always.
	FromMinute, ToMinute int16
	Rates
	Tiers         []Tier // by rising From
	WebSearch     int64  // nano-dollars a search that the vendor makes; -1 if not known
	ContextWindow int64  // tokens; 0 if not known
	MaxOutput     int64  // tokens; 0 if not known
	CacheShort    int32  // seconds that a cache lives after its last use; 0 if not known
	CacheLong     int32  // likewise, of the kind that lives longer
	Source        string // which collection says so
}

// Name names the row in reports and records: the model and, if it has one, the
// day on which its price began.
func (r *Row) Name() string {
	name := r.Model
	if r.From != 0 {
		name += "@" + r.From.String()
	}
	return name
}

// For returns the rates of a request with that many input tokens, cached ones
// included.
func (r *Row) For(input int64) Rates {
	rates := r.Rates
	for _, t := range r.Tiers {
		if input >= t.From {
			rates = t.Rates
		}
	}
	return rates
}

// NextTier returns the number of input tokens from which a request costs more
// than one of the given size. ok is false if there is none.
func (r *Row) NextTier(input int64) (from int64, ok bool) {
	for _, t := range r.Tiers {
		if t.From > input {
			return t.From, true
		}
	}
	return 0, false
}

// holds reports whether the row holds at a time.
func (r *Row) holds(at time.Time) bool {
	if d := DateOf(at); d < r.From || r.To != 0 && d >= r.To {
		return false
	}
	if r.FromMinute == 0 && r.ToMinute == 0 {
		return true
	}
	at = at.UTC()
	m := int16(at.Hour()*60 + at.Minute())
	if r.FromMinute <= r.ToMinute {
		return m >= r.FromMinute && m < r.ToMinute
	}
	return m >= r.FromMinute || m < r.ToMinute
}
