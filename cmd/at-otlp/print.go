package main

import (
	"agenttrace/lib/cli"
	"agenttrace/lib/otlp"
)

// A printer writes requests to standard output.
type printer struct {
	c          *cli.IO
	json       bool
	wire, text []byte
}

func (p *printer) take(m *otlp.Mapper, b *otlp.Batch) error {
	err := p.print(b)
	m.Recycle(b)
	return err
}

func (p *printer) print(b *otlp.Batch) (err error) {
	p.wire = b.AppendProtobuf(p.wire[:0])
	if !p.json {
		_, err := p.c.Stdout.Write(p.wire)
		return err
	}
	if p.text, err = otlp.AppendJSON(p.text[:0], b.Signal, p.wire); err != nil {
		return err
	}
	return p.c.Out.Write(p.text)
}

func (p *printer) end() error { return p.c.Out.Flush() }

// An aheadPrinter is a printer that works while further requests are made.
type aheadPrinter struct {
	*printer
	todo  chan *otlp.Batch // nil flushes
	free  chan *otlp.Batch // whose memory is not needed any more
	ended chan error
}

func printAhead(p *printer) *aheadPrinter {
	x := &aheadPrinter{printer: p, todo: make(chan *otlp.Batch, 4), free: make(chan *otlp.Batch, 8), ended: make(chan error, 1)}
	go func() {
		var err error
		for b := range x.todo {
			switch {
			case err != nil: // the rest is not written, nor waited for
			case b == nil:
				err = p.c.Out.Flush()
			default:
				if err = p.print(b); err == nil {
					x.free <- b
				}
			}
			if err != nil {
				select {
				case x.ended <- err:
				default:
				}
			}
		}
		close(x.ended)
	}()
	return x
}

// put hands a request, or nil, to the printer.
func (x *aheadPrinter) put(b *otlp.Batch) error {
	select {
	case err := <-x.ended:
		x.ended <- err
		return err
	case x.todo <- b:
		return nil
	}
}

func (x *aheadPrinter) take(m *otlp.Mapper, b *otlp.Batch) error {
	for {
		select {
		case old := <-x.free:
			m.Recycle(old)
			continue
		default:
		}
		return x.put(b)
	}
}

func (x *aheadPrinter) flush() error { return x.put(nil) }

func (x *aheadPrinter) end() error {
	close(x.todo)
	if err := <-x.ended; err != nil {
		return err
	}
	return x.printer.end()
}
