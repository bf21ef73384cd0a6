package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"

	"agenttrace/lib/event"
)

// Limits of what alerts set off.
const (
	postTime    = 5 * time.Second
	commandTime = 30 * time.Second
	maxFailures = 3 // in a row, after which no more is posted
)

// A poster hands alerts on, one after the other, without holding up the rest.
type poster struct {
	url, command string
	fail         func(error)
	mu           sync.Mutex
	more         *sync.Cond
	queue        []alert
	closed       bool
	done         chan struct{}
	failures     int
}

type alert struct {
	record []byte
	text   string
}

func newPoster(url, command string, fail func(error)) *poster {
	p := &poster{url: url, command: command, fail: fail, done: make(chan struct{})}
	p.more = sync.NewCond(&p.mu)
	if url == "" && command == "" {
		close(p.done)
		return p
	}
	go p.run()
	return p
}

func (p *poster) send(record []byte, text string) {
	if p.url == "" && p.command == "" {
		return
	}
	p.mu.Lock()
	p.queue = append(p.queue, alert{record, text})
	p.mu.Unlock()
	p.more.Signal()
}

// close waits until everything has been handed on.
func (p *poster) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.more.Signal()
	<-p.done
}

func (p *poster) run() {
	defer close(p.done)
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.closed {
			p.more.Wait()
		}
		if len(p.queue) == 0 {
			p.mu.Unlock()
			return
		}
		a := p.queue[0]
		p.queue = p.queue[1:]
		p.mu.Unlock()
		if p.url != "" && p.failures < maxFailures {
			if err := p.post(a); err != nil {
				p.failures++
				p.fail(fmt.Errorf("cannot post the alert: %w", err))
				if p.failures == maxFailures {
					p.fail(errors.New("no more is posted"))
				}
			} else {
				p.failures = 0
			}
		}
		if p.command != "" {
			if err := p.run1(a); err != nil {
				p.fail(fmt.Errorf("cannot run '%s': %w", p.command, err))
			}
		}
	}
}

// post sends an alert as JSON: text, for chat programs, and the record.
func (p *poster) post(a alert) error {
	var o event.Object
	o.Text("text", a.text).Text("source", "agent-trace").Raw("alert", a.record)
	client := http.Client{Timeout: postTime}
	res, err := client.Post(p.url, "application/json", bytes.NewReader(o.Bytes()))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if res.StatusCode >= 300 {
		return fmt.Errorf("the answer is %s", res.Status)
	}
	return nil
}

// run1 runs the command for an alert.
func (p *poster) run1(a alert) error {
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", p.command)
	cmd.Stdin = bytes.NewReader(append(a.record, '\n'))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.WaitDelay = time.Second
	return cmd.Run()
}
