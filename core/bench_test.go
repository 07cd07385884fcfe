package core_test

import (
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
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
	for b.Loop() {
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
