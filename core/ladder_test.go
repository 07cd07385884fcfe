package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

func TestLadder(t *testing.T) {
	rungs, p := core.Ladder("h100-sxm")
	if p != nil {
		t.Fatal(p)
	}
	var before *core.Rung
	for i := range rungs {
		r := &rungs[i]
		out := &r.Answer.Out
		if r.Budget != core.Rungs[i] {
			t.Errorf("rung %d is $%v", i, r.Budget)
		}
		// The scenario opens to what the rung says, and costs what it should.
		again := core.Answer(&r.Case)
		for _, p := range again.Problems {
			t.Error(p)
		}
		near(t, "cost", again.Out.V[core.Cost].V, r.Budget, 0.05)
		link, _, problems := scenario.ParseFragment(r.Case.Fragment(""))
		if len(problems) > 0 || link.Num != r.Case.Num {
			t.Errorf("its link: %v", problems)
		}
		ratio := out.V[core.TokensPerParam].V
		if ratio < 18 || ratio > 22 {
			t.Errorf("$%v: %v tokens a parameter", r.Budget, ratio)
		}
		if !out.Fits {
			t.Errorf("$%v: does not fit", r.Budget)
		}
		if before != nil && !(out.V[core.FLOPs].V > before.Answer.Out.V[core.FLOPs].V && out.V[core.GPUs].V >= before.Answer.Out.V[core.GPUs].V) {
			t.Errorf("$%v trains no more than $%v", r.Budget, before.Budget)
		}
		t.Logf("$%.0f: %.3g parameters on %.3g tokens, %.3g FLOP, %v GPUs for %.2f days, $%.4g; nearest %s", r.Budget, r.Answer.In.V(scenario.Params), r.Answer.In.V(scenario.Tokens),
			out.V[core.FLOPs].V, out.V[core.GPUs].V, out.V[core.Days].V, out.V[core.Cost].V, r.Nearest)
		before = r
	}
	// Karpathy's llm.c: GPT-2 1.5B again for $672 in July 2024, 3e20 FLOP; a
	// thousand dollars train of that order today.
	if work := rungs[1].Answer.Out.V[core.FLOPs].V; math.Abs(math.Log10(work/(3e20*1000/672))) > math.Log10(3) {
		t.Errorf("$1,000: %.3g FLOP", work)
	}
	if _, p := core.Ladder("no such card"); p == nil {
		t.Error("a ladder on nothing")
	}
}
