package train

import (
	"math"
	"strings"
	"testing"

	"flopbook/core/model"
)

// Rivals differ from the winner on their axis alone (copies follow), and none
// that fits is faster: the search looked at them too.
func TestRivals(t *testing.T) {
	for _, c := range []struct {
		arch model.Arch
		gpus int
	}{{big, 16384}, {llama70, 512}, {lite, 64}, {llama8, 1}} {
		s := trial(t, c.arch, "h100-sxm", c.gpus, 8192, 1024)
		s.Axes = FullAxes(s.Step.Arch, 8, 8192, true)
		var o Outcome
		s.Run(&o)
		best := &o.Best[0]
		rivals := s.Rivals(best, nil)
		if c.gpus > 1 && len(rivals) < 5 {
			t.Errorf("%d GPUs: only %d rivals", c.gpus, len(rivals))
		}
		for _, r := range rivals {
			p, q := best.Plan, r.Plan
			p.DP, q.DP = 0, 0
			put := map[Axis]func(){AxisTP: func() { p.TP, p.SP, q.SP = q.TP, false, false }, AxisPP: func() { p.PP, p.VPP = q.PP, q.VPP }, AxisVPP: func() { p.VPP = q.VPP }, AxisCP: func() { p.CP = q.CP },
				AxisEP: func() { p.EP = q.EP }, AxisZeRO: func() { p.ZeRO = q.ZeRO }, AxisMicro: func() { p.Micro = q.Micro }, AxisRecompute: func() { p.Recompute = q.Recompute }, AxisNorms: func() { p.SP = q.SP }}
			put[r.Axis]()
			if p != q {
				t.Errorf("%s: %+v against %+v", AxisLabels[r.Axis], q, best.Plan)
			}
			if r.Fits && r.Step.Total < best.Step.Total {
				t.Errorf("%s: %+v takes %g s, the winner %g", AxisLabels[r.Axis], r.Plan, r.Step.Total, best.Step.Total)
			}
			if !r.Fits && r.Slower >= 0 || r.GPUs() > c.gpus || r.Part == "" || r.Grows*r.Slower < 0 {
				t.Errorf("%s: %+v", AxisLabels[r.Axis], r)
			}
		}
	}
}

// Twice as much of anything never makes the best plan slower, and something is gained.
func TestPulls(t *testing.T) {
	s := trial(t, big, "h100-sxm", 8192, 8192, 2048)
	var o Outcome
	s.Run(&o)
	var pulls [LeverCount]Pull
	s.Pulls(&o.Best[0], &pulls)
	most := 0.0
	for l, p := range pulls {
		if int(p.Lever) != l || !p.Fits || p.Gain < 0 || p.Gain > 0.5 || p.Step.Total > o.Best[0].Step.Total*1.0000001 && p.Lever != LargerBatch {
			t.Errorf("%s: %+v", LeverLabels[l], p)
		}
		most = math.Max(most, p.Gain)
	}
	if most < 0.01 {
		t.Errorf("nothing gains more than %g", most)
	}
}

// Time falls along the curve, the first point is on the frontier, batches grow
// only up to the critical one, and there is a knee before GPUs stop counting.
func TestCurve(t *testing.T) {
	s := trial(t, llama8, "h100-sxm", 1, 8192, 512)
	var gpus []int
	for n := 8; n <= 1<<17; n *= 2 {
		gpus = append(gpus, n)
	}
	fixed, grown := make([]CurvePoint, len(gpus)), make([]CurvePoint, len(gpus))
	s.Curve(gpus, 0, fixed)
	s.Curve(gpus, 4096, grown)
	for i := range fixed {
		f, g := &fixed[i], &grown[i]
		if !f.Fits || f.Batch != 512 || f.Work != 1 || f.Time != f.Step.Total {
			t.Errorf("%+v", f)
		}
		if i > 0 && (f.Time > fixed[i-1].Time || g.Time > grown[i-1].Time) {
			t.Errorf("%d GPUs take longer than %d", f.There, fixed[i-1].There)
		}
		if g.Time > f.Time || g.Batch > 4096 || g.Work < 1 || g.Batch > 512 != (g.Work > 1) {
			t.Errorf("%+v against %+v", g, f)
		}
		if f.Used < 0 || f.Used > 1.2 {
			t.Errorf("%d GPUs: %g of those added counted", f.There, f.Used)
		}
	}
	if !fixed[0].Best {
		t.Error("the fewest GPUs are not on the frontier")
	}
	a, b := Knee(fixed), Knee(grown)
	if a <= 0 || a >= len(gpus)-1 || b < a {
		t.Errorf("knee at %d with the batch given, at %d where it may grow", a, b)
	}
	if last := fixed[len(gpus)-1]; last.Used > 0.1 || last.Best {
		t.Errorf("%+v: a batch of 512 cannot feed %d GPUs", last, last.There)
	}
}

// Each input that nothing can satisfy is named, with what would do.
func TestSearchNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name string
		gpus int
		wish Wish
		want []string
	}{
		{"heads", 8, Wish{TP: 7}, []string{"Tensor parallel", "“7”", "32 heads", "try 8"}},
		{"stages", 64, Wish{PP: 33}, []string{"Pipeline parallel", "more stages than there are layers", "try 32"}},
		{"chunks", 64, Wish{PP: 4, VPP: 5}, []string{"Pipeline chunks", "try 4"}},
		{"context", 64, Wish{CP: 3}, []string{"Context parallel", "try 1"}},
		{"experts", 64, Wish{EP: 2}, []string{"Expert parallel", "needs a model with experts"}},
		{"GPUs", 8, Wish{TP: 8, PP: 4}, []string{"GPUs", "fewer than the 32", "take more GPUs"}},
		{"micro", 8, Wish{Micro: 4000}, []string{"Micro-batch", "larger than the batch of 512"}},
		{"memory", 1, Wish{}, []string{"Memory", "leanest layout", "optimizer states", "up to 79", "take more GPUs"}},
		{"micro memory", 64, Wish{Micro: 512}, []string{"Memory", "try a micro-batch of 1"}},
	} {
		s := trial(t, llama8, "h100-sxm", c.gpus, 8192, 512)
		c.wish.ZeRO, c.wish.Recompute = -1, -1
		s.Wish = c.wish
		var o Outcome
		s.Run(&o)
		p := s.Problem(&o)
		if p == nil || o.Fits() {
			t.Errorf("%s: %+v", c.name, o)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(p.Error(), w) {
				t.Errorf("%s: %q does not say %q", c.name, p.Error(), w)
			}
		}
	}
	s := trial(t, llama8, "h100-sxm", 64, 8192, 512)
	var o Outcome
	if s.Run(&o); s.Problem(&o) != nil || s.Refuses(&o.Best[0].Plan) != nil {
		t.Error("a plan that fits is refused")
	}
}
