//go:build !js

package training

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"flopbook/app/fitting/score"
	"flopbook/core/catalog"
	"flopbook/core/train"
)

// table writes the constants of a fit as core/train/data/efficiency.csv and
// networks.csv hold them: a row for each family, precision, kind of model and
// software that was measured, and rows with "any" in place of what was not.
// Intervals and errors are those of runs left out of the fit.
func table(p *Point, all []Result, date string) (efficiency, networks string) {
	rs := pick(all, func(c *Case) bool { return c.counts() && !c.Faulty })
	type key struct {
		family string
		class  catalog.Precision
		moe    bool
		soft   string
	}
	rows := map[key]int{}
	lines := map[string]string{}
	for i := range rs {
		c := rs[i].Case
		lines[c.Soft] = c.Line
		rows[key{c.Family, c.Class, c.MoE, c.Soft}]++
		rows[key{c.Family, c.Class, c.MoE, "any"}]++
	}
	// Precisions and kinds that a family was not measured in, and families that were not.
	for _, c := range [...]catalog.Precision{catalog.BF16, catalog.FP8, catalog.FP4} {
		for _, moe := range [...]bool{false, true} {
			for soft := range lines {
				rows[key{"any", c, moe, soft}] += 0
			}
			rows[key{"any", c, moe, "any"}] += 0
			for i := range rs {
				rows[key{rs[i].Case.Family, c, moe, "any"}] += 0
			}
		}
	}
	keys := make([]key, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		switch {
		case a.family != b.family:
			return a.family < b.family
		case a.class != b.class:
			return a.class < b.class
		case a.moe != b.moe:
			return b.moe
		}
		return a.soft < b.soft
	})
	var b strings.Builder
	b.WriteString("family,precision,kind,software")
	var e train.Efficiency
	e.Fields(func(name string, _ *float64) { b.WriteString("," + name) })
	b.WriteString(",lo,hi,rows,sources,error,names,date\n")
	for _, k := range keys {
		c := Case{Family: k.family, Class: k.class, MoE: k.moe, Soft: k.soft, Line: lines[k.soft], Network: "infiniband"}
		p.Efficiency(&c, &e)
		kind := "dense"
		if k.moe {
			kind = "moe"
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s", k.family, k.class, kind, k.soft)
		e.Fields(func(_ string, v *float64) { b.WriteString("," + short(*v)) })
		lo, hi := spread(rs, k.family, c.cell(), k.moe, func(*Result) bool { return false })
		var abs []float64
		names := map[string]bool{}
		for i := range rs {
			r := &rs[i]
			if r.Case.cell() == c.cell() {
				names[r.Case.Group] = true
				if k.soft == "any" || r.Case.Soft == k.soft {
					abs = append(abs, math.Abs(r.Error))
				}
			}
		}
		miss := 0.0
		if len(abs) > 0 {
			miss = score.Quantile(abs, 0.5)
		}
		fmt.Fprintf(&b, ",%s,%s,%d,%d,%s,%s,%s\n", short(math.Min(math.Exp(lo), 1)), short(math.Max(math.Exp(hi), 1)), rows[k], len(names), short(miss), strings.Join(sortedKeys(names), ";"), date)
	}
	nets := map[string]int{"infiniband": 0}
	for i := range rs {
		nets[rs[i].Case.Network]++
	}
	var n strings.Builder
	n.WriteString("network,net,rails,net_latency,crowd,rows\n")
	for _, name := range sortedKeys(nets) {
		c := Case{Family: "any", Class: catalog.BF16, Soft: "any", Network: name}
		p.Efficiency(&c, &e)
		fmt.Fprintf(&n, "%s,%s,%s,%s,%s,%d\n", name, short(e.Net), short(e.Rails), short(e.NetLatency), short(e.Crowd), nets[name])
	}
	return b.String(), n.String()
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
