package core_test

import (
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// The size found stays within its limit, and one a tenth larger does not.
func TestLargestSize(t *testing.T) {
	for _, c := range []struct {
		fields map[string]string
		binds  core.Binding
	}{
		{map[string]string{}, core.BindsTime},
		{map[string]string{"gpus": "64", "days": "10"}, core.BindsTime},
		{map[string]string{"gpus": "1024", "days": "60", "tokens": "2T"}, core.BindsTime},
		{map[string]string{"gpus": "256", "budget": "1M"}, core.BindsBudget},
		{map[string]string{"gpus": "256", "budget": "1M", "days": "7"}, core.BindsTime},
		{map[string]string{"model": "llama-3.1-405b", "gpus": "512"}, core.BindsTime},
		{map[string]string{"accelerator": "rtx-4090", "gpus": "1", "days": "3650"}, core.BindsRoom},
	} {
		var s scenario.Scenario
		for k, v := range c.fields {
			if p := fill(&s, k, v); p != nil {
				t.Fatal(p)
			}
		}
		if p := s.SetChoice(scenario.Ask, "params"); p != nil {
			t.Fatal(p)
		}
		a := core.Answer(&s)
		if !a.Out.Known[core.SizeLargest] || a.Out.Binds != c.binds || !a.Out.Fits {
			t.Errorf("%v: known %v, binds %d, fits %v", c.fields, a.Out.Known[core.SizeLargest], a.Out.Binds, a.Out.Fits)
			continue
		}
		r := a.Out.V[core.SizeLargest]
		if r.V != a.Out.V[core.ParamsTotal].V || r.Lo > r.V || r.Hi < r.V {
			t.Errorf("%v: %v of %v parameters", c.fields, r, a.Out.V[core.ParamsTotal].V)
		}
		try := func(scale float64) core.Answered {
			again := s
			for _, p := range []*unit.Problem{again.SetChoice(scenario.Ask, "days"), again.SetChoice(scenario.Model, "size"), again.SetValue(scenario.Params, a.In.V(scenario.Params)*scale)} {
				if p != nil {
					t.Fatal(p)
				}
			}
			return core.Answer(&again)
		}
		over := func(b *core.Answered) bool {
			return !b.Out.Fits || b.Out.V[core.Days].V > b.In.V(scenario.Days) && c.binds == core.BindsTime ||
				b.Out.V[core.Cost].V > b.In.V(scenario.Budget) && c.binds == core.BindsBudget
		}
		if b := try(1); over(&b) {
			t.Errorf("%v: asked for days, the size found takes %v and costs %v", c.fields, b.Out.V[core.Days], b.Out.V[core.Cost])
		}
		if b := try(1.1); !over(&b) {
			t.Errorf("%v: a size a tenth above %v is within the limit too", c.fields, r.V)
		}
	}
}

// Where not even the smallest is within reach the answer says so, without a figure.
func TestNoSizeAtAll(t *testing.T) {
	var s scenario.Scenario
	s.SetChoice(scenario.Ask, "params")
	s.SetNum(scenario.Tokens, "1e15")
	s.SetNum(scenario.GPUs, "1")
	s.SetNum(scenario.Days, "0.01")
	if a := core.Answer(&s); a.Out.Known[core.SizeLargest] {
		t.Errorf("%v", a.Out.V[core.SizeLargest])
	}
}

func BenchmarkLargestSize(b *testing.B) {
	var s scenario.Scenario
	s.SetChoice(scenario.Ask, "params")
	s.SetNum(scenario.GPUs, "1024")
	var a core.Answered
	for b.Loop() {
		core.AnswerInto(&s, &a)
	}
}

// fill sets a field or a choice by its key.
func fill(s *scenario.Scenario, key, text string) *unit.Problem {
	if n, ok := scenario.NumByKey(key); ok {
		return s.SetNum(n, text)
	}
	c, _ := scenario.ChoiceByKey(key)
	return s.SetChoice(c, text)
}
