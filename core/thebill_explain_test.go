package core_test

import (
	"testing"

	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/derivation/evaltest"
	"flopbook/core/source"
)

// Every line of every bill opens to its formula, and the formula, evaluated by
// an independent library on the figures shown, gives the line.
func TestEveryLineOfTheBillEvaluatesToItsValue(t *testing.T) {
	check := func(name string, a *core.Answered, b *core.TheBill) {
		t.Run(name, func(t *testing.T) {
			book := core.ExplainBill(&a.In, &a.Out, b)
			evaltest.Check(t, book)
			evaltest.CheckPrinted(t, book)
			b.Lines(func(l core.Line) {
				s, ok := book.Find(l.Key())
				if !ok || s.Value != l.USD.V {
					t.Errorf("%s: explained %v, %v on the bill", l.Key(), s.Value, l.USD.V)
				}
				if r := l.USD.Range(); !r.IsExact() && (s.Lo != r.Lo || s.Hi != r.Hi) {
					t.Errorf("%s: explained range %v to %v, %v on the bill", l.Key(), s.Lo, s.Hi, r)
				}
			})
			if v, ok := book.Var("cost_total"); !ok || v.Value != b.Total.V {
				t.Errorf("total: explained %v, %v on the bill", v.Value, b.Total.V)
			}
			for _, st := range book.Steps() {
				for _, in := range append(st.Inputs, st.Var) {
					if in.Source != "" {
						if _, ok := source.Get(in.Source); !ok {
							t.Errorf("%s: source %q is not in the bibliography", in.Name, in.Source)
						}
					} else if in.Origin == derivation.Constant {
						t.Errorf("%s: a published constant without a source", in.Name)
					}
				}
			}
		})
	}
	n := 0
	everyBill(t, func(name string, a *core.Answered, b *core.TheBill) {
		if n++; n%5 == 0 { // every kind of bill in turn, as there are six
			check(name, a, b)
		}
	})
	for name, fields := range billCases {
		a, b := billOf(t, fields)
		check(name, &a, &b)
	}
}

// billCases are bills that take every path of the formulas.
var billCases = func() map[string]map[string]string {
	all := map[string]map[string]string{
		"steps":       {"model": "llama-2-70b", "gpus": "256", "later_gpus": "512", "later_day": "30"},
		"three steps": {"model": "llama-2-70b", "gpus": "64", "later_gpus": "128", "later_day": "30", "third_gpus": "1024", "third_day": "60"},
		"early end":   {"model": "llama-2-7b", "gpus": "512", "later_gpus": "1024", "later_day": "300"},
		"mixed":       {"model": "llama-2-7b", "gpus": "64", "second_accelerator": "a100-sxm-80", "second_gpus": "64"},
		"mixed owned": {"model": "llama-2-7b", "gpus": "64", "second_accelerator": "a100-sxm-80", "second_gpus": "64", "pay": "own", "later_gpus": "128", "later_day": "2"},
		"mixed spot":  {"model": "llama-2-7b", "gpus": "64", "second_accelerator": "b200", "second_gpus": "8", "pay": "spot"},
		"building":    {"pay": "own", "own_building": "1"}, "amortised": {"pay": "amortised", "chip_age": "2"},
		"GPUs found": {"ask": "gpus", "days": "20", "model": "llama-2-7b", "pipeline": "service"}, "budget": {"ask": "tokens", "budget": "1M"}, "follows": {"fleet": "follow", "people": "1M", "pipeline": "service"},
		"at home": {"serve_accelerator": "rtx-4090", "pipeline": "service", "model": "llama-3.1-8b"}, "adapters": {"optimizer": "lora"}, "own size": {"params": "13B", "tokens": "1T"},
		"own restart": {"restart_time": "20 min", "spare_servers": "1 to 10 %", "repair_time": "1 to 4 days", "checkpoint_hidden": "50 to 90 %"}, "own start": {"start_time": "15 min", "planned_stops": "1"},
		"own shares": {"power_share": "50 to 60 %", "network_share": "20 %", "host_share": "40 %", "idle_share": "10 to 20 %", "staff_sft": "10 to 30 %", "staff_operate": "20 %", "pipeline": "service"},
		"people":     {"sft_people": "3 to 8", "pretrain_days": "50"}, "all stages": {"pipeline": "service", "with_synthetic": "1", "synthetic_tokens": "1B", "with_reward": "1", "with_ppo": "1", "with_rl": "1", "with_distil": "1", "distil_tokens": "1B"},
		"no reserve": {"contingency": "0"}, "power given": {"power": "700 W"}, "no serving": {"model": "llama-3.1-405b", "serve_accelerator": "m1-max", "pipeline": "service"},
		"only people": {"with_pretrain": "0", "with_experiments": "0"}, "own card": {"accelerator": "own", "pay": "own"}, "few different": {"unique": "1B"}, "nobody asks": {"people": "0", "pipeline": "service"},
		"ways cross": {"model": "deepseek-v3", "people": "1M"}, "ways cross, no list price": {"model": "gpt-3", "people": "10000"}, "ways cross, copies follow": {"model": "llama-3.1-70b", "people": "1M", "fleet": "follow"},
	}
	for _, fields := range all {
		if fields["pipeline"] == "" {
			fields["pipeline"] = "reasoning"
		}
	}
	return all
}()

// What an opened formula of the bill shows as assumed, down to where nothing
// opens any more, is a field that the reader can change, at the value in
// force; what it shows as published was published by somebody.
func TestEveryAssumedFigureOfAnOpenedBillCanBeChanged(t *testing.T) {
	missing := map[string]string{}
	look := func(name string, a *core.Answered, b *core.TheBill) {
		run, book := core.Explain(&a.In, &a.Out), core.ExplainBill(&a.In, &a.Out, b)
		for _, top := range book.Steps() {
			if _, known := run.Find(top.Name); known {
				continue // not of the bill
			}
			for _, step := range book.Trail(top.Name) {
				for _, v := range step.Inputs {
					if _, opens := book.Find(v.Name); opens {
						continue
					}
					switch n, ok := core.FieldOf(v.Name); {
					case v.Origin == derivation.Assumed && !ok:
						missing[v.Name] = name + ": " + step.Name + " shows it as assumed, no field changes it"
					case v.Origin == derivation.Assumed && (!a.In.Num[n].Known || a.In.V(n) != v.Value):
						missing[v.Name] = name + ": " + step.Name + " shows another figure than its field"
					case v.Origin == derivation.Constant && !ok && v.Source == "flopbook-assumption":
						missing[v.Name] = name + ": " + step.Name + " shows our own assumption as published"
					}
				}
			}
		}
	}
	everyBill(t, look)
	for name, fields := range billCases {
		a, b := billOf(t, fields)
		look(name, &a, &b)
	}
	for name, why := range missing {
		t.Errorf("%s: %s", name, why)
	}
}
