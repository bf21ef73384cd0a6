package annotate

import (
	"fmt"
	"testing"
	"time"

	"agenttrace/lib/event"
)

func TestParseOffset(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration // -1 if it is an error
	}{
		{"30s", 30 * time.Second}, {"2m14s", 134 * time.Second}, {"1:30", 90 * time.Second}, {"45", 45 * time.Second},
		{"1h", time.Hour}, {"1h02m03s", 3723 * time.Second}, {"1:02:03", 3723 * time.Second}, {"0", 0}, {"1.5", 1500 * time.Millisecond},
		{"1.5s", 1500 * time.Millisecond}, {"90m", 90 * time.Minute}, {"0:00.25", 250 * time.Millisecond},
		{"", -1}, {"soon", -1}, {"1:60", -1}, {"-5", -1}, {"2m14", -1}, {"1e3", -1}, {":30", -1}, {"1:2:3:4", -1}, {"99999999999", -1},
	} {
		got, err := ParseOffset(c.text)
		if (err != nil) != (c.want == -1) || err == nil && got != c.want {
			t.Errorf("%q: %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]int{"12": 12, "#12": 12, "#1": 1, "0": 0, "x": 0, "": 0, "##1": 0, "1.5": 0, "99999999999": 0} {
		if got, err := ParseNumber(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
}

// TestNearest checks that --at finds the event nearest to a time, the first of
// two, whatever the order of their times.
func TestNearest(t *testing.T) {
	times := []int{0, 10, 4, 20}
	for at, want := range map[time.Duration]int{0: 1, 2 * time.Second: 1, 3 * time.Second: 3, 7 * time.Second: 2, 9 * time.Second: 2, 20500 * time.Millisecond: 4} {
		f := Finder{Target: Target{At: at, Timed: true}}
		for i, ts := range times {
			e, err := event.Parse(fmt.Appendf(nil, `{"event_type":"a","timestamp":%d,"event_id":"e%d"}`, 1000+ts, i+1))
			if err != nil {
				t.Fatal(err)
			}
			f.Add(e)
		}
		if got, err := f.Result(); err != nil || got.Number != want || got.Offset != time.Duration(times[want-1])*time.Second {
			t.Errorf("%v: %+v, %v; want #%d", at, got, err, want)
		}
	}
}

func FuzzParseOffset(f *testing.F) {
	for _, s := range []string{"2m14s", "1:30", "45", "1:02:03.5", "h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseOffset(s); err == nil && d < 0 {
			t.Errorf("%q is %v", s, d)
		}
	})
}
