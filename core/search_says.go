package core

import (
	"math"
	"sort"
	"strconv"

	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// Count is how many layouts were considered, in words.
func (r *LayoutSearch) Count() string {
	o := &r.Outcome
	n := func(v int64) string { return unit.Short(unit.Count, float64(v)) }
	return n(o.Considered) + " layouts: " + n(o.States) + " whose states alone do not fit, " + n(o.Slow) + " slower than the best by a lower bound of their time, " +
		n(o.Memory) + " whose activations do not fit, " + n(o.Estimated) + " worked out in full"
}

// Says is why the winner won and what would change it, in sentences; or why
// nothing fits.
func (r *LayoutSearch) Says() []string {
	if r.Problem != nil {
		return []string{r.Problem.Error()}
	}
	if len(r.Plans) == 0 {
		return nil
	}
	out := []string{r.winner()}
	out = append(out, r.leftOver()...)
	for i := range r.Rivals {
		if says := rivalText(&r.Plans[0], &r.Rivals[i]); says != "" {
			out = append(out, says)
		}
	}
	out = append(out, r.binds()...)
	return append(out, r.scaling()...)
}

func (r *LayoutSearch) winner() string {
	p := &r.Plans[0]
	name := "The fastest found"
	if r.Goal == train.Cheapest {
		name = "The cheapest found"
	}
	if r.Outcome.Stopped {
		name += " before the search was stopped"
	}
	return name + ": " + PlanText(&p.Plan) + ". A step takes " + unit.Short(unit.Time, p.Step.Total) + " at " + unit.Short(unit.Fraction, p.MFU.V) +
		" of peak; the fullest GPU needs " + unit.Short(unit.ByteCount, p.Peak.Total) + " of " + unit.Short(unit.ByteCount, r.Capacity) + "."
}

// leftOver says what does not divide: GPUs that stand idle, copies that wait.
func (r *LayoutSearch) leftOver() (out []string) {
	p := &r.Plans[0]
	switch idle := r.GPUs - p.GPUs(); {
	case idle > 0 && r.Goal == train.Cheapest:
		out = append(out, "It rents "+unit.Short(unit.Count, float64(p.GPUs()))+" of the "+unit.Short(unit.Count, float64(r.GPUs))+" GPUs: with more, each does less. Give a number of days to keep a deadline.")
	case idle > 0:
		out = append(out, unit.Short(unit.Count, float64(idle))+" of "+unit.Short(unit.Count, float64(r.GPUs))+" GPUs stay idle: the batch, the layers and the heads do not divide over more in a way that is faster.")
	}
	copies := p.DP * max(p.Micro, 1)
	if over := (r.Batch+copies-1)/copies*copies - r.Batch; over > 0 {
		out = append(out, "The batch of "+unit.Short(unit.Count, float64(r.Batch))+" sequences does not divide by "+strconv.Itoa(p.DP)+" copies of "+strconv.Itoa(max(p.Micro, 1))+
			": a step takes as long as for "+unit.Short(unit.Count, float64(r.Batch+over))+".")
	}
	return out
}

// rivalText is why a plan that differs in one thing lost; "" where it is as good.
func rivalText(best *RankedPlan, v *train.Rival) string {
	share := func(x float64) string { return unit.Short(unit.Fraction, x) }
	with := "With " + axisValue(v.Axis, &v.Plan) + " instead of " + axisValue(v.Axis, &best.Plan)
	if v.DP != best.DP && v.Axis != train.AxisMicro {
		with += " (and " + strconv.Itoa(v.DP) + " copies)"
	}
	switch {
	case !v.Fits && v.Slower < -0.005:
		return with + " a step would be " + share(-v.Slower) + " shorter, but the fullest GPU would need " + unit.Short(unit.ByteCount, v.Peak.Total) + "."
	case v.Fits && v.Slower > 0.005:
		return with + " a step takes " + share(v.Slower) + " longer; most of it is " + v.Part + ", " + unit.Short(unit.Time, v.Grows) + " more."
	}
	return ""
}

// axisValue is a plan's place on an axis in words.
func axisValue(a train.Axis, p *train.Plan) string {
	n := func(name string, v int) string { return name + " " + strconv.Itoa(max(v, 1)) }
	switch a {
	case train.AxisTP:
		return n("TP", p.TP)
	case train.AxisPP:
		return n("PP", p.PP)
	case train.AxisVPP:
		if p.VPP <= 1 {
			return "one piece of the model per stage"
		}
		return strconv.Itoa(p.VPP) + " pieces per stage"
	case train.AxisCP:
		return n("CP", p.CP)
	case train.AxisEP:
		return n("EP", p.EP)
	case train.AxisZeRO:
		return "ZeRO " + strconv.Itoa(p.ZeRO)
	case train.AxisMicro:
		return n("a micro-batch of", p.Micro)
	case train.AxisRecompute:
		if p.Recompute == model.RecomputeNone {
			return "no recomputation"
		}
		return p.Recompute.String() + " recomputation"
	case train.AxisNorms:
		if p.SP {
			return "norms cut across GPUs"
		}
		return "whole norms"
	}
	return p.Pipeline.String()
}

// worthSaying is the share of the time below which a gain is not told.
const worthSaying = 0.01

// binds says what limits the speed, most first: memory, the batch, a network,
// or computing itself.
func (r *LayoutSearch) binds() (out []string) {
	pulls := append([]train.Pull{}, r.Pulls[:]...)
	sort.SliceStable(pulls, func(i, j int) bool { return pulls[i].Gain > pulls[j].Gain })
	for i := range pulls {
		p := &pulls[i]
		if p.Gain < worthSaying || len(out) == 3 {
			break
		}
		says := "Twice " + train.LeverLabels[p.Lever] + " would save " + unit.Short(unit.Fraction, p.Gain) + " of the time per token"
		if len(out) == 0 {
			says = "What binds most is " + train.LeverLabels[p.Lever] + ": twice as much would save " + unit.Short(unit.Fraction, p.Gain) + " of the time per token"
		}
		if len(r.Plans) > 0 && p.Plan != r.Plans[0].Plan && (p.Lever == train.MoreMemory || p.Lever == train.LargerBatch) {
			says += ", with " + PlanText(&p.Plan)
		}
		out = append(out, says+".")
	}
	if len(out) == 0 && len(r.Plans) > 0 {
		out = append(out, "Nothing around it binds: twice the memory, batch, network or links would save less than "+unit.Short(unit.Fraction, worthSaying)+"; computing takes the time.")
	}
	return out
}

// scaling says how far more GPUs help.
func (r *LayoutSearch) scaling() (out []string) {
	if r.Left > 0 && len(r.Curve) > 0 {
		out = append(out, "Fewer than "+unit.Short(unit.Count, float64(r.Curve[0].There))+" GPUs hold the run only in ways that take more than twice the GPU-hours, the weights passed round for every sequence; they are left out.")
	}
	if r.Knee < 0 || r.Knee >= len(r.Curve) {
		return out
	}
	at := float64(r.Curve[r.Knee].There)
	count := func(v float64) string { return unit.Short(unit.Count, v) }
	if r.Knee == len(r.Curve)-1 {
		out = append(out, "Up to "+count(at)+" GPUs and beyond, at least half of what is added counts.")
	} else {
		out = append(out, "Up to about "+count(at)+" GPUs at least half of what is added counts; beyond, less.")
	}
	if grown := r.Curve[r.Knee].Batch; grown > float64(r.Batch) {
		out = append(out, "That takes a batch of "+count(grown)+" sequences instead of "+count(float64(r.Batch))+"; up to about "+count(math.Round(r.Critical))+" a larger batch learns nearly as much from each token.")
	}
	return out
}
