package model

import (
	"math"
	"testing"
)

func TestDenseHitsTheSizeAsked(t *testing.T) {
	for p := 1e7; p <= 1e13*1.0001; p *= 1.037 {
		a := Dense(p)
		if problems := a.Check(); problems != nil {
			t.Fatalf("Dense(%g): %v", p, problems[0])
		}
		var c Counts
		a.Count(&c)
		if off := c.Total/p - 1; math.Abs(off) > 0.02 {
			t.Errorf("Dense(%.4g) has %.4g parameters, %+.1f %%", p, c.Total, 100*off)
		}
		if r := float64(a.FF) / float64(a.Width); r < 1 || r > 8 {
			t.Errorf("Dense(%.4g): MLP %d is %.2f times the width %d (%d layers)", p, a.FF, r, a.Width, a.Layers)
		}
	}
	for _, p := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, 1e6, 1e300} {
		a := Dense(p)
		if problems := a.Check(); problems != nil {
			t.Errorf("Dense(%g): %v", p, problems[0])
		}
	}
}

func TestSparseHitsTheSizesAsked(t *testing.T) {
	for active := 1e9; active < 1e12; active *= 1.7 {
		for _, ratio := range []float64{1.3, 2, 3.7, 6.4, 11, 18, 24} {
			a := Sparse(ratio*active, active)
			if problems := a.Check(); problems != nil {
				t.Fatalf("Sparse(%g, %g): %v", ratio*active, active, problems[0])
			}
			var c Counts
			a.Count(&c)
			total, used := c.Total/(ratio*active)-1, c.Active[WithEmbeddings]/active-1
			if math.Abs(total) > 0.03 || math.Abs(used) > 0.10 {
				t.Errorf("Sparse(%.3g, %.3g): total off by %+.1f %%, active by %+.1f %% (%+v)", ratio*active, active, 100*total, 100*used, a.MoE)
			}
		}
	}
	for _, p := range []float64{math.NaN(), math.Inf(1), -1, 0, 1e300} {
		if a := Sparse(p, 1e9); a.Check() != nil {
			t.Errorf("Sparse(%g): %v", p, a.Check()[0])
		}
	}
}
