package scaling

import (
	"math"

	"flopbook/core/unit"
)

// Loss is the predicted loss in nats per token of a model with n parameters
// after d tokens, each seen once. It reports false for input that is not
// positive and finite, and for laws that give no loss.
func (l *Law) Loss(n unit.Params, d unit.Tokens) (float64, bool) {
	if !usable(float64(n)) || !usable(float64(d)) {
		return 0, false
	}
	var v float64
	switch l.Form {
	case SumOfPowers:
		v = l.E + l.SizeTerm(n) + l.DataTerm(d)
	case KaplanJoint:
		v = math.Pow(math.Pow(l.A/float64(n), l.Alpha/l.Beta)+l.B/float64(d), l.Beta)
	default:
		return 0, false
	}
	return answer(v)
}

// SizeTerm is the part of the loss that more parameters would remove: A/N^α.
func (l *Law) SizeTerm(n unit.Params) float64 { return l.A / math.Pow(float64(n), l.Alpha) }

// DataTerm is the part of the loss that more data would remove: B/D^β.
func (l *Law) DataTerm(d unit.Tokens) float64 { return l.B / math.Pow(float64(d), l.Beta) }

// An Optimum is the best split of a compute budget under a law.
type Optimum struct {
	Compute unit.FLOP
	Params  unit.Params
	Tokens  unit.Tokens
	Loss    float64 // nats per token; 0 when the law gives no loss
}

// TokensPerParam is the split's ratio.
func (o *Optimum) TokensPerParam() float64 { return float64(o.Tokens) / float64(o.Params) }

// Optimum finds the parameters and tokens with the lowest loss for c FLOP of
// training under c = 6 N D. For a sum of powers it is Hoffmann et al. 2022,
// equation 4: N = G (C/6)^(β/(α+β)), D = C/(6 N), G = (αA/(βB))^(1/(α+β)). It
// reports false for a budget that is not positive, or so extreme that the
// answer is not a number.
func (l *Law) Optimum(c unit.FLOP) (Optimum, bool) {
	if !usable(float64(c)) {
		return Optimum{}, false
	}
	o := Optimum{Compute: c}
	pairs := float64(c) / FLOPPerParamToken // N times D
	switch {
	case l.Form == SumOfPowers:
		o.Params = unit.Params(l.G() * math.Pow(pairs, l.ParamsExponent()))
		o.Tokens = unit.Tokens(pairs / float64(o.Params))
	case l.Split.Params > 0:
		o.Params = unit.Params(PowerLaw(l.Split.Params, float64(c)/l.Split.At, l.Split.Exponent))
		o.Tokens = unit.Tokens(pairs / float64(o.Params))
	case l.Split.Tokens > 0:
		o.Tokens = unit.Tokens(PowerLaw(l.Split.Tokens, float64(c)/l.Split.At, l.Split.Exponent))
		o.Params = unit.Params(pairs / float64(o.Tokens))
	}
	if !usable(float64(o.Params)) || !usable(float64(o.Tokens)) {
		return Optimum{}, false
	}
	if l.GivesLoss() {
		o.Loss, _ = l.Loss(o.Params, o.Tokens)
	}
	return o, true
}

// G is the constant of the optimal split of a sum of powers:
// (αA/(βB))^(1/(α+β)).
func (l *Law) G() float64 {
	return math.Pow(l.Alpha*l.A/(l.Beta*l.B), 1/(l.Alpha+l.Beta))
}

// ParamsExponent is a in "optimal N grows as C^a".
func (l *Law) ParamsExponent() float64 {
	switch {
	case l.Form == SumOfPowers:
		return l.Beta / (l.Alpha + l.Beta)
	case l.Split.Tokens > 0:
		return 1 - l.Split.Exponent
	}
	return l.Split.Exponent
}

// FLOPsForParams is the compute for which n parameters are optimal, the
// inverse of Optimum. It reports false for input that is not positive or an
// answer beyond numbers.
func (l *Law) FLOPsForParams(n unit.Params) (unit.FLOP, bool) {
	if !usable(float64(n)) {
		return 0, false
	}
	var c float64
	switch {
	case l.Form == SumOfPowers:
		c = FLOPPerParamToken * math.Pow(float64(n)/l.G(), 1/l.ParamsExponent())
	case l.Split.Params > 0:
		c = l.Split.At * math.Pow(float64(n)/l.Split.Params, 1/l.Split.Exponent)
	case l.Split.Tokens > 0:
		// n = C / (6 k (C/At)^e)
		c = l.Split.At * math.Pow(float64(n)*FLOPPerParamToken*l.Split.Tokens/l.Split.At, 1/(1-l.Split.Exponent))
	}
	return answer(unit.FLOP(c))
}

// TokensForParams is the number of tokens for which n parameters are optimal.
func (l *Law) TokensForParams(n unit.Params) (unit.Tokens, bool) {
	c, ok := l.FLOPsForParams(n)
	if !ok {
		return 0, false
	}
	d := float64(c) / FLOPPerParamToken / float64(n)
	return answer(unit.Tokens(d))
}

// TokensForLoss is the number of tokens that brings n parameters to a loss:
// D = (B/(L - E - A/N^α))^(1/β). It reports false when no amount of data does,
// and for laws that are not a sum of powers.
func (l *Law) TokensForLoss(n unit.Params, loss float64) (unit.Tokens, bool) {
	if l.Form != SumOfPowers || !usable(float64(n)) || !finite(loss) {
		return 0, false
	}
	d := math.Pow(l.B/(loss-l.E-l.SizeTerm(n)), 1/l.Beta)
	return answer(unit.Tokens(d))
}

// PowerLaw is coef * x^exponent.
func PowerLaw(coef, x, exponent float64) float64 { return coef * math.Pow(x, exponent) }

// KaplanLossParams is the loss of n non-embedding parameters with data and
// training to spare: (8.8e13/N)^0.076 (Kaplan et al. 2020, equation 1.1).
func KaplanLossParams(n unit.Params) (float64, bool) {
	if !usable(float64(n)) {
		return 0, false
	}
	return math.Pow(8.8e13/float64(n), 0.076), true
}

// KaplanLossTokens is the loss of a large model stopped early on d tokens:
// (5.4e13/D)^0.095 (Kaplan et al. 2020, equation 1.2).
func KaplanLossTokens(d unit.Tokens) (float64, bool) {
	if !usable(float64(d)) {
		return 0, false
	}
	return math.Pow(5.4e13/float64(d), 0.095), true
}
