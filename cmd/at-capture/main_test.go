package main

import (
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"agenttrace/lib/clitest"
)

func TestMain(m *testing.M) {
	clitest.Main(m, "at-capture", main, map[string]func(){"sql": sql})
}

func TestScripts(t *testing.T) { clitest.Scripts(t, "testdata") }

// sql DATABASE runs the SQL on standard input, as an agent would that is ended
// at once: what it has written last is in the log.
func sql() {
	err := func() error {
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		c, err := sqlite3.Open(os.Args[1])
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, true); err != nil {
			return err
		}
		return c.Exec("PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 60000;" + string(text))
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sql:", err)
		os.Exit(1)
	}
}
