//go:build !js

package fitting

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"flopbook/core/serve"
)

// ServingTable fits on all rows and writes the table that core/serve embeds:
// one line for each engine, accelerator family and precision that was
// measured, as its newest version performs, and lines for any engine, family
// or precision that stand in for the rest. Ranges come from left-out
// predictions, never from the fit's own residuals.
func ServingTable(rows []ServingRow) string {
	fit := FitServing(rows, func(*ServingRow) bool { return true })
	draw := FitDraw(rows, fit, func(*ServingRow) bool { return true })
	leftOut := ValidateServing(rows, rows, false)

	newest := map[string]*ServingRow{}
	count := map[stack]int{}
	sources := map[stack]map[string]bool{}
	example := map[stack]*ServingRow{}
	for i := range rows {
		r := &rows[i]
		if !r.Used() {
			continue
		}
		e := engineFamily(r.Engine)
		if n := newest[e]; n == nil || r.Year > n.Year {
			newest[e] = r
		}
		for _, k := range []stack{{e, r.kind(), r.Prec}, {e, "", ""}, {"", r.kind(), r.Prec}, {"", r.kind(), ""}, {"", "", r.Prec}, {"", "", ""}} {
			count[k]++
			if sources[k] == nil {
				sources[k] = map[string]bool{}
				example[k] = r
			}
			sources[k][r.Source] = true
		}
	}
	// The range of a line: its own left-out rows where there are enough, else
	// those of its engine, of its family, of all.
	spreadOf := func(k stack, of func(*ServingPrediction) bool) (lo, hi float64) {
		for _, try := range []stack{k, {k.engine, "", ""}, {"", k.family, ""}, {"", "", ""}} {
			groups := map[string]float64{}
			for i := range leftOut {
				if p := &leftOut[i]; of(p) && try.speaksFor(p.Row) {
					groups[p.Group]++
				}
			}
			var v, w []float64
			for i := range leftOut {
				if p := &leftOut[i]; of(p) && try.speaksFor(p.Row) {
					v, w = append(v, -math.Log1p(p.TimeError)), append(w, 1/math.Sqrt(groups[p.Group]))
				}
			}
			if len(v) >= 20 {
				return math.Exp(math.Min(0, weightedQuantile(v, w, .1))), math.Exp(math.Max(0, weightedQuantile(v, w, .9)))
			}
		}
		return 0.5, 2
	}
	keys := make([]stack, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		return a.engine+"|"+a.family+"|"+a.prec < b.engine+"|"+b.family+"|"+b.prec
	})
	var b strings.Builder
	b.WriteString(serve.FittedColumns + "\n")
	for _, k := range keys {
		r := *example[k]
		r.Hardware = "" // no single machine
		if k.engine == "" {
			r.Engine, r.Source, r.Version, r.Year = "", "", "", 2025.5
		} else {
			n := newest[k.engine]
			r.Engine, r.Source, r.Version, r.Year = n.Engine, n.Source, n.Version, n.Year
		}
		at := fit.at(&r)
		if k.family == "" {
			at[byFamily], at[byStack] = none, none
		}
		if k.prec == "" {
			at[byPrec] = none
		}
		x := fit.latent(&r, &at)
		c := constants(&r, &x)
		of := r
		if k.family == "" {
			of.Family = ""
		}
		if k.prec == "" {
			of.Prec = ""
		}
		d := draw.Draw(&of)
		rated := r.H.Power
		if rated <= 0 {
			rated = 400
		}
		lo, hi := spreadOf(k, func(p *ServingPrediction) bool { return p.Row.HasTime })
		energyLo, energyHi := spreadOf(k, func(p *ServingPrediction) bool { return p.Regime == RegimeEnergy })
		fmt.Fprintf(&b, "%s,%s,%s", k.engine, strings.ReplaceAll(k.family, ", ", " "), k.prec)
		for _, v := range []float64{c.Weights, c.KV, c.Matmul, c.Attention, c.Step, c.Layer, c.Seq, c.AllReduce, c.Link, c.Expert, c.Grouped,
			c.Usable, c.Rest, c.Reserve, c.MaxBatch, d.Static / rated, d.PerFLOP, d.PerByte, float64(count[k]), float64(len(sources[k])), lo, hi, energyLo, energyHi} {
			fmt.Fprintf(&b, ",%.4g", v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A stack is an engine, an accelerator family and a precision; empty means any.
type stack struct{ engine, family, prec string }

func (k stack) speaksFor(r *ServingRow) bool {
	return (k.engine == "" || k.engine == engineFamily(r.Engine)) && (k.family == "" || k.family == r.kind()) && (k.prec == "" || k.prec == r.Prec)
}

var none = func() (at [latents]int) {
	for i := range at {
		at[i] = -1
	}
	return at
}()
