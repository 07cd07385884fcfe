package chart

import (
	"fmt"
	"math"
	"strings"

	"flopbook/core/unit"
)

// A StageCost is a stage of a model's making: when it runs and what it costs.
type StageCost struct {
	Name        string
	USD, Lo, Hi float64
	Start, Days float64 // calendar days from the beginning
}

// WhereMoneyGoes is a bar for each stage, the dearest first.
func WhereMoneyGoes(stages []StageCost, total, lo, hi float64) Chart {
	c := Chart{Key: "money", Title: "Where the money goes"}
	order := append([]StageCost(nil), stages...)
	for i := range order { // a handful: insertion sort keeps equal ones in order
		for j := i; j > 0 && order[j].USD > order[j-1].USD; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	if !finite(total) {
		total = 0
	}
	p := Panel{}
	top := 1.0
	m := Mark{Kind: Bar, Color: C2}
	var said []string
	for i, s := range order {
		if !finite(s.USD) {
			continue
		}
		p.Rows = append(p.Rows, s.Name)
		m.Lo, m.Hi, m.Row, m.Text = append(m.Lo, 0), append(m.Hi, s.USD), append(m.Row, len(p.Rows)-1), append(m.Text, dollars(s.USD))
		top = math.Max(top, s.USD)
		if i < 3 {
			said = append(said, s.Name+" "+dollars(s.USD))
		}
	}
	p.Marks = []Mark{m}
	if len(p.Rows) == 1 {
		p.Rows = append(p.Rows, "")
	}
	c.X = linear(top, 5, shortDollars)
	c.X.Max = math.Max(c.X.Max, top)
	c.X.Label, c.X.Unit = "dollars", "USD"
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("All stages together cost %s%s, the reserve for what goes wrong included. The dearest: %s.", dollars(total), between(unit.Money, total, lo, hi), strings.Join(said, ", "))
	c.Alt = c.Caption
	c.Table = func() Table {
		t := Table{Columns: []Column{{"stage", ""}, {"cost", "USD"}, {"low", "USD"}, {"high", "USD"}, {"share", "%"}}}
		for _, s := range order {
			share := s.USD / total
			t.add(words(s.Name), number(dollars(s.USD), s.USD), number(dollars(s.Lo), s.Lo), number(dollars(s.Hi), s.Hi), number(unit.Short(unit.Fraction, share), 100*share))
		}
		return t
	}
	return c
}

// Gantt is a bar for each stage over the calendar, in order of beginning.
func Gantt(stages []StageCost) Chart {
	c := Chart{Key: "plan", Title: "When each stage runs"}
	p := Panel{}
	m := Mark{Kind: Bar, Color: C1}
	end := 1.0
	for _, s := range stages {
		if s.Days > 0 && finite(s.Days+s.Start) {
			end = math.Max(end, s.Start+s.Days)
		}
	}
	span, per := "days", 1.0
	if end > 120 {
		span, per = "months", 365.25/12
	}
	for _, s := range stages {
		if s.Days <= 0 || !finite(s.Days+s.Start) {
			continue
		}
		p.Rows = append(p.Rows, s.Name)
		m.Lo, m.Hi, m.Row = append(m.Lo, s.Start/per), append(m.Hi, (s.Start+s.Days)/per), append(m.Row, len(p.Rows)-1)
		m.Text = append(m.Text, days(s.Days))
	}
	for len(p.Rows) < 2 {
		p.Rows = append(p.Rows, "")
	}
	p.Marks = []Mark{m}
	if len(m.Lo) == 0 {
		p.Marks = nil
	}
	c.X = linear(end/per, 6, grouped)
	c.X.Label, c.X.Unit = span+" from the beginning", span
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("From the first day of collecting to the last stage: %s. Stages that can run side by side do.", days(end))
	c.Alt = c.Caption
	c.Table = func() Table {
		t := Table{Columns: []Column{{"stage", ""}, {"begins on day", "days"}, {"takes", "days"}}}
		for _, s := range stages {
			if s.Days > 0 {
				t.add(words(s.Name), number(days(s.Start), s.Start), number(days(s.Days), s.Days))
			}
		}
		return t
	}
	return c
}
