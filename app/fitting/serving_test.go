//go:build !js

package fitting

import (
	"math"
	"os"
	"strings"
	"testing"

	"flopbook/app/fitting/score"
)

// servingTable is the measured table, or skips the test where this checkout has none.
func servingTable(t *testing.T) []ServingRow {
	t.Helper()
	for _, file := range []string{os.Getenv("FLOPBOOK_INFERENCE"), "../../core/testdata/inference.csv"} {
		if b, err := os.ReadFile(file); err == nil {
			rows, p := ReadServing(string(b))
			if p != nil {
				t.Fatal(p)
			}
			return rows
		}
	}
	t.Skip("no table of serving measurements in this checkout")
	return nil
}

// TestServingShapes: DeepSeek-V3 has 58 layers of experts; of models with
// recurrent layers, whose shape the table does not give, the preset is taken.
func TestServingShapes(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range servingTable(t) {
		if r.Skipped != "" || seen[r.Model] {
			continue
		}
		seen[r.Model] = true
		if r.Model == "DeepSeek-V3/R1" && r.Arch.MoE.Layers != 58 {
			t.Errorf("DeepSeek-V3 has %d layers of experts, want 58", r.Arch.MoE.Layers)
		}
		if recurrent := strings.Contains(r.Model, "Nemotron-Nano"); recurrent != (r.M.State > 0) {
			t.Errorf("%s: state of %g bytes", r.Model, r.M.State)
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d models", len(seen))
	}
}

// TestServingSkipped: what is left out has a reason from the table's own columns.
func TestServingSkipped(t *testing.T) {
	n := 0
	for _, r := range servingTable(t) {
		if r.Skipped == "" {
			continue
		}
		n++
		if !strings.HasPrefix(r.Skipped, "flagged: ") && !strings.Contains(r.Skipped, "not stated") {
			t.Errorf("%s is left out: %s", r.ID, r.Skipped)
		}
	}
	if n > 100 {
		t.Errorf("%d rows left out", n)
	}
}

// TestServingLeftOut: one engine version never seen is predicted with a median
// error of time of 20 % at most, far below the bare roofline's 53 %.
func TestServingLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("fits take seconds")
	}
	rows := servingTable(t)
	fit := FitServing(rows, func(r *ServingRow) bool { return r.Version != "0.17" })
	var e []float64
	for i := range rows {
		r := &rows[i]
		what, group := regime(r)
		if r.Skipped != "" || what != RegimeDense || group != "TensorRT-LLM 0.17" {
			continue
		}
		c := fit.Constants(r)
		v, ok := PredictServing(r, &c)
		if !ok {
			t.Fatalf("%s has no prediction", r.ID)
		}
		e = append(e, math.Abs(TimeError(r, v)))
	}
	if m := score.Quantile(e, 0.5); len(e) < 100 || m > 0.2 {
		t.Errorf("%d rows, median error %.3f", len(e), m)
	}
}

// TestServingBadTables: nothing that a file may hold stops the reader.
func TestServingBadTables(t *testing.T) {
	for _, text := range []string{"", "a,b\n1,2\n", "\"", "id,metric,value,hardware\nx,output_tok_s,NaN,H100\ny,e2e_latency,1e400,nothing\nz,TTFT,5,H100\n"} {
		rows, p := ReadServing(text)
		for _, r := range rows {
			if r.Skipped == "" {
				t.Errorf("%q: row %s is used", text, r.ID)
			}
		}
		if rows == nil && p == nil {
			t.Errorf("%q: neither rows nor a reason", text)
		}
	}
}

// TestSourcesOfTheShippedTable: the sources named as seen are those of the
// measured table, no more and no fewer.
func TestSourcesOfTheShippedTable(t *testing.T) {
	have := map[string]bool{}
	for _, r := range servingTable(t) {
		have[r.Source] = true
	}
	for _, s := range shippedSources {
		if !have[s] {
			t.Errorf("%s is named and not in the table", s)
		}
		delete(have, s)
	}
	for s := range have {
		t.Errorf("%s is in the table and not named", s)
	}
}
