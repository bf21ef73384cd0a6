package main

import (
	"testing"

	"agenttrace/lib/clitest"
)

func TestMain(m *testing.M)    { clitest.Main(m, "at-langfuse", main) }
func TestScripts(t *testing.T) { clitest.Scripts(t, "testdata") }
