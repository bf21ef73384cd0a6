package proxy

import (
	"os/exec"
	"syscall"
)

// setDeath has the server killed if this process is: a client that kills what it
// has started means the server.
func setDeath(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
