package chart

import (
	"fmt"
	"math"
)

// A PacePoint is a copy of a model writing so many answers at once.
type PacePoint struct {
	Answers float64 // at once
	Reader  float64 // tokens/s that one reader sees
	PerGPU  float64 // tokens/s of one GPU
}

// PaceCurve is what [Pace] draws.
type PaceCurve struct {
	Points    []PacePoint // by answers at once, growing
	Now       PacePoint   // as the case runs
	Objective float64     // tokens/s that a reader should see at least; 0 for none
}

// Pace is the trade between how fast each reader gets words and how much a GPU
// gets done: more answers at once make each slower and all cheaper.
func Pace(s PaceCurve) Chart {
	c := Chart{Key: "pace", Title: "Faster answers or more of them"}
	if !finite(s.Now.Reader) || !finite(s.Now.PerGPU) || s.Now.Reader <= 0 || s.Now.PerGPU <= 0 || !finite(s.Now.Answers) {
		return none(c, NotServed)
	}
	line := Mark{Kind: Line, Color: C1}
	lo, hi, top := math.Inf(1), 0.0, 0.0
	pts := append([]PacePoint(nil), s.Points...)
	for i := len(pts) - 1; i >= 0; i-- { // readers' speed grows to the right
		p := pts[i]
		if !finite(p.Reader) || !finite(p.PerGPU) || p.Reader <= 0 || p.PerGPU <= 0 || len(line.X) > 0 && p.Reader <= line.X[len(line.X)-1] {
			continue
		}
		line.X, line.Y = append(line.X, p.Reader), append(line.Y, p.PerGPU)
		lo, hi, top = math.Min(lo, p.Reader), math.Max(hi, p.Reader), math.Max(top, p.PerGPU)
	}
	lo, hi, top = math.Min(lo, s.Now.Reader), math.Max(hi, s.Now.Reader), math.Max(top, s.Now.PerGPU)
	if !(hi > lo) {
		lo, hi = s.Now.Reader/2, s.Now.Reader*2
	}
	c.X = logarithmic(lo, hi, short)
	c.X.Label, c.X.Unit = "words’ pace for each reader, tokens/s (log scale)", "tokens/s"
	p := Panel{Title: "answer tokens/s of one GPU", Height: 240, Y: linear(top, 5, short)}
	if len(line.X) > 1 {
		p.Marks = append(p.Marks, line)
	}
	if s.Objective > lo && s.Objective < hi {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Soft, Dashed: true, X: Floats{s.Objective}, Label: "as slow as you allow", Short: "limit"})
	}
	p.Marks = append(p.Marks, Mark{Kind: Dot, Color: Ask, X: Floats{s.Now.Reader}, Y: Floats{s.Now.PerGPU}, Text: []string{count(s.Now.Answers) + " at once"}})
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("With %s answers written at once each reader gets %s tokens a second and a GPU writes %s in all. To the right faster and dearer, to the left slower and cheaper.",
		count(s.Now.Answers), short(s.Now.Reader), short(s.Now.PerGPU))
	c.Alt = c.Caption
	c.Table = func() Table {
		t := Table{Columns: []Column{{"answers at once", ""}, {"for each reader", "tokens/s"}, {"of one GPU", "tokens/s"}}}
		for i, q := range append([]PacePoint{s.Now}, s.Points...) {
			if i%4 == 0 && finite(q.Reader) && finite(q.PerGPU) {
				t.add(number(count(q.Answers), q.Answers), number(short(q.Reader), q.Reader), number(short(q.PerGPU), q.PerGPU))
			}
		}
		return t
	}
	return c
}
