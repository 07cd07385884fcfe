package core

import (
	"math"

	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// hoursAllowed are the GPU-hours there are: the GPUs for the days, or what the
// budget buys where it is given and smaller.
func hoursAllowed(in *Resolved) (hours float64, binds Binding) {
	hours, binds = in.V(scenario.GPUs)*in.V(scenario.Days)*24, BindsTime
	if price := in.V(scenario.Price); in.Given(scenario.Budget) && price > 0 {
		if bought := in.V(scenario.Budget) / price; !in.Given(scenario.Days) || bought < hours {
			hours, binds = bought, BindsBudget
		}
	}
	return hours, binds
}

// answerSize finds the largest dense model, to three figures, that fits and
// whose run stays within the GPU-hours there are, and answers for it. Its
// tokens are those given, else 20 for each parameter.
func answerSize(s *scenario.Scenario, a *Answered) {
	try := *s
	try.Choice[scenario.Model] = "size"
	for n := scenario.Layers; n <= scenario.WindowLayers; n++ {
		try.Reset(n)
	}
	sized := func(n float64, in *Resolved, out *Report) (problems []*unit.Problem) {
		try.Num[scenario.Params] = scenario.Given{R: unit.Exact(n), Set: true}
		*in, problems = scenario.Resolve(&try)
		problems = append(problems, calibrate(in)...)
		in.Num[scenario.Params].Origin = derivation.Solved
		return problems
	}
	var in Resolved
	var out Report
	within := func(n float64) (fits, ok bool) {
		sized(n, &in, &out)
		out = Report{}
		Settle(&in, &out)
		hours, _ := hoursAllowed(&in)
		work := flopsPerToken(&in, &out) * in.V(scenario.Tokens)
		need := work / (in.Train.Peak * in.V(scenario.MFU) * in.V(scenario.Goodput) * in.V(scenario.Practice)) / 3600
		return in.Fits, need <= hours
	}
	f := &scenario.Nums[scenario.Params]
	least, most := math.Log(math.Max(f.Min, 1e6)), math.Log(f.Max)
	memory := false
	for most-least > 5e-4 {
		mid := (least + most) / 2
		if fits, ok := within(math.Exp(mid)); fits && ok {
			least = mid
		} else {
			most, memory = mid, ok
		}
	}
	// Sizes near by may be shared otherwise: down until the figure written is within.
	n := figuresDown(math.Exp(least), 3)
	for range 20 {
		if fits, ok := within(n); fits && ok {
			break
		}
		n = figuresDown(n*0.995, 3)
	}
	a.Case = *s
	a.Problems = sized(n, &a.In, &a.Out)
	Solve(&a.In, &a.Out)
	hours, binds := hoursAllowed(&a.In)
	used := a.Out.V[GPUHours]
	if !(used.V <= hours) || !a.Out.Fits {
		return // not even the smallest: the warnings say what is wrong
	}
	a.Out.Binds = binds
	if memory {
		a.Out.Binds = BindsRoom
	}
	// Work grows with the size, and with its square where the tokens grow along.
	e := 1.0
	if !a.In.Given(scenario.Tokens) {
		e = 2
	}
	total := a.Out.V[ParamsTotal].V
	r := unit.Range{V: total, Lo: total * math.Pow(used.V/used.Hi, 1/e), Hi: total}
	if !memory {
		r.Hi = total * math.Pow(used.V/used.Lo, 1/e)
	}
	a.Out.set(SizeLargest, r)
}

// figuresDown rounds down to so many significant figures.
func figuresDown(v, n float64) float64 {
	k := math.Pow(10, n-1-math.Floor(math.Log10(v)))
	return math.Floor(v*k*(1+1e-12)) / k
}
