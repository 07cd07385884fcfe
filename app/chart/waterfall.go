package chart

import (
	"fmt"
	"math"
	"strings"

	"flopbook/core/unit"
)

// A Loss is a share of a machine's peak speed, or of a step's time, that goes
// to something.
type Loss struct {
	Name  string  // "network between copies"
	Term  string  // the field's own word, for the table
	Share float64 // below 0 for what adds to it
	Color Color
}

// Waterfall leads from a machine's peak, step by step, down to the useful work.
type Waterfall struct {
	Accelerator string
	Losses      []Loss  // in the order drawn; zero ones are left out of the picture
	Useful      float64 // share of peak that is left: the MFU; with the losses it makes one
	Lo, Hi      float64 // range of Useful; both 0 where it is exact
	Given       float64 // share of peak that was given beside the predicted one above; 0 for none
}

// WhereTimeGoes is the waterfall from peak to useful work.
func WhereTimeGoes(w Waterfall) Chart {
	c := Chart{Key: "waterfall", Title: "Where the GPU’s time goes"}
	c.X = linear(100, 5, grouped)
	c.X.Max, c.X.Label, c.X.Unit = 100, "% of peak speed", "%"
	percent := func(v float64) string { return unit.Short(unit.Fraction, v) }
	p := Panel{Rows: []string{"peak speed"}}
	p.Marks = append(p.Marks, Mark{Kind: Bar, Color: Soft, Lo: Floats{0}, Hi: Floats{100}, Row: []int{0}})
	at := 1.0
	var said []string
	for _, l := range w.Losses {
		next, text := at-l.Share, percent(l.Share)
		if l.Share < 0 {
			text = "+" + percent(-l.Share)
		}
		if math.Abs(l.Share) >= 0.0005 {
			p.Rows = append(p.Rows, l.Name)
			p.Marks = append(p.Marks, Mark{Kind: Bar, Color: l.Color, Lo: Floats{100 * math.Min(at, next)}, Hi: Floats{100 * math.Max(at, next)},
				Row: []int{len(p.Rows) - 1}, Text: []string{text}})
			said = append(said, l.Name+" "+text)
		}
		at = next
	}
	p.Rows = append(p.Rows, "useful work")
	p.Marks = append(p.Marks, Mark{Kind: Bar, Color: C2, Lo: Floats{0}, Hi: Floats{100 * w.Useful}, Row: []int{len(p.Rows) - 1}, Text: []string{percent(w.Useful)}})
	given := ""
	if usable(w.Given) {
		given = fmt.Sprintf(" This is the prediction; the share given, which all other figures follow, is %s.", percent(w.Given))
		if w.Given <= 1 {
			p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Ask, Dashed: true, X: Floats{100 * w.Given}, Label: "given: " + percent(w.Given), Short: "given"})
		}
	}
	c.Panels = []Panel{p}

	worst := Loss{}
	for _, l := range w.Losses {
		if l.Share > worst.Share {
			worst = l
		}
	}
	c.Caption = fmt.Sprintf("Of each second a GPU does useful work for %s (its MFU)%s. Most of the rest goes to %s.",
		percent(w.Useful), between(unit.Fraction, w.Useful, w.Lo, w.Hi), worst.Name)
	if worst.Share == 0 {
		c.Caption = fmt.Sprintf("All of each second is useful work: %s.", percent(w.Useful))
	}
	c.Caption += given
	c.Alt = fmt.Sprintf("From the peak speed of one %s down to useful work: %s; useful work %s.%s", w.Accelerator, strings.Join(said, ", "), percent(w.Useful), given)
	c.Table = func() Table {
		t := Table{Columns: []Column{{"where it goes", ""}, {"the field’s word", ""}, {"share of peak", "%"}}}
		for _, l := range w.Losses {
			t.add(words(l.Name), words(l.Term), number(percent(l.Share), 100*l.Share))
		}
		t.add(words("useful work"), words("MFU"), number(percent(w.Useful), 100*w.Useful))
		if usable(w.Given) {
			t.add(words("useful work, given"), words("MFU"), number(percent(w.Given), 100*w.Given))
		}
		return t
	}
	return c
}
