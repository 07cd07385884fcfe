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
	best, off, n := s, math.Inf(1), 0.0
	for i := range 16 {
		switch {
		case i < 8:
			n = figures(math.Sqrt(work/120), 2)
		case i == 8: // then the size stays too: near it another is shared otherwise, and costs jump
			n = best.Num[scenario.Params].R.V
			work = 6 * n * best.Num[scenario.Tokens].R.V
		}
		s.SetValue(scenario.Params, n)
		s.SetValue(scenario.Tokens, figures(work/(6*n), 3))
		AnswerInto(&s, a)
		if i == 2 { // the batch stays from here on, so that the bill moves with the tokens alone
			seq := a.In.V(scenario.Seq)
			least := math.Max(a.In.V(scenario.Batch), tokensPerGPU*gpus)
			s.SetValue(scenario.Batch, math.Ceil(least/seq/8)*8*seq)
			AnswerInto(&s, a)
		}
		cost := a.Out.V[Cost].V
		if !(cost > 0) {
			break
		}
		if d := math.Abs(cost/r.Budget - 1); i >= 2 && d < off {
			best, off = s, d
		}
		if off < 0.01 {
			break
		}
		work = a.Out.V[FLOPs].V * r.Budget / cost
	}
	r.Case = best
	AnswerInto(&best, a)
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
