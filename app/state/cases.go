package state

import "flopbook/core/scenario"

// A Door is one of the questions that people come with, and the small case on
// which it is answered.
type Door struct {
	Key, Question, Says string
	Case                scenario.Scenario
	Focus               string // the number in the sentence that the question is about
	Part                string // the part of the calculator that answers it; empty for the first
}

// Fragment is the door's own address.
func (d *Door) Fragment() string {
	m := Model{Case: d.Case, Page: Calculator, Part: PartByKey(d.Part)}
	return m.Fragment("")
}

// Doors are the start page's three.
func Doors() []Door {
	small := func(ask string) (s scenario.Scenario) {
		must(s.SetChoice(scenario.Ask, ask))
		return s
	}
	gpus := small("gpus")
	must(gpus.SetNum(scenario.Days, "3"))
	cost := small("usd")
	serve := small("days")
	return []Door{
		{"gpus", "How many GPUs do I need to train a model?",
			"Say how long you can wait. See whether memory or the deadline decides.", gpus, "say-days", ""},
		{"cost", "How much compute does it take, and what does it cost?",
			"From parameters and tokens to operations, GPU-hours, energy, carbon and dollars.", cost, "say-tokens", ""},
		{"serve", "When does serving cost more than training?",
			"Say how many people ask how much. See the day on which the bills cross.", serve, "say-people", TradePart},
	}
}

// Worked is the case that the start page works through: the first one that a
// reader meets, small enough to grasp: the default.
func Worked() scenario.Scenario { return scenario.Scenario{} }

// GPT3 is the lesson's case: the published inputs of GPT-3's training run, from
// Patterson et al. 2021, Table 4: 14.8 days on 10,000 V100 at 24.6 TFLOP/s each
// (of 125, hence the share), 330 W each, PUE 1.10, 0.429 kg per kWh.
func GPT3() (s scenario.Scenario) {
	must(s.SetChoice(scenario.Model, "gpt-3"))
	must(s.SetChoice(scenario.Accelerator, "v100-sxm-32"))
	must(s.SetChoice(scenario.Precision, "fp16"))
	must(s.SetNum(scenario.Tokens, "300B"))
	must(s.SetNum(scenario.GPUs, "10000"))
	must(s.SetNum(scenario.MFU, "19.68 %"))
	must(s.SetNum(scenario.Goodput, "100 %"))
	must(s.SetNum(scenario.PowerPerGPU, "330 W"))
	must(s.SetNum(scenario.PUE, "1.1"))
	must(s.SetNum(scenario.Intensity, "0.429 kg/kWh"))
	return s
}

// must is for constant texts, which a test reads.
func must[P interface{ Error() string }](p P) {
	if any(p) != any(*new(P)) {
		panic("state: " + p.Error())
	}
}
