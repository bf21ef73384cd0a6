package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ticks is how many units of the start times in /proc/PID/stat make a second: 100
// on every architecture that Linux runs on today (proc(5), sysconf(_SC_CLK_TCK)).
const ticks = 100

// Look returns the process that has a pid now. The error is ErrGone if there is
// none.
func Look(pid int) (Process, error) { return look(pid, bootNano()) }

// All returns all processes that can be seen.
func All() ([]Process, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	boot := bootNano()
	var list []Process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if p, err := look(pid, boot); err == nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// Args returns the words of the command line of a process, nil if they are not
// known.
func Args(pid int) []string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// look reads /proc/PID/stat.
func look(pid int, boot int64) (Process, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ESRCH):
		return Process{}, ErrGone
	case err != nil:
		return Process{}, err
	}
	// The name stands in brackets and may hold any byte.
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Process{}, fmt.Errorf("/proc/%d/stat is not as proc(5) says", pid)
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 20 {
		return Process{}, fmt.Errorf("/proc/%d/stat is not as proc(5) says", pid)
	}
	p := Process{PID: pid, Name: string(text[open+1 : end])}
	p.Ended = fields[0] == "Z" || fields[0] == "X"
	p.Stopped = fields[0] == "T"
	p.Parent, _ = strconv.Atoi(fields[1])
	p.Group, _ = strconv.Atoi(fields[2])
	if start, err := strconv.ParseInt(fields[19], 10, 64); err == nil && boot > 0 {
		p.StartNano = boot + start*(1e9/ticks)
	}
	return p, nil
}

// bootNano returns the time of the system's start in nanoseconds since 1970, 0
// if it is not known.
func bootNano() int64 {
	text, _ := os.ReadFile("/proc/stat")
	_, rest, ok := strings.Cut(string(text), "\nbtime ")
	if !ok {
		return 0
	}
	line, _, _ := strings.Cut(rest, "\n")
	n, _ := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return n * 1e9
}
