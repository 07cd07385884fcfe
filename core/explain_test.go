package core_test

import (
	"testing"

	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/derivation/evaltest"
	"flopbook/core/scenario"
	"flopbook/core/source"
)

// everyCase calls f with each preset under each ask, and with the variations
// that take other branches of the explanations.
func everyCase(f func(name string, s scenario.Scenario)) {
	for _, p := range scenario.Presets() {
		for _, o := range scenario.Choices[scenario.Ask].Options {
			var s scenario.Scenario
			s.SetChoice(scenario.Model, p.Key)
			s.SetChoice(scenario.Ask, o.Key)
			f(p.Key+"/"+o.Key, s)
		}
	}
	for _, v := range []map[string]string{
		{"optimizer": "lora"}, {"optimizer": "qlora", "model": "llama-2-70b"}, {"optimizer": "adam8"}, {"optimizer": "sgd"},
		{"flop_rule": "counted"}, {"flop_rule": "counted", "optimizer": "lora"}, {"attention": "full", "flop_rule": "counted"},
		{"recompute": "full"}, {"recompute": "none"}, {"zero": "3"}, {"tp": "8", "pp": "2", "gpus": "16"}, {"unique": "10B"},
		{"serve_precision": "fp8", "kv_precision": "fp8"}, {"serve_precision": "int4"}, {"people": "0"}, {"in": "0"}, {"price": "0"}, {"ask": "tokens", "budget": "1000"}, {"ask": "params"}, {"ask": "params", "budget": "1M", "gpus": "256"}, {"ask": "params", "accelerator": "rtx-4090", "days": "3650"},
		{"ask": "gpus", "days": "0.01"}, {"ask": "gpus", "days": "1000"}, {"law": "chinchilla1"}, {"law": "chinchilla3"}, {"mfu": "30 to 50 %"},
		{"accelerator": "own"}, {"model": "size", "params": "13B"}, {"model": "shape", "layers": "12", "width": "768", "heads": "12"},
		{"draft": "3", "model": "llama-3.1-8b"}, {"draft": "12", "model": "deepseek-v3"}, {"retrieved": "2500", "cached": "60 %"}, {"cached": "50 %", "model": "gpt-oss-20b", "in": "2000"},
		{"workload": "azure-code", "people": "100000"}, {"workload": "mooncake-tools", "model": "llama-3.1-70b", "people": "1M"}, {"fleet": "follow", "people": "1M"},
		{"copy_gpus": "16", "model": "llama-3.1-405b"}, {"copy_gpus": "64", "model": "deepseek-v3", "people": "1M"}, {"engine": "vllm", "model": "kimi-k2", "people": "100000"},
		{"growth": "3", "price_fall": "1", "token_price": "20", "people": "100000"}, {"growth": "0.5", "people": "10M"}, {"growth": "10", "price_fall": "10", "people": "10M"}, {"regions": "3", "spare_copies": "1", "on_call": "5"},
		{"serve_precision": "nvfp4", "serve_accelerator": "b200"}, {"serve_precision": "gguf-q4_k_m", "serve_accelerator": "rtx-4090"}, {"serve_grid": "fra"}, {"ttft": "10 ms"}, {"peak_to_mean": "1"}, {"burst": "13", "people": "1M"}, {"out_spread": "0", "in_spread": "0"},
		{"power": "700 W", "pue": "1"}, {"failure_rate": "0.01 to 0.02", "checkpoint_every": "1 h"}, {"failure_rate": "0"}, {"restart_time": "30 min", "checkpoint_speed": "10 GB/s"}, {"tpot": "1 ms"}, {"precision": "fp8", "accelerator": "a100-sxm-80"}, {"micro": "4", "seq": "8192"},
	} {
		var s scenario.Scenario
		name := ""
		for k, t := range v {
			name += k + "=" + t + ";"
			if c, ok := scenario.ChoiceByKey(k); ok {
				s.SetChoice(c, t)
			} else if n, ok := scenario.NumByKey(k); ok {
				s.SetNum(n, t)
			}
		}
		f(name, s)
	}
}

// The formula shown is the formula computed: each step's text, evaluated by an
// independent expression library on the inputs shown, gives the value shown.
func TestEveryStepOfEveryCaseEvaluatesToItsValue(t *testing.T) {
	n, steps := 0, 0
	everyCase(func(name string, s scenario.Scenario) {
		n++
		t.Run(name, func(t *testing.T) {
			a := core.Answer(&s)
			for _, p := range a.Problems {
				t.Errorf("problem: %v", p)
			}
			b := core.Explain(&a.In, &a.Out)
			steps += len(b.Steps())
			evaltest.Check(t, b)
			evaltest.CheckPrinted(t, b)
			for _, st := range b.Steps() {
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
			for k := range core.Quantities {
				if !a.Out.Known[k] {
					continue
				}
				q := core.Quantities[k]
				v, ok := b.Var(q.Name)
				if !ok {
					t.Errorf("%s is reported but not explained", q.Name)
				} else if v.Value != a.Out.V[k].V {
					t.Errorf("%s: explained %v, reported %v", q.Name, v.Value, a.Out.V[k].V)
				}
				if r := a.Out.V[k]; !(r.Lo <= r.V && r.V <= r.Hi) {
					t.Errorf("%s: range %v does not hold its value", q.Name, r)
				}
			}
		})
	})
	t.Logf("%d cases, %d steps", n, steps)
}
