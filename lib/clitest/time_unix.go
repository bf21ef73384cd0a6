//go:build unix

package clitest

import (
	"syscall"
	"time"
)

// ProcessorTime returns the time that this process has had of the processors, in
// user and in system mode. A difference of two tells what work costs, whatever
// else the machine does.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it cannot fail for the process itself
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
