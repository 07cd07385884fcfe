package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A WayCost is a demand with what it costs in three ways; 0 where not known.
type WayCost struct {
	PerDay         float64 // questions
	Rent, Own, API float64 // USD a day
}

// WaysOfServing is what [Ways] draws.
type WaysOfServing struct {
	Points  []WayCost // by demand, growing
	Now     WayCost
	APIName string // whose list price
}

// Ways is the bill of a day against the demand: machines cost the same however
// little is asked, a list price costs in proportion.
func Ways(w WaysOfServing) Chart {
	c := Chart{Key: "ways", Title: "Rent, own, or pay by the token"}
	numbers := func(p WayCost) []float64 { return []float64{p.PerDay, p.Rent, p.Own, p.API} }
	if len(sound([]WayCost{w.Now}, numbers)) == 0 {
		w.Now = WayCost{}
	}
	var pts []WayCost
	for _, p := range sound(w.Points, numbers) {
		if usable(p.PerDay) && usable(p.Rent) {
			pts = append(pts, p)
		}
	}
	if len(pts) < 2 {
		return none(c, "Nobody asks, or the model does not fit the machines that answer.")
	}
	line := func(color Color, label, short string, v func(WayCost) float64) Mark {
		m := Mark{Kind: Line, Color: color, Label: label, Short: short}
		for _, p := range pts {
			if usable(v(p)) {
				m.X, m.Y = append(m.X, p.PerDay), append(m.Y, v(p))
			}
		}
		return m
	}
	marks := []Mark{
		line(C1, "machines rented", "rent", func(p WayCost) float64 { return p.Rent }),
		line(C3, "machines of your own", "own", func(p WayCost) float64 { return p.Own }),
		line(C2, "list price of "+w.APIName, "list price", func(p WayCost) float64 { return p.API }),
	}
	lo, hi := math.Inf(1), 0.0
	p := Panel{Title: "dollars a day (log scale)", Height: 240}
	for _, m := range marks {
		if len(m.X) < 2 {
			continue
		}
		p.Marks = append(p.Marks, m)
		for _, v := range m.Y {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	c.X = logarithmic(pts[0].PerDay, pts[len(pts)-1].PerDay, short)
	c.X.Label, c.X.Unit = "questions a day (log scale)", "per day"
	if usable(w.Now.Rent) {
		lo, hi = math.Min(lo, w.Now.Rent), math.Max(hi, w.Now.Rent)
	}
	p.Y = logarithmic(lo/1.2, hi*1.2, shortDollars)
	if usable(w.Now.PerDay) && usable(w.Now.Rent) && w.Now.PerDay >= c.X.Min && w.Now.PerDay <= c.X.Max {
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ask, X: Floats{w.Now.PerDay}, Y: Floats{w.Now.Rent}, Text: []string{dollars(w.Now.Rent) + " a day"}})
	}
	cross := wayCross(pts, func(p WayCost) float64 { return p.Rent })
	owned := wayCross(pts, func(p WayCost) float64 { return p.Own })
	from := func(at float64, what string) {
		if at > c.X.Min && at < c.X.Max {
			p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{at}, Label: what + " from " + short(significant(at, 2)), Short: what})
		}
	}
	if cross == owned {
		from(cross, "rent or own")
	} else {
		from(cross, "rent")
		from(owned, "own")
	}
	c.Panels = []Panel{p}
	switch {
	case cross > 0:
		c.Caption = fmt.Sprintf("Below about %s questions a day a list price is cheaper, above it rented machines.", short(significant(cross, 2)))
		if owned > 0 && owned != cross {
			c.Caption += fmt.Sprintf(" Machines of one’s own are cheaper from %s on.", short(significant(owned, 2)))
		}
	case owned > 0:
		c.Caption = fmt.Sprintf("Renting costs more than the list price at every demand shown; machines of one’s own are cheaper from about %s questions a day on.", short(significant(owned, 2)))
	case len(p.Marks) > 0 && usable(pts[len(pts)-1].API) && pts[len(pts)-1].API < pts[len(pts)-1].Rent:
		c.Caption = "At every demand shown the list price is below what the machines cost: hosts fill theirs better, or sell below cost."
	default:
		c.Caption = "Machines cost the same however little is asked; from one full copy on the bill grows with the demand."
	}
	c.Alt = c.Caption
	if usable(w.Now.Rent) {
		c.Alt += fmt.Sprintf(" At %s questions a day renting costs %s a day", short(significant(w.Now.PerDay, 3)), dollars(w.Now.Rent))
		if usable(w.Now.Own) {
			c.Alt += ", owning " + dollars(w.Now.Own)
		}
		if usable(w.Now.API) {
			c.Alt += ", the list price " + dollars(w.Now.API)
		}
		c.Alt += "."
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"questions a day", ""}, {"rented", unit.Money.Name()}, {"owned", unit.Money.Name()}, {"list price", unit.Money.Name()}}}
		cell := func(v float64) Cell {
			if !usable(v) {
				return words("not known")
			}
			return number(dollars(v), v)
		}
		for _, q := range pts {
			t.add(number(short(significant(q.PerDay, 3)), q.PerDay), cell(q.Rent), cell(q.Own), cell(q.API))
		}
		return t
	}
	return c
}

// wayCross is the demand from which on a way stays below the list price, 0 if
// that is none of those shown.
func wayCross(pts []WayCost, of func(WayCost) float64) float64 {
	at := 0.0
	for i, p := range pts {
		switch {
		case !usable(p.API) || !usable(of(p)):
			return 0
		case of(p) >= p.API:
			at = 0
		case at == 0 && i > 0:
			at = p.PerDay
		}
	}
	return at
}
