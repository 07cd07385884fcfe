//go:build !js

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flopbook/app/fitting"
	"flopbook/core/unit"
)

// fitServing fits the constants of serving on a table in the columns of
// inference.csv and writes fitted.csv to a folder, or prints it; with report it
// prints how well what is left out is predicted.
func fitServing(e *Env, text, without, folder string, report bool) error {
	rows, p := fitting.ReadServing(text)
	if p != nil {
		return p
	}
	if without != "" {
		kept := rows[:0]
		for _, r := range rows {
			if r.Source != without {
				kept = append(kept, r)
			}
		}
		if len(kept) == len(rows) {
			return &unit.Problem{Field: "Source", Value: without, Wrong: "is not in the table", Fix: "give a name of the column source"}
		}
		rows = kept
	}
	if report {
		printRegimes(e, servingSums(fitting.ValidateServing(rows, rows, false)))
		return nil
	}
	table := fitting.ServingTable(rows)
	if folder == "" {
		_, err := fmt.Fprint(e.Out, table)
		return err
	}
	return os.WriteFile(filepath.Join(folder, "fitted.csv"), []byte(table), 0o644)
}

// fewRows is how many usable rows a table needs before constants are fitted on
// it; below, the shipped ones predict it.
const fewRows = 200

// isServing reports whether a table's header is that of serving measurements.
func isServing(header string) bool {
	return strings.Contains(header, "metric") && strings.Contains(header, "engine")
}

// validateServing predicts every row of a table in the columns of
// inference.csv; a folder for the page gets accuracy-serving.json.
func validateServing(e *Env, text, trainFile, peerFile, page string, strict, asJSON bool) error {
	rows, p := fitting.ReadServing(text)
	if p != nil {
		return p
	}
	// What the shipped constants have never seen they predict as they stand.
	var fresh []fitting.ServingRow
	if trainFile == "" {
		rows, fresh = fitting.BySeen(rows)
	}
	train := rows
	if trainFile != "" {
		b, err := os.ReadFile(trainFile)
		if err != nil {
			return err
		}
		if train, p = fitting.ReadServing(string(b)); p != nil {
			return p
		}
	}
	usable := 0
	for i := range train {
		if train[i].Used() {
			usable++
		}
	}
	var done []fitting.ServingPrediction
	shipped := usable < fewRows
	if shipped {
		done = fitting.ShippedServing(rows)
	} else {
		done = fitting.ValidateServing(rows, train, strict)
	}

	done = append(done, fitting.ShippedServing(fresh)...)

	var out []validRow
	reasons := map[string]int{}
	all := len(rows) + len(fresh)
	for _, set := range [][]fitting.ServingRow{rows, fresh} {
		for i := range set {
			if r := &set[i]; r.Skipped != "" {
				out = append(out, validRow{ID: r.ID, Skipped: r.Skipped})
				reasons[r.Skipped]++
			}
		}
	}
	assumed := 0
	for i := range done {
		d := &done[i]
		scale := unitScale(d.Row.Unit)
		m, v, lo, hi, x := d.Row.Measured/scale, d.Predicted/scale, d.Lo/scale, d.Hi/scale, d.Error
		row := validRow{ID: d.Row.ID, Metric: d.Row.Metric, Unit: d.Row.Unit, Measured: &m, Predicted: &v, Lo: &lo, Hi: &hi, Error: &x}
		if d.Row.InAssumed {
			assumed++
			row.Assumed = "questions of 500 tokens"
		}
		out = append(out, row)
	}
	sums := servingSums(done)
	var scores []fitting.PeerScore
	if peerFile != "" {
		b, err := os.ReadFile(peerFile)
		if err != nil {
			return err
		}
		answers, p := fitting.ReadPeers(string(b))
		if p != nil {
			return p
		}
		scores = fitting.ComparePeers(done, answers)
	}
	if page != "" {
		if err := writeServingPage(page, append(rows, fresh...), done, sums, scores, shipped || strict || trainFile != "" || len(fresh) > 0); err != nil {
			return err
		}
	}
	if asJSON {
		list := []map[string]any{}
		for _, s := range sums {
			m := map[string]any{"regime": s.Name, "rows": s.Errors.Rows, "median_abs_error": s.Errors.Median, "p90_abs_error": s.Errors.P90, "median_error": s.Errors.Bias, "coverage": s.Coverage}
			if s.GroupCoverage > 0 {
				m["coverage_mean_over_groups"] = s.GroupCoverage
			}
			list = append(list, m)
		}
		beside := []map[string]any{}
		for _, s := range scores {
			beside = append(beside, map[string]any{"tool": s.Name, "rows": s.Theirs.Rows, "median_abs_error": s.Theirs.Median, "p90_abs_error": s.Theirs.P90, "median_error": s.Theirs.Bias,
				"ours": map[string]any{"median_abs_error": s.Ours.Median, "p90_abs_error": s.Ours.P90, "median_error": s.Ours.Bias}})
		}
		return encode(e, out, map[string]any{"regimes": list, "peers": beside, "skipped": all - len(done), "reasons": reasons, "question_length_assumed": assumed, "shipped_constants": shipped, "rows_of_new_sources": len(fresh)})
	}
	printRows(e, out)
	printRegimes(e, sums)
	if len(fresh) > 0 {
		fmt.Fprintf(e.Out, "\n%d rows are of sources that the shipped constants have never seen: predicted with these\n", len(fresh))
	}
	if shipped && len(rows) > 0 {
		fmt.Fprintf(e.Out, "\nfewer than %d rows to fit on: predicted with the shipped constants, nothing left out; they may have seen these rows\n", fewRows)
	}
	if len(scores) > 0 {
		fmt.Fprintln(e.Out, "\nbeside other tools, errors of time on the rows that each answers: rows, median, 90th percentile, signed median; ours")
		for _, s := range scores {
			fmt.Fprintf(e.Out, "  %-34s %4d  %5.1f %5.1f %+5.1f   ours %5.1f %5.1f %+5.1f\n", s.Name, s.Theirs.Rows, 100*s.Theirs.Median, 100*s.Theirs.P90, 100*s.Theirs.Bias, 100*s.Ours.Median, 100*s.Ours.P90, 100*s.Ours.Bias)
		}
	}
	fmt.Fprintf(e.Out, "\nquestion length not in the table, 500 tokens assumed: %d rows\n", assumed)
	fmt.Fprint(e.Out, fitting.ServingChoices)
	printSkipped(e, reasons)
	return nil
}

// writeServingPage writes accuracy-serving.json; other is set where the
// predictions are not those that the page tells of.
func writeServingPage(folder string, rows []fitting.ServingRow, done []fitting.ServingPrediction, sums []fitting.ServingSummary, scores []fitting.PeerScore, other bool) error {
	if other {
		return &unit.Problem{Field: "Page", Value: folder, Wrong: "would show errors of another kind", Allowed: "the whole table of measured services, each predicted without its engine version, GPU or model", Fix: "give core/testdata/inference.csv and leave out --train and --by-source"}
	}
	b, err := fitting.ServingPage(time.Now().Format("2006-01-02"), rows, done, sums, scores)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "accuracy-serving.json"), b, 0o644)
}

// servingSums sums up the predictions by regime.
func servingSums(done []fitting.ServingPrediction) (sums []fitting.ServingSummary) {
	for _, name := range fitting.ServingRegimes {
		s := fitting.SummariseServing(name, done, func(p *fitting.ServingPrediction) bool { return p.Regime == name })
		if s.Errors.Rows > 0 {
			sums = append(sums, s)
		}
	}
	return sums
}

func printRegimes(e *Env, sums []fitting.ServingSummary) {
	for _, s := range sums {
		fmt.Fprintf(e.Out, "\n%s\n  %d rows; |error| median %.1f %%, 90th percentile %.1f %%; signed median %+.1f %%; %.0f %% inside the 80 %% range",
			s.Name, s.Errors.Rows, 100*s.Errors.Median, 100*s.Errors.P90, 100*s.Errors.Bias, 100*s.Coverage)
		if s.GroupCoverage > 0 {
			fmt.Fprintf(e.Out, " (mean over groups %.0f %%)", 100*s.GroupCoverage)
		}
		fmt.Fprintf(e.Out, "\n  as time: median %.1f %%, 90th percentile %.1f %%\n", 100*s.Times.Median, 100*s.Times.P90)
	}
}

// unitScale is the size of a table's unit in SI.
func unitScale(u string) float64 {
	switch u {
	case "ms":
		return 1e-3
	case "GB":
		return 1e9
	}
	return 1
}
