//go:build !js

package fitting

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"flopbook/app/fitting/score"
)

const servingPageData = "../../web/data/accuracy-serving.json"

func servingPage(t *testing.T) *servedFile {
	t.Helper()
	b, err := os.ReadFile(servingPageData)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 120e3 {
		t.Errorf("%d bytes, more than 120 kB", len(b))
	}
	f := new(servedFile)
	if err := json.Unmarshal(b, f); err != nil {
		t.Fatal(err)
	}
	return f
}

// The page's file holds every row of the shipped table that is predicted, in
// its regime and with its measured value, and counts every other with its
// reason; what needs no fit is predicted as it is now.
func TestServingPageHoldsTheTable(t *testing.T) {
	f, table := servingPage(t), servingTable(t)
	want, have := map[string][]float64{}, map[string][]float64{}
	memory, skipped, assumed := []float64{}, map[string]int{}, 0
	for i := range table {
		r := &table[i]
		if r.Skipped != "" {
			skipped[r.Skipped]++
			continue
		}
		if r.InAssumed {
			assumed++
		}
		what, _ := regime(r)
		u, scale := pageUnit(r.Unit)
		want[what+u] = append(want[what+u], three(r.Measured/scale))
		if what == RegimeMemory {
			memory = append(memory, three(PredictServedMemory(r)/scale))
		}
	}
	for _, s := range f.Sets {
		what := ServingRegimes[s.Regime]
		have[what+s.Unit] = s.Measured
		if what == RegimeMemory && !slices.Equal(s.Predicted, memory) {
			t.Errorf("memory is predicted %v now, %v in the file", memory, s.Predicted)
		}
	}
	for k := range want {
		if !slices.Equal(want[k], have[k]) {
			t.Errorf("%s: %d rows in the table, %d in the file, or others", k, len(want[k]), len(have[k]))
		}
	}
	if len(have) != len(want) || f.Rows != len(table) || f.Assumed != assumed || len(f.Skipped) != len(skipped) {
		t.Errorf("%d lists of %d, %d rows of %d, %d assumed of %d, %d reasons of %d", len(have), len(want), f.Rows, len(table), f.Assumed, assumed, len(f.Skipped), len(skipped))
	}
	for _, s := range f.Skipped {
		if skipped[s.Why] != s.Rows {
			t.Errorf("%s: %d in the file, %d in the table", s.Why, s.Rows, skipped[s.Why])
		}
	}
}

// The summary is that of the rows: counts and shares exactly, errors as far as
// three digits of measured and predicted tell them.
func TestServingPageSummary(t *testing.T) {
	f := servingPage(t)
	if len(f.Regimes) != len(ServingRegimes) {
		t.Fatalf("%d regimes, want %d", len(f.Regimes), len(ServingRegimes))
	}
	errs, inside := make([][]float64, len(f.Regimes)), make([]float64, len(f.Regimes))
	for _, s := range f.Sets {
		if len(s.Measured) != len(s.Predicted) || len(s.Measured) != len(s.Inside) {
			t.Fatalf("%d measured, %d predicted, %d in or out", len(s.Measured), len(s.Predicted), len(s.Inside))
		}
		for i, m := range s.Measured {
			if !(m > 0 && s.Predicted[i] > 0) {
				t.Errorf("regime %d, %s: %g predicted as %g", s.Regime, s.Unit, m, s.Predicted[i])
			}
			errs[s.Regime] = append(errs[s.Regime], s.Predicted[i]/m-1)
		}
		inside[s.Regime] += float64(strings.Count(s.Inside, "1"))
	}
	for i, r := range f.Regimes {
		name, left := regimeWords(ServingRegimes[i])
		if r.Name != name || r.Left != left {
			t.Errorf("regime %d is %q, %q", i, r.Name, r.Left)
		}
		e := score.Of(errs[i])
		if r.Rows != e.Rows || three(inside[i]/float64(e.Rows)) != r.Inside {
			t.Errorf("%s: %d rows, %g inside; the lists say %d, %g", r.Name, r.Rows, r.Inside, e.Rows, inside[i]/float64(e.Rows))
		}
		for _, x := range [...][2]float64{{r.Median, e.Median}, {r.P90, e.P90}, {r.Bias, e.Bias}} {
			if math.Abs(x[0]-x[1]) > 0.01*(1+math.Abs(x[1])) {
				t.Errorf("%s: %g, the lists say %g", r.Name, x[0], x[1])
			}
		}
	}
	// The bounds that were asked of serving.
	for _, b := range []struct {
		regime      string
		median, p90 float64
	}{{RegimeDense, 0.12, 0.30}, {RegimeHome, 0.15, 0}, {RegimeITL, 0.20, 0}, {RegimeEnergy, 0.25, 0}} {
		r := f.Regimes[slices.Index(ServingRegimes, b.regime)]
		if r.Median > b.median || b.p90 > 0 && r.P90 > b.p90 {
			t.Errorf("%s: median %g, 90th percentile %g", r.Name, r.Median, r.P90)
		}
	}
	for _, name := range []string{"LLM-Viewer", "GenZ", "llm-analysis", "gpu_poor", "roofline"} {
		if !slices.ContainsFunc(f.Peers, func(p servedPeer) bool { return strings.HasPrefix(p.Name, name) && p.Rows > 0 }) {
			t.Errorf("%s is not compared", name)
		}
	}
}
