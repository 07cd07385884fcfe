package train

import (
	"math"
	"reflect"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/derivation/evaltest"
	"flopbook/core/machine"
	"flopbook/core/model"
)

// llama405 is Llama 3.1 405B (Grattafiori et al. 2024, table 3) on H100s.
func llama405(t testing.TB) (*StepInputs, *model.Layout) {
	s := onH100(t, model.Arch{Layers: 126, Width: 16384, Heads: 128, KVHeads: 8, HeadDim: 128, FF: 53248, Vocab: 128256}, 2048)
	return s, &model.Layout{TP: 8, PP: 16, VPP: 8, DP: 128, CP: 1, EP: 1, ZeRO: 1, Micro: 1, SP: true}
}

// onH100 is a step of so many sequences of 8,192 tokens on H100s.
func onH100(t testing.TB, shape model.Arch, sequences float64) *StepInputs {
	a := &shape
	a.Fill()
	c := &model.Counts{}
	a.Count(c)
	acc, p := catalog.Find("h100-sxm")
	if p != nil {
		t.Fatal(p)
	}
	m, runs := machine.Of(acc, catalog.BF16)
	s := &StepInputs{Arch: a, Counts: c, Mach: m, Seq: 8192, Batch: sequences}
	stack, _ := FindStack("megatron-core 2024")
	stack.Apply(acc.Family, catalog.BF16, runs, s)
	FindEfficiency(acc.Family, catalog.BF16, false, stack.Name, "infiniband", &s.Eff)
	s.Prepare()
	return s
}

func stepParts(s *Step) float64 {
	return s.Matmul + s.Attention + s.Experts + s.Head + s.Memory + s.Recompute + s.Launch + s.Tensor + s.Dispatch + s.Send +
		s.Bubble + s.Data + s.Optimizer + s.Offload + s.Overhead + s.Jitter
}

func TestPartsSumToTheStep(t *testing.T) {
	s, l := llama405(t)
	var out Step
	for _, tp := range []int{1, 2, 8, 16} {
		for _, pp := range []int{1, 2, 16} {
			for _, zero := range []int{0, 1, 2, 3} {
				for _, again := range []model.Recompute{model.RecomputeNone, model.RecomputeSelective, model.RecomputeFull} {
					for _, eager := range []bool{false, true} {
						k := *l
						k.TP, k.PP, k.VPP, k.ZeRO, k.Recompute, k.Eager, k.DP = tp, pp, 1, zero, again, eager, 64
						s.Estimate(&k, &out)
						if d := math.Abs(stepParts(&out)/out.Total - 1); d > 1e-12 || !(out.Total > 0) || math.IsInf(out.Total, 0) {
							t.Fatalf("%+v: parts %g, total %g", k, stepParts(&out), out.Total)
						}
						if out.Bubble < -1e-9*out.Total || out.Launch < 0 || out.Data < 0 || out.Send < 0 {
							t.Fatalf("%+v: negative part: %+v", k, out)
						}
					}
				}
			}
		}
	}
}

// With nothing between the arithmetic and the peak, a step takes its matrix
// work over the peak: the roofline.
func TestRooflineLimit(t *testing.T) {
	s, _ := llama405(t)
	s.Eff = Efficiency{Rates: machine.Rates{Matmul: 1, Memory: 1, Link: 1, Net: 1}, Attention: 1e12, Passes: 0, Uneven: 1, Hidden: 1}
	s.Mach.Bandwidth, s.Mach.Link, s.Mach.NIC = 1e30, 1e30, 1e30
	s.Mach.Domain = 1e9
	s.Prepare()
	s.GradBytes, s.StateBytes, s.AddBytes = 0, 0, 0
	var out Step
	l := model.Layout{TP: 8, DP: 256, Micro: 1}
	s.Estimate(&l, &out)
	var f model.Flops
	s.Arch.Flops(s.Counts, s.Seq, model.Causal, model.RecomputeNone, &f)
	want := 3 * (f.Linear + f.Logits) * s.Batch * s.Seq / (2048 * s.Mach.Peak)
	if d := math.Abs(out.Total/want - 1); d > 1e-6 {
		t.Errorf("step %g s, roofline %g s", out.Total, want)
	}
}

// The waiting of equal stages is (p-1)/v of one stage's time (Narayanan et al.
// 2021, section 2.2), for numbers of micro-batches that p divides.
func TestPipelineWait(t *testing.T) {
	for _, p := range []float64{2, 4, 8} {
		for _, v := range []float64{1, 2, 5} {
			for _, m := range []float64{8, 16, 64} {
				got := pipelineWait(p*3, 3, p, v, m)
				if want := (p - 1) / v * 3; math.Abs(got-want) > 1e-9 {
					t.Errorf("p %g v %g m %g: %g, want %g", p, v, m, got, want)
				}
			}
		}
	}
}

// More bandwidth, fewer tokens, a faster chip: never a longer step.
func TestMonotone(t *testing.T) {
	s, l := llama405(t)
	var a, b Step
	s.Estimate(l, &a)
	for name, change := range map[string]func(*StepInputs){
		"peak":    func(s *StepInputs) { s.Mach.Peak *= 2 },
		"memory":  func(s *StepInputs) { s.Mach.Bandwidth *= 2 },
		"link":    func(s *StepInputs) { s.Mach.Link *= 2 },
		"network": func(s *StepInputs) { s.Mach.NIC *= 2 },
		"launch":  func(s *StepInputs) { s.Eff.Launch /= 2 },
		"batch":   func(s *StepInputs) { s.Batch /= 2 },
	} {
		c := *s
		change(&c)
		c.Prepare()
		c.Estimate(l, &b)
		if b.Total > a.Total*(1+1e-12) {
			t.Errorf("%s: %g s became %g s", name, a.Total, b.Total)
		}
	}
}

// Llama 3 405B: 400 TFLOP/s on 16,384 H100s with TP 8, PP 16, 16M tokens, MFU
// 41 % (Grattafiori et al. 2024, table 4). No row of the measurements: a
// prediction, inside its own interval.
func TestLlama3InsideInterval(t *testing.T) {
	s, l := llama405(t)
	var out Step
	row := FindEfficiency("Hopper", catalog.BF16, false, "megatron-core 2024", "roce", &s.Eff)
	s.Prepare()
	s.Estimate(l, &out)
	r := row.Range(out.Total)
	var f model.Flops
	s.Arch.Flops(s.Counts, s.Seq, model.Causal, model.RecomputeNone, &f)
	measured := f.Train * s.Batch * s.Seq / (float64(l.GPUs()) * 400e12)
	if measured < r.Lo || measured > r.Hi {
		t.Errorf("measured %.2f s, predicted %.2f s (%.2f to %.2f)", measured, out.Total, r.Lo, r.Hi)
	}
	t.Logf("measured %.2f s, predicted %.2f s (%.2f to %.2f), MFU %.3f", measured, out.Total, r.Lo, r.Hi, out.MFU)
}

func TestEstimateAllocatesNothing(t *testing.T) {
	s, l := llama405(t)
	var out Step
	if n := testing.AllocsPerRun(100, func() { s.Estimate(l, &out) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkStep(b *testing.B) {
	s, l := llama405(b)
	var out Step
	b.ReportAllocs()
	for b.Loop() {
		s.Estimate(l, &out)
	}
}

func FuzzStep(f *testing.F) {
	f.Add(8, 16, 4, 8, 1, 1, 1, 1, 8192, 2048, true, false)
	f.Add(1, 1, 1, 1, 1, 1, 3, 4, 1, 1, false, true)
	f.Fuzz(func(t *testing.T, tp, pp, vpp, dp, cp, ep, zero, micro, seq, batch int, sp, eager bool) {
		s, _ := llama405(t)
		lim := func(v, most int) int { return 1 + max(0, v)%most }
		l := model.Layout{TP: lim(tp, 64), PP: lim(pp, 126), VPP: lim(vpp, 8), DP: lim(dp, 4096), CP: lim(cp, 64), EP: 1,
			ZeRO: max(0, zero) % 4, Micro: lim(micro, 64), SP: sp, Eager: eager}
		s.Seq, s.Batch = float64(lim(seq, 1<<20)), float64(lim(batch, 1<<20))
		var out Step
		s.Estimate(&l, &out)
		if !(out.Total > 0) || math.IsInf(out.Total, 0) || math.Abs(stepParts(&out)/out.Total-1) > 1e-9 {
			t.Errorf("%+v: %+v", l, out)
		}
	})
}

// The steps' expressions give the shown values.
func TestStepSteps(t *testing.T) {
	s, l := llama405(t)
	var out Step
	s.Estimate(l, &out)
	b := derivation.NewBook()
	s.StepSteps(l, &out, b)
	evaltest.Check(t, b)
	sum := 0.0
	out.StepParts(func(_, _, _ string, v float64) { sum += v })
	if math.Abs(sum/out.Total-1) > 1e-12 {
		t.Errorf("parts %g, total %g", sum, out.Total)
	}
	if rate := out.Tokens / out.Total / float64(l.GPUs()); math.Abs(rate/out.TokensPerGPU-1) > 1e-9 {
		t.Errorf("rate %g, shown %g", rate, out.TokensPerGPU)
	}
}

// A step scaled has every part scaled.
func TestScaleReachesEveryPart(t *testing.T) {
	var s Step
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		v.Field(i).SetFloat(3)
	}
	s.Scale(2)
	s.StepParts(func(name, _, _ string, seconds float64) {
		if seconds != 6 {
			t.Errorf("%s is %g, want 6", name, seconds)
		}
	})
	if s.Total != 6 || s.MFU != 1.5 || s.HFU != 1.5 || s.TokensPerGPU != 1.5 {
		t.Errorf("%+v", s)
	}
}
