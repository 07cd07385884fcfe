package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A PricedYear is a list price of some date, put to the questions of the case.
type PricedYear struct {
	Name        string
	Year, Price float64 // USD per million answer tokens, questions included
}

// A FallPoint is what a million answer tokens bring in a year to come.
type FallPoint struct{ Year, Price, Lo, Hi float64 }

// FallingPrice is what [Decline] draws.
type FallingPrice struct {
	Known   []PricedYear
	Ahead   []FallPoint // by year, growing
	Cost    float64     // USD that a million answer tokens cost to serve
	Gone    float64     // year in which the price has come down to that; 0 for never
	PerYear float64     // factor by which prices fall
}

// Decline is the price of tokens over the years: list prices as dots, and from
// today the fall that is assumed, down to what serving costs.
func Decline(f FallingPrice) Chart {
	c := Chart{Key: "decline", Title: "How long the price of tokens stays above their cost"}
	known := sound(f.Known, func(p PricedYear) []float64 { return []float64{p.Year, p.Price} })
	var ahead []FallPoint
	for _, p := range sound(f.Ahead, func(p FallPoint) []float64 { return []float64{p.Year, p.Price, p.Lo, p.Hi} }) {
		if usable(p.Price) && usable(p.Lo) && usable(p.Hi) {
			ahead = append(ahead, p)
		}
	}
	if len(ahead) < 2 || !usable(f.Cost) {
		return none(c, "No price is set for this model’s answers (give one under “A lifetime, and what it earns”), so its fall cannot be held against the cost.")
	}
	from, to := ahead[0].Year, ahead[len(ahead)-1].Year
	lo, hi := math.Min(f.Cost, ahead[len(ahead)-1].Price)/2, math.Max(f.Cost, ahead[0].Price)*2
	dots := Mark{Kind: Dot, Color: C4, Hollow: true, Label: "list prices"}
	for _, p := range known {
		if usable(p.Price) && p.Year > 2000 && p.Year <= to {
			dots.X, dots.Y = append(dots.X, p.Year), append(dots.Y, p.Price)
			from, lo, hi = math.Min(from, p.Year), math.Min(lo, p.Price/1.5), math.Max(hi, p.Price*1.5)
		}
	}
	from = math.Floor(from)
	c.X = Axis{Scale: "linear", Min: from, Max: to, Label: "year"}
	for y := from; y <= to; y++ {
		c.X.Ticks = append(c.X.Ticks, Tick{At: y, Text: fmt.Sprintf("%.0f", y)})
	}
	p := Panel{Title: "dollars a million answer tokens, with questions (log scale)", Height: 230, Y: logarithmic(lo, hi, shortDollars)}
	band := Mark{Kind: Band, Color: C2}
	line := Mark{Kind: Line, Color: C2, Label: "price", Short: "price"}
	within := func(v float64) float64 { return math.Min(math.Max(v, p.Y.Min), p.Y.Max) }
	for _, q := range ahead {
		line.X, line.Y = append(line.X, q.Year), append(line.Y, within(q.Price))
		band.X, band.Lo, band.Hi = append(band.X, q.Year), append(band.Lo, within(q.Lo)), append(band.Hi, within(q.Hi))
	}
	p.Marks = append(p.Marks, band)
	if len(dots.X) > 0 {
		p.Marks = append(p.Marks, dots)
	}
	p.Marks = append(p.Marks, line, Mark{Kind: HRule, Color: C1, Y: Floats{f.Cost}, Label: "what serving costs: " + dollars(f.Cost), Short: "cost"})
	when := ""
	if f.Gone > 0 && f.Gone <= to && f.Gone >= from {
		when = fmt.Sprintf("%.1f", f.Gone)
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ask, X: Floats{f.Gone}, Y: Floats{f.Cost}, Text: []string{when}})
	}
	c.Panels = []Panel{p}
	fall := short(significant(f.PerYear, 2))
	switch {
	case when != "":
		c.Caption = fmt.Sprintf("The price of the same quality falls to one part in %s each year. At today’s rent it has come down to what serving costs in %s; until then training must be earned.", fall, when)
	case ahead[0].Price < f.Cost:
		c.Caption = fmt.Sprintf("The price is below what serving costs here already: %s against %s.", dollars(ahead[0].Price), dollars(f.Cost))
	default:
		c.Caption = "In the years shown the price stays above what serving costs."
	}
	c.Range = "The band is how differently prices have fallen, eight times in ten."
	c.Alt = c.Caption
	c.Table = func() Table {
		t := Table{Columns: []Column{{"price", ""}, {"year", ""}, {"a million answer tokens", "USD"}, {"low", "USD"}, {"high", "USD"}}}
		for _, q := range known {
			t.add(words(q.Name), number(fmt.Sprintf("%.1f", q.Year), q.Year), number(dollars(q.Price), q.Price), words(""), words(""))
		}
		for _, q := range ahead {
			t.add(words("assumed"), number(fmt.Sprintf("%.1f", q.Year), q.Year), number(dollars(q.Price), q.Price), number(dollars(q.Lo), q.Lo), number(dollars(q.Hi), q.Hi))
		}
		t.add(words("cost of serving"), words(""), number(unit.Short(unit.Money, f.Cost), f.Cost), words(""), words(""))
		return t
	}
	return c
}
