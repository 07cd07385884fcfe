package scaling

import "flopbook/core/unit"

// A Prediction is what a law says about one training run.
type Prediction struct {
	Law       *Law
	Params    unit.Params
	Tokens    unit.Tokens // seen in training
	Unique    unit.Tokens // different ones among them, at most Tokens
	Effective unit.Tokens // fresh tokens that the run is worth

	Loss    unit.Range // nats per token; zero when the law gives only a split
	Compute unit.FLOP  // 6 N D
	Optimum Optimum    // best split of the same compute, data to spare
	Fitted  Verdict    // whether the law was fitted there
}

// TokensPerParam is training tokens per parameter.
func (p *Prediction) TokensPerParam() float64 { return float64(p.Tokens) / float64(p.Params) }

// Predict writes to out what the law says of n parameters trained on d tokens,
// unique of them different (0: all of them). It reports false for input that is
// not positive and finite, leaving out as it was, and allocates nothing.
func (l *Law) Predict(n unit.Params, d, unique unit.Tokens, out *Prediction) bool {
	if unique == 0 || unique > d {
		unique = d
	}
	p := Prediction{Law: l, Params: n, Tokens: d, Unique: unique}
	var ok bool
	if p.Effective, ok = EffectiveTokens(d, unique); !ok || !usable(float64(n)) {
		return false
	}
	p.Compute = unit.FLOP(FLOPPerParamToken * float64(n) * float64(d))
	if p.Optimum, ok = l.Optimum(p.Compute); !ok {
		return false
	}
	if l.GivesLoss() {
		if p.Loss, ok = l.LossInterval(n, p.Effective); !ok {
			return false
		}
	}
	p.Fitted = l.InRange(n, d, p.Compute)
	*out = p
	return true
}
