package view

import (
	"strings"

	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// pipelineOf is the bill as its pictures read it: stages that are part of it,
// in order, with their money by kind, days and energy. Money is in the bill's
// currency, in whole cents, those of the bill's lines, so that pictures, tables
// and lines agree.
func pipelineOf(in *core.Resolved, b *core.TheBill) chart.Pipeline {
	purse := core.PurseOf(in)
	p := chart.Pipeline{In: purse.Currency, Made: b.Days.V}
	if v := &in.Num[scenario.InputField(bill.StartYear)]; v.Known {
		p.Year = v.R.V
	}
	for k := range bill.Kinds {
		p.Kinds = append(p.Kinds, bill.Kinds[k].Label)
	}
	var money [lifecycle.StageCount][]float64
	b.LinesIn(purse.PerUSD(), func(l core.Line) {
		if l.Stage == lifecycle.StageCount {
			r := purse.Of(l.USD).Range()
			p.Reserve, p.ReserveLo, p.ReserveHi = l.Cents/purse.Parts(), r.Lo, r.Hi
			return
		}
		if money[l.Stage] == nil {
			money[l.Stage] = make([]float64, bill.KindCount)
		}
		money[l.Stage][l.Kind] = l.Cents / purse.Parts()
	})
	for s := range b.Stages {
		st := &b.Stages[s]
		if !st.On {
			continue
		}
		r := purse.Of(b.StageMoney(lifecycle.Stage(s))).Range()
		p.Stages = append(p.Stages, chart.StageUse{Name: lifecycle.Stages[s].Name, Start: st.Start, Days: st.Days, Lo: r.Lo, Hi: r.Hi, Money: money[s], Energy: st.Energy})
	}
	return p
}

// linesOf is the bill line by line as a table to carry away, in the bill's currency.
func linesOf(in *core.Resolved, b *core.TheBill) chart.Chart {
	purse := core.PurseOf(in)
	var lines []chart.BillLine
	add := func(stage, kind string, v uncertainty.Value, parts float64) {
		r := purse.Of(v).Range()
		lines = append(lines, chart.BillLine{Stage: stage, For: kind, Amount: parts / purse.Parts(), Lo: r.Lo, Hi: r.Hi})
	}
	b.LinesIn(purse.PerUSD(), func(l core.Line) {
		stage, kind := lineWords(l)
		add(stage, kind, l.USD, l.Cents)
	})
	add("All together", "", b.Total, b.TotalIn(purse.PerUSD()))
	c := chart.ByLine(lines, purse.Currency)
	c.Date = release()
	return c
}

// lineWords are the stage of a line and what it is for.
func lineWords(l core.Line) (stage, kind string) {
	if l.Stage == lifecycle.StageCount {
		return "Reserve", "for what goes wrong"
	}
	return lifecycle.Stages[l.Stage].Name, bill.Kinds[l.Kind].Label
}

// runYear is when the run of a case ends: on its plan, or as of the release.
func runYear(in *core.Resolved, b *core.TheBill) float64 {
	if v := &in.Num[scenario.InputField(bill.StartYear)]; v.Known && in.Given(scenario.InputField(bill.StartYear)) {
		return v.R.V + b.Days.V/365.25
	}
	return bill.YearOf(strings.Replace(scenario.Release, ".", "-", 1))
}

// trendOf is the published growth that a kind of amount follows, empty for none.
func trendOf(kind unit.Kind) string {
	return map[unit.Kind]string{unit.FLOPs: "compute", unit.Money: "cost"}[kind]
}

// amongOf is the run of a case among the published ones, by compute, cost or
// energy. Costs are as Epoch AI counts them, hardware written off by the run
// and its electricity, for the reader's run too.
func amongOf(a *core.Answered, b *core.TheBill, kind unit.Kind) chart.Among {
	out := chart.Among{Kind: kind, Name: a.In.ModelName, Year: runYear(&a.In, b)}
	v := a.Out.V[core.FLOPs]
	switch kind {
	case unit.Money:
		out.Says = "Costs are those of the run alone as Epoch AI counts them: hardware written off by its hours, and electricity."
		v = b.RunBy(bill.PayAmortised).Range()
		if !b.HourBy(bill.PayAmortised).OK || v.V <= 0 {
			v = a.Out.V[core.Cost]
		}
	case unit.Energy:
		out.Says = "Filled dots were measured; open ones were worked out from hours and rated power."
		v = a.Out.V[core.Energy]
	}
	out.V, out.Lo, out.Hi = v.V, v.Lo, v.Hi
	for _, r := range catalog.PublishedRuns() {
		k := chart.KnownRun{Name: r.Name, Year: bill.YearOf(r.Date), Status: r.Status}
		switch kind {
		case unit.Money:
			k.Value, k.Status = r.Cost, "estimated" // none of them was disclosed
		case unit.Energy:
			k.Value, k.Status = r.EnergyMWh*unit.Energy.JSONScale(), "disclosed"
			if r.EnergyBasis != "measured" {
				k.Status = "estimated"
			}
		default:
			k.Value = r.FLOP
		}
		if k.Value > 0 {
			out.Known = append(out.Known, k)
		}
	}
	trend := trendOf(kind)
	if t, ok := catalog.FindTrend(trend); ok {
		out.TrendName = t.Says + ", " + unit.Short(unit.None, t.PerYear.V) + " times a year"
		for y := 2018.0; y <= 2030; y += 0.5 {
			r := bill.OnTrend(trend, y)
			out.Trend = append(out.Trend, chart.TrendPoint{Year: y, V: r.V, Lo: r.Lo, Hi: r.Hi})
		}
	}
	if kind == unit.FLOPs {
		for _, l := range catalog.Laws() {
			if l.Status != "in force" && l.Status != "signed" {
				continue
			}
			if n := len(out.Thresholds); n > 0 && out.Thresholds[n-1].Value == l.FLOP { // one line for both
				out.Thresholds[n-1].Name += "; " + l.Name
				continue
			}
			out.Thresholds = append(out.Thresholds, chart.Threshold{Name: l.Name, Value: l.FLOP})
		}
	}
	return out
}

// pricesOf is what an hour of the case's accelerator has cost, and what is
// taken for a time, three years beyond the newest price.
func pricesOf(in *core.Resolved) chart.PriceHistory {
	h := chart.PriceHistory{Accelerator: in.Train.Name, Year: bill.YearOf(strings.Replace(scenario.Release, ".", "-", 1)), USD: in.V(scenario.Price)}
	if v := &in.Num[scenario.InputField(bill.PriceYear)]; v.Known && in.Bill.Dated {
		h.Year = v.R.V
	}
	if in.Train.Acc == nil {
		return h
	}
	all := catalog.RentalPrices(in.Train.Acc.Key)
	oldest := h.Year
	for _, p := range all {
		d := chart.DatedPrice{Year: bill.YearOf(p.Date), USD: p.V, Seller: p.Seller, Kind: priceKind(p.Kind)}
		if !(d.Year > 0) || d.Kind == "" {
			continue
		}
		h.Prices = append(h.Prices, d)
		oldest = min(oldest, d.Year)
		if d.Kind == "on demand" || d.Kind == "index" {
			h.Newest = max(h.Newest, d.Year)
		}
	}
	for y := oldest; len(h.Prices) > 0 && y <= max(h.Newest, h.Year)+3; y += 0.25 {
		if p := bill.PriceIn(all, y); p.Known {
			h.Taken = append(h.Taken, chart.TrendPoint{Year: y, V: p.R.V, Lo: p.R.Lo, Hi: p.R.Hi})
		}
	}
	return h
}

// priceKind is the kind of a price in the words of the picture; empty for one
// that it does not draw.
func priceKind(kind string) string {
	switch kind {
	case "on-demand", "median on-demand":
		return "on demand"
	case "reserved 1y", "reserved 3y":
		return "reserved"
	case "index", "spot":
		return kind
	}
	return ""
}

// contestOf is the ways to get answers as their picture reads them, the one
// that the others are held against first.
func contestOf(a *core.Answered, b *core.TheBill) chart.Contest {
	r := new(core.Rivals)
	core.Weigh(&a.In, &a.Out, b, r)
	c := chart.Contest{Days: a.In.V(scenario.Horizon), Questions: a.In.V(scenario.People) * a.In.V(scenario.Questions) * a.In.V(scenario.Horizon)}
	if a.Out.Known[core.CostPerQuery] {
		c.Machines = r.Machines
	}
	short := [core.AlternativeCount]string{"API", "RAG", "prompt", "LoRA", "QLoRA", "tuning", "scratch"}
	for i := range r.Costs {
		if w := &r.Costs[i]; w.Known {
			c.Rivals = append(c.Rivals, chart.Rival{Name: w.Name(core.Alternative(i)), Short: short[i], Setup: w.Setup.V, PerYear: w.PerYear.V, PerQuestion: w.PerQuery.V, Paid: w.Paid, Own: w.Own, LooksUp: core.Alternative(i) == core.ByRAG,
				Total: w.Total.V, BreakEven: r.API[i].Questions, OverRAG: r.RAG[i].Questions})
		}
	}
	return c
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

// rungs are what budgets train on the accelerator of the case, or on the usual
// one where that has no price; kept until another is chosen.
func (h *hub) rungs() []core.Rung {
	on := h.m.Case.Chosen(scenario.Accelerator)
	if h.climbed == nil || h.climbedOn != on {
		h.climbedOn = on
		h.climbed, _ = core.Ladder(on)
		if h.climbed == nil {
			h.climbed, _ = core.Ladder(scenario.Choices[scenario.Accelerator].Default)
		}
	}
	return h.climbed
}

func (h *hub) ladder() (string, []chart.Rung) {
	rungs := h.rungs()
	if len(rungs) == 0 {
		return "", nil
	}
	return rungs[0].Answer.In.Train.Name, ladderOf(rungs)
}
