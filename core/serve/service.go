// Package serve estimates what it takes to answer questions with a trained
// model: prefill and decode steps, the memory of running answers (KV cache),
// speed, queues, copies, energy.
//
// Physics and efficiency are apart: the step has no fitted constant, and every
// [Constants] comes from [Fitted], a table over engine, accelerator family and
// precision, with ranges from measurements that its fit had not seen.
package serve

import "math"

// A Service is a model on a kind of machine with a demand: all that is given.
type Service struct {
	M Model
	H Machine
	C Constants
	Q Load

	Pace  float64 // s per answer token at most
	First float64 // s until the first token (of pictures: until the picture) that nine in ten questions keep

	PerDay     float64 // questions
	Peak       float64 // busiest minute of the week over the mean
	Regions    float64 // places that each have their own copies
	Spare      float64 // copies kept for failures
	ArrivalCV2 float64 // squared coefficient of variation of the time between questions; 1 where they come independently
	InCV2      float64 // of the tokens of a question
	OutCV2     float64 // of the tokens of an answer
	Scaling    Scaling

	LargestCopy float64 // GPUs that one copy may have, at most [LargestCopy]
}

// LargestCopy bounds the GPUs of one copy that are tried.
const LargestCopy = 512

// A Plan is what is found by trying.
type Plan struct {
	L      Layout
	Seqs   float64 // answers that a copy writes at once at most: memory and pace decide
	Copies float64 // for the busiest minute, spare ones apart; 0 without demand
	Mean   float64 // copies that run on average over the week
	Usual  float64 // answers that a copy writes at once on average (Little's law)

	TooBig  bool // not even one answer fits on the largest copy
	TooSlow bool // one answer at a time is slower than the pace asked for
	TooLate bool // the first token comes too late even without a queue
}

// Result is every figure that follows from a service and its plan.
type Result struct {
	OK     bool
	Full   Batch   // a copy as busy as pace and memory allow
	Usual  Batch   // a copy at its mean load
	Room   float64 // answers that memory holds
	GPUs   float64 // of one copy
	Hold   float64 // s that an answer holds its place
	Rate   float64 // questions/s, mean
	Busy   float64 // mean load of the copies that run
	AtPeak float64 // load in the busiest minute
	Wait   float64 // s, mean wait for a place at the mean load
	Queue  float64 // s, mean wait for prompts read before one's own at the mean load
	TTFT   float64 // s, mean
	// In the busiest minute: what one question in ten waits longer than for a
	// place; the mean wait for others' prompts; and with these its first token.
	PeakWait, PeakQueue, Late float64 // s
}

// Find fills the plan. A layout with gpus GPUs a copy is taken where gpus is
// above 0; else of all copies that hold pace and first token the one whose
// fleet is smallest, or without demand the one that writes most per GPU.
func Find(s *Service, gpus float64, p *Plan) {
	*p = Plan{TooBig: true}
	best := math.Inf(1)
	largest := math.Min(math.Max(s.LargestCopy, 1), LargestCopy)
	first := 0.0
	try := func(l Layout) {
		var q Plan
		score, fits := s.score(l, &q)
		if !fits {
			return
		}
		if first == 0 {
			first = l.GPUs()
		}
		if score < best*(1-1e-9) {
			best, *p = score, q
		}
	}
	sizes := func(n float64) {
		try(s.together(n))
		if l, ok := s.dealt(n); ok {
			try(l)
		}
	}
	if gpus > 0 {
		sizes(gpus)
	} else {
		for n := 1.0; n <= largest; n *= 2 {
			sizes(n)
			if first > 0 && n >= 16*first {
				break // a much larger copy than the smallest that fits is never cheaper
			}
		}
	}
	if p.TooBig {
		return
	}
	if p.Copies > 0 {
		p.Mean = s.meanCopies(p)
		var b Batch
		p.Usual, _ = AtRate(&s.M, &s.H, &p.L, &s.C, s.PerDay/86400/p.Mean, &s.Q, p.Seqs, &b)
	}
}

// together is a copy whose n GPUs write every answer together.
func (s *Service) together(n float64) Layout {
	tp := math.Min(n, s.widest())
	return Layout{TP: tp, PP: n / tp, EP: 1, DP: 1}
}

// dealt is a copy whose n GPUs write answers of their own and share the experts.
func (s *Service) dealt(n float64) (l Layout, ok bool) {
	return Layout{TP: 1, PP: 1, EP: n, DP: n}, s.M.Experts > 0 && n > 1 && n <= s.M.Experts
}

// holds reports that a copy of this layout has room for an answer at least.
func (s *Service) holds(l *Layout) bool {
	return BatchMax(&s.M, &s.H, l, &s.C, s.Q.Context) >= l.DP
}

// Fewest is the fewest GPUs whose memory holds one copy and an answer, of those
// that [Find] tries; 0 where none do.
func Fewest(s *Service) float64 {
	for n := 1.0; n <= math.Min(math.Max(s.LargestCopy, 1), LargestCopy); n *= 2 {
		whole := s.together(n)
		shared, deals := s.dealt(n)
		if s.holds(&whole) || deals && s.holds(&shared) {
			return n
		}
	}
	return 0
}

// OneAnswer is what a copy on n GPUs must hold to write one answer, and what
// they have for it beside the runtime, both in bytes: weights + cache, n (M u - R).
func OneAnswer(s *Service, n float64) (needs, has float64) {
	l := s.together(n)
	return s.M.Stored + CacheOnGPUs(&s.M, &l, s.Q.Context)/s.C.Rest, room(&s.H, &l, &s.C)
}

// widest is how many GPUs may share a layer: those of one server, as far as the
// model's heads can be dealt out.
func (s *Service) widest() float64 {
	w := math.Max(1, math.Min(8, s.M.Heads))
	return math.Exp2(math.Floor(math.Log2(w)))
}

// score writes the plan of a layout and says how good it is, smaller is better:
// below 1e12 where it holds pace and first token.
func (s *Service) score(l Layout, p *Plan) (score float64, fits bool) {
	if !s.holds(&l) {
		return 0, false
	}
	var b Batch
	*p = Plan{L: l}
	limit := s.Pace
	if s.M.Patches > 0 {
		limit = s.First
	}
	p.TooSlow = !BatchAtPace(&s.M, &s.H, &l, &s.C, &s.Q, limit, &b)
	if s.M.Patches > 0 {
		s.quicker(&l, &b)
	}
	p.Seqs = b.Seqs
	p.TooLate = b.TTFT > s.First
	if s.PerDay > 0 {
		p.Copies = s.copies(p, &b)
		s.fewer(&l, p, &b)
		score = p.Copies*l.GPUs() + 1e-3*l.GPUs()/(b.Questions*86400)
	} else {
		score = l.GPUs() / b.Questions
	}
	// What misses a limit comes after all that keep both, the quicker first.
	if p.TooSlow {
		score = 1e24 * b.Latency
	} else if p.TooLate {
		score = 1e12 * b.TTFT
	}
	return score, true
}

// quicker lowers the pictures that a copy makes at once as long as that costs it
// no more than a twentieth of its speed: arithmetic fills the machine with few,
// and more only wait for each other.
func (s *Service) quicker(l *Layout, b *Batch) {
	most := b.Questions
	for b.Seqs >= 2 {
		half := *b
		Steady(&s.M, &s.H, l, &s.C, math.Floor(b.Seqs/2), &s.Q, &half)
		if half.Questions < 0.95*most {
			return
		}
		*b = half
	}
}

// fewer lowers the answers that a copy writes at once where that makes the fleet
// smaller: a full copy keeps the pace but reads the next question later, so that
// the first token may ask for more copies than the work does. So a slower pace
// allowed never costs more.
func (s *Service) fewer(l *Layout, p *Plan, b *Batch) {
	rate := s.PerDay / 86400 * s.Peak / s.Regions
	less := *b
	for range 14 {
		if s.M.Patches > 0 || less.Seqs < 2*l.DP || p.Copies <= s.Regions*math.Ceil(1.05*rate/less.Questions) && !p.TooLate {
			return // the work asks for them
		}
		Steady(&s.M, &s.H, l, &s.C, math.Floor(0.75*less.Seqs), &s.Q, &less)
		late := less.TTFT > s.First
		if n := s.copies(p, &less); !late && p.TooLate || late == p.TooLate && n < p.Copies {
			*b, p.Seqs, p.Copies, p.TooLate = less, less.Seqs, n, late
		}
	}
}

// copies is the fewest whole copies, the same in each region, with which nine
// in ten questions of the busiest minute get their first token in time. Where
// even an idle copy is too late, waiting may add a tenth.
func (s *Service) copies(p *Plan, b *Batch) float64 {
	rate := s.PerDay / 86400 * s.Peak / s.Regions
	limit := math.Max(s.First, 1.1*b.TTFT)
	late := func(n float64) bool {
		place, queue := s.late(b, rate, n)
		return b.TTFT+place+queue > limit
	}
	lo := math.Floor(rate / b.Questions) // too few
	if lo > 1e9 {
		return s.Regions * math.Ceil(1.05*rate/b.Questions)
	}
	hi := lo + 1
	for late(hi) && hi < 1e12 {
		lo, hi = hi, 2*hi
	}
	for hi-lo > 1 {
		mid := math.Floor((lo + hi) / 2)
		if late(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return s.Regions * hi
}

// late is what one question in ten waits longer than at rate questions a second
// on n copies: for a place, and for the prompts read before it.
func (s *Service) late(b *Batch, rate, n float64) (place, queue float64) {
	return LongWait(n*b.Seqs, rate/(n*b.Questions), hold(b), s.ArrivalCV2, s.OutCV2), s.queue(b, rate/n)
}

// queue is the mean wait for the prompts that a copy reads before one's own,
// which come at rate questions a second.
func (s *Service) queue(full *Batch, rate float64) float64 {
	return GG1Wait(full.Reading(), rate, s.ArrivalCV2, s.InCV2)
}

// hold is how long an answer holds its place: as many places as it turns over
// questions per second (Little's law).
func hold(b *Batch) float64 { return b.Seqs / b.Questions }

// Estimate writes to r what follows from a service and its plan. It allocates
// nothing.
func Estimate(s *Service, p *Plan, r *Result) {
	*r = Result{}
	if p.TooBig || p.Seqs < 1 {
		return
	}
	r.OK, r.GPUs = true, p.L.GPUs()
	r.Room = BatchMax(&s.M, &s.H, &p.L, &s.C, s.Q.Context)
	Steady(&s.M, &s.H, &p.L, &s.C, p.Seqs, &s.Q, &r.Full)
	r.Hold = hold(&r.Full)
	r.TTFT = r.Full.TTFT
	if p.Copies <= 0 {
		return
	}
	r.Rate = s.PerDay / 86400
	r.Busy = r.Rate / (p.Mean * r.Full.Questions)
	r.AtPeak = r.Rate * s.Peak / (p.Copies * r.Full.Questions)
	Steady(&s.M, &s.H, &p.L, &s.C, p.Usual, &s.Q, &r.Usual)
	r.Wait = MeanWait(p.Mean/s.Regions*r.Full.Seqs, r.Busy, r.Hold, s.ArrivalCV2, s.OutCV2)
	r.Queue = s.queue(&r.Full, r.Rate/p.Mean)
	r.TTFT = r.Usual.TTFT + r.Wait + r.Queue
	r.PeakWait, r.PeakQueue = s.late(&r.Full, r.Rate*s.Peak/s.Regions, p.Copies/s.Regions)
	r.Late = r.Full.TTFT + r.PeakWait + r.PeakQueue
}
