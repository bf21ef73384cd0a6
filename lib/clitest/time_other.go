//go:build !unix

package clitest

import "time"

var began = time.Now()

// processorTime stands for the time on the processors where it cannot be had.
func processorTime() time.Duration { return time.Since(began) }
