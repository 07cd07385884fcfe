package catalog

import (
	"strings"

	"flopbook/core/unit"
)

// Precision is the number format that matrix units multiply in.
type Precision uint8

const (
	FP32 Precision = iota
	TF32
	FP16
	BF16
	FP8
	FP4
	INT8
	precisions
)

// Precisions is how many there are: the length of per-precision tables.
const Precisions = int(precisions)

var precisionNames = [precisions]string{"fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int8"}

func (p Precision) String() string {
	if p < precisions {
		return precisionNames[p]
	}
	return "unknown"
}

// Class is the row of the efficiency table that speaks for the precision:
// 16-bit formats share one, as does everything wider; int8 goes with fp8.
func (p Precision) Class() Precision {
	switch p {
	case FP8, INT8:
		return FP8
	case FP4:
		return FP4
	}
	return BF16
}

// ParsePrecision reads a precision's name, in any of the spellings that the
// published runs use ("mxfp8", "nvfp4", "bf16-true").
func ParsePrecision(s string) (Precision, *unit.Problem) {
	t := strings.ToLower(strings.TrimSpace(s))
	switch t {
	case "amp_bf16", "bf16-true", "bf16-mixed", "bfloat16", "bf16?":
		return BF16, nil
	case "float16", "half", "fp16-mixed":
		return FP16, nil
	case "float32", "fp32-true":
		return FP32, nil
	case "mxfp8", "fp8_e4m3", "float8":
		return FP8, nil
	case "nvfp4", "mxfp4":
		return FP4, nil
	}
	for p, n := range precisionNames {
		if t == n {
			return Precision(p), nil
		}
	}
	return BF16, &unit.Problem{Field: "Precision", Value: s, Wrong: "is not a number format that Flopbook knows",
		Allowed: strings.Join(precisionNames[:], ", "), Fix: "try bf16"}
}

// falls lists what an accelerator runs instead, best first, when it lacks the
// asked precision: a V100 has no bf16, an A100 no fp8.
var falls = [precisions][]Precision{
	FP32: {FP32, TF32, BF16},
	TF32: {TF32, FP32, BF16},
	FP16: {FP16, BF16, FP32},
	BF16: {BF16, FP16, FP32},
	FP8:  {FP8, BF16, FP16, FP32},
	FP4:  {FP4, FP8, BF16, FP16, FP32},
	INT8: {INT8, BF16, FP16, FP32},
}
