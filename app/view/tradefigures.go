package view

import (
	"math"
	"strings"

	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// crossingChart adds up training and serving in money, energy or carbon.
func crossingChart(in *core.Resolved, out *core.Report, key string) chart.Chart {
	measure, once, cross := chart.Cost, core.Cost, core.CrossingDays
	of := func(p *core.DayPoint) unit.Range { return p.Serving }
	switch key {
	case "lifetime-energy":
		measure, once, cross = chart.Energy, core.Energy, core.CrossingDaysEnergy
		of = func(p *core.DayPoint) unit.Range { return p.ServingEnergy }
	case "lifetime-carbon":
		measure, once, cross = chart.Carbon, core.Carbon, core.CrossingDaysCarbon
		of = func(p *core.DayPoint) unit.Range { return p.ServingCarbon }
	}
	x := out.V[cross]
	end := in.V(scenario.Horizon)
	if !in.Given(scenario.Horizon) && out.Known[cross] {
		end = chart.Horizon(x.V)
	}
	points := make([]core.DayPoint, 25)
	core.Timeline(in, out, end, points)
	train := out.V[once]
	l := chart.Lifetime{Train: train.V, TrainLo: train.Lo, TrainHi: train.Hi}
	if out.Known[cross] {
		l.Cross, l.CrossLo, l.CrossHi = x.V, x.Lo, x.Hi
	}
	for i := range points {
		v := of(&points[i])
		l.Served = append(l.Served, chart.ServedPoint{Day: points[i].Day, Used: v.V, Lo: v.Lo, Hi: v.Hi})
	}
	return chart.OverTime(measure, l)
}

// sizesDrawn is how many sizes the map of sizes works out.
const sizesDrawn = 28

// sizes are the sizes that the map shows, and the cheapest of them, worked out
// when the hand rests: each is the whole case again.
func (h *hub) sizes() ([]core.SizePoint, core.SizePoint) {
	s := &h.slow
	if s.sizes == nil || s.sizesRev != h.rev && !s.moving {
		s.sizes, s.sizesRev = make([]core.SizePoint, sizesDrawn), h.rev
		n, best, _ := core.Sizes(&h.answer, s.sizes)
		s.sizes, s.cheapest = s.sizes[:n], best
	}
	return s.sizes, s.cheapest
}

// trying is the size that stands set by hand: the reader's, or the cheapest.
func trying(h *hub) (t core.TriedSize, ok bool) {
	lo, hi, ok := core.SizeSpan(&h.answer.In, &h.answer.Out)
	if !ok {
		return t, false
	}
	size := h.m.Try
	if size <= 0 {
		_, best := h.sizes()
		size = best.Params
	}
	return t, core.TrySize(&h.answer, math.Min(math.Max(size, lo), hi), &t)
}

// sizesChart is the map of loss, size and cost.
func sizesChart(h *hub) chart.Chart {
	in, out := &h.answer.In, &h.answer.Out
	var s chart.SizeMap
	points, best := h.sizes()
	var x core.TriedSize
	if len(points) == 0 || !core.TrySize(&h.answer, out.V[core.ParamsActive].V, &x) {
		return chart.Sizes(s)
	}
	cost := func(p core.SizePoint) chart.SizeCost { return chart.SizeCost(p) }
	for _, p := range points {
		s.Points = append(s.Points, cost(p))
	}
	s.Now, s.NowLoss, s.Best = cost(x.SizePoint), x.Loss, cost(best)
	if h.m.Try > 0 {
		if x, ok := trying(h); ok {
			s.Hand, s.HandLoss = cost(x.SizePoint), x.MoneyLoss
		}
	}
	l := &out.Serve.Life
	s.Days, s.LawName = in.V(scenario.Horizon), l.Law.Name
	s.Whole = core.CanTakeSize(in, out)
	if l.SardanaOK {
		s.OtherLaw, s.OtherNames = float64(l.Sardana.Params), "Sardana’s constants"
	}
	for _, share := range [...]float64{0.3, 1, 3} {
		row := chart.LossRow{Money: share * (s.Now.Train + s.Now.Serve)}
		losses := make([]core.LossPoint, len(points))
		core.LossMap(out, points, row.Money, losses)
		for i, p := range losses {
			if share == 1 && p.Params > s.Now.Params && i > 0 && losses[i-1].Params < s.Now.Params { // the model itself, which the dots may miss
				row.Params, row.Loss = append(row.Params, s.Now.Params), append(row.Loss, s.NowLoss)
			}
			row.Params, row.Loss = append(row.Params, p.Params), append(row.Loss, p.Loss)
		}
		s.Rows = append(s.Rows, row)
	}
	return chart.Sizes(s)
}

// paybackChart is the day on which training is earned against the price.
func paybackChart(in *core.Resolved, out *core.Report) chart.Chart {
	b := chart.PaybackPrices{Horizon: in.V(scenario.Horizon), Falls: in.V(scenario.PriceFall)}
	if !out.Known[core.BreakEvenPrice] {
		return chart.Payback(b)
	}
	b.BreakEven = out.V[core.BreakEvenPrice].V
	lo, hi := b.BreakEven/3, b.BreakEven*3
	for _, l := range core.ListPrices(in, out) {
		b.List = append(b.List, chart.ListedPrice{Name: l.Model + ", " + l.Seller, Date: l.Date, PaybackPoint: chart.PaybackPoint{Price: l.PerAnswer, Days: l.Days}, Earns: l.Earns})
		hi = math.Max(hi, l.PerAnswer)
	}
	if v := &in.Num[scenario.TokenPrice]; v.Known && v.R.V > 0 {
		b.Now.Price, b.Listed = v.R.V, assumed(v)
		if out.Known[core.PaybackDays] {
			b.Now.Days = out.V[core.PaybackDays].V
		}
		lo, hi = math.Min(lo, v.R.V/1.5), math.Max(hi, v.R.V*1.5)
	}
	prices := make([]float64, 60)
	for i := range prices {
		prices[i] = lo * math.Pow(hi/lo, float64(i)/float64(len(prices)-1))
	}
	points := make([]core.PricePoint, len(prices))
	core.Paybacks(in, out, prices, points)
	for _, p := range points {
		if p.Earns {
			b.Points = append(b.Points, chart.PaybackPoint{Price: p.Price, Days: p.Days})
		}
	}
	return chart.Payback(b)
}

// priceYears is how far ahead the fall of prices is drawn.
const priceYears = 4

// declineChart is the price of tokens over the years against their cost.
func declineChart(in *core.Resolved, out *core.Report) chart.Chart {
	f := chart.FallingPrice{PerYear: in.V(scenario.PriceFall)}
	now := bill.YearOf(strings.ReplaceAll(scenario.Release, ".", "-"))
	points := make([]core.DeclinePoint, 4*priceYears+1)
	if !core.Decline(in, out, priceYears, points) {
		return chart.Decline(f)
	}
	for _, p := range points {
		f.Ahead = append(f.Ahead, chart.FallPoint{Year: now + p.Years, Price: p.Price.V, Lo: p.Price.Lo, Hi: p.Price.Hi})
	}
	f.Cost = points[0].Cost.V
	if days, ok := core.MarginDays(in, out); ok {
		f.Gone = now + days/365
	}
	for _, l := range core.ListPrices(in, out) {
		f.Known = append(f.Known, chart.PricedYear{Name: l.Model + ", " + l.Seller, Year: bill.YearOf(l.Date), Price: l.PerAnswer})
	}
	return chart.Decline(f)
}

// routedShare is the size of the model that is asked first, of the one that
// answers the rest.
const routedShare = 0.1

// routingChart is a small model first, the case's for the rest.
func routingChart(a *core.Answered) chart.Chart {
	var r chart.RoutedService
	small, ok := core.SmallerCase(a, routedShare)
	if !ok || !a.Out.Known[core.CostPerQuery] {
		return chart.Routing(r)
	}
	var b core.Answered
	core.AnswerInto(&small, &b)
	if !b.Out.Known[core.CostPerQuery] {
		return chart.Routing(r)
	}
	shares := make([]float64, 21)
	for i := range shares {
		shares[i] = float64(i) / float64(len(shares)-1)
	}
	routed := make([]core.Routed, len(shares))
	r.Even = core.Route(&b.Out, &a.Out, shares, routed)
	for _, x := range routed {
		r.Points = append(r.Points, chart.RoutedShare{Share: x.Share, PerQuery: x.PerQuery, Wh: x.Energy / 3600})
	}
	r.Alone = a.Out.V[core.CostPerQuery].V
	r.Small = "A model of " + unit.Short(unit.ParamCount, b.Out.V[core.ParamsTotal].V)
	r.Large = unit.Short(unit.ParamCount, a.Out.V[core.ParamsTotal].V)
	return chart.Routing(r)
}

// thinkingChart is the case with longer answers, or more passes over a picture.
func thinkingChart(a *core.Answered) chart.Chart {
	what := "answer tokens"
	if a.In.Arch.Picture.Tokens > 0 {
		what = "passes over a picture"
	}
	var points []core.ThinkPoint
	if a.Out.Known[core.CostPerQuery] {
		points = make([]core.ThinkPoint, len(core.ThinkTimes))
		core.Think(a, core.ThinkTimes[:], points)
	}
	var rows []chart.LongerAnswer
	for _, p := range points {
		if p.OK {
			rows = append(rows, chart.LongerAnswer{Times: p.Times, PerQuery: p.PerQuery, Wh: p.Energy / 3600, Seconds: p.Answer, Crossing: p.Crossing.V})
		}
	}
	return chart.Thinking(rows, what)
}

// textsChart is looking up, reading all, or learning texts of one's own.
func textsChart(h *hub) chart.Chart {
	a := &h.answer
	in := &a.In
	years := in.V(scenario.Horizon) / 365
	var rows []chart.TextCost
	for _, w := range core.TextWays(a, h.bill()) {
		rows = append(rows, chart.TextCost{Name: w.Name, Setup: w.Setup + years*w.PerYear, PerQuery: w.PerQuery, Paid: w.Paid, Machines: w.Machines, Seconds: w.TTFT})
	}
	return chart.Texts(rows, in.Serving.Service.PerDay*in.V(scenario.Horizon))
}
