package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"agenttrace/lib/cli"
)

func size(n int64) string {
	switch {
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// A bar shows on a terminal how much of a long work is done.
type bar struct {
	mu    sync.Mutex // files are read several at a time
	w     io.Writer  // nil if there is nobody to show it to
	total int64
	seen  int64
	next  time.Time
	drawn bool
}

// longWork is the size of input from which a bar is shown, in bytes.
const longWork = 32 << 20

func newBar(c *cli.IO, inputs []input) *bar {
	b := &bar{}
	for _, in := range inputs {
		b.total += in.size
	}
	if f, ok := c.Stderr.(*os.File); ok && b.total >= longWork && cli.IsTerminal(f) {
		b.w = f
	}
	return b
}

// count returns f, counted.
func (b *bar) count(f io.ReadCloser) io.ReadCloser {
	if b.w == nil {
		return f
	}
	return counted{io.TeeReader(f, b), f}
}

type counted struct {
	io.Reader
	io.Closer
}

func (b *bar) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen += int64(len(p))
	if now := time.Now(); now.After(b.next) {
		b.next = now.Add(100 * time.Millisecond)
		b.drawn = true
		done := min(float64(b.seen)/float64(b.total), 1)
		full := int(done * 30)
		fmt.Fprintf(b.w, "\r[%s%s] %3.0f%% of %s", strings.Repeat("#", full), strings.Repeat(".", 30-full), done*100, size(b.total))
	}
	return len(p), nil
}

func (b *bar) done() {
	if b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
