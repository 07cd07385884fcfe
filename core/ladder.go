package core

import (
	"math"

	"flopbook/core/bill"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Rungs are the budgets of the ladder, USD.
var Rungs = [...]float64{10, 1e3, 1e5, 1e7, 1e9}

// A Rung is what a budget trains today: a dense model of the size and tokens
// that make the most of the compute, as a scenario to open.
type Rung struct {
	Budget  float64
	Case    scenario.Scenario
	Answer  Answered
	Nearest string // the published run of the nearest compute
	Place   bill.Standing
}

// ladderYear is the year for which the ladder is worked out: that of the release.
const ladderYear = 2026.9

// tokensPerGPU is how much of a batch a large fleet needs for each GPU, lest
// it waits for itself: Llama 3 405B had 16M tokens on 16,384 (Dubey et al. 2024).
const tokensPerGPU = 1024

// Ladder works out what each budget trains on an accelerator at today's price,
// rent alone: 20 tokens for each parameter, GPUs so many that the length of the
// run grows with its third root and the dearest takes a season. Sizes are
// rounded as people write them.
func Ladder(accelerator string) ([]Rung, *unit.Problem) {
	out := make([]Rung, len(Rungs))
	for i, budget := range Rungs {
		r := &out[i]
		r.Budget = budget
		if p := r.climb(accelerator); p != nil {
			return nil, p
		}
		work := r.Answer.Out.V[FLOPs].V
		r.Place = bill.Place(unit.FLOP(work), ladderYear)
		switch p := &r.Place; {
		case p.Above == nil:
			r.Nearest = p.Below.Name
		case p.Below == nil || p.Above.FLOP/work < work/p.Below.FLOP:
			r.Nearest = p.Above.Name
		default:
			r.Nearest = p.Below.Name
		}
	}
	return out, nil
}

// climb finds the rung's scenario: work, size and fleet from the budget, then
// again with the share of peak that such a run reaches, until the bill fits.
func (r *Rung) climb(accelerator string) *unit.Problem {
	var s scenario.Scenario
	if p := s.SetChoice(scenario.Accelerator, accelerator); p != nil {
		return p
	}
	s.Choice[scenario.Model] = "size"
	s.SetChoice(scenario.Ask, "usd")
	s.SetChoice(scenario.Pipeline, "run")
	a := &r.Answer
	AnswerInto(&s, a)
	price, peak := a.In.V(scenario.Price), a.In.Train.Peak
	if price <= 0 || peak <= 0 {
		return &unit.Problem{Field: "Accelerator", Value: accelerator, Wrong: "has no price to climb by", Fix: "try h100-sxm"}
	}
	server := float64(max(a.In.Train.PerServer, 1))
	hours := r.Budget / price
	work := hours * 3600 * peak * 0.35
	days := 120 * math.Cbrt(hours/4e8)
	gpus := hours / 24 / days
	// Fleets of two or three times a power of two divide evenly.
	half := math.Exp2(math.Floor(math.Log2(math.Max(gpus, 1))))
	if gpus = half; hours/24/days > half*1.25 && half >= 2*server {
		gpus = half * 1.5
	}
	s.SetValue(scenario.GPUs, gpus)
	cost := func(n, tokens float64) float64 {
		s.SetValue(scenario.Params, n)
		s.SetValue(scenario.Tokens, figures(tokens, 3))
		AnswerInto(&s, a)
		return a.Out.V[Cost].V
	}
	for i := range 4 {
		n := figures(math.Sqrt(work/120), 2)
		c := cost(n, 20*n)
		if i == 2 { // the batch stays from here on, so that the bill moves with the tokens alone
			seq := a.In.V(scenario.Seq)
			least := math.Max(a.In.V(scenario.Batch), tokensPerGPU*gpus)
			s.SetValue(scenario.Batch, math.Ceil(least/seq/8)*8*seq)
			c = cost(n, 20*n)
		}
		if !(c > 0) {
			return nil
		}
		work = a.Out.V[FLOPs].V * r.Budget / c
	}
	// A size near by may be shared otherwise, which moves the cost by jumps: of
	// the sizes around, the one that costs nearest to the budget; then its
	// tokens are trimmed.
	size, off := 0.0, math.Inf(1)
	for k := -12.0; k <= 12; k++ {
		n := figures(2*math.Sqrt(work/120)*(1+k/40), 2) / 2 // 165B is written too
		if d := math.Abs(cost(n, 20*n)/r.Budget - 1); d < off {
			size, off = n, d
		}
	}
	tokens := 20 * size
	for range 3 {
		tokens *= r.Budget / cost(size, tokens)
	}
	cost(size, tokens)
	r.Case = s
	return nil
}

// figures rounds to so many significant figures.
func figures(v, n float64) float64 {
	if !(v > 0) {
		return v
	}
	k := math.Pow(10, n-1-math.Floor(math.Log10(v)))
	return math.Round(v*k) / k
}
