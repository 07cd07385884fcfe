package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

func instead(t *testing.T, fields map[string]string) (core.Answered, *core.Rivals) {
	t.Helper()
	a, b := billOf(t, fields)
	r := new(core.Rivals)
	core.Weigh(&a.In, &a.Out, &b, r)
	return a, r
}

var rivalCases = []map[string]string{
	{"model": "llama-3.1-8b", "people": "100"}, {"model": "llama-3.1-8b", "people": "100000"}, {"model": "llama-3.1-70b", "people": "1M"}, {"model": "llama-3.1-405b", "people": "10M"}, {"model": "deepseek-v3", "people": "1M"},
	{"model": "llama-3.1-70b", "people": "1M", "copy_gpus": "8", "fleet": "follow"},
}

// At the demand of the case the curve of a way goes through its total there.
func TestAlternativesCostTheSameOnTheirCurve(t *testing.T) {
	for _, fields := range rivalCases {
		a, r := instead(t, fields)
		asked := a.In.V(scenario.People) * a.In.V(scenario.Questions) * a.In.V(scenario.Horizon)
		for i := range r.Costs {
			if !r.Costs[i].Known {
				t.Errorf("%v: %s is not known", fields, core.Alternatives[i].Key)
			}
			near(t, core.Alternatives[i].Key, r.Total(core.Alternative(i), asked), r.Costs[i].Total.V, 1e-9)
		}
		near(t, "machines", r.Machines(asked), a.Out.V[core.CostPerDay].V*a.In.V(scenario.Horizon), 1e-9)
	}
}

// What so many questions cost does not hang on how many the case asks: a
// hundred people and a hundred thousand see one curve, and the same crossings.
func TestAlternativesHaveOneCurveWhateverTheDemand(t *testing.T) {
	_, few := instead(t, map[string]string{"model": "llama-3.1-8b", "people": "100"})
	_, many := instead(t, map[string]string{"model": "llama-3.1-8b", "people": "100000"})
	for _, alt := range []core.Alternative{core.ByAPI, core.ByRAG, core.ByLoRA, core.ByQLoRA, core.ByTuning, core.ByScratch} {
		key := core.Alternatives[alt].Key
		for q := 10.0; q < 1e12; q *= 7 {
			near(t, key, many.Total(alt, q), few.Total(alt, q), 1e-9)
		}
		for _, m := range [...][2]core.Meeting{{few.API[alt], many.API[alt]}, {few.RAG[alt], many.RAG[alt]}} {
			if x, y := m[0].Questions, m[1].Questions; !(x == y || math.Abs(x-y) <= 1e-9*x || math.IsNaN(x) && math.IsNaN(y)) {
				t.Errorf("%s: from %v questions on with few people, %v with many", key, x, y)
			}
		}
	}
	// One copy until it is full; no fewer for more questions.
	one := few.Machines(365)
	if few.Machines(36500) != one || !(few.Machines(1e11) > 10*one) {
		t.Errorf("machines: %v, %v, %v", one, few.Machines(36500), few.Machines(1e11))
	}
}

// Where a way meets another both cost the same; a little before it costs more,
// and from there on less.
func TestAlternativesMeetWhereTheySay(t *testing.T) {
	crossings := 0
	for _, fields := range rivalCases {
		a, r := instead(t, fields)
		api := &r.Costs[core.ByAPI]
		for i := range r.Costs {
			alt, c := core.Alternative(i), &r.Costs[i]
			if c.Setup.V < 0 || c.PerQuery.V <= 0 || c.Total.V < c.Setup.V {
				t.Errorf("%v: %s: %+v", fields, core.Alternatives[i].Key, c)
			}
			for other, m := range map[core.Alternative]core.Meeting{core.ByAPI: r.API[i], core.ByRAG: r.RAG[i]} {
				if math.IsInf(m.Questions, 1) {
					if most := core.MostPerDay * a.In.V(scenario.Horizon); r.Total(alt, most) < r.Total(other, most) {
						t.Errorf("%v: %s is cheaper at %v questions, not never", fields, core.Alternatives[i].Key, most)
					}
					continue
				}
				if !m.Opens() {
					continue
				}
				crossings++
				q := m.Questions
				near(t, "both at the crossing", r.Total(alt, q), r.Total(other, q), 1e-9)
				// A thousand copies go in steps of a thousandth, so a little is less than that.
				if r.Total(alt, q*(1-1e-6)) <= r.Total(other, q*(1-1e-6)) {
					t.Errorf("%v: %s is cheaper before %v questions", fields, core.Alternatives[i].Key, q)
				}
				for _, more := range []float64{1.001, 2, 5, 30} {
					if r.Total(alt, q*more) >= r.Total(other, q*more) {
						t.Errorf("%v: %s is not cheaper at %v times %v questions", fields, core.Alternatives[i].Key, more, q)
					}
				}
			}
		}
		// Looking things up costs more a question than the API alone; from scratch more to begin than tuning.
		all := &r.Costs
		if all[core.ByRAG].PerQuery.V <= api.PerQuery.V || all[core.ByScratch].Setup.V <= all[core.ByTuning].Setup.V || all[core.ByTuning].GPUHours <= all[core.ByLoRA].GPUHours {
			t.Errorf("%v: out of order", fields)
		}
	}
	if crossings < 10 {
		t.Errorf("only %d crossings", crossings)
	}
}

// Every crossing that the page lets open is explained by a step of that value.
func TestMeetingsOpen(t *testing.T) {
	for _, fields := range []map[string]string{rivalCases[4], {"model": "gpt-3", "people": "10000"}} {
		a, b := billOf(t, fields)
		r := new(core.Rivals)
		core.Weigh(&a.In, &a.Out, &b, r)
		book, opened := core.ExplainBill(&a.In, &a.Out, &b), 0
		for i := range r.Costs {
			for suffix, m := range map[string]core.Meeting{"_break_even": r.API[i], "_over_rag": r.RAG[i]} {
				if s, ok := book.Find("alt_" + core.Alternatives[i].Key + suffix); ok != m.Opens() || ok && s.Value != m.Questions {
					t.Errorf("%v: %s%s: explained %v, %v, worked out %+v", fields, core.Alternatives[i].Key, suffix, s.Value, ok, m)
				} else if ok {
					opened++
				}
			}
		}
		if opened < 5 {
			t.Errorf("%v: %d open", fields, opened)
		}
	}
}

// Without a list price looking things up stands on the same machines as what
// is tuned, so these cancel out of the crossing.
func TestAlternativesWithoutAListPrice(t *testing.T) {
	_, r := instead(t, map[string]string{"model": "gpt-3", "people": "10000"})
	rag, lora := &r.Costs[core.ByRAG], &r.Costs[core.ByLoRA]
	if r.Costs[core.ByAPI].Known || !rag.Own || !math.IsNaN(r.API[core.ByLoRA].Questions) {
		t.Fatalf("a list price is known: %+v", r.Costs[core.ByAPI])
	}
	m := r.RAG[core.ByLoRA]
	if m.Machines != 0 || !m.Opens() {
		t.Errorf("%+v", m)
	}
	near(t, "both at the crossing", r.Total(core.ByLoRA, m.Questions), r.Total(core.ByRAG, m.Questions), 1e-9)
	if lora.Name(core.ByLoRA) == rag.Name(core.ByRAG) || rag.Name(core.ByRAG) != "Looking things up (RAG), on machines of your own" {
		t.Errorf("named %q", rag.Name(core.ByRAG))
	}
}

// Hu et al. 2021 (LoRA): rank 8 on queries and values of GPT-3 learns 37.7M of
// 175B; with rank 16, twice that. Lester et al. 2021: a tuned prompt of 100
// tokens learns 100 times the width.
func TestWhatLearns(t *testing.T) {
	_, r := instead(t, map[string]string{"model": "gpt-3", "people": "10000", "prompt_tokens": "100"})
	near(t, "adapters", r.Costs[core.ByLoRA].Learns, 2*37.7e6, 0.01)
	near(t, "prompt", r.Costs[core.ByPrompt].Learns, 100*12288, 1e-12)
	near(t, "all", r.Costs[core.ByTuning].Learns, 174.6e9, 0.01)
}

// A vector index of 1M vectors of 1,536 numbers takes 6.144 GB before its
// overhead, and costs that by the month.
func TestLookingUpKeepsAnIndex(t *testing.T) {
	_, r := instead(t, map[string]string{"model": "llama-3.1-8b", "corpus_tokens": "500M", "chunk_tokens": "500", "vector_overhead": "0", "vector_price": "$1"})
	near(t, "a year", r.Costs[core.ByRAG].PerYear.V, 6.144*12, 1e-9)
}

func TestCompeteAllocatesNothing(t *testing.T) {
	a, b := billOf(t, map[string]string{"model": "llama-3.1-8b"})
	var out [core.AlternativeCount]core.AlternativeCost
	if n := testing.AllocsPerRun(10, func() { core.Compete(&a.In, &a.Out, &b, &out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	r := new(core.Rivals)
	if n := testing.AllocsPerRun(2, func() { core.Weigh(&a.In, &a.Out, &b, r) }); n != 0 {
		t.Errorf("the curve: %v allocations", n)
	}
}
