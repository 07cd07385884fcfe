package core

import (
	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// predictsGoodput reports that the share of time not lost to failures is the
// run's, neither given nor taken from a claim.
func predictsGoodput(in *Resolved) bool {
	v := &in.Num[scenario.Goodput]
	return !v.Known || v.Origin == derivation.Computed
}

// runInputs is what stops the run and what that costs, on the GPUs in force
// and for the pure time of all steps in seconds.
func runInputs(in *Resolved, counts *model.Counts, pure float64) train.RunInputs {
	params := counts.Total
	if in.Recipe.Frozen > 0 {
		params = float64(in.Recipe.LoRA.Params(&in.Arch)) // the base model is not written again
	}
	gpus := min(in.V(scenario.GPUs), float64(in.Layout.GPUs())) // those without work stop nothing
	return train.DefaultRun(gpus, pure, float64(model.CheckpointBytes(unit.Params(params), &in.Recipe)))
}

// estimateRun writes how the run's stops stretch the pure time of its steps.
func estimateRun(in *Resolved, out *Report, mfu float64) {
	if !predictsGoodput(in) {
		return
	}
	pure := in.V(scenario.Tokens) * out.FLOPsPerToken / (in.V(scenario.GPUs) * in.Train.Peak * mfu)
	r := runInputs(in, &out.Counts, pure)
	r.Estimate(&out.Run)
	g := &out.Run.Goodput
	g.Lo = max(g.Lo, min(g.V, leastGoodput))
}

// leastGoodput is the least share of time that a range reaches down to; a run
// that stands still more than that is given up.
const leastGoodput = 0.001

// settleGoodput predicts the share of time not lost to failures, unless it is given.
func settleGoodput(in *Resolved, out *Report) {
	if !predictsGoodput(in) {
		return
	}
	estimateRun(in, out, in.V(scenario.MFU))
	in.Num[scenario.Goodput] = scenario.Value{R: out.Run.Goodput, Origin: derivation.Computed, Source: "daly-2006", Known: true,
		Note: "predicted from the failures of published clusters, checkpoints and restarts"}
}

// explainRun writes how the goodput follows, where it is predicted.
func explainRun(b *derivation.Book, in *Resolved, out *Report) {
	if !predictsGoodput(in) {
		return
	}
	letWorking(b, in, out)
	r := runInputs(in, &out.Counts, out.Run.Elapsed.V*out.Run.Goodput.V)
	b.Step(derivation.Var{Name: "run_servers", Symbol: "n_{srv}", Label: "servers, eight GPUs each", Kind: unit.Count, Value: out.Run.Servers}, "gpus_working / 8", "Failures are counted for servers of eight.", "")
	b.Let(derivation.Var{Name: "run_checkpoint", Symbol: "M_{ck}", Label: "size of a checkpoint", Kind: unit.ByteCount, Value: r.Bytes, Origin: derivation.Constant, Source: in.Recipe.Source,
		Note: "weights, exact copy and running averages of what is trained"})
	r.FailureSteps(b)
	r.RunSteps(&out.Run, b)
}
