package train

import (
	"math/bits"

	"flopbook/core/model"
)

// Domain is the number of GPUs joined by fast links; tensor parallelism stays
// inside it.
const maxPipeline = 64

// FindLayout finds how n GPUs can share the run: of all layouts that fit, the
// one that splits the model least, because every split costs time. Preference,
// from least to most costly: copies with shared optimizer states (ZeRO 1),
// shared weights (ZeRO 3), tensor parallelism inside a server, pipeline stages,
// recomputing everything. When nothing fits, the layout that comes closest is
// written and fits is false. It allocates nothing.
//
// This is the order of the practitioners' guides (Narayanan et al. 2021,
// section 3.5; Rajbhandari et al. 2020), not a prediction of speed.
func FindLayout(in *MemoryInputs, n, domain int, wish Wish, out *Memory) (best model.Layout, fits bool) {
	const none = 1e300
	bestCost, bestTotal := none, none
	var mem Memory
	maxTP := min(domain, n)
	for tp := 1; tp <= max(maxTP, wish.TP); tp++ {
		if wish.TP > 0 && tp != wish.TP || wish.TP == 0 && bits.OnesCount(uint(tp)) != 1 && tp != domain {
			continue
		}
		if n%tp != 0 || in.Arch.Heads%tp != 0 {
			continue
		}
		for pp := 1; pp <= max(min(in.Arch.Layers, n/tp, maxPipeline), wish.PP); pp++ {
			if wish.PP > 0 && pp != wish.PP {
				continue
			}
			if pp > in.Arch.Layers || n%(tp*pp) != 0 {
				continue
			}
			cp := max(wish.CP, 1)
			if n%(tp*pp*cp) != 0 {
				continue
			}
			dp := n / (tp * pp * cp)
			for zero := 1; zero <= 3; zero += 2 {
				z := zero
				if wish.ZeRO >= 0 {
					if zero == 3 {
						break
					}
					z = wish.ZeRO
				}
				if z == 3 && pp > 1 && wish.ZeRO < 0 {
					continue // gathering weights for every micro-batch undoes the pipeline
				}
				for again := model.RecomputeSelective; again <= model.RecomputeFull; again++ {
					r := again
					if wish.Recompute >= 0 {
						if again == model.RecomputeFull {
							break
						}
						r = model.Recompute(wish.Recompute)
					}
					l := model.Layout{TP: tp, PP: pp, VPP: 1, DP: dp, CP: cp, EP: experts(in, wish, dp), ZeRO: z,
						Micro: max(wish.Micro, 1), Recompute: r, SP: tp > 1}
					in.Estimate(&l, &mem)
					if !mem.Fits {
						if bestCost == none && mem.Total < bestTotal {
							best, bestTotal, *out = l, mem.Total, mem
						}
						continue
					}
					if c := cost(&l, in); c < bestCost {
						best, bestCost, *out, fits = l, c, mem, true
					}
				}
			}
		}
	}
	if bestCost == none && bestTotal == none { // no divisor works: one plain copy each
		best = model.Layout{TP: 1, PP: 1, VPP: 1, DP: n, CP: 1, EP: 1, ZeRO: 1, Micro: 1, Recompute: model.RecomputeFull}
		if wish.ZeRO >= 0 {
			best.ZeRO = wish.ZeRO
		}
		in.Estimate(&best, out)
		fits = out.Fits
	}
	return best, fits
}

// experts spreads the experts over as many copies as there are, if nothing else is asked.
func experts(in *MemoryInputs, wish Wish, dp int) int {
	if !in.Arch.IsMoE() {
		return 1
	}
	if wish.EP > 0 {
		return wish.EP
	}
	ep := 1
	for ep*2 <= min(dp, in.Arch.MoE.Experts) && dp%(ep*2) == 0 && in.Arch.MoE.Experts%(ep*2) == 0 {
		ep *= 2
	}
	return ep
}

// cost orders layouts by how much splitting they do. The weights express an
// order of preference only: full recomputation adds a third of the work, a
// pipeline waits for (stages - 1) of its micro-batches.
func cost(l *model.Layout, in *MemoryInputs) float64 {
	c := 0.03 * float64(bits.Len(uint(l.TP))-1)
	if l.PP > 1 {
		m := microbatches(in, l)
		c += 0.05 + float64(l.PP-1)/(m+float64(l.PP-1))
	}
	if l.ZeRO == 3 {
		c += 0.04
	}
	if l.Recompute == model.RecomputeFull {
		c += 1.0 / 3
	}
	if mb := in.Batch / in.Seq / float64(l.DP*max(l.Micro, 1)); mb < 1 {
		c += 1 // more copies than sequences in the batch
	}
	return c
}
