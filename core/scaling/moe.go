package scaling

import (
	"math"

	"flopbook/core/unit"
)

// effectiveExperts is Ê with 1/Ê = 1/(E-1+(1/start-1/most)^-1) + 1/most: between
// start for a dense model and most for endless experts (Clark et al. 2022,
// equation 4).
func effectiveExperts(experts, start, most float64) float64 {
	return 1 / (1/(experts-1+1/(1/start-1/most)) + 1/most)
}

// JointMoELaw is the law of Ludziejewski et al. 2025 (Joint MoE Scaling Laws,
// Table 3) at a number of experts, one of them active per token:
//
//	L = a Ê^δ N^(α+γ ln Ê) + b Ê^ω D^(β+ζ ln Ê) + c
//
// which for fixed experts is a sum of powers in active parameters N and tokens
// D; 1 expert is a dense model. Fitted up to 2.7B active parameters and 32
// experts. It reports false unless experts >= 1 and finite.
func JointMoELaw(experts float64) (Law, bool) {
	const (
		a, alpha, delta, gamma = 35.91, -0.1889, -0.2285, 0.0098
		b, beta, omega, zeta   = 35.98, -0.1775, 0.5529, -0.0259
		start, most, c         = 2.0732, 290.4521, 1.3637
	)
	if !(experts >= 1) || !finite(experts) {
		return Law{}, false
	}
	e := effectiveExperts(experts, start, most)
	return Law{
		ID: "joint_moe", Name: "Joint mixture-of-experts law", Source: "ludziejewski-2025", Date: "2025-02", Confidence: High,
		Note: "N counts active parameters, one expert active per token.",
		Form: SumOfPowers, E: c,
		A: a * math.Pow(e, delta), Alpha: -(alpha + gamma*math.Log(e)),
		B: b * math.Pow(e, omega), Beta: -(beta + zeta*math.Log(e)),
		Fitted: Span{0, 2.7e9, 0, 0, 0, 0, 0},
	}, true
}

// KrajewskiLaw is the fine-grained mixture-of-experts law (Krajewski et al.
// 2024) at granularity g, the number of small experts that one feed-forward
// block is cut into, at 64 times expansion: L = c + (g/G^γ + a)/N^α + b/D^β. It
// reports false unless g >= 1 and finite.
func KrajewskiLaw(granularity float64) (Law, bool) {
	if !(granularity >= 1) || !finite(granularity) {
		return Law{}, false
	}
	return Law{
		ID: "krajewski2024", Name: "Fine-grained mixture-of-experts law", Source: "krajewski-2024", Date: "2024-02", Confidence: Medium,
		Note: "64 times expansion; constants read second-hand.",
		Form: SumOfPowers, E: 0.47, A: 2.1/math.Pow(granularity, 0.58) + 18.1, B: 30.8, Alpha: 0.115, Beta: 0.147,
	}, true
}

// KrajewskiDense is the same authors' fit of dense models.
var KrajewskiDense = Law{
	ID: "krajewski2024_dense", Name: "Dense baseline of the fine-grained law", Source: "krajewski-2024", Date: "2024-02", Confidence: Medium,
	Note: "Constants read second-hand.",
	Form: SumOfPowers, E: 0.47, A: 16.3, B: 26.7, Alpha: 0.126, Beta: 0.127,
}

// A Router is a way of choosing experts, with its constants in Clark et al. 2022.
type Router struct {
	Name          string
	a, b, c, d    float64
	start, finish float64
}

// The routers of Clark et al. 2022, Table 3: balanced assignment (S-BASE),
// reinforcement learning (RL-R) and hashing. Constants read second-hand.
var (
	RouterSBase = Router{"S-BASE", -0.082, -0.108, 0.009, 1.104, 1.847, 314.5}
	RouterRL    = Router{"RL-R", -0.083, -0.126, 0.012, 1.111, 1.880, 470}
	RouterHash  = Router{"HASH", -0.087, -0.136, 0.012, 1.157, 4.175, 477.7}
)

// Loss is log L = a log N + b log Ê + c log N log Ê + d with logs to base 10
// (Clark et al. 2022, equation 1), for n parameters of the dense base model and
// a number of experts, at 130B tokens. It reports false unless n > 0 and
// experts >= 1, finite.
func (r *Router) Loss(n unit.Params, experts float64) (float64, bool) {
	if !usable(float64(n)) || !(experts >= 1) || !finite(experts) {
		return 0, false
	}
	ln, le := math.Log10(float64(n)), math.Log10(effectiveExperts(experts, r.start, r.finish))
	v := math.Pow(10, r.a*ln+r.b*le+r.c*ln*le+r.d)
	return answer(v)
}

// OptimalGranularity is the granularity with the lowest loss when the loss
// holds e G + f/G: sqrt(f/e). Zhao et al. 2025: e 0.1577, f 7.2446, about 7. It
// reports false unless both are positive and finite.
func OptimalGranularity(e, f float64) (float64, bool) {
	if !usable(e) || !usable(f) {
		return 0, false
	}
	return answer(math.Sqrt(f / e))
}

// OptimalSharedRatio is the share of active experts that all tokens should
// share when the loss holds m S² + n S: -n/(2 m). Zhao et al. 2025: m 5.1395,
// n -3.2363, about 0.31. It reports false unless m > 0 and the share lies in 0 to 1.
func OptimalSharedRatio(m, n float64) (float64, bool) {
	v := -n / (2 * m)
	if !usable(m) || !(v >= 0 && v <= 1) {
		return 0, false
	}
	return v, true
}
