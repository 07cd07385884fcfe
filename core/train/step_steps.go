package train

import (
	"math"
	"strings"

	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/unit"
)

// StepParts calls f with each part of a step: its name in formulas, its plain
// label, what it is, and its seconds. Their sum is Total.
func (s *Step) StepParts(f func(name, label, says string, seconds float64)) {
	f("step_matmul", "matrices of the layers", "multiplying activations by weights, forward and backward", s.Matmul)
	f("step_attention", "attention", "comparing tokens with each other", s.Attention)
	f("step_experts", "experts", "matrices of the routed experts, as slow as the fullest one", s.Experts)
	f("step_head", "output and loss", "scoring the vocabulary", s.Head)
	f("step_memory", "memory-bound operations", "norms, activations, residuals and casts, paced by memory", s.Memory)
	f("step_recompute", "recomputing", "forward work done again to save memory", s.Recompute)
	f("step_launch", "waiting for launches", "the processor is slower to start kernels than the accelerator to run them", s.Launch)
	f("step_tensor", "tensor-parallel exchange", "what computing does not hide of it", s.Tensor)
	f("step_dispatch", "expert exchange", "sending tokens to their experts and back", s.Dispatch)
	f("step_send", "between stages", "activations passed along the pipeline", s.Send)
	f("step_bubble", "pipeline bubble", "stages waiting for each other", s.Bubble)
	f("step_data", "gradient exchange", "what computing does not hide of gradients and weights", s.Data)
	f("step_retries", "allocator short of room", "memory given back and taken anew for each micro-batch, because too little is left", s.Retries)
	f("step_optimizer", "optimizer", "reading and writing the model's states", s.Optimizer)
	f("step_offload", "host memory and disks", "states that do not stay on the accelerator: their traffic, and the processor's part of the optimizer", s.Offload)
	f("step_overhead", "fixed overhead", "data, logging and what no other part explains", s.Overhead)
	f("step_jitter", "waiting for the slowest", "many servers are as fast as the slowest of them", s.Jitter)
}

// Scale multiplies the step's time and all of its parts.
func (s *Step) Scale(k float64) {
	for _, part := range [...]*float64{&s.Matmul, &s.Attention, &s.Experts, &s.Head, &s.Memory, &s.Recompute, &s.Launch, &s.Tensor, &s.Dispatch,
		&s.Send, &s.Bubble, &s.Data, &s.Retries, &s.Optimizer, &s.Offload, &s.Overhead, &s.Jitter, &s.Total} {
		*part *= k
	}
	s.TokensPerGPU /= k
	s.MFU /= k
	s.HFU /= k
}

// StepSteps writes into the book how the step's time and its utilisation
// follow from the parts that Estimate filled, and the parts from what one
// micro-batch takes on all stages: step_NAME_forward and step_NAME_backward.
// A step that was scaled afterwards says by how much.
func (s *StepInputs) StepSteps(l *model.Layout, out *Step, b *derivation.Book) {
	sum := s.partSteps(l, out, b)
	b.Step(derivation.Var{Name: "step_predicted", Symbol: "t_p", Label: "time of a step, predicted", Kind: unit.Time, Value: out.Total}, sum,
		"A training step takes the sum of its parts on an average GPU.", "failures and checkpoints, which belong to the run")
	b.Let(derivation.Var{Name: "step_tokens", Symbol: "B", Label: "tokens of a step", Kind: unit.TokenCount, Value: out.Tokens, Origin: derivation.Given})
	b.Let(derivation.Var{Name: "step_gpus", Symbol: "n", Label: "GPUs", Kind: unit.Count, Value: float64(l.GPUs()), Origin: derivation.Given})
	b.Step(derivation.Var{Name: "step_rate", Symbol: "r", Label: "tokens per second and GPU", Kind: unit.TokenRate, Value: out.TokensPerGPU},
		"step_tokens / step_predicted / step_gpus", "Tokens of a step over its time and the GPUs.", "")
	b.Let(derivation.Var{Name: "step_peak", Symbol: "P", Label: "dense peak of a GPU", Kind: unit.FLOPRate, Value: s.Mach.Peak, Origin: derivation.Given})
	work := 0.0
	if out.TokensPerGPU > 0 {
		work = out.MFU * s.Mach.Peak / out.TokensPerGPU
	}
	b.Let(derivation.Var{Name: "step_flops_per_token", Symbol: "F", Label: "useful work for one token", Kind: unit.FLOPPerToken, Value: work, Origin: derivation.Given,
		Note: "causal attention counted once, no recomputing"})
	b.Step(derivation.Var{Name: "step_mfu", Symbol: "MFU", Label: "model FLOP utilisation", Kind: unit.Fraction, Value: out.MFU},
		"step_flops_per_token * step_rate / step_peak", "Useful work per second over the peak.", "recomputed work, which counts in the hardware's utilisation")
}

// partSteps writes the parts of the step and returns their sum as a formula.
func (s *StepInputs) partSteps(l *model.Layout, out *Step, b *derivation.Book) (sum string) {
	const fit = "flopbook-training-runs"
	var raw Step
	var w work
	s.estimate(l, &raw, &w)
	pp, vpp, m := deg(l.PP), deg(l.VPP), raw.MicroBatches
	let := func(name, label string, kind unit.Kind, v float64, note string) {
		b.Let(derivation.Var{Name: name, Label: label, Kind: kind, Value: v, Origin: derivation.Computed, Source: fit, Note: note})
	}
	scale := ""
	if k := out.Total / raw.Total; math.Abs(k-1) > 1e-12 {
		let("step_scale", "scale of the whole step", unit.None, k, "your own measured steps, or work that a text model only stands for")
		scale = "step_scale * "
	}
	b.Let(derivation.Var{Name: "step_micro", Symbol: "n_b", Label: "micro-batches of a step and copy", Kind: unit.Count, Value: m, Origin: derivation.Computed})
	b.Let(derivation.Var{Name: "step_stages", Symbol: "p", Label: "pipeline stages", Kind: unit.Count, Value: pp, Origin: derivation.Computed})
	const kernels = "by its kernels: the larger of arithmetic and memory traffic at the shares of the nominal rates that are fitted, and the gap to the next"
	pass := func(part, label string, forward, backward float64) string {
		let("step_"+part+"_forward", label+", forward, one micro-batch", unit.Time, forward, kernels)
		let("step_"+part+"_backward", label+", backward, one micro-batch", unit.Time, backward, kernels)
		return "step_micro / step_stages * (step_" + part + "_forward + step_" + part + "_backward)"
	}
	once := func(part, label string, v float64, note string) string {
		let("step_"+part+"_pass", label+", one micro-batch", unit.Time, v, note)
		return "step_micro / step_stages * step_" + part + "_pass"
	}
	var parts []string
	out.StepParts(func(name, label, says string, seconds float64) {
		parts = append(parts, name)
		if seconds == 0 {
			b.Let(derivation.Var{Name: name, Label: label, Kind: unit.Time, Origin: derivation.Computed, Note: says})
			return
		}
		expr, how := "", "Each stage does its part of every micro-batch of its copy."
		switch name {
		case "step_matmul":
			expr = pass("matmul", label, w.f.matmul, w.b.matmul)
		case "step_attention":
			expr = pass("attention", label, w.f.attn, w.b.attn)
		case "step_experts":
			expr = pass("experts", label, w.f.experts, w.b.experts)
		case "step_memory":
			expr = pass("memory", label, w.f.memory, w.b.memory)
		case "step_tensor":
			expr = pass("tensor", label, w.f.tensor, w.b.tensor)
		case "step_dispatch":
			expr = pass("dispatch", label, w.f.dispatch, w.b.dispatch)
		case "step_head":
			expr = once("head", label, w.head, kernels)
		case "step_recompute":
			expr = once("recompute", label, w.again, "the forward work that is done again")
		case "step_launch":
			expr = once("launch", label, w.launch, "what launching the kernels takes beyond running them")
		case "step_send":
			let("step_send_one", "sending of one stage, one micro-batch", unit.Time, w.send, "both ways, for each chunk of layers")
			expr, how = "step_micro * step_send_one", "Every micro-batch is passed on and its gradients back."
		case "step_jitter":
			let("step_jitter_rate", "slowing for each doubling of the servers", unit.Fraction, s.Eff.Jitter, "fitted")
			b.Let(derivation.Var{Name: "step_servers", Label: "servers", Kind: unit.None, Value: math.Max(1, float64(l.GPUs())/math.Max(1, s.Mach.Node)), Origin: derivation.Computed})
			b.Step(derivation.Var{Name: name, Label: label, Kind: unit.Time, Value: seconds},
				"("+strings.Join(parts[:len(parts)-1], " + ")+") * step_jitter_rate * ln(step_servers) / ln(2)", derivation.Sentence(says), "")
			return
		case "step_bubble":
			if s.Pipeline != Pipe1F1B && s.Pipeline != PipeGPipe {
				break
			}
			v, chunks := vpp, "step_chunks"
			if s.Pipeline == PipeGPipe {
				v = 1
			}
			all := w.f.gpu() + w.b.gpu() + w.again + w.head + w.launch + w.send*pp
			let("step_all_stages", "one micro-batch on all stages", unit.Time, all, "forward, backward, output, sending")
			let("step_slowest", "one micro-batch on the slowest stage", unit.Time, w.slow, "layers and the output matrix shared out")
			b.Let(derivation.Var{Name: chunks, Symbol: "v", Label: "chunks of layers in a stage", Kind: unit.Count, Value: v, Origin: derivation.Computed})
			expr = "(step_micro - 1 / step_chunks) * step_slowest + step_all_stages / step_chunks - step_micro * step_all_stages / step_stages"
			how = "The slowest stage runs without pause; the first micro-batch must reach it and come back."
			if over := math.Mod(m, pp); v > 1 && over > 0 {
				b.Let(derivation.Var{Name: "step_missing", Label: "micro-batches missing to a full round", Kind: unit.Count, Value: pp - over, Origin: derivation.Computed})
				expr += " + (step_chunks - 1) / step_chunks^2 * step_missing * step_slowest"
			}
		}
		v := derivation.Var{Name: name, Label: label, Kind: unit.Time, Value: seconds}
		if expr == "" {
			v.Origin, v.Source, v.Note = derivation.Constant, fit, says
			b.Let(v)
			return
		}
		if scale != "" {
			expr = scale + "(" + expr + ")"
		}
		b.Step(v, expr, derivation.Sentence(says)+" "+how, "")
	})
	return strings.Join(parts, " + ")
}
