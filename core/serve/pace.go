package serve

import "math"

// BatchAtPace writes to b the largest number of running sequences that keeps
// the time per token within pace seconds and fits in memory, in a steady state
// (for pictures: the time of a picture); ok is false where even one sequence is
// slower, and b is then that one. The time per token grows with the sequences,
// so halving finds the edge; whole sequences only.
func BatchAtPace(m *Model, h *Machine, l *Layout, c *Constants, q *Load, pace float64, b *Batch) (ok bool) {
	room := math.Max(1, math.Floor(BatchMax(m, h, l, c, q.Context)))
	if math.IsInf(room, 1) {
		room = 1 << 20
	}
	if PaceAt(m, h, l, c, 1, q) > pace {
		Steady(m, h, l, c, 1, q, b)
		return false
	}
	lo, hi := 1.0, room+1
	for hi-lo > 1 {
		mid := math.Floor((lo + hi) / 2)
		if PaceAt(m, h, l, c, mid, q) <= pace {
			lo = mid
		} else {
			hi = mid
		}
	}
	Steady(m, h, l, c, lo, q, b)
	return true
}

// PaceAt is the time per token that each of seqs running sequences sees, s; of
// a diffusion model the time of its pictures.
func PaceAt(m *Model, h *Machine, l *Layout, c *Constants, seqs float64, q *Load) float64 {
	var s Step
	run, _ := stages(seqs/l.DP, l)
	if m.Patches > 0 {
		w := Picture(m, run)
		StepTime(m, h, l, c, &w, &s)
		return m.Passes * s.Total
	}
	w := Mixed(m, run, q)
	StepTime(m, h, l, c, &w, &s)
	return pace(&s, &q.Ahead)
}

// A Point is one point of the curve of speed for one reader against speed of
// the whole machine.
type Point struct {
	Seqs      float64
	TPOT      float64 // s
	TTFT      float64 // s
	PerGPU    float64 // answer tokens/s per GPU
	PerReader float64 // answer tokens/s
}

// Curve fills out with points from one sequence to as many as fit, evenly
// spread in the logarithm.
func Curve(m *Model, h *Machine, l *Layout, c *Constants, q *Load, points []Point) {
	room := math.Max(1, BatchMax(m, h, l, c, q.Context))
	if math.IsInf(room, 1) {
		room = 4096
	}
	var b Batch
	step := math.Exp(math.Log(room) / math.Max(float64(len(points)-1), 1))
	seqs := 1.0
	for i := range points {
		Steady(m, h, l, c, seqs, q, &b)
		points[i] = Point{seqs, b.TPOT, b.TTFT, b.PerSecond / l.GPUs(), 1 / b.TPOT}
		seqs *= step
	}
}

// Apart is prompts and answers on different machines (disaggregated serving).
type Apart struct {
	PrefillTime float64 // s per question
	StepTime    float64 // s per token
	Ratio       float64 // prefill copies per decode copy
	Transfer    float64 // bytes/s of cache that one decode copy takes in
	PerGPU      float64 // answer tokens/s per GPU of both kinds
}

// Disaggregate writes to out what one copy that writes seqs answers needs
// beside it when prompts are read elsewhere, on copies of the same layout:
// N_p/N_d = B t_pre/(O T) ([PrefillServers]); the cache of each question
// travels once.
func Disaggregate(m *Model, h *Machine, l *Layout, c *Constants, seqs float64, q *Load, a *Apart) {
	var s Step
	w := Prefill(m, 1, q.In, q.Cached)
	StepTime(m, h, l, c, &w, &s)
	a.PrefillTime = s.Total / l.DP
	run, _ := stages(seqs/l.DP, l)
	w = Decode(run, q.Context)
	StepTime(m, h, l, c, &w, &s)
	a.StepTime = s.Total
	a.Ratio = PrefillServers(a.PrefillTime, a.StepTime, seqs, q.Out)
	rate := seqs / a.StepTime
	a.Transfer = rate / q.Out * m.CacheBytes(q.In)
	a.PerGPU = rate / (l.GPUs() * (1 + a.Ratio))
}
