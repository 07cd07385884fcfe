package train

import (
	"flopbook/core/model"
)

// MemoryInputs is what memory per GPU depends on.
type MemoryInputs struct {
	Arch   *model.Arch
	Counts *model.Counts
	Recipe *model.Recipe
	Seq    float64 // tokens
	Batch  float64 // tokens per step over all GPUs
	Memory float64 // true bytes of one GPU
	// Reserve is what the runtime keeps: the CUDA context, communication
	// buffers and fragments, bytes per GPU.
	Reserve float64
}

// Memory is the memory of the fullest GPU, part by part, in bytes.
type Memory struct {
	States      model.States
	Acts        model.Activations
	Microbatch  float64 // micro-batches per step and copy
	Weights     float64
	Grads       float64
	Optimizer   float64
	Activations float64
	Reserve     float64
	Total       float64
	Capacity    float64
	Fits        bool
}

// Estimate writes the memory of the layout to out. It allocates nothing.
func (in *MemoryInputs) Estimate(l *model.Layout, out *Memory) {
	out.Microbatch = microbatches(in, l)
	in.Arch.States(in.Counts, l, in.Recipe, &out.States)
	in.Arch.Activations(l, in.Seq, out.Microbatch, &out.Acts)
	out.Weights = float64(out.States.Weights)
	out.Grads = float64(out.States.Grads)
	out.Optimizer = float64(out.States.Optimizer)
	out.Activations = float64(out.Acts.Total)
	out.Reserve = in.Reserve
	out.Total = out.Weights + out.Grads + out.Optimizer + out.Activations + out.Reserve
	out.Capacity = in.Memory
	out.Fits = out.Total <= out.Capacity
}

// microbatches is how many micro-batches each copy of the model runs per step,
// at least one.
func microbatches(in *MemoryInputs, l *model.Layout) float64 {
	dp, micro := float64(max(l.DP, 1)), float64(max(l.Micro, 1))
	m := in.Batch / in.Seq / (dp * micro)
	if m < 1 {
		return 1
	}
	return float64(int64(m))
}
