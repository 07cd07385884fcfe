package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Cheaper power, cheaper machines, cheaper people never raise the bill; more of
// anything never lowers it.
func TestTheBillMovesTheRightWay(t *testing.T) {
	for _, c := range []struct {
		fields    map[string]string
		key       string
		low, high string
	}{
		{map[string]string{"pay": "own"}, "kwh_price", "0.03", "0.20"},
		{map[string]string{"pay": "own"}, "pue", "1.05", "1.6"},
		{map[string]string{"pay": "own"}, "server_price", "$10,000", "$60,000"},
		{map[string]string{"pay": "own"}, "interconnect", "5 %", "30 %"},
		{map[string]string{"pay": "amortised"}, "kwh_price", "0.03", "0.20"},
		{nil, "price", "1", "4"}, {nil, "salary", "$50,000", "$300,000"}, {nil, "experiments", "10 %", "300 %"}, {nil, "failed_share", "0", "1"},
		{nil, "preferences", "1000", "1000000"}, {nil, "contingency", "0", "30 %"}, {nil, "tokens", "1T", "2T"}, {nil, "team", "5", "50"},
		{map[string]string{"pay": "spot", "gpus": "512"}, "spot_interruptions", "0.001", "0.01"},
		{map[string]string{"pay": "own"}, "resale", "30 %", "0"}, {map[string]string{"pay": "own"}, "fleet_use", "90 %", "40 %"},
		{map[string]string{"pay": "own"}, "life_years", "6", "3"}, {map[string]string{"pay": "reserved1"}, "discount_1y", "40 %", "10 %"},
	} {
		at := func(v string) float64 {
			fields := map[string]string{"model": "llama-2-7b", "gpus": "256"}
			for k, x := range c.fields {
				fields[k] = x
			}
			fields[c.key] = v
			_, b := billOf(t, fields)
			return b.Total.V
		}
		if low, high := at(c.low), at(c.high); !(low < high) {
			t.Errorf("%v %s: $%.0f at %s, $%.0f at %s", c.fields, c.key, low, c.low, high, c.high)
		}
	}
}

// More stages never cost less.
func TestEachKindOfBillHoldsTheSmallerOnes(t *testing.T) {
	for _, p := range []string{"llama-2-7b", "gpt-3", "llama-3.1-405b"} {
		total := func(pipeline string) float64 {
			_, b := billOf(t, map[string]string{"model": p, "pipeline": pipeline, "gpus": "1024"})
			return b.Total.V
		}
		run, base, chat, service := total("run"), total("base"), total("chat"), total("service")
		if !(run < base && base < chat && chat < service) {
			t.Errorf("%s: run %.0f, base %.0f, chat %.0f, service %.0f", p, run, base, chat, service)
		}
	}
}

// Every assumption of the bill can be given, given as a range, opened to its
// source, and taken back.
func TestEveryAssumptionOpensChangesRangesAndResets(t *testing.T) {
	base, b := billOf(t, map[string]string{"pipeline": "service", "model": "llama-2-7b"})
	book := core.ExplainBill(&base.In, &base.Out, &b)
	for _, n := range billAssumptions() {
		f := &scenario.Nums[n]
		was := base.In.Num[n]
		if was.Known {
			v, ok := book.Var(f.Key)
			if !ok || v.Value != was.R.V {
				t.Errorf("%s does not open", f.Key)
			} else if v.Origin != derivation.Computed && v.Source == "" && v.Note == "" {
				t.Errorf("%s opens to no source", f.Key)
			}
		}
		var s scenario.Scenario
		s.SetChoice(scenario.Model, "llama-2-7b")
		s.SetChoice(scenario.Pipeline, "service")
		lo, hi := max(f.Min, 1), max(f.Min, 1)*3
		switch {
		case f.Kind == unit.Fraction:
			lo, hi = max(f.Min, 0.1), 0.4
		case f.Kind == unit.Year:
			lo, hi = 2026, 2027
		case f.Max == 1:
			lo, hi = 0, 1
		}
		text := unit.ExactText(f.Kind, lo) + " to " + unit.ExactText(f.Kind, hi)
		if p := s.SetNum(n, text); p != nil {
			t.Errorf("%s takes no range: %v", f.Key, p)
			continue
		}
		a := core.Answer(&s)
		if r := a.In.Num[n].R; !a.In.Given(n) || r.Lo != lo && f.Kind != unit.Year || r.Hi != hi && f.Kind != unit.Year {
			t.Errorf("%s: %s is read as %v", f.Key, text, r)
		}
		s.Reset(n)
		a = core.Answer(&s)
		var whole core.TheBill
		core.Bill(&a.In, &a.Out, &whole)
		if a.In.Num[n] != was {
			t.Errorf("%s: reset to %+v, was %+v", f.Key, a.In.Num[n], was)
		}
	}
}

// Where a line of the bill rises with an assumption, a lower assumption never
// raises the line: neither its value nor either end of its range; and where it
// falls, a higher one never does. So with stages and the total. The assumption
// is given exactly, or with a range that moves with it.
func TestALowerAssumptionNeverRaisesWhatRisesWithIt(t *testing.T) {
	cases := []map[string]string{
		{"model": "llama-2-7b", "pipeline": "service", "gpus": "256", "with_synthetic": "1", "synthetic_tokens": "10B", "licences": "$1,000,000", "with_rl": "1"},
		{"model": "llama-2-7b", "pipeline": "rlhf", "gpus": "256", "pay": "own"}, {"model": "gpt-3", "pipeline": "chat", "pay": "spot", "gpus": "512"},
		{"pipeline": "reasoning", "pay": "reserved3"}, {"pipeline": "chat", "pay": "amortised"}, {"pipeline": "chat", "pay": "own", "own_building": "1"},
	}
	var fields []scenario.Num
	for _, n := range billAssumptions() {
		if f := &scenario.Nums[n]; !f.Whole && f.Kind != unit.Year {
			fields = append(fields, n)
		}
	}
	fields = append(fields, scenario.Price, scenario.ServePrice, scenario.PowerPerGPU, scenario.PUE, scenario.KWhPrice, scenario.Tokens)
	checked := 0
	for _, fixed := range cases {
		base, _ := billOf(t, fixed)
		for _, n := range fields {
			f, was := &scenario.Nums[n], base.In.Num[n]
			if !was.Known || !(was.R.V > 0) {
				continue
			}
			for _, wide := range []float64{1, 1.3, 4} {
				var before map[string]unit.Range
				at := 0.0
				for _, times := range []float64{0.25, 0.7, 1, 1.3} {
					v := was.R.V * times
					if v*wide > f.Max || v/wide < f.Min {
						continue
					}
					given := map[string]string{f.Key: unit.ExactRange(f.Kind, unit.Range{V: v, Lo: v / wide, Hi: v * wide})}
					for k, x := range fixed {
						given[k] = x
					}
					_, b := billOf(t, given)
					now := map[string]unit.Range{"total": b.Total.Range()}
					b.Lines(func(l core.Line) { now[l.Key()] = l.USD.Range() })
					for s := range b.Stages {
						if b.Stages[s].Money > 0 {
							now[lifecycle.Stage(s).String()] = b.StageMoney(lifecycle.Stage(s)).Range()
						}
					}
					for name, r := range now {
						old, ok := before[name]
						if !ok || math.Abs(old.V/r.V-1) < 1e-12 {
							continue
						}
						checked++
						low, high := old, r
						if r.V < old.V {
							low, high = r, old
						}
						if near := 1 + 1e-9; low.Lo > high.Lo*near || low.Hi > high.Hi*near {
							t.Errorf("%v: %s from %v to %v, a factor of %v to each side: %s is %v, then %v", fixed, f.Key, at, v, wide, name, old, r)
						}
					}
					before, at = now, v
				}
			}
		}
	}
	if checked < 10000 {
		t.Errorf("%d figures compared", checked)
	}
}
