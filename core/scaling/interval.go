package scaling

import (
	"math"

	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// LossInterval is the loss with an 80 % range. The rule adds independent
// causes in quadrature, upward and downward apart:
//
//   - Which law: the furthest that another independent fit on web text (field
//     Spread) predicts above and below. This covers corpus and tokenizer as well
//     as the form of the law, and is the larger part.
//   - How the law goes on: outside the fitted range, the furthest that another
//     fit's change from the nearest fitted point differs from this law's change.
//   - The fit's own error: uncertainty.Z80 times the standard errors of E, α and β
//     (those of Besiroglu et al. 2024 where the law gives none). The errors of A
//     and α (B and β) are so strongly correlated that the size (data) term is well
//     known in the middle of the fitted range and only its slope is uncertain:
//     it contributes term * se * |ln(N/N_mid)|.
//
// Outside the fitted range the first and third are no smaller than at the
// nearest fitted point, so the range there is always wider: what is not known
// where there are data is not known where there are none. The fitted range and
// its geometric middle are those of Besiroglu2024. It reports false as Loss
// does. It allocates nothing.
func (l *Law) LossInterval(n unit.Params, d unit.Tokens) (unit.Range, bool) {
	v, ok := l.Loss(n, d)
	if !ok {
		return unit.Range{}, false
	}
	f := &Besiroglu2024.Fitted
	nIn := unit.Params(math.Min(math.Max(float64(n), f.ParamsLo), f.ParamsHi))
	dIn := unit.Tokens(math.Min(math.Max(float64(d), f.TokensLo), f.TokensHi))
	vIn, ok := l.Loss(nIn, dIn)
	if !ok {
		return unit.Range{}, false
	}
	var up, down, onUp, onDown float64 // of the level, and of how it goes on
	for _, o := range Laws {
		if !o.Spread {
			continue
		}
		x, ok1 := o.Loss(n, d)
		y, ok2 := o.Loss(nIn, dIn)
		if !ok1 || !ok2 {
			continue
		}
		far, near := x-v, y-vIn
		up, down = max(up, far, near), max(down, -far, -near)
		onUp, onDown = max(onUp, far-near), max(onDown, near-far)
	}
	fit := max(l.fitError(n, d), l.fitError(nIn, dIn))
	r := unit.Range{
		V:  v,
		Lo: math.Max(0, v-math.Hypot(math.Hypot(down, onDown), fit)), // a loss is never negative
		Hi: math.Min(math.MaxFloat64, v+math.Hypot(math.Hypot(up, onUp), fit)),
	}
	if !(r.Lo <= r.V && r.V <= r.Hi) {
		return unit.Range{}, false
	}
	return r, true
}

// fitError is the 80 % half-width of the loss from the fit's own errors.
func (l *Law) fitError(n unit.Params, d unit.Tokens) float64 {
	b := &Besiroglu2024
	se := l
	if l.SEE == 0 {
		se = b
	}
	terms := l
	if l.Form != SumOfPowers {
		terms = b
	}
	s := terms.SizeTerm(n) * se.SEAlpha * math.Log(float64(n)/math.Sqrt(b.Fitted.ParamsLo*b.Fitted.ParamsHi))
	t := terms.DataTerm(d) * se.SEBeta * math.Log(float64(d)/math.Sqrt(b.Fitted.TokensLo*b.Fitted.TokensHi))
	return uncertainty.Z80 * math.Hypot(se.SEE, math.Hypot(s, t))
}
