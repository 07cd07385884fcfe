package train

import (
	"flopbook/core/catalog"
	"flopbook/core/machine"
)

// A Stack is a generation of training software: how it works, as far as the
// step depends on it, and the name under which its constants were fitted.
type Stack struct {
	Name  string // "megatron-core 2026"
	Line  string // what it descends from; constants are shared inside a line
	Label string

	Flash       machine.Flash
	GradBytes   float64 // of one gradient as it is exchanged, with bf16 weights
	AddBytes    float64 // moved to add one gradient to those of earlier micro-batches
	AddApart    bool    // by kernels of their own
	NoOverlap   bool    // gradients are exchanged after the backward pass
	Balanced    bool    // stages are cut by their work
	Sequence    bool    // sequence parallelism goes with tensor parallelism
	KernelScale float64 // 0 for 1; negative where no processor time matters
	Logit       float64 // bytes that the loss moves for each score of the vocabulary
	Bucket      float64 // parameters whose gradients are exchanged in one message; 0 for all at once
	Gather      Gather  // how ZeRO 1 brings the updated weights together
}

// Gather is how ZeRO 1 brings the updated weights together.
type Gather uint8

const (
	GatherBuckets    Gather = iota // in the messages in which gradients go
	GatherLists                    // at once, into a list: then one copy for each tensor and rank (nanotron, distributed.py, all_gather_coalesced)
	GatherBroadcasts               // each rank sends its share to all others, one after the other (InternEvo, hybrid_zero_optim.py, broadcast_params)
)

// Stacks are the generations that the measured runs show. Sources: their
// repositories at the commits named in core/testdata/training_runs.csv.
var Stacks = [...]Stack{
	{Name: "megatron-core 2026", Line: "megatron-core", Label: "Megatron Core, mid 2026", Flash: machine.Flash3, GradBytes: 4, AddBytes: 8, Sequence: true, Logit: 20, Bucket: 40e6},
	{Name: "megatron-core 2025", Line: "megatron-core", Label: "Megatron Core, late 2025", Flash: machine.Flash3, GradBytes: 4, AddBytes: 8, Sequence: true, Logit: 20, Bucket: 40e6},
	{Name: "megatron-core 2024", Line: "megatron-core", Label: "Megatron Core, 2024", Flash: machine.Flash3, GradBytes: 4, AddBytes: 8, Sequence: true, Logit: 20, Bucket: 40e6},
	{Name: "megatron-core rocm", Line: "megatron-core", Label: "Megatron Core on ROCm", Flash: machine.Flash3, GradBytes: 4, AddBytes: 8, Sequence: true, Logit: 20, Bucket: 40e6},
	{Name: "megatron 2023", Line: "megatron", Label: "NeMo on Megatron, 2023", Flash: machine.Flash1, GradBytes: 4, AddBytes: 8, Sequence: true, Logit: 52},
	{Name: "megatron-deepspeed", Line: "megatron", Label: "Megatron-DeepSpeed", Flash: machine.Flash1, GradBytes: 4, AddBytes: 20, AddApart: true, NoOverlap: true, Logit: 52},
	{Name: "megatron-deepspeed bigscience", Line: "megatron", Label: "Megatron-DeepSpeed of BigScience, 2022", Flash: machine.Flash1, GradBytes: 4, AddBytes: 20, AddApart: true, NoOverlap: true, Logit: 52},
	{Name: "megatron 2021", Line: "megatron", Label: "Megatron-LM, 2021", Flash: machine.Flash1, GradBytes: 4, AddBytes: 8, AddApart: true, NoOverlap: true, Logit: 52},
	{Name: "fsdp", Line: "pytorch", Label: "PyTorch FSDP", Flash: machine.Flash2, GradBytes: 2, AddBytes: 8, Logit: 40},
	{Name: "nanotron", Line: "pytorch", Label: "nanotron", Flash: machine.Flash2, GradBytes: 4, AddBytes: 14, AddApart: true, Balanced: true, Sequence: true, Logit: 52, Bucket: 13e6, Gather: GatherLists},
	{Name: "internevo", Line: "pytorch", Label: "InternEvo", Flash: machine.Flash1, GradBytes: 2, AddBytes: 6, AddApart: true, Logit: 6, Gather: GatherBroadcasts},
	{Name: "hugging face", Line: "pytorch", Label: "Hugging Face trainer", Flash: machine.Flash2, GradBytes: 2, AddBytes: 8, AddApart: true, Logit: 40, Bucket: 13e6},
	{Name: "pytorch", Line: "pytorch", Label: "PyTorch", Flash: machine.Flash2, GradBytes: 4, AddBytes: 14, AddApart: true, Logit: 40, Bucket: 13e6},
	{Name: "llm.c", Line: "llm.c", Label: "llm.c", Flash: machine.Flash3, GradBytes: 4, AddBytes: 8, KernelScale: -1, Logit: 6},
	// A step is one compiled program: nothing is launched kernel by kernel, and
	// losses are fused (Bradbury et al. 2018; jax-ml/scaling-book, profiling).
	{Name: "xla", Line: "xla", Label: "JAX on XLA", Flash: machine.Flash3, GradBytes: 4, AddBytes: 8, Sequence: true, KernelScale: -1, Logit: 6},
}

// FindStack finds a generation by name.
func FindStack(name string) (*Stack, bool) {
	for i := range Stacks {
		if Stacks[i].Name == name {
			return &Stacks[i], true
		}
	}
	return nil, false
}

// Apply writes what follows from the stack, the accelerator's family and the
// precisions asked for and run in. Fields about the model and the machine
// stay as they are.
func (k *Stack) Apply(family string, asked, runs catalog.Precision, in *StepInputs) {
	in.Bytes = 2
	switch runs.Class() {
	case catalog.FP8:
		in.Bytes = 1
	case catalog.FP4:
		in.Bytes = 0.5
	}
	in.GradBytes, in.AddBytes = k.GradBytes, k.AddBytes
	if asked == catalog.FP16 {
		in.GradBytes, in.AddBytes = 2, 6 // gradients stay in 16 bits
	}
	in.StateBytes = in.GradBytes + mixedAdam
	in.Fused, in.Narrow = machine.FusedAttention(family, k.Flash)
	in.AddApart, in.NoOverlap, in.Balanced, in.KernelScale = k.AddApart, k.NoOverlap, k.Balanced, k.KernelScale
	in.Logit, in.Bucket, in.Gather = k.Logit, k.Bucket, k.Gather
	if in.Heads == 0 {
		in.Heads = 1
	}
}

// mixedAdam is the bytes that the optimizer moves for one parameter besides its
// gradient: 32-bit weight and two averages read and written, 16-bit weight written.
const mixedAdam = 3*4 + 3*4 + 2

// Prepare works the constants into the machine; call it after Mach or Eff change.
func (s *StepInputs) Prepare() { s.Chip = s.Mach.With(&s.Eff.Rates) }
