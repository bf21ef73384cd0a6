package proc

import (
	"bytes"
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// States of a process, from <sys/proc.h>.
const (
	stateStopped = 4 // SSTOP
	stateZombie  = 5 // SZOMB
)

// Look returns the process that has a pid now. The error is ErrGone if there is
// none.
func Look(pid int) (Process, error) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	switch {
	case errors.Is(err, unix.EIO), errors.Is(err, unix.ESRCH): // an answer of no bytes
		return Process{}, ErrGone
	case err != nil:
		return Process{}, err
	case int(k.Proc.P_pid) != pid:
		return Process{}, ErrGone
	}
	return process(k), nil
}

// All returns all processes that can be seen.
func All() ([]Process, error) {
	found, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil, err
	}
	var list []Process
	for i := range found {
		list = append(list, process(&found[i]))
	}
	return list, nil
}

func process(k *unix.KinfoProc) Process {
	return Process{
		PID: int(k.Proc.P_pid), Parent: int(k.Eproc.Ppid), Group: int(k.Eproc.Pgid),
		Name:      unix.ByteSliceToString(k.Proc.P_comm[:]),
		StartNano: k.Proc.P_starttime.Nano(),
		Ended:     k.Proc.P_stat == stateZombie, Stopped: k.Proc.P_stat == stateStopped,
	}
}

// Args returns the words of the command line of a process, nil if they are not
// known.
func Args(pid int) []string {
	raw, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil || len(raw) < 4 {
		return nil
	}
	// The number of words, the program's path, zeros, and the words.
	n := int(binary.NativeEndian.Uint32(raw))
	_, rest, _ := bytes.Cut(raw[4:], []byte{0})
	words := bytes.Split(bytes.TrimLeft(rest, "\x00"), []byte{0})
	var list []string
	for _, w := range words[:max(0, min(n, len(words)))] {
		list = append(list, string(w))
	}
	return list
}
