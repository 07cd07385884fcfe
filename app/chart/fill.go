package chart

import (
	"fmt"

	"flopbook/core/unit"
)

// A FillPoint is what is in the memory of one GPU while so many answers are written.
type FillPoint struct {
	Answers                 float64
	Weights, Cache, Reserve float64 // bytes
}

// FillUse is what [Fill] draws.
type FillUse struct {
	Accelerator string
	Capacity    float64     // bytes of one GPU
	Points      []FillPoint // growing
	Now         float64     // answers that a full copy writes at once
}

// Fill is the memory of a serving GPU against the answers that run: the model
// takes its part, and each answer holds what it has read and written.
func Fill(u FillUse) Chart {
	c := Chart{Key: "fill", Title: "Running answers fill the memory"}
	u.Points = sound(u.Points, func(p FillPoint) []float64 { return []float64{p.Answers, p.Weights, p.Cache, p.Reserve} })
	if len(u.Points) < 2 || !usable(u.Capacity) || !usable(u.Points[len(u.Points)-1].Answers) {
		return none(c, NotServed)
	}
	last := u.Points[len(u.Points)-1]
	c.X = linear(last.Answers, 6, short)
	c.X.Label, c.X.Unit = "answers written at once by one copy", ""
	p := Panel{Title: "GiB of one GPU", Height: 220, Y: linear(u.Capacity/gib, 5, grouped)}
	band := func(color Color, lo, hi func(FillPoint) float64) {
		m := Mark{Kind: Band, Color: color}
		for _, q := range u.Points {
			m.X, m.Lo, m.Hi = append(m.X, q.Answers), append(m.Lo, lo(q)/gib), append(m.Hi, hi(q)/gib)
		}
		p.Marks = append(p.Marks, m)
	}
	band(C1, func(FillPoint) float64 { return 0 }, func(q FillPoint) float64 { return q.Weights })
	band(C4, func(q FillPoint) float64 { return q.Weights }, func(q FillPoint) float64 { return q.Weights + q.Reserve })
	band(C2, func(q FillPoint) float64 { return q.Weights + q.Reserve }, func(q FillPoint) float64 { return q.Weights + q.Reserve + q.Cache })
	p.Marks = append(p.Marks, Mark{Kind: HRule, Color: Ink, Y: Floats{u.Capacity / gib}, Label: "the GPU’s memory: " + bytes(u.Capacity), Short: "memory"})
	// Words stand in the bands that have room for them.
	says := Mark{Kind: Words, Color: Ink}
	word := func(at, lo, hi float64, text string) {
		if hi-lo > 0.1*u.Capacity && usable(at) {
			says.X, says.Y, says.Text = append(says.X, at), append(says.Y, (lo+hi)/2/gib), append(says.Text, text)
		}
	}
	late := u.Points[(len(u.Points)-1)*3/4]
	word(c.X.Max/4, 0, last.Weights, "weights")
	word(late.Answers, late.Weights+late.Reserve, late.Weights+late.Reserve+late.Cache, "running answers (KV cache)")
	if len(says.X) > 0 {
		p.Marks = append(p.Marks, says)
	}
	if u.Now > 0 && u.Now <= c.X.Max {
		p.Marks = append(p.Marks, Mark{Kind: VRule, Color: Ask, X: Floats{u.Now}, Label: count(u.Now) + " at once keep the pace", Short: count(u.Now)})
	}
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("The weights take %s of each GPU; %s answers fill what is left. Pace or memory, whichever comes first, sets how many run.", bytes(last.Weights), count(last.Answers))
	c.Alt = fmt.Sprintf("On %s the weights take %s, the runtime %s, and %s running answers %s, of %s in all.", u.Accelerator, bytes(last.Weights), bytes(last.Reserve), count(last.Answers), bytes(last.Cache), bytes(u.Capacity))
	c.Table = func() Table {
		t := Table{Columns: []Column{{"answers at once", ""}}}
		for _, name := range [...]string{"weights", "runtime", "running answers", "free"} {
			t.Columns = append(t.Columns, Column{name, unit.ByteCount.Name()})
		}
		cell := func(v float64) Cell { return number(bytes(v), v/gib) }
		for _, q := range u.Points {
			t.add(number(count(q.Answers), q.Answers), cell(q.Weights), cell(q.Reserve), cell(q.Cache), cell(max(0, u.Capacity-q.Weights-q.Reserve-q.Cache)))
		}
		return t
	}
	return c
}
