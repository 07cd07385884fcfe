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
	r := train.DefaultRun(gpus, pure, float64(model.CheckpointBytes(unit.Params(params), &in.Recipe)))
	if in.Given(scenario.FailureRate) {
		r.TakeRate(in.Num[scenario.FailureRate].R)
	}
	if in.Given(scenario.RestartTime) {
		r.TakeRestart(in.Num[scenario.RestartTime].R)
	}
	if in.Given(scenario.StartTime) {
		r.TakeStart(in.Num[scenario.StartTime].R)
	}
	if in.Given(scenario.PlannedStops) {
		r.Planned = in.Num[scenario.PlannedStops].R
	}
	if in.Given(scenario.HiddenWrite) {
		r.TakeHidden(in.Num[scenario.HiddenWrite].R)
	}
	if in.Given(scenario.SpareServers) {
		r.TakeStandby(in.Num[scenario.SpareServers].R)
	}
	if in.Given(scenario.RepairTime) {
		r.TakeRepair(in.Num[scenario.RepairTime].R)
	}
	if in.Given(scenario.CheckpointEvery) {
		r.Interval, r.Own.Interval = in.V(scenario.CheckpointEvery), true
	}
	if in.Given(scenario.CheckpointSpeed) {
		r.Write, r.Own.Write = in.Num[scenario.CheckpointSpeed].R, true
	}
	return r
}

// showRun writes what is assumed of the run's stops into the fields that the
// reader left open.
func showRun(in *Resolved, r *train.RunInputs, out *train.Run) {
	put := func(n scenario.Num, v unit.Range, origin derivation.Origin, source, date, note string) {
		if !in.Given(n) {
			in.Num[n] = scenario.Value{R: v, Origin: origin, Source: source, Date: date, Note: note, Known: true}
		}
	}
	put(scenario.FailureRate, r.PerServer(), derivation.Assumed, "llama3-2024", "2026-11", "published clusters of this size, eight GPUs a server")
	put(scenario.RestartTime, r.Away(), derivation.Assumed, "kokolis-2024", "2024-10", "finding the fault and starting again")
	put(scenario.CheckpointEvery, unit.Exact(out.Interval), derivation.Computed, "daly-2006", "", "the interval that loses least")
	put(scenario.CheckpointSpeed, r.Write, derivation.Assumed, "ml-engineering", "2026", "about 1 GB/s for each server of eight GPUs")
	put(scenario.StartTime, r.Restart, derivation.Assumed, "kokolis-2024", "2024-10", startNote(r))
	put(scenario.PlannedStops, r.Planned, derivation.Assumed, "llama3-2024", "2024-07", "47 to 419 in Llama 3")
	put(scenario.HiddenWrite, unit.Exact(r.Hidden), derivation.Assumed, "flopbook-assumption", "2026", "training waits until the checkpoint is written")
	put(scenario.SpareServers, unit.Exact(r.Standby), derivation.Assumed, "ml-engineering", "2026", "5 to 10 %")
	put(scenario.RepairTime, unit.Exact(r.Repair), derivation.Assumed, "flopbook-assumption", "2026", "hours for a restart and tests, days for a part")
}

func startNote(r *train.RunInputs) string {
	if r.Own.Restart {
		return "as the time until it runs again is given"
	}
	return "starting processes and loading the checkpoint"
}

// estimateRun writes how the run's stops stretch the pure time of its steps.
func estimateRun(in *Resolved, out *Report, mfu float64) {
	if !predictsGoodput(in) {
		return
	}
	r := runInputs(in, &out.Counts, pureTime(in, out, mfu))
	r.Estimate(&out.Run)
	g := &out.Run.Goodput
	g.Lo = max(g.Lo, min(g.V, leastGoodput))
}

// pureTime is the time of all steps, nothing lost, in seconds.
func pureTime(in *Resolved, out *Report, mfu float64) float64 {
	return in.V(scenario.Tokens) * out.FLOPsPerToken / (in.V(scenario.GPUs) * in.Train.Peak * mfu)
}

// leastGoodput is the least share of time that a range reaches down to; a run
// that stands still more than that is given up.
const leastGoodput = 0.001

// settleGoodput predicts the share of time not lost to failures, unless it is given.
func settleGoodput(in *Resolved, out *Report) {
	r := runInputs(in, &out.Counts, pureTime(in, out, in.V(scenario.MFU)))
	var run train.Run
	r.Estimate(&run)
	showRun(in, &r, &run)
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
