package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// TestFollowLoad stops the collector while 1,000 events a second come, and starts
// it again: all spans are there, once. It is away for some seconds, and for a
// minute if AT_OTLP_LOAD is set; then the times between attempts are those that
// users have.
func TestFollowLoad(t *testing.T) {
	const perSecond = 500 // calls, of two events each
	before, away, after := 2, 5, 2
	args := []string{"--first-retry", "50ms"}
	if os.Getenv("AT_OTLP_LOAD") != "" {
		before, away, after, args = 10, 60, 10, nil
	} else if testing.Short() {
		t.Skip("it takes ten seconds")
	}
	t.Parallel()
	c := newCollector(t)
	c.start(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := program(t, r, append([]string{"--follow", "--endpoint", c.url(), "--grace", "100ms"}, args...)...)
	var msg bytes.Buffer
	cmd.Stderr = &msg
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()

	// All events are written beforehand, so that their pace is the only work.
	total := perSecond * (before + away + after)
	text := strings.SplitAfter(lines(0, total), "\n")
	from, written := time.Now(), 0
	load := func(seconds int) {
		for end := written + perSecond*seconds; written < end; {
			due := min(int(time.Since(from).Seconds()*perSecond), end)
			if due > written {
				if _, err := io.WriteString(w, strings.Join(text[2*written:2*due], "")); err != nil {
					t.Fatal(err)
				}
				written = due
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	load(before)
	c.wait(t, 1)
	c.leave(t)
	n, _ := c.count()
	load(away)
	c.start(t)
	load(after)
	io.WriteString(w, end)
	took := time.Since(from)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(25 * time.Millisecond) {
		if got, _ := c.count(); got > total || time.Now().After(deadline) {
			break
		}
	}
	caught := time.Since(from) - took
	w.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, msg.String())
	}
	got, twice := c.count()
	if got != total+1 || twice > 0 || n >= got {
		t.Errorf("%d spans, %d of them twice; want %d: %s", got, twice, total+1, msg.String())
	}
	t.Logf("%d events in %v, %d spans before the collector was away for %d s, %d in all, the last %v after the last event", 2*total+1, took.Round(time.Millisecond), n, away, got, caught.Round(time.Millisecond))
}
