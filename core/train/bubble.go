package train

// BubbleShare is the share of a step that a pipeline of p stages waits, with m
// micro-batches in 1F1B or GPipe order: (p-1)/(m+p-1).
func BubbleShare(p, m float64) float64 { return (p - 1) / (m + p - 1) }

// BubbleOverIdeal is the waiting over the useful time, with v chunks of layers
// per stage: (p-1)/(v·m) (Narayanan et al. 2021; Llama 3, section 3.3.2).
func BubbleOverIdeal(p, m, v float64) float64 { return (p - 1) / (v * m) }

// Schedule is the order in which a pipeline runs its micro-batches.
type Schedule uint8

// Schedules whose waiting time is published (deepseek-ai/DualPipe README;
// Qi et al. 2023 for zero bubble).
const (
	OneFOneB Schedule = iota // 1F1B: (p-1)(F+B)
	ZB1P                     // zero bubble, same memory: (p-1)(F+B-2W)
	DualPipe                 // from both ends: (p/2-1)(F&B+B-3W)
)

// BubbleTime is the waiting of one step in the units of its arguments: f the
// forward and b the whole backward pass of one micro-batch in one stage, w the
// part of b that makes weight gradients, fb a forward and a backward pass run
// overlapped (DualPipe only).
func BubbleTime(s Schedule, p, f, b, w, fb float64) float64 {
	switch s {
	case ZB1P:
		return (p - 1) * (f + b - 2*w)
	case DualPipe:
		return (p/2 - 1) * (fb + b - 3*w)
	}
	return (p - 1) * (f + b)
}
