package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
	"agenttrace/lib/otlp/send"
)

// How often things are done with --follow.
const (
	flushEvery   = time.Second
	measureEvery = 10 * time.Second
	stopWithin   = 5 * time.Second // after a signal
)

// live maps a stream that goes on, until it ends or a signal comes.
func (o *options) live(c *cli.IO, mapping *otlp.Options, out output) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var spooled *spooler
	if s, ok := out.(*shipper); ok && !s.dry {
		var err error
		if spooled, err = o.spooler(s); err != nil {
			return err
		}
		out = spooled
	}
	var m *otlp.Mapper
	m = otlp.New(*mapping, func(b *otlp.Batch) error { return out.take(m, b) })
	c.In.BeforeBlock = nil // reading and writing are two goroutines here
	events := make(chan event.Event, 256)
	ended := make(chan error, 1)
	go func() {
		err := c.Each(func(e event.Event) error {
			select {
			case events <- e.Clone():
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}, cli.Drop)
		close(events)
		ended <- err
	}()
	err := o.pump(ctx, c, m, events)
	signalled := ctx.Err() != nil
	if err == nil && !signalled {
		err = <-ended
	}
	if cerr := m.Close(); err == nil {
		err = cerr
	}
	if spooled != nil {
		spooled.within = o.delivery.RetryFor
		if signalled {
			spooled.within = stopWithin
		}
	}
	if eerr := out.end(); err == nil {
		err = eerr
	}
	return err
}

// pump hands events to the mapper, and flushes now and then.
func (o *options) pump(ctx context.Context, c *cli.IO, m *otlp.Mapper, events <-chan event.Event) error {
	tick := time.NewTicker(flushEvery / 4)
	defer tick.Stop()
	flushed, measured := time.Now(), time.Now()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return nil
			}
			if err := m.Add(e); err != nil {
				return err
			}
			continue
		case <-ctx.Done():
			// What was read already counts.
			for {
				select {
				case e, ok := <-events:
					if !ok {
						return nil
					}
					if err := m.Add(e); err != nil {
						return err
					}
				default:
					return nil
				}
			}
		case <-tick.C:
		}
		now := time.Now()
		if err := m.Tick(now.UnixNano()); err != nil {
			return err
		}
		if now.Sub(measured) >= measureEvery {
			measured = now
			if err := m.Measure(); err != nil {
				return err
			}
		}
		if now.Sub(flushed) >= flushEvery {
			flushed = now
			if err := errors.Join(m.Flush(), c.Out.Flush()); err != nil {
				return err
			}
		}
	}
}

// A spooler writes requests to the spool, from which they are sent.
type spooler struct {
	*shipper
	spool  *send.Spool
	temp   bool // the folder is ours
	spilt  int  // items for which there was no room
	within time.Duration

	more  chan struct{} // there is something in the spool
	stop  chan struct{} // no more is sent while the input goes on
	abort context.CancelFunc
	ended chan struct{}
}

func (o *options) spooler(s *shipper) (*spooler, error) {
	dir, temp := o.spool, false
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "at-otlp-"); err != nil {
			return nil, err
		}
		temp = true
	}
	spool, err := send.OpenSpool(dir, int64(o.spoolMax)<<20)
	if err != nil {
		return nil, err
	}
	ctx, abort := context.WithCancel(context.Background())
	x := &spooler{shipper: s, spool: spool, temp: temp, more: make(chan struct{}, 1), stop: make(chan struct{}), abort: abort, ended: make(chan struct{})}
	s.sender.Stop = x.stop
	go func() {
		defer close(x.ended)
		x.drain(ctx)
	}()
	x.wake()
	return x, nil
}

func (x *spooler) wake() {
	select {
	case x.more <- struct{}{}:
	default:
	}
}

func (x *spooler) take(_ *otlp.Mapper, b *otlp.Batch) error {
	if err := x.spool.Put(b); err != nil {
		return x.overflow(b, err)
	}
	x.wake()
	return nil
}

// drain sends what is in the spool, until it is stopped.
func (x *spooler) drain(ctx context.Context) {
	for x.sendAll(ctx) {
		select {
		case <-x.more:
		case <-x.stop:
			return
		}
	}
}

// stopped reports whether what is left is to be left.
func (x *spooler) stopped(ctx context.Context) bool {
	select {
	case <-x.sender.Stop:
		return true
	default:
		return ctx.Err() != nil
	}
}

// sendAll sends requests until there are none, and reports whether that is so.
func (x *spooler) sendAll(ctx context.Context) bool {
	for !x.stopped(ctx) {
		name, list, err := x.spool.First()
		if name == "" {
			return true
		}
		if err != nil {
			x.fail(err)
			x.spool.Remove(name)
			continue
		}
		for _, b := range list {
			left, err := x.sender.Send(ctx, b)
			if err != nil {
				x.fail(err)
			}
			if len(left) > 0 {
				return false
			}
		}
		x.spool.Remove(name)
	}
	return false
}

func (x *spooler) fail(err error) {
	if x.err == nil {
		x.err = err
	}
}

// end sends what is left, for some time. What still is left stays in a spool
// that has a name, and is lost otherwise.
func (x *spooler) end() error {
	ctx, cancel := context.WithTimeout(context.Background(), x.within)
	defer cancel()
	close(x.stop) // a request that waits for its next attempt waits no more
	select {
	case <-x.ended: // with the answer to the one that was under way
	case <-ctx.Done():
		x.abort()
		<-x.ended
	}
	x.abort()
	x.sender.Stop = nil
	x.sendAll(ctx)
	if n := x.spool.Len(); n > 0 && !x.temp {
		x.c.Warnf("%d requests were not sent and stay in %s", n, x.spool.Dir)
	}
	for x.temp {
		name, list, err := x.spool.First()
		if name == "" {
			break
		}
		if err != nil {
			x.fail(err)
		}
		for _, b := range list {
			x.sender.Stats.Lost += b.Len()
			if err := x.dead.Batch(b); err != nil {
				x.fail(err)
			}
		}
		x.spool.Remove(name)
	}
	if x.temp {
		os.RemoveAll(x.spool.Dir)
	}
	x.sender.Stats.Lost += x.spilt
	return x.report()
}

// overflow gives a request up for which the spool has no room.
func (x *spooler) overflow(b *otlp.Batch, err error) error {
	if x.spilt == 0 {
		x.c.Notef("cannot keep what is to be sent in %s: %v", x.spool.Dir, err)
	}
	x.spilt += b.Len()
	return x.dead.Batch(b)
}
