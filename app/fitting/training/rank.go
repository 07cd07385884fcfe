//go:build !js

package training

import (
	"fmt"
	"io"
	"strconv"
)

// regret is, for each set of five or more measured layouts of one source,
// model, sequence, global batch and number of accelerators, how much slower
// than the fastest measured is the one predicted fastest.
func regret(rs []Result) []float64 {
	sets := map[string][]Result{}
	for _, r := range rs {
		c := r.Case
		k := c.Group + "|" + c.Model + "|" + num(c.In.Seq) + "|" + num(c.In.Batch) + "|" + num(c.GPUs) + "|" + c.Class.String() + "|" + c.Family
		sets[k] = append(sets[k], r)
	}
	var out []float64
	for _, k := range sortedKeys(sets) {
		set := sets[k]
		if len(set) < 5 {
			continue
		}
		pick, best := set[0], set[0]
		for _, r := range set {
			if r.Time < pick.Time {
				pick = r
			}
			if r.Case.Measured < best.Case.Measured {
				best = r
			}
		}
		out = append(out, pick.Case.Measured/best.Case.Measured-1)
	}
	return out
}

func num(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func printRegret(w io.Writer, name string, rs []Result) {
	if v := regret(rs); len(v) > 0 {
		fmt.Fprintf(w, "%-36s %5d sets of layouts: the one predicted fastest loses %.1f %% (median), %.1f %% (mean) to the best measured\n",
			name, len(v), 100*quantile(v, 0.5), 100*mean(v))
	}
}
