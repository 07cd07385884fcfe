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
