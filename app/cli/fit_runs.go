//go:build !js

package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"flopbook/app/fitting"
	"flopbook/core"
)

func init() {
	register("fit-runs", Verb{Args: "[--out FILE.csv] [FILE.csv]", Says: "fit what disclosed whole runs keep of their predicted speed", Run: fitRuns})
}

// fitRuns writes the table that core/train embeds.
func fitRuns(e *Env, args []string) error {
	fs := flag.NewFlagSet("fit-runs", flag.ContinueOnError)
	out := fs.String("out", "", "write to this file instead of standard output")
	date := fs.String("date", time.Now().Format("2006-01-02"), "date to write into the table")
	plain, err := parse(fs, args, 0, 1)
	if err != nil {
		return err
	}
	file := filepath.Join("core", "testdata", "training_totals.csv")
	if len(plain) > 0 {
		file = plain[0]
	}
	text, err := readInput(e, file)
	if err != nil {
		return err
	}
	totals, p := core.ReadTotals(string(text))
	if p != nil {
		return p
	}
	table := fitting.PracticeTable(totals, *date)
	if *out == "" {
		_, err = fmt.Fprint(e.Out, table)
		return err
	}
	return os.WriteFile(*out, []byte(table), 0o644)
}
