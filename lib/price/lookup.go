package price

import (
	"slices"
	"strings"
	"time"
)

// A Match says how a name was found.
type Match int

// The matches, the surest first.
const (
	// None: there is no price.
	None Match = iota
	// Exact: the name stands in the table.
	Exact
	// Alias: another name of the same model: with a date, a region or the
	// vendor, or one that the vendor lists.
	Alias
	// Family: the same model and version with a suffix that does not mean
	// another price, as far as is known: -preview, -thinking, -high.
	Family
)

// String returns the match in lower case.
func (m Match) String() string { return [...]string{"none", "exact", "alias", "family"}[m] }

// A Table finds prices.
type Table struct {
	rows    []Row   // sorted by Model; of one model as in the source: the last that holds counts
	aliases []alias // sorted by name
	over    *Table  // where to look first
	asOf    time.Time
}

// alias is another name of a model.
type alias struct{ name, model string }

// Default is the table that is compiled in.
var Default = &Table{rows: rows, aliases: aliases}

// Lookup returns the price of a model at a time from [Default].
func Lookup(model string, at time.Time) (Row, Match) { return Default.Lookup(model, at) }

// AsOf returns a table in which every price is the one of a day, whenever the
// request was.
func (t *Table) AsOf(day time.Time) *Table {
	c := *t
	c.asOf = day
	return &c
}

// With returns a table in which the rows of another stand before those of t.
func (t *Table) With(over *Table) *Table {
	c := *t
	c.over = over
	return &c
}

// Lookup returns the price of a model at a time. A time that is not known, the
// zero time, is taken for the date of the table. The match is None, and the row
// empty, if there is no price.
func (t *Table) Lookup(model string, at time.Time) (Row, Match) {
	if !t.asOf.IsZero() {
		at = t.asOf
	}
	if at.IsZero() {
		at = time.Unix(tableUnix, 0)
	}
	if t.over != nil {
		if r, m := t.over.Lookup(model, at); m != None {
			return r, m
		}
	}
	whole := strings.ToLower(strings.TrimSpace(model))
	match := Exact
	if same, ok := sameAs[whole]; ok {
		model, match = same, Alias
	}
	if strings.Contains(model, "/") {
		match = Alias
	}
	for name := range names(model) {
		if name == family {
			match = Family
			continue
		}
		if r, ok := t.find(name, at); ok {
			if name == whole {
				match = Exact
			}
			return r, match
		}
		if i, ok := slices.BinarySearchFunc(t.aliases, name, func(a alias, n string) int { return strings.Compare(a.name, n) }); ok {
			if r, ok := t.find(t.aliases[i].model, at); ok {
				return r, max(match, Alias)
			}
		}
		match = max(match, Alias)
	}
	// OpenRouter has makers whose own prices are not in the table.
	if r, ok := t.find(strings.TrimPrefix(whole, "openrouter/"), at); ok {
		return r, Exact
	}
	return Row{}, None
}

// find returns the row of a model of exactly that name. Where several
// providers have it, the first of them counts: the table has them in order,
// the maker first.
func (t *Table) find(name string, at time.Time) (found Row, ok bool) {
	i, ok := slices.BinarySearchFunc(t.rows, name, func(r Row, n string) int { return strings.Compare(r.Model, n) })
	if !ok {
		return Row{}, false
	}
	ok = false
	for provider := t.rows[i].Provider; i < len(t.rows) && t.rows[i].Model == name && t.rows[i].Provider == provider; i++ {
		if t.rows[i].holds(at) {
			found, ok = t.rows[i], true
		}
	}
	return found, ok
}

// ByMinute reports whether the price of a model may change within a day. Where
// it does not, what Lookup finds holds for all of a day in UTC.
func (t *Table) ByMinute(model string) bool {
	if t.over != nil && t.over.ByMinute(model) {
		return true
	}
	if !t.asOf.IsZero() {
		return false
	}
	whole := strings.ToLower(strings.TrimSpace(model))
	if t.timed(whole) || t.timed(strings.TrimPrefix(whole, "openrouter/")) {
		return true
	}
	if same, ok := sameAs[whole]; ok {
		model = same
	}
	for name := range names(model) {
		if t.timed(name) {
			return true
		}
		if i, ok := slices.BinarySearchFunc(t.aliases, name, func(a alias, n string) int { return strings.Compare(a.name, n) }); ok && t.timed(t.aliases[i].model) {
			return true
		}
	}
	return false
}

// timed reports whether a row of a model of exactly that name holds at a time
// of the day only.
func (t *Table) timed(name string) bool {
	i, ok := slices.BinarySearchFunc(t.rows, name, func(r Row, n string) int { return strings.Compare(r.Model, n) })
	for ; ok && i < len(t.rows) && t.rows[i].Model == name; i++ {
		if t.rows[i].FromMinute != 0 || t.rows[i].ToMinute != 0 {
			return true
		}
	}
	return false
}

// Day returns the day that AsOf was given, the zero time if it was not.
func (t *Table) Day() time.Time { return t.asOf }
