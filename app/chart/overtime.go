package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A Measure is what [OverTime] adds up.
type Measure struct {
	Key   string
	Kind  unit.Kind // numbers come in the base of this kind: USD, joules
	frame string    // title of the panel
	tick  func(float64) string
}

// Cost is added up in USD.
var Cost = Measure{Key: "cost", Kind: unit.Money, frame: "dollars so far", tick: shortDollars}

// Energy is added up in joules, and drawn in MWh.
var Energy = Measure{Key: "energy", Kind: unit.Energy, frame: "energy so far",
	tick: func(mwh float64) string {
		if mwh == 0 {
			return "0"
		}
		return unit.Short(unit.Energy, mwh*unit.Energy.JSONScale())
	}}

// Carbon is added up in kg CO2e, and drawn in tonnes.
var Carbon = Measure{Key: "carbon", Kind: unit.Carbon, frame: "carbon so far",
	tick: func(t float64) string {
		if t == 0 {
			return "0"
		}
		return unit.Short(unit.Carbon, t*unit.Carbon.JSONScale())
	}}

func (m Measure) words(v float64) string { return unit.Short(m.Kind, v) }

// A ServedPoint is what serving has used up by a day.
type ServedPoint struct{ Day, Used, Lo, Hi float64 }

// Lifetime is what [OverTime] draws, in the base unit of its measure.
type Lifetime struct {
	Train, TrainLo, TrainHi float64
	Served                  []ServedPoint // by day, growing, from day 0; it sets how far the chart reaches
	Cross, CrossLo, CrossHi float64       // the day on which serving has used as much as training; +Inf or 0 if never
}

// Horizon is a round number of days that shows a crossing on day cross in the
// middle of the picture; 10 years at most.
func Horizon(cross float64) float64 {
	for _, d := range [...]float64{7, 14, 30, 60, 90, 180, 365, 730, 1461, 1826} {
		if cross > 0 && cross <= d/1.6 {
			return d
		}
	}
	return 3653
}

// OverTime is training, paid once, against serving, paid every day.
func OverTime(m Measure, l Lifetime) Chart {
	c := Chart{
		Key:   "lifetime-" + m.Key,
		Title: "Training, then serving",
		Range: "Eight times in ten the real figure lies inside the band.",
	}
	end := 1.0
	if n := len(l.Served); n > 0 && l.Served[n-1].Day > 0 {
		end = l.Served[n-1].Day
	}
	scale := m.Kind.JSONScale()
	// Years where days would be four digits.
	span, per := "days", 1.0
	if end > 1100 {
		span, per = "years", 365.25
	}
	x := end / per

	train := l.Train / scale
	top := math.Max(train, l.TrainHi/scale)
	serve := Mark{Kind: Line, Color: C2, Label: "serving, so far", Short: "serving"}
	serveBand := Mark{Kind: Band, Color: C2}
	for _, p := range l.Served {
		serve.X, serve.Y = append(serve.X, p.Day/per), append(serve.Y, p.Used/scale)
		serveBand.X = append(serveBand.X, p.Day/per)
		serveBand.Lo, serveBand.Hi = append(serveBand.Lo, p.Lo/scale), append(serveBand.Hi, p.Hi/scale)
		top = math.Max(top, math.Max(p.Used, p.Hi)/scale)
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"time since serving began", span}}}
		for _, name := range [...]string{"training", "serving", "serving, low", "serving, high"} {
			t.Columns = append(t.Columns, Column{name, m.Kind.Name()})
		}
		cell := func(v float64) Cell { return number(m.words(v), v/scale) }
		for _, p := range l.Served {
			t.add(number(grouped(significant(p.Day/per, 3)), p.Day/per), cell(l.Train), cell(p.Used), cell(p.Lo), cell(p.Hi))
		}
		return t
	}

	c.X = linear(x, 6, grouped)
	c.X.Max = x
	for len(c.X.Ticks) > 0 && c.X.Ticks[len(c.X.Ticks)-1].At > x {
		c.X.Ticks = c.X.Ticks[:len(c.X.Ticks)-1]
	}
	c.X.Label, c.X.Unit = span+" since serving began", span

	p := Panel{Title: m.frame, Height: 220, Y: linear(top, 5, m.tick)}
	if l.TrainHi > l.TrainLo {
		p.Marks = append(p.Marks, Mark{Kind: Band, Color: C1, X: Floats{0, x}, Lo: Floats{l.TrainLo / scale, l.TrainLo / scale}, Hi: Floats{l.TrainHi / scale, l.TrainHi / scale}})
	}
	if len(l.Served) > 1 {
		p.Marks = append(p.Marks, serveBand)
	}
	cross := l.Cross / per
	crosses := l.Cross > 0 && cross < x
	if crosses {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{cross}, Lo: Floats{0}, Hi: Floats{train}})
	}
	p.Marks = append(p.Marks, Mark{Kind: Line, Color: C1, X: Floats{0, x}, Y: Floats{train, train},
		Label: "training, once: " + m.words(l.Train), Short: "training, once"})
	if len(l.Served) > 1 {
		p.Marks = append(p.Marks, serve)
	}
	at, on := "", "on "
	early := l.Cross < 2 // in hours, or as the sentence says it: "day 1" would be anywhere in it
	if crosses {
		switch at = "day " + count(math.Round(cross)); {
		case early:
			at, on = unit.Short(unit.DayCount, l.Cross), "after "
		case per > 1:
			at = "year " + grouped(significant(cross, 2))
		}
		p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ink, Hollow: true, X: Floats{cross}, Y: Floats{train}, Text: []string{at}})
	}
	c.Panels = []Panel{p}

	lastServed := 0.0
	if n := len(l.Served); n > 0 {
		lastServed = l.Served[n-1].Used
	}
	whole := grouped(significant(x, 3)) + " " + span
	about := ""
	if l.CrossHi > l.CrossLo && l.CrossLo > 0 && finite(l.CrossHi) {
		about = " (" + grouped(significant(l.CrossLo/per, 2)) + " to " + grouped(significant(l.CrossHi/per, 2)) + ")"
	}
	if crosses {
		c.Caption = fmt.Sprintf("Training is paid once, serving every day: from %s%s on, serving has used more.", at, about)
		if early {
			about = ""
			if _, span := unit.Text(unit.DayCount, unit.Range{V: l.Cross, Lo: l.CrossLo, Hi: l.CrossHi}); span != "" {
				about = " (" + span + ")"
			}
			c.Caption = "Training is paid once, serving every day: after " + at + about + " serving has used more."
		}
		c.Alt = fmt.Sprintf("Training takes %s once. Serving adds up to %s after %s, and passes training %s%s%s.",
			m.words(l.Train), m.words(lastServed), whole, on, at, about)
	} else {
		c.Caption = fmt.Sprintf("Training is paid once, serving every day; within %s serving does not use as much.", whole)
		c.Alt = fmt.Sprintf("Training takes %s once. Serving adds up to %s after %s and does not reach it.",
			m.words(l.Train), m.words(lastServed), whole)
	}
	return c
}
