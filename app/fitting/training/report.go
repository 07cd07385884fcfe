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
	fmt.Fprintf(w, "%-36s %5d rows %2d sources  mean %5.1f  median %5.1f  p90 %5.1f  bias %+5.1f\n",
		l.Name, l.Rows, l.Sources, 100*l.Mean, 100*l.Median, 100*l.P90, 100*l.Bias)
}

// coverage is the share of results inside their 80 % interval, over rows, and
// the mean of the sources with at least ten rows.
func coverage(rs []Result) (rows, sources float64, many int) {
	by := map[string][]float64{}
	for i := range rs {
		v := 0.0
		if rs[i].Inside {
			v = 1
		}
		rows += v / float64(len(rs))
		by[rs[i].Case.Group] = append(by[rs[i].Case.Group], v)
	}
	for _, g := range sortedKeys(by) {
		if len(by[g]) >= 10 {
			sources += mean(by[g])
			many++
		}
	}
	return rows, sources / math.Max(1, float64(many)), many
}

// Report refits without each source (or model size), and prints the errors of
// what was left out: by source, beside the peers on the same runs; by
// accelerator family, precision and kind; by number of accelerators.
func Report(w io.Writer, cases []*Case, peers []Peer) {
	rs, _ := LeaveOut(cases, nil)
	// Rows that count: the table of runs alone, pipelines before their repair apart.
	var faulty []Result
	main := pick(rs, func(c *Case) bool { return !c.Extra && c.Clean && !c.Faulty })
	faulty = pick(rs, func(c *Case) bool { return !c.Extra && c.Clean && c.Faulty })
	table2 := pick(rs, func(c *Case) bool { return c.Group == "megatron-a100" && !c.Clean })
	fmt.Fprintln(w, "|error| of the step's time in %, each row predicted by constants fitted without its source")
	fmt.Fprintln(w, "(* without its model size, where its family, precision and kind have one source)")
	groups, cells := map[string]bool{}, map[string]bool{}
	for i := range main {
		groups[main[i].Case.Group] = true
		cells[main[i].Case.cell()] = true
	}
	line := func(name string, rs []Result) {
		if len(rs) == 0 {
			return
		}
		for i := range rs {
			if rs[i].How == "size" {
				name += "*"
				break
			}
		}
		summary(name, rs).print(w)
		their := on(peers, rs)
		for _, p := range sortedKeys(their) {
			fmt.Fprintf(w, "%40s %-36s mean %5.1f on %.0f\n", "", p, 100*their[p][0], their[p][1])
		}
	}
	for _, g := range sortedKeys(groups) {
		line(g, pick(main, func(c *Case) bool { return c.Group == g }))
	}
	line("narayanan table 2", table2)
	fmt.Fprintln(w)
	for _, g := range sortedKeys(cells) {
		in := pick(main, func(c *Case) bool { return c.cell() == g })
		l := summary(g, in)
		l.print(w)
		if l.Sources < 2 {
			fmt.Fprintf(w, "%40s one source: not validated\n", "")
		}
	}
	fmt.Fprintln(w)
	last := 0.0
	for _, to := range [...]float64{8, 64, 512, 2048, 1e9} {
		name := fmt.Sprintf("%.0f to %.0f accelerators", last+1, to)
		if to == 1e9 {
			name = "more than 2048"
		}
		if in := pick(main, func(c *Case) bool { return c.GPUs > last && c.GPUs <= to }); len(in) > 0 {
			summary(name, in).print(w)
		}
		last = to
	}
	fmt.Fprintln(w)
	all := summary("all that count", main)
	all.print(w)
	fmt.Fprintf(w, "%-36s mean over sources of their means %.1f, of their medians %.1f\n", "", 100*all.MacroMean, 100*all.MacroMedian)
	rows, sources, many := coverage(main)
	fmt.Fprintf(w, "80 %% intervals hold %.1f %% of rows, %.1f %% on average over %d sources of 10 rows or more\n", 100*rows, 100*sources, many)
	if len(faulty) > 0 {
		summary("with pipelines before their repair", append(faulty, main...)).print(w)
	}

	// nanotron, a model size at a time, beside the zero-shot figure.
	isNano := func(c *Case) bool { return c.Group == "nanotron" && !c.Faulty }
	inNode := func(c *Case) bool { return isNano(c) && c.Layout.TP <= 8 && c.MFU > 0.10 }
	sized, _ := LeaveOut(cases, map[string]bool{"nanotron": true})
	fmt.Fprintln(w)
	line("nanotron, TP in a node, MFU > 10 %", pick(sized, inNode))
	line("nanotron, all clean", pick(sized, isNano))
	printRegret(w, "ranking, nanotron", pick(sized, isNano))
	for _, g := range [...]string{"vtrain-multi", "vtrain-single", "bigscience", "mosaic"} {
		printRegret(w, "ranking, "+g, pick(main, func(c *Case) bool { return c.Group == g }))
	}
	line("zero-shot: TP in a node, MFU > 10 %", pick(rs, inNode))
	line("zero-shot: all clean", pick(rs, isNano))
}
