package serve_test

import (
	"math"
	"testing"

	"flopbook/core/model"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// llama70 is Llama 3 70B in FP8.
func llama70() serve.Model {
	a := model.Arch{Layers: 80, Width: 8192, Heads: 64, KVHeads: 8, HeadDim: 128, FF: 28672, Vocab: 128256, MLPMatrices: 3, NormMult: 1}
	return served(&a, "fp8", 1)
}

// deepseek is DeepSeek-V3: latent attention, 256 experts.
func deepseek() serve.Model {
	a := model.Arch{Layers: 61, Width: 7168, Heads: 128, KVHeads: 128, HeadDim: 192, FF: 18432, Vocab: 129280, MLPMatrices: 3, NormMult: 1,
		MLA: model.MLA{QRank: 1536, KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128},
		MoE: model.MoE{Layers: 58, Experts: 256, TopK: 8, ExpertFF: 2048, SharedExperts: 1, SharedFF: 2048, RouterBias: true}}
	return served(&a, "fp8", 2)
}

func served(a *model.Arch, format string, elem unit.Bytes) serve.Model {
	f, p := model.FindFormat(format)
	if p != nil {
		panic(p)
	}
	var c model.Counts
	a.Count(&c)
	return serve.NewModel(a, &c, f, elem)
}

var (
	h100 = serve.Machine{Peak: 1979e12, Bandwidth: 3.35e12, Memory: 85.5e9, Link: 450e9, Domain: 8, NIC: 50e9, Power: 700}
	one  = serve.Layout{TP: 1, PP: 1, EP: 1, DP: 1}
	four = serve.Layout{TP: 4, PP: 1, EP: 1, DP: 1}
)

// page is a question of 1,000 tokens with an answer of 500.
var page = serve.Load{In: 1000, Out: 500, Context: 1250}

// ideal reaches every data-sheet figure and adds nothing.
var ideal = serve.Constants{Weights: 1, KV: 1, Matmul: 1, Attention: 1, Link: 1, Expert: 1, Grouped: 1, Usable: 1, Rest: 1, MaxBatch: 1e9}

// TestStepIsRoofline: without losses a step of one sequence on one GPU is the
// reading of weights and cache, and a huge batch is its arithmetic.
func TestStepIsRoofline(t *testing.T) {
	m := llama70()
	var s serve.Step
	w := serve.Decode(1, 1000)
	serve.StepTime(&m, &h100, &one, &ideal, &w, &s)
	near(t, "batch 1", s.Total, (m.Dense+1000*m.KV*m.Layers)/h100.Bandwidth, 1e-4)
	w = serve.Decode(1e6, 0)
	serve.StepTime(&m, &h100, &one, &ideal, &w, &s)
	near(t, "batch 1e6", s.Total, 1e6*(m.DenseFLOP+m.HeadFLOP)/h100.Peak, 1e-4)
}

// TestStepProperties: a longer context, more sequences, more prompt tokens
// never make a step shorter; more GPUs never make an ideal one longer.
func TestStepProperties(t *testing.T) {
	fit, _ := serve.Fitted("vLLM", "Hopper", "fp8")
	for _, m := range []serve.Model{llama70(), deepseek()} {
		var a, b serve.Step
		for seqs := 1.0; seqs < 5000; seqs *= 3 {
			for context := 10.0; context < 1e6; context *= 10 {
				w := serve.Decode(seqs, context)
				serve.StepTime(&m, &h100, &four, &fit.Constants, &w, &a)
				for _, more := range []serve.Work{serve.Decode(seqs+1, context), serve.Decode(seqs, context*1.5), {Seqs: seqs, Context: context, Prompt: 100, Pairs: 5000}} {
					serve.StepTime(&m, &h100, &four, &fit.Constants, &more, &b)
					if !(b.Total >= a.Total) || math.IsInf(b.Total, 0) {
						t.Fatalf("more work %+v takes %g, less takes %g", more, b.Total, a.Total)
					}
				}
			}
		}
	}
}

// TestLatentCacheIsNotCut: tensor parallelism leaves the cache of latent
// attention whole on every GPU; groups with their own sequences share it out.
func TestLatentCacheIsNotCut(t *testing.T) {
	m := deepseek()
	eight, groups := serve.Layout{TP: 8, PP: 1, EP: 8, DP: 1}, serve.Layout{TP: 1, PP: 1, EP: 8, DP: 8}
	if a, b := serve.CacheOnGPUs(&m, &eight, 1000), serve.CacheOnGPUs(&m, &groups, 1000); a != 8*b {
		t.Errorf("cache with tensor parallelism %g, with data-parallel attention %g bytes; want 8 to 1", a, b)
	}
	// 70,272 bytes a token (Insights into DeepSeek-V3, Table 1).
	near(t, "bytes per token", serve.CacheOnGPUs(&m, &groups, 1), 70272, 1e-12)
}

// TestCoverage: Erdil's figures, and never more experts than there are.
func TestCoverage(t *testing.T) {
	near(t, "8 experts, 2 each, 4 tokens", serve.ExpertsTouched(8, 2, 4), 5.469, 1e-3)
	near(t, "256 experts, 8 each, 32 tokens", serve.ExpertsTouched(256, 8, 32), 163.3, 1e-3)
	if c := serve.Skewed(256, 8, 32, 0.2, 0.5); c >= serve.Coverage(256, 8, 32) {
		t.Errorf("uneven routing touches %g of the experts, even routing less", c)
	}
}

// TestPace: the batch found keeps the pace and one more does not, or memory is full.
func TestPace(t *testing.T) {
	m, fit := llama70(), must(t)
	var b, c serve.Batch
	if !serve.BatchAtPace(&m, &h100, &four, &fit.Constants, &page, 0.03, &b) {
		t.Fatal("30 ms a token cannot be kept")
	}
	serve.Steady(&m, &h100, &four, &fit.Constants, b.Seqs+1, &page, &c)
	room := serve.BatchMax(&m, &h100, &four, &fit.Constants, 1250)
	if b.TPOT > 0.03 || c.TPOT <= 0.03 && b.Seqs+1 <= room {
		t.Errorf("%g sequences at %g s, %g at %g s, room %g", b.Seqs, b.TPOT, c.Seqs, c.TPOT, room)
	}
}

func must(t *testing.T) *serve.Fit {
	f, _ := serve.Fitted("TensorRT-LLM", "Hopper", "fp8")
	if f == nil {
		t.Fatal("the fitted table is empty")
	}
	return f
}

// TestFittedTable: every share is one, every time is short, every range holds 1.
func TestFittedTable(t *testing.T) {
	if len(serve.FitTable()) < 20 {
		t.Fatalf("%d entries", len(serve.FitTable()))
	}
	for _, f := range serve.FitTable() {
		for _, share := range []float64{f.Weights, f.KV, f.Matmul, f.Attention, f.Link, f.Usable, f.Rest} {
			if !(share > 0 && share <= 1) {
				t.Errorf("%s %s %s: share %g", f.Engine, f.Family, f.Precision, share)
			}
		}
		if !(f.Step > 0 && f.Step < 0.1 && f.AllReduce > 0 && f.AllReduce < 1e-3 && f.Lo <= 1 && f.Hi >= 1 && f.Lo > 0) {
			t.Errorf("%s %s %s: %+v", f.Engine, f.Family, f.Precision, f)
		}
	}
	if f, near := serve.Fitted("vLLM", "Hopper", "fp8"); near || f.Engine != "vLLM" {
		t.Errorf("vLLM on Hopper in FP8 is %+v, near %v", f, near)
	}
	if f, near := serve.Fitted("an engine of tomorrow", "Rubin", "fp4"); f == nil || !near || f.Engine != "" {
		t.Errorf("an unknown stack is %+v, near %v", f, near)
	}
}

// BenchmarkServe is one point of the latency-throughput curve: a steady state
// of the batch, with time, speed and energy.
func BenchmarkServe(b *testing.B) {
	fit, _ := serve.Fitted("vLLM", "Hopper", "fp8")
	for _, c := range []struct {
		name string
		m    serve.Model
		l    serve.Layout
	}{{"dense", llama70(), four}, {"experts", deepseek(), serve.Layout{TP: 1, PP: 1, EP: 8, DP: 8}}} {
		b.Run(c.name, func(b *testing.B) {
			var out serve.Batch
			seqs, sum := 1.0, 0.0
			draw := fit.Power(h100.Power)
			b.ReportAllocs()
			for b.Loop() {
				serve.Steady(&c.m, &h100, &c.l, &fit.Constants, seqs, &page, &out)
				sum += serve.StepJoules(&draw, &h100, &out.Decode, 8) + out.TPOT
				if seqs++; seqs > 500 {
					seqs = 1
				}
			}
			_ = sum
		})
	}
}

// BenchmarkServeFit finds the entry of the table.
func BenchmarkServeFit(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		serve.Fitted("vLLM", "Hopper", "fp8")
	}
}

// BenchmarkServeCurve is a whole curve of 200 points.
func BenchmarkServeCurve(b *testing.B) {
	m := llama70()
	fit, _ := serve.Fitted("vLLM", "Hopper", "fp8")
	points := make([]serve.Point, 200)
	b.ReportAllocs()
	for b.Loop() {
		serve.Curve(&m, &h100, &four, &fit.Constants, &page, points)
	}
}

// A prompt read in passes by cards that hold different layers: eight passes,
// four side by side on four stages, take 2 · (4 + 3)/4 passes through all, the
// arithmetic of a pass an eighth of the prompt's, its pairs 9/8 of one.
func TestPromptInPasses(t *testing.T) {
	m := llama70()
	m.HeadFLOP = 0
	fast := h100
	fast.Bandwidth, fast.Link = 1e30, 1e30 // arithmetic alone
	stages := serve.Layout{TP: 1, PP: 4, EP: 1, DP: 1}
	pass := (m.DenseFLOP*4096 + m.PairFLOP*m.Layers*4096*4096/2*9/8) / 8 / fast.Peak
	near(t, "one card", serve.Read(&m, &fast, &one, &ideal, 4096, 512, 4), 8*pass, 1e-9)
	near(t, "four cards", serve.Read(&m, &fast, &stages, &ideal, 4096, 512, 4), 2*(4+3)/4.*pass, 1e-9)
	whole := (m.DenseFLOP*512 + m.PairFLOP*m.Layers*512*512) / fast.Peak
	near(t, "one pass", serve.Read(&m, &fast, &stages, &ideal, 512, 512, 4), whole, 1e-9)
}
