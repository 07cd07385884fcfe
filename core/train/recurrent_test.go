package train

import (
	"math"
	"testing"

	"flopbook/core/model"
)

// nemotron is Nemotron Nano 9B v2 (arXiv 2508.14444).
var nemotron = model.Arch{Layers: 56, Width: 4480, Heads: 40, KVHeads: 8, HeadDim: 128, FF: 15680, Vocab: 131072, MLPMatrices: 2,
	Mamba: model.Mamba{Layers: 27, Attention: 4, Heads: 128, HeadDim: 80, State: 128, Groups: 8, Conv: 4}}

// One GPU holds every parameter once, those of recurrent layers too: the
// 8,888,227,328 of the released tensors.
func TestRecurrentLayersAreHeldOnce(t *testing.T) {
	in := peakCase(nemotron, "megatron", "adam-mixed-fp32-grads", 8192, 64)
	var p Peak
	in.Estimate(&model.Layout{TP: 1, Micro: 1}, &p)
	if math.Abs(p.Dense-8_888_227_328) > 1 {
		t.Errorf("%.0f parameters", p.Dense)
	}
	var cut Peak
	in.Estimate(&model.Layout{TP: 8, Micro: 1}, &cut)
	if r := p.Activations / cut.Activations; r < 2 || r > 8 {
		t.Errorf("one of eight GPUs keeps a %.2fth part of the activations", r)
	}
}

// Recurrent layers take the same for a token of any text, so only the four
// layers with attention slow down in longer ones: less than a quarter of what
// attention in all 28 pairs of layers does.
func TestRecurrentLayersCostTheSameAtAnyLength(t *testing.T) {
	all := nemotron
	all.Layers, all.Mamba = 28, model.Mamba{} // as many pairs of mixer and MLP, all attention
	growth := func(a model.Arch) float64 {
		s := onH100(t, a, 64)
		l := model.Layout{TP: 8, DP: 1, Micro: 4, SP: true}
		var short, long Step
		s.Seq = 8192
		s.Estimate(&l, &short)
		s.Seq, s.Batch, l.Micro = 32768, 16, 1 // as many tokens at once
		s.Estimate(&l, &long)
		return long.Total / long.Tokens / (short.Total / short.Tokens)
	}
	few, every := growth(nemotron), growth(all)
	if !(few > 1 && every-1 > 4*(few-1)) {
		t.Errorf("a token takes %.3f times as long with four layers of attention, %.3f with it everywhere", few, every)
	}
}
