package core

import (
	"math"

	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

func estimateServing(in *Resolved, out *Report) {
	a, c := &in.Arch, &out.Counts
	inTok, outTok := in.V(scenario.In), in.V(scenario.Out)
	kvElem := unit.Bytes(in.KVBytes)
	mean, whole := inTok+outTok/2, inTok+outTok
	s := &out.ServeIn
	*s = serve.Inputs{
		WeightBytes:  float64(a.WeightBytes(c, in.Format)),
		ParamsActive: c.LayerMatmul + c.HeadMatmul,
		Layers:       float64(a.Layers),
		Width:        float64(a.Width),
		AttnWidth:    float64(a.Heads * a.HeadDim),
		KVPerToken:   float64(a.KVBytes(mean, kvElem)) / math.Max(mean, 1),
		KVFull:       float64(a.KVBytes(whole, kvElem)) / math.Max(whole, 1),
		Peak:         in.Serve.Peak,
		Bandwidth:    in.Serve.Bandwidth,
		Memory:       in.Serve.Memory,
		Link:         in.Serve.Link,
		Domain:       float64(in.Serve.Domain),
		ServerW:      in.Serve.ServerW,
		In:           inTok,
		Out:          outTok,
		TPOT:         in.V(scenario.TPOT),
		Busy:         in.V(scenario.Busy),
		PerDay:       in.V(scenario.People) * in.V(scenario.Questions),
		Price:        in.V(scenario.ServePrice),
		PUE:          in.V(scenario.PUE),
		Eff:          in.ServeEff,
	}
	if a.MLA.KVRank > 0 {
		s.AttnWidth = float64(a.Heads*(a.MLA.NopeDim+a.MLA.RopeDim+a.MLA.ValueDim)) / 2
	}
	if a.IsMoE() {
		s.Experts, s.TopK = float64(a.MoE.Experts), float64(a.MoE.TopK)
		s.ExpertBytes = c.Experts * in.Format.Bits / 8
	}
	out.set(KVPerToken, unit.Exact(float64(a.KVBytesPerToken(kvElem))))
	if a.Encoder.Layers > 0 {
		return // audio in, text out needs a step model of its own
	}
	serve.Estimate(s, &out.Serve)
	r := &out.Serve
	if !r.OK {
		return
	}
	speed, busy := in.ServeSpeed, in.Num[scenario.Busy].R
	price, pue := in.Num[scenario.ServePrice].R, in.Num[scenario.PUE].R
	var slow, per, wh uncertainty.Acc
	slow.Div(speed)
	out.set(ServeGPUs, unit.Exact(r.GPUs))
	out.set(ServeBatch, unit.Exact(r.Batch))
	out.set(TTFT, slow.Range(r.TTFT))
	out.set(TPOT, slow.Range(r.TPOT))
	var rate uncertainty.Acc
	rate.Mul(speed)
	out.set(OutPerGPU, rate.Range(r.OutPerGPU))
	per = slow
	per.Div(busy)
	money := per
	money.Mul(price)
	out.set(USDPerMTokOut, money.Range(r.USDPerMTok))
	wh = per
	wh.Mul(pue)
	wh.Mul(in.ServePower)
	out.set(WhPerMTokOut, wh.Range(r.WhPerMTok))
	if s.PerDay <= 0 {
		return
	}
	// Whole copies: the range is taken at the ends of speed and busy share, and
	// never below one copy.
	fleet := per
	n := fleet.Range(s.PerDay * outTok / 86400 / (r.OutRate * s.Busy))
	copies := unit.Range{V: r.Replicas, Lo: math.Max(1, math.Ceil(n.Lo)), Hi: math.Max(1, math.Ceil(n.Hi))}
	out.set(Replicas, copies)
	out.set(ServeGPUsAll, uncertainty.Scale(copies, r.GPUs))
	cost := uncertainty.Times(copies, price)
	cost = uncertainty.Scale(cost, r.CostPerDay/cost.V)
	if r.CostPerDay == 0 {
		cost = unit.Range{}
	}
	out.set(CostPerDay, cost)
	query := uncertainty.Scale(cost, 1/s.PerDay)
	query.V = r.CostPerQ
	out.set(CostPerQuery, query)
	var e uncertainty.Acc
	e.Mul(copies)
	e.Mul(pue)
	e.Mul(in.ServePower)
	energy := e.Range(r.EnergyDay)
	out.set(EnergyPerDay, energy)
	query = uncertainty.Scale(energy, 1/s.PerDay)
	query.V = r.EnergyPerQ
	out.set(EnergyPerQuery, query)
	if cost.V > 0 && out.Known[Cost] {
		out.set(CrossingDays, uncertainty.Over(out.V[Cost], cost))
	}
	if energy.V > 0 && out.Known[Energy] {
		out.set(CrossingDaysEnergy, uncertainty.Over(out.V[Energy], energy))
	}
	if in.ListOut > 0 {
		market := (inTok*in.ListIn + outTok*in.ListOut) / 1e6
		ours := r.USDPerMTok * outTok / 1e6
		if market > 0 {
			out.set(ListPriceRatio, unit.Exact(ours/market))
		}
	}
}

// A DayPoint is cumulative cost and energy on one day after training.
type DayPoint struct {
	Day                           float64
	Training, Serving             unit.Range // USD
	TrainingEnergy, ServingEnergy unit.Range // J
}

// Timeline fills out with points evenly spread over days.
func Timeline(r *Report, days float64, out []DayPoint) {
	for i := range out {
		d := days * float64(i) / float64(max(len(out)-1, 1))
		out[i] = DayPoint{Day: d, Training: r.V[Cost], TrainingEnergy: r.V[Energy],
			Serving: uncertainty.Scale(r.V[CostPerDay], d), ServingEnergy: uncertainty.Scale(r.V[EnergyPerDay], d)}
	}
}

// A Part is one labelled piece of a whole.
type Part struct {
	Label, Term string
	Bytes       float64
}

// MemoryParts lists what fills the fullest GPU, largest meaning first.
func MemoryParts(r *Report) []Part {
	m := &r.Mem
	return []Part{
		{"weights", "the model", m.Weights},
		{"gradients", "what each weight learns from a step", m.Grads},
		{"optimizer", "running averages and master copy", m.Optimizer},
		{"activations", "results kept for the backward pass", m.Activations},
		{"runtime", "context, buffers, fragments", m.Reserve},
	}
}
