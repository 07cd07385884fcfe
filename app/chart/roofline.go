package chart

import (
	"fmt"
	"math"
	"strings"

	"flopbook/core/unit"
)

// A RoofPoint is a kind of step under the roofline of a machine.
type RoofPoint struct {
	Name      string
	Intensity float64 // FLOP for each byte read
	Reached   float64 // FLOP/s of one GPU
}

// Roof is what [Roofline] draws.
type Roof struct {
	Accelerator     string
	Peak, Bandwidth float64 // FLOP/s and bytes/s of one GPU
	Points          []RoofPoint
}

// Roofline is how fast a step can be at most against how much it computes for
// each byte it reads: bound by memory on the slope, by arithmetic on the flat.
func Roofline(r Roof) Chart {
	c := Chart{Key: "roofline", Title: "Reading is bound by arithmetic, writing by memory"}
	if !(r.Peak > 0) || !(r.Bandwidth > 0) || !finite(r.Peak) || !finite(r.Bandwidth) {
		r = Roof{Accelerator: r.Accelerator, Peak: 1, Bandwidth: 1}
	}
	r.Points = sound(r.Points, func(p RoofPoint) []float64 { return []float64{p.Intensity, p.Reached} })
	ridge := r.Peak / r.Bandwidth
	xMin, xMax, yMin := ridge/10, ridge*10, r.Peak/10
	for _, p := range r.Points {
		if usable(p.Intensity) && usable(p.Reached) {
			xMin, xMax = math.Min(xMin, p.Intensity/2), math.Max(xMax, p.Intensity*2)
			yMin = math.Min(yMin, p.Reached/2)
		}
	}
	yMin = math.Min(yMin, xMin*r.Bandwidth)
	c.X = logarithmic(xMin, xMax, short)
	c.X.Label, c.X.Unit = "operations for each byte read (log scale)", "FLOP/B"
	rate := func(v float64) string { return unit.Short(unit.FLOPRate, v) }
	p := Panel{Title: "FLOP/s of one GPU (log scale)", Height: 260, Y: logarithmic(yMin, r.Peak*1.5, rate)}
	for i := range p.Y.Ticks { // whole powers of ten are enough of these long words
		if !p.Y.Ticks[i].Major {
			p.Y.Ticks[i].Text = ""
		}
	}
	p.Marks = append(p.Marks,
		Mark{Kind: Line, Color: Soft, X: Floats{xMin, ridge, xMax}, Y: Floats{xMin * r.Bandwidth, r.Peak, r.Peak}, Label: "what the data sheet allows", Short: "data sheet"})
	var says []string
	dots := Mark{Kind: Dot, Color: C2}
	for _, q := range r.Points {
		if !usable(q.Intensity) || !usable(q.Reached) {
			continue
		}
		dots.X, dots.Y, dots.Text = append(dots.X, q.Intensity), append(dots.Y, q.Reached), append(dots.Text, q.Name)
		says = append(says, fmt.Sprintf("%s reaches %s of %s", q.Name, rate(q.Reached), rate(math.Min(r.Peak, q.Intensity*r.Bandwidth))))
	}
	if len(dots.X) == 0 {
		return none(c, NotServed)
	}
	p.Marks = append(p.Marks, dots)
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("Left of %s operations a byte memory decides, right of it arithmetic. The more answers are written together, the further right they stand.", short(significant(ridge, 2)))
	c.Alt = "On " + r.Accelerator + ": " + strings.Join(says, "; ") + "."
	c.Table = func() Table {
		t := Table{Columns: []Column{{"step", ""}, {"operations a byte", "FLOP/B"}, {"reached", "FLOP/s"}, {"allowed", "FLOP/s"}}}
		for _, q := range r.Points {
			if usable(q.Intensity) && usable(q.Reached) {
				roof := math.Min(r.Peak, q.Intensity*r.Bandwidth)
				t.add(words(q.Name), number(short(significant(q.Intensity, 3)), q.Intensity), number(rate(q.Reached), q.Reached), number(rate(roof), roof))
			}
		}
		return t
	}
	return c
}

// usable is a number that a log axis can show.
func usable(v float64) bool { return v > 0 && finite(v) }
