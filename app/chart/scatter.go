package chart

import (
	"fmt"
	"math"
	"sort"
)

// A Held is a prediction held against a measurement.
type Held struct {
	Group               string // source, or kind of measurement
	Measured, Predicted float64
	Inside              bool // the measurement lies in the range given
}

// PredictedMeasured draws predictions over measurements, on log scales, where
// the diagonal is a perfect prediction. The sources with most points have
// colours of their own.
func PredictedMeasured(key, title, unitName string, points []Held) Chart {
	c := Chart{Key: key, Title: title}
	if len(points) == 0 {
		points = []Held{{Measured: 1, Predicted: 1, Inside: true}}
	}
	lo, hi := math.Inf(1), 0.0
	count := map[string]int{}
	inside := 0
	for _, p := range points {
		lo, hi = math.Min(lo, math.Min(p.Measured, p.Predicted)), math.Max(hi, math.Max(p.Measured, p.Predicted))
		count[p.Group]++
		if p.Inside {
			inside++
		}
	}
	lo, hi = lo/1.2, hi*1.2
	names := make([]string, 0, len(count))
	for g := range count {
		names = append(names, g)
	}
	sort.Slice(names, func(i, j int) bool {
		if count[names[i]] != count[names[j]] {
			return count[names[i]] > count[names[j]]
		}
		return names[i] < names[j]
	})
	colors := [...]Color{C1, C2, C3, C4, C5}
	const rest = "all others"
	group := func(g string) int {
		for i := range min(len(names), len(colors)) {
			if names[i] == g {
				return i
			}
		}
		return len(colors)
	}
	marks := make([]Mark, len(colors)+1)
	for i := range marks {
		marks[i] = Mark{Kind: Dot, Color: C6, Label: rest}
		if i < len(colors) {
			marks[i].Color = colors[i]
			if i < len(names) {
				marks[i].Label = names[i]
			}
		}
	}
	for _, p := range points {
		m := &marks[group(p.Group)]
		m.X, m.Y = append(m.X, p.Measured), append(m.Y, p.Predicted)
	}
	c.X = logarithmic(lo, hi, short)
	c.X.Label, c.X.Unit = "measured, "+unitName, unitName
	y := logarithmic(lo, hi, short)
	p := Panel{Title: "predicted, " + unitName, Height: 380, Y: y}
	p.Marks = append(p.Marks, Mark{Kind: Band, Color: Soft, X: Floats{lo, hi}, Lo: Floats{lo / 1.25, hi / 1.25}, Hi: Floats{lo * 1.25, hi * 1.25}})
	p.Marks[0].Lo[0] = math.Max(p.Marks[0].Lo[0], y.Min)
	p.Marks[0].Hi[1] = math.Min(p.Marks[0].Hi[1], y.Max)
	p.Marks = append(p.Marks, Mark{Kind: Line, Color: Soft, Dashed: true, X: Floats{lo, hi}, Y: Floats{lo, hi}})
	for _, m := range marks {
		if len(m.X) > 0 {
			p.Marks = append(p.Marks, m)
		}
	}
	c.Panels = []Panel{p}
	c.Caption = fmt.Sprintf("%s measurements, each a dot: on the dashed line the prediction is right, in the grey band it is off by less than a quarter. %s of them lie in the range that we gave.",
		grouped(float64(len(points))), grouped(float64(inside)))
	c.Alt = c.Caption
	c.Table = func() Table {
		t := Table{Columns: []Column{{"source", ""}, {"measured", unitName}, {"predicted", unitName}, {"in the range", ""}}}
		for _, p := range points {
			in := "no"
			if p.Inside {
				in = "yes"
			}
			t.add(words(p.Group), number(short(p.Measured), p.Measured), number(short(p.Predicted), p.Predicted), words(in))
		}
		return t
	}
	return c
}
