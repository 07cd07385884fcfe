package model

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
