//go:build !js

package fitting

import (
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A MemoryPrediction is what a row's configuration says about its memory.
type MemoryPrediction struct {
	Memory    unit.Range // bytes, counted as the row's source counts them
	OOM       unit.Range // 1 when the fullest GPU needs more than it has, else 0; Lo and Hi differ when the interval holds the limit
	Total     float64    // bytes of the fullest GPU, everything counted
	Capacity  float64    // bytes that the GPU has
	Framework string     // profile used
}

// PredictMemory predicts a row from its configuration alone.
func PredictMemory(r *MemoryRow) MemoryPrediction {
	f := train.FindFramework(r.Frame)
	printed, total := r.Predict(f)
	over := func(x float64) float64 {
		if x > r.Capacity {
			return 1
		}
		return 0
	}
	return MemoryPrediction{
		Memory:    unit.Range{V: printed, Lo: printed * f.Lo, Hi: printed * f.Hi},
		OOM:       unit.Range{V: over(total), Lo: over(total * f.Lo), Hi: over(total * f.Hi)},
		Total:     total,
		Capacity:  r.Capacity,
		Framework: f.Label,
	}
}
