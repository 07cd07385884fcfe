package scenario

import (
	"flopbook/core/train"
)

// frameworks are the options of [Framework]: not chosen, or one of the stacks
// whose memory and time are known.
func frameworks() []Option {
	out := []Option{{"auto", "not chosen (like Megatron-LM)", "Today's Megatron-LM stands in, and the ranges are wider."}}
	for i := range train.Frameworks {
		f := &train.Frameworks[i]
		out = append(out, Option{f.Name, f.Label, ""})
	}
	return out
}

// schedules are the options of [Schedule], in the order of the pipelines of
// package train.
func schedules() []Option {
	says := [...][2]string{
		train.Pipe1F1B:     {"1F1B, interleaved where it has pieces", "One forward, one backward; what most trainers run."},
		train.PipeGPipe:    {"GPipe", "All forward, then all backward: simple, and most memory."},
		train.PipeZB1P:     {"zero bubble, memory of 1F1B (ZB-H1)", "Weight gradients fill the waiting."},
		train.PipeZB2P:     {"zero bubble, twice the memory (ZB-H2)", "Hardly any waiting, for twice the activations."},
		train.PipeZBV:      {"zero bubble, folded (ZB-V)", "Each GPU holds an early and a late piece."},
		train.PipeVHalf:    {"V-Half", "Half of the activations, some waiting."},
		train.PipeVMin:     {"V-Min", "A third of the activations, more waiting."},
		train.PipeDualPipe: {"DualPipe", "From both ends, experts' exchange hidden; twice the weights."},
	}
	out := make([]Option, len(says))
	for i, s := range says {
		out[i] = Option{train.Pipeline(i).String(), s[0], s[1]}
	}
	return out
}

// pipelineOf is the pipeline of an option of [Schedule].
func pipelineOf(key string) train.Pipeline {
	for p := train.Pipe1F1B; p <= train.PipeDualPipe; p++ {
		if p.String() == key {
			return p
		}
	}
	return train.Pipe1F1B
}

// generation is the generation of software that a framework was in a year, 0
// for now, on a family of accelerators; names of [train.Stacks].
func generation(framework, family string, year int) string {
	switch framework {
	case "nanotron":
		return "nanotron"
	case "deepspeed":
		return "megatron-deepspeed"
	case "colossal":
		return "internevo"
	case "fsdp":
		return "fsdp"
	case "hf":
		return "hugging face"
	}
	amd := len(family) > 4 && family[:4] == "CDNA"
	switch {
	case family == "TPU":
		return "xla"
	case year > 0 && year <= 2022:
		return "megatron 2021"
	case year == 2023:
		return "megatron 2023"
	case amd:
		return "megatron-core rocm"
	case year == 2024:
		return "megatron-core 2024"
	case year == 2025:
		return "megatron-core 2025"
	}
	return "megatron-core 2026"
}
