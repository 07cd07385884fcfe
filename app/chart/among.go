package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A KnownRun is a published training run as [AmongRuns] draws it.
type KnownRun struct {
	Name   string
	Year   float64
	Value  float64 // FLOP, USD or J
	Status string  // disclosed, estimated, speculative
}

// A TrendPoint is a trend at a time, with its band.
type TrendPoint struct{ Year, V, Lo, Hi float64 }

// A Threshold is a level from which something is asked.
type Threshold struct {
	Name  string
	Value float64
}

// Among is what [AmongRuns] draws.
type Among struct {
	Kind       unit.Kind // FLOPs, Money or Energy
	Known      []KnownRun
	Name       string // of the reader's run
	Year       float64
	V, Lo, Hi  float64
	Trend      []TrendPoint
	TrendName  string
	Thresholds []Threshold
	Says       string // what the amounts count
}

// named are the runs whose names stand in the picture: those that were the
// largest when they appeared, and the reader's neighbours. The table names all.
func (a *Among) named() map[string]bool {
	out := map[string]bool{}
	most := 0.0
	above, below := KnownRun{Value: math.Inf(1)}, KnownRun{}
	for _, r := range a.Known { // from the oldest to the newest
		if r.Value > 1.3*most {
			most = r.Value
			out[r.Name] = true
		}
		if r.Value > a.V && r.Value < above.Value {
			above = r
		}
		if r.Value < a.V && r.Value > below.Value {
			below = r
		}
	}
	out[above.Name], out[below.Name] = true, true
	return out
}

// AmongRuns draws this run among the published ones over time, on a log scale:
// how much of it, the trend with its band, and thresholds.
func AmongRuns(a Among) Chart {
	what := map[unit.Kind]string{unit.FLOPs: "compute", unit.Money: "cost", unit.Energy: "energy"}[a.Kind]
	if what == "" {
		what = "amount"
	}
	scale := a.Kind.JSONScale()
	c := Chart{Key: "among-" + what, Title: "This run among published ones"}
	x0, x1 := a.Year, a.Year
	lo, hi := a.V, a.V
	if a.Lo > 0 {
		lo = a.Lo
	}
	hi = math.Max(hi, a.Hi)
	for _, r := range a.Known {
		x0, x1 = math.Min(x0, r.Year), math.Max(x1, r.Year)
		lo, hi = math.Min(lo, r.Value), math.Max(hi, r.Value)
	}
	for _, t := range a.Thresholds {
		hi = math.Max(hi, t.Value)
	}
	if !(lo > 0) {
		lo = 1
	}
	x0, x1 = math.Floor(x0), math.Ceil(x1+0.5)
	lo, hi = lo/3/scale, hi*3/scale
	text := func(v float64) string { return unit.Short(a.Kind, v*scale) }
	c.X = years(x0, x1)
	y := Axis{Scale: "log", Min: lo, Max: hi}
	step := math.Max(1, math.Ceil(math.Log10(hi/lo)/6))
	for e := math.Ceil(math.Log10(lo)); e <= math.Log10(hi); e += step {
		v := math.Pow(10, e)
		y.Ticks = append(y.Ticks, Tick{At: v, Text: text(v), Major: true})
	}
	p := Panel{Title: what + " (log scale)", Height: 360, Y: y}
	within := func(v float64) float64 { return math.Min(math.Max(v, lo), hi) }
	if len(a.Trend) > 1 {
		band, line := Mark{Kind: Band, Color: Soft}, Mark{Kind: Line, Color: Soft, Dashed: true, Label: a.TrendName}
		for _, t := range a.Trend {
			if t.Year < x0 || t.Year > x1 || !(t.V/scale >= lo && t.V/scale <= hi) {
				continue // the line ends at the frame
			}
			band.X, band.Lo, band.Hi = append(band.X, t.Year), append(band.Lo, within(t.Lo/scale)), append(band.Hi, within(t.Hi/scale))
			line.X, line.Y = append(line.X, t.Year), append(line.Y, t.V/scale)
		}
		if len(line.X) > 1 {
			p.Marks = append(p.Marks, band, line)
		}
	}
	for _, t := range a.Thresholds {
		if v := t.Value / scale; v > lo && v < hi {
			p.Marks = append(p.Marks, Mark{Kind: HRule, Color: Ask, Dashed: true, Y: Floats{v}, Label: t.Name, Short: text(v)})
		}
	}
	named := a.named()
	for _, status := range [...]struct {
		key   string
		color Color
	}{{"disclosed", C1}, {"estimated", C3}, {"speculative", C6}} {
		m := Mark{Kind: Dot, Color: status.color, Label: status.key, Hollow: status.key != "disclosed"}
		for _, r := range a.Known {
			if r.Status == status.key && r.Value > 0 {
				name := ""
				if named[r.Name] {
					name = r.Name
				}
				m.X, m.Y, m.Text = append(m.X, r.Year), append(m.Y, r.Value/scale), append(m.Text, name)
			}
		}
		if len(m.X) > 0 {
			p.Marks = append(p.Marks, m)
		}
	}
	if a.V > 0 {
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ink, X: Floats{a.Year}, Y: Floats{within(a.V / scale)}, Text: []string{a.Name}})
	}
	if len(p.Marks) == 0 {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, X: Floats{a.Year}})
	}
	c.Panels = []Panel{p}
	more := 0
	for _, r := range a.Known {
		if r.Value > a.V {
			more++
		}
	}
	take := "take"
	if more == 1 {
		take = "takes"
	}
	c.Caption = fmt.Sprintf("This run takes %s; of %s published runs, %s %s more.", unit.Short(a.Kind, a.V), grouped(float64(len(a.Known))), grouped(float64(more)), take)
	if a.Says != "" {
		c.Caption += " " + a.Says
	}
	c.Range = "Open dots are what others estimated."
	if len(a.Trend) > 1 {
		c.Range = "The band is the published range of the growth rate, drawn through the middle of the records; open dots are what others estimated."
	}
	c.Alt = c.Caption
	for _, t := range a.Thresholds {
		is := "below"
		if a.V > t.Value {
			is = "above"
		}
		c.Alt += fmt.Sprintf(" It lies %s %s (%s).", is, t.Name, unit.Short(a.Kind, t.Value))
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"run", ""}, {"year", ""}, {what, a.Kind.Name()}, {"how known", ""}}}
		t.add(words(a.Name), number(fmt.Sprintf("%.1f", a.Year), a.Year), number(unit.Short(a.Kind, a.V), a.V/scale), words("this run"))
		for _, r := range a.Known {
			t.add(words(r.Name), number(fmt.Sprintf("%.1f", r.Year), r.Year), number(unit.Short(a.Kind, r.Value), r.Value/scale), words(r.Status))
		}
		return t
	}
	return c
}
