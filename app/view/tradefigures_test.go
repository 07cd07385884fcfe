package view

import (
	"math"
	"strings"
	"testing"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// look is a hub whose case is worked out.
func look(s scenario.Scenario) *hub {
	h := &hub{m: state.New()}
	h.m.Case = s
	h.settle()
	return h
}

// Every chart of serving and of the trade is whole for every story and for
// cases at the edge: nobody asks, nothing fits, no words, no law.
func TestServingAndTradeChartsAreWhole(t *testing.T) {
	cases := map[string]scenario.Scenario{"default": {}}
	for _, s := range scenario.Stories() {
		cases[s.Key] = s.Case
	}
	edge := func(name string, fields ...string) {
		var s scenario.Scenario
		for i := 0; i < len(fields); i += 2 {
			if c, ok := scenario.ChoiceByKey(fields[i]); ok {
				s.SetChoice(c, fields[i+1])
			} else if n, ok := scenario.NumByKey(fields[i]); ok {
				s.SetNum(n, fields[i+1])
			}
		}
		cases[name] = s
	}
	edge("nobody asks", "people", "0")
	edge("nothing fits", "model", "llama-3.1-405b", "serve_accelerator", "rtx-4090", "copy_gpus", "1")
	edge("a demand that shrinks", "growth", "0.01", "people", "10")
	edge("prices that rise", "price_fall", "0.5", "people", "1M", "token_price", "3")
	edge("a free token", "token_price", "0", "people", "1M")
	edge("no rent", "serve_price", "0", "price", "0", "people", "1M")
	edge("huge", "people", "1e10", "questions", "1000", "model", "deepseek-v3")
	for name, s := range cases {
		h := look(s)
		for _, part := range []string{"serving", state.TradePart} {
			for _, key := range state.Parts[state.PartByKey(part)].Charts {
				c := chartFor(h, key)
				text, err := c.JSON()
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				table := c.Table()
				if err := table.Validate(); err != nil {
					t.Errorf("%s, %s: %v", name, key, err)
				}
				for _, bad := range []string{"NaN", "+Inf", "-Inf", "%!"} {
					if strings.Contains(text+c.CSV(), bad) {
						t.Errorf("%s, %s shows %s", name, key, bad)
					}
				}
			}
		}
	}
}

// What is drawn is what the estimate says: the crossing, the optimum, the price
// that pays for all, the objective of pace.
func TestChartsShowTheEstimatesFigures(t *testing.T) {
	h := look(scenario.FindStory("frontier-chat").Case)
	out := &h.answer.Out
	for key, want := range map[string]string{
		"lifetime":        "day " + count(math.Round(out.V[core.CrossingDays].V)),
		"lifetime-energy": "day " + count(math.Round(out.V[core.CrossingDaysEnergy].V)),
		"sizes":           core.Quantities[core.LifetimeParams].Name,
		"payback":         core.Quantities[core.BreakEvenPrice].Name,
	} {
		c := chartFor(h, key)
		if k, ok := core.KeyByName(want); ok {
			want, _ = text(out, k)
			want = strings.TrimSuffix(want, "/Mtok")
			if key == "payback" {
				want = strings.TrimSuffix(want, "0")
			}
		}
		if !strings.Contains(c.Caption+c.Alt, want) {
			t.Errorf("%s does not say %q: %s", key, want, c.Caption)
		}
	}
	pace := chartFor(h, "pace")
	if json, _ := pace.JSON(); !strings.Contains(json, "as slow as you allow") {
		t.Error("the objective is not marked on the curve")
	}
}

func TestChange(t *testing.T) {
	for _, c := range []struct {
		v, from float64
		want    string
	}{{1, 1, "the same"}, {0.55, 1, "−45 %"}, {1.031, 1, "+3.1 %"}, {12, 1, "× 12"}, {1, 0, ""}} {
		if got := strings.ReplaceAll(change(c.v, c.from), "\u00a0", " "); got != c.want {
			t.Errorf("%g from %g: %q, not %q", c.v, c.from, got, c.want)
		}
	}
}

// A slow chart stays as it was while the hand moves, and follows when it rests.
func TestSlowChartsWaitForTheHand(t *testing.T) {
	h := look(scenario.FindStory("code-assistant").Case)
	before := h.chart("levers").Caption
	h.slow.moving = true
	h.send(state.Slide{Num: scenario.People, Pos: 10, From: 1e6})
	h.settle()
	h.slow.moving = true
	if got := h.chart("levers").Caption; got != before {
		t.Errorf("it moved at once: %q", got)
	}
	if now := core.Levers(&h.m.Case); strings.Contains(before, unit.Short(unit.Money, now[0].PerQuery.V)) {
		t.Fatal("the slider changes nothing that the chart shows")
	}
	h.slow.moving = false
	if got := h.chart("levers").Caption; got == before {
		t.Error("it stayed when the hand rested")
	}
}
