package main

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// fake is a server without manners. Its arguments say what it does, in order:
//
//	say=TEXT   writes a line
//	put=TEXT   writes TEXT
//	err=TEXT   writes a line to standard error
//	read       reads a line
//	drain      reads to the end
//	echo       writes what it reads, to the end
//	close      closes its input
//	many=N     writes a line of N bytes that is the answer to request 1
//	sleep=MS   waits
//	child=MS   leaves a child behind that holds the output for that long
//	trap       says so when it gets a SIGTERM, and exits with 9
//	exit=N     exits
func fake() {
	one := make([]byte, 1)
	for _, arg := range os.Args[1:] {
		verb, text, _ := strings.Cut(arg, "=")
		n, _ := strconv.Atoi(text)
		switch verb {
		case "say":
			os.Stdout.WriteString(text + "\n")
		case "put":
			os.Stdout.WriteString(text)
		case "err":
			os.Stderr.WriteString(text + "\n")
		case "read":
			for one[0] = 0; one[0] != '\n'; {
				if k, err := os.Stdin.Read(one); k == 0 || err != nil {
					break
				}
			}
		case "drain":
			io.Copy(io.Discard, os.Stdin)
		case "echo":
			io.Copy(os.Stdout, os.Stdin)
		case "close":
			os.Stdin.Close()
		case "many":
			os.Stdout.WriteString(`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"`)
			block := bytes.Repeat([]byte("x"), 1<<20)
			for n > 0 {
				k := min(n, len(block))
				os.Stdout.Write(block[:k])
				n -= k
			}
			os.Stdout.WriteString("\"}]}}\n")
		case "sleep":
			time.Sleep(time.Duration(n) * time.Millisecond)
		case "child":
			self, err := os.Executable()
			if err != nil {
				panic(err)
			}
			os.StartProcess(self, []string{"fake", "sleep=" + text}, &os.ProcAttr{Files: []*os.File{nil, os.Stdout, nil}})
		case "trap":
			c := make(chan os.Signal, 1)
			signal.Notify(c, syscall.SIGTERM)
			os.Stdout.WriteString("ready\n")
			<-c
			os.Stdout.WriteString("terminated\n")
			os.Exit(9)
		case "exit":
			os.Exit(n)
		}
	}
}
