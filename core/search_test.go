package core_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// The first plan is no slower than what the answer shows, its days are those of
// an estimate with its layout, and all that is said and exported can be read.
func TestSearchAgreesWithTheAnswer(t *testing.T) {
	for _, fields := range []map[string]string{
		{},
		{"model": "llama-3.1-405b", "gpus": "16384"},
		{"model": "llama-2-7b", "gpus": "100"},
		{"model": "deepseek-v3", "gpus": "2048"},
		{"model": "mixtral-8x7b", "gpus": "64", "accelerator": "mi300x"},
		{"model": "gpt-3", "gpus": "1024", "accelerator": "a100-sxm-80", "schedule": "zb1p"},
		{"model": "whisper-large", "gpus": "64"},
		{"model": "llama-3.1-8b", "gpus": "8", "optimizer": "qlora"},
		{"model": "llama-2-70b", "ask": "gpus", "days": "30"},
	} {
		a := with(t, fields)
		r := core.Search(&a.In, core.SearchOptions{Keep: 5, Curve: true})
		if r.Problem != nil || len(r.Plans) == 0 || len(r.Plans) > 5 {
			t.Errorf("%v: %v, %d plans", fields, r.Problem, len(r.Plans))
			continue
		}
		best := &r.Plans[0]
		if d := a.Out.V[core.Days].V; best.Days.V > d*(1+1e-9) {
			t.Errorf("%v: the search takes %v days, the answer %v", fields, best.Days.V, d)
		}
		given := a.In
		given.Layout = best.Plan
		var out core.Report
		core.Estimate(&given, &out)
		if out.V[core.Days] != best.Days || out.V[core.Cost] != best.USD || !out.Fits {
			t.Errorf("%v: %v days in the ranking, %v estimated", fields, best.Days, out.V[core.Days])
		}
		for i := 1; i < len(r.Plans); i++ {
			if r.Plans[i].Step.Total < r.Plans[i-1].Step.Total {
				t.Errorf("%v: place %d is faster than %d", fields, i, i-1)
			}
		}
		text, err := json.Marshal(r.Export())
		if err != nil || strings.Contains(string(text), "NaN") || !json.Valid(text) {
			t.Errorf("%v: %v %s", fields, err, text)
		}
		says := strings.Join(r.Says(), "\n")
		if len(r.Says()) < 3 || strings.Contains(says, "NaN") || strings.Contains(says, "Inf") || !strings.Contains(says, "binds") {
			t.Errorf("%v: %s", fields, says)
		}
		t.Logf("%v: %s\n%s", fields, r.Count(), says)
	}
}

// The curve falls, its first point needs fewest GPUs of those that are not left out, its frontier is one: more
// GPUs, fewer days, and the GPUs asked for are on it with the plan found.
func TestSearchCurve(t *testing.T) {
	for _, m := range []string{"llama-3.1-405b", "llama-2-7b", "mixtral-8x7b"} {
		a := with(t, map[string]string{"model": m, "gpus": "2048"})
		r := core.Search(&a.In, core.SearchOptions{Curve: true})
		if len(r.Curve) < 10 || r.Knee < 0 {
			t.Fatalf("%s: %d points, knee %d", m, len(r.Curve), r.Knee)
		}
		if fewest := int(core.FewestGPUs(&a.In)); (r.Curve[0].There == fewest) != (r.Left == 0) || r.Curve[0].There < fewest || !r.Curve[0].Fits {
			t.Errorf("%s: starts at %d", m, r.Curve[0].There)
		}
		asked := false
		for i := range r.Curve {
			p := &r.Curve[i]
			if i > 0 && p.Step.Total*float64(r.Batch)/p.Batch*p.Work > r.Curve[i-1].Time*1.001 {
				t.Errorf("%s: %d GPUs take longer than %d", m, p.There, r.Curve[i-1].There)
			}
			if p.There == 2048 {
				asked = true
				if p.Days.V > r.Plans[0].Days.V*1.0001 {
					t.Errorf("%s: %v days on the curve, %v found", m, p.Days.V, r.Plans[0].Days.V)
				}
			}
		}
		if !asked {
			t.Errorf("%s: the GPUs asked for are not on the curve", m)
		}
		points := r.Pareto()
		for i := 1; i < len(points); i++ {
			a, b := points[i-1], points[i]
			if b.GPUs() > a.GPUs() && b.Days.V >= a.Days.V && b.USD.V >= a.USD.V {
				t.Errorf("%s: %d GPUs are beaten by %d", m, b.GPUs(), a.GPUs())
			}
		}
		if len(points) < 3 {
			t.Errorf("%s: %d points on the frontier", m, len(points))
		}
	}
}

// Ranked by dollars, a deadline is kept and no plan that keeps it is cheaper.
func TestSearchByDollars(t *testing.T) {
	free := with(t, map[string]string{"model": "llama-2-7b", "gpus": "256"})
	cheap := core.Search(&free.In, core.SearchOptions{Goal: train.Cheapest})
	fast := core.Search(&free.In, core.SearchOptions{})
	if cheap.Plans[0].USD.V > fast.Plans[0].USD.V || cheap.Plans[0].GPUs() > fast.Plans[0].GPUs() {
		t.Errorf("cheapest %v, fastest %v", cheap.Plans[0].USD, fast.Plans[0].USD)
	}
	days := fast.Plans[0].Days.V * 2
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "llama-2-7b")
	s.SetNum(scenario.GPUs, "256")
	if p := s.SetValue(scenario.Days, days); p != nil {
		t.Fatal(p)
	}
	a := core.Answer(&s)
	within := core.Search(&a.In, core.SearchOptions{Goal: train.Cheapest, Keep: 3})
	// The deadline is kept as far as goodput at the GPUs given goes; fewer fail less.
	if d := within.Plans[0].Days.V; d > days*1.0001 || d < days/2 || within.Plans[0].USD.V < cheap.Plans[0].USD.V*(1-1e-9) {
		t.Errorf("within %v days: %v days, %v; without: %v", days, d, within.Plans[0].USD, cheap.Plans[0].USD)
	}
}

// What nothing can satisfy is named.
func TestSearchProblem(t *testing.T) {
	for _, c := range []struct {
		fields map[string]string
		want   string
	}{
		{map[string]string{"model": "llama-3.1-405b", "gpus": "8"}, "Memory: "},
		{map[string]string{"model": "llama-3.1-8b", "gpus": "64", "tp": "7"}, "does not divide the 32 heads"},
		{map[string]string{"model": "llama-3.1-8b", "gpus": "8", "tp": "8", "pp": "4"}, "take more GPUs"},
	} {
		a := with(t, c.fields)
		r := core.Search(&a.In, core.SearchOptions{Curve: true})
		if r.Problem == nil || !strings.Contains(r.Problem.Error(), c.want) || len(r.Says()) != 1 || r.Export().Problem == "" {
			t.Errorf("%v: %v", c.fields, r.Says())
		}
	}
}

// A search tells how far it is and can be stopped, with the best so far.
func TestSearchStops(t *testing.T) {
	a := with(t, map[string]string{"model": "llama-3.1-405b", "gpus": "16384"})
	last, calls := 0.0, 0
	r := core.Search(&a.In, core.SearchOptions{Every: true, Tick: func(t *train.Tally) bool {
		calls++
		if t.Share < last {
			calls = math.MinInt
		}
		last = t.Share
		return calls < 400
	}})
	if calls != 400 || !r.Outcome.Stopped || len(r.Plans) == 0 || len(r.Curve) > 0 || !strings.Contains(r.Says()[0], "stopped") {
		t.Errorf("%d calls, stopped %v, %d plans", calls, r.Outcome.Stopped, len(r.Plans))
	}
}

// A fleet whose memory leaves it only plans that take many times the GPU-hours
// is left out of the curve and told of; no share of what is added is above one.
func TestTheCurveLeavesOutCrampedFleets(t *testing.T) {
	a := with(t, map[string]string{"model": "llama-3.1-405b", "gpus": "512"})
	r := core.Search(&a.In, core.SearchOptions{Curve: true})
	if r.Left == 0 || len(r.Curve) < 5 {
		t.Fatalf("%d left out of a curve, %d points", r.Left, len(r.Curve))
	}
	least := math.Inf(1)
	for _, p := range r.Curve {
		least = math.Min(least, float64(p.GPUs())*p.Time)
	}
	for _, p := range r.Curve {
		if p.Used < 0 || p.Used > 1 {
			t.Errorf("%d GPUs: %g of those added counts", p.There, p.Used)
		}
	}
	if first := r.Curve[0]; float64(first.GPUs())*first.Time > 2*least {
		t.Errorf("begins at %d GPUs with %g times the GPU-hours of the best", first.There, float64(first.GPUs())*first.Time/least)
	}
	if says := strings.Join(r.Says(), " "); !strings.Contains(says, "left out") {
		t.Error(says)
	}
	// The reader's own fleet stays, however cramped.
	a = with(t, map[string]string{"model": "llama-3.1-405b", "gpus": "96"})
	if r = core.Search(&a.In, core.SearchOptions{Curve: true}); len(r.Curve) == 0 || r.Curve[0].There != 96 {
		t.Errorf("%d GPUs first, 96 asked for", r.Curve[0].There)
	}
}
