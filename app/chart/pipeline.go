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
	Money       []float64 // USD, in the order of the pipeline's kinds
	Lo, Hi      float64   // USD, range of the sum
	Energy      float64   // J
}

// A Pipeline is the stages of a model's life in order.
type Pipeline struct {
	Kinds                []string // what money goes for
	Stages               []StageUse
	Reserve              float64 // USD
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

// ByStage draws what each stage takes, to scale, a row for each: dollars by
// what they go for, days, or energy. Measures: Cost, Energy and Time.
func ByStage(p Pipeline, m Measure) Chart {
	c := Chart{Key: "stages-" + m.Key, Title: "Where it goes, stage by stage"}
	scale := m.Kind.JSONScale()
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
						text = m.words(s.sum())
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
			row.Marks = append(row.Marks, Mark{Kind: Bar, Color: Soft, Hollow: true, Label: "reserve", Lo: Floats{0}, Hi: Floats{p.Reserve / scale}, Row: []int{len(p.Stages)}, Text: []string{m.words(p.Reserve)}})
		}
	} else {
		mark := Mark{Kind: Bar, Color: C1}
		for i := range p.Stages {
			if v := value(&p.Stages[i]); v > 0 {
				mark.Lo, mark.Hi = append(mark.Lo, 0), append(mark.Hi, v/scale)
				mark.Row, mark.Text = append(mark.Row, i), append(mark.Text, m.words(v))
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

	said := make([]string, 0, len(p.Stages))
	for i := range p.Stages {
		if v := value(&p.Stages[i]); v > 0 {
			said = append(said, p.Stages[i].Name+" "+m.words(v))
		}
	}
	switch {
	case largest == "":
		c.Caption = "Nothing is taken by any stage."
	case m.Key == Time.Key:
		c.Caption = fmt.Sprintf("Stages overlap: the model is made after %s. The longest stage is %s.", days(p.Made), inside(largest))
	default:
		c.Caption = fmt.Sprintf("Together %s. The largest part is %s, %s of it.", m.words(total), inside(largest), unit.Short(unit.Fraction, top/total))
	}
	c.Alt = c.Caption
	if len(said) > 0 {
		c.Alt += " " + strings.Join(said, ", ") + "."
	}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"stage", ""}}}
		add := func(name string, k unit.Kind) { t.Columns = append(t.Columns, Column{name, k.Name()}) }
		for _, k := range p.Kinds {
			add(k, unit.Money)
		}
		add("cost", unit.Money)
		add("cost, low", unit.Money)
		add("cost, high", unit.Money)
		add("energy", unit.Energy)
		add("days", unit.DayCount)
		usd := func(v float64) Cell { return number(unit.Cents(v), v) } // the table adds up as the bill does
		for i := range p.Stages {
			s := &p.Stages[i]
			cells := []Cell{words(s.Name)}
			for k := range p.Kinds {
				v := 0.0
				if k < len(s.Money) {
					v = s.Money[k]
				}
				cells = append(cells, usd(v))
			}
			t.add(append(cells, usd(s.sum()), usd(s.Lo), usd(s.Hi), number(Energy.words(s.Energy), s.Energy/unit.Energy.JSONScale()), number(days(s.Days), s.Days))...)
		}
		if p.Reserve <= 0 {
			return t
		}
		cells := []Cell{words("Reserve")}
		for range p.Kinds {
			cells = append(cells, usd(0))
		}
		t.add(append(cells, usd(p.Reserve), usd(p.ReserveLo), usd(p.ReserveHi), number("0", 0), number("0", 0))...)
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

// A BillLine is one line of a bill, in whole cents, or its total.
type BillLine struct {
	Stage, For  string
	USD, Lo, Hi float64
}

// ByLine is the table of a bill, to carry away; it has no picture.
func ByLine(lines []BillLine) Chart {
	return Chart{Key: "lines", Title: "The whole bill, line by line",
		Caption: "Lines are in whole cents and add up to the total: each is the step between two running sums, rounded.",
		Table: func() Table {
			usd := unit.Money.Name()
			t := Table{Columns: []Column{{"stage", ""}, {"for", ""}, {"cost", usd}, {"low", usd}, {"high", usd}}}
			cents := func(v float64) Cell { return number(unit.Cents(v), v) }
			for _, l := range lines {
				t.add(words(l.Stage), words(l.For), cents(l.USD), cents(l.Lo), cents(l.Hi))
			}
			return t
		}}
}
