package chart

import (
	"fmt"
	"math"
	"strings"

	"flopbook/core/unit"
)

// A Rung is what a budget trains, as [Ladder] draws it.
type Rung struct {
	Budget         float64 // USD
	FLOP           float64
	Params, Tokens float64
	GPUs, Days     float64
	Nearest        string // the published run of the nearest compute
}

// Ladder draws what each budget trains today: compute over dollars, on log scales.
func Ladder(accelerator string, rungs []Rung) Chart {
	c := Chart{Key: "ladder", Title: "What money trains today"}
	if len(rungs) == 0 {
		rungs = []Rung{{Budget: 1, FLOP: 1}}
	}
	x0, x1 := math.Inf(1), 0.0
	y0, y1 := math.Inf(1), 0.0
	line, dots := Mark{Kind: Line, Color: C1}, Mark{Kind: Dot, Color: C1}
	var said []string
	for _, r := range rungs {
		x0, x1 = math.Min(x0, r.Budget), math.Max(x1, r.Budget)
		y0, y1 = math.Min(y0, r.FLOP), math.Max(y1, r.FLOP)
		line.X, line.Y = append(line.X, r.Budget), append(line.Y, r.FLOP)
		dots.X, dots.Y = append(dots.X, r.Budget), append(dots.Y, r.FLOP)
		size := unit.Short(unit.ParamCount, r.Params)
		dots.Text = append(dots.Text, size+" on "+unit.Short(unit.TokenCount, r.Tokens))
		said = append(said, fmt.Sprintf("%s trains %s parameters on %s tokens, %s for %s, nearest %s", dollars(r.Budget), size, unit.Short(unit.TokenCount, r.Tokens), gpus(r.GPUs), days(r.Days), r.Nearest))
	}
	tens := func(lo, hi float64, text func(float64) string) Axis {
		a := Axis{Scale: "log", Min: lo, Max: hi}
		for e := math.Ceil(math.Log10(lo) - 1e-9); e <= math.Log10(hi)+1e-9; e++ {
			a.Ticks = append(a.Ticks, Tick{At: math.Min(math.Max(math.Pow(10, e), lo), hi), Text: text(math.Pow(10, e)), Major: int(e)%2 == 0})
		}
		return a
	}
	c.X = tens(x0/2, x1*4, shortDollars)
	c.X.Label, c.X.Unit = "rent (log scale)", unit.Money.Name()
	p := Panel{Title: "compute (log scale)", Height: 300, Y: tens(y0/4, y1*4, func(v float64) string { return unit.Short(unit.FLOPs, v) })}
	if len(rungs) > 1 {
		p.Marks = append(p.Marks, line)
	}
	p.Marks = append(p.Marks, dots)
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("Rent alone, on %s, with twenty tokens for each parameter. Each is a case to open.", accelerator)
	c.Alt = c.Caption + " " + strings.Join(said, "; ") + "."
	c.Table = func() Table {
		t := Table{Columns: []Column{{"budget", unit.Money.Name()}, {"compute", unit.FLOPs.Name()}, {"parameters", unit.ParamCount.Name()}, {"tokens", unit.TokenCount.Name()}, {"GPUs", ""}, {"days", unit.DayCount.Name()}, {"nearest published run", ""}}}
		for _, r := range rungs {
			t.add(number(dollars(r.Budget), r.Budget), number(unit.Short(unit.FLOPs, r.FLOP), r.FLOP), number(unit.Short(unit.ParamCount, r.Params), r.Params), number(unit.Short(unit.TokenCount, r.Tokens), r.Tokens),
				number(count(r.GPUs), r.GPUs), number(days(r.Days), r.Days), words(r.Nearest))
		}
		return t
	}
	return c
}
