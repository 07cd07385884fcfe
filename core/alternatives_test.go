package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

func instead(t *testing.T, fields map[string]string) (core.Answered, [core.AlternativeCount]core.AlternativeCost) {
	t.Helper()
	a, b := billOf(t, fields)
	var out [core.AlternativeCount]core.AlternativeCost
	core.Compete(&a.In, &a.Out, &b, &out)
	return a, out
}

// At the break-even both cost the same; before it the API is cheaper, after it
// the other.
func TestAlternativesCrossTheAPIWhereTheySay(t *testing.T) {
	crossings := 0
	for _, fields := range []map[string]string{
		{"model": "llama-3.1-8b", "people": "100000"}, {"model": "llama-3.1-70b", "people": "1M"}, {"model": "llama-3.1-405b", "people": "10M"}, {"model": "deepseek-v3", "people": "1M"},
	} {
		a, all := instead(t, fields)
		years := a.In.V(scenario.Horizon) / 365
		api := &all[core.ByAPI]
		if !api.Known {
			t.Errorf("%v: no list price", fields)
			continue
		}
		for i := range all {
			c := &all[i]
			if !c.Known {
				t.Errorf("%v: %s is not known", fields, core.Alternatives[i].Key)
				continue
			}
			if c.Setup.V < 0 || c.PerQuery.V <= 0 || c.Total.V < c.Setup.V {
				t.Errorf("%v: %s: %+v", fields, core.Alternatives[i].Key, c)
			}
			if math.IsInf(c.BreakEven, 1) || c.BreakEven == 0 {
				continue
			}
			crossings++
			at := func(q float64, c *core.AlternativeCost) float64 {
				return c.Setup.V + c.PerYear.V*years + c.PerQuery.V*q
			}
			near(t, "both at the crossing", at(c.BreakEven, c), at(c.BreakEven, api), 1e-9)
			if at(c.BreakEven/2, c) <= at(c.BreakEven/2, api) || at(c.BreakEven*2, c) >= at(c.BreakEven*2, api) {
				t.Errorf("%v: %s: cheaper on the wrong side of %v questions", fields, core.Alternatives[i].Key, c.BreakEven)
			}
		}
		// Looking things up costs more a question than the API alone; from scratch more to begin than tuning.
		if all[core.ByRAG].PerQuery.V <= api.PerQuery.V || all[core.ByScratch].Setup.V <= all[core.ByTuning].Setup.V || all[core.ByTuning].GPUHours <= all[core.ByLoRA].GPUHours {
			t.Errorf("%v: out of order", fields)
		}
	}
	if crossings == 0 {
		t.Error("nothing ever crosses")
	}
}

// Hu et al. 2021 (LoRA): rank 8 on queries and values of GPT-3 learns 37.7M of
// 175B; with rank 16, twice that. Lester et al. 2021: a tuned prompt of 100
// tokens learns 100 times the width.
func TestWhatLearns(t *testing.T) {
	_, all := instead(t, map[string]string{"model": "gpt-3", "people": "10000", "prompt_tokens": "100"})
	near(t, "adapters", all[core.ByLoRA].Learns, 2*37.7e6, 0.01)
	near(t, "prompt", all[core.ByPrompt].Learns, 100*12288, 1e-12)
	near(t, "all", all[core.ByTuning].Learns, 174.6e9, 0.01)
}

// A vector index of 1M vectors of 1,536 numbers takes 6.144 GB before its
// overhead, and costs that by the month.
func TestLookingUpKeepsAnIndex(t *testing.T) {
	_, all := instead(t, map[string]string{"model": "llama-3.1-8b", "corpus_tokens": "500M", "chunk_tokens": "500", "vector_overhead": "0", "vector_price": "$1"})
	near(t, "a year", all[core.ByRAG].PerYear.V, 6.144*12, 1e-9)
}

func TestCompeteAllocatesNothing(t *testing.T) {
	a, b := billOf(t, map[string]string{"model": "llama-3.1-8b"})
	var out [core.AlternativeCount]core.AlternativeCost
	if n := testing.AllocsPerRun(10, func() { core.Compete(&a.In, &a.Out, &b, &out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
