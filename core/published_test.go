package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

func published(t *testing.T, key string) core.Answered {
	t.Helper()
	p, problem := scenario.FindPreset(key)
	if problem != nil {
		t.Fatal(problem)
	}
	s := scenario.Published(p)
	a := core.Answer(&s)
	for _, p := range a.Problems {
		t.Fatal(p)
	}
	return a
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got/want-1) > tolerance {
		t.Errorf("%s: %.6g, published %.6g (off by %.2f %%, allowed %.2f %%)", what, got, want, 100*(got/want-1), 100*tolerance)
	}
}

// Brown et al. 2020, table D.1: 3.14e23 FLOP. Patterson et al. 2021, table 4:
// 10,000 V100 for 14.8 days at 24.6 TFLOP/s, 330 W each, PUE 1.10, 0.429 kg
// CO2e/kWh give 1,287 MWh and 552.1 t. Tolerances as in the golden table.
func TestGPT3EnergyAndCarbonFromPublishedInputs(t *testing.T) {
	a := published(t, "gpt-3")
	near(t, "compute", a.Out.V[core.FLOPs].V, 3.14e23, 0.01)
	near(t, "days", a.Out.V[core.Days].V, 14.8, 0.005)
	near(t, "energy MWh", a.Out.V[core.Energy].V/3.6e9, 1287, 0.005)
	near(t, "carbon t", a.Out.V[core.Carbon].V/1000, 552.1, 0.01)
}

// Narayanan et al. 2021, section 5.1: 175B parameters, 300B tokens, 1,024 A100
// at 140 TFLOP/s per GPU with full recomputation take 34 days (8 T P / (n X)).
func TestGPT3Takes34DaysOn1024A100WithFullRecompute(t *testing.T) {
	const hardware = 140e12
	a := with(t, map[string]string{"model": "gpt-3", "accelerator": "a100-sxm-80", "gpus": "1024", "goodput": "100 %", "recompute": "full", "precision": "bf16",
		"tp": "8", "pp": "8", "mfu": "33.6538461538 %"}) // 140 / 312 x 6/8: model work is six parts of eight
	near(t, "hardware speed", hardware*6/8/312e12, a.Out.V[core.MFU].V, 1e-9)
	near(t, "days", a.Out.V[core.Days].V, 34, 0.01)
}

// Llama 3 herd of models 2024: 405B on 15.6T tokens, 3.8e25 FLOP.
func TestLlama405BComputeIsAsMetaStates(t *testing.T) {
	a := published(t, "llama-3.1-405b")
	near(t, "compute", a.Out.V[core.FLOPs].V, 3.8e25, 0.01)
}

// Speculative: 25,000 A100 for 90 to 100 days at about 34 % give about 2e25
// FLOP (Epoch AI 2.1e25 within 8.2e24 to 4.4e25; SemiAnalysis 2023).
func TestGPT4IsSpeculativeAndGivesAbout2e25(t *testing.T) {
	a := published(t, "gpt-4")
	if a.In.Status != "speculative" {
		t.Errorf("status %q", a.In.Status)
	}
	said := false
	for _, w := range a.Out.Warnings() {
		said = said || w.Code == core.WarnSpeculative
	}
	if !said {
		t.Error("nothing says that it is speculation")
	}
	near(t, "compute", a.Out.V[core.FLOPs].V, 2.1e25, 0.05)
	near(t, "days", a.Out.V[core.Days].V, 95, 0.20)
	c := with(t, map[string]string{"ask": "tokens", "model": "gpt-4", "accelerator": "a100-sxm-80", "gpus": "25000", "days": "95", "mfu": "34 %", "goodput": "100 %"})
	near(t, "compute of 25,000 A100 in 95 days", c.Out.V[core.FLOPs].V, 2.1e25, 0.05)
}

// A claim of 7B on 2T tokens with 16 H100 in 30 days needs 197 % of peak
// (6 x 6.74e9 x 2e12 / (16 x 30 d x 989 TFLOP/s)).
func TestAnImpossibleClaimIsNamed(t *testing.T) {
	a := with(t, map[string]string{"ask": "check", "model": "llama-2-7b", "tokens": "2T", "gpus": "16", "days": "30"})
	near(t, "implied share", a.Out.V[core.MFU].V, 1.97, 0.005)
	fs := core.Claim(&a.In, &a.Out)
	if fs[0].OK || fs[len(fs)-1].OK {
		t.Errorf("findings %+v", fs)
	}
}

// GPT-3 as published fits together; with a tenth of the energy the energy is
// the odd one out; with a tenth of the days (and so of the GPU-hours) both
// work and energy say so.
func TestTheOddFigureOfAClaimIsNamed(t *testing.T) {
	base := func() map[string]string {
		return map[string]string{"ask": "check", "model": "gpt-3", "accelerator": "v100-sxm-32", "precision": "fp16", "tokens": "300B", "gpus": "10000", "days": "14.8", "energy": "1287 MWh", "pue": "1.1"}
	}
	verdict := func(f map[string]string) core.Finding {
		a := with(t, f)
		fs := core.Claim(&a.In, &a.Out)
		return fs[len(fs)-1]
	}
	if v := verdict(base()); !v.OK {
		t.Errorf("as published: %s", v.Says)
	}
	f := base()
	f["energy"] = "12.87 MWh"
	if v := verdict(f); v.OK || v.Says != "The energy is the odd one: GPU-hours and work fit each other." {
		t.Errorf("energy: %s", v.Says)
	}
	f = base()
	f["days"] = "1.48"
	if v := verdict(f); v.OK || v.Says != "GPUs or days are the odd ones: more GPU-hours would make both work and energy plausible." {
		t.Errorf("days: %s", v.Says)
	}
	f = base()
	f["tokens"] = "15T"
	if v := verdict(f); v.OK || v.Says != "Tokens, model size or number format is the odd one: GPU-hours and energy fit each other, the work does not." {
		t.Errorf("tokens: %s", v.Says)
	}
}

// Dated list prices of hosts against our cost of the same traffic for a million
// people: ten times off the market would be a bug.
func TestServingCostIsWithinTenTimesOfListPrices(t *testing.T) {
	n := 0
	for _, p := range scenario.Presets() {
		a := with(t, map[string]string{"model": p.Key, "people": "1M"})
		if !a.Out.Known[core.ListPriceRatio] {
			continue
		}
		n++
		r := a.Out.V[core.ListPriceRatio].V
		t.Logf("%s: %.2f times the list price of %s (%s)", p.Name, r, a.In.Serving.ListName, a.In.Serving.ListDate)
		if r > 10 || r < 0.1 {
			t.Errorf("%s: %.2f times the list price", p.Name, r)
		}
	}
	if n < 5 {
		t.Errorf("only %d list prices were compared", n)
	}
}

// Known mistakes of other calculators that concern these quantities; each test
// gives the right answer.

// H100 SXM: 1,979 TFLOP/s is the sparse figure; dense BF16 is 989 (data sheet).
func TestH100PeakIsDenseNotSparse(t *testing.T) {
	a := with(t, map[string]string{"accelerator": "h100-sxm"})
	near(t, "peak", a.In.Train.Peak, 989.5e12, 0.001)
}

// LoRA saves a third of the arithmetic (4ND in place of 6ND), not 95 to 99 %.
func TestLoRASavesAThirdOfTheWorkNotNinetyFivePercent(t *testing.T) {
	full, lora := with(t, nil), with(t, map[string]string{"optimizer": "lora"})
	near(t, "share of work", lora.Out.V[core.FLOPs].V/full.Out.V[core.FLOPs].V, 4.0/6, 1e-12)
}

// 7B on 2T tokens is 8.4e22 FLOP (6ND), not 84 quintillion.
func TestSevenBillionOnTwoTrillionTokens(t *testing.T) {
	a := with(t, map[string]string{"model": "size", "params": "7B", "tokens": "2T"})
	near(t, "compute", a.Out.V[core.FLOPs].V, 8.4e22, 0.02) // the stand-in shape is within 2 % of the size
}

// The loss does not rise when data is added; one calculator's rises by 0.14 at
// 799B to 801B tokens of an 8B model.
func TestLossFallsAcross800BTokens(t *testing.T) {
	less, more := with(t, map[string]string{"model": "llama-3.1-8b", "tokens": "799B"}), with(t, map[string]string{"model": "llama-3.1-8b", "tokens": "801B"})
	if a, b := less.Out.V[core.Loss].V, more.Out.V[core.Loss].V; b >= a {
		t.Errorf("loss %v at 799B tokens, %v at 801B", a, b)
	}
}

// Memory of a mixture of experts counts every expert, not only the active ones.
func TestExpertsThatAreNotActiveStillTakeMemory(t *testing.T) {
	a := with(t, map[string]string{"model": "mixtral-8x7b", "serve_precision": "bf16"})
	near(t, "weights", a.In.Serving.Service.M.Stored, 2*46.7e9, 0.002)
}

// Gradients and optimizer are divided by tensor and pipeline parallelism too.
func TestTensorAndPipelineParallelismDivideAllStates(t *testing.T) {
	one := with(t, map[string]string{"model": "llama-2-70b", "gpus": "64", "zero": "0", "tp": "1", "pp": "1", "framework": "fsdp"}) // whose tables are not filled up
	eight := with(t, map[string]string{"model": "llama-2-70b", "gpus": "64", "zero": "0", "tp": "8", "pp": "1", "framework": "fsdp"})
	norms := one.Out.Counts.Norms // small vectors that every GPU keeps whole
	near(t, "optimizer", (one.Out.Peak.Optimizer-12*norms)/(eight.Out.Peak.Optimizer-12*norms), 8, 1e-9)
	near(t, "gradients", (one.Out.Peak.Grads-4*norms)/(eight.Out.Peak.Grads-4*norms), 8, 1e-9)
	// 18 bytes a parameter before sharding: 2 weights, 4 gradients, 12 optimizer.
	near(t, "states", (one.Out.Peak.Weights+one.Out.Peak.Grads+one.Out.Peak.Optimizer)/one.Out.V[core.ParamsTotal].V, 18, 1e-9)
}

// A decode step slows down as the context grows; one calculator's does not.
func TestDecodingSlowsWithContext(t *testing.T) {
	short, long := with(t, map[string]string{"model": "llama-2-7b", "in": "500"}), with(t, map[string]string{"model": "llama-2-7b", "in": "30000"})
	if short.Out.V[core.OutPerGPU].V <= long.Out.V[core.OutPerGPU].V {
		t.Errorf("%v tokens/s at 500, %v at 30,000", short.Out.V[core.OutPerGPU].V, long.Out.V[core.OutPerGPU].V)
	}
}
