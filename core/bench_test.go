package core_test

import (
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// BenchmarkEstimate is the whole estimate with its layout given, without
// explanations.
func BenchmarkEstimate(b *testing.B) {
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "llama-3.1-405b")
	s.SetNum(scenario.GPUs, "16384")
	a := core.Answer(&s)
	var out core.Report
	b.ReportAllocs()
	for b.Loop() {
		core.Estimate(&a.In, &out)
	}
}

// BenchmarkAnswer resolves, finds a layout, solves for GPUs and estimates:
// what one move of a slider costs.
func BenchmarkAnswer(b *testing.B) {
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "llama-3.1-405b")
	s.SetChoice(scenario.Ask, "gpus")
	s.SetNum(scenario.Days, "60")
	var a core.Answered
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		s.SetValue(scenario.Batch, float64(8e6+8192*n)) // so that no layout is known from before
		core.AnswerInto(&s, &a)
	}
}

// BenchmarkExplain writes the whole book of a case.
func BenchmarkExplain(b *testing.B) {
	var s scenario.Scenario
	a := core.Answer(&s)
	b.ReportAllocs()
	for b.Loop() {
		core.Explain(&a.In, &a.Out)
	}
}

func TestEstimateAllocatesNothing(t *testing.T) {
	everyCase(func(name string, s scenario.Scenario) {
		a := core.Answer(&s)
		var out core.Report
		if n := testing.AllocsPerRun(5, func() { core.Estimate(&a.In, &out) }); n != 0 {
			t.Errorf("%s: Estimate makes %v allocations, want 0", name, n)
		}
	})
}

// BenchmarkStepAndMemory is the part of an estimate that the layout decides:
// memory, step and run.
func BenchmarkStepAndMemory(b *testing.B) {
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "llama-3.1-405b")
	s.SetNum(scenario.GPUs, "16384")
	a := core.Answer(&s)
	c := a.Out.Counts
	l := &a.Out.Layout
	var step train.Step
	var peak train.Peak
	var run train.Run
	b.ReportAllocs()
	for b.Loop() {
		var si train.StepInputs
		var pi train.PeakInputs
		core.StepInputsOf(&a.In, &c, &si)
		core.PeakInputsOf(&a.In, &c, &pi)
		si.Estimate(&l.Layout, &step)
		pi.Estimate(&l.Layout, &peak)
		in := train.DefaultRun(16384, 5e6*step.Total, 5.7e12)
		in.Estimate(&run)
	}
}

// BenchmarkDefault is one move of a slider on the default case.
func BenchmarkDefault(b *testing.B) {
	var s scenario.Scenario
	var a core.Answered
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		s.SetValue(scenario.Batch, float64(1e6+4096*n))
		core.AnswerInto(&s, &a)
	}
}

// BenchmarkPrice is one move of a slider that changes nothing of the run.
func BenchmarkPrice(b *testing.B) {
	var s scenario.Scenario
	var a core.Answered
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		s.SetValue(scenario.Price, 1+float64(n%1000)/100)
		core.AnswerInto(&s, &a)
	}
}
