//go:build !js

package fitting

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"flopbook/core"
	"flopbook/core/train"
)

// fewTotals is the disclosed runs that a table must hold before what runs keep
// in practice is fitted on it; below, the shipped fit predicts it.
const fewTotals = 20

func runRatios(totals []core.Total) []train.RunRatio {
	var rs []train.RunRatio
	for i := range totals {
		if r, ok := totals[i].RunRatio(); ok {
			rs = append(rs, r)
		}
	}
	return rs
}

// RunChoices is what was decided by hand for predicting whole runs, and how.
const RunChoices = `
Decided by hand, not fitted:
  software not said: Megatron of the run's year; on TPUs JAX on XLA, decided after TPU runs were seen to be slow, and
    checked on steps that are not among them (MaxText, 8 steps: median |error| 36 % before, 6 % now)
  layout: the fastest predicted
  shape, sequence and batch: those of the known system that the model's name holds, if its size agrees within a tenth;
    else shaped like Llama, with the middle sequence of the known systems from a year before to a year after
  precision: 16 bits, and FP8 for DeepSeek-V3 and for Llama 4, of which Meta says so as a family; with Scout in 16 bits
    the left-out median is 17.1 %
  compute: as given; 6ND for OPT and Gopher, whose figure counts work done twice
  several kinds of accelerator: the same hours of each
  share kept: the mean of the logarithms of the middle half, a source counting as the square root of its runs; decided
    after the median was seen to move by steps (15.4 %, and 18.8 % with Scout in 16 bits)
`

// PracticeOf fits what disclosed runs keep of their predicted speed, and
// returns the fit without a given source.
func PracticeOf(totals []core.Total) func(group string) train.Practice {
	rs := runRatios(totals)
	if len(rs) < fewTotals {
		return train.PracticeWithout
	}
	done := map[string]train.Practice{}
	return func(group string) train.Practice {
		p, ok := done[group]
		if !ok {
			p = train.FitPractice(rs, group)
			done[group] = p
		}
		return p
	}
}

// PracticeTable writes the fit on all runs, and without each source in turn,
// as core/train/data/practice.csv holds them.
func PracticeTable(totals []core.Total, date string) string {
	rs := runRatios(totals)
	groups := map[string]bool{}
	var off []float64
	for _, r := range rs {
		groups[r.Group] = true
		off = append(off, math.Abs(r.Ratio/train.FitPractice(rs, r.Group).Share.V-1))
	}
	names := make([]string, 0, len(groups))
	for g := range groups {
		names = append(names, g)
	}
	sort.Strings(names)
	miss := 0.0
	if len(off) > 0 {
		sort.Float64s(off)
		miss = (off[(len(off)-1)/2] + off[len(off)/2]) / 2
	}
	var b strings.Builder
	b.WriteString("without,share,lo,hi,rows,sources,error,date\n")
	for _, g := range append([]string{""}, names...) {
		p := train.FitPractice(rs, g)
		fmt.Fprintf(&b, "%s,%.5g,%.5g,%.5g,%d,%d,%.5g,%s\n", g, p.Share.V, p.Share.Lo, p.Share.Hi, p.Rows, p.Sources, miss, date)
	}
	return b.String()
}
