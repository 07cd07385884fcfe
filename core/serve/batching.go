package serve

import "math"

// A Load is what one question is made of, on average.
type Load struct {
	In      float64 // tokens of a question, with what retrieval adds
	Cached  float64 // of them found in a prefix cache
	Out     float64 // tokens of an answer, hidden reasoning included
	Context float64 // tokens that a running answer holds, on average over its life ([MeanContext])
	Ahead   Ahead   // speculative decoding
}

// Ahead is speculative decoding: a draft is checked in one step. The zero value
// is none.
type Ahead struct {
	Tokens float64 // drafted for each step
	Yield  float64 // tokens that a step brings on average ([TokensByDepth]); at least 1
	Cost   float64 // time of drafting one token over the time of a step
}

// Brings is the tokens that one step brings to each sequence.
func (a *Ahead) Brings() float64 { return math.Max(1, a.Yield) }

// Stretch is the time of a step with its draft over that of the step alone.
func (a *Ahead) Stretch() float64 { return 1 + a.Tokens*a.Cost }

// FallingYield is [TokensByDepth] for so many drafted tokens, the first
// accepted with probability accept and each further one falloff times as often
// as the one before it.
func FallingYield(tokens, accept, falloff float64) float64 {
	sum, p := 1.0, 1.0
	for range int(tokens) {
		p *= accept
		sum += p
		accept *= falloff
	}
	return sum
}

// Prefill is the work of reading seqs prompts of in tokens each, the first
// cached of which are already in the cache.
func Prefill(m *Model, seqs, in, cached float64) Work {
	w := Work{Prompt: seqs * (in - cached), Starts: seqs, Logits: seqs}
	w.Pairs = seqs * (in*in - cached*cached) / 2
	if m.Local > 0 {
		w.Near = seqs * (nearPairs(in, m.Window) - nearPairs(cached, m.Window))
	}
	return w
}

// Read is the time of reading a prompt of in tokens in passes of chunk tokens,
// s. Every pass reads all weights and compares its tokens with all so far and
// each other, those after them too, n(n+1)/2 squares of chunk. Stages work on
// up to `side` passes side by side, which then take (side + PP - 1)/PP times
// what one takes through all stages.
func Read(m *Model, h *Machine, l *Layout, c *Constants, in, chunk, side float64) float64 {
	n := math.Max(1, math.Ceil(in/chunk))
	w := Prefill(m, 1, in, 0)
	w.Prompt, w.Near, w.Starts, w.Logits = w.Prompt/n, w.Near/n, w.Starts/n, w.Logits/n
	w.Pairs *= (1 + 1/n) / n
	var s Step
	StepTime(m, h, l, c, &w, &s)
	side = math.Min(side, n)
	return s.Total * n / side * (side + l.PP - 1) / l.PP
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

// Mixed adds to the writing of seqs answers the prompts that arrive meanwhile:
// in a steady state one of Out finishes per sequence and token, and its place is
// taken by a prompt, so a step carries seqs·yield/Out prompts (chunked prefill;
// jax-ml/scaling-book, inference.md), and a draft adds its tokens to each answer.
func Mixed(m *Model, seqs float64, q *Load) Work {
	w := Prefill(m, seqs*q.Ahead.Brings()/math.Max(q.Out, 1), q.In, q.Cached)
	w.Seqs, w.Context, w.Draft = seqs, q.Context, q.Ahead.Tokens
	return w
}

// Picture is the work of one pass over seqs pictures of a diffusion model: all
// of a picture's patches see each other.
func Picture(m *Model, seqs float64) Work {
	return Work{Prompt: seqs * m.Patches, Pairs: seqs * m.Patches * m.Patches, Starts: seqs}
}

// Batch is what a batch of questions takes.
type Batch struct {
	Prefill   Step    // reading all prompts
	Decode    Step    // one step in the middle of the answers, with the prompts read in it; one pass over pictures
	Write     Step    // the same without prompts
	Seqs      float64 // sequences that run at once
	Waves     float64 // how often the machine is filled, at least 1; not rounded, engines refill as answers end
	TTFT      float64 // s, without queueing
	TPOT      float64 // s per token
	Latency   float64 // s until all answers are written
	PerSecond float64 // answer tokens/s of the copy
	TotalRate float64 // question and answer tokens/s of the copy
	Questions float64 // questions/s of the copy
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
	b.Questions = seqs / b.Latency
	return room >= 1
}

// Steady writes to b what a copy does that always runs seqs sequences, each
// replaced by the next question when it ends (continuous batching with chunked
// prefill). A diffusion model runs seqs pictures through all its passes.
func Steady(m *Model, h *Machine, l *Layout, c *Constants, seqs float64, q *Load, b *Batch) {
	b.Seqs, b.Waves = seqs, 1
	run, _ := stages(seqs/l.DP, l)
	if m.Patches > 0 {
		w := Picture(m, run)
		StepTime(m, h, l, c, &w, &b.Decode)
		b.Prefill, b.Write = Step{}, Step{}
		b.Latency = m.Passes * b.Decode.Total
		b.TTFT, b.TPOT, b.PerSecond, b.TotalRate = b.Latency, 0, 0, 0
		b.Questions = seqs / b.Latency
		return
	}
	w := Prefill(m, 1, q.In, q.Cached)
	StepTime(m, h, l, c, &w, &b.Prefill)
	w = Mixed(m, run, q)
	StepTime(m, h, l, c, &w, &b.Decode)
	w = Decode(run, q.Context)
	w.Draft = q.Ahead.Tokens
	StepTime(m, h, l, c, &w, &b.Write)
	b.TPOT = pace(&b.Decode, &q.Ahead)
	b.TTFT = b.Prefill.Total + b.TPOT
	b.PerSecond = seqs / b.TPOT
	b.Questions = b.PerSecond / math.Max(q.Out, 1)
	b.TotalRate = b.PerSecond + b.Questions*q.In
	b.Latency = b.TTFT + math.Max(q.Out-1, 0)*b.TPOT
}

// Reading is the time of a copy that one question's prompt takes, among the
// others' tokens, s.
func (b *Batch) Reading() float64 {
	if b.Write.Total == 0 {
		return 0
	}
	return math.Max(0, 1-b.Write.Total/b.Decode.Total) / b.Questions
}

// pace is the time per token of a step with a draft before it.
func pace(s *Step, a *Ahead) float64 { return s.Total * a.Stretch() / a.Brings() }

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
func AtRate(m *Model, h *Machine, l *Layout, c *Constants, rate float64, q *Load, room float64, b *Batch) (seqs float64, ok bool) {
	Steady(m, h, l, c, room, q, b)
	if rate >= b.Questions {
		return room, false
	}
	// Questions/s grow with N, so the root is found by halving.
	lo, hi := 0.0, room
	for range 40 {
		mid := (lo + hi) / 2
		Steady(m, h, l, c, mid, q, b)
		if b.Questions < rate {
			lo = mid
		} else {
			hi = mid
		}
	}
	Steady(m, h, l, c, hi, q, b)
	return hi, true
}
