package core

import (
	"math"
	"sort"

	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// Answered is a scenario with its answer.
type Answered struct {
	Case     scenario.Scenario // what was asked
	In       Resolved
	Out      Report
	Problems []*unit.Problem
}

// Answer resolves a scenario, solves it for what it asks and estimates. It
// always answers; what could not be used is told in Problems.
func Answer(s *scenario.Scenario) Answered {
	var a Answered
	AnswerInto(s, &a)
	return a
}

// AnswerInto is Answer writing into a caller's struct.
func AnswerInto(s *scenario.Scenario, a *Answered) {
	if s.Chosen(scenario.Ask) == "params" {
		answerSize(s, a)
		return
	}
	a.Case = *s
	a.In, a.Problems = scenario.Resolve(s)
	a.Problems = append(a.Problems, calibrate(&a.In)...)
	Solve(&a.In, &a.Out)
}

// largestFleet bounds the GPUs that Solve tries.
const largestFleet = 1e8

// Solve finds the unknown that in.Ask names, writes it into in as Solved, and
// estimates. Asks: days, gpus, usd, tokens, check.
func Solve(in *Resolved, out *Report) {
	*out = Report{}
	binds := BindsNothing
	limit := in.V(scenario.Days)
	var needMemory, needDeadline float64
	spare := 0.0
	switch in.Ask {
	case "gpus":
		needMemory, needDeadline, spare, binds = solveGPUs(in, out, limit)
	case "tokens":
		binds = solveTokens(in, out)
	case "check":
		solveCheck(in, out)
	default:
		// Asked for days or dollars, a deadline or a budget is only compared with.
		if in.Ask == "usd" && in.Given(scenario.Days) && !in.Given(scenario.GPUs) {
			needMemory, needDeadline, spare, binds = solveGPUs(in, out, limit)
			break
		}
		Settle(in, out)
	}
	settleServing(in)
	Estimate(in, out)
	out.Binds, out.Spare = binds, spare
	if in.Num[scenario.GPUs].Origin == derivation.Solved && binds != BindsBatch {
		fleetRange(in, out, needMemory, needDeadline)
	}
	if needDeadline == 0 && binds != BindsBatch {
		needDeadline = out.FLOPsPerToken * in.V(scenario.Tokens) / (in.Train.Peak * in.V(scenario.MFU) * in.V(scenario.Goodput) * in.V(scenario.Practice) * limit * 86400)
		needDeadline = math.Ceil(needDeadline)
	}
	if needMemory == 0 {
		needMemory = FewestGPUs(in)
	}
	if needMemory > 0 {
		out.set(GPUsMemory, unit.Exact(needMemory))
	}
	if needDeadline > 0 && needDeadline <= largestFleet {
		out.set(GPUsDeadline, unit.Exact(math.Max(1, needDeadline)))
	}
	findRoom(in, out)
	warnSolved(in, out)
}

// FewestGPUs is the smallest number of GPUs, in whole servers above one, whose
// memory holds the run; 0 if 16,384 do not. What fits on some fits on more.
func FewestGPUs(in *Resolved) float64 {
	var fleets [128]float64
	k := 0
	for n := 1.0; n <= 16384 && k < len(fleets); n = nextFleet(in, n) {
		fleets[k] = n
		k++
	}
	try := *in
	var r Report
	i := sort.Search(k, func(i int) bool {
		try.Num[scenario.GPUs].R = unit.Exact(fleets[i])
		return findLayout(&try, &r, train.AnyFit).Fits
	})
	if i == k {
		return 0
	}
	return fleets[i]
}

// nextFleet doubles up to one server and then steps by servers, coarser as the
// fleet grows (within 12.5 %), so that a search stays short.
func nextFleet(in *Resolved, n float64) float64 {
	server := float64(max(in.Train.PerServer, 1))
	if n < server {
		return math.Min(server, n*2)
	}
	step := server * math.Max(1, math.Exp2(math.Floor(math.Log2(n/server))-3))
	return n + step
}

// roundFleet rounds up to what is rented together: powers of two inside a
// server, whole servers above.
func roundFleet(in *Resolved, n float64) float64 {
	server := float64(max(in.Train.PerServer, 1))
	n = math.Max(1, math.Ceil(n-1e-9))
	if n >= server {
		return math.Ceil(n/server) * server
	}
	return math.Min(server, math.Exp2(math.Ceil(math.Log2(n))))
}

// solveGPUs finds the fewest GPUs that both hold the run and finish in limit
// days. The step gets less efficient with scale, so the deadline's count is a
// fixed point; it rises from below, so the first hit is the smallest. A batch
// can be shared by so many GPUs only: where more of them do not get it done in
// time, deadline is 0 and the answer is the fleet beyond which more do not help.
func solveGPUs(in *Resolved, out *Report, limit float64) (memory, deadline, spare float64, binds Binding) {
	memory = FewestGPUs(in)
	work := flopsPerToken(in, out) * in.V(scenario.Tokens)
	in.Num[scenario.GPUs] = scenario.Value{Origin: derivation.Solved, Known: true}
	settleAt := func(n float64) float64 {
		in.Num[scenario.GPUs].R = unit.Exact(n)
		Settle(in, out)
		return math.Ceil(work / (in.Train.Peak * in.V(scenario.MFU) * in.V(scenario.Goodput) * in.V(scenario.Practice) * limit * 86400))
	}
	n := roundFleet(in, math.Max(memory, 1))
	deadline = settleAt(n)
	for from, time := n, deadline/n; ; { // time in deadlines
		m := roundFleet(in, math.Max(deadline, memory))
		if m <= n || n >= largestFleet {
			break
		}
		// Four times as many at most, so that a batch that cannot be shared
		// further is seen before the count runs away.
		n = math.Min(m, roundFleet(in, 4*n))
		deadline = settleAt(n)
		if n >= 1.6*from {
			if deadline > n && deadline/n > 0.85*time {
				break
			}
			from, time = n, deadline/n
		}
	}
	if deadline > n {
		n = roundFleet(in, math.Max(fastestFleet(n, deadline, settleAt), memory))
		settleAt(n)
		if used := roundFleet(in, math.Max(float64(in.Layout.GPUs()), memory)); used < n {
			settleAt(used) // the others had nothing to do
		}
		return memory, 0, 0, BindsBatch
	}
	// Step down while fewer do, and leave out GPUs that have nothing to do.
	for range 60 {
		m := roundFleet(in, math.Max(math.Min(deadline, float64(in.Layout.GPUs())), memory))
		if m >= n {
			break
		}
		d := settleAt(m)
		if d > m {
			deadline = settleAt(n)
			break
		}
		n, deadline = m, d
	}
	// A count that does not divide into a layout is passed over.
	for range 64 {
		if in.Fits || memory == 0 || n >= largestFleet {
			break
		}
		n += float64(max(in.Train.PerServer, 1))
		deadline = settleAt(n)
	}
	does := func(m float64) bool {
		d := settleAt(m)
		return d <= m && (in.Fits || memory == 0)
	}
	if least := leastFleet(in, n, roundFleet(in, math.Max(memory, 1)), does); least < n {
		n = least
	}
	deadline = settleAt(n)
	rounded := roundFleet(in, math.Max(deadline, memory))
	spare = math.Max(0, n-rounded)
	binds = BindsDeadline
	if memory > deadline {
		binds = BindsMemory
	}
	return memory, deadline, spare, binds
}

// leastFleet steps down from n, which does, to a fleet that does and whose next
// smaller one does not, in strides that double and are then halved; none is
// below least. GPUs that a layout leaves without work are left out on the way.
func leastFleet(in *Resolved, n, least float64, does func(n float64) bool) float64 {
	if !does(n) {
		return n
	}
	server := float64(max(in.Train.PerServer, 1))
	below := func(n, stride float64) float64 {
		if n <= server {
			return math.Max(least, math.Floor(n/2))
		}
		return math.Max(least, roundFleet(in, math.Max(n-stride*server, server)))
	}
	stride, halve := 1.0, false
	for range 80 {
		if used := math.Max(least, roundFleet(in, float64(in.Layout.GPUs()))); used < n && does(used) {
			n = used
			continue
		}
		m := below(n, stride)
		switch {
		case m >= n:
			return n
		case does(m):
			n = m
			if !halve {
				stride *= 2
			}
		case stride == 1:
			return n
		default:
			halve = true
			does(n) // its layout
		}
		if halve {
			stride = math.Max(1, stride/2)
		}
	}
	return n
}

// fastestFleet is the smallest fleet of n over powers of two that is within
// 2 % as fast as the fastest of them; need is the GPUs that the deadline asks
// for at the speed of a fleet, so need/n is the time in deadlines.
func fastestFleet(n, deadline float64, need func(n float64) float64) float64 {
	var fleets, times [40]float64
	k, best := 0, math.Inf(1)
	for d := deadline; k < len(fleets) && n >= 1; k++ {
		fleets[k], times[k] = n, d/n
		best = math.Min(best, d/n)
		if d/n > 2*best {
			k++
			break
		}
		n = math.Floor(n / 2)
		if n >= 1 {
			d = need(n)
		}
	}
	for i := k - 1; i >= 0; i-- {
		if times[i] <= 1.02*best {
			return fleets[i]
		}
	}
	return fleets[0]
}

// fleetRange says how many GPUs the deadline would ask for at the ends of
// utilisation and goodput.
func fleetRange(in *Resolved, out *Report, memory, deadline float64) {
	var acc uncertainty.Acc
	if !predictsMFU(in) {
		acc.Div(in.Num[scenario.MFU].R)
	}
	acc.Div(in.Num[scenario.Practice].R)
	acc.Div(in.Num[scenario.Goodput].R)
	acc.Mul(in.Num[scenario.Tokens].R)
	need := acc.Range(math.Max(deadline, 1))
	n := out.V[GPUs].V
	out.set(GPUs, unit.Range{V: n,
		Lo: math.Min(n, roundFleet(in, math.Max(need.Lo, memory))),
		Hi: math.Max(n, roundFleet(in, math.Max(need.Hi, memory)))})
}

// flopsPerToken is the rule in force, before Estimate has run.
func flopsPerToken(in *Resolved, out *Report) float64 {
	in.Arch.Count(&out.Counts)
	estimateWork(in, out)
	return out.FLOPsPerToken
}

// solveTokens finds how many tokens the GPUs, the days and the money allow.
func solveTokens(in *Resolved, out *Report) Binding {
	in.Num[scenario.Tokens].Origin = derivation.Solved
	Settle(in, out)
	perToken := flopsPerToken(in, out)
	useful := in.Train.Peak * in.V(scenario.MFU) * in.V(scenario.Goodput) * in.V(scenario.Practice)
	hours, binds := hoursAllowed(in)
	v := hours * 3600 * useful / perToken
	in.Num[scenario.Tokens] = scenario.Value{R: unit.Exact(v), Origin: derivation.Solved, Known: true}
	return binds
}

// solveCheck takes GPUs, days and tokens as claimed and finds the utilisation
// that they imply; Estimate then works with it.
func solveCheck(in *Resolved, out *Report) {
	Settle(in, out)
	perToken := flopsPerToken(in, out)
	if !in.Given(scenario.Goodput) {
		in.Num[scenario.Goodput] = scenario.Value{R: unit.Exact(1), Origin: derivation.Assumed, Known: true, Note: "the days are taken as they were claimed, with whatever was lost in them"}
	}
	v := perToken * in.V(scenario.Tokens) / (in.V(scenario.GPUs) * in.V(scenario.Days) * 86400 * in.Train.Peak * in.V(scenario.Goodput) * in.V(scenario.Practice))
	in.Num[scenario.MFU] = scenario.Value{R: unit.Exact(v), Origin: derivation.Solved, Known: true, Note: "what the claim implies"}
}

// A Point is the run on another number of GPUs.
type Point struct {
	GPUs       float64
	Days, Cost unit.Range
	Fits       bool
}

// Sweep estimates the run for each number of GPUs.
func Sweep(in *Resolved, gpus []float64, out []Point) {
	try := *in
	var r Report
	if try.Num[scenario.MFU].Origin == derivation.Solved {
		try.Num[scenario.MFU].Origin = derivation.Given
	}
	for i, n := range gpus {
		try.Num[scenario.GPUs] = scenario.Value{R: unit.Exact(n), Origin: derivation.Given, Known: true}
		Settle(&try, &r)
		Estimate(&try, &r)
		out[i] = Point{GPUs: n, Days: r.V[Days], Cost: r.V[Cost], Fits: r.Fits}
	}
}
