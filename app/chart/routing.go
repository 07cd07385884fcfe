package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A RoutedShare is a share of questions that a small model settles, with what a
// question then costs.
type RoutedShare struct {
	Share    float64
	PerQuery float64 // USD
	Wh       float64
}

// RoutedService is what [Routing] draws.
type RoutedService struct {
	Points       []RoutedShare // by share, growing, 0 to 1
	Small, Large string        // sizes, in words
	Alone        float64       // USD of a question that the large model answers alone
	Even         float64       // share from which on routing is cheaper
}

// Routing is the cost of a question when a small model tries first, against the
// share that it settles.
func Routing(r RoutedService) Chart {
	c := Chart{Key: "routing", Title: "A small model first, a large one for the rest"}
	var pts []RoutedShare
	for _, p := range sound(r.Points, func(p RoutedShare) []float64 { return []float64{p.Share, p.PerQuery, p.Wh} }) {
		if p.Share >= 0 && p.Share <= 1 && usable(p.PerQuery) {
			pts = append(pts, p)
		}
	}
	if len(pts) < 2 || !usable(r.Alone) || !finite(r.Even) {
		return none(c, "There is no smaller model of this kind to try first, or nothing is asked.")
	}
	percent := func(v float64) string { return unit.Short(unit.Fraction, v) }
	c.X = Axis{Scale: "linear", Max: 1, Label: "share of questions that the small model settles"}
	for s := 0; s <= 5; s++ {
		v := float64(s) / 5
		c.X.Ticks = append(c.X.Ticks, Tick{At: v, Text: percent(v)})
	}
	line := Mark{Kind: Line, Color: C2, Label: "both in turn", Short: "both"}
	top := r.Alone
	for _, p := range pts {
		line.X, line.Y = append(line.X, p.Share), append(line.Y, p.PerQuery)
		top = math.Max(top, p.PerQuery)
	}
	p := Panel{Title: "dollars for a question", Height: 210, Y: linear(top, 5, shortMoney)}
	p.Marks = append(p.Marks, Mark{Kind: HRule, Color: C1, Y: Floats{r.Alone}, Label: r.Large + " alone: " + dollars(r.Alone), Short: "large alone"}, line)
	if r.Even > 0 && r.Even < 1 {
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ask, X: Floats{r.Even}, Y: Floats{r.Alone}, Text: []string{"from " + percent(r.Even) + " on"}})
		c.Caption = fmt.Sprintf("%s tries each question and hands what it cannot answer to %s. Once it settles %s, that is cheaper than the large one alone.", r.Small, r.Large, percent(r.Even))
	} else {
		c.Caption = fmt.Sprintf("%s is not cheap enough beside %s to be asked first: no share pays for it.", r.Small, r.Large)
	}
	c.Alt = c.Caption
	c.Panels = []Panel{p}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"settled by the small model", "1"}, {"a question", "USD"}, {"its energy", "Wh"}}}
		for _, q := range pts {
			t.add(number(percent(q.Share), q.Share), number(dollars(q.PerQuery), q.PerQuery), number(unit.Short(unit.QueryEnergy, q.Wh*3600), q.Wh))
		}
		return t
	}
	return c
}
