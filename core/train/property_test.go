package train

import (
	"math"
	"math/rand"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/machine"
	"flopbook/core/model"
)

// someCase is a model, a machine, a batch and a layout that the checks accept,
// drawn from the numbers; ok is false where they do not.
func someCase(rng *rand.Rand) (s *StepInputs, l model.Layout, ok bool) {
	pick := func(n ...int) int { return n[rng.Intn(len(n))] }
	a := &model.Arch{Layers: pick(1, 2, 13, 32, 61, 126), Width: pick(512, 2048, 4096, 7168, 16384), Heads: pick(8, 16, 32, 64, 128), FF: pick(1536, 8192, 53248),
		Vocab: pick(1, 32000, 129280), MLPMatrices: pick(2, 3), Tied: rng.Intn(2) == 0, QKNorm: rng.Intn(4) == 0}
	a.KVHeads = pick(1, 2, a.Heads)
	switch rng.Intn(4) {
	case 0:
		a.MoE = model.MoE{Layers: pick(1, a.Layers), Experts: pick(8, 64, 256), TopK: pick(1, 2, 8), ExpertFF: pick(512, 2048), SharedExperts: pick(0, 1)}
	case 1:
		a.MLA = model.MLA{QRank: pick(0, 1536), KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}
	case 2:
		a.Window = model.Window{Size: pick(128, 4096), Layers: pick(1, a.Layers)}
	}
	a.Fill()
	if a.Check() != nil {
		return nil, l, false
	}
	c := &model.Counts{}
	a.Count(c)
	all := catalog.Accelerators()
	acc := &all[rng.Intn(len(all))]
	prec := []catalog.Precision{catalog.BF16, catalog.FP8, catalog.FP16, catalog.FP4}[rng.Intn(4)]
	m, runs := machine.Of(acc, prec)
	s = &StepInputs{Arch: a, Counts: c, Mach: m, Seq: float64(pick(128, 2048, 8192, 131072)), Batch: float64(pick(1, 3, 64, 1000, 4096))}
	Stacks[rng.Intn(len(Stacks))].Apply(acc.Family, prec, runs, s)
	NearestEfficiency(acc.Family, runs, a.IsMoE(), "", []string{"", "efa", "roce"}[rng.Intn(3)], &s.Eff)
	s.Pipeline = Pipeline(rng.Intn(int(PipeDualPipe) + 1))
	s.GradOnce = rng.Intn(2) == 0
	if rng.Intn(4) == 0 {
		s.Frozen, s.Adapter, s.Dequantise = true, c.Total/100, float64(pick(0, 2))
	}
	if rng.Intn(4) == 0 {
		s.Offload = HostOffload(m.Node, float64(pick(0, 4)))
		s.Offload.Optimizer, s.Offload.Weights, s.Offload.Activations = rng.Float64(), rng.Float64(), rng.Float64()
	}
	s.Prepare()
	l = model.Layout{TP: pick(0, 1, 2, 8, 16), PP: pick(0, 1, 2, 3, 8, 16), VPP: pick(0, 1, 2, 4), DP: pick(0, 1, 2, 7, 64, 1024), CP: pick(0, 1, 2, 8), EP: pick(0, 1, 2, 8, 64),
		ZeRO: rng.Intn(4), Micro: pick(0, 1, 2, 16), Recompute: model.Recompute(rng.Intn(3)), ETP: pick(0, 1, 2), SP: rng.Intn(2) == 0, Eager: rng.Intn(4) == 0}
	if rng.Intn(4) == 0 {
		s.ShardGroup = float64(pick(2, 8))
	}
	return s, l, l.Check(a) == nil
}

// checkStep demands what is true of every step.
func checkStep(t *testing.T, s *StepInputs, l *model.Layout) Step {
	t.Helper()
	var out Step
	s.Estimate(l, &out)
	for name, v := range map[string]float64{"matmul": out.Matmul, "attention": out.Attention, "experts": out.Experts, "head": out.Head, "memory": out.Memory,
		"recompute": out.Recompute, "launch": out.Launch, "tensor": out.Tensor, "dispatch": out.Dispatch, "send": out.Send, "bubble": out.Bubble, "data": out.Data,
		"optimizer": out.Optimizer, "offload": out.Offload, "overhead": out.Overhead, "jitter": out.Jitter, "MFU": out.MFU, "HFU": out.HFU, "tokens": out.TokensPerGPU} {
		if math.IsNaN(v) || math.IsInf(v, 0) || v < -1e-9*out.Total {
			t.Fatalf("%s is %g\n%+v\n%+v\n%+v", name, v, *s.Arch, *l, out)
		}
	}
	if !(out.Total > 0) || math.Abs(stepParts(&out)/out.Total-1) > 1e-9 {
		t.Fatalf("parts %g, total %g\n%+v\n%+v", stepParts(&out), out.Total, *s.Arch, *l)
	}
	if out.MFU > 1 || out.HFU < out.MFU*(1-1e-9) {
		t.Fatalf("MFU %g, HFU %g\n%+v\n%+v\n%+v", out.MFU, out.HFU, *s.Arch, *l, out)
	}
	return out
}

// faster makes one thing of the machine or the software better.
var faster = map[string]func(*StepInputs){
	"peak":             func(s *StepInputs) { s.Mach.Peak *= 2; s.Mach.Peak16 *= 2 },
	"memory bandwidth": func(s *StepInputs) { s.Mach.Bandwidth *= 2 },
	"link":             func(s *StepInputs) { s.Mach.Link *= 2 },
	"network":          func(s *StepInputs) { s.Mach.NIC *= 2 },
	"both links":       func(s *StepInputs) { s.Mach.NIC *= 3; s.Mach.Link *= 3 },
	"launching":        func(s *StepInputs) { s.Eff.Launch /= 2 },
	"latency":          func(s *StepInputs) { s.Eff.LinkLatency /= 2; s.Eff.NetLatency /= 2 },
	"gap":              func(s *StepInputs) { s.Eff.Gap /= 2 },
	"hiding":           func(s *StepInputs) { s.Eff.Hidden = 1 - (1-s.Eff.Hidden)/2 },
	"jitter":           func(s *StepInputs) { s.Eff.Jitter /= 2 },
	"host":             func(s *StepInputs) { s.Offload.Host *= 2 },
	"host link":        func(s *StepInputs) { s.Offload.Link *= 2 },
}

func checkFaster(t *testing.T, s *StepInputs, l *model.Layout, out *Step) {
	t.Helper()
	var after Step
	for name, change := range faster {
		c := *s
		change(&c)
		c.Prepare()
		c.Estimate(l, &after)
		if after.Total > out.Total*(1+1e-9) {
			t.Fatalf("better %s: %g s became %g s\n%+v pipeline %d\n%+v\n%+v\n%+v", name, out.Total, after.Total, *s.Arch, s.Pipeline, *l, *out, after)
		}
	}
}

// One GPU sends nothing to anybody and waits for nobody.
func checkAlone(t *testing.T, s *StepInputs) {
	t.Helper()
	var out Step
	s.Estimate(&model.Layout{DP: 1, Micro: 1}, &out)
	if out.Tensor != 0 || out.Dispatch != 0 || out.Send != 0 || out.Bubble != 0 || out.Data != 0 || out.Jitter != 0 {
		t.Fatalf("one GPU: %+v", out)
	}
}

// With nothing between arithmetic and peak, a step on one stage is its matrix
// work over the peak of all GPUs: the roofline, however they share it.
func checkRoofline(t *testing.T, s *StepInputs, l *model.Layout) {
	t.Helper()
	c := *s
	c.Eff = Efficiency{Rates: machine.Rates{Matmul: 1, Memory: 1, Link: 1, Net: 1}, Attention: 1e15, Uneven: 1, Hidden: 1}
	c.Mach.Bandwidth, c.Mach.Link, c.Mach.NIC, c.Mach.Domain = 1e30, 1e30, 1e30, 1e12
	c.Mach.Peak16 = c.Mach.Peak
	c.GradBytes, c.StateBytes, c.AddBytes, c.Dequantise = 0, 0, 0, 0
	c.Offload, c.KernelScale, c.Pipeline = Offload{}, -1, Pipe1F1B
	c.Frozen, c.Heads, c.Gather, c.Retried = false, 1, GatherBuckets, 0
	c.Prepare()
	k := *l
	k.PP, k.VPP, k.Eager, k.Recompute = 1, 1, false, model.RecomputeNone
	m := deg(k.DP) * deg(k.Micro)
	c.Batch = m * math.Max(1, math.Round(c.Batch/m)) // whole micro-batches
	if c.Arch.IsMoE() || c.Arch.MLA.KVRank > 0 && k.TP > 1 {
		return // tiles of experts are whole, and each GPU makes the whole latent: more than the roofline by design
	}
	var out Step
	c.Estimate(&k, &out)
	var f model.Flops
	c.Arch.Flops(c.Counts, c.Seq, model.Causal, model.RecomputeNone, &f)
	want := 3 * (f.Linear + f.Logits) * c.Batch * c.Seq / (float64(k.GPUs()) * c.Mach.Peak)
	if math.Abs(out.Total/want-1) > 1e-6 {
		t.Fatalf("%g s, roofline %g s\n%+v\n%+v\n%+v", out.Total, want, *c.Arch, k, out)
	}
}

// A degree of 0 means 1, and equal work in equal copies takes equal time.
func checkSymmetry(t *testing.T, s *StepInputs, l *model.Layout, out *Step) {
	t.Helper()
	k := *l
	for _, n := range []*int{&k.TP, &k.PP, &k.VPP, &k.DP, &k.CP, &k.EP, &k.Micro} {
		*n = max(*n, 1)
	}
	var same Step
	s.Estimate(&k, &same)
	if same != *out {
		t.Fatalf("degrees of 0 and 1 differ: %+v, %+v", *out, same)
	}
	// Twice the copies with twice the batch do the same work each.
	c := *s
	c.Batch *= 2
	k.DP *= 2
	c.Estimate(&k, &same)
	for name, v := range map[string][2]float64{"matmul": {out.Matmul, same.Matmul}, "attention": {out.Attention, same.Attention}, "head": {out.Head, same.Head},
		"tensor": {out.Tensor, same.Tensor}, "recompute": {out.Recompute, same.Recompute}} {
		if l.ETP == 0 && s.Arch.IsMoE() {
			continue // experts may be cut another way
		}
		if math.Abs(v[0]-v[1]) > 1e-9*out.Total {
			t.Fatalf("%s: %g s, with twice the copies %g s\n%+v\n%+v", name, v[0], v[1], *s.Arch, *l)
		}
	}
}

// More sharding never leaves more weights, gradients and optimizer states.
func checkSharding(t *testing.T, s *StepInputs, l *model.Layout, rng *rand.Rand) {
	t.Helper()
	recipe := &model.Recipes[rng.Intn(len(model.Recipes))]
	in := &PeakInputs{Arch: s.Arch, Counts: s.Counts, Recipe: recipe, Frame: &Frameworks[rng.Intn(len(Frameworks))], Seq: s.Seq, Batch: s.Batch * s.Seq,
		Capacity: 80 * gib, Pipeline: s.Pipeline}
	in.Pipeline = min(in.Pipeline, PipeZB2P) // folded pipelines hold both ends on one GPU
	states := func(l *model.Layout) float64 {
		var p Peak
		in.FirstStageOnly(l, &p) // which stage is fullest may change
		if math.IsNaN(p.Total) || math.IsInf(p.Total, 0) || !(p.Total > 0) || math.Abs(parts(&p)/p.Total-1) > 1e-9 {
			t.Fatalf("memory %+v of %+v\n%+v", p, *l, *s.Arch)
		}
		if p.Moment == AtStart {
			return 0
		}
		return p.Weights + p.Grads + p.Optimizer
	}
	before := states(l)
	if before == 0 {
		return
	}
	for name, more := range map[string]func(*model.Layout){
		"ZeRO": func(l *model.Layout) { l.ZeRO = min(l.ZeRO+1, 3) },
		"DP":   func(l *model.Layout) { l.DP = 2 * max(l.DP, 1) },
		"TP":   func(l *model.Layout) { l.TP = 2 * max(l.TP, 1) },
	} {
		k := *l
		more(&k)
		if k.Check(s.Arch) != nil || name == "TP" && s.Arch.IsMoE() {
			continue
		}
		// Tables are filled up to a multiple of TP.
		slack := 1 + 1e-9
		if name == "TP" {
			slack += 4096 * float64(s.Arch.Width) * 18 / before
		}
		if after := states(&k); after > before*slack {
			t.Fatalf("%s: states of %g GiB become %g GiB\n%+v\n%+v", name, before/gib, after/gib, *l, *s.Arch)
		}
	}
}

func checkAll(t *testing.T, seed int64) bool {
	t.Helper()
	rng := rand.New(rand.NewSource(seed))
	s, l, ok := someCase(rng)
	if !ok {
		return false
	}
	out := checkStep(t, s, &l)
	checkFaster(t, s, &l, &out)
	checkAlone(t, s)
	checkRoofline(t, s, &l)
	checkSymmetry(t, s, &l, &out)
	checkSharding(t, s, &l, rng)
	return true
}

func TestStepProperties(t *testing.T) {
	n := 0
	for seed := range int64(20000) {
		if checkAll(t, seed) {
			n++
		}
	}
	t.Logf("%d cases", n)
	if n < 5000 {
		t.Errorf("only %d cases pass the checks of model and layout", n)
	}
}

func FuzzStepProperties(f *testing.F) {
	f.Add(int64(1))
	f.Add(int64(-7))
	f.Fuzz(func(t *testing.T, seed int64) { checkAll(t, seed) })
}
