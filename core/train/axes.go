package train

import (
	"math/bits"

	"flopbook/core/model"
)

// A Plan is a layout and what else a run chooses with it.
type Plan struct {
	model.Layout
	Pipeline Pipeline `json:"pipeline"`            // order of the pipeline's work
	Shard    int      `json:"shard,omitzero"`      // GPUs that share one copy's states, 0 for all copies
	Again    int      `json:"recomputed,omitzero"` // layers of a stage computed again under full recomputation, 0 for all
}

// Into writes what the plan fixes outside its layout into the inputs of time
// and memory.
func (p *Plan) Into(s *StepInputs, m *PeakInputs) {
	s.Pipeline, s.ShardGroup, s.Recomputed = p.Pipeline, float64(p.Shard), p.Again
	m.Pipeline, m.Shard, m.Recomputed = p.Pipeline, p.Shard, p.Again
}

// Axes bounds a search: the values that each choice may take. A mask has a bit
// for each value.
type Axes struct {
	TP, PP, VPP, CP, EP, Micro int // largest degree, 0 for 1

	Powers    bool   // degrees are 2^k or 3·2^k, micro-batches 2^k
	ZeRO      uint8  // stages 0 to 3
	Recompute uint8  // modes of [model.Recompute]
	Partial   int    // further numbers of recomputed layers between none and all of a stage
	Pipelines uint16 // orders of [Pipeline]
	Shards    bool   // states may be shared by part of the copies
	Sequence  uint8  // bit 0: norms on every GPU, bit 1: cut across the tensor-parallel ones
	Fewer     bool   // GPUs may be left idle
	Even      bool   // copies and micro-batches divide the batch; else the copies with fewest sequences wait
}

const (
	anyZeRO      = 1<<4 - 1
	anyRecompute = 1<<(model.RecomputeFull+1) - 1
	anyPipeline  = 1<<(PipeDualPipe+1) - 1

	normsWhole, normsCut = 1, 2
)

// norms is the choices that software leaves for norms under tensor parallelism.
func norms(sequence bool) uint8 {
	if sequence {
		return normsWhole | normsCut
	}
	return normsWhole
}

// mostStages bounds pipelines; published runs have 64 at most.
const mostStages = 128

// Tokens that context parallelism leaves on a GPU at least: published recipes
// cut sequences of 8,192 in two (NVIDIA Megatron-Bridge, Llama 3.1 405B).
const (
	usualPiece = 4096
	leastPiece = 1024
)

func pieces(seq float64, least, most int) int { return max(1, min(int(seq)/least, most)) }

// QuickAxes are few values, for an answer while a slider moves: what trainers
// of large models try first. fast is the GPUs joined by fast links, sequence
// whether the software cuts norms too.
func QuickAxes(fast int, seq float64, sequence bool) Axes {
	x := Axes{TP: max(fast, 1), PP: 64, VPP: 12, CP: pieces(seq, usualPiece, 32), EP: 64, Micro: 8, Powers: true,
		ZeRO: 1<<1 | 1<<3, Recompute: anyRecompute, Pipelines: 1 << Pipe1F1B, Sequence: normsWhole, Fewer: true}
	if sequence {
		x.Sequence = normsCut
	}
	return x
}

// FullAxes are the values that today's software offers: tensor parallelism
// over up to 16 GPUs or the fast domain, any pipeline, any micro-batch.
func FullAxes(a *model.Arch, fast int, seq float64, sequence bool) Axes {
	return Axes{TP: max(16, fast), PP: mostStages, VPP: a.Layers, CP: pieces(seq, leastPiece, 64), EP: max(a.MoE.Experts, 1), Micro: 32,
		ZeRO: anyZeRO, Recompute: anyRecompute, Pipelines: 1 << Pipe1F1B, Sequence: norms(sequence), Fewer: true}
}

// EveryAxes are all values that the model of time and memory knows, on exactly
// the GPUs given and with copies that divide the batch: every published order
// of the pipeline, any number of recomputed layers, states shared by any part
// of the copies.
func EveryAxes(a *model.Arch, sequence bool) Axes {
	return Axes{TP: a.Heads, PP: mostStages, VPP: a.Layers, CP: 64, EP: max(a.MoE.Experts, 1), Micro: 64,
		ZeRO: anyZeRO, Recompute: anyRecompute, Partial: min(a.Layers, maxDegrees) - 1, Pipelines: anyPipeline, Shards: true, Sequence: norms(sequence), Even: true}
}

// Wish is what the reader fixed of a layout; zero (or -1 for ZeRO and
// Recompute) leaves it open.
type Wish struct {
	TP, PP, CP, EP, Micro int
	ZeRO                  int // -1 open
	Recompute             int // -1 open
	VPP                   int
	Eager                 bool // attention writes its scores to memory
}

// NoWish leaves everything open.
var NoWish = Wish{ZeRO: -1, Recompute: -1}

// degrees are the values of one axis, ascending.
type degrees struct {
	n int
	v [maxDegrees]int
}

const maxDegrees = 256

func (d *degrees) add(v int) {
	if d.n < maxDegrees {
		d.v[d.n] = v
		d.n++
	}
}

func (d *degrees) all() []int { return d.v[:d.n] }

// fill puts in every allowed value up to most, or the wished one alone.
func (d *degrees) fill(most, wish int, powers bool, allowed func(int) bool) {
	d.n = 0
	if wish > 0 {
		if allowed(wish) {
			d.add(wish)
		}
		return
	}
	for v := 1; v <= most; v++ {
		if (!powers || round(v)) && allowed(v) {
			d.add(v)
		}
	}
}

// round reports a number of the form 2^k or 3·2^k.
func round(v int) bool {
	odd := v >> bits.TrailingZeros(uint(v))
	return odd == 1 || odd == 3
}
