//go:build unix

package proxy

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Passed are the signals that a server is told of when this process gets them.
var Passed = []os.Signal{
	syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
	syscall.SIGPIPE, // which is not passed on: a client that is gone shows when something is written to it
}

func isPassed(sig os.Signal) bool { return sig != syscall.SIGPIPE }

// fromTerminal reports whether the terminal has sent the signal, and then to
// the server too: it goes to all of the foreground group.
func fromTerminal(sig os.Signal) bool {
	if sig != syscall.SIGINT && sig != syscall.SIGQUIT {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitOf(state *os.ProcessState) Exit {
	if state == nil {
		return Exit{Code: 1}
	}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return Exit{Code: 128 + int(ws.Signal()), Signal: ws.Signal()}
	}
	return Exit{Code: state.ExitCode()}
}

func signalName(sig os.Signal) string {
	if s, ok := sig.(syscall.Signal); ok {
		return unix.SignalName(s)
	}
	return sig.String()
}

// End ends this process as the server has ended: by the same signal, if that is
// what ended it, since whoever waits may look at it.
func (e Exit) End() {
	switch sig, _ := e.Signal.(syscall.Signal); sig {
	case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGKILL, syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGUSR2:
		signal.Reset(sig)
		syscall.Kill(os.Getpid(), sig)
		time.Sleep(time.Second) // it comes
	}
	os.Exit(e.Code)
}
