package proxy

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"agenttrace/lib/capture/mcp"
)

// Stdio runs an MCP server as a child process and stands between it and the
// client, which speaks on In and Out.
type Stdio struct {
	Cmd     *exec.Cmd // its Stdin and Stdout are set by Run
	In, Out *os.File
	// Signals are passed on to the server.
	Signals <-chan os.Signal
	Rec     *Recorder
	Conn    *mcp.Conn
}

// An Exit is how the server's process ended.
type Exit struct {
	Code   int       // its status, or 128 and the number of the signal
	Signal os.Signal // that ended it; nil if none did
}

// What a shell returns for a command that it cannot run.
const (
	NotExecutable = 126
	NotFound      = 127
)

// quiet is how long it is waited for output of a server's children, after the
// server itself has ended and nothing more has come.
const quiet = 500 * time.Millisecond

// Run runs the server to its end. An error is one of the start.
func (s *Stdio) Run() (Exit, error) {
	// Linux kills the server when the thread that started it ends, see setDeath.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s.Rec.main = func() *mcp.Conn { return s.Conn }
	began := now()
	s.Rec.always(func() error { return s.Conn.Begin(began, true) })
	childIn, toServer, err := os.Pipe()
	if err != nil {
		return s.fault(err)
	}
	fromServer, childOut, err := os.Pipe()
	if err != nil {
		return s.fault(err)
	}
	s.Cmd.Stdin, s.Cmd.Stdout = childIn, childOut
	setDeath(s.Cmd)
	err = s.Cmd.Start()
	childIn.Close()
	childOut.Close()
	if err != nil {
		toServer.Close()
		fromServer.Close()
		return s.fault(err)
	}

	out := pump{rec: s.Rec, conn: s.Conn, from: mcp.Server}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		out.copy(s.Out, fromServer)
		s.Out.Close()
		fromServer.Close() // so that a server that goes on writing learns it
	}()
	go func() {
		in := pump{rec: s.Rec, conn: s.Conn, from: mcp.Client}
		in.copy(toServer, s.In)
		toServer.Close()
		s.In.Close()
	}()
	ended := make(chan struct{})
	var signals sync.WaitGroup
	signals.Go(func() { s.pass(ended) })

	s.Cmd.Wait()
	close(ended)
	signals.Wait()
	out.drain(finished)
	s.Out.Close()
	exit := exitOf(s.Cmd.ProcessState)
	end := mcp.End{}
	if exit.Signal != nil {
		end.Signal = signalName(exit.Signal)
	} else {
		end.ExitCode = &exit.Code
	}
	at := now()
	s.Rec.always(func() error { return s.Conn.Close(at, true, end) })
	return exit, nil
}

// fault is the end of a server that could not be started.
func (s *Stdio) fault(err error) (Exit, error) {
	code := NotExecutable
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = NotFound
	}
	at := now()
	s.Rec.always(func() error {
		return s.Conn.Close(at, true, mcp.End{Reason: "the server cannot be started: " + err.Error(), ExitCode: &code})
	})
	return Exit{Code: code}, err
}

// pass passes signals on until the server has ended.
func (s *Stdio) pass(ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		case sig, ok := <-s.Signals:
			if !ok {
				<-ended
				return
			}
			if !isPassed(sig) || fromTerminal(sig) {
				continue
			}
			s.Cmd.Process.Signal(sig)
		}
	}
}

// A pump copies one direction of a connection.
type pump struct {
	rec  *Recorder
	conn *mcp.Conn
	from mcp.Side

	last    atomic.Int64 // when something was read last
	writing atomic.Bool
}

// bufferSize is what a pipe of Linux holds.
const bufferSize = 64 << 10

// copy copies src to dst until one of them ends.
func (p *pump) copy(dst io.Writer, src io.Reader) {
	s := p.splitter()
	buf := make([]byte, bufferSize)
	for {
		n, err := src.Read(buf)
		p.last.Store(now())
		if n > 0 {
			// The copy is made before, which takes no time to speak of and waits
			// for nothing: the answer could be here before one made after.
			s.look(buf[:n])
			p.writing.Store(true)
			_, werr := dst.Write(buf[:n])
			p.writing.Store(false)
			if werr != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	s.end()
	at := now()
	p.rec.always(func() error { return p.conn.EndOf(p.from, at, true) })
}

// splitter returns what records the messages of the direction.
func (p *pump) splitter() *splitter {
	s := &splitter{whole: whole{limit: MaxMessage}}
	s.line = func(raw []byte) {
		at := now()
		p.rec.offer(len(raw), func() error { return p.conn.Line(p.from, at, true, raw) })
	}
	s.body = func(raw []byte) {
		at := now()
		p.rec.offer(len(raw), func() error { return p.conn.Message(p.from, at, true, raw) })
	}
	s.big = func(big *mcp.Big) {
		at := now()
		p.rec.always(func() error { return p.conn.Oversize(p.from, at, true, *big) })
	}
	return s
}

// drain waits for what the server has written before it ended. A child of it
// that lives on, and is silent, is not waited for. A client that does not read is.
func (p *pump) drain(finished <-chan struct{}) {
	p.last.Store(now())
	tick := time.NewTicker(quiet / 10)
	defer tick.Stop()
	for {
		select {
		case <-finished:
			return
		case <-tick.C:
			if !p.writing.Load() && now()-p.last.Load() > int64(quiet) {
				return
			}
		}
	}
}
