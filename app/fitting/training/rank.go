//go:build !js

package training

import (
	"strconv"

	"flopbook/app/fitting/score"
)

// enoughLayouts is how many layouts a set needs before it says anything about ranking.
const enoughLayouts = 5

// A Ranking is how much slower than the fastest measured layout is the one
// predicted fastest, over sets of measured layouts of one source, model,
// sequence, batch, number of accelerators, precision and family.
type Ranking struct {
	Sets, Layouts int
	Median, Mean  float64 // loss, a share of the best measured time
}

// ranking compares layouts by the time that `predicted` gives; results for
// which it gives none do not count. Repeats of a layout count as their median.
func ranking(rs []Result, predicted func(*Result) (float64, bool)) Ranking {
	type repeats struct{ measured, predicted []float64 }
	sets := map[string]map[string]*repeats{}
	for i := range rs {
		t, ok := predicted(&rs[i])
		if !ok {
			continue
		}
		c := rs[i].Case
		l := &c.Layout
		key := c.Group + "|" + c.Model + "|" + num(c.In.Seq) + "|" + num(c.In.Batch) + "|" + num(c.GPUs) + "|" + c.cell()
		layout := ""
		for _, n := range [...]int{l.TP, l.PP, l.VPP, l.DP, l.CP, l.EP, l.ZeRO, l.Micro, int(l.Recompute), int(c.In.ShardGroup)} {
			layout += " " + strconv.Itoa(n)
		}
		if sets[key] == nil {
			sets[key] = map[string]*repeats{}
		}
		if sets[key][layout] == nil {
			sets[key][layout] = &repeats{}
		}
		r := sets[key][layout]
		r.measured, r.predicted = append(r.measured, c.Measured), append(r.predicted, t)
	}
	var out Ranking
	var losses []float64
	for _, key := range sortedKeys(sets) {
		set := sets[key]
		if len(set) < enoughLayouts {
			continue
		}
		best, least, chosen := 0.0, 0.0, 0.0
		for _, layout := range sortedKeys(set) {
			m, p := score.Quantile(set[layout].measured, 0.5), score.Quantile(set[layout].predicted, 0.5)
			if best == 0 || m < best {
				best = m
			}
			if least == 0 || p < least {
				least, chosen = p, m
			}
		}
		out.Sets++
		out.Layouts += len(set)
		losses = append(losses, chosen/best-1)
	}
	out.Median, out.Mean = score.Quantile(losses, 0.5), score.Mean(losses)
	return out
}

// ours is our own prediction, for ranking.
func ours(r *Result) (float64, bool) { return r.Time, true }

func num(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
