// Package pipelines_test runs the pipelines with all the commands.
package pipelines_test

import (
	"os"
	"testing"

	"agenttrace/lib/clitest"
)

func TestMain(m *testing.M) { os.Exit(clitest.Build(m, ".")) }

func TestScripts(t *testing.T) {
	clitest.DependsOn("../cmd", "../lib", "../testdata", ".")
	clitest.Scripts(t, "testdata")
}
