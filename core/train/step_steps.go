package train

import (
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
// follow from the parts that Estimate filled.
func (s *StepInputs) StepSteps(l *model.Layout, out *Step, b *derivation.Book) {
	const fit = "flopbook-training-runs"
	sum := ""
	out.StepParts(func(name, label, says string, seconds float64) {
		b.Let(derivation.Var{Name: name, Label: label, Kind: unit.Time, Value: seconds, Origin: derivation.Constant, Source: fit, Note: says})
		if sum != "" {
			sum += " + "
		}
		sum += name
	})
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
