//go:build !js

package fitting

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/optimize"

	"flopbook/app/fitting/score"
	"flopbook/core/train"
)

// FitMemory fits the constants of a framework that no source states (slack,
// workspace, scores of the loss, gathered copies, optimizer temporaries) to
// the reserved memory of the rows, by a loss that outliers hardly move.
func FitMemory(from *train.Framework, rows []*MemoryRow) train.Framework {
	at := func(x []float64) train.Framework {
		f := *from
		f.Slack, f.Logit, f.Whole = math.Abs(x[0]), math.Abs(x[1])*10, math.Abs(x[2])
		f.Workspace, f.StepTemp = math.Abs(x[3])*(1<<30), math.Abs(x[4])*4
		f.Workspace = math.Max(f.Workspace, f.Scratch)
		return f
	}
	loss := func(x []float64) float64 {
		f := at(x)
		sum := 0.0
		for _, r := range rows {
			p, _ := r.Predict(&f)
			e := math.Log(p / r.Measured)
			sum += math.Sqrt(e*e + 0.02*0.02)
		}
		return sum / float64(len(rows))
	}
	x := []float64{0.13, 1.33, 2.5, 0.3, 1.2}
	for range 2 { // a second start from the end shakes off a collapsed simplex
		res, err := optimize.Minimize(optimize.Problem{Func: loss}, x, &optimize.Settings{FuncEvaluations: 700}, &optimize.NelderMead{})
		if err != nil && res == nil {
			break
		}
		x = res.X
	}
	return at(x)
}

// FitBuffers fits the bytes of each communicator's buffers, which frameworks do
// not count, to which rows ran out of memory: in steps of a quarter of a
// gibibyte the least that tells rows as well as any, to half a point. The
// least, because more would buy safety against the estimate's own error.
func FitBuffers(f *train.Framework, rows []*MemoryRow) float64 {
	const steps, step = 12, 1 << 28
	var told [steps + 1]float64
	best := 0.0
	for q := range told {
		g := *f
		g.PerGroup = float64(q) * step
		var s OOMScore
		for _, r := range rows {
			_, total := r.Predict(&g)
			s.add(r, total)
		}
		told[q] = s.Balanced()
		best = math.Max(best, told[q])
	}
	for q, b := range told {
		if b >= best-0.005 {
			return float64(q) * step
		}
	}
	return 0
}

// OOMScore counts how well rows that ran out of memory are told from those that fit.
type OOMScore struct{ Hit, OOM, Passed, Ran int }

// Balanced is the mean of the two shares that are told right.
func (s OOMScore) Balanced() float64 {
	return (float64(s.Hit)/float64(max(s.OOM, 1)) + float64(s.Passed)/float64(max(s.Ran, 1))) / 2
}

func (s *OOMScore) add(r *MemoryRow, total float64) {
	over := total > r.Capacity
	switch {
	case r.OOM && over:
		s.Hit++
	case r.Ran && !over:
		s.Passed++
	}
	if r.OOM {
		s.OOM++
	} else {
		s.Ran++
	}
}

// A MemoryReport is the accuracy of memory, in-sample and left out.
type MemoryReport struct {
	States            score.Errors // allocated between steps; nothing of it is fitted
	InSample, LeftOut score.Errors // reserved, nanotron, a model size left out at a time
	OOMIn, OOMOut     OOMScore
	Lo, Hi            float64 // 80 % of left-out rows measure between these times the prediction
	OtherLo, OtherHi  float64 // the same for the other sources, each source weighing the same
	BySize            map[string]score.Errors
	Constants         train.Framework
	Without           map[string]train.Framework // fitted without a model size
	ByRow             map[string]float64         // left-out error of reserved memory by the row's id
	Sources           []string
	BySource          map[string]score.Errors // other sources, zero-shot
	OOMBySource       map[string]OOMScore
	Skipped           map[string]int
}

// ReportMemory fits and scores. The rows of nanotron's sweep are fitted on, a
// model size left out at a time; those of other sources never enter the fit.
func ReportMemory(rows []MemoryRow) *MemoryReport {
	rep := &MemoryReport{BySize: map[string]score.Errors{}, Without: map[string]train.Framework{}, ByRow: map[string]float64{},
		BySource: map[string]score.Errors{}, OOMBySource: map[string]OOMScore{}, Skipped: map[string]int{}}
	var nanotron, others []MemoryRow
	seen := map[string]bool{}
	for _, r := range rows {
		switch {
		case seen[r.ID]:
		case r.Source == "nanotron":
			nanotron = append(nanotron, r)
		default:
			others = append(others, r)
		}
		seen[r.ID] = true
	}
	base := train.FindFramework("nanotron")
	var ran, every []*MemoryRow
	sizes := map[string]bool{}
	for i := range nanotron {
		r := &nanotron[i]
		if r.Skipped != "" {
			rep.Skipped[r.Source+": "+r.Skipped]++
			continue
		}
		sizes[r.Model] = true
		every = append(every, r)
		if r.Ran && r.Measured > 0 {
			ran = append(ran, r)
		}
	}
	var states []float64
	for _, r := range ran {
		if r.States > 0 {
			in := r.Inputs(base)
			var p train.Peak
			in.FirstStageOnly(&r.L, &p)
			states = append(states, p.States/r.States-1)
		}
	}
	rep.States = score.Of(states)

	errors := func(f *train.Framework, size string, oom *OOMScore) (errs []float64) {
		for i := range nanotron {
			r := &nanotron[i]
			if r.Skipped != "" || size != "" && r.Model != size {
				continue
			}
			printed, total := r.Predict(f)
			if r.Ran && r.Measured > 0 {
				errs = append(errs, printed/r.Measured-1)
				rep.ByRow[r.ID] = printed/r.Measured - 1 // in the end by constants without the row's size
			}
			oom.add(r, total)
		}
		return errs
	}
	rep.Constants = FitMemory(base, ran)
	rep.Constants.PerGroup = FitBuffers(&rep.Constants, every)
	rep.InSample = score.Of(errors(&rep.Constants, "", &rep.OOMIn))
	var all []float64
	for size := range sizes {
		without := func(rows []*MemoryRow) (rest []*MemoryRow) {
			for _, r := range rows {
				if r.Model != size {
					rest = append(rest, r)
				}
			}
			return rest
		}
		f := FitMemory(base, without(ran))
		f.PerGroup = FitBuffers(&f, without(every))
		rep.Without[size] = f
		errs := errors(&f, size, &rep.OOMOut)
		rep.BySize[size] = score.Of(errs)
		all = append(all, errs...)
	}
	rep.LeftOut = score.Of(all)
	rep.Lo, rep.Hi = factors(all)

	bySource := map[string][]float64{}
	for i := range others {
		r := &others[i]
		if r.Skipped != "" {
			rep.Skipped[r.Source+": "+r.Skipped]++
			continue
		}
		printed, total := r.Predict(train.FindFramework(r.Frame))
		if r.Measured > 0 {
			bySource[r.Source] = append(bySource[r.Source], printed/r.Measured-1)
		}
		o := rep.OOMBySource[r.Source]
		o.add(r, total)
		rep.OOMBySource[r.Source] = o
	}
	for s, errs := range bySource {
		rep.BySource[s] = score.Of(errs)
		rep.Sources = append(rep.Sources, s)
	}
	sort.Strings(rep.Sources)
	rep.OtherLo, rep.OtherHi = mixed(bySource)
	return rep
}

// factors is the range of measured over predicted that holds 80 % of the rows.
func factors(errs []float64) (lo, hi float64) {
	ratio := make([]float64, len(errs))
	for i, e := range errs {
		ratio[i] = 1 / (1 + e)
	}
	return score.Quantile(ratio, 0.1), score.Quantile(ratio, 0.9)
}

// mixed is the same over sources that all weigh the same, however many rows they have.
func mixed(bySource map[string][]float64) (lo, hi float64) {
	type point struct{ ratio, weight float64 }
	var all []point
	for _, errs := range bySource {
		for _, e := range errs {
			all = append(all, point{1 / (1 + e), 1 / float64(len(errs)*len(bySource))})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ratio < all[j].ratio })
	sum := 0.0
	for _, p := range all {
		if sum < 0.1 {
			lo = p.ratio
		}
		if sum < 0.9 {
			hi = p.ratio
		}
		sum += p.weight
	}
	return lo, hi
}
