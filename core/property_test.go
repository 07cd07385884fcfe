package core_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

func with(t testing.TB, fields map[string]string) core.Answered {
	t.Helper()
	var s scenario.Scenario
	for k, v := range fields {
		c, isChoice := scenario.ChoiceByKey(k)
		n, isNum := scenario.NumByKey(k)
		var p *unit.Problem
		switch {
		case isChoice:
			p = s.SetChoice(c, v)
		case isNum:
			p = s.SetNum(n, v)
		default:
			t.Fatalf("no field %q", k)
		}
		if p != nil {
			t.Fatal(p)
		}
	}
	a := core.Answer(&s)
	for _, p := range a.Problems {
		t.Fatal(p)
	}
	return a
}

func TestMoreGPUsNeverTakeLonger(t *testing.T) {
	for _, m := range []string{"tinyllama-1.1b", "llama-2-7b", "mixtral-8x7b", "llama-3.1-405b", "deepseek-v3"} {
		for _, acc := range []string{"h100-sxm", "a100-sxm-80", "b200", "mi300x"} {
			// Failures grow with the fleet, so nothing is lost to them here.
			a := with(t, map[string]string{"model": m, "accelerator": acc, "goodput": "100 %"})
			var counts []float64
			for n := 1.0; n < 1e5; n *= 1.4 {
				counts = append(counts, math.Ceil(n/8)*8)
			}
			points := make([]core.Point, len(counts))
			core.Sweep(&a.In, counts, points)
			fitted := false
			for i := 1; i < len(points); i++ {
				// A larger fleet can do without recomputing, never the reverse, so
				// days fall once the run fits.
				if fitted && points[i].Days.V > points[i-1].Days.V*(1+1e-9) {
					t.Errorf("%s on %s: %v GPUs take %v days, %v take %v", m, acc, points[i-1].GPUs, points[i-1].Days.V, points[i].GPUs, points[i].Days.V)
				}
				fitted = fitted || points[i].Fits
			}
		}
	}
}

func TestTwiceTheTokensIsTwiceTheWork(t *testing.T) {
	one, two := with(t, map[string]string{"tokens": "1T"}), with(t, map[string]string{"tokens": "2T"})
	for _, k := range []core.Key{core.FLOPs, core.GPUHours, core.Days, core.Energy, core.Cost, core.Carbon} {
		if r := two.Out.V[k].V / one.Out.V[k].V; math.Abs(r-2) > 1e-12 {
			t.Errorf("%s: ratio %v, want 2", core.Quantities[k].Name, r)
		}
	}
}

func TestMemoryFallsWithEachShardingDegree(t *testing.T) {
	base := map[string]string{"model": "llama-2-70b", "gpus": "512", "recompute": "selective"}
	memory := func(k, v string) float64 {
		f := map[string]string{}
		for a, b := range base {
			f[a] = b
		}
		f[k] = v
		if k != "zero" {
			f["zero"] = "0"
		}
		if k != "tp" {
			f["tp"] = "1"
		}
		if k != "pp" {
			f["pp"] = "1"
		}
		a := with(t, f)
		return a.Out.V[core.Memory].V
	}
	for _, c := range []struct {
		key    string
		values []string
	}{{"zero", []string{"0", "1", "2", "3"}}, {"tp", []string{"1", "2", "4", "8"}}, {"pp", []string{"1", "2", "4", "8"}}} {
		last := math.Inf(1)
		for _, v := range c.values {
			if m := memory(c.key, v); m >= last {
				t.Errorf("%s = %s: memory %v does not fall below %v", c.key, v, m, last)
			} else {
				last = m
			}
		}
	}
}

func TestCheaperPowerNeverRaisesTheBill(t *testing.T) {
	last := 0.0
	for _, p := range []string{"0", "0.02", "0.08", "0.3"} {
		a := with(t, map[string]string{"kwh_price": p})
		if v := a.Out.V[core.Electricity].V; v < last {
			t.Errorf("electricity at %s $/kWh is %v, less than %v", p, v, last)
		} else {
			last = v
		}
	}
}

// What Solve finds for one unknown satisfies the other question.
func TestSolvedUnknownsAgreeWithEachOther(t *testing.T) {
	for _, m := range []string{"tinyllama-1.1b", "llama-2-7b", "llama-2-70b", "mixtral-8x7b"} {
		gpus := with(t, map[string]string{"model": m, "ask": "gpus", "days": "40", "tokens": "500B", "batch": "4194304"})
		n := gpus.Out.V[core.GPUs].V
		if d := gpus.Out.V[core.Days].V; d > 40*(1+1e-9) {
			t.Errorf("%s: %v GPUs take %v days, more than the 40 given", m, n, d)
		}
		days := with(t, map[string]string{"model": m, "gpus": unit.ExactText(unit.Count, n), "tokens": "500B", "batch": "4194304"})
		if a, b := days.Out.V[core.Days].V, gpus.Out.V[core.Days].V; math.Abs(a/b-1) > 1e-9 {
			t.Errorf("%s: days %v when asked for days, %v when asked for GPUs", m, a, b)
		}
		tokens := with(t, map[string]string{"model": m, "ask": "tokens", "gpus": unit.ExactText(unit.Count, n), "days": unit.ExactText(unit.DayCount, days.Out.V[core.Days].V), "batch": "4194304"})
		if v := tokens.Out.V[core.Tokens].V; math.Abs(v/5e11-1) > 1e-9 {
			t.Errorf("%s: tokens %v, want 500B back", m, v)
		}
	}
}

func TestMemoryBindsForABigModelWithMuchTime(t *testing.T) {
	a := with(t, map[string]string{"model": "llama-3.1-405b", "ask": "gpus", "days": "1000", "tokens": "1B"})
	if a.Out.Binds != core.BindsMemory {
		t.Errorf("binds %v, want memory", a.Out.Binds)
	}
	if a.Out.V[core.GPUs].V != a.Out.V[core.GPUsMemory].V || !a.Out.Fits {
		t.Errorf("GPUs %v, memory asks for %v, fits %v", a.Out.V[core.GPUs].V, a.Out.V[core.GPUsMemory].V, a.Out.Fits)
	}
	b := with(t, map[string]string{"model": "tinyllama-1.1b", "ask": "gpus", "days": "5"})
	if b.Out.Binds != core.BindsDeadline {
		t.Errorf("binds %v, want the deadline", b.Out.Binds)
	}
}

func TestEveryReportIsFinite(t *testing.T) {
	everyCase(func(name string, s scenario.Scenario) {
		a := core.Answer(&s)
		checkFinite(t, name, &a)
	})
}

func checkFinite(t testing.TB, name string, a *core.Answered) {
	t.Helper()
	for k, v := range a.Out.V {
		for _, x := range []float64{v.V, v.Lo, v.Hi} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Errorf("%s: %s is %v", name, core.Quantities[k].Name, v)
			}
		}
	}
	if s := core.Sentence(&a.In, &a.Out); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || s == "" {
		t.Errorf("%s: sentence %q", name, s)
	}
	for _, w := range a.Out.Warnings() {
		says, fix := core.WarningText(w)
		if says == "" || fix == "" || strings.Contains(says, "NaN") {
			t.Errorf("%s: warning %d reads %q %q", name, w.Code, says, fix)
		}
	}
	if j := a.Out.JSON(); bytes.Contains(j, []byte("NaN")) {
		t.Errorf("%s: JSON %s", name, j)
	}
}

func FuzzFragment(f *testing.F) {
	for _, s := range []string{"", "#v1", "#v1;model=llama-2-7b;tokens=2T;gpus=64", "#v2;gpus=8", "v1;gpus=1e400", "v1;gpus=7+bananas", "v1;tokens=-1;days=NaN", "v1;layers=0",
		"v1;model=shape;layers=12;heads=7", "v1;experts=8;top_k=9", "v1;ask=check;gpus=1;days=0.001;tokens=1e18", "v1;x=%ZZ;;=;gpus", "v1;seq=100000000;batch=1", "v1;gpus=100000000;tp=7;pp=3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, _, problems := scenario.ParseFragment(text)
		for _, p := range problems {
			if p.Error() == "" {
				t.Error("a problem without words")
			}
		}
		a := core.Answer(&s)
		checkFinite(t, text, &a)
		// What was understood survives a second trip.
		again, _, _ := scenario.ParseFragment(s.Fragment(""))
		again.Release, s.Release, s.Shown = "", "", ""
		if again != s {
			t.Errorf("%q: %+v became %+v", text, s, again)
		}
	})
}

func FuzzScenarioJSON(f *testing.F) {
	for _, s := range []string{"{}", `{"model":"llama-2-7b","tokens":"2T"}`, `{"gpus":{"lo":1,"hi":9}}`, `{"model":{"layers":12}}`, `{"layout":{"tp":3}}`, `[]`, `null`, `{"gpus":1e400}`, `{"demand":5}`, `{"hidden_size":4096,"num_hidden_layers":"x"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, problems, ok := scenario.ParseJSON(text)
		if !ok && len(problems) == 0 {
			t.Error("refused without a word")
		}
		a := core.Answer(&s)
		checkFinite(t, string(text), &a)
		again, ps, ok := scenario.ParseJSON(s.JSON())
		if !ok || len(ps) > 0 {
			t.Errorf("own JSON refused: %v\n%s", ps, s.JSON())
		}
		again.Release, s.Release, s.Shown, s.Unknown = "", "", "", ""
		if again != s {
			t.Errorf("%+v became %+v", s, again)
		}
	})
}
