//go:build !js

package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flopbook/app/fitting/training"
	"flopbook/core/unit"
)

func init() {
	register("fit", Verb{Args: "[--without GROUP] [--report] [--out FOLDER] [--page FOLDER] [FILE.csv ...]", Says: "fit the efficiency constants on measured steps, or on measured services (columns of inference.csv)", Run: fit})
}

// fit reads tables of measured steps (those in core/testdata if none is named),
// or one of measured services, and writes the fitted table to a folder, or
// prints it. With --report it prints instead how well sources are predicted
// that the fit has not seen; --page writes that of the steps for the page.
func fit(e *Env, args []string) error {
	fs := flag.NewFlagSet("fit", flag.ContinueOnError)
	without := fs.String("without", "", "leave a source out")
	report := fs.Bool("report", false, "print the errors of what is left out")
	out := fs.String("out", "", "folder for efficiency.csv and networks.csv, or for fitted.csv")
	page := fs.String("page", "", "folder for accuracy-steps.json, which the page Accuracy fetches")
	date := fs.String("date", time.Now().Format("2006-01-02"), "date to write into the table")
	files, err := parse(fs, args, 0, 100)
	if err != nil {
		return err
	}
	folder := filepath.Join("core", "testdata")
	if len(files) == 0 {
		files = []string{filepath.Join(folder, "training_runs.csv"), filepath.Join(folder, "training_runs_nanotron.csv")}
	}
	var texts []string
	for _, f := range files {
		b, err := readInput(e, f)
		if err != nil {
			return err
		}
		texts = append(texts, string(b))
	}
	if header, _, _ := strings.Cut(texts[0], "\n"); isServing(header) {
		if len(texts) > 1 {
			return &unit.Problem{Field: "Tables", Wrong: "are several, and the first is one of services", Allowed: "one table of services, or any number of training steps", Fix: "give them one at a time"}
		}
		return fitServing(e, texts[0], *without, *out, *report)
	}
	cases, memory, p := training.Gather(texts...)
	if p != nil {
		return p
	}
	if *without != "" {
		kept := cases[:0]
		for _, c := range cases {
			if c.Group != *without {
				kept = append(kept, c)
			}
		}
		if len(kept) == len(cases) {
			return &unit.Problem{Field: "Source", Value: *without, Wrong: "is not in the tables", Fix: "give a name of the column source_group"}
		}
		cases = kept
	}
	if len(cases) == 0 {
		return &unit.Problem{Field: "Training runs", Wrong: "hold no measured step", Fix: "see core/testdata/training_runs.csv"}
	}
	began := time.Now()
	var peers training.Peers
	if b, err := os.ReadFile(filepath.Join(folder, "peer_predictions.csv")); err == nil {
		if peers, p = training.ReadPeers(string(b)); p != nil {
			return p
		}
	}
	proof := training.Prove(cases, memory, peers)
	efficiency, networks := proof.Table(*date)
	files = files[:0]
	write := func(folder, name string, content []byte) error {
		files = append(files, filepath.Join(folder, name))
		return os.WriteFile(filepath.Join(folder, name), content, 0o644)
	}
	if *out != "" {
		if err := write(*out, "efficiency.csv", []byte(efficiency)); err != nil {
			return err
		}
		if err := write(*out, "networks.csv", []byte(networks)); err != nil {
			return err
		}
	}
	if *page != "" {
		b, err := proof.Page(*date)
		if err != nil {
			return err
		}
		if err := write(*page, "accuracy-steps.json", b); err != nil {
			return err
		}
	}
	switch {
	case *report:
		proof.Print(e.Out)
	case len(files) == 0:
		fmt.Fprint(e.Out, efficiency)
		return nil
	}
	if len(files) > 0 {
		fmt.Fprintf(e.Out, "wrote %s\n", strings.Join(files, ", "))
	}
	fmt.Fprintf(e.Out, "%d measured steps, refitted without each source and size in %.0f s\n", len(cases), time.Since(began).Seconds())
	return nil
}
