package train

import (
	"encoding/csv"
	"math"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"flopbook/core/model"
	"flopbook/core/source"
)

// peakCase is a Llama-like model in the given framework, ready to estimate.
func peakCase(a model.Arch, framework, recipe string, seq, sequences float64) *PeakInputs {
	a.Fill()
	c := new(model.Counts)
	a.Count(c)
	r, _ := model.FindRecipe(recipe)
	return &PeakInputs{Arch: &a, Counts: c, Recipe: r, Frame: FindFramework(framework), Seq: seq, Batch: seq * sequences, Capacity: 80 * gib}
}

var (
	llama8 = model.Arch{Layers: 32, Width: 4096, Heads: 32, KVHeads: 8, FF: 14336, Vocab: 128256}
	small  = model.Arch{Layers: 16, Width: 2048, Heads: 32, FF: 8192, Vocab: 131072, Tied: true} // nanotron's 1.34B
	lite   = model.Arch{Layers: 27, Width: 2048, Heads: 16, FF: 10944, Vocab: 102400, MoE: model.MoE{Layers: 26, Experts: 64, TopK: 6, ExpertFF: 1408, SharedExperts: 2},
		MLA: model.MLA{KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}} // DeepSeek-V2-Lite
)

// States that nanotron printed after the update (ultrascale-playbook sweep,
// nanotron-14113488-0, -13436292-1, -13436293-2 and neighbours), GiB.
func TestPeakStatesPrinted(t *testing.T) {
	in := peakCase(small, "nanotron", "adam-mixed-fp32-grads", 4096, 256)
	for _, c := range []struct {
		l    model.Layout
		want float64
	}{
		{model.Layout{TP: 1, DP: 8, Micro: 2}, 25.07},
		{model.Layout{TP: 1, DP: 8, Micro: 1, ZeRO: 1}, 14.76},
		{model.Layout{TP: 1, DP: 256, Micro: 1, ZeRO: 1}, 12.64},
		{model.Layout{TP: 8, DP: 1, Micro: 1, SP: true}, 2.92}, // no bucket without copies
		{model.Layout{TP: 8, DP: 2, Micro: 16, SP: true}, 3.70},
		{model.Layout{TP: 1, PP: 2, DP: 4, Micro: 1}, 17.57}, // ten layers and the token table on the first stage
		{model.Layout{TP: 4, PP: 4, DP: 2, Micro: 1, ZeRO: 1, SP: true}, 2.49},
	} {
		var p Peak
		in.FirstStageOnly(&c.l, &p)
		if got := p.States / gib; math.Abs(got/c.want-1) > 0.03 {
			t.Errorf("%+v: states %.2f GiB, printed %.2f", c.l, got, c.want)
		}
	}
}

// Every run of the sweep: the printed states within 3 % in the median.
func TestPeakStatesSweep(t *testing.T) {
	f, err := os.Open("../testdata/training_runs_nanotron.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, n := range rows[0] {
		at[n] = i
	}
	var errs []float64
	for _, r := range rows[1:] {
		n := func(name string) int { v, _ := strconv.Atoi(r[at[name]]); return v }
		printed, ok := strings.CutPrefix(r[at["notes"]], "allocated as printed ")
		if !ok {
			continue
		}
		printed, _, _ = strings.Cut(printed, ";")
		want, err := strconv.ParseFloat(printed, 64)
		if err != nil {
			t.Fatal(err)
		}
		in := peakCase(model.Arch{Layers: n("n_layers"), Width: n("d_model"), Heads: n("n_heads"), KVHeads: n("n_kv_heads"), FF: n("d_ff"), Vocab: n("vocab"), Tied: r[at["tied_embeddings"]] == "y"},
			"nanotron", "adam-mixed-fp32-grads", float64(n("seq_len")), float64(n("global_batch")))
		l := model.Layout{TP: n("tp"), PP: n("pp"), DP: n("dp"), Micro: n("micro_batch"), SP: n("tp") > 1}
		if r[at["zero_stage_fsdp"]] == "zero1" {
			l.ZeRO = 1
		}
		var p Peak
		in.FirstStageOnly(&l, &p)
		errs = append(errs, math.Abs(p.States/gib/want-1))
	}
	sort.Float64s(errs)
	if m := errs[len(errs)/2]; len(errs) != 1765 || m > 0.03 {
		t.Errorf("%d rows, median error %.4f", len(errs), m)
	}
}

// Activations of Korthikanti et al. 2022, table 2, for GPT-3 under TP 8 with
// sequence parallelism and selective recomputation: 4.25 bytes over
// sequence x micro-batch x hidden; dropout masks (2 of its 34) are not counted here.
func TestPeakKorthikanti(t *testing.T) {
	in := peakCase(model.Arch{Layers: 96, Width: 12288, Heads: 96, FF: 49152, Vocab: 51200, MLPMatrices: 2}, "megatron", "adam-mixed-fp32-grads", 2048, 1)
	l := model.Layout{TP: 8, SP: true, DP: 1, Micro: 1, Recompute: model.RecomputeSelective, Eager: true}
	var p Peak
	in.Estimate(&l, &p)
	got := p.Activations / 96 / (2048 * 12288)
	if want := (34.0 - 2) / 8; math.Abs(got/want-1) > 0.01 {
		t.Errorf("%.3f bytes over sbh, want %.3f", got, want)
	}
}

func parts(p *Peak) float64 {
	return p.Weights + p.Grads + p.GradCopy + p.Optimizer + p.Tables + p.Activations + p.Working + p.Logits + p.Gathered +
		p.Update + p.Slack + p.Workspace + p.Comm + p.Context
}

// Whatever the layout: parts sum to the total, everything is finite and
// positive, and no sharding makes a GPU fuller.
func TestPeakProperties(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	pick := func(n ...int) int { return n[rng.Intn(len(n))] }
	for i := range 20000 {
		a := []model.Arch{llama8, small, lite}[rng.Intn(3)]
		recipe := model.Recipes[rng.Intn(len(model.Recipes))].Name
		in := peakCase(a, Frameworks[rng.Intn(len(Frameworks))].Name, recipe, 4096, 512)
		in.Pipeline = Pipeline(rng.Intn(int(PipeDualPipe) + 1))
		in.LoadsWhole, in.Eight = rng.Intn(2) == 0, rng.Intn(2) == 0
		in.OffloadOptimizer = float64(pick(0, 0, 1))
		l := model.Layout{TP: pick(1, 2, 4, 8), PP: pick(1, 2, 4, 8), VPP: pick(1, 1, 2), DP: pick(1, 2, 16), CP: pick(1, 1, 2), ZeRO: pick(0, 1, 2, 3),
			Micro: pick(1, 2, 4), Recompute: model.Recompute(rng.Intn(3)), SP: rng.Intn(2) == 0, Eager: rng.Intn(4) == 0}
		if in.Arch.IsMoE() {
			l.EP, l.ETP = pick(1, 2), 1
			if l.EP > l.TP*l.CP*l.DP {
				l.EP = 1
			}
		}
		var p, q Peak
		in.Estimate(&l, &p)
		if d := parts(&p)/p.Total - 1; math.Abs(d) > 1e-12 || !(p.Total > 0) || math.IsInf(p.Total, 0) {
			t.Fatalf("%d %+v: parts %g, total %g", i, l, parts(&p), p.Total)
		}
		sum := 0.0
		p.Parts(func(_, _ string, b float64) { sum += b })
		if math.Abs(sum/p.Total-1) > 1e-12 {
			t.Fatalf("%d: parts listed sum to %g of %g", i, sum, p.Total)
		}
		if p.Reserved < p.Allocated || p.Total < p.Reserved {
			t.Fatalf("%d %+v: allocated %g, reserved %g, total %g", i, l, p.Allocated, p.Reserved, p.Total)
		}
		// A larger micro-batch at the same number of micro-batches never needs less.
		m := l
		m.Micro *= 2
		in.Batch *= 2
		in.Estimate(&m, &q)
		if q.Total < p.Total*(1-1e-12) {
			t.Fatalf("%d %+v: micro-batch %d takes less, %g < %g", i, l, m.Micro, q.Total, p.Total)
		}
		in.Batch /= 2
		// Keeping less never needs more, with the layer at work counted.
		if l.Recompute == model.RecomputeNone && l.Eager {
			m = l
			m.Recompute = model.RecomputeSelective
			in.Estimate(&m, &q)
			if q.Total > p.Total*(1+1e-12) {
				t.Fatalf("%d %+v: selective recomputation takes more", i, l)
			}
		}
		if !in.StatesFit(&l) && p.Total <= in.Capacity && in.OffloadOptimizer == 0 && in.Pipeline != PipeZBV {
			t.Fatalf("%d %+v %s: pruned, yet fits in %g GiB", i, l, recipe, p.Total/gib)
		}
	}
}

// Sharding more never leaves more weights, gradients and optimizer states.
func TestPeakZeRO(t *testing.T) {
	for _, a := range []model.Arch{llama8, lite} {
		in := peakCase(a, "megatron", "adam-mixed-fp32-grads", 4096, 512)
		last := math.Inf(1)
		for zero := range 4 {
			l := model.Layout{TP: 2, DP: 16, EP: 1, ZeRO: zero, Micro: 1}
			if in.Arch.IsMoE() {
				l.EP, l.ETP = 8, 1
			}
			var p Peak
			in.Estimate(&l, &p)
			if s := p.Weights + p.Grads + p.Optimizer; s >= last {
				t.Errorf("ZeRO %d keeps %g, the stage before %g", zero, s, last)
			} else {
				last = s
			}
		}
	}
}

// What a first stage holds: p micro-batches under 1F1B, times 1 + (p-1)/(p·v)
// interleaved (Megatron-LM theoretical_memory_usage.py), p+1 under DualPipe and
// half or a third of p under V-Half and V-Min (their READMEs).
func TestPeakInFlight(t *testing.T) {
	in := peakCase(llama8, "megatron", "adam-mixed-fp32-grads", 4096, 512)
	for _, c := range []struct {
		pipe Pipeline
		vpp  int
		want float64
	}{{Pipe1F1B, 1, 8}, {Pipe1F1B, 2, 8 * (1 + 7.0/16)}, {PipeGPipe, 1, 512}, {PipeZB1P, 1, 8}, {PipeZB2P, 1, 16}, {PipeZBV, 2, 8},
		{PipeVHalf, 2, 4}, {PipeVMin, 2, 8.0 / 3}, {PipeDualPipe, 1, 9}} {
		in.Pipeline = c.pipe
		l := model.Layout{PP: 8, VPP: c.vpp, DP: 1, Micro: 1}
		var p Peak
		in.FirstStageOnly(&l, &p)
		if math.Abs(p.InFlight-c.want) > 1e-9 {
			t.Errorf("pipeline %d: %g micro-batches, want %g", c.pipe, p.InFlight, c.want)
		}
	}
}

func TestPeakSources(t *testing.T) {
	for i := range Frameworks {
		f := &Frameworks[i]
		if _, ok := source.Get(f.Source); !ok || !(f.Lo > 0 && f.Hi > f.Lo) {
			t.Errorf("%s: source %q or interval missing", f.Name, f.Source)
		}
	}
}

func TestPeakHelpers(t *testing.T) {
	in := peakCase(llama8, "megatron", "adam-mixed-fp32-grads", 8192, 512)
	l := model.Layout{TP: 2, DP: 64, ZeRO: 1, Micro: 1, SP: true}
	b := in.LargestMicroBatch(&l)
	if b < 1 {
		t.Fatal("Llama 3 8B on 128 GPUs of 80 GiB must run")
	}
	var p Peak
	l.Micro = b
	in.Estimate(&l, &p)
	if ok, left := Verdict(&p, in.Capacity); !ok || left < 0 {
		t.Errorf("micro-batch %d does not fit", b)
	}
	if b < 8 { // the batch gives each copy eight
		l.Micro = b + 1
		in.Estimate(&l, &p)
		if ok, _ := Verdict(&p, in.Capacity); ok {
			t.Errorf("micro-batch %d fits too", b+1)
		}
	}
}

func TestPeakAllocatesNothing(t *testing.T) {
	in := peakCase(lite, "megatron", "adam-mixed-fp32-grads", 4096, 512)
	l := model.Layout{TP: 2, PP: 4, VPP: 2, DP: 16, EP: 8, ETP: 1, ZeRO: 1, Micro: 1, SP: true}
	var p Peak
	if n := testing.AllocsPerRun(100, func() { in.Estimate(&l, &p) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPeak(b *testing.B) {
	in := peakCase(lite, "nanotron", "adam-mixed-fp32-grads", 4096, 512)
	l := model.Layout{TP: 2, PP: 4, VPP: 2, DP: 16, EP: 8, ETP: 1, ZeRO: 1, Micro: 1, SP: true}
	var p Peak
	b.ReportAllocs()
	for b.Loop() {
		in.Estimate(&l, &p)
	}
}

func BenchmarkStatesFit(b *testing.B) {
	in := peakCase(llama8, "megatron", "adam-mixed-fp32-grads", 4096, 512)
	l := model.Layout{TP: 2, PP: 4, DP: 16, ZeRO: 1, Micro: 1, SP: true}
	for b.Loop() {
		in.StatesFit(&l)
	}
}
