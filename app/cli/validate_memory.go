//go:build !js

package cli

import (
	"flopbook/app/fitting"
	"flopbook/core/unit"
)

// memoryRows predicts memory (GiB) and out-of-memory (0 or 1) of the rows of a
// table in the columns of training_runs.csv that have either; a row that
// cannot be predicted comes back with the reason.
func memoryRows(text string) ([]validRow, *unit.Problem) {
	measured, p := fitting.ReadMemory(text)
	if p != nil {
		return nil, p
	}
	var rows []validRow
	for i := range measured {
		m := &measured[i]
		if m.Skipped != "" {
			rows = append(rows, validRow{ID: m.ID, Skipped: m.Skipped})
			continue
		}
		v := fitting.PredictMemory(m)
		if m.Measured > 0 {
			s := unit.ByteCount.JSONScale()
			was, is, lo, hi, off := m.Measured/s, v.Memory.V/s, v.Memory.Lo/s, v.Memory.Hi/s, v.Memory.V/m.Measured-1
			rows = append(rows, validRow{ID: m.ID, Metric: "memory", Unit: unit.ByteCount.Name(), Measured: &was, Predicted: &is, Lo: &lo, Hi: &hi, Error: &off})
		}
		was := 0.0
		if m.OOM {
			was = 1
		}
		is, lo, hi, off := v.OOM.V, v.OOM.Lo, v.OOM.Hi, v.OOM.V-was // a difference: a label has no relative error
		rows = append(rows, validRow{ID: m.ID, Metric: "oom", Unit: unit.Fraction.Name(), Measured: &was, Predicted: &is, Lo: &lo, Hi: &hi, Error: &off})
	}
	return rows, nil
}
