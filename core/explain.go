package core

import (
	"fmt"

	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// Explain shows the work behind a report: each quantity as a step whose name
// is its JSON name, resting on further steps and on inputs with their sources.
func Explain(in *Resolved, out *Report) *derivation.Book {
	b := derivation.NewBook()
	origin, source := derivation.Assumed, ""
	if in.Preset != nil && in.Preset.ArchKnown {
		origin, source = derivation.Constant, in.Num[scenario.Layers].Source
	}
	explainFields(b, in)
	in.Arch.LetShape(b, origin, source)
	in.Arch.StepsParams(b, &out.Counts)
	explainWork(b, in, out)
	explainTime(b, in, out)
	explainWaterfall(b, in, out)
	explainMemory(b, in, out)
	explainBill(b, in, out)
	if out.ScalingOK {
		unique := ""
		if in.Num[scenario.Unique].Known {
			unique = "unique"
		}
		out.Scaling.Steps(b, "params_active", "tokens", unique)
	} else {
		explainer{b, out}.step(TokensPerParam, "tokens / params_active", "How many tokens the model reads for each of its parameters.", "")
	}
	explainServing(b, in, out)
	return b
}

// explainer writes steps that carry the report's range.
type explainer struct {
	b   *derivation.Book
	out *Report
}

func (e explainer) step(k Key, expr, says, ignores string) {
	q := &Quantities[k]
	v := derivation.Var{Name: q.Name, Symbol: q.Symbol, Label: q.Label, Kind: q.Kind, Value: e.out.V[k].V}
	if r := e.out.V[k]; !r.IsExact() {
		v.Lo, v.Hi = r.Lo, r.Hi
	}
	e.b.Step(v, expr, says, ignores)
}

// otherNames are fields that formulas call by another name than their key,
// which is taken by what is worked out or is a word of the language.
var otherNames = map[string]scenario.Num{"days_limit": scenario.Days, "tokens_in": scenario.In, "tokens_out": scenario.Out, "tpot_limit": scenario.TPOT}

// FieldOf is the field of the scenario that stands behind a figure of a formula.
func FieldOf(name string) (scenario.Num, bool) {
	if n, ok := otherNames[name]; ok {
		return n, true
	}
	return scenario.NumByKey(name)
}

// explainFields writes the numeric fields that formulas name.
func explainFields(b *derivation.Book, in *Resolved) {
	for n := range in.Num {
		v := &in.Num[n]
		name := scenario.Nums[n].Key
		for other, of := range otherNames {
			if of == scenario.Num(n) {
				name = other
			}
		}
		if n := scenario.Num(n); n == scenario.EnergyClaim || n == scenario.Params {
			continue
		}
		if !v.Known || scenario.Num(n) >= scenario.Layers || v.Origin == derivation.Solved {
			continue
		}
		w := derivation.Var{Name: name, Symbol: scenario.Nums[n].Symbol, Label: scenario.Nums[n].Name, Kind: scenario.Nums[n].Kind,
			Value: v.R.V, Origin: v.Origin, Source: v.Source, Date: v.Date, Note: v.Note}
		if !v.R.IsExact() {
			w.Lo, w.Hi = v.R.Lo, v.R.Hi
		}
		b.Let(w)
	}
	b.Let(derivation.Var{Name: "peak", Symbol: "P", Label: "dense peak speed of one GPU", Kind: unit.FLOPRate, Value: in.Train.Peak,
		Origin: machineOrigin(in), Source: in.Train.Source, Date: in.Train.Date, Note: in.Train.Name + ", " + in.PrecisionName})
	b.Let(derivation.Var{Name: "capacity", Symbol: "M_{gpu}", Label: "memory of one GPU", Kind: unit.ByteCount, Value: in.Train.Memory,
		Origin: machineOrigin(in), Source: in.Train.Source, Date: in.Train.Date})
	b.Let(derivation.Var{Name: "gpus_per_server", Symbol: "n_{srv}", Label: "GPUs rented together", Kind: unit.Count, Value: float64(max(in.Train.PerServer, 1)),
		Origin: machineOrigin(in), Source: in.Train.Source})
}

func machineOrigin(in *Resolved) derivation.Origin {
	if in.Train.Acc == nil {
		return derivation.Given
	}
	return derivation.Constant
}

func explainWork(b *derivation.Book, in *Resolved, out *Report) {
	e := explainer{b, out}
	seq := in.V(scenario.Seq)
	a := &in.Arch
	per := "_per_token"
	if a.Encoder.Layers > 0 {
		per = "_per_sequence"
		a.StepsSequenceFlops(b, &out.Counts, seq, in.Attention, in.Layout.Recompute, &out.Flops)
	} else {
		a.StepsFlops(b, &out.Counts, seq, in.Attention, in.Layout.Recompute, &out.Flops)
	}
	rule := derivation.Var{Name: "flops_rule_per_token", Symbol: "F", Label: "training work per token, by the rule chosen", Kind: unit.FLOPPerToken, Value: out.FLOPsPerToken}
	expr, says, ignores := "6 * params_active", "Each parameter takes part in two operations forward and four backward for each token.", "attention over the context; work done twice to save memory"
	switch lora := in.Recipe.Frozen > 0; {
	case in.Counted && per == "_per_sequence" && lora:
		expr, says, ignores = "2 * flops_forward_per_sequence / text", "Forward and backward through the frozen model, per text token.", ""
	case in.Counted && per == "_per_sequence":
		expr, says, ignores = "flops_per_sequence / text", "The work of one audio window with its text, per text token.", ""
	case in.Counted && lora:
		expr, says, ignores = "2 * flops_forward_per_token", "Forward, and backward without gradients of the frozen weights.", ""
	case in.Counted:
		expr, says, ignores = "flops_per_token", "Counted matrix by matrix, three forward passes' worth.", "work done twice to save memory"
	case lora:
		expr, says = "4 * params_active", "Frozen weights need no gradients of their own: two operations forward, two backward."
	}
	b.Step(rule, expr, says, ignores)
	if in.Num[scenario.Tokens].Origin == derivation.Solved {
		hours := "gpus * days_limit * 24"
		say := "What the GPUs compute in the days given, over the work of one token."
		if out.Binds == BindsBudget {
			hours, say = "budget / price", "What the GPU-hours that the budget buys compute, over the work of one token."
		}
		explainMFU(b, in, out)
		explainRun(b, in, out)
		e.step(Tokens, hours+" * 3600 * peak * mfu * goodput * practice / flops_rule_per_token", say, "")
	}
	e.step(FLOPs, "flops_rule_per_token * tokens", "Work of one token times the tokens read.", "")
}

// explainMFU writes the step as predicted and the utilisation in force.
func explainMFU(b *derivation.Book, in *Resolved, out *Report) {
	letGPUs(b, in)
	explainStep(b, in, out)
	switch {
	case predictsMFU(in):
		explainer{b, out}.step(MFU, "batch * flops_rule_per_token / (gpus * peak * step_predicted)", "The work of a step over what the GPUs could do at their peak in the time that it takes.", "")
	case in.Num[scenario.MFU].Origin == derivation.Solved:
		b.Step(derivation.Var{Name: "mfu", Symbol: "MFU", Label: "useful share of peak that the claim implies", Kind: unit.Fraction, Value: in.V(scenario.MFU)},
			"flops_rule_per_token * tokens / (gpus * days_limit * 86400 * peak * goodput * practice)", "The work claimed over what the GPUs could do at their peak in that time.", "")
	}
}

// explainStep writes the parts of the predicted step and their sum.
func explainStep(b *derivation.Book, in *Resolved, out *Report) {
	var s train.StepInputs
	body := &out.Counts
	if in.Arch.Encoder.Layers > 0 {
		body = &out.Body
	}
	StepInputsOf(in, body, &s)
	s.StepSteps(&out.Layout.Layout, &out.Step, b)
	if st, ok := b.Find("step_predicted"); ok {
		v := st.Var
		v.Lo, v.Hi, v.Note = out.StepRange.Lo, out.StepRange.Hi, evidenceNote(in)
		b.Step(v, st.Expr, st.Says, st.Ignores)
	}
}

// evidenceNote says what the constants of the step rest on.
func evidenceNote(in *Resolved) string {
	note := "constants " + in.Basis.Evidence.String()
	if r := in.Basis.Row; r != nil && r.Rows > 0 {
		note += fmt.Sprintf("; %d measured steps of %d sources", r.Rows, r.Sources)
		if r.Error > 0 {
			note += fmt.Sprintf(", median error %.0f %% on those left out", 100*r.Error)
		}
	}
	return note
}

func letGPUs(b *derivation.Book, in *Resolved) {
	if _, ok := b.Var("gpus"); !ok {
		b.Let(derivation.Var{Name: "gpus", Symbol: "n", Label: "GPUs", Kind: unit.Count, Value: in.V(scenario.GPUs), Origin: in.Num[scenario.GPUs].Origin})
	}
}

func explainTime(b *derivation.Book, in *Resolved, out *Report) {
	e := explainer{b, out}
	explainMFU(b, in, out)
	explainRun(b, in, out)
	if out.Known[GPUsMemory] {
		b.Let(derivation.Var{Name: "gpus_memory", Symbol: "n_{mem}", Label: "GPUs that memory asks for", Kind: unit.Count, Value: out.V[GPUsMemory].V,
			Origin: derivation.Solved, Note: "the smallest fleet for which some way of sharing the work fits, found by trying"})
	}
	if out.Known[GPUsDeadline] {
		e.step(GPUsDeadline, "max(1, ceil(flops / (peak * mfu * goodput * practice * days_limit * 86400)))", "Work over what one GPU really does in the days given, rounded up.", "")
	}
	if out.Binds == BindsBatch {
		b.Let(derivation.Var{Name: "gpus", Symbol: "n", Label: "GPUs", Kind: unit.Count, Value: out.V[GPUs].V, Origin: derivation.Solved,
			Note: "about as many as this batch can be shared by, found by trying; more would not be faster"})
	} else if in.Num[scenario.GPUs].Origin == derivation.Solved {
		memory := "gpus_memory"
		if !out.Known[GPUsMemory] {
			memory = "1"
		}
		round := "ceil(max(" + memory + ", gpus_deadline) / gpus_per_server) * gpus_per_server"
		if out.V[GPUs].V < float64(max(in.Train.PerServer, 1)) {
			round = "2 ^ ceil(ln(max(" + memory + ", gpus_deadline)) / ln(2))"
		}
		if out.Spare > 0 {
			b.Let(derivation.Var{Name: "gpus_spare", Symbol: "n_+", Label: "GPUs added so that the work divides evenly", Kind: unit.Count, Value: out.Spare, Origin: derivation.Solved, Note: "found by trying"})
			round += " + gpus_spare"
		}
		e.step(GPUs, round, "The larger of what memory and what the deadline ask for, in whole servers.", "")
	}
	defer explainSize(b, in, out)
	e.step(GPUHours, "flops / (peak * mfu * goodput * practice) / 3600", "Work over the speed really reached, in hours of one GPU; lost time counts.", "data stalls and pauses for evaluation beyond the goodput")
	e.step(Days, "gpu_hours / gpus / 24", "Shared by all GPUs.", "waiting for machines")
	if predictsMFU(in) {
		e.step(StepTime, "step_predicted", "The parts of the predicted step together.", "")
	} else {
		e.step(StepTime, "batch * flops_rule_per_token / (gpus * peak * mfu)", "One batch at the speed reached.", "")
		b.Step(derivation.Var{Name: "step_unexplained", Symbol: "t_u", Label: "time that the prediction does not hold", Kind: unit.Time, Value: out.Unexplained},
			"step_time - step_predicted", "The step at the share of peak given, less the step as predicted.", "")
	}
	e.step(Throughput, "batch / step_time", "", "")
	per := "_per_token"
	if in.Arch.Encoder.Layers > 0 {
		per = "_per_sequence"
	}
	e.step(HFU, "mfu * flops_hardware"+per+" / flops"+per, "With what is computed twice counted as work.", "")
}

// explainSize writes what the size found satisfies: its GPU-hours are within
// those there are; a size beyond them would come out as 0.
func explainSize(b *derivation.Book, in *Resolved, out *Report) {
	if !out.Known[SizeLargest] {
		return
	}
	hours, binds := hoursAllowed(in)
	expr, says := "gpus * days_limit * 24", "The GPUs for the days given."
	if binds == BindsBudget {
		expr, says = "budget / price", "What the budget buys."
	}
	b.Step(derivation.Var{Name: "hours_allowed", Symbol: "H_{max}", Label: "GPU-hours there are", Kind: unit.GPUHourCount, Value: hours}, expr, says, "")
	explainer{b, out}.step(SizeLargest, "params_total * min(1, floor(hours_allowed / gpu_hours))",
		"Found by trying: the largest size, to three figures, that fits and whose run stays within the GPU-hours there are; one beyond them would come out as 0.", "models with experts, which hold more for the same work")
}

func explainMemory(b *derivation.Book, in *Resolved, out *Report) {
	origin := derivation.Computed
	if in.Given(scenario.TP) || in.Given(scenario.PP) {
		origin = derivation.Given
	}
	out.Layout.LetLayout(b, &in.Arch, origin)
	var p train.PeakInputs
	PeakInputsOf(in, &out.Counts, &p)
	sum := p.PeakSteps(&out.Layout.Layout, &out.Peak, b)
	says := "What the fullest GPU holds at its worst moment: when the loss is taken and the backward pass begins."
	if out.Peak.Moment == train.AtUpdate {
		says = "What the fullest GPU holds at its worst moment: while the optimizer updates the weights."
	}
	e := explainer{b, out}
	e.step(Memory, sum, says, "data loading, temporary buffers of single operations")
	e.step(Headroom, "capacity - memory", "What the card has, less what the run needs.", "")
	if out.Known[MicroLargest] {
		b.Let(derivation.Var{Name: "micro_largest", Symbol: "b_{max}", Label: Quantities[MicroLargest].Label, Kind: unit.Count, Value: out.V[MicroLargest].V,
			Origin: derivation.Solved, Note: "the most that fit and that the batch gives each copy, found by trying"})
	}
}

func explainBill(b *derivation.Book, in *Resolved, out *Report) {
	e := explainer{b, out}
	if in.Train.ServerW > 0 && in.Num[scenario.PowerPerGPU].Origin == derivation.Assumed {
		explainPower(b, in)
	}
	e.step(Energy, "gpu_hours * 3600 * power * pue", "Hours times power, times the building's overhead.", "making the machines; experiments before the run")
	e.step(AveragePower, "gpus * power * pue", "", "")
	e.step(Carbon, "energy / 3.6e6 * carbon_intensity", "Energy in kWh times the grid's greenhouse gas per kWh.", "making the machines; contracts for green power")
	e.step(Electricity, "energy / 3.6e6 * kwh_price", "Energy in kWh times its price.", "demand charges; renters pay it inside the GPU-hour")
	e.step(Cost, "gpu_hours * price", "Every GPU-hour is paid, lost time too.", "people, data, storage, experiments, failed runs")
}

// explainPower shows the assumed power of a GPU as a product.
func explainPower(b *derivation.Book, in *Resolved) {
	b.Let(derivation.Var{Name: "server_power", Symbol: "W_{max}", Label: "server power per GPU at full load", Kind: unit.Power, Value: in.Train.ServerW,
		Origin: machineOrigin(in), Source: in.Train.PowerSource, Note: in.Train.PowerNote})
	v := in.Num[scenario.PowerPerGPU]
	b.Step(derivation.Var{Name: "power", Symbol: "W", Label: "average power per GPU", Kind: unit.Power, Value: v.R.V, Lo: v.R.Lo, Hi: v.R.Hi},
		"server_power * power_share * (1 + network_share)", "The server's largest draw, times the share that training really draws, and the network.", "")
}
