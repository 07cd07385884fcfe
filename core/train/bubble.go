package train

import "math"

// microBatches is the micro-batches that the fullest copy runs in a step; the
// copies that have one fewer wait for it.
func microBatches(batch, copies, micro float64) float64 {
	const whole = 1e-9 // a quotient that rounding left just above a whole number
	return math.Max(1, math.Ceil(batch/(copies*micro)*(1-whole)))
}

// BubbleShare is the share of a step that a pipeline of p stages waits, with m
// micro-batches in 1F1B or GPipe order: (p-1)/(m+p-1).
func BubbleShare(p, m float64) float64 { return (p - 1) / (m + p - 1) }

// BubbleOverIdeal is the waiting over the useful time, with v chunks of layers
// per stage: (p-1)/(v·m) (Narayanan et al. 2021; Llama 3, section 3.3.2).
func BubbleOverIdeal(p, m, v float64) float64 { return (p - 1) / (v * m) }

// BubbleTime is the waiting of one step in the units of its arguments: f the
// forward and b the whole backward pass of one micro-batch in one stage, w the
// part of b that makes weight gradients, fb a forward and a backward pass run
// overlapped (DualPipe only). There must be as many micro-batches as stages,
// and twice as many for ZB2P and DualPipe.
//
//	1F1B, GPipe   (p-1)(f+b)
//	ZB1P          (p-1)(f+b-2w)     Qi et al. 2023, table 1 (its H1)
//	ZB2P, ZBV     (p-1)(f+b-3w)     the same, H2; none where the passes are alike
//	V-Half        (p-1)(f+b)/2      Qi et al. 2024, for passes that are alike
//	V-Min         (p-1)(f+b)·2/3    the same
//	DualPipe      (p/2-1)(fb+b-3w)  deepseek-ai/DualPipe README
func BubbleTime(s Pipeline, p, f, b, w, fb float64) float64 {
	switch s {
	case PipeZB1P:
		return (p - 1) * (f + b - 2*w)
	case PipeZB2P, PipeZBV:
		return (p - 1) * (f + b - 3*w)
	case PipeVHalf:
		return (p - 1) * (f + b) / 2
	case PipeVMin:
		return (p - 1) * (f + b) * 2 / 3
	case PipeDualPipe:
		return (p/2 - 1) * (fb + b - 3*w)
	}
	return (p - 1) * (f + b)
}

// fillsWith is the waiting of a step whose m micro-batches may be fewer than
// the formulas of BubbleTime ask for: a stage waits (p-1)(f+b-w), since nobody
// waits for its gradients of weights, and fills that with those at hand, m at
// most. With F&B of two passes that take turns, fb = f + b.
func fillsWith(s Pipeline, p, m, f, b, w float64) float64 {
	wait, fill := 0.0, 0.0
	switch s {
	case PipeZB1P:
		wait, fill = (p-1)*(f+b-w), p-1
	case PipeZB2P, PipeZBV:
		wait, fill = (p-1)*(f+b-w), 2*(p-1)
	case PipeDualPipe:
		wait, fill = math.Max(0, p/2-1)*(f+2*b-2*w), math.Max(0, p/2-1)
	default:
		return BubbleTime(s, p, f, b, w, f+b)
	}
	return math.Max(0, wait-math.Min(fill, m)*w)
}
