package core_test

import (
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

// BenchmarkBill is the whole bill of an estimated scenario.
func BenchmarkBill(b *testing.B) {
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "llama-3.1-405b")
	s.SetNum(scenario.GPUs, "16384")
	s.SetChoice(scenario.Pipeline, "service")
	a := core.Answer(&s)
	var out core.TheBill
	b.ReportAllocs()
	for b.Loop() {
		core.Bill(&a.In, &a.Out, &out)
	}
}

func TestBillAllocatesNothing(t *testing.T) {
	everyCase(func(name string, s scenario.Scenario) {
		a := core.Answer(&s)
		var out core.TheBill
		core.Bill(&a.In, &a.Out, &out)
		if n := testing.AllocsPerRun(3, func() { core.Bill(&a.In, &a.Out, &out) }); n != 0 {
			t.Errorf("%s: Bill makes %v allocations, want 0", name, n)
		}
	})
}
