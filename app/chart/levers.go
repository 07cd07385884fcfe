package chart

import (
	"fmt"

	"flopbook/core/unit"
)

// A LeverCost is one change to a service with what a question then costs.
type LeverCost struct {
	Name     string
	PerQuery float64 // USD
	Wh       float64 // of a question
	Crossing float64 // day; 0 or infinite if not known
}

// Levers is a bar for each change to a service, the case itself first and marked.
func Levers(levers []LeverCost) Chart {
	c := Chart{Key: "levers", Title: "What one change does to the price of a question"}
	var rows []LeverCost
	for _, l := range sound(levers, func(l LeverCost) []float64 { return []float64{l.PerQuery, l.Wh} }) {
		if usable(l.PerQuery) {
			rows = append(rows, l)
		}
	}
	if len(rows) == 0 {
		return none(c, "Nobody asks, or the model does not fit the machines that answer.")
	}
	base, top := rows[0], 0.0
	best := base
	for _, l := range rows {
		if l.PerQuery < best.PerQuery {
			best = l
		}
	}
	// A change that makes it many times dearer would squeeze all others: its bar is cut.
	limit := 4 * base.PerQuery
	for _, l := range rows {
		top = max(top, min(l.PerQuery, limit))
	}
	c.X = linear(top, 5, shortMoney)
	c.X.Label, c.X.Unit = "dollars for a question", "USD"
	p := Panel{}
	bars := [2]Mark{{Kind: Bar, Color: C1}, {Kind: Bar, Color: C2}}
	for i, l := range rows {
		p.Rows = append(p.Rows, l.Name)
		b := &bars[1]
		if i == 0 {
			b = &bars[0]
		}
		b.Lo, b.Hi, b.Row = append(b.Lo, 0), append(b.Hi, min(l.PerQuery, c.X.Max)), append(b.Row, i)
	}
	for _, b := range bars {
		if len(b.Lo) > 0 {
			p.Marks = append(p.Marks, b)
		}
	}
	if base.PerQuery > 0 {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{base.PerQuery}})
	}
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("As it is, a question costs %s. One change at a time, the rest as it stands; bars that would be more than four times as long are cut.", dollars(base.PerQuery))
	cheaper := 0
	for _, l := range rows {
		if l.PerQuery < 0.995*base.PerQuery {
			cheaper++
		}
	}
	if cheaper == 0 && len(rows) > 1 {
		c.Caption += " None of them saves: the fewest machines that serve at all stand ready however little is asked. More questions bring the price down."
	}
	c.Alt = c.Caption
	if best.Name != base.Name {
		c.Alt += fmt.Sprintf(" Most saves: %s, %s.", best.Name, dollars(best.PerQuery))
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"change", ""}, {"a question", unit.Money.Name()}, {"its energy", "Wh"}, {"serving has cost more than training on day", unit.DayCount.Name()}}}
		for _, l := range rows {
			day := words("not known")
			if usable(l.Crossing) {
				day = number(days(l.Crossing), l.Crossing)
			}
			t.add(words(l.Name), number(dollars(l.PerQuery), l.PerQuery), number(unit.Short(unit.QueryEnergy, l.Wh*3600), l.Wh), day)
		}
		return t
	}
	return c
}

// shortMoney is a tick of small sums.
func shortMoney(v float64) string { return unit.Short(unit.Money, v) }
