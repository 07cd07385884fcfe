package serve_test

import (
	"math"
	"testing"

	"flopbook/core/serve"
)

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s: %.6g, published %.6g, tolerance %g", what, got, want, rel)
	}
}

// TestDeepSeekNode holds the economics that DeepSeek disclosed for one day of
// February 2025 (open-infra-index, day 6): 226.75 nodes of 8 H800 at $2 a
// GPU-hour, 608e9 tokens in of which 342e9 from cache, 168e9 out.
func TestDeepSeekNode(t *testing.T) {
	day := serve.FleetUSD(226.75, 8, 24, 2)
	near(t, "cost of a day, USD", day, 87072, 1e-12)
	near(t, "profit over cost", serve.Margin(562027, day), 5.45, 1e-3)
	near(t, "cached share", 342e9/608e9, 0.563, 1e-3)
	near(t, "cost of a million answer tokens, USD", serve.USDPerMTok(1, day/24, 168e9/86400, 1), 0.518, 2e-3)
	// 2.788 million H800-hours of the final run (DeepSeek-V3 report, Table 1) at the same price.
	near(t, "days of serving that cost as much as the training run", serve.CrossingDays(2.788e6*2, day), 64, 5e-3)
	near(t, "sequences at once on a node", serve.Concurrency(14800, 1./21), 705, 0.01)
}

// TestExpertsDealtOut: two services that deal DeepSeek-V3's experts out over
// many servers, writing only, by a step that neither was fitted on. SGLang
// (May 2025): 9 servers of 8 H100, 256 answers a GPU after questions of 2,000
// tokens, 22,282 tokens/s a server. DeepSeek (February 2025): 18 servers of 8
// H800, 705 answers a server (14,800 tokens/s at 21 tokens/s each) of 4,989
// tokens on average. A factor of 1.5 is asked.
func TestExpertsDealtOut(t *testing.T) {
	fit := must(t)
	m := deepseek()
	h800 := h100
	h800.Link = 200e9
	for _, c := range []struct {
		name                   string
		h                      serve.Machine
		gpus, answers, context float64
		perServer              float64
	}{{"SGLang", h100, 72, 256, 2000, 22282}, {"DeepSeek", h800, 144, 705. / 8, 4989, 14800}} {
		l := serve.Layout{TP: 1, PP: 1, EP: c.gpus, DP: c.gpus}
		w := serve.Decode(c.answers, c.context)
		var s serve.Step
		serve.StepTime(&m, &c.h, &l, &fit.Constants, &w, &s)
		got := 8 * c.answers / s.Total
		t.Logf("%s: %.0f tokens/s a server, published %.0f", c.name, got, c.perServer)
		if r := got / c.perServer; r > 1.5 || r < 1/1.5 {
			t.Errorf("%s: %.2f of the published speed", c.name, r)
		}
	}
}

// TestErdilMistralLarge holds Erdil 2025's worked case: Mistral Large 2 on
// eight H200, 20 sequences of 100,000 tokens: 29.98 ms a token, 667.2 tokens/s
// and $6.995 per million tokens at $2.10 a GPU-hour.
func TestErdilMistralLarge(t *testing.T) {
	const params = 122607894528
	cache := 20 * 100000. * 2 * 88 * 8 * 128 * 2
	step := serve.ErdilStep(2*params, params, cache, 20, 12288, 88, 8, 4.8e12, 989e12, 450e9, 4e-6, 4, 2)
	near(t, "step, ms", 1e3*step, 29.98, 5e-3)
	near(t, "all-reduce latency, us", 1e6*serve.NCCLLatency(8, 1), 15.2, 1e-9)
	near(t, "USD per million", serve.USDPerMTok(8, 2.1, 667.2, 1), 6.995, 1e-3)
	near(t, "USD per million from the step", serve.USDPerMTok(8, 2.1, 20/step, 1), 6.995, 5e-3)
}

// TestLeviathanTable1 holds Table 1 of Leviathan et al. 2022: arithmetic and
// speed for a draft that costs nothing.
func TestLeviathanTable1(t *testing.T) {
	for _, r := range []struct{ alpha, gamma, ops, speed float64 }{
		{0.6, 2, 1.53, 1.96}, {0.7, 3, 1.58, 2.53}, {0.8, 2, 1.23, 2.44}, {0.8, 5, 1.63, 3.69}, {0.9, 2, 1.11, 2.71}, {0.9, 10, 1.60, 6.86},
	} {
		near(t, "operations", serve.SpeculativeWork(r.alpha, r.gamma, 0), r.ops, 5e-3)
		near(t, "speed", serve.SpeculativeSpeedup(r.alpha, r.gamma, 0, 1), r.speed, 5e-3)
	}
}

// TestSpeculationByDepth holds TensorRT-LLM's DeepSeek-R1 figures on B200:
// acceptance 0.92, 0.66, 0.24, 0.17, 0.02 by position, steps 1.08, 1.15, 1.24,
// 1.35 and 1.40 times the plain one; three draft tokens are best, 111 to 253
// tokens/s.
func TestSpeculationByDepth(t *testing.T) {
	// The published probabilities are those of reaching each depth.
	reach := []float64{0.92, 0.66, 0.24, 0.17, 0.02}
	accept := make([]float64, len(reach))
	before := 1.0
	for i, p := range reach {
		accept[i], before = p/before, p
	}
	near(t, "tokens with three", serve.TokensByDepth(accept[:3]), 2.82, 1e-9)
	n, gain := serve.BestDraft(accept, []float64{1, 1.08, 1.15, 1.24, 1.35, 1.40}, 0)
	if n != 3 {
		t.Errorf("best draft length %d, measured 3", n)
	}
	near(t, "gain", gain, 253./111, 0.01)
}

// TestTrueBytes is why memory is counted in true bytes: Llama 70B in FP8 on one
// "80 GB" H100 was measured (TensorRT-LLM 0.17), and 80e9 bytes would not hold
// its weights and the runtime with room for an answer of 4,096 tokens.
func TestTrueBytes(t *testing.T) {
	m := serve.Model{Layers: 80, Seeing: 80, Stored: 72.66e9, KV: 2048, Shards: 8}
	l := serve.Layout{TP: 1, PP: 1, EP: 1, DP: 1}
	c := serve.Constants{Usable: 0.95, Rest: 1, Reserve: 2e9}
	h := serve.Machine{Memory: 85.5e9}
	if n := serve.BatchMax(&m, &h, &l, &c, 4224); n < 1 {
		t.Errorf("85.5e9 bytes hold %.2f sequences, measured to work", n)
	}
	h.Memory = 80e9
	if n := serve.BatchMax(&m, &h, &l, &c, 4224); n >= 2.5 {
		t.Errorf("80e9 bytes hold %.2f sequences", n)
	}
}

// TestLRU plays prefixes against a small cache: only an unbroken start counts.
func TestLRU(t *testing.T) {
	c := serve.NewLRU(3)
	for _, r := range []struct {
		blocks []uint64
		hits   int
	}{{[]uint64{1, 2, 3}, 0}, {[]uint64{1, 2, 3}, 3}, {[]uint64{4, 2, 3}, 0}, {[]uint64{1}, 0}, {[]uint64{4}, 0}, {[]uint64{3, 9}, 1}, {[]uint64{9, 7, 4}, 1}} {
		if got := c.Request(r.blocks); got != r.hits {
			t.Errorf("request %v: %d hits, want %d", r.blocks, got, r.hits)
		}
	}
}

// TestQueues checks limits that any queue has.
func TestQueues(t *testing.T) {
	near(t, "M/D/1 at half load", serve.MD1(0.1, 5), 0.15, 1e-12)
	// One server: Erlang C is the load.
	for _, load := range []float64{0.1, 0.5, 0.9} {
		near(t, "Erlang C of one server", serve.ErlangC(1, load), load, 1e-12)
		// M/M/1: T = S/(1-ρ).
		near(t, "M/M/1", serve.GG1(1, load, 1, 1), 1/(1-load), 1e-12)
		near(t, "wait of M/M/1", serve.SlotWait(1, load, 1), load/(1-load), 1e-12)
	}
	// Pooling always helps: at the same load more slots wait less.
	last := 1.0
	for n := 1; n < 300; n *= 2 {
		p := serve.ErlangC(n, 0.9)
		if p > last {
			t.Errorf("%d slots wait more often than fewer at the same load", n)
		}
		last = p
	}
	if serve.ErlangC(100000, 0.99) > 1 || !math.IsInf(serve.MD1(1, 2), 1) {
		t.Error("an overloaded queue is endless")
	}
}
