package core

import (
	"math"

	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// fitSource is where the constants of a step are fitted.
const fitSource = "flopbook-training-runs"

// predictsMFU reports that the utilisation is the step's, neither given nor implied.
func predictsMFU(in *Resolved) bool {
	v := &in.Num[scenario.MFU]
	return !v.Known || v.Origin == derivation.Computed
}

// estimateStep predicts the step of the layout in out; counts and work come first.
func estimateStep(in *Resolved, out *Report) {
	var s train.StepInputs
	body := &out.Counts
	speech := in.Arch.Encoder.Layers > 0
	if speech {
		body = &out.Body
		in.Body.Count(body)
	}
	StepInputsOf(in, body, &s)
	s.Estimate(&out.Layout.Layout, &out.Step)
	out.FitNarrows = 1
	if speech {
		// The text model does about the same work; the step takes as much longer
		// as the true work is more.
		var f model.Flops
		in.Body.Flops(body, s.Seq, model.Causal, out.Layout.Recompute, &f)
		out.Step.Scale(out.Flops.Train / (f.Train * s.Seq))
	}
	lo, hi := in.Basis.Spread(unknowns(in))
	if in.Fit != nil {
		table := s
		table.Eff = in.Table
		r, narrower := in.Fit.Forecast(&table, &out.Layout.Layout, lo, hi)
		out.Step.Scale(r.V / out.Step.Total)
		out.StepRange, out.FitNarrows = r, narrower
		return
	}
	t := out.Step.Total
	out.StepRange = unit.Range{V: t, Lo: t * lo, Hi: t * hi}
}

// unknowns counts what of a run is not known and widens its interval: a layout
// that was chosen for it, software that is only dated, a speech model timed by
// a text model, and each four-fold step in GPUs beyond the largest measured run.
func unknowns(in *Resolved) float64 {
	n := 0.0
	if !in.Given(scenario.TP) && !in.Given(scenario.PP) {
		n++
	}
	if in.Arch.Encoder.Layers > 0 {
		n += 3
	}
	if far := in.V(scenario.GPUs) / train.LargestMeasured; far > 1 {
		n += math.Log2(far) / 2
	}
	return n
}

// predictedMFU is the work of a step, by the rule in force, over what the GPUs
// could do at their peak in the predicted time.
func predictedMFU(in *Resolved, out *Report) unit.Range {
	work := in.V(scenario.Batch) * out.FLOPsPerToken / (in.V(scenario.GPUs) * in.Train.Peak)
	r := &out.StepRange
	v := work / r.V
	return unit.Range{V: v, Lo: work / r.Hi, Hi: math.Min(math.Max(ceiling(in), v), work/r.Lo)}
}

// ceiling is the share of peak that the best measured matrix product reaches;
// no whole step is above it.
func ceiling(in *Resolved) float64 {
	if a := in.Train.Acc; a != nil && a.Achievable[in.Precision].Known && a.Peak[in.Precision].Known {
		return a.Achievable[in.Precision].V / a.Peak[in.Precision].V
	}
	if v, ok := catalog.Default("matmul_achievable_dense"); ok {
		return v.V
	}
	return 1
}
