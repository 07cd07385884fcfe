//go:build !js

package training

import (
	"math"
	"sort"
	"testing"

	"flopbook/core/train"
)

// calibrating predicts runs of each source from three of its smaller ones: by
// constants fitted without the source, and by those after calibrating. pick
// names the three for a planned run, by configuration alone; nil where there
// are none. It returns the errors and the shares inside the range by source.
func calibrating(t *testing.T, pick func(rows []*Case, planned *Case) []*Case) (before, after, inside []float64) {
	cases, _ := gather(t)
	groups := map[string][]*Case{}
	for _, c := range cases {
		if c.Clean && !c.Faulty && !c.Extra {
			groups[c.Group] = append(groups[c.Group], c)
		}
	}
	var runs []float64
	for _, name := range sortedKeys(groups) {
		rows := groups[name]
		sort.Slice(rows, func(i, j int) bool {
			if rows[i].GPUs != rows[j].GPUs {
				return rows[i].GPUs < rows[j].GPUs
			}
			return rows[i].ID < rows[j].ID
		})
		var left []*Case
		for _, c := range cases {
			if c.Group != name {
				left = append(left, c)
			}
		}
		var prior *Point
		expected := func(c *Case) *train.StepInputs {
			in := c.In
			prior.Efficiency(c, &in.Eff)
			in.Prepare()
			return &in
		}
		var b, a []float64
		held, factor, says := 0.0, 0.0, ""
		var last *train.Calibration
		var seen []*Case
		for _, c := range rows {
			three := pick(rows, c)
			if len(three) < 3 {
				continue
			}
			if prior == nil {
				prior = Fit(left)
			}
			if last == nil || seen[0] != three[0] || seen[1] != three[1] || seen[2] != three[2] {
				var m []train.Measurement
				for _, c := range three {
					m = append(m, train.Measurement{In: expected(c), Layout: c.Layout, Step: c.Measured})
				}
				cal, p := train.Calibrate(m, evidence(left, three[0]))
				if p != nil {
					t.Fatal(name, p)
				}
				if last, seen = cal, three; says == "" {
					says = cal.Says
				}
			}
			var step train.Step
			in := expected(c)
			in.Estimate(&c.Layout, &step)
			b = append(b, math.Abs(step.Total/c.Measured-1))
			var shipped train.Efficiency
			row := train.FindEfficiency(c.Family, c.Class, c.MoE, c.Soft, c.Network, &shipped)
			r, f := last.Forecast(in, &c.Layout, row.Lo, row.Hi)
			factor += f
			a = append(a, math.Abs(r.V/c.Measured-1))
			if r.Lo <= c.Measured && c.Measured <= r.Hi {
				held++
			}
		}
		if len(b) == 0 {
			continue
		}
		n := float64(len(b))
		runs = append(runs, n)
		before, after, inside = append(before, middle(b)), append(after, middle(a)), append(inside, held/n)
		t.Logf("%-14s %3d runs, median error %5.1f %% left out, %5.1f %% calibrated; %3.0f %% inside a range %.2f as wide", name, len(b), 100*middle(b), 100*middle(a), 100*held/n, factor/n)
		t.Logf("               %s", says)
	}
	sum, many, large := 0.0, 0.0, 0.0
	for i, x := range inside {
		sum += x
		if runs[i] >= 10 {
			many, large = many+x, large+1
		}
	}
	t.Logf("median over %d sources: %.1f %% left out, %.1f %% calibrated; 80 %% ranges hold %.0f %% by source, %.0f %% by source of ten runs and more", len(before),
		100*middle(before), 100*middle(after), 100*sum/float64(len(inside)), 100*many/large)
	return before, after, inside
}

// evidence is what constants fitted on the cases say of a run's machine.
func evidence(cases []*Case, c *Case) train.Evidence {
	out := train.AllFamilies
	for _, r := range cases {
		switch {
		case r.Family == c.Family && r.cell() == c.cell():
			return train.OtherSoftware
		case r.Family == c.Family:
			out = train.OtherPrecision
		}
	}
	return out
}

func middle(v []float64) float64 {
	v = append([]float64(nil), v...)
	sort.Float64s(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// sameCluster are the runs of a source that a planned run could be calibrated
// on: the same accelerators, precision, kind of model and software, timed when
// steady.
func sameCluster(rows []*Case, c *Case) []*Case {
	var out []*Case
	for _, r := range rows {
		if r != c && r.cell() == c.cell() && r.Soft == c.Soft && !r.Warming {
			out = append(out, r)
		}
	}
	return out
}

// Three steps on the fewest accelerators, the first by identifier where
// several are as small, whatever their model and layout; every run of the same
// cluster on more accelerators is then predicted. Steps of other models say
// little, and now and then mislead: printed beside the test below, so that
// nobody expects more.
func TestCalibratingOnTheThreeSmallest(t *testing.T) {
	if testing.Short() {
		t.Skip("refits for each source")
	}
	_, after, _ := calibrating(t, func(rows []*Case, c *Case) []*Case {
		same := sameCluster(rows, c)
		if len(same) < 3 || c.GPUs <= same[2].GPUs {
			return nil
		}
		return same[:3]
	})
	if len(after) < 8 {
		t.Errorf("%d sources", len(after))
	}
}

// As teams do: for each run, the three most like it that were measured on half
// of its accelerators or fewer, like it by configuration alone.
func TestCalibratingOnSmallerVersions(t *testing.T) {
	if testing.Short() {
		t.Skip("refits for each source")
	}
	before, after, inside := calibrating(t, func(rows []*Case, c *Case) []*Case {
		var like []*Case
		for _, r := range sameCluster(rows, c) {
			if r.GPUs <= c.GPUs/2 {
				like = append(like, r)
			}
		}
		sort.SliceStable(like, func(i, j int) bool {
			return train.Distance(&like[i].In, &like[i].Layout, &c.In, &c.Layout) < train.Distance(&like[j].In, &like[j].Layout, &c.In, &c.Layout)
		})
		if len(like) < 3 {
			return nil
		}
		return like[:3]
	})
	if b, a := middle(before), middle(after); a >= b {
		t.Errorf("calibrated %.1f %%, left out %.1f %%", 100*a, 100*b)
	}
	if len(inside) < 8 {
		t.Errorf("%d sources", len(inside))
	}
}
