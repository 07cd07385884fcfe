package core

import (
	"math"

	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// Served is what the serving estimate computed on its way.
type Served struct {
	serve.Result
	Fresh  serve.Step // the same with prompts as if nothing of them were cached or had come before
	FullW  float64    // W per GPU of a full copy, accelerators only
	UsualW float64    // the same at the usual load
	Awake  float64    // share of time in which a copy has at least one answer to write

	Revenue float64 // USD a day at the reader's price
	Network float64 // USD per hour that an owned GPU loses in worth, with its network
	Upkeep  float64 // USD per hour of staff and spares for an owned GPU
	APICost float64 // USD of a question at the list price
	Life    lifetimes
}

// settleServing finds what serving needs tried: how the GPUs share a copy, how
// many answers it writes at once, how many copies the demand takes.
func settleServing(in *Resolved) {
	var c model.Counts
	in.Arch.Count(&c)
	v := &in.Serving
	s := &v.Service
	question := in.V(scenario.In) + in.V(scenario.Retrieved)
	cv := in.V(scenario.OutSpread)
	*s = serve.Service{
		M: serve.NewModel(&in.Arch, &c, in.Format, unit.Bytes(in.KVBytes)),
		H: serve.Machine{Peak: in.Serve.Peak, Bandwidth: in.Serve.Bandwidth, Memory: in.Serve.Memory, Link: in.Serve.Link,
			Domain: float64(in.Serve.Domain), Power: v.Rated.V},
		C: v.Fit.Constants,
		Q: serve.Load{In: question, Cached: in.V(scenario.Cached) * question, Out: in.V(scenario.Out),
			Context: serve.MeanContext(question, in.V(scenario.Out), cv*cv)},
		Pace: in.V(scenario.TPOT), First: in.V(scenario.TTFT),
		PerDay: in.V(scenario.People) * in.V(scenario.Questions), Peak: in.V(scenario.Peak),
		Regions: in.V(scenario.Regions), Spare: in.V(scenario.Spare),
		ArrivalCV2: in.V(scenario.Burst) * in.V(scenario.Burst), InCV2: in.V(scenario.InSpread) * in.V(scenario.InSpread), OutCV2: cv * cv,
		Scaling: serve.Scaling{Follow: in.Follow, Lead: in.V(scenario.Lead), Headroom: in.V(scenario.Headroom)}, LargestCopy: serve.LargestCopy,
	}
	if a := in.Serve.Acc; a != nil && v.Fit.Engine == "llama.cpp" {
		s.H.Peak *= a.ShortSums()
	}
	if s.M.Patches > 0 {
		s.M.Passes = in.V(scenario.Passes)
	}
	if g := in.V(scenario.Draft); g > 0 && s.M.Patches == 0 {
		s.Q.Ahead = serve.Ahead{Tokens: g, Yield: serve.FallingYield(g, in.V(scenario.Accept), in.V(scenario.Falloff)), Cost: in.V(scenario.DraftCost)}
	}
	if a := in.Serve.Acc; a != nil {
		s.H.NIC = a.NIC.Or(0)
		if a.Kind == "soc" {
			s.LargestCopy = 1
		}
	}
	gpus := 0.0
	if in.Given(scenario.CopyGPUs) {
		gpus = wholeHalves(in.V(scenario.CopyGPUs))
	}
	serve.Find(s, gpus, &v.Plan)
	v.Ranges(v.Near || v.Plan.L.DP > 1) // experts dealt out were measured on single servers only
	if !in.Given(scenario.CopyGPUs) {
		in.Num[scenario.CopyGPUs] = scenario.Value{R: unit.Exact(math.Max(1, v.Plan.L.GPUs())), Origin: derivation.Assumed, Source: "flopbook-assumption",
			Note: "of the copies that keep pace and first word, the one that makes the fleet smallest", Known: true}
	}
}

// wholeHalves is the power of two next to n: a layer is cut in two, four, eight.
func wholeHalves(n float64) float64 { return math.Exp2(math.Round(math.Log2(n))) }

func estimateServing(in *Resolved, out *Report) {
	if in.Arch.Picture.Tokens == 0 {
		out.set(KVPerToken, unit.Exact(float64(in.Arch.KVBytesPerToken(unit.Bytes(in.KVBytes)))))
	}
	v := &in.Serving
	s, p, r := &v.Service, &v.Plan, &out.Serve
	serve.Estimate(s, p, &r.Result)
	if !r.OK {
		return
	}
	draw := v.Fit.Power(v.Rated.V)
	r.FullW = serve.StepJoules(&draw, &s.H, &r.Full.Decode, r.GPUs) / (r.Full.Decode.Total * r.GPUs)
	var slow, fast uncertainty.Acc
	slow.Mul(v.Time)
	fast.Div(v.Time)
	out.set(ServeGPUs, unit.Exact(r.GPUs))
	out.set(ServeBatch, unit.Exact(r.Full.Seqs))
	out.set(TTFT, slow.Range(r.Full.TTFT))
	out.set(AnswerTime, slow.Range(r.Full.Latency))
	if s.M.Patches == 0 {
		out.set(TPOT, slow.Range(r.Full.TPOT))
		out.set(OutPerGPU, fast.Range(r.Full.PerSecond/r.GPUs))
		estimatePerToken(in, out, &draw)
	}
	if s.PerDay > 0 {
		estimateService(in, out, &draw)
	}
}

// estimatePerToken fills money, energy and carbon of a million tokens on a
// copy that is busy for the usual share of the time: all of it on the answers,
// and split between what reads and what writes.
func estimatePerToken(in *Resolved, out *Report, draw *serve.Draw) {
	v, r := &in.Serving, &out.Serve
	s := &v.Service
	busy, price, pue := in.Num[scenario.Busy].R, in.Num[scenario.ServePrice].R, in.Num[scenario.PUE].R
	var per uncertainty.Acc
	per.Mul(v.Time)
	per.Div(busy)
	money := per
	money.Mul(price)
	perAnswer := r.Full.Seqs * s.Q.Ahead.Brings() / s.Q.Ahead.Stretch() // answer tokens for each second of a step
	second := r.GPUs * price.V / 3600 / busy.V
	out.set(USDPerMTokOut, money.Range(second*r.Full.Decode.Total/perAnswer*1e6))

	run := r.Full.Seqs / (v.Plan.L.DP * math.Max(1, math.Min(v.Plan.L.PP, r.Full.Seqs/v.Plan.L.DP)))
	fresh := s.Q
	fresh.In, fresh.Cached = s.Q.In-s.Q.Cached, 0
	w := serve.Mixed(&s.M, run, &fresh)
	serve.StepTime(&s.M, &s.H, &v.Plan.L, &s.C, &w, &r.Fresh)
	out.set(USDPerMTokWritten, money.Range(second*r.Full.Write.Total/perAnswer*1e6))
	read, held := fresh.In/s.Q.Out, s.Q.Cached/s.Q.Out // tokens for each token of an answer
	if read > 0 {
		out.set(USDPerMTokRead, money.Range(second*(r.Fresh.Total-r.Full.Write.Total)/perAnswer/read*1e6))
	}
	if held > 0 {
		out.set(USDPerMTokCached, money.Range(second*(r.Full.Decode.Total-r.Fresh.Total)/perAnswer/held*1e6))
	}

	// Energy: the accelerators' by step, the rest of the server while it answers,
	// and all of it while it waits.
	var watts uncertainty.Sum
	watts.Add(uncertainty.Scale(v.Energy, r.FullW))
	watts.Add(v.Host)
	watts.Add(uncertainty.Scale(v.Idle, (1-busy.V)/busy.V))
	wall := watts.Range()
	energy := per
	energy.Mul(pue)
	energy.Mul(unit.Range{V: 1, Lo: wall.Lo / wall.V, Hi: wall.Hi / wall.V})
	around := v.Host.V + v.Idle.V*(1-busy.V)/busy.V // W per GPU beside the accelerator
	wh := func(step *serve.Step) float64 {
		return (serve.StepJoules(draw, &s.H, step, r.GPUs) + r.GPUs*around*step.Total) * pue.V / perAnswer / 3600 * 1e6
	}
	full := energy.Range(wh(&r.Full.Decode))
	out.set(WhPerMTokOut, full)
	out.set(WhPerMTokWritten, energy.Range(wh(&r.Full.Write)))
	if read > 0 {
		out.set(WhPerMTokRead, energy.Range((wh(&r.Fresh)-wh(&r.Full.Write))/read))
	}
	out.set(CarbonPerMTokOut, uncertainty.Scale(uncertainty.Times(full, v.Intensity.R), 1e-3))
}

// estimateService fills the fleet and the bill of the demand.
func estimateService(in *Resolved, out *Report, draw *serve.Draw) {
	v, r := &in.Serving, &out.Serve
	s, p := &v.Service, &v.Plan
	price, pue := in.Num[scenario.ServePrice].R, in.Num[scenario.PUE].R
	var slow, asked uncertainty.Acc
	slow.Mul(v.Time)
	asked.Mul(in.Num[scenario.People].R)
	asked.Mul(in.Num[scenario.Questions].R)
	if s.M.Patches == 0 {
		out.set(UsualTPOT, slow.Range(r.Usual.TPOT))
	}
	out.set(UsualTTFT, slow.Range(r.TTFT))
	out.set(PeakTTFT, slow.Range(r.Late))
	out.set(FleetBusy, unit.Exact(r.Busy))

	// Whole copies: the range is that of the work, filled as far as these are, or
	// to two thirds where a few stand mostly idle.
	need := slow
	need.Up2, need.Down2 = need.Up2+asked.Up2, need.Down2+asked.Down2
	work := need.Range(p.Copies * r.AtPeak)
	filled := func(w float64) float64 {
		return math.Max(s.Regions, math.Ceil(w/math.Max(r.AtPeak, 2.0/3)-1e-9)) + s.Spare
	}
	n := p.Copies + s.Spare
	copies := unit.Range{V: n, Lo: math.Min(n, filled(work.Lo)), Hi: math.Max(n, filled(work.Hi))}
	out.set(Replicas, copies)
	out.set(ServeGPUsAll, uncertainty.Scale(copies, r.GPUs))
	mean := copies
	if s.Scaling.Follow {
		mean = unit.Range{V: p.Mean, Lo: p.Mean * copies.Lo / n, Hi: p.Mean * copies.Hi / n}
	}
	out.set(ReplicasMean, mean)

	machines := uncertainty.Scale(uncertainty.Times(mean, price), r.GPUs*24)
	out.set(MachinesPerDay, machines)
	ops := uncertainty.Plus(uncertainty.Times(machines, in.Num[scenario.OpsShare].R),
		uncertainty.Scale(uncertainty.Times(in.Num[scenario.OnCall].R, in.Num[scenario.OnCallUSD].R), 1.0/365))
	out.set(OpsPerDay, ops)
	day := uncertainty.Plus(machines, ops)
	out.set(CostPerDay, day)
	out.set(CostPerQuery, perQuery(day, s.PerDay))

	r.Awake = math.Min(1, p.Usual)
	r.UsualW = serve.StepJoules(draw, &s.H, &r.Usual.Decode, r.GPUs) / (r.Usual.Decode.Total * r.GPUs)
	var watts uncertainty.Sum
	accelerators := uncertainty.Scale(v.Energy, r.UsualW*r.Awake)
	watts.Add(accelerators)
	watts.Add(uncertainty.Scale(v.Host, r.Awake))
	watts.Add(uncertainty.Scale(v.Idle, 1-r.Awake))
	seconds := r.GPUs * 86400
	wall := uncertainty.Scale(uncertainty.Times(mean, watts.Range()), seconds)
	all := uncertainty.Times(wall, pue)
	out.set(EnergyPerDay, all)
	out.set(EnergyPerQueryGPU, perQuery(uncertainty.Scale(uncertainty.Times(mean, accelerators), seconds), s.PerDay))
	out.set(EnergyPerQueryWall, perQuery(wall, s.PerDay))
	out.set(EnergyPerQuery, perQuery(all, s.PerDay))
	carbon := uncertainty.Scale(uncertainty.Times(all, v.Intensity.R), 1/3.6e6)
	out.set(CarbonPerDay, carbon)
	out.set(CarbonPerQuery, perQuery(carbon, s.PerDay))

	estimateOwning(in, out)
	estimateLifetime(in, out)
}

// perQuery shares a day's figure among its questions.
func perQuery(day unit.Range, questions float64) unit.Range {
	return unit.Range{V: day.V / questions, Lo: day.Lo / questions, Hi: day.Hi / questions}
}

// estimateOwning fills the same service on machines of one's own and at a
// list price, and where these cross.
func estimateOwning(in *Resolved, out *Report) {
	v, r := &in.Serving, &out.Serve
	s := &v.Service
	all := out.V[ServeGPUsAll]
	if a := in.Serve.Acc; a != nil && a.ServerPrice.Known {
		upkeep, _ := catalog.Default("opex_share_per_year")
		r.Network = float64(bill.AmortisedHour(unit.USD(a.ServerPrice.V)))
		r.Upkeep = a.ServerPrice.V * upkeep.V / hoursPerYear
		var own uncertainty.Sum
		own.Add(uncertainty.Scale(uncertainty.Times(all, unit.Range{V: 1, Lo: a.ServerPrice.Lo / a.ServerPrice.V, Hi: a.ServerPrice.Hi / a.ServerPrice.V}), 24*(r.Network+r.Upkeep)))
		own.Add(uncertainty.Scale(uncertainty.Times(out.V[EnergyPerDay], in.Num[scenario.KWhPrice].R), 1/3.6e6))
		own.Add(out.V[OpsPerDay])
		out.set(OwnPerDay, own.Range())
	}
	if v.ListOut > 0 {
		r.APICost = ((s.Q.In-s.Q.Cached)*v.ListIn + s.Q.Cached*v.ListCached + s.Q.Out*v.ListOut) / 1e6
		out.set(APIPerDay, unit.Exact(r.APICost*s.PerDay))
		if v.ListSame {
			out.set(ListPriceRatio, unit.Exact(out.V[USDPerMTokOut].V*s.Q.Out/1e6/r.APICost))
		}
		// The smallest fleet pays from here on, if a full one is below the list price at all.
		least := (s.Regions + s.Spare) * r.GPUs * 24 * in.V(scenario.ServePrice) * (1 + in.V(scenario.OpsShare))
		people := in.V(scenario.OnCall) * in.V(scenario.OnCallUSD) / 365
		if from := (least + people) / r.APICost; from <= s.Regions*r.Full.Questions*86400/in.V(scenario.Peak) {
			out.set(APICrossing, unit.Exact(from))
		}
	}
}

const hoursPerYear = 8766
