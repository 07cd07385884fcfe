package scaling

import "math"

// Constants of Gadre et al. 2024, RedPajama training and C4 evaluation, as the
// authors' scaling_explorer notebook (mlfoundations/scaling) fits them.
const (
	gadreA        = 166.21098955134454
	gadreB        = 366.68718997018306
	gadreExponent = -0.2728507050133584
	gadreE        = 1.8366483990666456
)

func gadre2024() Law {
	l := GadreLaw(gadreE, gadreA, gadreB, gadreExponent)
	l.Spread = true
	return l
}

// GadreLaw is the over-training law L = a N^x + b 6^(x/2) (M N)^x + E with x < 0
// and M = D/N tokens per parameter, as the authors' code has it. M N is D, so
// it is a sum of powers with one exponent for size and data, hence with the
// same optimal M at every scale. Fitted on 11M to 6.9B parameters, M 5 to 640.
func GadreLaw(e, a, b, exponent float64) Law {
	return Law{
		ID: "gadre2024", Name: "Over-training (RedPajama)", Source: "gadre-2024", Date: "2024-03", Confidence: High,
		Note: "RedPajama training data, loss on C4; tuned for many more tokens than compute-optimal.",
		Form: SumOfPowers, E: e, A: a, B: b * math.Pow(6, exponent/2), Alpha: -exponent, Beta: -exponent,
		Fitted: Span{11e6, 6.9e9, 0, 0, 0, 0, 640},
	}
}

// An ErrorLaw turns loss into the average top-1 error on a set of downstream
// tasks: Eps - K exp(-Gamma L) (Gadre et al. 2024, equation 5).
type ErrorLaw struct{ Eps, K, Gamma float64 }

// GadreError is the fit for 17 tasks with RedPajama models.
var GadreError = ErrorLaw{0.8569919442363808, 2.206489631288979, 0.7145904626960534}

// Error is the average error, 0 to 1, at a loss in nats per token. It reports
// false for a loss that is not positive and finite, and clips a curve that has
// left the possible range.
func (e ErrorLaw) Error(loss float64) (float64, bool) {
	if !usable(loss) {
		return 0, false
	}
	v := e.Eps - e.K*math.Exp(-e.Gamma*loss)
	if !finite(v) {
		return 0, false
	}
	return math.Min(math.Max(v, 0), 1), true
}
