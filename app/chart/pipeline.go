package chart

import (
	"fmt"
	"math"
	"strings"

	"flopbook/core/unit"
)

// A StageUse is one stage of a model's life as [ByStage] and [Plan] draw it.
type StageUse struct {
	Name        string
	Start, Days float64   // from the beginning of the project
	Money       []float64 // in the order of the pipeline's kinds
	Lo, Hi      float64   // range of the sum
	Energy      float64   // J
}

// A Pipeline is the stages of a model's life in order.
type Pipeline struct {
	In                   *unit.Currency // of all money here; nil for dollars
	Kinds                []string       // what money goes for
	Stages               []StageUse
	Reserve              float64
	ReserveLo, ReserveHi float64
	Made                 float64 // the day on which the model is made
	Year                 float64 // calendar year of the first day; 0 where no start was given
}

// kindColors are those of the kinds of money, the first the largest.
var kindColors = [...]Color{C1, Ink, C2, C3, C4, C5, C6}

func (s *StageUse) sum() (v float64) {
	for _, m := range s.Money {
		v += m
	}
	return v
}

// last is the last kind that the stage pays for.
func (s *StageUse) last() (k int) {
	for i, v := range s.Money {
		if v > 0 {
			k = i
		}
	}
	return k
}

// currency is the currency of the money, and of it a measure.
func (p *Pipeline) currency(m Measure) (*unit.Currency, Measure) {
	c := p.In
	if c == nil {
		c = &unit.Currencies[0]
	}
	if m.Key == Cost.Key && c.Key != unit.Currencies[0].Key {
		m.frame = c.Name
		m.tick = func(v float64) string { return c.Sign + short(v) }
	}
	return c, m
}

// ByStage draws what each stage takes, to scale, a row for each: money by
// what it goes for, days, or energy. Measures: Cost, Energy and Time.
func ByStage(p Pipeline, m Measure) Chart {
	c := Chart{Key: "stages-" + m.Key, Title: "Where it goes, stage by stage"}
	in, m := p.currency(m)
	scale := m.Kind.JSONScale()
	said := func(v float64) string {
		if m.Key == Cost.Key {
			return in.Short(m.Kind, v)
		}
		return m.words(v)
	}
	value := func(s *StageUse) float64 {
		switch m.Key {
		case Energy.Key:
			return s.Energy
		case Time.Key:
			return s.Days
		}
		return s.sum()
	}
	row := Panel{Height: 26 * max(len(p.Stages)+1, 2)}
	most, total, largest := 0.0, 0.0, ""
	top := 0.0
	for i := range p.Stages {
		s := &p.Stages[i]
		row.Rows = append(row.Rows, s.Name)
		v := value(s)
		total += v
		if v > top {
			top, largest = v, s.Name
		}
		most = math.Max(most, v)
	}
	money := m.Key == Cost.Key
	if money && p.Reserve > 0 {
		row.Rows = append(row.Rows, "Reserve")
		total += p.Reserve
		most = math.Max(most, p.Reserve)
	}
	if len(row.Rows) == 0 {
		row.Rows = []string{"nothing"}
	}
	c.X = linear(most/scale, 5, m.tick)
	c.X.Label, c.X.Unit = strings.TrimSuffix(m.frame, " so far"), m.Kind.Name()
	if money {
		c.X.Unit = in.Code
	}

	if money {
		for k, kind := range p.Kinds {
			mark := Mark{Kind: Bar, Color: kindColors[k%len(kindColors)], Label: kind}
			for i := range p.Stages {
				s := &p.Stages[i]
				at := 0.0
				for j := 0; j < k && j < len(s.Money); j++ {
					at += s.Money[j]
				}
				if k < len(s.Money) && s.Money[k] > 0 {
					text := "" // a stage's sum stands at the end of its bars
					if k == s.last() {
						text = said(s.sum())
					}
					mark.Lo, mark.Hi = append(mark.Lo, at/scale), append(mark.Hi, (at+s.Money[k])/scale)
					mark.Row, mark.Text = append(mark.Row, i), append(mark.Text, text)
				}
			}
			if len(mark.Lo) > 0 {
				row.Marks = append(row.Marks, mark)
			}
		}
		if p.Reserve > 0 {
			row.Marks = append(row.Marks, Mark{Kind: Bar, Color: Soft, Hollow: true, Label: "reserve", Lo: Floats{0}, Hi: Floats{p.Reserve / scale}, Row: []int{len(p.Stages)}, Text: []string{said(p.Reserve)}})
		}
	} else {
		mark := Mark{Kind: Bar, Color: C1}
		for i := range p.Stages {
			if v := value(&p.Stages[i]); v > 0 {
				mark.Lo, mark.Hi = append(mark.Lo, 0), append(mark.Hi, v/scale)
				mark.Row, mark.Text = append(mark.Row, i), append(mark.Text, said(v))
			}
		}
		if len(mark.Lo) > 0 {
			row.Marks = append(row.Marks, mark)
		}
	}
	if len(row.Marks) == 0 {
		row.Marks = append(row.Marks, Mark{Kind: Bar, Color: Soft, Hollow: true, Lo: Floats{0}, Hi: Floats{0}, Row: []int{0}})
	}
	c.Panels = []Panel{row}

	names := make([]string, 0, len(p.Stages))
	for i := range p.Stages {
		if v := value(&p.Stages[i]); v > 0 {
			names = append(names, p.Stages[i].Name+" "+said(v))
		}
	}
	switch {
	case largest == "":
		c.Caption = "Nothing is taken by any stage."
	case m.Key == Time.Key:
		c.Caption = fmt.Sprintf("Stages overlap: the model is made after %s. The longest stage is %s.", days(p.Made), inside(largest))
	default:
		c.Caption = fmt.Sprintf("Together %s. The largest part is %s, %s of it.", said(total), inside(largest), unit.Short(unit.Fraction, top/total))
	}
	c.Alt = c.Caption
	if len(names) > 0 {
		c.Alt += " " + strings.Join(names, ", ") + "."
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"stage", ""}}}
		add := func(name string, k unit.Kind) { t.Columns = append(t.Columns, Column{name, k.Name()}) }
		for _, k := range p.Kinds {
			t.Columns = append(t.Columns, Column{k, in.Code})
		}
		t.Columns = append(t.Columns, Column{"cost", in.Code}, Column{"cost, low", in.Code}, Column{"cost, high", in.Code})
		add("energy", unit.Energy)
		add("days", unit.DayCount)
		full := func(v float64) Cell { return number(in.Full(v), v) } // the table adds up as the bill does
		for i := range p.Stages {
			s := &p.Stages[i]
			cells := []Cell{words(s.Name)}
			for k := range p.Kinds {
				v := 0.0
				if k < len(s.Money) {
					v = s.Money[k]
				}
				cells = append(cells, full(v))
			}
			t.add(append(cells, full(s.sum()), full(s.Lo), full(s.Hi), number(Energy.words(s.Energy), s.Energy/unit.Energy.JSONScale()), number(days(s.Days), s.Days))...)
		}
		if p.Reserve <= 0 {
			return t
		}
		cells := []Cell{words("Reserve")}
		for range p.Kinds {
			cells = append(cells, full(0))
		}
		t.add(append(cells, full(p.Reserve), full(p.ReserveLo), full(p.ReserveHi), number("0", 0), number("0", 0))...)
		return t
	}
	return c
}

// inside is a name in the middle of a sentence.
func inside(name string) string {
	if len(name) > 1 && name[1] >= 'a' && name[1] <= 'z' {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return name
}

// Time is added up in days.
var Time = Measure{Key: "days", Kind: unit.DayCount, frame: "days", tick: grouped}

// Plan draws when each stage runs, a row for each, on the calendar of the project.
func Plan(p Pipeline) Chart {
	c := Chart{Key: "plan", Title: "When each stage runs"}
	row := Panel{Height: 26 * max(len(p.Stages), 2)}
	end := p.Made
	mark := Mark{Kind: Bar, Color: C1}
	for i := range p.Stages {
		s := &p.Stages[i]
		row.Rows = append(row.Rows, s.Name)
		end = math.Max(end, s.Start+s.Days)
	}
	if len(row.Rows) == 0 {
		row.Rows = []string{"nothing"}
	}
	span, per := "days", 1.0
	if end > 120 {
		span, per = "months", 365.25/12
	}
	if end > 1500 {
		span, per = "years", 365.25
	}
	for i := range p.Stages {
		s := &p.Stages[i]
		mark.Lo, mark.Hi = append(mark.Lo, s.Start/per), append(mark.Hi, (s.Start+s.Days)/per)
		mark.Row, mark.Text = append(mark.Row, i), append(mark.Text, days(s.Days))
	}
	c.X = linear(end/per, 6, grouped)
	c.X.Label, c.X.Unit = span+" since the beginning", span
	if p.Year > 0 {
		for i := range c.X.Ticks {
			c.X.Ticks[i].Text = month(p.Year + c.X.Ticks[i].At*per/365.25)
		}
		c.X.Label = "month"
	}
	if len(mark.Lo) == 0 {
		mark = Mark{Kind: Bar, Color: Soft, Hollow: true, Lo: Floats{0}, Hi: Floats{0}, Row: []int{0}}
	}
	row.Marks = []Mark{mark}
	if p.Made > 0 && p.Made < end {
		row.Marks = append(row.Marks, Mark{Kind: VRule, Color: Ink, Dashed: true, X: Floats{p.Made / per}, Label: "the model is made", Short: "made"})
	}
	c.Panels = []Panel{row}
	c.Caption = fmt.Sprintf("The model is made after %s. A stage begins when all that it waits for is over.", days(p.Made))
	if p.Year > 0 {
		c.Caption = fmt.Sprintf("The model is made after %s, in %s. A stage begins when all that it waits for is over.", days(p.Made), month(p.Year+p.Made/365.25))
	}
	var said []string
	for i := range p.Stages {
		s := &p.Stages[i]
		said = append(said, fmt.Sprintf("%s from day %s for %s", s.Name, grouped(math.Round(s.Start)), days(s.Days)))
	}
	c.Alt = c.Caption
	if len(said) > 0 {
		c.Alt += " " + strings.Join(said, "; ") + "."
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"stage", ""}, {"first day", "days"}, {"days", "days"}, {"last day", "days"}}}
		for i := range p.Stages {
			s := &p.Stages[i]
			t.add(words(s.Name), number(grouped(significant(s.Start, 4)), s.Start), number(days(s.Days), s.Days), number(grouped(significant(s.Start+s.Days, 4)), s.Start+s.Days))
		}
		return t
	}
	return c
}

// month is a time in years as a month: "March 2027".
func month(year float64) string {
	names := [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	y := math.Floor(year)
	i := int(math.Floor((year-y)*12 + 1e-6))
	return fmt.Sprintf("%s %.0f", names[min(max(i, 0), 11)], y)
}

// A BillLine is one line of a bill, in whole cents or other smallest parts, or its total.
type BillLine struct {
	Stage, For     string
	Amount, Lo, Hi float64
}

// ByLine is the table of a bill, to carry away; it has no picture. All money is in the currency.
func ByLine(lines []BillLine, in *unit.Currency) Chart {
	parts := "whole cents"
	if in.Places == 0 {
		parts = "whole units"
	}
	return Chart{Key: "lines", Title: "The whole bill, line by line",
		Caption: "Lines are in " + parts + " and add up to the total: each is the step between two running sums, rounded.",
		Table: func() Table {
			t := Table{Columns: []Column{{"stage", ""}, {"for", ""}, {"cost", in.Code}, {"low", in.Code}, {"high", in.Code}}}
			full := func(v float64) Cell { return number(in.Full(v), v) }
			for _, l := range lines {
				t.add(words(l.Stage), words(l.For), full(l.Amount), full(l.Lo), full(l.Hi))
			}
			return t
		}}
}
