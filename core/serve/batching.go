package serve

import "math"

// Prefill is the work of reading seqs prompts of in tokens each, the first
// cached of which are already in the cache.
func Prefill(m *Model, seqs, in, cached float64) Work {
	w := Work{Prompt: seqs * (in - cached), Logits: seqs}
	w.Pairs = seqs * (in*in - cached*cached) / 2
	if m.Local > 0 {
		w.Near = seqs * (nearPairs(in, m.Window) - nearPairs(cached, m.Window))
	}
	return w
}

// nearPairs is the query-key pairs of a prompt of n tokens where each token
// sees at most window tokens before it.
func nearPairs(n, window float64) float64 {
	if n <= window {
		return n * n / 2
	}
	return window*n - window*window/2
}

// Decode is the work of one step that writes the next token of seqs sequences
// holding context tokens each.
func Decode(seqs, context float64) Work { return Work{Seqs: seqs, Context: context} }

// Mixed adds the prompts that arrive while seqs sequences write out tokens
// each: in a steady state one of out finishes per sequence and step, and its
// place is taken by a prompt, so a step carries seqs/out prompts (chunked
// prefill; jax-ml/scaling-book, inference.md).

func Mixed(m *Model, seqs, in, cached, out, context float64) Work {
	w := Prefill(m, seqs/math.Max(out, 1), in, cached)
	w.Seqs, w.Context = seqs, context
	return w
}

// Batch is what a batch of questions takes.
type Batch struct {
	Prefill    Step    // reading all prompts
	Decode     Step    // one step in the middle of the answers
	Seqs       float64 // sequences that run at once
	Waves      float64 // how often the machine is filled, at least 1; not rounded, engines refill as answers end
	TTFT       float64 // s, without queueing
	TPOT       float64 // s per token
	Latency    float64 // s until all answers are written
	PerSecond  float64 // answer tokens/s of the copy
	TotalRate  float64 // question and answer tokens/s of the copy
	FLOPPerOut float64 // FLOP per answer token, question included
}

// Static writes to b what seqs questions of in tokens answered with out tokens
// each take when all start together and none is added: prefill, then out - 1
// steps. What does not fit waits its turn; ok is false where not even one fits
// and the figures are those of one. The step time is linear in the context, so
// the middle of the answer stands for all of it.
func Static(m *Model, h *Machine, l *Layout, c *Constants, seqs, in, out float64, b *Batch) (ok bool) {
	room := BatchMax(m, h, l, c, in+out)
	b.Seqs = math.Min(seqs, math.Max(room, 1))
	b.Waves = seqs / b.Seqs
	run, micro := stages(b.Seqs/l.DP, l)
	w := Prefill(m, run, in, 0)
	StepTime(m, h, l, c, &w, &b.Prefill)
	w = Decode(run, in+out/2)
	StepTime(m, h, l, c, &w, &b.Decode)
	b.TTFT, b.TPOT = b.Prefill.Total*(micro+l.PP-1)/l.PP, b.Decode.Total
	b.Latency = b.Waves * (b.TTFT + math.Max(out-1, 0)*b.TPOT)
	b.PerSecond = seqs * out / b.Latency
	b.TotalRate = seqs * (in + out) / b.Latency
	b.FLOPPerOut = (b.Prefill.FLOP + b.Decode.FLOP*math.Max(out-1, 0)) / (run * l.DP * out)
	return room >= 1
}

// Steady writes to b what a copy does that always runs seqs sequences, each
// replaced by the next question when it ends (continuous batching with chunked
// prefill). cached is the part of a question found in a prefix cache, context
// the tokens that a running sequence holds on average ([MeanContext]).
func Steady(m *Model, h *Machine, l *Layout, c *Constants, seqs, in, cached, out, context float64, b *Batch) {
	b.Seqs, b.Waves = seqs, 1
	w := Prefill(m, 1, in, cached)
	StepTime(m, h, l, c, &w, &b.Prefill)
	run, _ := stages(seqs/l.DP, l)
	w = Mixed(m, run, in, cached, out, context)
	StepTime(m, h, l, c, &w, &b.Decode)
	b.TPOT = b.Decode.Total
	b.TTFT = b.Prefill.Total + b.TPOT
	b.PerSecond = seqs / b.TPOT
	b.TotalRate = b.PerSecond * (in + out) / out
	b.Latency = b.TTFT + math.Max(out-1, 0)*b.TPOT
	b.FLOPPerOut = b.Decode.FLOP / (run * l.DP)
}

// stages cuts the sequences of a group into as many micro-batches as there are
// pipeline stages, so that every stage has one: a step of all of them then
// takes as long as one micro-batch takes through the whole model. A single
// sequence cannot be cut and gains nothing from stages.
func stages(seqs float64, l *Layout) (run, micro float64) {
	micro = math.Max(1, math.Min(l.PP, seqs))
	return seqs / micro, micro
}

// AtRate finds the sequences that run at once when rate questions a second
// arrive: the fixed point of Little's law, N = rate · out · TPOT(N). It is at
// most room, and ok is false where the copy cannot keep up.
func AtRate(m *Model, h *Machine, l *Layout, c *Constants, rate, in, out, room float64, b *Batch) (seqs float64, ok bool) {
	context := in + out/2
	Steady(m, h, l, c, room, in, 0, out, context, b)
	if rate*out >= b.PerSecond {
		return room, false
	}
	// N/TPOT(N) grows with N, so the root is found by halving.
	lo, hi := 0.0, room
	for range 40 {
		mid := (lo + hi) / 2
		Steady(m, h, l, c, mid, in, 0, out, context, b)
		if b.PerSecond < rate*out {
			lo = mid
		} else {
			hi = mid
		}
	}
	Steady(m, h, l, c, hi, in, 0, out, context, b)
	return hi, true
}
