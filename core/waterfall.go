package core

import (
	"math"

	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// A Fall is one step down from the peak speed of a GPU to what the run gets
// out of it, FLOP/s of an average GPU. One may go up: a share of peak given
// above the predicted one, or a counting rule that counts more than is done.
type Fall struct {
	Name, Label, Says string
	Rate              float64
}

// mostFalls is the parts of a step, GPUs without work, what the prediction does
// not hold, and what the counting rule leaves out.
const mostFalls = 20

// A Cascade is the way from the peak to the achieved speed: Peak less all Falls
// is Achieved, which is the utilisation in force times the peak.
type Cascade struct {
	Peak, Achieved float64
	Falls          []Fall
	all            [mostFalls]Fall
}

// usefulWork is what one token costs by the matrices that compute it, forward
// and backward, nothing done twice: the least that the parts of a step of the
// same names can take. A frozen model has no gradients of its own.
type usefulWork struct{ matmul, attention, experts, head float64 }

func usefulWorkOf(in *Resolved, out *Report) usefulWork {
	body, counts := &in.Body, &out.Counts
	seq, scale := in.V(scenario.Seq), 1.0
	if in.Arch.Encoder.Layers > 0 {
		counts, seq = &out.Body, float64(in.Body.Positions)
	}
	var f model.Flops
	body.Flops(counts, seq, model.Causal, model.RecomputeNone, &f)
	if in.Arch.Encoder.Layers > 0 {
		scale = out.Flops.Train / f.Train / in.V(scenario.Seq) // the true work of a text token
	}
	passes := 3.0
	if in.Recipe.Frozen > 0 {
		passes = 2
	}
	m := &body.MoE
	experts := 2 * float64(m.Layers*m.TopK) * float64(body.MLPMatrices) * float64(body.Width) * float64(m.ExpertFF)
	return usefulWork{passes * (f.Linear - experts) * scale, 3 * f.Attention * scale, passes * experts * scale, passes * f.Logits * scale}
}

// Waterfall fills c with where the peak speed of a GPU goes.
func Waterfall(in *Resolved, out *Report, c *Cascade) {
	waterfall(in, out, c, out.V[StepTime].V, out.V[MFU].V, out.Unexplained)
}

// PredictedWaterfall is Waterfall of the step as predicted, whatever share of
// peak is given, with the share that it ends at.
func PredictedWaterfall(in *Resolved, out *Report, c *Cascade) unit.Range {
	share := predictedMFU(in, out)
	waterfall(in, out, c, out.StepRange.V, share.V, 0)
	return share
}

// waterfall is of a step that takes t seconds at a share of peak, of which the
// prediction does not hold unexplained.
func waterfall(in *Resolved, out *Report, c *Cascade, t, share, unexplained float64) {
	*c = Cascade{Peak: in.Train.Peak, Achieved: share * in.Train.Peak}
	c.Falls = c.all[:0]
	n := in.V(scenario.GPUs)
	working := math.Min(1, float64(out.Layout.GPUs())/n)
	if !(t > 0) {
		return
	}
	add := func(name, label, says string, rate float64) {
		if math.Abs(rate) > 1e-13*c.Peak { // else rounding
			c.Falls = append(c.Falls, Fall{name, label, says, rate})
		}
	}
	w := usefulWorkOf(in, out)
	perSecond := in.V(scenario.Batch) / (n * t) // tokens of one GPU
	add("idle", "GPUs without work", "the layout or the batch leaves them nothing to do", (1-working)*c.Peak)
	useful := 0.0
	out.Step.StepParts(func(name, label, says string, seconds float64) {
		rate := seconds / t * working * c.Peak
		name = name[len("step_"):]
		ideal := 0.0
		switch name {
		case "matmul":
			ideal, label = w.matmul, "matrices below their peak"
		case "attention":
			ideal, label = w.attention, "attention below its peak"
		case "experts":
			ideal, label = w.experts, "experts below their peak"
		case "head":
			ideal, label = w.head, "output and loss below their peak"
		}
		useful += ideal * perSecond
		add(name, label, says, rate-ideal*perSecond)
	})
	add("unexplained", "not in the prediction", "the share of peak given is not the predicted one", unexplained/t*working*c.Peak)
	add("rule", "work that the rule does not count", "the rule for compute leaves it out, or counts what is not computed", useful-c.Achieved)
}

// letWorking writes the GPUs that have work.
func letWorking(b *derivation.Book, in *Resolved, out *Report) {
	b.Let(derivation.Var{Name: "gpus_working", Symbol: "n_w", Label: "GPUs that the layout uses", Kind: unit.Count,
		Value: math.Min(in.V(scenario.GPUs), float64(out.Layout.GPUs())), Origin: derivation.Computed})
}

// explainWaterfall writes each fall as lost_NAME.
func explainWaterfall(b *derivation.Book, in *Resolved, out *Report) {
	var c Cascade
	Waterfall(in, out, &c)
	if len(c.Falls) == 0 {
		return
	}
	letGPUs(b, in)
	letWorking(b, in, out)
	b.Step(derivation.Var{Name: "token_rate_gpu", Symbol: "r_1", Label: "tokens per second of one GPU", Kind: unit.TokenRate, Value: in.V(scenario.Batch) / (in.V(scenario.GPUs) * out.V[StepTime].V)},
		"batch / (gpus * step_time)", "The tokens of a step over its time, on an average GPU.", "")
	w := usefulWorkOf(in, out)
	work := map[string]float64{"matmul": w.matmul, "attention": w.attention, "experts": w.experts, "head": w.head}
	useful := ""
	for _, name := range [...]string{"matmul", "attention", "experts", "head"} {
		b.Let(derivation.Var{Name: "work_" + name, Symbol: "", Label: "useful work of a token: " + name, Kind: unit.FLOPPerToken, Value: work[name], Origin: derivation.Computed,
			Source: "megatron-lm", Note: "counted matrix by matrix, forward and backward, causal attention, nothing twice"})
		if useful != "" {
			useful += " + "
		}
		useful += "work_" + name
	}
	for _, f := range c.Falls {
		expr := "step_" + f.Name + " / step_time * gpus_working / gpus * peak"
		switch f.Name {
		case "idle":
			expr = "(1 - gpus_working / gpus) * peak"
		case "rule":
			expr = "(" + useful + ") * token_rate_gpu - mfu * peak"
		case "matmul", "attention", "experts", "head":
			expr += " - work_" + f.Name + " * token_rate_gpu"
		}
		b.Step(derivation.Var{Name: "lost_" + f.Name, Symbol: "", Label: f.Label, Kind: unit.FLOPRate, Value: f.Rate}, expr, derivation.Sentence(f.Says), "")
	}
}

// StepTimeline hands each part of the step in force to f: its name in formulas,
// label, meaning and seconds; their sum is the time of the step. What the
// prediction does not hold of a given share of peak comes last.
func StepTimeline(out *Report, f func(name, label, says string, seconds float64)) {
	out.Step.StepParts(f)
	if out.Unexplained != 0 {
		f("step_unexplained", "not in the prediction", "the step at the share of peak given, less the step as predicted", out.Unexplained)
	}
}
