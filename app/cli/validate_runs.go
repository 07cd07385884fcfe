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
func stepRows(text string) ([]validRow, *unit.Problem) {
	cases, skipped, p := training.Read(text)
	if p != nil {
		return nil, p
	}
	var rows []validRow
	var parts train.Step
	for _, c := range cases {
		switch {
		case c.Excluded:
			rows = append(rows, validRow{ID: c.ID, Skipped: "use is exclude"})
		case c.Derived:
			rows = append(rows, validRow{ID: c.ID, Skipped: "no measured time"})
		default:
			rows = append(rows, measuredRow(c.ID, "step_time", unit.Time, c.Measured, training.Predict(c, &parts)))
		}
	}
	for _, s := range skipped {
		rows = append(rows, validRow{ID: s.ID, Skipped: s.Why})
	}
	return rows, nil
}

// validateRuns prints the step time, memory and fit of every row. A row counts
// as skipped where nothing of it can be predicted.
func validateRuns(e *Env, text string, asJSON bool) error {
	rows, p := stepRows(text)
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
	return printValidation(e, out, asJSON)
}
