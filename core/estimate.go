package core

import (
	"math"

	"flopbook/core/bill"
	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// Settle fills in what follows from the number of GPUs: how they share the run
// and, unless given, the utilisation that the step then has and the share of
// time that is not lost to failures.
func Settle(in *Resolved, out *Report) {
	settleLayout(in, out)
	settleMFU(in, out)
	settleGoodput(in, out)
}

// showLayout writes the layout in force into the fields that the reader left open.
func showLayout(in *Resolved) {
	put := func(n scenario.Num, v int) {
		if !in.Given(n) {
			in.Num[n] = scenario.Value{R: unit.Exact(float64(v)), Origin: derivation.Computed, Known: true,
				Note: "chosen: of the usual ways that fit, the one predicted fastest"}
		}
	}
	l := &in.Layout
	put(scenario.TP, l.TP)
	put(scenario.PP, l.PP)
	put(scenario.VPP, l.VPP)
	put(scenario.CP, l.CP)
	put(scenario.EP, l.EP)
	put(scenario.Zero, l.ZeRO)
	put(scenario.Micro, l.Micro)
}

// settleMFU predicts the utilisation of the layout in force, unless it is given.
func settleMFU(in *Resolved, out *Report) {
	in.Arch.Count(&out.Counts)
	out.Layout = in.Layout
	estimateWork(in, out)
	if !predictsMFU(in) {
		return
	}
	estimateStep(in, out)
	in.Num[scenario.MFU] = scenario.Value{R: predictedMFU(in, out), Origin: derivation.Computed, Source: fitSource, Known: true,
		Note: "predicted from the step: " + in.Basis.Evidence.String()}
}

// Estimate writes everything that follows from a resolved scenario with its
// layout. It allocates nothing.
func Estimate(in *Resolved, out *Report) {
	*out = Report{}
	in.Arch.Count(&out.Counts)
	out.Layout = in.Layout
	estimateTraining(in, out)
	estimateLoss(in, out)
	estimateServing(in, out)
	warn(in, out)
}

func (r *Report) set(k Key, v unit.Range) {
	if math.IsNaN(v.V) || math.IsInf(v.V, 0) {
		return
	}
	r.V[k], r.Known[k] = v, true
}

// flopMultiplier is the work per parameter and token.
func flopMultiplier(in *Resolved) float64 {
	if in.Recipe.Frozen > 0 {
		return model.LoRAPerParam
	}
	return model.TrainPerParam
}

// estimateWork fills the work of one token: counted, and by the rule in force.
func estimateWork(in *Resolved, out *Report) {
	a := &in.Arch
	seq := in.V(scenario.Seq)
	text := 1.0
	if a.Encoder.Layers > 0 {
		text = seq
		a.SequenceFlops(&out.Counts, seq, in.Attention, in.Layout.Recompute, &out.Flops)
	} else {
		a.Flops(&out.Counts, seq, in.Attention, in.Layout.Recompute, &out.Flops)
	}
	out.FLOPsPerToken = flopMultiplier(in) * out.Counts.Active[model.WithEmbeddings]
	if in.Counted {
		out.FLOPsPerToken = flopMultiplier(in) / 2 * out.Flops.Forward / text
	}
}

func estimateTraining(in *Resolved, out *Report) {
	total := out.Counts.Total
	active := out.Counts.Active[model.WithEmbeddings]
	out.set(ParamsTotal, unit.Exact(total))
	out.set(ParamsActive, unit.Exact(active))

	estimateWork(in, out)
	estimateStep(in, out)

	tokens := in.Num[scenario.Tokens].R
	mfu := in.Num[scenario.MFU].R
	if predictsMFU(in) {
		mfu = predictedMFU(in, out)
	}
	estimateRun(in, out, mfu.V)
	good := in.Num[scenario.Goodput].R
	if predictsGoodput(in) {
		good = out.Run.Goodput
	}
	practice := in.Num[scenario.Practice].R
	gpus := in.Num[scenario.GPUs].R
	power := in.Num[scenario.PowerPerGPU].R
	pue := in.Num[scenario.PUE].R
	ci := in.Num[scenario.Intensity].R
	price := in.Num[scenario.Price].R
	kwh := in.Num[scenario.KWhPrice].R
	batch := in.V(scenario.Batch)

	flops := out.FLOPsPerToken * tokens.V
	elapsed := train.Days(unit.FLOP(flops), gpus.V, unit.FLOPPerSec(in.Train.Peak), mfu.V, good.V*practice.V)
	days := float64(elapsed)
	seconds := unit.Seconds(days * 86400)
	gpuHours := train.GPUHours(gpus.V, seconds)
	hours := float64(gpuHours)
	step := batch * out.FLOPsPerToken / (gpus.V * in.Train.Peak * mfu.V)
	if predictsMFU(in) {
		step = out.Step.Total
	}
	out.Unexplained = step - out.Step.Total

	// How far whole runs lie from their prediction holds the step's own error.
	own := mfu
	if predictsMFU(in) && in.Num[scenario.Practice].Origin != derivation.Given {
		own = unit.Exact(1)
	}
	var work, time, speed, slow uncertainty.Acc
	work.Mul(tokens)
	if in.Num[scenario.Tokens].Origin == derivation.Solved {
		// The hours are fixed; how much is trained in them is uncertain.
		work.Mul(own)
		work.Mul(practice)
		work.Mul(good)
	} else {
		time = work
		time.Div(own)
		time.Div(practice)
		time.Div(good)
	}
	speed.Mul(mfu)
	slow.Div(mfu)

	out.set(Tokens, work.Range(tokens.V))
	out.set(FLOPs, work.Range(flops))
	out.set(MFU, mfu)
	useful := out.Flops.Hardware / out.Flops.Train
	out.set(HFU, unit.Range{V: mfu.V * useful, Lo: mfu.Lo * useful, Hi: mfu.Hi * useful})
	out.set(GPUs, gpus)
	out.set(GPUHours, time.Range(hours))
	calendar := time
	calendar.Div(gpus)
	out.set(Days, calendar.Range(days))
	out.set(StepTime, slow.Range(step))
	out.set(Throughput, speed.Range(batch/step))

	estimateMemory(in, out)

	energy := time
	energy.Mul(power)
	energy.Mul(pue)
	used := bill.Energy(gpus.V, unit.Watts(power.V), seconds, pue.V)
	joules := float64(used)
	out.set(Energy, energy.Range(joules))
	var site uncertainty.Acc
	site.Mul(gpus)
	site.Mul(power)
	site.Mul(pue)
	out.set(AveragePower, site.Range(gpus.V*power.V*pue.V))
	carbon := energy
	carbon.Mul(ci)
	out.set(Carbon, carbon.Range(joules/3.6e6*ci.V))
	electricity := energy
	electricity.Mul(kwh)
	out.set(Electricity, electricity.Range(float64(bill.Electricity(used, kwh.V))))
	cost := time
	cost.Mul(price)
	out.set(Cost, cost.Range(hours*price.V))
}

func estimateLoss(in *Resolved, out *Report) {
	tokens := in.V(scenario.Tokens)
	unique := tokens
	if in.Num[scenario.Unique].Known {
		unique = math.Min(tokens, in.V(scenario.Unique))
	}
	// The laws are of dense text models; experts count as a dense model of the
	// active size, which understates them.
	n := out.V[ParamsActive].V
	out.set(TokensPerParam, unit.Exact(tokens/n))
	if in.Arch.Encoder.Layers > 0 || in.Arch.Picture.Tokens > 0 || in.Recipe.Frozen > 0 { // adapters begin with a trained model
		return
	}
	if !in.Law.Predict(unit.Params(n), unit.Tokens(tokens), unit.Tokens(unique), &out.Scaling) {
		return
	}
	out.ScalingOK = true
	if out.Scaling.Loss.V > 0 {
		out.set(Loss, out.Scaling.Loss)
	}
	out.set(OptimalParams, unit.Exact(float64(out.Scaling.Optimum.Params)))
	out.set(OptimalTokens, unit.Exact(float64(out.Scaling.Optimum.Tokens)))
}
