//go:build !unix

package clitest

import "time"

var began = time.Now()

// ProcessorTime stands for the time on the processors where it cannot be had.
func ProcessorTime() time.Duration { return time.Since(began) }
