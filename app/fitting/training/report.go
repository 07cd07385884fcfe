//go:build !js

package training

import (
	"fmt"
	"io"
	"math"
	"sort"
)

// Line is the error of one group of rows.
type Line struct {
	Name                   string
	Rows, Sources          int
	Mean, Median, P90      float64 // of |error|
	Bias                   float64 // median of the error
	MacroMedian, MacroMean float64 // mean over sources of their medians, and of their means
}

func summary(name string, rs []Result) Line {
	l := Line{Name: name, Rows: len(rs)}
	if len(rs) == 0 {
		return l
	}
	by := map[string][]float64{}
	var abs, signed []float64
	for _, r := range rs {
		a := math.Abs(r.Error)
		abs, signed = append(abs, a), append(signed, r.Error)
		by[r.Case.Group] = append(by[r.Case.Group], a)
		l.Mean += a
	}
	l.Mean /= float64(len(rs))
	l.Median, l.P90, l.Bias = quantile(abs, 0.5), quantile(abs, 0.9), quantile(signed, 0.5)
	l.Sources = len(by)
	for _, g := range sortedKeys(by) {
		l.MacroMedian += quantile(by[g], 0.5) / float64(len(by))
		l.MacroMean += mean(by[g]) / float64(len(by))
	}
	return l
}

func mean(v []float64) float64 {
	t := 0.0
	for _, x := range v {
		t += x
	}
	return t / float64(len(v))
}

func quantile(values []float64, q float64) float64 {
	v := append([]float64(nil), values...)
	sort.Float64s(v)
	at := q * float64(len(v)-1)
	i := int(at)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}

func pick(rs []Result, keep func(*Case) bool) []Result {
	var out []Result
	for _, r := range rs {
		if keep(r.Case) {
			out = append(out, r)
		}
	}
	return out
}

func (l Line) print(w io.Writer) {
	fmt.Fprintf(w, "%-34s %5d rows %2d src  mean %5.1f  median %5.1f  p90 %5.1f  bias %+5.1f\n",
		l.Name, l.Rows, l.Sources, 100*l.Mean, 100*l.Median, 100*l.P90, 100*l.Bias)
}
