package chart

import (
	"fmt"
	"math"
)

// A TextCost is a way to answer from texts of one's own.
type TextCost struct {
	Name     string
	Setup    float64                         // USD, once, with what it costs over the time looked ahead whether anybody asks or not
	PerQuery float64                         // USD, at the demand of the case
	Paid     float64                         // USD that each question costs whatever the demand
	Machines func(questions float64) float64 // USD of machines of one's own for so many questions; nil where the price of a question holds for any
	Seconds  float64                         // until the first token
}

// Texts is what ways to answer from texts of one's own cost in all against the
// number of questions: what is learned is paid once, what is read each time.
func Texts(ways []TextCost, asked float64) Chart {
	c := Chart{Key: "texts", Title: "Look it up, read it all, or learn it"}
	var rows []TextCost
	if !finite(asked) {
		asked = 0
	}
	at := func(w TextCost, n float64) float64 {
		if w.Machines == nil {
			return w.Setup + n*w.PerQuery
		}
		return w.Setup + n*w.Paid + w.Machines(n)
	}
	for _, w := range sound(ways, func(w TextCost) []float64 { return []float64{w.Setup, w.PerQuery, w.Paid, w.Seconds} }) {
		if w.Setup >= 0 && usable(w.PerQuery) && w.Paid >= 0 && (!usable(asked) || usable(at(w, asked))) {
			rows = append(rows, w)
		}
	}
	if len(rows) < 2 {
		return none(c, "Nothing is asked of this model in words, so there are no texts to read.")
	}
	lo, hi := 100.0, 1e7
	if usable(asked) {
		lo, hi = math.Min(lo, asked/10), math.Max(hi, asked*10)
	}
	c.X = logarithmic(lo, hi, short)
	c.X.Label, c.X.Unit = "questions in all (log scale)", ""
	const steps = 48 // machines come in whole copies, which the lines are to show
	asks := make([]float64, steps+1)
	for k := range asks {
		asks[k] = math.Min(hi, lo*math.Pow(hi/lo, float64(k)/steps))
	}
	costs := make([]Floats, len(rows))
	copies := false
	for i, w := range rows {
		copies = copies || w.Machines != nil
		for _, n := range asks {
			costs[i] = append(costs[i], at(w, n))
		}
	}
	colors := [...]Color{C1, C2, C3, C4, C5}
	low, high := math.Inf(1), 0.0
	p := Panel{Title: "dollars in all (log scale)", Height: 240}
	drawn := map[int]bool{}
	for i, w := range rows {
		if drawn[i] {
			continue
		}
		name := w.Name
		for j := i + 1; j < len(rows); j++ { // lines that cannot be told apart are one
			if !drawn[j] && allTogether(costs[i], costs[j]) {
				drawn[j] = true
				name += "; " + rows[j].Name
			}
		}
		m := Mark{Kind: Line, Color: colors[i%len(colors)], Label: name, Short: name}
		for k, v := range costs[i] {
			if !finite(v) || !(v > 0) {
				continue
			}
			m.X, m.Y = append(m.X, asks[k]), append(m.Y, v)
			low, high = math.Min(low, v), math.Max(high, v)
		}
		if len(m.X) > 1 {
			p.Marks = append(p.Marks, m)
		}
	}
	if len(p.Marks) == 0 {
		return none(c, "No way can be priced for any number of questions.")
	}
	p.Y = logarithmic(low/1.2, high*1.2, shortDollars)
	least := rows[0]
	if usable(asked) {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Ask, X: Floats{asked}, Label: "asked here: " + short(significant(asked, 2)), Short: "asked here"})
		for _, w := range rows {
			if at(w, asked) < at(least, asked) {
				least = w
			}
		}
		c.Caption = fmt.Sprintf("For the %s questions of the time looked ahead the cheapest is: %s, %s in all.", short(significant(asked, 2)), least.Name, dollars(at(least, asked)))
	} else {
		c.Caption = "What is learned is paid once; what is read is paid with every question."
	}
	if copies {
		c.Caption += " Each way has its own lengths of questions, on machines that cost the same until one copy of the model is full and then grow copy by copy."
	}
	c.Caption += " Tuning teaches a manner better than facts, so cheapest is not always best."
	c.Alt = c.Caption
	c.Panels = []Panel{p}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"way", ""}, {"once, and to keep it", "USD"}, {"a question", "USD"}, {"first token after", "s"}, {"in all", "USD"}}}
		for _, w := range rows {
			all := words("")
			if usable(asked) {
				all = number(dollars(at(w, asked)), at(w, asked))
			}
			t.add(words(w.Name), number(dollars(w.Setup), w.Setup), number(dollars(w.PerQuery), w.PerQuery), number(seconds(w.Seconds), w.Seconds), all)
		}
		return t
	}
	return c
}
