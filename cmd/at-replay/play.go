package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/replay"
)

// textWriter makes an io.Writer of the command's output.
type textWriter struct{ io *cli.IO }

func (w textWriter) Write(b []byte) (int, error) { return len(b), w.io.Print(b) }

// A player passes events to what shows them, in time if there is a pace.
type player struct {
	io   *cli.IO
	show interface {
		Event(event.Event) error
		Close() error
	}
	stream *replay.Printer // show, if it goes with the stream
	pace   *replay.Pace    // nil is as fast as possible

	mu   sync.Mutex    // held while something is shown
	stop chan struct{} // closed by a signal
}

// play shows the input. When it pauses for a while, text that waits for the
// end of the input is let go.
func (p *player) play(while time.Duration) error {
	p.onSignal()
	var pause *time.Timer
	if p.stream != nil {
		pause = time.AfterFunc(while, func() {
			p.locked(func() error {
				if p.stream.Holds() {
					p.stream.Release()
					p.io.Out.Flush()
				}
				return nil
			})
		})
		pause.Stop()
	}
	p.io.In.BeforeBlock = func() error {
		return p.locked(func() error {
			if p.stream != nil && p.stream.Holds() {
				pause.Reset(while)
			}
			return p.io.Out.Flush()
		})
	}
	err := p.io.Each(func(e event.Event) error {
		if pause != nil {
			pause.Stop()
		}
		if p.pace != nil && p.stream.Shows(e) {
			p.sleep(p.pace.Wait(e, time.Now()))
		}
		return p.locked(func() error {
			if err := p.show.Event(e); err != nil || p.pace == nil {
				return err
			}
			return p.io.Out.Flush()
		})
	}, cli.Drop)
	if pause != nil {
		pause.Stop()
	}
	p.lock() // for good: a signal that comes now changes nothing
	if cerr := p.show.Close(); err == nil {
		err = cerr
	}
	return err
}

func (p *player) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-p.stop:
	}
}

// lock keeps others from showing something. After a signal it does not
// return: the program ends elsewhere.
func (p *player) lock() {
	p.mu.Lock()
	select {
	case <-p.stop:
		p.mu.Unlock()
		select {}
	default:
	}
}

// locked calls fn alone.
func (p *player) locked(fn func() error) error {
	p.lock()
	defer p.mu.Unlock()
	return fn()
}

// onSignal ends the program on SIGINT and SIGTERM with what is there printed;
// not later than a second after, should nobody read it.
func (p *player) onSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		s := <-signals
		close(p.stop)
		done := make(chan struct{})
		go func() {
			p.mu.Lock()
			p.show.Close()
			p.io.Out.Flush()
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(time.Second):
		}
		os.Exit(128 + int(s.(syscall.Signal)))
	}()
}
