package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/cli"
	"agenttrace/lib/text"
)

// claudeDirs returns the folders in which Claude Code keeps its transcripts,
// those that are there.
func claudeDirs() []string {
	var roots []string
	if env := os.Getenv("CLAUDE_CONFIG_DIR"); env != "" {
		roots = strings.Split(env, ",")
	} else if home, err := os.UserHomeDir(); err == nil {
		roots = []string{filepath.Join(home, ".claude"), filepath.Join(home, ".config", "claude")}
	}
	var dirs []string
	for _, r := range roots {
		dir := filepath.Join(strings.TrimSpace(r), "projects")
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// discover lists transcripts: when they began, their size, where the agent
// worked, and the file, as the last thing so that it may hold spaces.
func discover(c *cli.IO, list []claude.Transcript) error {
	for _, t := range list {
		began := "-"
		if !t.Began.IsZero() {
			began = t.Began.Local().Format("2006-01-02 15:04")
		}
		dir := t.Dir
		if dir == "" {
			dir = "-"
		}
		_, err := fmt.Fprintf(c.Stdout, "%-16s %9s  %-36s  %s\n", began, size(t.Size), text.Safe(dir), text.Safe(t.Path))
		if err != nil {
			return err
		}
	}
	return nil
}

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
