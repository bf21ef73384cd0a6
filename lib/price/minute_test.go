package price

import (
	"testing"
	"time"
)

// TestByMinute checks that what has one price a day is the same at every hour.
func TestByMinute(t *testing.T) {
	timed := 0
	for i := range rows {
		r := &rows[i]
		if r.FromMinute != 0 || r.ToMinute != 0 {
			timed++
			if !Default.ByMinute(r.Model) {
				t.Errorf("%s has prices by the minute", r.Model)
			}
		}
		if Default.ByMinute(r.Model) {
			continue
		}
		for _, day := range []string{"2024-07-01", "2025-09-29", "2026-04-16", "2026-11-10"} {
			at, _ := time.Parse(time.DateOnly, day)
			want, match := Lookup(r.Model, at)
			for hour := range 24 {
				got, m := Lookup(r.Model, at.Add(time.Duration(hour)*time.Hour+31*time.Minute))
				if m != match || got.Name() != want.Name() || got.Rates != want.Rates || got.Provider != want.Provider {
					t.Fatalf("%s on %s: another price at %d:31", r.Model, day, hour)
				}
			}
		}
	}
	if timed == 0 {
		t.Error("no row holds at a time of the day only")
	}
	if Default.AsOf(time.Unix(1, 0)).ByMinute("deepseek-chat") {
		t.Error("as of a day, a price is one")
	}
}
