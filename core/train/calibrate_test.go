package train

import (
	"math"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/model"
)

// small runs of Llama 3 8B as a reader would time them.
func timed(t testing.TB, truth func(*Efficiency), n int) []Measurement {
	var rows []Measurement
	for _, l := range []model.Layout{
		{TP: 1, DP: 8, ZeRO: 1, Micro: 1}, {TP: 2, DP: 8, ZeRO: 1, Micro: 1, SP: true}, {TP: 4, PP: 2, VPP: 1, DP: 4, ZeRO: 1, Micro: 1, SP: true},
		{TP: 8, DP: 4, ZeRO: 1, Micro: 2, SP: true}, {TP: 1, DP: 32, ZeRO: 3, Micro: 1},
	}[:n] {
		s := stepCase(t, llama8, 8192, 128)
		real := *s
		truth(&real.Eff)
		real.Prepare()
		var out Step
		real.Estimate(&l, &out)
		rows = append(rows, Measurement{In: s, Layout: l, Step: out.Total})
	}
	return rows
}

// A cluster whose matrix products are slower than the table's is recognised,
// and the forecast of a larger run follows; its range narrows.
func TestCalibrateFindsWhatMoved(t *testing.T) {
	slower := func(e *Efficiency) { e.Matmul *= 0.8 }
	rows := timed(t, slower, 5)
	c, p := Calibrate(rows, OtherSoftware)
	if p != nil {
		t.Fatal(p)
	}
	t.Log(c.Says)
	s, l := stepCase(t, llama8, 8192, 1024), model.Layout{TP: 4, PP: 4, VPP: 1, DP: 64, ZeRO: 1, Micro: 1, SP: true}
	real := *s
	slower(&real.Eff)
	real.Prepare()
	var before, after Step
	s.Estimate(&l, &before)
	real.Estimate(&l, &after)
	row := FindEfficiency("Hopper", catalog.BF16, false, "megatron-core 2024", "", &s.Eff)
	r, factor := c.Forecast(s, &l, row.Lo, row.Hi)
	t.Logf("truth %.3f s, table %.3f s, calibrated %.3f s (%.3f to %.3f), %.2f as wide", after.Total, before.Total, r.V, r.Lo, r.Hi, factor)
	if math.Abs(r.V/after.Total-1) > 0.5*math.Abs(before.Total/after.Total-1) {
		t.Errorf("forecast %.3f s, truth %.3f s, table %.3f s", r.V, after.Total, before.Total)
	}
	if after.Total < r.Lo || after.Total > r.Hi || factor >= 1 {
		t.Errorf("truth %.3f s outside %.3f to %.3f, or range %.2f as wide", after.Total, r.Lo, r.Hi, factor)
	}
	if c.Eff.Matmul >= rows[0].In.Eff.Matmul {
		t.Errorf("matrix products %.3f, were %.3f", c.Eff.Matmul, rows[0].In.Eff.Matmul)
	}
	for i, x := range c.Residuals {
		if math.Abs(x.After) > math.Abs(x.Before) {
			t.Errorf("step %d: %.1f %% before, %.1f %% after", i, 100*x.Before, 100*x.After)
		}
	}
}

// Steps as the table expects them move nothing; more steps never widen the
// range; the same steps give the same answer.
func TestCalibrateOnWhatIsExpected(t *testing.T) {
	same := func(*Efficiency) {}
	last := math.Inf(1)
	l := model.Layout{TP: 4, PP: 4, VPP: 1, DP: 16, ZeRO: 1, Micro: 1, SP: true}
	for n := 1; n <= 5; n++ {
		rows := timed(t, same, n)
		c, p := Calibrate(rows, OtherSoftware)
		if p != nil {
			t.Fatal(p)
		}
		if math.Abs(c.Rest-1) > 1e-9 || math.Abs(c.Eff.Matmul/rows[0].In.Eff.Matmul-1) > 1e-9 {
			t.Errorf("moved by nothing: %+v", c.Eff)
		}
		in := stepCase(t, llama8, 8192, 128)
		spread := c.Spread(in, &l)
		if spread > last*(1+1e-9) {
			t.Errorf("%d steps: spread %.4f, with one fewer %.4f", n, spread, last)
		}
		last = spread
		again, _ := Calibrate(rows, OtherSoftware)
		if again.Says != c.Says || again.Eff != c.Eff {
			t.Error("the same steps gave another answer")
		}
	}
}

// One step that is three times as slow as the others does not drag the rest along.
func TestCalibrateStandsAnOddStep(t *testing.T) {
	rows := timed(t, func(*Efficiency) {}, 5)
	rows[2].Step *= 3
	c, p := Calibrate(rows, OtherSoftware)
	if p != nil {
		t.Fatal(p)
	}
	t.Log(c.Says)
	if !c.Residuals[2].Odd {
		t.Error("the odd step is not noticed")
	}
	for i, x := range c.Residuals {
		if i != 2 && math.Abs(x.After) > 0.15 {
			t.Errorf("step %d is now %.0f %% off", i, 100*x.After)
		}
	}
}

// A family that was never measured may lie far off, and follows its steps.
func TestCalibrateFollowsANewFamily(t *testing.T) {
	rows := timed(t, func(e *Efficiency) { e.Matmul *= 0.6; e.Passes *= 1.4 }, 3)
	known, _ := Calibrate(rows, OtherSoftware)
	fresh, _ := Calibrate(rows, AllFamilies)
	l := model.Layout{TP: 8, PP: 8, VPP: 1, DP: 64, ZeRO: 1, Micro: 1, SP: true}
	in := stepCase(t, llama8, 8192, 1024)
	real := *in
	real.Eff.Matmul *= 0.6
	real.Eff.Passes *= 1.4
	real.Prepare()
	var truth Step
	real.Estimate(&l, &truth)
	a, _ := known.Forecast(in, &l, 0.5, 2)
	b, _ := fresh.Forecast(in, &l, 0.5, 2)
	t.Logf("truth %.2f s, by a known family %.2f, by a new one %.2f (%.2f to %.2f)", truth.Total, a.V, b.V, b.Lo, b.Hi)
	var table Step
	in.Estimate(&l, &table)
	for _, v := range []float64{a.V, b.V} {
		if math.Abs(v-truth.Total) > 0.5*math.Abs(table.Total-truth.Total) {
			t.Errorf("forecast %.2f s, truth %.2f s, table %.2f s", v, truth.Total, table.Total)
		}
	}
	if truth.Total < b.Lo || truth.Total > b.Hi {
		t.Errorf("truth %.2f s outside %.2f to %.2f", truth.Total, b.Lo, b.Hi)
	}
}

func TestCalibrateMemory(t *testing.T) {
	rows := timed(t, func(*Efficiency) {}, 3)
	for i := range rows {
		in := peakCase(llama8, "megatron", "adam-mixed-fp32-grads", 8192, 128)
		var p Peak
		in.FirstStageOnly(&rows[i].Layout, &p)
		rows[i].Memory, rows[i].Peak = 1.2*p.Reserved, in
	}
	c, _ := Calibrate(rows, OtherSoftware)
	if c.Memory < 1.15 || c.Memory > 1.2 {
		t.Errorf("factor %.3f on memory that was 1.2 times the predicted", c.Memory)
	}
}

func TestCalibrateRefuses(t *testing.T) {
	rows := timed(t, func(*Efficiency) {}, 2)
	for name, bad := range map[string][]Measurement{
		"none":     nil,
		"too many": make([]Measurement, 21),
		"no time":  {{In: rows[0].In, Layout: rows[0].Layout}},
		"negative": {{In: rows[0].In, Layout: rows[0].Layout, Step: -1}},
		"infinite": {{In: rows[0].In, Layout: rows[0].Layout, Step: math.Inf(1)}},
	} {
		if c, p := Calibrate(bad, OtherSoftware); p == nil || c != nil {
			t.Errorf("%s: accepted", name)
		} else {
			t.Log(p.Error())
		}
	}
}

func TestForecastAllocatesNothing(t *testing.T) {
	rows := timed(t, func(e *Efficiency) { e.Launch *= 1.3 }, 3)
	c, _ := Calibrate(rows, OtherSoftware)
	in, l := rows[0].In, rows[0].Layout
	if n := testing.AllocsPerRun(20, func() { c.Forecast(in, &l, 0.8, 1.3) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkCalibrate(b *testing.B) {
	rows := timed(b, func(e *Efficiency) { e.Launch *= 1.3; e.Matmul *= 0.9 }, 5)
	for b.Loop() {
		Calibrate(rows, OtherSoftware)
	}
}

func FuzzCalibrate(f *testing.F) {
	f.Add(1.0, 1.0, 1.0, uint8(0))
	f.Add(1e-6, 1e9, 1.0, uint8(4))
	f.Fuzz(func(t *testing.T, a, b, d float64, evidence uint8) {
		rows := timed(t, func(*Efficiency) {}, 3)
		for i, x := range []float64{a, b, d} {
			rows[i].Step *= x
		}
		c, p := Calibrate(rows, Evidence(evidence%uint8(AllFamilies+1)))
		if p != nil {
			return
		}
		r, factor := c.Forecast(rows[0].In, &rows[0].Layout, 0.8, 1.5)
		if !(r.Lo <= r.V && r.V <= r.Hi) || !(r.Lo > 0) || math.IsInf(r.Hi, 0) || !(factor > 0 && factor <= 1) {
			t.Errorf("%g %g %g: %+v, factor %g", a, b, d, r, factor)
		}
	})
}

// Every constant of a table row can move.
func TestEveryConstantHasALeeway(t *testing.T) {
	var e Efficiency
	e.Fields(func(name string, v *float64) {
		n := 0
		for k := range leeways {
			if leeways[k].at(&e) == v {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s has %d leeways", name, n)
		}
	})
}
