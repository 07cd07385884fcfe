package core

import (
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// A Finding is one check of a published claim.
type Finding struct {
	Label   string
	Implied float64 // what the claim's figures imply
	Kind    unit.Kind
	Usual   unit.Range // what is usual
	OK      bool
	Says    string // one sentence
}

// Claim checks figures that over-determine a run against each other: GPUs,
// days and tokens imply a useful share of peak; energy implies a power; cost
// implies a price. The last finding names the odd one out, if there is one.
func Claim(in *Resolved, out *Report) []Finding {
	var fs []Finding
	usual := usualMFU(in)
	v := out.V[MFU].V
	f := Finding{Label: "Useful share of peak (MFU)", Implied: v, Kind: unit.Fraction, Usual: usual, OK: v >= usual.Lo/2 && v <= max(usual.Hi*1.25, 0.6) && v <= 1}
	switch {
	case v > 1:
		f.Says = "Impossible: that is " + unit.Short(unit.Fraction, v) + " of peak speed, and no chip is faster than its peak."
	case !f.OK && v > usual.Hi:
		f.Says = "That is " + unit.Short(unit.Fraction, v) + " of peak, more than measured runs reach."
	case !f.OK:
		f.Says = "That is only " + unit.Short(unit.Fraction, v) + " of peak; the machines would have stood mostly idle."
	default:
		f.Says = "That is " + unit.Short(unit.Fraction, v) + " of peak, as runs of this kind reach."
	}
	fs = append(fs, f)
	mfuOK, high := f.OK, v > usual.V
	hours := in.V(scenario.GPUs) * in.V(scenario.Days) * 24
	powerOK, priceOK := true, true
	powerHigh := false
	if in.Given(scenario.EnergyClaim) {
		w := in.V(scenario.EnergyClaim) / (hours * 3600 * in.V(scenario.PUE))
		full := in.Train.ServerW
		u := unit.Range{V: in.V(scenario.PowerPerGPU), Lo: full * 0.2, Hi: full * 1.25}
		powerOK, powerHigh = w >= u.Lo && w <= u.Hi, w > u.Hi
		f := Finding{Label: "Power per GPU", Implied: w, Kind: unit.Power, Usual: u, OK: powerOK}
		switch {
		case powerHigh:
			f.Says = "The energy means " + unit.Short(unit.Power, w) + " for each GPU, more than its server can draw."
		case !powerOK:
			f.Says = "The energy means only " + unit.Short(unit.Power, w) + " for each GPU, less than an idle server draws."
		default:
			f.Says = "The energy means " + unit.Short(unit.Power, w) + " for each GPU, which fits."
		}
		fs = append(fs, f)
	}
	if in.Given(scenario.Budget) {
		p := in.V(scenario.Budget) / hours
		r := in.Num[scenario.Price].R
		u := unit.Range{V: r.V, Lo: r.Lo / 3, Hi: r.Hi * 3}
		priceOK = p >= u.Lo && p <= u.Hi
		f := Finding{Label: "$ per GPU-hour", Implied: p, Kind: unit.USDPerGPUHour, Usual: u, OK: priceOK,
			Says: "The cost means " + unit.Short(unit.USDPerGPUHour, p) + "."}
		fs = append(fs, f)
	}
	fs = append(fs, verdict(mfuOK, high, powerOK, powerHigh, priceOK, in))
	return fs
}

// verdict names the figure whose change would mend most of what does not fit.
func verdict(mfuOK, mfuHigh, powerOK, powerHigh, priceOK bool, in *Resolved) Finding {
	f := Finding{Label: "Together", OK: mfuOK && powerOK && priceOK}
	checks := 0
	if in.Given(scenario.EnergyClaim) {
		checks++
	}
	switch {
	case f.OK:
		f.Says = "The figures fit together."
	case !mfuOK && !powerOK && mfuHigh == powerHigh:
		if mfuHigh {
			f.Says = "GPUs or days are the odd ones: more GPU-hours would make both work and energy plausible."
		} else {
			f.Says = "GPUs or days are the odd ones: fewer GPU-hours would make both work and energy plausible."
		}
	case !mfuOK && checks > 0 && powerOK:
		f.Says = "Tokens, model size or number format is the odd one: GPU-hours and energy fit each other, the work does not."
	case !mfuOK:
		f.Says = "GPUs, days, tokens or model size does not fit the others."
	case !powerOK && priceOK:
		f.Says = "The energy is the odd one: GPU-hours and work fit each other."
	case !powerOK:
		f.Says = "Energy and cost do not fit the GPU-hours; the work does."
	default:
		f.Says = "The cost is the odd one: no usual price per GPU-hour gives it."
	}
	return f
}

// usualMFU is the range that measured runs of the kind reach.
func usualMFU(in *Resolved) unit.Range {
	try := *in
	try.Num[scenario.MFU] = scenario.Value{}
	var r Report
	settleMFU(&try, &r)
	return try.Num[scenario.MFU].R
}
