//go:build !js

package cli

import (
	"strings"

	"flopbook/app/fitting/training"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// isRuns reports whether a table's header is that of measured training steps.
func isRuns(header string) bool {
	return strings.Contains(header, "n_gpus") &&
		(strings.Contains(header, "step_time_s") || strings.Contains(header, "tokens_per_s_per_gpu"))
}

// stepRows predicts the step time of each row of a table in the columns of
// training_runs.csv from its own configuration; a row that cannot be predicted
// comes back with the reason.
//
// The second result counts the rows by source that the shipped constants were
// fitted on.
func stepRows(text string) ([]validRow, map[string]int, *unit.Problem) {
	cases, skipped, p := training.Read(text)
	if p != nil {
		return nil, nil, p
	}
	fitted := map[string]bool{}
	for _, row := range train.EfficiencyRows() {
		for _, name := range strings.Split(row.Names, ";") {
			fitted[name] = true
		}
	}
	var rows []validRow
	seen := map[string]int{}
	var parts train.Step
	for _, c := range cases {
		switch {
		case c.Excluded:
			rows = append(rows, validRow{ID: c.ID, Skipped: "use is exclude"})
		case c.Derived:
			rows = append(rows, validRow{ID: c.ID, Skipped: "no measured time"})
		default:
			rows = append(rows, measuredRow(c.ID, "step_time", unit.Time, c.Measured, training.Predict(c, &parts)))
			if c.Group != "" && fitted[c.Group] {
				seen[c.Group]++
			}
		}
	}
	for _, s := range skipped {
		rows = append(rows, validRow{ID: s.ID, Skipped: s.Why})
	}
	return rows, seen, nil
}

// validateRuns prints the step time, memory and fit of every row. A row counts
// as skipped where nothing of it can be predicted.
func validateRuns(e *Env, text string, asJSON bool) error {
	rows, seen, p := stepRows(text)
	if p != nil {
		return p
	}
	memory, p := memoryRows(text)
	if p != nil {
		return p
	}
	done, why := map[string]bool{}, map[string]bool{}
	for _, r := range append(rows[:len(rows):len(rows)], memory...) {
		if r.Skipped == "" {
			done[r.ID] = true
		}
	}
	var out []validRow
	for _, r := range append(rows[:len(rows):len(rows)], memory...) {
		if r.Skipped != "" {
			if done[r.ID] || why[r.ID] {
				continue
			}
			why[r.ID] = true
		}
		out = append(out, r)
	}
	return printValidation(e, out, seen, nil, asJSON)
}
