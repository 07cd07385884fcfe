package core_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/derivation/evaltest"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

var peakLayouts = []train.Plan{
	{},
	{Layout: model.Layout{TP: 8, PP: 1, DP: 4, ZeRO: 1, Micro: 2, SP: true, Recompute: model.RecomputeSelective}},
	{Layout: model.Layout{TP: 2, PP: 4, VPP: 1, DP: 8, ZeRO: 1, Micro: 1, Recompute: model.RecomputeFull}},
	{Layout: model.Layout{TP: 2, PP: 2, VPP: 2, DP: 8, CP: 2, EP: 4, ZeRO: 2, Micro: 4, Recompute: model.RecomputeSelective, Eager: true, SP: true}},
	{Layout: model.Layout{TP: 1, PP: 1, DP: 64, EP: 8, ZeRO: 3, Micro: 1, Eager: true}, Shard: 8},
	{Layout: model.Layout{TP: 4, PP: 4, DP: 2, EP: 8, ZeRO: 1, Micro: 1, Recompute: model.RecomputeFull}, Again: 2},
	{Layout: model.Layout{TP: 4, PP: 2, DP: 2, EP: 4, ETP: 1, ZeRO: 3, Micro: 1}},
	{Layout: model.Layout{TP: 1, PP: 4, DP: 4, ZeRO: 1, Micro: 1}, Pipeline: train.PipeZBV},
	{Layout: model.Layout{TP: 1, PP: 4, DP: 4, ZeRO: 1, Micro: 1}, Pipeline: train.PipeDualPipe},
	{Layout: model.Layout{TP: 1, PP: 4, DP: 4, ZeRO: 1, Micro: 1}, Pipeline: train.PipeGPipe},
	{Layout: model.Layout{TP: 1, PP: 4, DP: 4, ZeRO: 1, Micro: 1}, Pipeline: train.PipeVMin},
}

// Every part of the peak, for every kind of shape, layout, order of the
// pipeline, recipe and software: the text, evaluated by an expression library
// on the figures shown, gives the bytes shown, and the parts sum to the peak.
func TestEveryPartOfThePeakEvaluatesToItsValue(t *testing.T) {
	steps := 0
	for _, key := range []string{"gpt-3", "llama-2-7b", "llama-3.1-405b", "mixtral-8x7b", "deepseek-v3", "gpt-oss-20b", "whisper-large", "falcon-180b", "bloom-176b"} {
		p, problem := scenario.FindPreset(key)
		if problem != nil {
			t.Fatal(problem)
		}
		a := p.Arch
		var c model.Counts
		a.Count(&c)
		for i := range peakLayouts {
			plan := &peakLayouts[i]
			for r := range model.Recipes {
				for f := range train.Frameworks {
					if (i+r+f)%4 != 0 { // each pair of them meets on some shape
						continue
					}
					in := train.PeakInputs{Arch: &a, Counts: &c, Recipe: &model.Recipes[r], Frame: &train.Frameworks[f], Seq: 2048, Batch: 2048 * 128,
						Pipeline: plan.Pipeline, Shard: plan.Shard, Recomputed: plan.Again, Eight: r%3 == 0, Wide: r%3 == 1, OffloadOptimizer: float64(f%2) / 2}
					var peak train.Peak
					in.Estimate(&plan.Layout, &peak)
					b := derivation.NewBook()
					a.LetShape(b, derivation.Given, "")
					a.StepsParams(b, &c)
					plan.LetLayout(b, &a, derivation.Given)
					b.Let(derivation.Var{Name: "seq", Label: "sequence", Kind: unit.Count, Value: in.Seq})
					sum := in.PeakSteps(&plan.Layout, &peak, b)
					b.Step(derivation.Var{Name: "memory", Label: "memory", Kind: unit.ByteCount, Value: peak.Total}, sum, "All parts.", "")
					name := fmt.Sprintf("%s, layout %d, %s, %s", key, i, in.Recipe.Name, in.Frame.Name)
					t.Run(name, func(t *testing.T) { evaltest.Check(t, b) })
					for _, s := range b.Steps() {
						steps++
						if s.Label == "" || !strings.HasSuffix(s.Says, ".") {
							t.Errorf("%s, %s: label and a sentence are needed (%q)", name, s.Name, s.Says)
						}
					}
				}
			}
		}
	}
	t.Logf("%d steps evaluated", steps)
}

// Rajbhandari et al. 2020, figure 1, through a whole model: 16 bytes a
// parameter without ZeRO on 64 GPUs, 16 less what stages 1, 2 and 3 cut.
func TestZeROOfAModel(t *testing.T) {
	a := model.Dense(7.5e9)
	var c model.Counts
	a.Count(&c)
	recipe, _ := model.FindRecipe("adam-mixed")
	in := train.PeakInputs{Arch: &a, Counts: &c, Recipe: recipe, Frame: train.FindFramework("fsdp"), Seq: 2048, Batch: 2048 * 64}
	for stage := range 4 {
		var p train.Peak
		in.Estimate(&model.Layout{DP: 64, ZeRO: stage, Micro: 1}, &p)
		near(t, fmt.Sprintf("ZeRO %d", stage), p.Weights+p.Grads+p.Optimizer, float64(model.ZeROBytes(unit.Params(c.Total), recipe, stage, 64)), 1e-9)
	}
}

// Jordan et al. 2024: Muon keeps one running average for hidden matrices and
// leaves tables and norms to Adam with two, so a model takes a little more than
// 14 bytes a parameter.
func TestMuonKeepsTablesUnderAdam(t *testing.T) {
	p, _ := scenario.FindPreset("llama-3.1-8b")
	var c model.Counts
	p.Arch.Count(&c)
	recipe, _ := model.FindRecipe("muon")
	in := train.PeakInputs{Arch: &p.Arch, Counts: &c, Recipe: recipe, Frame: train.FindFramework("fsdp"), Seq: 2048, Batch: 2048}
	var k train.Peak
	in.Estimate(&model.Layout{Micro: 1}, &k)
	tables := 4 * (c.Embedding + c.Output + c.Norms)
	near(t, "states", k.Weights+k.Grads+k.Optimizer, 14*c.Total+tables, 1e-4)
}

// Dettmers et al. 2023: QLoRA fine-tunes 65B on one GPU of 48 GB.
func TestQLoRAOf65BFits48GB(t *testing.T) {
	a := model.Arch{Layers: 80, Width: 8192, Heads: 64, FF: 22016, Vocab: 32000, MLPMatrices: 3, NormMult: 1}
	a.Fill()
	var c model.Counts
	a.Count(&c)
	recipe, _ := model.FindRecipe("qlora")
	in := train.PeakInputs{Arch: &a, Counts: &c, Recipe: recipe, Frame: train.FindFramework("hf"), Seq: 512, Batch: 512}
	var p train.Peak
	in.Estimate(&model.Layout{Micro: 1, Recompute: model.RecomputeFull}, &p)
	if p.Total > 48e9 || p.Total < 33e9 {
		t.Errorf("%.3g bytes", p.Total)
	}
}

// The verdict says in words what the numbers say.
func TestMemorySentence(t *testing.T) {
	fits := with(t, map[string]string{"model": "llama-2-7b", "gpus": "8"})
	s := core.MemorySentence(&fits.In, &fits.Out)
	if !strings.HasPrefix(s, "It fits, with ") || !fits.Out.Fits || fits.Out.Micro < 1 || fits.Out.Card == nil {
		t.Errorf("%s (micro-batch %d, card %v)", s, fits.Out.Micro, fits.Out.Card)
	}
	if h := fits.Out.V[core.Headroom].V; math.Abs(h-(fits.Out.V[core.Capacity].V-fits.Out.V[core.Memory].V)) > 1 || h < 0 {
		t.Errorf("headroom %v", fits.Out.V[core.Headroom])
	}
	// The card named holds the run, and no card of the catalogue with less memory does.
	need := fits.Out.V[core.Memory].V
	for _, a := range catalog.Accelerators() {
		if a.Kind != "soc" && a.Memory.V >= need && a.Memory.V < fits.Out.Card.Memory.V {
			t.Errorf("%s would do with less than %s", a.Name, fits.Out.Card.Name)
		}
	}
	if fits.Out.Card.Memory.V < need {
		t.Errorf("%s does not hold %v", fits.Out.Card.Name, need)
	}
	// One micro-batch more than the largest does not fit, or is not there to take.
	bigger := with(t, map[string]string{"model": "llama-2-7b", "gpus": "8", "tp": fmt.Sprint(fits.Out.Layout.TP), "pp": fmt.Sprint(fits.Out.Layout.PP), "zero": fmt.Sprint(fits.Out.Layout.ZeRO),
		"recompute": fits.Out.Layout.Recompute.String(), "micro": fmt.Sprint(fits.Out.Micro + 1)})
	if bigger.Out.Fits && float64(bigger.Out.Layout.DP*bigger.Out.Layout.Micro) <= bigger.In.V(scenario.Batch)/bigger.In.V(scenario.Seq) {
		t.Errorf("largest micro-batch %d, yet %d fits", fits.Out.Micro, fits.Out.Micro+1)
	}
	no := with(t, map[string]string{"model": "llama-3.1-405b", "gpus": "1"})
	s = core.MemorySentence(&no.In, &no.Out)
	if !strings.HasPrefix(s, "It does not fit: ") || no.Out.Fits || !strings.Contains(s, "take most of it") {
		t.Error(s)
	}
	t.Log(core.MemorySentence(&fits.In, &fits.Out))
	t.Log(s)
}

// What takes most is told as the picture groups it, and a range that the card
// does not hold is not passed over.
func TestMemorySentenceAgreesWithItsParts(t *testing.T) {
	for _, set := range []map[string]string{{}, {"model": "size", "params": "13B", "tokens": "2T", "days": "30", "ask": "gpus"}, {"model": "llama-3.1-70b", "gpus": "64"}, {"model": "gpt-3-175b", "gpus": "1024"}} {
		a := with(t, set)
		sum := 0.0
		var most float64
		for _, g := range a.Out.Peak.Groups() {
			sum, most = sum+g.Bytes, math.Max(most, g.Bytes)
		}
		near(t, "sum of the groups", sum, a.Out.Peak.Total, 1e-9)
		if got := a.Out.Peak.Binds().Bytes; got != most {
			t.Errorf("%v: %g is said to be most, %g is", set, got, most)
		}
		s := core.MemorySentence(&a.In, &a.Out)
		if over := a.Out.Fits && a.Out.V[core.Memory].Hi > a.Out.V[core.Capacity].V; over != strings.Contains(s, "though the range reaches") {
			t.Errorf("%v: %s", set, s)
		}
		parts := 0.0
		if most := a.Out.Peak.Binds(); most.Name == "activations" {
			a.Out.Peak.Parts(func(name, _ string, v float64) {
				if name == "activations" || name == "working" || name == "logits" {
					parts += v
				}
			})
			near(t, "activations", most.Bytes, parts, 1e-9)
		}
	}
}
