package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// Llama 3 405B as trained (Grattafiori et al. 2024, table 4): TP 8, PP 16,
// interleaved layer by layer, sequences of 8,192, BF16 MFU of 43 % on 8,192 H100s and 41 % on 16,384.
func TestStepInputsOfLlama405B(t *testing.T) {
	for _, row := range []struct {
		gpus string
		dp   int
		mfu  float64
	}{{"8192", 64, 0.43}, {"16384", 128, 0.41}} {
		a := with(t, map[string]string{"model": "llama-3.1-405b", "gpus": row.gpus, "batch": "16777216", "seq": "8192"})
		var c model.Counts
		a.In.Body.Count(&c)
		var in train.StepInputs
		var step train.Step
		core.StepInputsOf(&a.In, &c, &in)
		in.Estimate(&model.Layout{TP: 8, PP: 16, VPP: 8, DP: row.dp, CP: 1, EP: 1, ZeRO: 1, Micro: 1, SP: true}, &step)
		lo, hi := a.In.Basis.Spread(0)
		t.Logf("%s GPUs: step %.2f s, MFU %.3f, published %.2f; time between %.2f and %.2f of it", row.gpus, step.Total, step.MFU, row.mfu, lo, hi)
		if step.MFU/hi > row.mfu || step.MFU/lo < row.mfu {
			t.Errorf("%s GPUs: MFU %.3f (%.3f to %.3f), published %.2f", row.gpus, step.MFU, step.MFU/hi, step.MFU/lo, row.mfu)
		}
	}
}

// Every preset on every accelerator, and the reader's own, has a step and a
// peak that are finite and above nothing, whatever was measured of it.
func TestEveryMachineHasAStepAndAPeak(t *testing.T) {
	keys := []string{"own"}
	for _, a := range catalog.Accelerators() {
		keys = append(keys, a.Key)
	}
	n := 0
	for _, p := range scenario.Presets() {
		for _, key := range keys {
			for _, o := range []string{"adam", "qlora"} {
				var s scenario.Scenario
				s.SetChoice(scenario.Model, p.Key)
				s.SetChoice(scenario.Accelerator, key)
				s.SetChoice(scenario.Optimizer, o)
				in, _ := scenario.Resolve(&s)
				var c, body model.Counts
				in.Arch.Count(&c)
				in.Body.Count(&body)
				var si train.StepInputs
				var pi train.PeakInputs
				var step train.Step
				var peak train.Peak
				core.StepInputsOf(&in, &body, &si)
				core.PeakInputsOf(&in, &c, &pi)
				l := model.Layout{TP: 1, PP: 1, DP: 8, ZeRO: 3, Micro: 1}
				si.Estimate(&l, &step)
				pi.Estimate(&l, &peak)
				lo, hi := in.Basis.Spread(1)
				n++
				if !(step.Total > 0) || math.IsInf(step.Total, 0) || !(peak.Total > 0) || math.IsInf(peak.Total, 0) || !(lo < 1) || !(hi > 1) || step.MFU > 1 {
					t.Errorf("%s on %s with %s: step %v s, MFU %v, peak %v bytes, factors %v to %v", p.Key, key, o, step.Total, step.MFU, peak.Total, lo, hi)
				}
			}
		}
	}
	t.Logf("%d cases", n)
}
