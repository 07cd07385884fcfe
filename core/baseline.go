package core

import (
	"math"
	"sort"
	"strings"

	"flopbook/core/catalog"
)

// FamilyMedian predicts GPU-hours by the plainest rule that sees the answers:
// work over peak speed times the median share of peak that runs on the same
// family of accelerator reached. With leaveOut the medians for a run leave out
// its whole source; a family without another source takes the median of all
// families. A run on several kinds of accelerator counts as one on the kind
// named first. It says, run by run, what the rule gives; 0 where the run cannot
// be used. What we predict without having seen any of the answers stands
// against this.
func FamilyMedian(totals []Total, leaveOut bool) []float64 {
	type run struct {
		family, group string
		peak, mfu     float64
	}
	runs := make([]run, len(totals))
	for i := range totals {
		t := &totals[i]
		first, _, _ := strings.Cut(t.Hardware, ",")
		a, p := catalog.Find(first)
		if p != nil || t.Work() <= 0 || t.GPUHours <= 0 || !t.Has("time") {
			continue
		}
		peak, _ := a.PeakFor(catalog.BF16)
		if peak == nil {
			continue
		}
		runs[i] = run{a.Family, t.Group, peak.V, t.Work() / (t.GPUHours * 3600 * peak.V)}
	}
	middle := func(keep func(*run) bool) float64 {
		var v []float64
		for i := range runs {
			if runs[i].mfu > 0 && keep(&runs[i]) {
				v = append(v, runs[i].mfu)
			}
		}
		if len(v) == 0 {
			return math.NaN()
		}
		sort.Float64s(v)
		return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	}
	out := make([]float64, len(totals))
	for i := range runs {
		r := &runs[i]
		if r.mfu == 0 {
			continue
		}
		seen := func(o *run) bool { return !leaveOut || o.group != r.group }
		m := middle(func(o *run) bool { return o.family == r.family && seen(o) })
		if math.IsNaN(m) {
			m = middle(seen)
		}
		if !math.IsNaN(m) {
			out[i] = totals[i].Work() / (3600 * r.peak * m)
		}
	}
	return out
}
