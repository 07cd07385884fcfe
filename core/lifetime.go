package core

import (
	"math"

	"flopbook/core/scaling"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// lifetimes are the optima and sums over a model's life.
type lifetimes struct {
	Law             *scaling.Law     // the law in force, or the default where it gives no loss
	Money, Sardana  scaling.Lifetime // cheapest to train and serve, under that law and under Sardana's constants
	Work            scaling.Lifetime // the same in FLOP, under that law
	MoneyOK, WorkOK bool
	SardanaOK       bool
	Reducible       float64 // loss above the law's floor
	Grown           float64 // days of today's demand in the days to look ahead
	Discounted      float64 // the same at falling prices
}

// lossStep is the improvement that usd_per_loss_step prices, nats per token.
const lossStep = 0.01

// never is the day that stands for "not in a lifetime": a hundred years.
const never = 36525

// grownDays is the sum over days of rate^(day/365): the days of today's demand
// that so many days with growth are worth.
func grownDays(rate, days float64) float64 {
	if l := math.Log(rate); math.Abs(l) > 1e-12 {
		return 365 * math.Expm1(l*days/365) / l
	}
	return days
}

// daysUntil is the reverse: the days until a sum of grown days is reached;
// +Inf where a shrinking demand never gets there.
func daysUntil(rate, sum float64) float64 {
	l := math.Log(rate)
	if math.Abs(l) <= 1e-12 {
		return sum
	}
	x := sum * l / 365
	if x <= -1 {
		return math.Inf(1)
	}
	return 365 * math.Log1p(x) / l
}

// crossing is the day on which what is used every day, growing, has used as
// much as training did.
func crossing(in *Resolved, once, day unit.Range) unit.Range {
	days := uncertainty.Over(once, day)
	g := in.V(scenario.Growth)
	return unit.Range{V: daysUntil(g, days.V), Lo: daysUntil(g, days.Lo), Hi: math.Min(daysUntil(g, days.Hi), math.Max(never, days.Hi))}
}

// estimateLifetime fills what follows from training and serving together.
func estimateLifetime(in *Resolved, out *Report) {
	s := &in.Serving.Service
	train, day := out.V[Cost], out.V[CostPerDay]
	if day.V > 0 && out.Known[Cost] {
		cross := crossing(in, train, day)
		out.set(CrossingDays, cross)
		tokens, g := s.PerDay*s.Q.Out, in.V(scenario.Growth)
		if s.M.Patches == 0 {
			out.set(CrossingTokens, unit.Range{V: tokens * grownDays(g, cross.V), Lo: tokens * grownDays(g, cross.Lo), Hi: tokens * grownDays(g, cross.Hi)})
		}
	}
	if e := out.V[EnergyPerDay]; e.V > 0 && out.Known[Energy] {
		out.set(CrossingDaysEnergy, crossing(in, out.V[Energy], e))
	}
	if c := out.V[CarbonPerDay]; c.V > 0 && out.Known[Carbon] {
		out.set(CrossingDaysCarbon, crossing(in, out.V[Carbon], c))
	}
	l := &out.Serve.Life
	horizon, growth, fall := in.V(scenario.Horizon), in.V(scenario.Growth), in.V(scenario.PriceFall)
	l.Grown, l.Discounted = grownDays(growth, horizon), grownDays(growth/fall, horizon)
	perDay := s.PerDay * s.Q.Out / 1e6
	if s.M.Patches == 0 && train.V > 0 && perDay > 0 {
		all := uncertainty.Plus(train, uncertainty.Scale(day, l.Grown))
		out.set(BreakEvenPrice, uncertainty.Scale(all, 1/(perDay*l.Discounted)))
		if in.Num[scenario.TokenPrice].Known {
			out.Serve.Revenue = perDay * in.V(scenario.TokenPrice)
			if t, ok := payback(train.V, out.Serve.Revenue, day.V, growth, fall); ok {
				lo, _ := payback(train.Lo, out.Serve.Revenue, day.Lo, growth, fall)
				hi, earns := payback(train.Hi, out.Serve.Revenue, day.Hi, growth, fall)
				if !earns {
					hi = math.Max(never, t)
				}
				out.set(PaybackDays, unit.Range{V: t, Lo: math.Min(lo, t), Hi: math.Max(hi, t)})
			}
		}
	}
	estimateLifetimeOptimum(in, out)
}

// payback is the first day on which revenue at falling prices, less serving,
// has paid for training; false where that never comes. Both grow with the
// demand; profit a day falls once prices have fallen enough, so the best day is
// known and what has not been earned by then never will be.
func payback(train, revenue, day, growth, fall float64) (days float64, ok bool) {
	earned := func(t float64) float64 {
		return revenue*grownDays(growth/fall, t) - day*grownDays(growth, t)
	}
	best := float64(never)
	switch {
	case fall > 1 && revenue <= day:
		return 0, false
	case fall > 1:
		best = math.Min(best, 365*math.Log(revenue/day)/math.Log(fall))
	}
	if !(earned(best) >= train) {
		return 0, false
	}
	lo, hi := 0.0, best
	for range 60 {
		if mid := (lo + hi) / 2; earned(mid) < train {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi, true
}

// estimateLifetimeOptimum finds the size and tokens that reach the model's loss
// for the least money, or work, over training and the days of serving ahead.
// What a parameter costs to train on a token, and to serve, is taken from the
// estimate itself.
func estimateLifetimeOptimum(in *Resolved, out *Report) {
	l := &out.Serve.Life
	if in.Arch.Encoder.Layers > 0 || in.Serving.Service.M.Patches > 0 || in.Recipe.Frozen > 0 || !out.Known[Cost] {
		return
	}
	l.Law = in.Law
	if l.Law.Form != scaling.SumOfPowers {
		l.Law = scaling.Default
	}
	n, d := out.V[ParamsActive].V, in.V(scenario.Tokens)
	s := &in.Serving.Service
	served := s.PerDay * (s.Q.In - s.Q.Cached + s.Q.Out) * l.Grown
	money := d * out.V[CostPerDay].V * l.Grown / out.V[Cost].V
	loss, ok := l.Law.Loss(unit.Params(n), unit.Tokens(d))
	if !ok {
		return
	}
	l.Reducible = loss - l.Law.E
	l.MoneyOK = l.Law.LifetimeOptimum(loss, unit.Tokens(money), &l.Money)
	l.WorkOK = l.Law.LifetimeOptimum(loss, scaling.ServingWeight(unit.Tokens(served)), &l.Work)
	if loss, ok := scaling.Sardana2024.Loss(unit.Params(n), unit.Tokens(d)); ok {
		l.SardanaOK = scaling.Sardana2024.LifetimeOptimum(loss, unit.Tokens(money), &l.Sardana)
	}
	if l.MoneyOK && l.Money.Ratio > 0 {
		// The two sets of constants are the range that the literature leaves open.
		span := func(k Key, v, other float64) {
			r := unit.Exact(v)
			if l.SardanaOK {
				r = unit.Range{V: v, Lo: math.Min(v, other), Hi: math.Max(v, other)}
			}
			out.set(k, r)
		}
		span(LifetimeParams, float64(l.Money.Params), float64(l.Sardana.Params))
		span(LifetimeTokens, float64(l.Money.Tokens), float64(l.Sardana.Tokens))
		spent := func(m *scaling.Lifetime) float64 { return 1 - m.Cost(1)/(n*(d+float64(m.Weight))) }
		span(LifetimeSaving, spent(&l.Money), spent(&l.Sardana))
	}
	if l.MoneyOK {
		out.set(OvertrainOverhead, unit.Exact(n*d/(float64(l.Money.ComputeOptimal.Params)*float64(l.Money.ComputeOptimal.Tokens))-1))
	}
	if l.WorkOK && l.Work.Ratio > 0 {
		out.set(LifetimeParamsWork, unit.Exact(float64(l.Work.Params)))
	}
	if l.Reducible > lossStep {
		// Along the best path the reducible loss falls as compute^-(αβ/(α+β)).
		k := math.Pow(l.Reducible/(l.Reducible-lossStep), (l.Law.Alpha+l.Law.Beta)/(l.Law.Alpha*l.Law.Beta)) - 1
		out.set(USDPerLossStep, uncertainty.Scale(out.V[Cost], k))
	}
}

// A DayPoint is what has been used up to a day after training.
type DayPoint struct {
	Day                           float64
	Training, Serving             unit.Range // USD
	TrainingEnergy, ServingEnergy unit.Range // J
	TrainingCarbon, ServingCarbon unit.Range // kg CO2e
	Revenue                       float64    // USD, at the reader's falling price; 0 where there is none
}

// Timeline fills out with points evenly spread over days.
func Timeline(in *Resolved, r *Report, days float64, out []DayPoint) {
	growth, fall := in.V(scenario.Growth), in.V(scenario.PriceFall)
	for i := range out {
		d := days * float64(i) / float64(max(len(out)-1, 1))
		g := grownDays(growth, d)
		out[i] = DayPoint{Day: d, Training: r.V[Cost], TrainingEnergy: r.V[Energy], TrainingCarbon: r.V[Carbon],
			Serving: uncertainty.Scale(r.V[CostPerDay], g), ServingEnergy: uncertainty.Scale(r.V[EnergyPerDay], g), ServingCarbon: uncertainty.Scale(r.V[CarbonPerDay], g),
			Revenue: r.Serve.Revenue * grownDays(growth/fall, d)}
	}
}
