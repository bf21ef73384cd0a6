//go:build !linux && !darwin

package proc

import "time"

// Pause says that it cannot.
func (t Target) Pause() (int, error) { return 0, ErrUnsupported }

// Resume says that it cannot.
func (t Target) Resume() (int, error) { return 0, ErrUnsupported }

// Kill says that it cannot.
func (t Target) Kill(time.Duration) (int, bool, error) { return 0, false, ErrUnsupported }

// Look says that it cannot.
func Look(int) (Process, error) { return Process{}, ErrUnsupported }

// All says that it cannot.
func All() ([]Process, error) { return nil, ErrUnsupported }

// Args returns nil: nothing is known.
func Args(int) []string { return nil }
