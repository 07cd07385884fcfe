package core

import (
	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A PlanReport is a ranked plan as it is exported.
type PlanReport struct {
	Layout model.Layout `json:"layout"`
	Order  string       `json:"schedule"`
	Text   string       `json:"text"`
	Fits   bool         `json:"fits"`
	GPUs   int          `json:"gpus"` // used
	Step   reportValue  `json:"step_time"`
	Days   reportValue  `json:"days"`
	Cost   reportValue  `json:"cost"`
	MFU    reportValue  `json:"mfu"`
	Memory reportValue  `json:"memory"`
}

// A RivalReport is a plan that differs from the first in one thing.
type RivalReport struct {
	Axis   string       `json:"axis"`
	Value  string       `json:"value"`
	Layout model.Layout `json:"layout"`
	Order  string       `json:"schedule"`
	Fits   bool         `json:"fits"`
	Slower float64      `json:"slower"`  // its step over the first's, less 1
	Part   string       `json:"part"`    // what grows most; shrinks most where it is faster
	Grows  float64      `json:"seconds"` // by so much
	Memory float64      `json:"memory"`  // GiB
}

// A PullReport is what twice as much of something would give.
type PullReport struct {
	Lever string  `json:"lever"`
	Gain  float64 `json:"gain"` // share of the time per token
	Text  string  `json:"text"` // the best plan then
}

// A CurveReport is a point of the scaling curve as it is exported.
type CurveReport struct {
	GPUs   int         `json:"gpus"` // there
	Used   int         `json:"used"`
	Fits   bool        `json:"fits"`
	Batch  float64     `json:"batch"`     // sequences of a step
	Tokens float64     `json:"tokens"`    // of the run over those given: a larger batch learns less from each
	Step   float64     `json:"step_time"` // s
	Days   reportValue `json:"days"`
	Cost   reportValue `json:"cost"`
	Counts float64     `json:"counts"` // share of the GPUs added since half as many that counted
	Pareto bool        `json:"pareto"` // no other has fewer GPUs, fewer days and less cost alike
	Text   string      `json:"text"`
}

// A SearchReport is a search as it is exported.
type SearchReport struct {
	GPUs       int                `json:"gpus"`
	By         string             `json:"by"`
	Considered int64              `json:"considered"`
	States     int64              `json:"states_too_large"`
	Slow       int64              `json:"too_slow"`
	Memory     int64              `json:"memory_too_large"`
	Estimated  int64              `json:"estimated"`
	Stopped    bool               `json:"stopped"`
	Count      string             `json:"count"`
	Plans      []PlanReport       `json:"plans"`
	Parts      map[string]float64 `json:"parts,omitempty"` // of the first plan's step, s
	Rivals     []RivalReport      `json:"rivals,omitempty"`
	Binds      []PullReport       `json:"binds,omitempty"`
	Curve      []CurveReport      `json:"curve,omitempty"`
	Knee       int                `json:"knee,omitempty"`           // GPUs
	Critical   float64            `json:"critical_batch,omitempty"` // sequences
	Says       []string           `json:"says"`
	Problem    string             `json:"problem,omitempty"`
}

// Export is the search as JSON and the page take it.
func (r *LayoutSearch) Export() SearchReport {
	o := &r.Outcome
	x := SearchReport{GPUs: r.GPUs, By: SearchGoals[0].Key, Considered: o.Considered, States: o.States, Slow: o.Slow, Memory: o.Memory, Estimated: o.Estimated, Stopped: o.Stopped,
		Count: r.Count(), Says: r.Says(), Critical: r.Critical, Plans: []PlanReport{}}
	for _, g := range SearchGoals {
		if g.Goal == r.Goal {
			x.By = g.Key
		}
	}
	value := func(k unit.Kind, v unit.Range) reportValue {
		s := k.JSONScale()
		return reportValue{v.V / s, v.Lo / s, v.Hi / s, k.Name()}
	}
	if r.Problem != nil {
		x.Problem = r.Problem.Error()
	}
	for i := range r.Plans {
		p := &r.Plans[i]
		t := p.Step.Total
		step := unit.Exact(t)
		if p.Days.V > 0 {
			step = unit.Range{V: t, Lo: t * p.MFU.V / p.MFU.Hi, Hi: t * p.MFU.V / p.MFU.Lo}
		}
		x.Plans = append(x.Plans, PlanReport{p.Layout, p.Pipeline.String(), PlanText(&p.Plan), p.Fits, p.GPUs(), value(unit.Time, step), value(unit.DayCount, p.Days),
			value(unit.Money, p.USD), value(unit.Fraction, p.MFU), value(unit.ByteCount, unit.Exact(p.Peak.Total))})
	}
	if len(r.Plans) > 0 {
		x.Parts = map[string]float64{}
		r.Plans[0].Step.StepParts(func(name, _, _ string, s float64) { x.Parts[name[len("step_"):]] = s })
	}
	for i := range r.Rivals {
		v := &r.Rivals[i]
		x.Rivals = append(x.Rivals, RivalReport{train.AxisLabels[v.Axis], axisValue(v.Axis, &v.Plan), v.Layout, v.Pipeline.String(), v.Fits, v.Slower, v.Part, v.Grows, v.Peak.Total / unit.ByteCount.JSONScale()})
	}
	for i := range r.Pulls {
		if p := &r.Pulls[i]; p.Fits {
			x.Binds = append(x.Binds, PullReport{train.LeverLabels[p.Lever], p.Gain, PlanText(&p.Plan)})
		}
	}
	for i := range r.Curve {
		p := &r.Curve[i]
		c := CurveReport{GPUs: p.There, Fits: p.Fits, Pareto: p.Best}
		if p.Fits {
			c.Used, c.Batch, c.Tokens, c.Step, c.Counts, c.Text = p.GPUs(), p.Batch, p.Work, p.Step.Total, p.Used, PlanText(&p.Plan)
			c.Days, c.Cost = value(unit.DayCount, p.Days), value(unit.Money, p.USD)
		}
		x.Curve = append(x.Curve, c)
	}
	if r.Knee >= 0 && r.Knee < len(r.Curve) {
		x.Knee = r.Curve[r.Knee].There
	}
	return x
}
