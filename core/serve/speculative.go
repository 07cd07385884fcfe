package serve

import "math"

// TokensPerCheck is the tokens that one check by the large model yields when a
// draft of length gamma is accepted token by token with probability alpha:
// (1 - a^(g+1))/(1 - a) (Leviathan et al. 2022, equation 1).
func TokensPerCheck(alpha, gamma float64) float64 {
	if alpha >= 1 {
		return gamma + 1
	}
	return (1 - math.Pow(alpha, gamma+1)) / (1 - alpha)
}

// SpeculativeSpeedup is the gain in speed: tokens per check over gamma·c + v,
// with c the draft's step over the large model's and v the large model's step
// over gamma+1 tokens over its step over one; v is 1 while the step is bound by
// reading weights (Leviathan et al. 2022, theorem 3.8 at v = 1).
func SpeculativeSpeedup(alpha, gamma, c, v float64) float64 {
	return TokensPerCheck(alpha, gamma) / (gamma*c + v)
}

// SpeculativeWork is the gain in arithmetic, above 1 a cost:
// (1-a)(g·c + g + 1)/(1 - a^(g+1)), c the draft's operations per token over the
// large model's (theorem 3.11).
func SpeculativeWork(alpha, gamma, c float64) float64 {
	return (gamma*c + gamma + 1) / TokensPerCheck(alpha, gamma)
}

// TokensByDepth is the same with acceptance that falls with depth: accept[j] is
// the probability that position j is accepted given that all before it were.
// 1 + Σ Π accept. Measured acceptance does fall: DeepSeek-R1's three draft
// tokens are kept with probability 0.92, 0.66 and 0.24.
func TokensByDepth(accept []float64) float64 {
	sum, p := 1.0, 1.0
	for _, a := range accept {
		p *= a
		sum += p
	}
	return sum
}

// BestDraft is the draft length with the highest speed-up, and that speed-up,
// when the step over j+1 tokens costs cost[j] times the step over one (cost[0]
// is for no draft, normally 1) and each drafted token a share draft of a step.
func BestDraft(accept, cost []float64, draft float64) (length int, speedup float64) {
	speedup = 1
	for j := 1; j <= len(accept) && j < len(cost); j++ {
		if s := TokensByDepth(accept[:j]) / (cost[j] + draft*float64(j)); s > speedup {
			length, speedup = j, s
		}
	}
	return length, speedup
}

// SpeculativeStep writes the step that checks seqs sequences with gamma draft
// tokens each: gamma+1 tokens per sequence through all matrices (and so more
// experts touched), the cache read once. checked over the plain step is v.
func SpeculativeStep(m *Model, h *Machine, l *Layout, c *Constants, seqs, context, gamma float64, out *Step) {
	w := Work{Seqs: seqs, Context: context, Draft: gamma}
	StepTime(m, h, l, c, &w, out)
}

// StepRatio is the step time implied by speeds with and without speculation
// and the tokens accepted per step: accepted · plain/fast.
func StepRatio(plain, fast, accepted float64) float64 { return accepted * plain / fast }
