//go:build !js

package training

import (
	"os"
	"slices"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/machine"
	"flopbook/core/model"
	"flopbook/core/train"
)

// production is a published run with the layout that its authors chose.
type production struct {
	name      string
	in        train.StepInputs
	peak      train.PeakInputs
	gpus      int
	fast      int // GPUs joined by fast links
	sequence  bool
	layout    model.Layout
	pipelines uint16
	open      bool    // whether anything is computed again is not printed
	measured  float64 // s, 0 where it is not published
	lo, hi    float64 // predicted interval over the prediction
}

// runs lists the runs whose layout is printed: BLOOM's and Megatron's from the
// table of measured steps, Llama 3's and DeepSeek-V3's from their reports.
func runs(t *testing.T) []production {
	text, err := os.ReadFile("../../../core/testdata/training_runs.csv")
	if err != nil {
		t.Fatal(err)
	}
	cases, _, p := Read(string(text))
	if p != nil {
		t.Fatal(p)
	}
	byID := map[string]*Case{}
	for _, c := range cases {
		byID[c.ID] = c
	}
	recipe := func(name string) *model.Recipe {
		r, p := model.FindRecipe(name)
		if p != nil {
			t.Fatal(p)
		}
		return r
	}
	var out []production
	for _, r := range [...]struct{ id, frame, recipe string }{
		{"paper-004", "megatron", "adam-mixed-fp32-grads"},           // 175B on 64
		{"paper-024", "megatron", "adam-mixed"},                      // 175B on 384
		{"paper-026", "megatron", "adam-mixed"},                      // 175B on 1,536
		{"paper-006", "megatron", "adam-mixed-fp32-grads"},           // 530B on 280
		{"paper-017", "megatron", "adam-mixed-fp32-grads"},           // 530B on 2,240
		{"ptdp-09", "megatron", "adam-mixed"},                        // 530B on 2,520
		{"paper-008", "megatron", "adam-mixed-fp32-grads"},           // 1T on 512
		{"ptdp-10", "megatron", "adam-mixed"},                        // 1T on 3,072
		{"bigsci-bloom-final", "deepspeed", "adam-mixed-fp32-grads"}, // BLOOM on 384
		{"mbridge-290", "megatron", "adam-mixed-fp32-grads"},         // DeepSeek-V3 on 1,024 H100
	} {
		c := byID[r.id]
		if c == nil {
			t.Fatalf("%s: no such row", r.id)
		}
		stack, _ := train.FindStack(c.Soft)
		var parts train.Step
		span := Predict(c, &parts)
		in := c.In
		train.FindEfficiency(c.Family, c.Class, c.MoE, c.Soft, c.Network, &in.Eff)
		in.Prepare()
		l := c.Layout
		run := production{name: r.id + " " + c.Model, in: in, gpus: int(c.GPUs), fast: int(in.Mach.Domain), sequence: stack.Sequence || l.SP, layout: l,
			pipelines: 1 << train.Pipe1F1B, measured: c.Measured, lo: span.Lo / span.V, hi: span.Hi / span.V}
		run.open = slices.Contains(c.Free, "recompute")
		run.peak = train.PeakInputs{Arch: &c.Arch, Counts: &c.Counts, Recipe: recipe(r.recipe), Frame: train.FindFramework(r.frame),
			Seq: in.Seq, Batch: in.Batch * in.Seq, Capacity: 80 << 30, Eight: in.Bytes < 2}
		out = append(out, run)
	}

	// Llama 3 405B, table 4 and section 3.3.2: sharded optimizer and gradients
	// (ZeRO 2), no recomputation; the number of interleaved chunks is not printed.
	// DeepSeek-V3, sections 3.2 and 3.3: 16 stages in both directions, 64-way
	// experts over 8 servers, ZeRO 1, norms and latent up-projections computed
	// again, averages of the optimizer in 16 bits.
	more := func(name, card, soft, network string, prec catalog.Precision, a model.Arch, gpus int, seq, batch float64, l model.Layout, pipes uint16) {
		acc, p := catalog.Find(card)
		if p != nil {
			t.Fatal(p)
		}
		a.Fill()
		c := new(model.Counts)
		a.Count(c)
		m, real := machine.Of(acc, prec)
		in := train.StepInputs{Arch: &a, Counts: c, Mach: m, Seq: seq, Batch: batch}
		stack, _ := train.FindStack(soft)
		stack.Apply(acc.Family, prec, real, &in)
		train.FindEfficiency(acc.Family, prec, a.IsMoE(), soft, network, &in.Eff)
		in.Prepare()
		out = append(out, production{name: name, in: in, gpus: gpus, fast: int(m.Domain), sequence: true, layout: l, pipelines: pipes,
			peak: train.PeakInputs{Arch: &a, Counts: c, Recipe: recipe("adam-mixed-fp32-grads"), Frame: train.FindFramework("megatron"), Seq: seq, Batch: batch * seq, Capacity: acc.Memory.V, Eight: in.Bytes < 2}})
	}
	llama := model.Arch{Layers: 126, Width: 16384, Heads: 128, KVHeads: 8, HeadDim: 128, FF: 53248, Vocab: 128256}
	for _, gpus := range []int{8192, 16384} {
		more("Llama 3 405B", "h100-sxm", "megatron-core 2024", "roce", catalog.BF16, llama, gpus, 8192, 2048,
			model.Layout{TP: 8, PP: 16, DP: gpus / 128, CP: 1, EP: 1, ZeRO: 2, Micro: 1, SP: true}, 1<<train.Pipe1F1B)
	}
	deepseek := model.Arch{Layers: 61, Width: 7168, Heads: 128, FF: 18432, Vocab: 129280, MoE: model.MoE{Layers: 58, Experts: 256, TopK: 8, ExpertFF: 2048, SharedExperts: 1},
		MLA: model.MLA{QRank: 1536, KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}}
	more("DeepSeek-V3", "h800", "megatron-core 2024", "infiniband", catalog.FP8, deepseek, 2048, 4096, 15360,
		model.Layout{TP: 1, PP: 16, VPP: 1, DP: 128, CP: 1, EP: 64, ETP: 1, ZeRO: 1, Micro: 1, Recompute: model.RecomputeSelective}, 1<<train.PipeDualPipe)
	own := *recipe("adam-mixed-fp32-grads")
	own.Moments = 4
	out[len(out)-1].peak.Recipe = &own
	return out
}

// For each published run, its own layout is in the search's space, and the
// search finds a plan predicted at least as fast. Where the run's step is
// measured it lies in the predicted interval.
func TestSearchAgainstPublishedRuns(t *testing.T) {
	for _, r := range runs(t) {
		l := &r.layout
		s := train.Search{Step: r.in, Peak: r.peak, GPUs: r.gpus, Counted: true}
		s.Axes = train.FullAxes(r.in.Arch, r.fast, r.in.Seq, r.sequence)
		s.Axes.Pipelines = r.pipelines
		s.Wish = train.Wish{TP: l.TP, PP: l.PP, VPP: l.VPP, CP: l.CP, EP: l.EP, Micro: l.Micro, ZeRO: l.ZeRO, Recompute: int(l.Recompute), Eager: l.Eager}
		if r.open {
			s.Wish.Recompute = -1
		}
		var own, free train.Outcome
		s.Run(&own)
		if len(own.Best) == 0 || own.Best[0].DP != l.DP {
			t.Errorf("%s: the published layout %+v is not in the space: %+v", r.name, *l, own)
			continue
		}
		f := own.Best[0]
		if !f.Fits {
			t.Logf("%s: published layout needs %.1f of %.1f GiB:", r.name, f.Peak.Total/(1<<30), r.peak.Capacity/(1<<30))
			f.Peak.Parts(func(_, label string, bytes float64) { t.Logf("   %s %.1f GiB", label, bytes/(1<<30)) })
		}
		s.Wish = train.NoWish
		s.Wish.Eager = l.Eager
		s.Run(&free)
		if !free.Fits() || free.Best[0].Step.Total > f.Step.Total {
			t.Errorf("%s: published %.2f s, found %+v", r.name, f.Step.Total, free)
			continue
		}
		b := free.Best[0]
		t.Logf("%s on %d: published %+v %.2f s (%.1f GiB); of %d layouts the search takes %+v: %.2f s (%.1f GiB)", r.name, r.gpus, f.Plan, f.Step.Total, f.Peak.Total/(1<<30),
			free.Considered, b.Plan, b.Step.Total, b.Peak.Total/(1<<30))
		if r.measured > 0 {
			lo, hi := f.Step.Total*r.lo, f.Step.Total*r.hi
			if r.measured < lo || r.measured > hi {
				t.Errorf("%s: measured %.2f s, predicted %.2f s (%.2f to %.2f)", r.name, r.measured, f.Step.Total, lo, hi)
			} else {
				t.Logf("   measured %.2f s, predicted %.2f s (%.2f to %.2f)", r.measured, f.Step.Total, lo, hi)
			}
		}
	}
}
