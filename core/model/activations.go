package model

import "flopbook/core/unit"

// Activations is what the forward pass leaves in memory for the backward
// pass, on the fullest GPU, in bytes.
type Activations struct {
	Tokens    float64    // tokens of a micro-batch on this GPU: sequence·micro-batch/CP
	LayerFull float64    // one layer, everything kept, one micro-batch
	LayerKept float64    // one layer under the layout's recomputation
	Layers    float64    // layers on the GPU
	InFlight  float64    // micro-batches held at once by the first stage, with the interleaving penalty
	Stack     unit.Bytes // LayerKept · Layers · InFlight
	Working   unit.Bytes // the layer being recomputed, full recomputation only
	Logits    unit.Bytes // output scores and their gradient on the last stage
	Total     unit.Bytes // the larger of first and last stage
	LastStage bool       // the last stage is the larger one
}

// Activations fills out by counting each tensor that a fused 16-bit
// implementation keeps, without dropout. Per token and layer, in bytes:
//
//   - inputs of both norms and of what follows them: 4·2d (2·2d in a parallel block),
//     cut by TP only under sequence parallelism;
//   - queries, keys, values, attention's result: 2·(2·h·dh + 2·kv·dh), and one
//     32-bit number per query head (fused kernel) or 2·h·s scores (eager), cut by TP;
//   - MLP: gate, up and their product, 3·2f; plain, before and after the
//     activation, 2·2f; cut by TP;
//   - experts: the same for TopK experts and the shared ones, with each copied
//     input and result, and the router's 32-bit scores.
//
// Selective recomputation drops the eager scores; full keeps 2d per layer
// (Korthikanti et al. 2022, table 2) and one working layer. The pipeline's
// first stage holds min(microbatches, PP) micro-batches (1F1B), times
// 1 + (PP-1)/(PP·VPP) when interleaved (Megatron-LM
// theoretical_memory_usage.py). Logits are 4·(d + vocab)/TP bytes a token in
// the last stage (same source). seq is tokens in a sequence; microbatches is how
// many each copy runs per step, 0 for many.
func (a *Arch) Activations(l *Layout, seq, microbatches float64, out *Activations) {
	tp, pp := degree(l.TP), degree(l.PP)
	piece := seq / degree(l.CP)
	*out = Activations{Tokens: piece * degree(l.Micro)}
	d := float64(a.Width)

	spTP := 1.0
	if l.SP {
		spTP = tp
	}
	n := ceilDiv(float64(a.Layers), pp)
	moe := min(ceilDiv(float64(a.MoE.Layers), pp), n)
	score := a.scoreBytes(l, seq) / tp
	full := a.attentionActs()/tp + score
	kept := full
	if l.Recompute == RecomputeSelective && l.Eager {
		kept -= score
	}
	outer := a.residualActs() / spTP
	mlp := a.mlpActs(float64(a.FF)) / tp
	if a.IsMoE() {
		// Expert layers weigh in by their share of the stage.
		shared := 0.0
		if a.MoE.SharedExperts > 0 {
			shared = a.mlpActs(a.sharedFF())
		}
		k := float64(a.MoE.TopK)
		experts := (shared+k*(a.mlpActs(float64(a.MoE.ExpertFF))))/tp + k*4*d/spTP + 4*float64(a.MoE.Experts)/spTP
		mlp = ((n-moe)*mlp + moe*experts) / n
	}
	out.LayerFull = out.Tokens * (outer + full + mlp)
	switch l.Recompute {
	case RecomputeFull:
		out.LayerKept = out.Tokens * 2 * d / spTP
		out.Working = unit.Bytes(out.LayerFull)
	default:
		out.LayerKept = out.Tokens * (outer + kept + mlp)
	}

	out.Layers = n
	out.InFlight = InFlight(l, microbatches)
	stack := out.LayerKept * n
	out.Stack = unit.Bytes(stack * out.InFlight)
	out.Logits = unit.Bytes(out.Tokens * 4 * (d + float64(a.Vocab)) / tp)

	first := out.Stack + out.Working
	last := unit.Bytes(stack) + out.Working + out.Logits
	if pp <= 1 {
		last = first + out.Logits
	}
	out.Total = first
	if last > first {
		out.Total, out.LastStage = last, true
	}
}

// residualActs is the bytes per token of norm inputs and outputs of one layer.
func (a *Arch) residualActs() float64 {
	return 4 * float64(a.normsPerLayer()) * float64(a.Width)
}

// attentionActs is the bytes per token of projections inside one attention.
func (a *Arch) attentionActs() float64 {
	h := float64(a.Heads)
	var acts float64
	if m := &a.MLA; m.KVRank > 0 {
		qk, v := h*float64(m.NopeDim+m.RopeDim), h*float64(m.ValueDim)
		// Both latents before and after their norm, then unpacked heads and the result.
		acts = 2*(2*float64(m.QRank)+2*float64(m.KVRank)+float64(m.RopeDim)) + 2*(2*qk+2*v)
	} else {
		acts = 2 * (2*h*float64(a.HeadDim) + 2*float64(a.KVHeads*a.HeadDim))
	}
	if a.Encoder.Layers > 0 {
		acts *= 2 // self- and cross-attention
	}
	return acts
}

// scoreBytes is the bytes per token that scores take in one layer.
func (a *Arch) scoreBytes(l *Layout, seq float64) float64 {
	if l.Eager {
		return 2 * float64(a.Heads) * seq
	}
	return 4 * float64(a.Heads)
}

func (a *Arch) mlpActs(f float64) float64 { return 2 * float64(a.MLPMatrices) * f }

// InFlight is the micro-batches whose activations the first pipeline stage
// holds: min(microbatches, PP) under 1F1B; interleaving multiplies by
// [InterleavePenalty]. microbatches 0 means many.
func InFlight(l *Layout, microbatches float64) float64 {
	pp := degree(l.PP)
	held := pp
	if microbatches > 0 && microbatches < pp {
		return microbatches
	}
	if l.VPP > 1 {
		held *= InterleavePenalty(pp, float64(l.VPP))
	}
	if microbatches > 0 {
		held = min(held, microbatches)
	}
	return held
}

// InterleavePenalty is 1 + (p-1)/(p·v), how much more a pipeline of p stages
// holds when each has v chunks of layers (Megatron-LM theoretical_memory_usage.py).
func InterleavePenalty(p, v float64) float64 { return 1 + (p-1)/(p*v) }

// KorthikantiLayer is the bytes of activations of one layer of a GPT over
// sequence x micro-batch x hidden, as printed in Korthikanti et al. 2022,
// table 2: 16-bit, plain MLP of 4h, dropout on, eager attention.
//
//	none       10 + 24/t + 5·a·s/(h·t)      with SP: (34 + 5·a·s/h)/t
//	selective  the same without 5·a·s/h
//	full       2                            with SP: 2/t
func KorthikantiLayer(seq, hidden, heads float64, tp int, sp bool, again Recompute) float64 {
	t := degree(tp)
	scores := 5 * heads * seq / hidden
	if again == RecomputeSelective {
		scores = 0
	}
	switch {
	case again == RecomputeFull && sp:
		return 2 / t
	case again == RecomputeFull:
		return 2
	case sp:
		return (34 + scores) / t
	}
	return 10 + 24/t + scores/t
}

// SelectiveSaving is the share of activation memory that selective
// recomputation saves in the same setting: 70 % for GPT-3, 65 % for MT-NLG.
func SelectiveSaving(seq, hidden, heads float64) float64 {
	all := KorthikantiLayer(seq, hidden, heads, 1, false, RecomputeNone)
	return 1 - KorthikantiLayer(seq, hidden, heads, 1, false, RecomputeSelective)/all
}

// MegatronLayer is Megatron-LM's own count per layer over
// sequence x micro-batch x hidden, for tensor and sequence parallelism with
// selective recomputation: (18 + 4·ff/h)/t (theoretical_memory_usage.py).
func MegatronLayer(hidden, ff float64, tp int) float64 { return (18 + 4*ff/hidden) / degree(tp) }
