package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"flopbook/core/unit"
)

// A Rival is one way to get answers, as [ByQuestions] draws it.
type Rival struct {
	Name, Short                 string
	Setup, PerYear, PerQuestion float64 // USD once, a year, and for a question at the demand of the case
	Paid                        float64 // USD that each question costs whatever the demand
	LooksUp                     bool    // it is looking things up, which what is tuned is held against
	Own                         bool    // answers on machines of one's own, which cost what the contest says
	Total                       float64 // USD for the questions ahead
	BreakEven, OverRAG          float64 // questions from which on it is cheaper than the first, and than looking things up; +Inf never, NaN not asked
}

// A Contest is what [ByQuestions] draws.
type Contest struct {
	Rivals    []Rival
	Days      float64                         // ahead
	Questions float64                         // in those days, as the case has it
	Machines  func(questions float64) float64 // USD over those days of machines of one's own
}

// at is what a way costs in all, beside machines that cost so much.
func (r *Rival) at(questions, days, machines float64) float64 {
	v := r.Setup + r.PerYear*days/365 + r.Paid*questions
	if r.Own {
		v += machines
	}
	return v
}

// cheapest is the rival with the least cost at the demand of the case.
func (c *Contest) cheapest() int {
	best := 0
	for i := range c.Rivals {
		if c.Rivals[i].Total < c.Rivals[best].Total {
			best = i
		}
	}
	return best
}

var rivalColors = [...]Color{C1, C2, C3, C4, C5, C6, Ink}

// ByQuestions draws what each way costs over the number of questions, on log
// scales, with the crossings where one becomes cheaper than the first.
func ByQuestions(contest Contest) Chart {
	c := Chart{Key: "instead", Title: "What the ways cost, by how many questions are asked"}
	contest.Rivals = sound(contest.Rivals, func(r Rival) []float64 { return []float64{r.Setup, r.PerYear, r.PerQuestion, r.Paid, r.Total} })
	x0, x1 := math.Max(contest.Questions, 1), math.Max(contest.Questions, 1)
	for i := range contest.Rivals {
		for _, b := range [...]float64{contest.Rivals[i].BreakEven, contest.Rivals[i].OverRAG} {
			if b > 0 && finite(b) && b < 1e15 {
				x0, x1 = math.Min(x0, math.Max(b, 1)), math.Max(x1, b)
			}
		}
	}
	x0, x1 = math.Pow(10, math.Floor(math.Log10(x0))-1), math.Pow(10, math.Ceil(math.Log10(x1))+1)
	const steps = 96 // machines come in whole copies, which the line is to show
	var asked, machines [steps + 1]float64
	for k := range asked {
		asked[k] = x0 * math.Pow(x1/x0, float64(k)/steps)
		if contest.Machines != nil {
			machines[k] = contest.Machines(asked[k])
		}
	}
	costs := func(r *Rival) (y Floats) {
		for k, q := range asked {
			y = append(y, r.at(q, contest.Days, machines[k]))
		}
		return y
	}
	p := Panel{Title: "dollars in all (log scale)", Height: 380}
	lo, hi := math.Inf(1), 0.0
	var said []string
	drawn := map[int]bool{}
	for i := range contest.Rivals {
		r := &contest.Rivals[i]
		said = append(said, fmt.Sprintf("%s %s", r.Name, dollars(r.Total)))
		if drawn[i] {
			continue
		}
		y := costs(r)
		m := Mark{Kind: Line, Color: rivalColors[i%len(rivalColors)], Label: r.Name, Short: r.Short}
		for j := i + 1; j < len(contest.Rivals); j++ { // lines that cannot be told apart are one
			if o := &contest.Rivals[j]; !drawn[j] && allTogether(y, costs(o)) {
				drawn[j] = true
				m.Short += ", " + o.Short
				m.Label = m.Short
			}
		}
		for k, v := range y {
			if !(v > 0) || !finite(v) {
				continue
			}
			lo, hi = math.Min(lo, v), math.Max(hi, v)
			m.X, m.Y = append(m.X, asked[k]), append(m.Y, v)
		}
		if len(m.X) > 1 {
			p.Marks = append(p.Marks, m)
		}
	}
	if !(hi > 0) {
		lo, hi = 1, 10
	}
	lo, hi = math.Pow(10, math.Floor(math.Log10(lo))), math.Pow(10, math.Ceil(math.Log10(hi*1.01)))
	c.X, p.Y = powers(x0, x1, short), powers(lo, hi, shortDollars)
	c.X.Label = "questions in " + days(contest.Days) + " (log scale)"
	if q := contest.Questions; q > x0 && q < x1 {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Ask, Dashed: true, X: Floats{q}, Label: "your demand: " + short(q), Short: "yours"})
	}
	// Rings stand on the line that is crossed: the first's, or that of looking things up.
	rings := func(on *Rival, from func(*Rival) float64) bool {
		ring := Mark{Kind: Dot, Color: Ink, Hollow: true}
		for i := range contest.Rivals {
			b := from(&contest.Rivals[i])
			marked := slices.ContainsFunc(ring.X, func(x float64) bool { return together(x, b) })
			if !(b > x0) || !finite(b) || !(b < x1) || marked { // lines drawn as one have one ring
				continue
			}
			machines := 0.0
			if on.Own && contest.Machines != nil {
				machines = contest.Machines(b)
			}
			ring.X, ring.Y, ring.Text = append(ring.X, b), append(ring.Y, on.at(b, contest.Days, machines)), append(ring.Text, short(b))
		}
		if len(ring.X) > 0 {
			p.Marks = append(p.Marks, ring)
		}
		return len(ring.X) > 0
	}
	overFirst, overRAG := false, false
	for i := range contest.Rivals {
		if i == 0 {
			overFirst = rings(&contest.Rivals[0], func(r *Rival) float64 { return r.BreakEven })
		}
		if contest.Rivals[i].LooksUp {
			overRAG = rings(&contest.Rivals[i], func(r *Rival) float64 { return r.OverRAG })
		}
	}
	if len(p.Marks) == 0 {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, X: Floats{x0}})
	}
	c.Panels = []Panel{p}
	c.Caption = "No way to answer can be priced in this case."
	if len(contest.Rivals) > 0 {
		best := &contest.Rivals[contest.cheapest()]
		c.Caption = fmt.Sprintf("For the %s questions of the %s ahead, %s is cheapest, at %s.", short(contest.Questions), days(contest.Days), inside(best.Name), dollars(best.Total))
		if contest.Machines != nil {
			c.Caption += " Machines of your own cost the same until one copy of the model is full, then grow copy by copy."
		}
		switch first := inside(contest.Rivals[0].Name); {
		case overFirst && overRAG:
			c.Caption += fmt.Sprintf(" Each ring is a break-even: from there on a line costs less than %s, or than looking things up where the ring stands on that line.", first)
		case overFirst:
			c.Caption += fmt.Sprintf(" Each ring is a break-even: from there on the line costs less than %s.", first)
		case overRAG:
			c.Caption += " Each ring is a break-even: from there on the line costs less than looking things up."
		}
	}
	c.Alt = c.Caption
	if len(said) > 0 {
		c.Alt += " In all: " + strings.Join(said, ", ") + "."
	}
	c.Table = func() Table {
		usd := unit.Money.Name()
		t := Table{Columns: []Column{{"way", ""}, {"once", usd}, {"a year", usd}, {"a question, at this demand", usd}, {"for the days ahead", usd}, {"cheaper than the API from", "questions"}, {"cheaper than looking things up from", "questions"}}}
		money := func(v float64) Cell { return number(dollars(v), v) }
		for i := range contest.Rivals {
			r := &contest.Rivals[i]
			t.add(words(r.Name), money(r.Setup), money(r.PerYear), money(r.PerQuestion), money(r.Total), breakEven(r.BreakEven), breakEven(r.OverRAG))
		}
		return t
	}
	return c
}

// together reports whether two costs lie on one place of a log scale.
func together(a, b float64) bool { return math.Abs(a-b) <= 0.04*math.Max(a, b) }

// allTogether reports whether two lines cannot be told apart anywhere.
func allTogether(a, b Floats) bool {
	for i := range a {
		if !together(a[i], b[i]) {
			return false
		}
	}
	return true
}

func breakEven(v float64) Cell {
	switch {
	case math.IsNaN(v):
		return words("")
	case math.IsInf(v, 1):
		return words("never")
	case v <= 0:
		return number("always", 0)
	}
	return number(short(v), v)
}

// powers is a log axis between powers of ten, with a tick at each.
func powers(lo, hi float64, text func(float64) string) Axis {
	a := Axis{Scale: "log", Min: lo, Max: hi}
	for e := math.Round(math.Log10(lo)); e <= math.Log10(hi)+1e-9; e++ {
		v := math.Min(math.Max(math.Pow(10, e), lo), hi)
		a.Ticks = append(a.Ticks, Tick{At: v, Text: text(v)})
	}
	return a
}
