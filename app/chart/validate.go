package chart

import (
	"fmt"
	"math"
)

// Validate reports the first thing that would draw wrongly: a number that is
// not finite, columns of unequal length, a log axis that reaches zero, a mark
// without what its kind needs. It is meant for
// tests and for the last step before drawing; a reader's bad input has been
// answered long before.
func (c *Chart) Validate() error {
	fail := func(format string, a ...any) error {
		return fmt.Errorf("chart %s: %s", c.Key, fmt.Sprintf(format, a...))
	}
	switch {
	case c.Key == "":
		return fail("no key")
	case c.Title == "" || c.Caption == "" || c.Alt == "":
		return fail("title, caption and alt are all needed")
	case len(c.Panels) == 0:
		return fail("no panel")
	}
	if err := c.X.validate(); err != nil {
		return fail("x axis: %v", err)
	}
	for i := range c.Panels {
		p := &c.Panels[i]
		if len(p.Rows) == 0 {
			if err := p.Y.validate(); err != nil {
				return fail("panel %d: y axis: %v", i, err)
			}
		}
		if len(p.Marks) == 0 {
			return fail("panel %d has no mark", i)
		}
		for j := range p.Marks {
			if err := p.Marks[j].validate(&c.X, p); err != nil {
				return fail("panel %d, mark %d (%s): %v", i, j, p.Marks[j].Kind, err)
			}
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func (a *Axis) validate() error {
	if a.Scale != "linear" && a.Scale != "log" {
		return fmt.Errorf("scale %q", a.Scale)
	}
	if !finite(a.Min) || !finite(a.Max) || a.Min >= a.Max {
		return fmt.Errorf("runs from %v to %v", a.Min, a.Max)
	}
	if a.Scale == "log" && a.Min <= 0 {
		return fmt.Errorf("a log scale from %v", a.Min)
	}
	for _, t := range a.Ticks {
		if !finite(t.At) || t.At < a.Min || t.At > a.Max {
			return fmt.Errorf("tick %q at %v lies outside", t.Text, t.At)
		}
	}
	return nil
}

func (m *Mark) validate(x *Axis, p *Panel) error {
	y := &p.Y
	switch m.Color {
	case C1, C2, C3, C4, C5, C6, Ink, Soft, Ask:
	default:
		return fmt.Errorf("colour %q", m.Color)
	}
	n := 0
	need := func(name string, f Floats, on *Axis) error {
		if n == 0 {
			n = len(f)
		}
		if len(f) == 0 || len(f) != n {
			return fmt.Errorf("%s has %d numbers, not %d", name, len(f), n)
		}
		for i, v := range f {
			if !finite(v) {
				return fmt.Errorf("%s[%d] is %v", name, i, v)
			}
			if on != nil && on.Scale == "log" && v <= 0 {
				return fmt.Errorf("%s[%d] is %v on a log axis", name, i, v)
			}
		}
		return nil
	}
	type column struct {
		name string
		f    Floats
		on   *Axis
	}
	var columns []column
	switch m.Kind {
	case Bar, Zone:
		columns = []column{{"lo", m.Lo, x}, {"hi", m.Hi, x}}
	case Line, Dot, Words:
		columns = []column{{"x", m.X, x}, {"y", m.Y, y}}
	case Band:
		columns = []column{{"x", m.X, x}, {"lo", m.Lo, y}, {"hi", m.Hi, y}}
	case VRule:
		columns = []column{{"x", m.X, x}}
		if len(m.Lo) > 0 || len(m.Hi) > 0 {
			columns = append(columns, column{"lo", m.Lo, y}, column{"hi", m.Hi, y})
		}
	case HRule:
		columns = []column{{"y", m.Y, y}}
	default:
		return fmt.Errorf("no such kind")
	}
	for _, c := range columns {
		if err := need(c.name, c.f, c.on); err != nil {
			return err
		}
	}
	if len(m.Text) > 0 && len(m.Text) != n {
		return fmt.Errorf("text has %d entries, not %d", len(m.Text), n)
	}
	if len(m.Row) > 0 && len(m.Row) != n {
		return fmt.Errorf("row has %d entries, not %d", len(m.Row), n)
	}
	for _, r := range m.Row {
		if r < 0 || r >= len(p.Rows) {
			return fmt.Errorf("row %d of %d", r, len(p.Rows))
		}
	}
	if m.Kind == Bar && len(p.Rows) == 0 {
		return fmt.Errorf("bars need rows")
	}
	return nil
}
