package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A DatedPrice is what somebody asked for a GPU-hour at a time.
type DatedPrice struct {
	Year, USD    float64
	Seller, Kind string // kind: on demand, index, reserved, spot
}

// A PriceHistory is what [Prices] draws.
type PriceHistory struct {
	Accelerator string
	Prices      []DatedPrice
	Taken       []TrendPoint // what is taken for a time, with its range
	Newest      float64      // the year of the newest price
	Year, USD   float64      // the reader's
}

// priceKinds are the kinds of price that are told apart.
var priceKinds = [...]struct {
	name   string
	color  Color
	hollow bool
}{{"on demand", C1, false}, {"index", C2, false}, {"reserved", C3, true}, {"spot", C5, true}}

// Prices draws what a GPU-hour has cost over time and what is taken for a
// time. After the newest price the newest stays and its range widens: rents
// have gone up as well as down.
func Prices(h PriceHistory) Chart {
	c := Chart{Key: "prices", Title: "What an hour of it has cost"}
	x0, x1 := h.Year, math.Max(h.Year, h.Newest)
	lo, hi := math.Inf(1), 0.0
	see := func(year, v float64) {
		if v > 0 {
			x0, x1 = math.Min(x0, year), math.Max(x1, year)
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	see(h.Year, h.USD)
	for _, p := range h.Prices {
		see(p.Year, p.USD)
	}
	for _, t := range h.Taken {
		see(t.Year, t.Lo)
		see(t.Year, t.Hi)
	}
	if !(hi > 0) {
		lo, hi = 1, 1
	}
	x0, x1 = math.Floor(x0), math.Ceil(x1)
	if x1 <= x0 {
		x1 = x0 + 1
	}
	c.X = years(x0, x1)
	p := Panel{Title: "$ per GPU-hour (log scale)", Height: 280, Y: logarithmic(lo/1.3, hi*1.3, shortDollars)}
	if len(h.Taken) > 1 {
		band, line := Mark{Kind: Band, Color: Soft}, Mark{Kind: Line, Color: Soft, Dashed: true, Label: "what is taken for a time", Short: "taken"}
		for _, t := range h.Taken {
			band.X, band.Lo, band.Hi = append(band.X, t.Year), append(band.Lo, t.Lo), append(band.Hi, t.Hi)
			line.X, line.Y = append(line.X, t.Year), append(line.Y, t.V)
		}
		p.Marks = append(p.Marks, band, line)
	}
	if h.Newest > x0 && h.Newest < x1 {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{h.Newest}, Label: "the newest price known", Short: "newest"})
	}
	for _, k := range priceKinds {
		m := Mark{Kind: Dot, Color: k.color, Hollow: k.hollow, Label: k.name}
		for _, d := range h.Prices {
			if d.Kind == k.name && d.USD > 0 {
				m.X, m.Y = append(m.X, d.Year), append(m.Y, d.USD)
			}
		}
		if len(m.X) > 0 {
			p.Marks = append(p.Marks, m)
		}
	}
	if h.USD > 0 {
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ink, Label: "this case", X: Floats{h.Year}, Y: Floats{h.USD}, Text: []string{"this case"}})
	}
	if len(p.Marks) == 0 {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, X: Floats{x0}})
	}
	c.Panels = []Panel{p}
	if len(h.Prices) == 0 {
		c.Caption = fmt.Sprintf("No dated rental price of %s is known.", h.Accelerator)
	} else {
		c.Caption = fmt.Sprintf("Rents of %s, %s prices with their dates. After the newest the line stays level and its range widens: rents have risen as well as fallen, so no fall is drawn ahead.", h.Accelerator, grouped(float64(len(h.Prices))))
	}
	c.Range = "The band is the range taken for a time: the spread of the prices around it, wider for each year beyond the newest."
	c.Alt = c.Caption + fmt.Sprintf(" This case pays %s an hour.", dollars(h.USD))
	c.Table = func() Table {
		t := Table{Columns: []Column{{"date", ""}, {"price", unit.USDPerGPUHour.Name()}, {"kind", ""}, {"seller", ""}}}
		for _, d := range h.Prices {
			t.add(number(month(d.Year), d.Year), number(dollars(d.USD), d.USD), words(d.Kind), words(d.Seller))
		}
		return t
	}
	return c
}

// years is an axis of calendar years.
func years(from, to float64) Axis {
	a := Axis{Scale: "linear", Min: from, Max: to, Label: "year"}
	for y := math.Ceil(from); y <= to; y++ {
		a.Ticks = append(a.Ticks, Tick{At: y, Text: fmt.Sprintf("%.0f", y)})
	}
	return a
}
