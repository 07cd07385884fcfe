package scaling

import (
	"math"

	"flopbook/core/unit"
)

// Constants of Kumar et al. 2024 (Scaling Laws for Precision), fitted up to
// 1.7B parameters and 26B tokens with integer formats: pessimistic against
// production FP8, whose scales are finer.
const (
	GammaWeights     = 2.6745
	GammaActivations = 2.2102
	GammaKVCache     = 0.9578

	ptqScale, ptqGammaD, ptqGammaN, ptqGamma = 0.0598, 0.5068, 0.3439, 0.5907
)

// Retention is the share of parameters that still count when one kind of number
// is held in the given bits during training: 1 - exp(-bits/gamma). It reports
// false unless both are positive and finite.
func Retention(bits, gamma float64) (float64, bool) {
	if !usable(bits) || !usable(gamma) {
		return 0, false
	}
	return 1 - math.Exp(-bits/gamma), true
}

// EffectiveParams is how many full-precision parameters n parameters are worth
// when weights, activations and the KV cache are trained in the given bits. It
// reports false for input that is not positive and finite.
func EffectiveParams(n unit.Params, weightBits, activationBits, kvBits float64) (unit.Params, bool) {
	w, ok1 := Retention(weightBits, GammaWeights)
	a, ok2 := Retention(activationBits, GammaActivations)
	kv, ok3 := Retention(kvBits, GammaKVCache)
	if !ok1 || !ok2 || !ok3 || !usable(float64(n)) {
		return 0, false
	}
	return answer(n * unit.Params(w*a*kv))
}

// QuantizationLoss is what rounding the weights after training adds to the
// loss: C_T exp(-P/γ_post) D^γ_D / N^γ_N (Kumar et al. 2024). It grows with
// data: a model trained longer loses more when rounded. This is damage done
// after training, not part of Loss, which never rises with data. It reports
// false for input that is not positive and finite.
func QuantizationLoss(n unit.Params, d unit.Tokens, bits float64) (float64, bool) {
	if !usable(float64(n)) || !usable(float64(d)) || !usable(bits) {
		return 0, false
	}
	v := ptqScale * math.Exp(-bits/ptqGamma) * math.Pow(float64(d), ptqGammaD) / math.Pow(float64(n), ptqGammaN)
	if !finite(v) {
		return 0, false
	}
	return v, true
}
