//go:build !js

package fitting

import (
	"math"
	"os"
	"testing"

	"flopbook/app/fitting/score"
	"flopbook/core"
	"flopbook/core/train"
)

func disclosed(t *testing.T) []core.Total {
	text, err := os.ReadFile("../../core/testdata/training_totals.csv")
	if err != nil {
		t.Fatal(err)
	}
	totals, p := core.ReadTotals(string(text))
	if p != nil {
		t.Fatal(p)
	}
	return totals
}

// The shipped share is what the disclosed runs give today.
func TestShippedPracticeIsCurrent(t *testing.T) {
	fit := PracticeOf(disclosed(t))
	for _, group := range []string{"", "bloom", "epoch", "dclm", "google-papers"} {
		now, shipped := fit(group), train.PracticeWithout(group)
		if math.Abs(now.Share.V/shipped.Share.V-1) > 0.05 || now.Rows != shipped.Rows {
			t.Errorf("without %q: %.3f of %d runs, shipped %.3f of %d: go run ./app fit-runs --out core/train/data/practice.csv", group, now.Share.V, now.Rows, shipped.Share.V, shipped.Rows)
		}
	}
}

// Each source predicted by the others: half of the 47 runs within the 18 %
// asked for, and the ranges hold what they should.
func TestWholeRunsLeftOut(t *testing.T) {
	totals := disclosed(t)
	fit := PracticeOf(totals)
	var off []float64
	inside := 0
	for i := range totals {
		run := &totals[i]
		if _, ok := run.RunRatio(); !ok {
			continue
		}
		hours, _, _ := core.PredictTotalWith(run, fit(run.Group))
		off = append(off, math.Abs(hours.V/run.GPUHours-1))
		if run.GPUHours >= hours.Lo && run.GPUHours <= hours.Hi {
			inside++
		}
	}
	median := score.Quantile(off, 0.5)
	cover := float64(inside) / float64(len(off))
	t.Logf("%d runs: median error %.1f %%, 90th percentile %.1f %%, %.0f %% inside", len(off), 100*median, 100*score.Quantile(off, 0.9), 100*cover)
	if len(off) != 47 || median > 0.18 || cover < 0.75 || cover > 0.85 {
		t.Errorf("%d runs, median %.3f, coverage %.2f", len(off), median, cover)
	}
}
