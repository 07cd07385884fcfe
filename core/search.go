package core

import (
	"math"
	"strconv"
	"strings"

	"flopbook/core/model"
	"flopbook/core/scaling"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A LayoutSearch is every way that today's software offers to share a run over
// its GPUs, ranked.
type LayoutSearch struct {
	GPUs    int
	Outcome train.Outcome
	Plans   []RankedPlan
	Rivals  []train.Rival                // the best plans that differ from the winner in one thing
	Pulls   [train.LeverCount]train.Pull // what twice as much of something would give
	Curve   []train.CurvePoint           // the same run over numbers of GPUs
	Knee    int                          // index into Curve: the last point up to which half of what is added counts
	Problem *unit.Problem                // why nothing fits
}

// A RankedPlan is a plan and what the run takes with it.
type RankedPlan struct {
	train.Found
	Days, USD, MFU float64
}

// SearchOptions say what to search.
type SearchOptions struct {
	Goal  train.Goal
	Keep  int  // plans to return; 0 for 10
	Every bool // all values that the model of time and memory knows, not only those of usual software
	Curve bool // search each number of GPUs around the one given too
	Tick  func(*train.Tally) bool
}

// Search ranks the ways to share the run of a resolved and solved scenario over
// its GPUs by predicted time, or by cost. What the reader fixed of the layout
// stays fixed.
func Search(in *Resolved, o SearchOptions) LayoutSearch {
	var counts, body model.Counts
	in.Arch.Count(&counts)
	in.Body.Count(&body)
	seq := in.V(scenario.Seq)
	s := train.Search{GPUs: int(in.V(scenario.GPUs)), Wish: in.Wish, Goal: o.Goal, Keep: o.Keep, Counted: true, Tick: o.Tick}
	if s.Keep == 0 {
		s.Keep = 10
	}
	StepInputsOf(in, &body, &s.Step)
	PeakInputsOf(in, &counts, &s.Peak)
	s.Axes = train.FullAxes(s.Step.Arch, max(in.Train.TPDomain, 1), seq, in.Stack.Sequence)
	habits(in, &s.Axes)
	if o.Every {
		s.Axes = train.EveryAxes(s.Step.Arch, in.Stack.Sequence)
	}
	r := LayoutSearch{GPUs: s.GPUs, Knee: -1}
	s.Run(&r.Outcome)
	tokens := in.V(scenario.Tokens)
	for _, f := range r.Outcome.Best {
		days := f.Step.Total * tokens / in.V(scenario.Batch) / 86400 / (in.V(scenario.Goodput) * in.V(scenario.Practice))
		r.Plans = append(r.Plans, RankedPlan{Found: f, Days: days, MFU: f.Step.MFU, USD: days * 24 * float64(f.GPUs()) * in.V(scenario.Price)})
	}
	if r.Problem = s.Problem(&r.Outcome); r.Problem != nil || r.Outcome.Stopped {
		return r
	}
	best := &r.Outcome.Best[0]
	s.Tick, s.Counted = nil, false
	r.Rivals = s.Rivals(best, nil)
	quick := s
	quick.Axes = quickAxes(in)
	quick.Keep = 1
	quick.Pulls(best, &r.Pulls)
	if o.Curve {
		critical := 0.0
		if l := lossOf(in); l > 0 {
			if b, ok := scaling.KaplanCriticalBatch(l); ok {
				critical = float64(b) / seq
			}
		}
		fleets := fleetsAround(s.GPUs)
		r.Curve = make([]train.CurvePoint, len(fleets))
		quick.Curve(fleets, critical, r.Curve)
		r.Knee = train.Knee(r.Curve)
	}
	return r
}

// lossOf is the loss that the run reaches, nats per token; 0 where no law says.
func lossOf(in *Resolved) float64 {
	var out Report
	Estimate(in, &out)
	if !out.Known[Loss] {
		return 0
	}
	return out.V[Loss].V
}

// fleetsAround are doublings from an eighth of n to sixteen times n.
func fleetsAround(n int) (fleets []int) {
	for v := float64(n) / 8; v <= float64(n)*16; v *= 2 {
		if v >= 1 && v <= largestFleet {
			fleets = append(fleets, int(v))
		}
	}
	return fleets
}

// Says is why the winner won and what would change it, in sentences.
func (r *LayoutSearch) Says() []string {
	if r.Problem != nil {
		return []string{r.Problem.Error()}
	}
	if len(r.Plans) == 0 {
		return nil
	}
	var out []string
	share := func(v float64) string { return unit.Short(unit.Fraction, v) }
	for _, rival := range r.Rivals {
		axis := train.AxisLabels[rival.Axis]
		switch {
		case !rival.Fits && rival.Slower < 0:
			out = append(out, "Other "+axis+" ("+PlanText(&rival.Plan)+") would be "+share(-rival.Slower)+" faster but needs "+unit.Short(unit.ByteCount, rival.Peak.Total)+" on each GPU.")
		case rival.Fits && rival.Slower > 0.005:
			out = append(out, "The best with other "+axis+" ("+PlanText(&rival.Plan)+") is "+share(rival.Slower)+" slower, most of it "+rival.Part+".")
		}
	}
	most := -1
	for i := range r.Pulls {
		if most < 0 || r.Pulls[i].Gain > r.Pulls[most].Gain {
			most = i
		}
	}
	if most >= 0 && r.Pulls[most].Gain > 0.01 {
		out = append(out, "What binds most is "+train.LeverLabels[most]+": twice as good, a token would take "+share(r.Pulls[most].Gain)+" less time.")
	}
	if r.Knee >= 0 && r.Knee < len(r.Curve) {
		out = append(out, "Up to about "+unit.Short(unit.Count, float64(r.Curve[r.Knee].There))+" GPUs at least half of what is added counts.")
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
	if b.WriteString(", ZeRO " + strconv.Itoa(p.ZeRO)); p.Recompute != model.RecomputeNone {
		b.WriteString(", recompute " + p.Recompute.String())
	}
	if p.PP > 1 && p.Pipeline != train.Pipe1F1B {
		b.WriteString(", " + p.Pipeline.String())
	}
	return b.String()
}

// Count is how many layouts were considered, in words.
func (r *LayoutSearch) Count() string {
	o := &r.Outcome
	n := func(v int64) string { return unit.Short(unit.Count, math.Round(float64(v))) }
	return n(o.Considered) + " layouts: " + n(o.States) + " whose states alone do not fit, " + n(o.Slow) + " slower than the best by a lower bound of their time, " +
		n(o.Memory) + " whose peak does not fit, " + n(o.Estimated) + " worked out in full"
}

// A PlanReport is a ranked plan as it is exported.
type PlanReport struct {
	model.Layout
	Order  string  `json:"schedule"`
	Text   string  `json:"text"`
	Fits   bool    `json:"fits"`
	Step   float64 `json:"step_time"` // s
	Days   float64 `json:"days"`
	USD    float64 `json:"cost"`
	MFU    float64 `json:"mfu"`
	Memory float64 `json:"memory"` // GiB
}

// A CurveReport is a point of the scaling curve as it is exported.
type CurveReport struct {
	GPUs  int     `json:"gpus"`
	Fits  bool    `json:"fits"`
	Time  float64 `json:"time"`  // s for what a step of the batch given does
	Used  float64 `json:"used"`  // share of the GPUs added that counted
	Batch float64 `json:"batch"` // sequences
	Best  bool    `json:"best"`  // no other has fewer GPUs, less time and less cost alike
	Text  string  `json:"text"`
}

// A SearchReport is a search as it is exported.
type SearchReport struct {
	GPUs       int           `json:"gpus"`
	Considered int64         `json:"considered"`
	Estimated  int64         `json:"estimated"`
	Count      string        `json:"count"`
	Plans      []PlanReport  `json:"plans"`
	Says       []string      `json:"says"`
	Curve      []CurveReport `json:"curve,omitempty"`
	Knee       int           `json:"knee"`
	Problem    string        `json:"problem,omitempty"`
}

// Export is the search as JSON and the page take it.
func (r *LayoutSearch) Export() SearchReport {
	x := SearchReport{GPUs: r.GPUs, Considered: r.Outcome.Considered, Estimated: r.Outcome.Estimated, Count: r.Count(), Says: r.Says(), Knee: r.Knee}
	if r.Problem != nil {
		x.Problem = r.Problem.Error()
	}
	for i := range r.Plans {
		p := &r.Plans[i]
		x.Plans = append(x.Plans, PlanReport{p.Layout, p.Pipeline.String(), PlanText(&p.Plan), p.Fits, p.Step.Total, p.Days, p.USD, p.MFU, p.Peak.Total / (1 << 30)})
	}
	for i := range r.Curve {
		p := &r.Curve[i]
		c := CurveReport{GPUs: p.There, Fits: p.Fits, Best: p.Best, Text: PlanText(&p.Plan)}
		if p.Fits {
			c.Time, c.Used, c.Batch = p.Time, p.Used, p.Batch
		}
		x.Curve = append(x.Curve, c)
	}
	return x
}
