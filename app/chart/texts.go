package chart

import (
	"fmt"
	"math"
)

// A TextCost is a way to answer from texts of one's own.
type TextCost struct {
	Name     string
	Setup    float64 // USD, once, with what it costs over the time looked ahead whether anybody asks or not
	PerQuery float64 // USD
	Seconds  float64 // until the first token
}

// Texts is what ways to answer from texts of one's own cost in all against the
// number of questions: what is learned is paid once, what is read each time.
func Texts(ways []TextCost, asked float64) Chart {
	c := Chart{Key: "texts", Title: "Look it up, read it all, or learn it"}
	var rows []TextCost
	for _, w := range sound(ways, func(w TextCost) []float64 { return []float64{w.Setup, w.PerQuery, w.Seconds} }) {
		if w.Setup >= 0 && usable(w.PerQuery) {
			rows = append(rows, w)
		}
	}
	if len(rows) < 2 {
		return none(c, "Nothing is asked of this model in words, so there are no texts to read.")
	}
	lo, hi := 100.0, 1e7
	if !finite(asked) {
		asked = 0
	}
	if usable(asked) {
		lo, hi = math.Min(lo, asked/10), math.Max(hi, asked*10)
	}
	c.X = logarithmic(lo, hi, short)
	c.X.Label, c.X.Unit = "questions in all (log scale)", ""
	at := func(w TextCost, n float64) float64 { return w.Setup + n*w.PerQuery }
	colors := [...]Color{C1, C2, C3, C4, C5}
	low, high := math.Inf(1), 0.0
	p := Panel{Title: "dollars in all (log scale)", Height: 240}
	const steps = 40
	drawn := map[int]bool{}
	for i, w := range rows {
		if drawn[i] {
			continue
		}
		name := w.Name
		for j := i + 1; j < len(rows); j++ { // lines that cannot be told apart are one; two straight ones are, where their ends are
			if o := rows[j]; !drawn[j] && together(at(w, lo), at(o, lo)) && together(at(w, hi), at(o, hi)) {
				drawn[j] = true
				name += "; " + o.Name
			}
		}
		m := Mark{Kind: Line, Color: colors[i%len(colors)], Label: name, Short: name}
		for k := range steps + 1 {
			n := math.Min(hi, lo*math.Pow(hi/lo, float64(k)/steps))
			m.X, m.Y = append(m.X, n), append(m.Y, at(w, n))
			low, high = math.Min(low, at(w, n)), math.Max(high, at(w, n))
		}
		p.Marks = append(p.Marks, m)
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
	c.Caption += " Tuning teaches a manner better than facts, so cheapest is not always best."
	c.Alt = c.Caption
	c.Panels = []Panel{p}
	c.Table = func() Table {
		t := Table{Columns: []Column{{"way", ""}, {"once, and to keep it", "USD"}, {"a question", "USD"}, {"first token after", "s"}, {"in all", "USD"}}}
		for _, w := range rows {
			t.add(words(w.Name), number(dollars(w.Setup), w.Setup), number(dollars(w.PerQuery), w.PerQuery), number(seconds(w.Seconds), w.Seconds), number(dollars(at(w, math.Max(0, asked))), at(w, math.Max(0, asked))))
		}
		return t
	}
	return c
}
