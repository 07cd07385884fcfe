package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A SizeCost is a model of another size with the same loss.
type SizeCost struct {
	Params, Tokens float64
	Train, Serve   float64 // USD
}

// A LossRow is the losses of sizes that cost so much to train and serve; a loss
// of 0 is a size that the money does not train.
type LossRow struct {
	Money  float64 // USD
	Params []float64
	Loss   []float64
}

// SizeMap is what [Sizes] draws.
type SizeMap struct {
	Points     []SizeCost // by size, growing
	Rows       []LossRow  // by money, growing
	Now        SizeCost   // the model itself
	NowLoss    float64    // nats per token
	Best       SizeCost   // cheapest to train and serve
	Hand       SizeCost   // set by hand; zero for none
	HandLoss   float64    // that the money of the model itself buys at that size; 0 for none
	OtherLaw   float64    // by the formula, with another set of constants; 0 for none
	Whole      bool       // each size is worked out as a whole case; else its bill goes with its size
	Days       float64    // of serving that are counted
	LawName    string
	OtherNames string
}

// Sizes is the bill of models of equal loss against their size, and below it the
// loss that a sum of money buys at each size: a smaller model is trained longer
// and served cheaper.
func Sizes(s SizeMap) Chart {
	c := Chart{Key: "sizes", Title: "The size that costs least to train and serve"}
	var pts []SizeCost
	for _, p := range s.Points {
		if usable(p.Params) && usable(p.Tokens) && usable(p.Train) && finite(p.Serve) && p.Serve >= 0 {
			pts = append(pts, p)
		}
	}
	if len(pts) < 2 {
		return none(c, "No law of loss speaks for this model, or nothing is asked of it, so sizes of equal quality cannot be compared.")
	}
	lo, hi := pts[0].Params, pts[len(pts)-1].Params
	params := func(v float64) string { return unit.Short(unit.ParamCount, v) }
	c.X = logarithmic(lo, hi, params)
	c.X.Label, c.X.Unit = "parameters (log scale)", "params"
	train := Mark{Kind: Line, Color: C1, Label: "training", Short: "training"}
	serving := Mark{Kind: Line, Color: C2, Label: "serving", Short: "serving"}
	both := Mark{Kind: Line, Color: Ink, Label: "together", Short: "together"}
	least, most := math.Inf(1), 0.0
	for _, p := range pts {
		all := p.Train + p.Serve
		train.X, train.Y = append(train.X, p.Params), append(train.Y, p.Train)
		if p.Serve > 0 {
			serving.X, serving.Y = append(serving.X, p.Params), append(serving.Y, p.Serve)
			least = math.Min(least, p.Serve)
		}
		both.X, both.Y = append(both.X, p.Params), append(both.Y, all)
		least, most = math.Min(least, p.Train), math.Max(most, all)
	}
	upper := Panel{Title: "dollars for the same loss (log scale)", Height: 210}
	best, now := s.Best.Train+s.Best.Serve, s.Now.Train+s.Now.Serve
	least, most = math.Min(least, math.Min(pos(best), pos(now))), math.Max(most, math.Max(best, now))
	// Near the least size that can reach the loss at all the bill has no end.
	top := math.Max(math.Min(most, sizesTop*math.Min(pos(best), pos(now))), math.Max(best, now)) * 1.2
	if x, _ := below(both.X, both.Y, top); len(x) > 1 {
		most = top
		for _, m := range []*Mark{&train, &serving, &both} {
			m.X, m.Y = below(m.X, m.Y, top)
		}
	}
	upper.Y = logarithmic(least/1.2, most*1.2, shortDollars)
	inside := func(v float64) bool { return v >= lo && v <= hi }
	for _, m := range []Mark{train, serving, both} {
		if len(m.X) > 1 {
			upper.Marks = append(upper.Marks, m)
		}
	}
	if usable(s.OtherLaw) && inside(s.OtherLaw) {
		upper.Marks = append(upper.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{s.OtherLaw}, Label: "by formula, " + s.OtherNames, Short: s.OtherNames})
	}
	if usable(now) && inside(s.Now.Params) {
		upper.Marks = append(upper.Marks, Mark{Kind: Dot, Color: Ink, Hollow: true, X: Floats{s.Now.Params}, Y: Floats{now}, Text: []string{"as it is: " + params(s.Now.Params)}})
	}
	if usable(best) && inside(s.Best.Params) {
		upper.Marks = append(upper.Marks, Mark{Kind: Dot, Color: Ask, X: Floats{s.Best.Params}, Y: Floats{best}, Text: []string{"cheapest: " + params(s.Best.Params)}})
	}
	hand := s.Hand.Train + s.Hand.Serve
	if usable(hand) && inside(s.Hand.Params) && hand >= upper.Y.Min && hand <= upper.Y.Max {
		upper.Marks = append(upper.Marks, Mark{Kind: VRule, Color: Ink, X: Floats{s.Hand.Params}, Label: "by hand: " + params(s.Hand.Params), Short: "by hand"},
			Mark{Kind: Dot, Color: Ink, X: Floats{s.Hand.Params}, Y: Floats{hand}})
	}
	c.Panels = []Panel{upper}
	if lower, ok := lossPanel(s, lo, hi); ok {
		c.Panels = append(c.Panels, lower)
	}
	over := unit.Short(unit.DayCount, s.Days)
	c.Caption = "All points of a line reach the same loss: a smaller model is trained on more tokens and served cheaper. "
	if best < now {
		c.Caption += fmt.Sprintf("Over %s of serving %s on %s cost least, %s in place of %s.", over, params(s.Best.Params), unit.Short(unit.TokenCount, s.Best.Tokens), dollars(best), dollars(now))
	} else {
		c.Caption += fmt.Sprintf("Over %s of serving no size drawn is cheaper than the model as it is, %s.", over, dollars(now))
	}
	if s.Whole {
		c.Caption += " Each size is the whole case worked out again on the same GPUs; machines that answer come whole, so the bill goes in steps."
	} else {
		c.Caption += " A model with experts counts as one of its active size, and its bill is taken to go with it."
	}
	c.Alt = c.Caption + " Law: " + s.LawName + "."
	if usable(s.OtherLaw) {
		c.Alt += fmt.Sprintf(" By formula, with %s, it would be %s.", s.OtherNames, params(s.OtherLaw))
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"parameters", "params"}, {"training tokens", "tokens"}, {"training", "USD"}, {"serving", "USD"}, {"together", "USD"}}}
		for _, p := range pts {
			t.add(number(params(p.Params), p.Params), number(unit.Short(unit.TokenCount, p.Tokens), p.Tokens), number(dollars(p.Train), p.Train), number(dollars(p.Serve), p.Serve), number(dollars(p.Train+p.Serve), p.Train+p.Serve))
		}
		return t
	}
	return c
}

// sizesTop is how far above the cheapest the bill of a size is still drawn.
const sizesTop = 100

// below are the points of a line that do not rise above top, and the point
// where it crosses it on log axes.
func below(x, y Floats, top float64) (bx, by Floats) {
	for i := range x {
		if i > 0 && (y[i] > top) != (y[i-1] > top) && y[i-1] > 0 && y[i] > 0 {
			share := math.Log(top/y[i-1]) / math.Log(y[i]/y[i-1])
			bx, by = append(bx, x[i-1]*math.Pow(x[i]/x[i-1], share)), append(by, top)
		}
		if y[i] <= top {
			bx, by = append(bx, x[i]), append(by, y[i])
		}
	}
	return bx, by
}

// pos is v, or +Inf where it is not a number above zero.
func pos(v float64) float64 {
	if usable(v) {
		return v
	}
	return math.Inf(1)
}

// lossPanel is the loss against the size for each sum of money, the optimum of
// each marked.
func lossPanel(s SizeMap, lo, hi float64) (Panel, bool) {
	p := Panel{Title: "loss for the money, nats per token", Height: 190}
	colors := [...]Color{C3, C4, C5, C6}
	min, max := math.Inf(1), 0.0
	var lines []Mark
	dots := Mark{Kind: Dot, Color: Ask}
	for i, row := range s.Rows {
		m := Mark{Kind: Line, Color: colors[i%len(colors)], Label: dollars(row.Money), Short: dollars(row.Money)}
		at, least := 0.0, math.Inf(1)
		for j := range row.Params {
			if j >= len(row.Loss) || !usable(row.Loss[j]) || row.Params[j] < lo || row.Params[j] > hi {
				continue
			}
			if row.Loss[j] < least {
				at, least = row.Params[j], row.Loss[j]
			}
		}
		if at == 0 {
			continue
		}
		for j := range row.Params {
			// Far from the optimum the loss runs off the chart.
			if j < len(row.Loss) && usable(row.Loss[j]) && row.Loss[j] <= least*1.15 && row.Params[j] >= lo && row.Params[j] <= hi {
				m.X, m.Y = append(m.X, row.Params[j]), append(m.Y, row.Loss[j])
				min, max = math.Min(min, row.Loss[j]), math.Max(max, row.Loss[j])
			}
		}
		if len(m.X) > 1 {
			lines = append(lines, m)
			dots.X, dots.Y = append(dots.X, at), append(dots.Y, least)
		}
	}
	if len(lines) == 0 {
		return p, false
	}
	if usable(s.NowLoss) {
		min, max = math.Min(min, s.NowLoss), math.Max(max, s.NowLoss)
	}
	if usable(s.HandLoss) && s.HandLoss <= max*1.3 {
		min, max = math.Min(min, s.HandLoss), math.Max(max, s.HandLoss)
	}
	p.Y = logarithmic(min/1.01, max*1.01, grouped)
	p.Marks = append(lines, dots)
	if usable(s.NowLoss) && s.Now.Params >= lo && s.Now.Params <= hi {
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ink, Hollow: true, X: Floats{s.Now.Params}, Y: Floats{s.NowLoss}, Text: []string{"as it is"}})
	}
	if usable(s.HandLoss) && s.Hand.Params >= lo && s.Hand.Params <= hi && s.HandLoss <= p.Y.Max && s.HandLoss >= p.Y.Min {
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ink, X: Floats{s.Hand.Params}, Y: Floats{s.HandLoss}, Text: []string{"by hand, for the money of now"}})
	}
	return p, true
}
