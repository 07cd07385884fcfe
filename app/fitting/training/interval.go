//go:build !js

package training

import (
	"math"
	"sort"
)

// Weights of another row's left-out error for the interval of a row: as much
// as it is like it. Dense models and mixtures of experts differ more in their
// errors than accelerator families do.
const (
	sameCell = 1.0
	sameBoth = 0.5 // family and kind, in another precision
	sameKind = 0.35
	sameFam  = 0.1
	other    = 0.05
)

type weighed struct{ e, w float64 }

// spread is the 10 % and 90 % quantiles of log(measured/predicted) over the
// left-out results that may speak for a row of this family, precision and kind.
// Each source counts as the square root of its rows. Results for which skip is
// true are left out: those of the row's own source, when coverage is asked.
func spread(rs []Result, family string, cell string, moe bool, skip func(*Result) bool) (lo, hi float64) {
	n := map[string]float64{}
	for i := range rs {
		if c := rs[i].Case; !skip(&rs[i]) && !c.Faulty && !c.Extra {
			n[rs[i].Case.Group]++
		}
	}
	var v []weighed
	by := map[string]float64{}
	for i := range rs {
		r := &rs[i]
		if skip(r) || r.Case.Faulty || r.Case.Extra {
			continue
		}
		w := other
		switch c := r.Case; {
		case c.cell() == cell:
			w = sameCell
		case c.Family == family && c.MoE == moe:
			w = sameBoth
		case c.MoE == moe:
			w = sameKind
		case c.Family == family:
			w = sameFam
		}
		w /= math.Sqrt(n[r.Case.Group])
		v = append(v, weighed{math.Log(r.Case.Measured / r.Time), w})
		by[r.Case.Group] += w
	}
	// A new source is one more draw from as many as there are: the level rises
	// by one in that number (conformal prediction with groups, Dunn et al. 2022).
	level := math.Min(0.95, 0.8*(1+1/math.Max(1, float64(len(by)))))
	return tail(v, (1-level)/2), tail(v, (1+level)/2)
}

func tail(v []weighed, q float64) float64 {
	if len(v) == 0 {
		return math.Log(2) * math.Copysign(1, q-0.5)
	}
	sort.Slice(v, func(i, j int) bool { return v[i].e < v[j].e })
	sum := 0.0
	for _, x := range v {
		sum += x.w
	}
	at := 0.0
	for _, x := range v {
		at += x.w
		if at >= q*sum {
			return x.e
		}
	}
	return v[len(v)-1].e
}

// Cover gives each result the interval that the other sources' left-out errors
// (or, in a cell with one source, its other model sizes') imply, and says
// whether the measurement lies inside.
func Cover(rs []Result) {
	type key struct{ cell, group, size string }
	done := map[key][2]float64{}
	for i := range rs {
		r := &rs[i]
		k := key{r.Case.cell(), r.Case.Group, ""}
		skip := func(o *Result) bool { return o.Case.Group == r.Case.Group }
		if r.How == "size" {
			k.size = r.Case.size()
			skip = func(o *Result) bool { return o.Case.Group == r.Case.Group && o.Case.size() == k.size }
		}
		s, ok := done[k]
		if !ok {
			s[0], s[1] = spread(rs, r.Case.Family, r.Case.cell(), r.Case.MoE, skip)
			done[k] = s
		}
		r.Lo, r.Hi = r.Time*math.Exp(s[0]), r.Time*math.Exp(s[1])
		r.Inside = r.Case.Measured >= r.Lo && r.Case.Measured <= r.Hi
	}
}
