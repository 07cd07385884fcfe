package train

import (
	"math"

	"flopbook/core/model"
)

// An Axis is one choice of a plan.
type Axis uint8

const (
	AxisTP Axis = iota
	AxisPP
	AxisVPP
	AxisCP
	AxisEP
	AxisZeRO
	AxisMicro
	AxisRecompute
	AxisNorms
	AxisOrder
	AxisCount
)

// AxisLabels name the axes for readers.
var AxisLabels = [AxisCount]string{"tensor parallelism", "pipeline stages", "pipeline chunks", "context parallelism", "expert parallelism",
	"shared states (ZeRO)", "micro-batch", "recomputation", "norms", "pipeline order"}

// A Rival is the best plan that differs from another on one axis. The number
// of copies follows, so that it uses no more GPUs.
type Rival struct {
	Axis Axis
	Found
	Slower float64 // its step over the other's, less 1; negative where it is faster but does not fit
	Part   string  // label of the part of the step that grows most; falls most where it is faster
	Grows  float64 // s, that part
}

// Rivals appends to out, for each axis, the fastest plan that fits, and the
// fastest one that memory alone keeps from being better than best.
func (s *Search) Rivals(best *Found, out []Rival) []Rival {
	step, peak := s.Step, s.Peak
	for axis := range AxisCount {
		var fit, tight Rival
		found, held := false, false
		s.others(best, axis, func(p Plan) {
			if s.Refuses(&p) != nil {
				return
			}
			r := Rival{Axis: axis, Found: Found{Plan: p}}
			p.Into(&step, &peak)
			step.Estimate(&p.Layout, &r.Step)
			peak.Estimate(&p.Layout, &r.Peak)
			r.Fits = r.Peak.Total <= peak.Capacity
			r.Slower = r.Step.Total/best.Step.Total - 1
			switch {
			case r.Fits && (!found || r.Slower < fit.Slower):
				fit, found = r, true
			case !r.Fits && r.Slower < 0 && (!held || r.Peak.Total < tight.Peak.Total):
				tight, held = r, true
			}
		})
		for _, r := range [...]struct {
			Rival
			ok bool
		}{{fit, found}, {tight, held}} {
			if r.ok {
				r.Part, r.Grows = grows(&best.Step, &r.Step)
				out = append(out, r.Rival)
			}
		}
	}
	return out
}

// grows is the part of the step that differs most, in the direction in which
// the whole does.
func grows(from, to *Step) (label string, seconds float64) {
	var was [partsOfStep]float64
	i := 0
	from.StepParts(func(_, _, _ string, t float64) {
		was[i] = t
		i++
	})
	i = 0
	up := to.Total >= from.Total
	to.StepParts(func(_, l, _ string, t float64) {
		if d := t - was[i]; label == "" || up && d > seconds || !up && d < seconds {
			label, seconds = l, d
		}
		i++
	})
	return label, seconds
}

const partsOfStep = 24 // room for them

// others hands every plan with another value on the axis to f.
func (s *Search) others(best *Found, axis Axis, f func(Plan)) {
	p := best.Plan
	a, x := s.Step.Arch, &s.Axes
	gpus := p.GPUs()
	put := func(at *int, most int) {
		was := *at
		for v := 1; v <= most; v++ {
			if v == was || x.Powers && (!round(v) || axis == AxisMicro && v&(v-1) != 0) {
				continue
			}
			*at = v
			q := p
			if q.PP == 1 {
				q.VPP, q.Pipeline = 1, Pipe1F1B
			}
			q.DP = min(gpus/max(1, q.TP*q.PP*q.CP), (s.Sequences()+q.Micro-1)/q.Micro)
			if q.TP == 1 {
				q.SP = false
			} else if axis == AxisTP && was == 1 {
				q.SP = x.Sequence&normsCut != 0
			}
			for q.EP > 1 && q.TP*q.CP*q.DP%q.EP != 0 {
				q.DP--
			}
			if q.DP > 0 {
				f(q)
			}
		}
		*at = was
	}
	switch axis {
	case AxisTP:
		put(&p.TP, max(x.TP, 1))
	case AxisPP:
		put(&p.PP, min(max(x.PP, 1), a.Layers, mostStages))
	case AxisVPP:
		if p.PP > 1 {
			for v := 1; v <= min(max(x.VPP, 1), a.Layers); v++ {
				if q := p; v != p.VPP {
					q.VPP = v
					f(q)
				}
			}
		}
	case AxisCP:
		put(&p.CP, max(x.CP, 1))
	case AxisEP:
		put(&p.EP, max(x.EP, 1))
	case AxisMicro:
		put(&p.Micro, max(x.Micro, 1))
	case AxisZeRO:
		for z := range 4 {
			if q := p; z != p.ZeRO && x.ZeRO>>z&1 == 1 && p.DP*p.CP > 1 {
				q.ZeRO = z
				f(q)
			}
		}
	case AxisRecompute:
		for r := range modes {
			if q := p; model.Recompute(r) != p.Recompute && x.Recompute>>r&1 == 1 {
				q.Recompute, q.Again = model.Recompute(r), 0
				f(q)
			}
		}
	case AxisNorms:
		if q := p; p.TP > 1 && x.Sequence == normsWhole|normsCut {
			q.SP = !p.SP
			f(q)
		}
	case AxisOrder:
		for o := Pipe1F1B; o <= PipeDualPipe; o++ {
			if q := p; o != p.Pipeline && x.Pipelines>>o&1 == 1 && p.PP > 1 {
				q.Pipeline, q.VPP = o, 1
				f(q)
			}
		}
	}
}

// A Lever is something outside the plan that would change it.
type Lever uint8

const (
	MoreMemory  Lever = iota // of each GPU
	LargerBatch              // sequences of a step
	FasterNet                // between servers
	FasterLink               // inside the fast domain
	FasterReads              // memory bandwidth
	FasterHost               // launching kernels
	LeverCount
)

// LeverLabels name the levers for readers.
var LeverLabels = [LeverCount]string{"the memory of each GPU", "the batch", "the network between servers", "the links between GPUs", "the GPUs' memory bandwidth", "the speed of the processors that launch the GPUs' work"}

// A Pull is what twice as much of a lever gives: the best plan then, and how
// much sooner a token is done.
type Pull struct {
	Lever Lever
	Found
	Gain float64 // share of the time per token that is saved
}

// Pulls doubles one lever after the other and searches again; best is the plan
// as things are. What gives most binds.
func (s *Search) Pulls(best *Found, out *[LeverCount]Pull) {
	var o Outcome
	for l := range LeverCount {
		t := *s
		t.Keep, t.Counted, t.Tick, t.Goal = 1, false, nil, Fastest
		switch l {
		case MoreMemory:
			t.Peak.Capacity *= 2
		case LargerBatch:
			t.Step.Batch *= 2
			t.Peak.Batch *= 2
		case FasterNet:
			t.Step.Mach.NIC *= 2
		case FasterLink:
			t.Step.Mach.Link *= 2
		case FasterReads:
			t.Step.Mach.Bandwidth *= 2
		case FasterHost:
			t.Step.Eff.Launch /= 2
		}
		t.Step.Prepare()
		t.Run(&o)
		out[l] = Pull{Lever: l}
		if !o.Fits() {
			continue
		}
		f := &o.Best[0]
		out[l].Found = *f
		was := best.Step.Total / s.Step.Batch
		if now := f.Step.Total / t.Step.Batch; best.Fits && was > 0 {
			out[l].Gain = math.Max(0, 1-now/was)
		}
	}
}
