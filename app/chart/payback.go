package chart

import (
	"fmt"
	"math"
	"strings"
)

// A PaybackPoint is a price of a million answer tokens with the day on which
// the model has then earned its training.
type PaybackPoint struct{ Price, Days float64 }

// A ListedPrice is a list price put to the same questions.
type ListedPrice struct {
	Name, Date string
	PaybackPoint
	Earns bool // false: never
}

// PaybackPrices is what [Payback] draws.
type PaybackPrices struct {
	Points    []PaybackPoint // by price, growing; those that never earn it are left out
	List      []ListedPrice  // by price, growing
	Now       PaybackPoint   // the price of the case; days 0 for never
	Listed    bool           // that price is a seller's, assumed, and not the reader's
	BreakEven float64        // price that pays for training and serving over the horizon
	Horizon   float64        // days looked ahead
	Falls     float64        // by how much prices fall in a year
}

// Payback is the day on which the model has earned its training against the
// price of a million answer tokens, with dated list prices on the same curve.
func Payback(b PaybackPrices) Chart {
	c := Chart{Key: "payback", Title: "When has it earned its training?"}
	numbers := func(p PaybackPoint) []float64 { return []float64{p.Price, p.Days} }
	var pts []PaybackPoint
	for _, p := range sound(b.Points, numbers) {
		if usable(p.Price) && usable(p.Days) {
			pts = append(pts, p)
		}
	}
	list := sound(b.List, func(p ListedPrice) []float64 { return []float64{p.Price} })
	c.Table = func() Table {
		t := Table{Columns: []Column{{"list price of", ""}, {"date", ""}, {"a million answer tokens, questions included", "USD"}, {"earned after", "days"}}}
		for _, p := range list {
			day := words("never")
			if p.Earns && usable(p.Days) {
				day = number(days(p.Days), p.Days)
			}
			t.add(words(p.Name), words(p.Date), number(dollars(p.Price), p.Price), day)
		}
		return t
	}
	if len(pts) < 2 {
		return none(c, "No price shown earns the training back before prices have fallen too far, or nothing is asked.")
	}
	lo, hi := pts[0].Price, pts[len(pts)-1].Price
	early, late := math.Inf(1), 0.0
	line := Mark{Kind: Line, Color: C1}
	for _, p := range pts {
		line.X, line.Y = append(line.X, p.Price), append(line.Y, p.Days)
		early, late = math.Min(early, p.Days), math.Max(late, p.Days)
	}
	if usable(b.BreakEven) {
		lo, hi = math.Min(lo, b.BreakEven/1.2), math.Max(hi, b.BreakEven*1.2)
	}
	c.X = logarithmic(lo, hi, shortDollars)
	c.X.Label, c.X.Unit = "price of a million answer tokens, questions included (log scale)", "USD"
	p := Panel{Title: "days until training is earned (log scale)", Height: 240, Y: logarithmic(early/1.3, late*1.3, short)}
	p.Marks = append(p.Marks, line)
	known := Mark{Kind: Dot, Color: C4, Hollow: true}
	for _, q := range list {
		if q.Earns && usable(q.Days) && q.Price >= c.X.Min && q.Price <= c.X.Max && q.Days >= p.Y.Min && q.Days <= p.Y.Max {
			known.X, known.Y = append(known.X, q.Price), append(known.Y, q.Days)
			name, _, _ := strings.Cut(q.Name, ",")
			name, _, _ = strings.Cut(name, " (") // "(<= 272k)" is for the table
			known.Text = append(known.Text, name)
		}
	}
	if len(known.X) > 0 {
		known.Label = "dated list prices"
		p.Marks = append(p.Marks, known)
	}
	over := days(b.Horizon)
	if usable(b.BreakEven) && b.BreakEven >= c.X.Min && b.BreakEven <= c.X.Max {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{b.BreakEven}, Label: "pays for " + over + " of serving too", Short: "break-even"})
	}
	at, yours, your := "", "yours: ", "your price of"
	if b.Listed {
		yours, your = "list price: ", "the list price of"
	}
	if usable(b.Now.Price) && usable(b.Now.Days) && b.Now.Price >= c.X.Min && b.Now.Price <= c.X.Max && b.Now.Days >= p.Y.Min && b.Now.Days <= p.Y.Max {
		at = days(b.Now.Days)
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ask, X: Floats{b.Now.Price}, Y: Floats{b.Now.Days}, Text: []string{yours + at}})
	}
	c.Panels = []Panel{p}
	earn := 0
	for _, q := range list {
		if q.Earns {
			earn++
		}
	}
	c.Caption = fmt.Sprintf("At %s a million answer tokens pay for training and serving over %s.", dollars(b.BreakEven), over)
	switch {
	case at != "":
		c.Caption += fmt.Sprintf(" At %s %s the training is earned after %s.", your, dollars(b.Now.Price), at)
	case usable(b.Now.Price):
		c.Caption += fmt.Sprintf(" At %s %s it never is.", your, dollars(b.Now.Price))
	}
	if usable(b.Falls) && b.Falls != 1 {
		c.Caption += fmt.Sprintf(" Prices fall to one part in %s each year, so what is not earned soon never will be.", short(significant(b.Falls, 2)))
	}
	c.Alt = c.Caption + fmt.Sprintf(" Of %s dated list prices %s would earn it.", grouped(float64(len(list))), grouped(float64(earn)))
	return c
}
