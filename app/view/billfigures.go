package view

import (
	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// pipelineOf is the bill as its pictures read it: stages that are part of it,
// in order, with their money by kind, days and energy.
func pipelineOf(in *core.Resolved, b *core.TheBill) chart.Pipeline {
	p := chart.Pipeline{Reserve: b.Reserve.V, Made: b.Days.V}
	if v := &in.Num[scenario.InputField(bill.StartYear)]; v.Known {
		p.Year = v.R.V
	}
	for k := range bill.Kinds {
		p.Kinds = append(p.Kinds, bill.Kinds[k].Label)
	}
	for s := range b.Stages {
		st := &b.Stages[s]
		if !st.On {
			continue
		}
		r := st.Money.Range()
		u := chart.StageUse{Name: lifecycle.Stages[s].Name, Start: st.Start, Days: st.Days, Lo: r.Lo, Hi: r.Hi, Energy: st.Energy.V}
		for k := range st.Parts {
			u.Money = append(u.Money, st.Parts[k].V)
		}
		p.Stages = append(p.Stages, u)
	}
	return p
}

// amongOf is the run of a case among the published ones, by compute or by cost.
// Energy of known runs is drawn as far as somebody measured it.
func amongOf(a *core.Answered, kind unit.Kind, year float64) chart.Among {
	out := chart.Among{Kind: kind, Name: a.In.ModelName, Year: year}
	key, trend := core.FLOPs, "compute"
	switch kind {
	case unit.Money:
		key, trend = core.Cost, "cost"
	case unit.Energy:
		key, trend = core.Energy, ""
	}
	v := a.Out.V[key]
	out.V, out.Lo, out.Hi = v.V, v.Lo, v.Hi
	for _, r := range catalog.PublishedRuns() {
		k := chart.KnownRun{Name: r.Name, Year: bill.YearOf(r.Date), Status: r.Status}
		switch kind {
		case unit.Money:
			k.Value = r.Cost
		case unit.Energy:
			if r.EnergyBasis == "measured" {
				k.Value = r.EnergyMWh * unit.Energy.JSONScale()
			}
		default:
			k.Value = r.FLOP
		}
		if k.Value > 0 {
			out.Known = append(out.Known, k)
		}
	}
	if t, ok := catalog.FindTrend(trend); ok {
		out.TrendName = t.Says + ", " + unit.Short(unit.None, t.PerYear.V) + " times a year"
		for y := 2018.0; y <= 2030; y += 0.5 {
			r := bill.OnTrend(trend, y)
			out.Trend = append(out.Trend, chart.TrendPoint{Year: y, V: r.V, Lo: r.Lo, Hi: r.Hi})
		}
	}
	if kind == unit.FLOPs {
		for _, l := range catalog.Laws() {
			if l.Status == "in force" || l.Status == "signed" {
				out.Thresholds = append(out.Thresholds, chart.Threshold{Name: l.Name, Value: l.FLOP})
			}
		}
	}
	return out
}

// ladderOf is the ladder as its picture reads it.
func ladderOf(rungs []core.Rung) (out []chart.Rung) {
	for i := range rungs {
		r := &rungs[i]
		o := &r.Answer.Out
		out = append(out, chart.Rung{Budget: r.Budget, FLOP: o.V[core.FLOPs].V, Params: o.V[core.ParamsTotal].V, Tokens: o.V[core.Tokens].V,
			GPUs: o.V[core.GPUs].V, Days: o.V[core.Days].V, Nearest: r.Nearest})
	}
	return out
}
