package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A GPUPoint is the run on one number of GPUs, with the range that the real
// figure lies in eight times in ten.
type GPUPoint struct {
	GPUs                 float64
	Days, DaysLo, DaysHi float64
	Cost, CostLo, CostHi float64 // USD
}

// GPUSweep is what [ByGPUs] draws.
type GPUSweep struct {
	Accelerator string     // "H100 SXM"
	Points      []GPUPoint // by GPUs, growing; the curves
	Now         GPUPoint   // the reader's own run
	Fits        float64    // the fewest GPUs whose memory holds the model; 0 or 1 if one does
	Thin        float64    // the number past which each GPU gets too little work; 0 if none
	Deadline    float64    // days; 0 if none was set
}

// ByGPUs is days above, dollars below, against the number of GPUs. Days are
// drawn on log scales, where perfect scaling is a straight line; the distance
// from it is what more GPUs waste.
func ByGPUs(s GPUSweep) Chart {
	c := Chart{
		Key:   "gpus",
		Title: "More GPUs, fewer days, more dollars",
	}
	// Counts whose memory does not hold the model have no days.
	var p []GPUPoint
	for _, q := range s.Points {
		if q.GPUs >= s.Fits {
			p = append(p, q)
		}
	}
	if len(p) == 0 {
		p = []GPUPoint{s.Now}
	}
	first, last := p[0], p[len(p)-1]

	days1 := Mark{Kind: Line, Color: C1}
	daysBand := Mark{Kind: Band, Color: C1}
	cost1 := Mark{Kind: Line, Color: C2}
	costBand := Mark{Kind: Band, Color: C2}
	ideal := Mark{Kind: Line, Color: Soft, Dashed: true, Label: "perfect: twice the GPUs, half the days", Short: "perfect scaling"}
	dayMin, dayMax := math.Inf(1), 0.0
	costMin, costMax := math.Inf(1), 0.0
	// Perfect scaling goes through the point where a GPU does most, so that no
	// point beats it.
	work := first.Days * first.GPUs
	for _, q := range p {
		work = math.Min(work, q.Days*q.GPUs)
	}
	for _, q := range p {
		best := work / q.GPUs
		days1.X, days1.Y = append(days1.X, q.GPUs), append(days1.Y, q.Days)
		daysBand.X, daysBand.Lo, daysBand.Hi = append(daysBand.X, q.GPUs), append(daysBand.Lo, q.DaysLo), append(daysBand.Hi, q.DaysHi)
		cost1.X, cost1.Y = append(cost1.X, q.GPUs), append(cost1.Y, q.Cost)
		costBand.X, costBand.Lo, costBand.Hi = append(costBand.X, q.GPUs), append(costBand.Lo, q.CostLo), append(costBand.Hi, q.CostHi)
		ideal.X, ideal.Y = append(ideal.X, q.GPUs), append(ideal.Y, best)
		dayMin, dayMax = math.Min(dayMin, math.Min(q.DaysLo, best)), math.Max(dayMax, q.DaysHi)
		costMin, costMax = math.Min(costMin, q.CostLo), math.Max(costMax, q.CostHi)
	}
	dayMin, dayMax = math.Min(dayMin, s.Now.DaysLo), math.Max(dayMax, s.Now.DaysHi)
	costMin, costMax = math.Min(costMin, s.Now.CostLo), math.Max(costMax, s.Now.CostHi)

	xMin, xMax := math.Min(first.GPUs, s.Now.GPUs), math.Max(last.GPUs, s.Now.GPUs)
	near := s.Fits > 1 && first.GPUs < 2*s.Fits // the curve begins where memory lets it
	if near {
		xMin = math.Min(xMin, math.Max(1, math.Exp2(math.Floor(math.Log2(s.Fits)-1)))) // room to show what does not fit
	}
	if xMax <= xMin {
		xMax = 2 * xMin
	}
	c.X = doubling(xMin, xMax)
	c.X.Label = "GPUs (log scale)"

	upper := Panel{Title: "days (log scale)", Height: 190, Y: logarithmic(dayMin/1.15, dayMax*1.15, grouped)}
	lower := Panel{Title: "dollars", Height: 120}
	if costMax > 30*costMin && costMin > 0 {
		lower.Y = logarithmic(costMin/1.15, costMax*1.15, shortDollars)
	} else {
		lower.Y = linear(costMax, 5, shortDollars)
	}

	if near && s.Fits > xMin {
		zone := Mark{Kind: Zone, Color: Soft, Lo: Floats{xMin}, Hi: Floats{s.Fits}}
		upper.Marks, lower.Marks = append(upper.Marks, zone), append(lower.Marks, zone)
		edge := Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{s.Fits}}
		lower.Marks = append(lower.Marks, edge)
		edge.Label = fmt.Sprintf("at least %s GPUs to fit in memory", count(s.Fits))
		edge.Short = fmt.Sprintf("at least %s to fit", count(s.Fits))
		upper.Marks = append(upper.Marks, edge)
	}
	if s.Thin > xMin && s.Thin < xMax {
		edge := Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{s.Thin}}
		lower.Marks = append(lower.Marks, edge)
		edge.Label, edge.Short = "past here each GPU gets too little work", "too little work each"
		upper.Marks = append(upper.Marks, edge)
	}
	if s.Deadline > upper.Y.Min && s.Deadline < upper.Y.Max {
		upper.Marks = append(upper.Marks, Mark{Kind: HRule, Color: Ask, Dashed: true, Y: Floats{s.Deadline},
			Label: "your deadline: " + days(s.Deadline), Short: "deadline"})
	}
	if len(p) > 1 {
		upper.Marks = append(upper.Marks, daysBand, ideal, days1)
		lower.Marks = append(lower.Marks, costBand, cost1)
	}
	upper.Marks = append(upper.Marks, Mark{Kind: Dot, Color: C1, X: Floats{s.Now.GPUs}, Y: Floats{s.Now.Days},
		Text: []string{gpus(s.Now.GPUs) + ": " + days(s.Now.Days)}})
	lower.Marks = append(lower.Marks, Mark{Kind: Dot, Color: C2, X: Floats{s.Now.GPUs}, Y: Floats{s.Now.Cost},
		Text: []string{dollars(s.Now.Cost)}})
	c.Panels = []Panel{upper, lower}
	c.Table = func() Table {
		var t Table
		t.Columns = append(t.Columns, Column{"GPUs", ""})
		for _, name := range [...]string{"days", "days, low", "days, high", "days, perfect scaling"} {
			t.Columns = append(t.Columns, Column{name, unit.DayCount.Name()})
		}
		for _, name := range [...]string{"cost", "cost, low", "cost, high"} {
			t.Columns = append(t.Columns, Column{name, unit.Money.Name()})
		}
		for i, q := range p {
			best := ideal.Y[i]
			t.add(number(count(q.GPUs), q.GPUs),
				number(days(q.Days), q.Days), number(days(q.DaysLo), q.DaysLo), number(days(q.DaysHi), q.DaysHi), number(days(best), best),
				number(dollars(q.Cost), q.Cost), number(dollars(q.CostLo), q.CostLo), number(dollars(q.CostHi), q.CostHi))
		}
		return t
	}

	c.Range = "Eight times in ten the real figure lies inside the band."
	c.Caption = "Twice the GPUs is not quite half the days: the gap to the dashed line is time lost to talking between GPUs, and it is paid for below."
	c.Alt = fmt.Sprintf("On %s (%s) the run takes %s%s and costs %s%s.", gpus(s.Now.GPUs), s.Accelerator,
		days(s.Now.Days), between(unit.DayCount, s.Now.Days, s.Now.DaysLo, s.Now.DaysHi),
		dollars(s.Now.Cost), between(unit.Money, s.Now.Cost, s.Now.CostLo, s.Now.CostHi))
	if len(p) > 1 {
		c.Alt += fmt.Sprintf(" From %s to %s GPUs the days go from %s to %s, where perfect scaling would reach %s, and the cost from %s to %s.",
			count(first.GPUs), count(last.GPUs), days(first.Days), days(last.Days), days(first.Days*first.GPUs/last.GPUs),
			dollars(first.Cost), dollars(last.Cost))
	}
	if s.Fits > 1 {
		c.Alt += fmt.Sprintf(" The memory of fewer than %s GPUs does not hold the model.", count(s.Fits))
	}
	if s.Thin > 0 {
		c.Alt += fmt.Sprintf(" Past %s each GPU gets too little work.", count(s.Thin))
	}
	return c
}

func gpus(n float64) string {
	if n == 1 {
		return "1 GPU"
	}
	return count(n) + " GPUs"
}
