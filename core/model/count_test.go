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

// A shape scaled to its own size is itself; scaled to another it has that size
// and keeps what makes it itself.
func TestScaledKeepsTheLikeness(t *testing.T) {
	for name, like := range map[string]Arch{
		"Llama 2 13B":   {Layers: 40, Width: 5120, Heads: 40, KVHeads: 40, HeadDim: 128, FF: 13824, Vocab: 32000, MLPMatrices: 3, NormMult: 1},
		"Llama 3.1 8B":  {Layers: 32, Width: 4096, Heads: 32, KVHeads: 8, HeadDim: 128, FF: 14336, Vocab: 128256, MLPMatrices: 3, NormMult: 1},
		"Llama 3.1 70B": {Layers: 80, Width: 8192, Heads: 64, KVHeads: 8, HeadDim: 128, FF: 28672, Vocab: 128256, MLPMatrices: 3, NormMult: 1},
		"GPT-3":         {Layers: 96, Width: 12288, Heads: 96, KVHeads: 96, HeadDim: 128, FF: 49152, Vocab: 50257, MLPMatrices: 2, NormMult: 2, Tied: true, Positions: 2048},
		"windowed":      {Layers: 26, Width: 2304, Heads: 8, KVHeads: 4, HeadDim: 256, FF: 9216, Vocab: 256000, MLPMatrices: 3, NormMult: 1, Tied: true, Window: Window{Size: 4096, Layers: 13}},
		"recurrent":     nemotronNano(56, 27, 4, 4480, 15680),
	} {
		var c Counts
		like.Count(&c)
		own := Scaled(&like, c.Total)
		if own != like {
			t.Errorf("%s at its own size is %+v", name, own)
		}
		for p := 3e8; p < 1e13; p *= 1.3 {
			a := Scaled(&like, p)
			if problems := a.Check(); problems != nil {
				t.Fatalf("%s at %g: %v", name, p, problems[0])
			}
			a.Count(&c)
			if off := c.Total/p - 1; math.Abs(off) > 0.02 {
				t.Errorf("%s at %.4g has %.4g parameters, %+.1f %%", name, p, c.Total, 100*off)
			}
			if got, want := float64(a.Heads)/float64(a.KVHeads), float64(like.Heads)/float64(like.KVHeads); got > 2*want || got < want/2 {
				t.Errorf("%s at %.4g: %g query heads to a key-value head, not %g", name, p, got, want)
			}
			if r, want := float64(a.FF)/float64(a.Width), float64(like.FF)/float64(like.Width); r > 2*want || r < want/2 {
				t.Errorf("%s at %.4g: MLP %.2f times the width, not %.2f", name, p, r, want)
			}
		}
	}
	for _, p := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, 1e6, 1e300} {
		like := Dense(7e9)
		a := Scaled(&like, p)
		if problems := a.Check(); problems != nil {
			t.Errorf("Scaled to %g: %v", p, problems[0])
		}
	}
}
