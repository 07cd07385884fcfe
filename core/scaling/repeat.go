package scaling

import (
	"math"

	"flopbook/core/unit"
)

// Constants of Muennighoff et al. 2023 (appendix A): after RepeatDecay repeats
// a repeated token has lost most of its worth; excess parameters lose theirs
// after ExcessDecay. Fitted on C4, 1 to 500 epochs, dropout and weight decay 0.1.
const (
	RepeatDecay = 15.387756
	ExcessDecay = 5.309743
)

// EffectiveTokens is how many fresh tokens d tokens are worth when only unique
// of them are different: D' = U + U R* (1 - exp(-(D/U - 1)/R*)) with R* =
// RepeatDecay (Muennighoff et al. 2023, equation 5). At most 16.4 times the
// unique tokens. With unique >= d nothing repeats and the answer is d. It
// reports false for input that is not positive and finite.
func EffectiveTokens(d, unique unit.Tokens) (unit.Tokens, bool) {
	if !usable(float64(d)) || !usable(float64(unique)) {
		return 0, false
	}
	if unique >= d {
		return d, true
	}
	v := saturate(float64(d), float64(unique), RepeatDecay)
	return answer(unit.Tokens(v))
}

// EffectiveTokensRatio is the worth of a token averaged over e epochs: 1 for
// one epoch, 0.93 for four. It reports false unless e >= 1 and finite.
func EffectiveTokensRatio(epochs float64) (float64, bool) {
	if !(epochs >= 1) || !finite(epochs) {
		return 0, false
	}
	return saturate(epochs, 1, RepeatDecay) / epochs, true
}

// saturate is base + base*decay*(1 - exp(-(total/base - 1)/decay)).
func saturate(total, base, decay float64) float64 {
	repeats := math.Max(total/base-1, 0)
	return base + base*decay*(1-math.Exp(-repeats/decay))
}

// LossWithEpochs is the law's loss for n parameters and d tokens of which
// unique are different, data counted by EffectiveTokens. The worth of repeats
// was measured on C4 and is carried over to the law.
func (l *Law) LossWithEpochs(n unit.Params, d, unique unit.Tokens) (float64, bool) {
	e, ok := EffectiveTokens(d, unique)
	if !ok {
		return 0, false
	}
	return l.Loss(n, e)
}

// RepeatedLoss is the whole data-constrained law on C4: repeats of data and
// parameters beyond what the unique data can feed both lose worth. It is the
// form of the authors' code (huggingface/datablations, README, "Parametric
// Fit"): U_N = min(N, N_opt(U)), N' and D' saturating. unique above d counts
// as d. Input that is not positive and finite reports false.
func RepeatedLoss(n unit.Params, d, unique unit.Tokens) (float64, bool) {
	l := &Muennighoff2023
	unique = min(unique, d)
	dEff, ok := EffectiveTokens(d, unique)
	if !ok || !usable(float64(n)) {
		return 0, false
	}
	g := l.G()
	un := math.Min(float64(n), math.Pow(float64(unique)*g, l.Beta/l.Alpha)*g)
	nEff := saturate(float64(n), un, ExcessDecay)
	return l.Loss(unit.Params(nEff), dEff)
}

// RepeatedOptimum is the split of c FLOP with the lowest RepeatedLoss when only
// unique tokens exist: smaller and longer than the split with data to spare.
// Found by golden-section search on ln N, to about 1e-7 relative (the loss is
// flat there). It reports false for input that is not positive and finite.
func RepeatedOptimum(c unit.FLOP, unique unit.Tokens) (Optimum, bool) {
	start, ok := Muennighoff2023.Optimum(c)
	if !ok || !usable(float64(unique)) {
		return Optimum{}, false
	}
	pairs := float64(c) / FLOPPerParamToken
	at := func(x float64) float64 {
		n := math.Exp(x)
		v, ok := RepeatedLoss(unit.Params(n), unit.Tokens(pairs/n), unique)
		if !ok {
			return math.Inf(1)
		}
		return v
	}
	// However scarce the data, repeats stop paying after some tens of epochs
	// and so do excess parameters: the answer stays within e^±12 of the start.
	const inv = 0.6180339887498949 // 1/golden ratio
	mid := math.Log(float64(start.Params))
	lo, hi := mid-12, mid+12
	a, b := hi-inv*(hi-lo), lo+inv*(hi-lo)
	fa, fb := at(a), at(b)
	for range 80 {
		if fa <= fb {
			hi, b, fb = b, a, fa
			a = hi - inv*(hi-lo)
			fa = at(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + inv*(hi-lo)
			fb = at(b)
		}
	}
	n := math.Exp((lo + hi) / 2)
	o := Optimum{Compute: c, Params: unit.Params(n), Tokens: unit.Tokens(pairs / n)}
	if o.Loss, ok = RepeatedLoss(o.Params, o.Tokens, unique); !ok {
		return Optimum{}, false
	}
	return o, true
}

// RepeatedGridOptimum is the authors' own coarse search around the one-pass
// optimum (README, "optimal_allocation": 500 factors from 1.0001 to 3, both
// ways). It reproduces their printed splits; RepeatedOptimum is the better answer.
func RepeatedGridOptimum(c unit.FLOP, unique unit.Tokens) (Optimum, bool) {
	start, ok := Muennighoff2023.Optimum(c)
	if !ok || !usable(float64(unique)) {
		return Optimum{}, false
	}
	best := Optimum{Compute: c, Loss: math.Inf(1)}
	try := func(n unit.Params, d unit.Tokens) {
		if v, ok := RepeatedLoss(n, d, unique); ok && v < best.Loss {
			best.Params, best.Tokens, best.Loss = n, d, v
		}
	}
	const points = 500
	for k := range points {
		f := 1.0001 + float64(k)*(3-1.0001)/(points-1)
		try(start.Params/unit.Params(f), start.Tokens*unit.Tokens(f))
		try(start.Params*unit.Params(f), start.Tokens/unit.Tokens(f))
	}
	if !finite(best.Loss) {
		return Optimum{}, false
	}
	return best, true
}
