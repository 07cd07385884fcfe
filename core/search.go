package core

import (
	"math"
	"strconv"
	"strings"

	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/scaling"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A LayoutSearch is every way that today's software offers to share a run over
// its GPUs, ranked; why the first won, and what would change it.
type LayoutSearch struct {
	GPUs     int // there
	Goal     train.Goal
	Outcome  train.Outcome
	Plans    []RankedPlan
	Capacity float64                      // bytes of one GPU
	Batch    int                          // sequences of a step
	Rivals   []train.Rival                // the best plans that differ from the first in one thing
	Pulls    [train.LeverCount]train.Pull // what twice as much of something would give
	Curve    []CurvePoint                 // the same run over numbers of GPUs
	Left     int                          // numbers of GPUs left out of Curve, below its first: they hold the run only in ways that take more than twice the GPU-hours
	Knee     int                          // index into Curve: the last point up to which half of what is added counts; -1 for none
	Critical float64                      // sequences in a step beyond which a larger batch learns less; 0 unknown
	Problem  *unit.Problem                // why nothing fits
}

// A RankedPlan is a plan and what the run takes with it.
type RankedPlan struct {
	train.Found
	Days, USD, MFU unit.Range
}

// A CurvePoint is the run on a number of GPUs with the best plan there.
type CurvePoint struct {
	train.CurvePoint
	Days, USD unit.Range
}

// SearchGoals are what plans can be ranked by, the usual one first.
var SearchGoals = [...]struct {
	Key, Name string
	Goal      train.Goal
}{{"days", "time", train.Fastest}, {"usd", "cost", train.Cheapest}}

// SearchGoal finds a goal by its key, the usual one for an unknown key.
func SearchGoal(key string) (goal train.Goal, known bool) {
	for _, g := range SearchGoals {
		if g.Key == key {
			return g.Goal, true
		}
	}
	return SearchGoals[0].Goal, false
}

// SearchOptions say what to search.
type SearchOptions struct {
	Goal  train.Goal
	Keep  int  // plans to return; 0 for 10
	Every bool // all values that the model of time and memory knows, not only those of usual software
	Curve bool // search numbers of GPUs around the one given too
	Tick  func(*train.Tally) bool
}

// Search ranks the ways to share the run of a resolved and solved scenario over
// its GPUs by predicted time, or by cost. What the reader fixed of the layout
// stays fixed; a share of peak that was given does not, since plans are told
// apart by the one predicted.
func Search(in *Resolved, o SearchOptions) LayoutSearch {
	try := *in
	try.Num[scenario.MFU] = scenario.Value{}
	var counts, body model.Counts
	s := layoutSearch(&try, &counts, &body)
	s.Goal, s.Keep, s.Counted, s.Tick = o.Goal, o.Keep, true, o.Tick
	if s.Keep == 0 {
		s.Keep = 10
	}
	s.Axes = train.FullAxes(s.Step.Arch, max(in.Train.TPDomain, 1), s.Step.Seq, in.Stack.Sequence)
	habits(in, &s.Axes)
	if o.Every {
		orders := s.Axes.Pipelines
		s.Axes = train.EveryAxes(s.Step.Arch, in.Stack.Sequence)
		if in.Pipeline != train.Pipe1F1B {
			s.Axes.Pipelines = orders
		}
	}
	if o.Goal == train.Cheapest && in.Given(scenario.Days) {
		steps := in.V(scenario.Tokens) / in.V(scenario.Batch)
		s.Within = in.V(scenario.Days) * 86400 * in.V(scenario.Goodput) * in.V(scenario.Practice) / steps
	}
	r := LayoutSearch{GPUs: s.GPUs, Goal: o.Goal, Capacity: s.Peak.Capacity, Batch: s.Sequences(), Knee: -1}
	if s.Run(&r.Outcome); o.Every && !r.Outcome.Fits() && !r.Outcome.Stopped {
		s.Axes.Fewer, s.Axes.Even = true, false // no plan uses exactly these GPUs and this batch
		s.Run(&r.Outcome)
	}
	for i := range r.Outcome.Best {
		f := &r.Outcome.Best[i]
		gpus := float64(s.GPUs)
		if o.Goal == train.Cheapest {
			gpus = float64(f.GPUs()) // the others are not rented
		}
		p := RankedPlan{Found: *f}
		p.Days, p.USD, p.MFU = runWith(&try, f.Plan, gpus, in.V(scenario.Batch), 1)
		r.Plans = append(r.Plans, p)
	}
	if r.Problem = s.Problem(&r.Outcome); r.Problem != nil || r.Outcome.Stopped {
		return r
	}
	s.Tick, s.Counted = nil, false
	r.Rivals = s.Rivals(&r.Outcome.Best[0], nil)
	quick := s
	quick.Axes, quick.Keep, quick.Goal = quickAxes(in), 1, train.Fastest
	var usual train.Outcome
	if quick.Run(&usual); usual.Fits() {
		quick.Pulls(&usual.Best[0], &r.Pulls)
	}
	if o.Curve {
		r.curve(&try, &quick)
	}
	return r
}

// layoutSearch is a search for a resolved scenario, its axes still to choose;
// body takes the parameters of in.Body where that is another shape.
func layoutSearch(in *Resolved, counts, body *model.Counts) train.Search {
	in.Arch.Count(counts)
	timed := counts
	if in.Arch.Encoder.Layers > 0 {
		in.Body.Count(body)
		timed = body
	}
	s := train.Search{GPUs: int(in.V(scenario.GPUs)), Wish: in.Wish}
	StepInputsOf(in, timed, &s.Step)
	PeakInputsOf(in, counts, &s.Peak)
	return s
}

// runWith is what the run takes under a plan on so many rented GPUs, with a
// batch in tokens and so many times the tokens.
func runWith(in *Resolved, p train.Plan, gpus, batch, work float64) (days, usd, mfu unit.Range) {
	try := *in
	try.Layout = p
	put := func(n scenario.Num, v float64) {
		if try.V(n) != v {
			try.Num[n] = scenario.Value{R: unit.Exact(v), Origin: derivation.Given, Known: true}
		}
	}
	put(scenario.GPUs, gpus)
	put(scenario.Batch, batch)
	if work != 1 {
		t := try.Num[scenario.Tokens].R
		try.Num[scenario.Tokens].R = unit.Range{V: t.V * work, Lo: t.Lo * work, Hi: t.Hi * work}
	}
	var out Report
	Estimate(&try, &out)
	return out.V[Days], out.V[Cost], out.V[MFU]
}

// curve searches numbers of GPUs from the fewest that hold the run to many
// times those given.
func (r *LayoutSearch) curve(in *Resolved, quick *train.Search) {
	var out Report
	if Estimate(in, &out); out.Known[Loss] {
		if b, ok := scaling.KaplanCriticalBatch(out.V[Loss].V); ok {
			r.Critical = float64(b) / in.V(scenario.Seq)
		}
	}
	fleets := fleetsAround(in, r.GPUs)
	points := make([]train.CurvePoint, len(fleets))
	quick.Curve(fleets, r.Critical, points)
	r.Left = train.Cramped(points, r.GPUs)
	points = points[r.Left:]
	train.Marginal(points)
	r.Knee = train.Knee(points)
	for _, p := range points {
		c := CurvePoint{CurvePoint: p}
		if best := &r.Outcome.Best[0]; p.There >= r.GPUs && r.Goal == train.Fastest && best.Step.Total < p.Time {
			// The usual ways alone were tried here, all of them for the GPUs asked for.
			c.Found, c.Time, c.Work, c.Batch = *best, best.Step.Total, 1, quick.Step.Batch
		}
		if p.Fits {
			c.Days, c.USD, _ = runWith(in, c.Plan, float64(c.GPUs()), c.Batch*in.V(scenario.Seq), c.Work)
		}
		r.Curve = append(r.Curve, c)
	}
	r.frontier()
}

// frontier marks the points that nothing beats in GPUs, days and dollars alike.
func (r *LayoutSearch) frontier() {
	for i := range r.Curve {
		a := &r.Curve[i]
		a.Best = a.Fits
		for j := range r.Curve {
			b := &r.Curve[j]
			if i == j || !b.Fits || !a.Best {
				continue
			}
			more := a.GPUs() - b.GPUs()
			if more >= 0 && b.Days.V <= a.Days.V && b.USD.V <= a.USD.V && (more > 0 || b.Days.V < a.Days.V || j < i) {
				a.Best = false
			}
		}
	}
}

// fleetsAround are numbers of GPUs in whole servers, two to a doubling, from
// the fewest that hold the run to 16 times those given; n is among them.
func fleetsAround(in *Resolved, n int) (fleets []int) {
	low := FewestGPUs(in)
	if low == 0 || low > float64(n) {
		low = float64(n)
	}
	add := func(v float64) {
		if v = roundFleet(in, v); v <= largestFleet && (len(fleets) == 0 || int(v) > fleets[len(fleets)-1]) {
			fleets = append(fleets, int(v))
		}
	}
	steps := math.Ceil(2 * math.Log2(float64(n)/low))
	for i := 0.0; i < steps; i++ {
		add(low * math.Pow(float64(n)/low, i/steps))
	}
	for len(fleets) > 0 && fleets[len(fleets)-1] >= n {
		fleets = fleets[:len(fleets)-1]
	}
	fleets = append(fleets, n)
	for i := 1; i <= 8; i++ {
		add(float64(n) * math.Exp2(float64(i)/2))
	}
	return fleets
}

// Pareto lists the points of the curve that no other beats in GPUs, days and
// dollars alike.
func (r *LayoutSearch) Pareto() (out []*CurvePoint) {
	for i := range r.Curve {
		if r.Curve[i].Best {
			out = append(out, &r.Curve[i])
		}
	}
	return out
}

// PlanText is a layout in a few words: "TP 8, PP 4, DP 32, micro-batch 1, ZeRO 1".
func PlanText(p *train.Plan) string {
	var b strings.Builder
	put := func(name string, v int, always bool) {
		if v > 1 || always {
			if b.Len() > 0 {
				b.WriteString(", ")
			}
			b.WriteString(name + " " + strconv.Itoa(max(v, 1)))
		}
	}
	put("TP", p.TP, true)
	put("PP", p.PP, true)
	put("chunks", p.VPP, false)
	put("CP", p.CP, false)
	put("EP", p.EP, false)
	put("DP", p.DP, true)
	put("micro-batch", p.Micro, true)
	b.WriteString(", ZeRO " + strconv.Itoa(p.ZeRO))
	if p.Shard > 1 {
		b.WriteString(" over " + strconv.Itoa(p.Shard))
	}
	if p.Recompute != model.RecomputeNone {
		b.WriteString(", recompute " + p.Recompute.String())
		if p.Again > 0 {
			b.WriteString(" (" + strconv.Itoa(p.Again) + " layers of a stage)")
		}
	}
	if p.PP > 1 && p.Pipeline != train.Pipe1F1B {
		b.WriteString(", " + p.Pipeline.String())
	}
	return b.String()
}
