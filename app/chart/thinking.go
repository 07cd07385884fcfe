package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A LongerAnswer is the case with so many times the tokens of an answer, or of
// a picture the passes.
type LongerAnswer struct {
	Times    float64
	PerQuery float64 // USD
	Wh       float64
	Seconds  float64 // until it is all there
	Crossing float64 // day; 0 or infinite if not known
}

// Thinking is what longer answers cost and how long they take: computing at the
// time of the question instead of training.
func Thinking(points []LongerAnswer, what string) Chart {
	c := Chart{Key: "thinking", Title: "Thinking longer instead of training more"}
	var pts []LongerAnswer
	for _, p := range sound(points, func(p LongerAnswer) []float64 { return []float64{p.Times, p.PerQuery, p.Wh, p.Seconds} }) {
		if usable(p.Times) && usable(p.PerQuery) && usable(p.Seconds) {
			pts = append(pts, p)
		}
	}
	if len(pts) < 2 {
		return none(c, "Nothing is asked, or the model does not fit the machines that answer.")
	}
	first, last := pts[0], pts[len(pts)-1]
	c.X = logarithmic(first.Times, last.Times, func(v float64) string { return "× " + short(v) })
	c.X.Label = what + ", times as many (log scale)"
	panel := func(title string, color Color, of func(LongerAnswer) float64, tick func(float64) string) Panel {
		m := Mark{Kind: Line, Color: color}
		own := Mark{Kind: Dot, Color: Ask}
		lo, hi := math.Inf(1), 0.0
		for _, q := range pts {
			v := of(q)
			m.X, m.Y = append(m.X, q.Times), append(m.Y, v)
			lo, hi = math.Min(lo, v), math.Max(hi, v)
			if q.Times == 1 {
				own.X, own.Y, own.Text = Floats{1}, Floats{v}, []string{tick(v)}
			}
		}
		p := Panel{Title: title, Height: 130, Y: logarithmic(lo/1.3, hi*1.3, tick), Marks: []Mark{m}}
		if len(own.X) > 0 {
			p.Marks = append(p.Marks, own)
		}
		return p
	}
	c.Panels = []Panel{
		panel("dollars for a question (log scale)", C1, func(q LongerAnswer) float64 { return q.PerQuery }, shortMoney),
		panel("time until it is answered (log scale)", C2, func(q LongerAnswer) float64 { return q.Seconds }, seconds),
	}
	c.Caption = fmt.Sprintf("With %s times as many a question costs %s and takes %s.", short(last.Times), dollars(last.PerQuery), seconds(last.Seconds))
	c.Alt = c.Caption
	c.Table = func() Table {
		t := Table{Columns: []Column{{"times as many", ""}, {"a question", "USD"}, {"its energy", "Wh"}, {"answered after", "s"}, {"serving has cost more than training on day", "days"}}}
		for _, q := range pts {
			day := words("not known")
			if usable(q.Crossing) {
				day = number(days(q.Crossing), q.Crossing)
			}
			t.add(number("× "+short(q.Times), q.Times), number(dollars(q.PerQuery), q.PerQuery), number(unit.Short(unit.QueryEnergy, q.Wh*3600), q.Wh), number(seconds(q.Seconds), q.Seconds), day)
		}
		return t
	}
	return c
}
