// Gen makes the table of prices from the packages that it is compiled from.
//
//	go run ./lib/price/gen -out lib/price genai-prices.tgz pi-ai.tgz
//
// The packages are those of npm: @pydantic/genai-prices and
// @earendil-works/pi-ai. It writes table.go, and testdata/pi-ai.ndjson for the
// test that compares the two, and prints what the second adds.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", ".", "the directory of package price")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen [-out DIR] genai-prices.tgz pi-ai.tgz")
		os.Exit(2)
	}
	if err := run(*out, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, base, overlay string) error {
	gp, err := openPackage(base)
	if err != nil {
		return err
	}
	pi, err := openPackage(overlay)
	if err != nil {
		return err
	}
	t := newTable()
	if err := t.readGenai(gp); err != nil {
		return fmt.Errorf("%s: %w", base, err)
	}
	if err := t.readPi(pi); err != nil {
		return fmt.Errorf("%s: %w", overlay, err)
	}
	t.finish()
	if err := os.WriteFile(filepath.Join(out, "table.go"), t.source(gp, pi), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "testdata", "pi-ai.ndjson"), t.check, 0o644)
}
