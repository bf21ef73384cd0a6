//go:build race

package clitest

// Race reports whether the race detector watches. What a test measures is then
// that of the detector.
const Race = true
