package core

import (
	"math"

	"flopbook/core/catalog"
	"flopbook/core/scenario"
	"flopbook/core/serve"
)

// A RoofPoint is one kind of step against the roofline of the machine, per GPU.
type RoofPoint struct {
	Name      string
	Intensity float64 // FLOP for each byte read
	Reached   float64 // FLOP/s
	Roof      float64 // FLOP/s that the data sheet allows at that intensity
	Seconds   float64 // of the step
}

// Roofline says where reading a question and writing answers stand: reading is
// bound by arithmetic, writing one answer by memory, many at once lie between.
func Roofline(in *Resolved, out *Report) (points []RoofPoint) {
	r := &out.Serve
	if !r.OK {
		return nil
	}
	s, p := &in.Serving.Service, &in.Serving.Plan
	add := func(name string, st *serve.Step) {
		if st.Bytes <= 0 || st.Total <= 0 {
			return
		}
		x := st.FLOP / st.Bytes
		points = append(points, RoofPoint{name, x, st.FLOP / st.Total / r.GPUs, math.Min(s.H.Peak, x*s.H.Bandwidth), st.Total})
	}
	if s.M.Patches > 0 {
		add("a pass over pictures", &r.Full.Decode)
		return points
	}
	var one serve.Batch
	serve.Steady(&s.M, &s.H, &p.L, &s.C, 1, &s.Q, &one)
	add("writing, one answer", &one.Write)
	add("writing, machine full", &r.Full.Write)
	add("reading a question", &r.Full.Prefill)
	return points
}

// LatencyCurve is the speed of the whole machine against that of one answer,
// from one at a time to as many as fit; at is the point that the plan runs at.
func LatencyCurve(in *Resolved, out *Report, points []serve.Point) (at serve.Point, ok bool) {
	r := &out.Serve
	s, p := &in.Serving.Service, &in.Serving.Plan
	if !r.OK || s.M.Patches > 0 {
		return at, false
	}
	serve.Curve(&s.M, &s.H, &p.L, &s.C, &s.Q, points)
	b := &r.Full
	return serve.Point{Seqs: b.Seqs, TPOT: b.TPOT, TTFT: b.TTFT, PerGPU: b.PerSecond / r.GPUs, PerReader: 1 / b.TPOT}, true
}

// A Fill is what is in the memory of one GPU while a copy writes so many answers.
type Fill struct {
	Answers                 float64
	Weights, Cache, Reserve float64 // bytes
	Total                   float64 // bytes of the GPU
}

// MemoryFill fills out from no answer to as many as fit.
func MemoryFill(in *Resolved, out *Report, fills []Fill) bool {
	r := &out.Serve
	s, p := &in.Serving.Service, &in.Serving.Plan
	if !r.OK || s.M.Patches > 0 || s.M.KV <= 0 {
		return false
	}
	weights := (s.M.Stored + math.Max(0, p.L.DP-1)*s.M.Dense) / r.GPUs
	each := serve.CacheOnGPUs(&s.M, &p.L, s.Q.Context) / r.GPUs
	for i := range fills {
		n := r.Room * float64(i) / float64(max(len(fills)-1, 1))
		fills[i] = Fill{n, weights, each * n, s.C.Reserve, s.H.Memory}
	}
	return true
}

// A WayPoint is a demand with what it costs a day in three ways; 0 where not known.
type WayPoint struct {
	PerDay         float64 // questions
	Rent, Own, API float64 // USD a day
	GPUs           float64
}

// Ways works out the service for each demand: machines rented, machines of
// one's own, a list price. Whole copies make steps.
func Ways(in *Resolved, out *Report, demands []float64, points []WayPoint) {
	try := *in
	s, r := &try.Serving.Service, out.Serve
	gpus := 0.0
	if in.Given(scenario.CopyGPUs) {
		gpus = r.GPUs
	}
	var p serve.Plan
	var x serve.Result
	draw := in.Serving.Fit.Power(in.Serving.Rated.V)
	for i, perDay := range demands {
		s.PerDay = perDay
		serve.Find(s, gpus, &p)
		serve.Estimate(s, &p, &x)
		w := WayPoint{PerDay: perDay, API: r.APICost * perDay}
		if x.OK {
			people := in.V(scenario.OnCall) * in.V(scenario.OnCallUSD) / 365
			machines := p.Mean * x.GPUs * 24 * in.V(scenario.ServePrice)
			ops := machines*in.V(scenario.OpsShare) + people
			w.GPUs, w.Rent = (p.Copies+s.Spare)*x.GPUs, machines+ops
			if r.Network > 0 {
				awake := math.Min(1, p.Usual)
				busy := serve.StepJoules(&draw, &s.H, &x.Usual.Decode, x.GPUs) / (x.Usual.Decode.Total * x.GPUs)
				watts := awake*(busy+in.Serving.Host.V) + (1-awake)*in.Serving.Idle.V
				w.Own = w.GPUs*24*(r.Network+r.Upkeep) + p.Mean*x.GPUs*watts*in.V(scenario.PUE)*24/1000*in.V(scenario.KWhPrice) + ops
			}
		}
		points[i] = w
	}
}

// An Anchor is a published energy of a question beside our quantity of the same
// scope.
type Anchor struct {
	*catalog.EnergyAnchor
	Ours Key
}

// Anchors lists the published energies; none where nothing is asked.
func Anchors(out *Report) (list []Anchor) {
	if !out.Known[EnergyPerQuery] {
		return nil
	}
	all := catalog.EnergyAnchors()
	for i := range all {
		a := Anchor{&all[i], EnergyPerQuery}
		switch a.Scope {
		case "accelerators":
			a.Ours = EnergyPerQueryGPU
		case "wall":
			a.Ours = EnergyPerQueryWall
		}
		list = append(list, a)
	}
	return list
}
