package chart

import (
	"fmt"
	"strings"

	"flopbook/core/unit"
)

// A Stretch is something that a pipeline stage does from Start to End, seconds.
type Stretch struct {
	Kind       int // index into StepTime.Kinds
	Start, End float64
}

// A StepKind is a kind of stretch.
type StepKind struct {
	Name  string
	Color Color
	Idle  bool // drawn as room, not as work
}

// StepTime is one training step, stage by stage.
type StepTime struct {
	Kinds   []StepKind
	Stages  [][]Stretch // in order of time
	Seconds float64     // of the whole step
	Drawn   float64     // of it, drawn; the rest repeats what stands beside Cut
	Cut     float64     // s, where it is left out; 0 if nothing is
	Micro   int         // micro-batches of the step
	Says    string      // what is left out or simplified
}

// StepOverTime draws a step as bars over time, a row for each pipeline stage. A
// step without a pipeline is one bar, its parts summed.
func StepOverTime(s StepTime) Chart {
	c := Chart{Key: "step", Title: "One training step"}
	drawn := s.Drawn
	if drawn <= 0 {
		drawn = s.Seconds
	}
	scale, name := 1.0, "seconds"
	if drawn < 0.9 {
		scale, name = 1000, "milliseconds"
	}
	c.X = linear(drawn*scale, 6, grouped)
	c.X.Max = drawn * scale
	for n := len(c.X.Ticks); n > 0 && c.X.Ticks[n-1].At > c.X.Max; n-- {
		c.X.Ticks = c.X.Ticks[:n-1]
	}
	c.X.Label, c.X.Unit = name, name
	sums := make([][]float64, len(s.Stages))
	for i, stage := range s.Stages {
		sums[i] = make([]float64, len(s.Kinds))
		for _, b := range stage {
			sums[i][b.Kind] += b.End - b.Start
		}
	}
	p := Panel{}
	if len(s.Stages) == 1 {
		p.Rows, p.Height = []string{""}, 40
		c.X.Hidden = true
		at := 0.0
		for k, kind := range s.Kinds {
			v := sums[0][k] * scale
			if v <= 0 {
				continue
			}
			p.Marks = append(p.Marks, Mark{Kind: Bar, Color: kind.Color, Hollow: kind.Idle, Label: kind.Name,
				Lo: Floats{at}, Hi: Floats{at + v}, Text: []string{unit.Short(unit.Time, v/scale)}})
			at += v
		}
		c.X.Max = at
	} else {
		for i := range s.Stages {
			p.Rows = append(p.Rows, fmt.Sprintf("stage %d", i+1))
		}
		if len(s.Stages) > 12 {
			p.Height = 16 * len(s.Stages)
		}
		for k, kind := range s.Kinds {
			m := Mark{Kind: Bar, Color: kind.Color, Hollow: kind.Idle, Label: kind.Name}
			for i, stage := range s.Stages {
				for _, b := range stage {
					if b.Kind == k && b.End > b.Start {
						m.Lo, m.Hi, m.Row = append(m.Lo, b.Start*scale), append(m.Hi, b.End*scale), append(m.Row, i)
					}
				}
			}
			if len(m.Lo) > 0 {
				p.Marks = append(p.Marks, m)
			}
		}
		if s.Cut > 0 {
			p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Ink, Dashed: true, X: Floats{s.Cut * scale}, Label: "the middle is left out here", Short: "left out"})
		}
	}
	c.Panels = []Panel{p}

	total := unit.Short(unit.Time, s.Seconds)
	c.Caption = fmt.Sprintf("One step takes %s: the model reads a batch forward, works out backward what to change, and changes it.", total)
	if len(s.Stages) > 1 {
		c.Caption = fmt.Sprintf("One step takes %s. Each row is a stage of the pipeline, which holds part of the layers; %d pieces of the batch pass through. White is waiting (the bubble).", total, s.Micro)
	}
	if s.Says != "" {
		c.Caption += " " + s.Says
	}
	var said []string
	for k, kind := range s.Kinds {
		t := 0.0
		for i := range sums {
			t += sums[i][k] / float64(len(sums))
		}
		if t > 0 {
			said = append(said, kind.Name+" "+unit.Short(unit.Time, t))
		}
	}
	c.Alt = fmt.Sprintf("One step of %s. Of what is drawn, an average stage spends: %s.", total, strings.Join(said, ", "))
	c.Table = func() Table {
		t := Table{Columns: []Column{{"stage", ""}}}
		for _, k := range s.Kinds {
			t.Columns = append(t.Columns, Column{k.Name, "s"})
		}
		for i := range sums {
			row := []Cell{words(fmt.Sprintf("stage %d", i+1))}
			for _, v := range sums[i] {
				row = append(row, number(unit.Short(unit.Time, v), v))
			}
			t.add(row...)
		}
		return t
	}
	return c
}
