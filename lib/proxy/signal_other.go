//go:build !unix

package proxy

import "os"

// Passed are the signals that a server is told of when this process gets them.
var Passed = []os.Signal{os.Interrupt}

func isPassed(os.Signal) bool { return true }

// fromTerminal reports whether the server has got the signal already: a console
// sends it to every process that it has.
func fromTerminal(os.Signal) bool { return true }

func exitOf(state *os.ProcessState) Exit {
	if state == nil {
		return Exit{Code: 1}
	}
	return Exit{Code: state.ExitCode()}
}

func signalName(sig os.Signal) string { return sig.String() }

// End ends this process as the server has ended.
func (e Exit) End() { os.Exit(e.Code) }
