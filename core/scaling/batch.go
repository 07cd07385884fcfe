package scaling

import (
	"math"

	"flopbook/core/unit"
)

// StepsRatio is how many more optimizer steps a run needs than with endless
// batches, at a batch of x critical batches: 1 + 1/x. From (S/S_min - 1)
// (E/E_min - 1) = 1 (McCandlish et al. 2018, equation 2.11). It reports false
// unless x is positive and finite.
func StepsRatio(x float64) (float64, bool) {
	if !usable(x) {
		return 0, false
	}
	return answer(1 + 1/x)
}

// ExamplesRatio is how many more training tokens a run needs than with tiny
// batches, at a batch of x critical batches: 1 + x (McCandlish et al. 2018).
func ExamplesRatio(x float64) (float64, bool) {
	if !usable(x) {
		return 0, false
	}
	return 1 + x, true
}

// KaplanCriticalBatch is the critical batch in tokens at a loss in nats per
// token: 2e8/L^(1/0.21) (Kaplan et al. 2020, equation 1.4).
func KaplanCriticalBatch(loss float64) (unit.Tokens, bool) {
	if !usable(loss) {
		return 0, false
	}
	v := 2e8 / math.Pow(loss, 1/0.21)
	return answer(unit.Tokens(v))
}

// StepLawBatch is the best batch in tokens for a run of d tokens: 0.58 D^0.571
// (Step Law, Li et al. 2025).
func StepLawBatch(d unit.Tokens) (unit.Tokens, bool) {
	if !usable(float64(d)) {
		return 0, false
	}
	return answer(unit.Tokens(PowerLaw(0.58, float64(d), 0.571)))
}

// StepLawRate is the best peak learning rate for n non-embedding parameters and
// d tokens: 1.79 N^-0.713 D^0.307 (Step Law, Li et al. 2025).
func StepLawRate(n unit.Params, d unit.Tokens) (float64, bool) {
	if !usable(float64(n)) || !usable(float64(d)) {
		return 0, false
	}
	v := 1.79 * math.Pow(float64(n), -0.713) * math.Pow(float64(d), 0.307)
	return answer(v)
}

// DeepSeekBatch is the best batch in tokens for c FLOP of training: 0.2920
// C^0.3271 (DeepSeek LLM 2024, equation 1).
func DeepSeekBatch(c unit.FLOP) (unit.Tokens, bool) {
	if !usable(float64(c)) {
		return 0, false
	}
	return unit.Tokens(PowerLaw(0.2920, float64(c), 0.3271)), true
}

// DeepSeekRate is the best peak learning rate for c FLOP of training: 0.3118
// C^-0.1250 (DeepSeek LLM 2024, equation 1).
func DeepSeekRate(c unit.FLOP) (float64, bool) {
	if !usable(float64(c)) {
		return 0, false
	}
	return PowerLaw(0.3118, float64(c), -0.1250), true
}

// CriticalBatchExponent is how the critical batch grows with training tokens,
// nearly whatever the model's size (Zhang et al. 2024; Bergsma et al. 2025
// find the same).
const CriticalBatchExponent = 0.47

// ScaledCriticalBatch carries a critical batch measured in a run of measuredAt
// tokens to a run of d tokens: batch (d/measuredAt)^0.47 (Zhang et al. 2024). It
// reports false for input that is not positive and finite.
func ScaledCriticalBatch(measured, measuredAt, d unit.Tokens) (unit.Tokens, bool) {
	if !usable(float64(measured)) || !usable(float64(measuredAt)) || !usable(float64(d)) {
		return 0, false
	}
	v := PowerLaw(float64(measured), float64(d)/float64(measuredAt), CriticalBatchExponent)
	return answer(unit.Tokens(v))
}
