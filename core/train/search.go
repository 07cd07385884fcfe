package train

import (
	"math"
	"sync"
)

// A Goal is what a search ranks by.
type Goal uint8

const (
	Fastest  Goal = iota // least time of a step
	Cheapest             // least GPU-seconds of a step, idle GPUs not counted
	AnyFit               // the first plan that fits memory; nothing is ranked
)

// A Search looks for the best way to share a training step over GPUs. Its
// inputs' Pipeline, sharding and recomputed layers are set for each plan.
type Search struct {
	Step StepInputs
	Peak PeakInputs
	GPUs int
	Axes Axes
	Wish Wish
	Goal Goal
	Keep int // how many of the best to return; 0 for 1, at most MostKept

	Within float64 // s that a step may take; 0 for any time

	// Counted counts what is passed over group by group too; without it only
	// the work that was done is counted, which is quicker.
	Counted bool
	// Tick, if set, is told how far the search is, many times a second; the
	// search ends early when it returns false.
	Tick func(*Tally) bool
}

// explorers are kept for the next search: one is some 150 kB.
var explorers = sync.Pool{New: func() any { return new(explorer) }}

// MostKept is the largest number of plans that a search returns.
const MostKept = 64

// A Tally counts the points of the axes' product that satisfy the rules of
// divisibility, by what became of them. The parts sum to Considered.
type Tally struct {
	Considered int64
	States     int64   // weights, gradients and optimizer alone do not fit
	Slow       int64   // even a lower bound of their time is above the best known
	Memory     int64   // estimated: the peak does not fit
	Estimated  int64   // estimated: memory and time
	Share      float64 // of the search done
}

// Found is a plan with what it takes.
type Found struct {
	Plan
	Fits bool
	Step Step
	Peak Peak
}

// Outcome is what a search found.
type Outcome struct {
	Best    []Found // best first; when nothing fits the leanest plan alone, none for AnyFit; empty when no plan satisfies the rules
	Stopped bool    // ended early: the best of what was looked at
	Tally
}

// Fits reports whether any plan fits.
func (o *Outcome) Fits() bool { return len(o.Best) > 0 && o.Best[0].Fits }

// Run searches. It allocates nothing for a plan, and nothing at all once one
// search has run; out.Best is reused.
func (s *Search) Run(out *Outcome) {
	x := explorers.Get().(*explorer)
	defer explorers.Put(x)
	x.begin(s)
	if x.explore(); x.n == 0 && !x.done && s.Goal != AnyFit {
		x.leanest()
	}
	*out = Outcome{Best: out.Best[:0], Tally: x.Tally, Stopped: x.done && s.Goal != AnyFit}
	if !out.Stopped {
		out.Share = 1
	}
	for i := range x.kept[:x.n] {
		f := Found{Plan: x.kept[i].plan}
		f.Plan.Into(&x.step, &x.peak)
		x.step.Estimate(&f.Layout, &f.Step)
		x.peak.Estimate(&f.Layout, &f.Peak)
		f.Fits = f.Peak.Total <= x.peak.Capacity
		out.Best = append(out.Best, f)
	}
}

// Sequences is the batch in whole sequences.
func (s *Search) Sequences() int {
	return int(math.Ceil(math.Max(1, math.Min(s.Step.Batch, 1e9)) * (1 - 1e-9)))
}
