package event

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
)

func TestChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var in bytes.Buffer
	for n := range 3000 {
		size := r.IntN(200)
		switch {
		case n%500 == 7:
			size = chunkSize/2 + r.IntN(3*chunkSize) // longer than a chunk
		case n%100 == 3:
			size = 0
		}
		fmt.Fprintf(&in, "%d:%s\n", n+1, strings.Repeat("x", size))
	}
	in.WriteString("3001:no newline")
	for how, reader := range readers {
		if how == "one" && testing.Short() {
			continue
		}
		var got bytes.Buffer
		next, off := 1, int64(0)
		err := Chunks(reader(bytes.NewReader(in.Bytes())), nil, func(c Chunk) Chunk {
			c.Data = bytes.Clone(c.Data)
			return c
		}, func(c Chunk) error {
			if c.Line != next || c.Off != off {
				t.Fatalf("%s: a chunk from line %d at %d, want %d at %d", how, c.Line, c.Off, next, off)
			}
			if !bytes.HasPrefix(c.Data, fmt.Appendf(nil, "%d:", c.Line)) {
				t.Fatalf("%s: line %d is %.20q", how, c.Line, c.Data)
			}
			next += bytes.Count(c.Data, []byte("\n"))
			off += int64(len(c.Data))
			got.Write(c.Data)
			return nil
		})
		if err != nil || !bytes.Equal(got.Bytes(), in.Bytes()) {
			t.Errorf("%s: %v, %d of %d bytes", how, err, got.Len(), in.Len())
		}
	}
	if err := Chunks(strings.NewReader(""), nil, func(Chunk) int { return 0 }, func(int) error { return errors.New("called") }); err != nil {
		t.Errorf("nothing: %v", err)
	}
}

func TestChunksErrors(t *testing.T) {
	broken := errors.New("broken")
	lines := 0
	count := func(c Chunk) int { return bytes.Count(c.Data, []byte("\n")) }
	err := Chunks(io.MultiReader(strings.NewReader("1\n2\n3"), iotest.ErrReader(broken)), nil, count, func(n int) error { lines += n; return nil })
	if !errors.Is(err, broken) || lines != 2 {
		t.Errorf("of the reader: %v after %d lines", err, lines)
	}

	calls := 0
	err = Chunks(io.MultiReader(strings.NewReader(strings.Repeat("x\n", 10*chunkSize))), nil, count, func(int) error {
		calls++
		return broken
	})
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("of take: %v after %d calls", err, calls)
	}

	in, out := io.Pipe() // whoever reads from it waits for ever
	defer out.Close()
	go io.WriteString(out, "1\n")
	err = Chunks(in, nil, count, func(int) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("of take, while the reader waits: %v", err)
	}

	in, out = io.Pipe()
	defer out.Close()
	go io.WriteString(out, "1\n")
	err = Chunks(in, func() error { return broken }, count, func(int) error { return nil })
	if !errors.Is(err, broken) {
		t.Errorf("of idle: %v", err)
	}
}

func TestChunksPanic(t *testing.T) {
	defer func() {
		if p := recover(); p != "boo" {
			t.Errorf("recovered %v", p)
		}
	}()
	Chunks(strings.NewReader("1\n2\n"), nil, func(Chunk) int { panic("boo") }, func(int) error { return nil })
	t.Error("no panic")
}

// What has come is dealt with, and idle is called, before more is waited for.
func TestChunksIdle(t *testing.T) {
	in, out := io.Pipe()
	var held, flushed atomic.Int64
	ended := make(chan error)
	go func() {
		ended <- Chunks(in, func() error {
			flushed.Add(held.Swap(0))
			return nil
		}, func(c Chunk) int64 { return int64(bytes.Count(c.Data, []byte("\n"))) }, func(n int64) error {
			held.Add(n)
			return nil
		})
	}()
	total := int64(0)
	for i := range 20 {
		// The last line of each write is not whole yet.
		fmt.Fprintf(out, "rest\n%s{\"a", strings.Repeat("line\n", i))
		total += int64(i) + 1
		deadline := time.Now().Add(10 * time.Second)
		for flushed.Load() < total {
			if time.Now().After(deadline) {
				t.Fatalf("write %d: %d of %d lines are through", i, flushed.Load(), total)
			}
			time.Sleep(time.Millisecond)
		}
	}
	out.Close()
	if err := <-ended; err != nil || held.Load()+flushed.Load() != total {
		t.Errorf("%v, %d of %d lines", err, held.Load()+flushed.Load(), total)
	}
}
