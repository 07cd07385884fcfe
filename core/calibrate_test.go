package core

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"flopbook/core/derivation/evaltest"
	"flopbook/core/scenario"
)

// Two steps that are slower than predicted by a quarter move the prediction and
// narrow its range; the scenario carries them through its link and its file.
func TestMeasuredStepsMoveThePrediction(t *testing.T) {
	var s scenario.Scenario
	for _, p := range []any{s.SetChoice(scenario.Model, "llama-2-7b"), s.SetChoice(scenario.Accelerator, "a100-sxm-80"), s.SetNum(scenario.GPUs, "64"), s.SetNum(scenario.Batch, "4M")} {
		_ = p
	}
	before := Answer(&s)
	seq, batch := before.In.V(scenario.Seq), before.In.V(scenario.Batch)
	t0 := before.Out.V[StepTime]
	line := func(gpus string, slower float64) string {
		return "gpus=" + gpus + " tp=" + strconv.Itoa(before.In.Layout.TP) + " micro=" + strconv.Itoa(before.In.Layout.Micro) + " zero=" + strconv.Itoa(before.In.Layout.ZeRO) +
			" step=" + strconv.FormatFloat(t0.V*slower, 'g', 6, 64)
	}
	if seq <= 0 || batch <= 0 || before.In.Layout.PP != 1 {
		t.Fatalf("seq %v, batch %v, layout %+v", seq, batch, before.In.Layout)
	}
	if ps := s.SetMeasured(line("64", 1.25) + "\n" + line("64", 1.27)); len(ps) > 0 {
		t.Fatal(ps)
	}
	after := Answer(&s)
	if len(after.Problems) > 0 || after.In.Fit == nil {
		t.Fatal(after.Problems)
	}
	t1 := after.Out.V[StepTime]
	if t1.V < 1.1*t0.V || t1.V > 1.3*t0.V {
		t.Errorf("step %v, before %v: measured steps are 1.26 times as long", t1.V, t0.V)
	}
	if t1.Hi/t1.Lo >= t0.Hi/t0.Lo {
		t.Errorf("the range did not narrow: %v to %v, before %v to %v", t1.Lo, t1.Hi, t0.Lo, t0.Hi)
	}
	back, _, problems := scenario.ParseFragment(s.Fragment(""))
	if len(problems) > 0 || back.Measured != s.Measured {
		t.Errorf("link: %v, %q", problems, back.Measured)
	}
	file, problems, ok := scenario.ParseJSON(s.JSON())
	if !ok || len(problems) > 0 || file.Measured != s.Measured {
		t.Errorf("file: %v, %q", problems, file.Measured)
	}
	// Faster than the peak: told, not used.
	s.SetMeasured("gpus=64 tp=1 step=0.001")
	if a := Answer(&s); a.In.Fit != nil || len(a.Problems) != 1 || !strings.Contains(a.Problems[0].Error(), "peak") {
		t.Errorf("impossible step: %v", a.Problems)
	}
}

// What is opened still adds up when measured steps have moved the prediction.
func TestMeasuredStepsAreExplained(t *testing.T) {
	var s scenario.Scenario
	s.SetMeasured("gpus=8 tp=2 batch=64 step=1.5")
	a := Answer(&s)
	if a.In.Fit == nil {
		t.Fatal(a.Problems)
	}
	book := Explain(&a.In, &a.Out)
	evaltest.Check(t, book)
	if step, ok := book.Find("step_time"); !ok || math.Abs(step.Value/a.Out.V[StepTime].V-1) > 1e-12 {
		t.Errorf("step_time opens as %v, reported %v", step.Value, a.Out.V[StepTime].V)
	}
}
