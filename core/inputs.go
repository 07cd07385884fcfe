package core

import (
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// StepInputsOf fills s with what the time of a training step depends on
// besides its layout; what a plan chooses beside the layout is that of
// in.Layout. counts are the parameters of in.Body, the shape that the step is
// timed by; s points into in and counts. It allocates nothing.
func StepInputsOf(in *Resolved, counts *model.Counts, s *train.StepInputs) {
	*s = train.StepInputs{Arch: &in.Body, Counts: counts, Chip: in.Chip, Mach: in.Train.Mach, Eff: in.Eff,
		Seq: in.V(scenario.Seq), Batch: in.V(scenario.Batch) / in.V(scenario.Seq)}
	s.Pipeline, s.ShardGroup, s.Recomputed = in.Layout.Pipeline, float64(in.Layout.Shard), in.Layout.Again
	if in.Arch.Encoder.Layers > 0 {
		s.Seq = float64(in.Body.Positions)
	}
	in.Stack.Apply(in.Train.Family, in.Precision, in.Train.Runs, s)
	r := &in.Recipe
	if in.Train.Runs == catalog.FP32 || in.Train.Runs == catalog.TF32 {
		s.Bytes = 4
	}
	if r.Grads > 0 && r.Grads < s.GradBytes {
		s.GradBytes, s.AddBytes = r.Grads, min(s.AddBytes, 3*r.Grads)
	}
	// Gradient, master and averages are read, the last two and the weight
	// written; without a master the weight itself is read.
	s.StateBytes = r.Grads + 2*(r.Master+r.Moments) + r.Weights
	if r.Master == 0 {
		s.StateBytes += r.Weights
	}
	if r.Frozen > 0 {
		s.Frozen, s.Adapter = true, float64(r.LoRA.Params(&in.Body))
		if r.Frozen < 1 {
			s.Dequantise = r.Frozen + 2 // packed bytes read, 16 bits written
		}
	}
}

// PeakInputsOf fills p with what the memory of a GPU at its worst moment
// depends on besides the layout. counts are the parameters of in.Arch; p
// points into in and counts. It allocates nothing.
func PeakInputsOf(in *Resolved, counts *model.Counts, p *train.PeakInputs) {
	*p = train.PeakInputs{Arch: &in.Arch, Counts: counts, Recipe: &in.Recipe, Frame: in.Frame,
		Seq: in.V(scenario.Seq), Batch: in.V(scenario.Batch), Capacity: in.Train.Memory,
		Pipeline: in.Layout.Pipeline, Shard: in.Layout.Shard, Recomputed: in.Layout.Again,
		Eight: in.Train.Runs.Class() != catalog.BF16, Wide: in.Train.Runs == catalog.FP32 || in.Train.Runs == catalog.TF32}
}
