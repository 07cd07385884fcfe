package core

import (
	"math"

	"flopbook/core/catalog"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// A Lever is one change to a service, with what it leads to: the whole scenario
// is answered again with it.
type Lever struct {
	Key, Name, Says string
	Case            scenario.Scenario // the case with the lever pulled
	OK              bool              // false: it changes nothing here, or cannot be served
	Once            float64           // USD paid once beside the training of the case
	Training        unit.Range        // USD
	Day             unit.Range        // USD of serving, a day
	PerQuery        unit.Range        // USD
	Energy          unit.Range        // J per question, whole facility
	Carbon          unit.Range        // kg CO2e per question
	TPOT            unit.Range        // s
	Crossing        unit.Range        // day
	Lifetime        float64           // USD of training and serving over the days looked ahead, once-paid included
}

// lever is one of the changes that are tried: what it sets in a scenario, from
// the case as it stands.
type lever struct {
	key, name, says string
	pull            func(in *Resolved, out *Report, s *scenario.Scenario) (once float64, ok bool)
}

// student is the share of its teacher's size that the distilling lever takes.
const student = 0.25

var levers = [...]lever{
	{"as-is", "As it is", "The case itself.", func(*Resolved, *Report, *scenario.Scenario) (float64, bool) { return 0, true }},
	{"eight-bits", "Weights in 8 bits", "Half the bytes to read, and twice the arithmetic where the card has FP8.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, in.Format.Bits > 8.5 && choose(s, scenario.ServePrecision, "fp8")
		}},
	{"four-bits", "Weights in 4 bits", "A quarter of the bytes; models trained on many tokens for their size lose quality.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, in.Format.Bits > 5 && choose(s, scenario.ServePrecision, fourBits(in))
		}},
	{"cache-eight-bits", "KV cache in 8 bits", "Twice as many running answers fit into memory.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, in.KVBytes > 1 && choose(s, scenario.KVPrecision, "fp8")
		}},
	{"prefix-cache", "Keep what was read", "Half of each question is found in a prefix cache, as published services find.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			hit := catalog.Serving("cache_hit").V
			return 0, in.V(scenario.Cached) < hit && give(s, scenario.Cached, hit)
		}},
	{"draft", "Draft 3 tokens ahead", "Speculative decoding: helps while steps wait for memory.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, in.V(scenario.Draft) == 0 && give(s, scenario.Draft, 3)
		}},
	{"slower", "Half the pace", "Larger batches share each reading of the weights.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, give(s, scenario.TPOT, math.Min(100, 2*in.V(scenario.TPOT)))
		}},
	{"follow", "Follow the traffic", "Copies stop at night and at weekends; rent is paid for those that run.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, !in.Follow && choose(s, scenario.Fleet, "follow")
		}},
	{"smaller", "Smaller, more tokens", "The size and tokens of the same loss that cost least over training and serving.",
		func(in *Resolved, out *Report, s *scenario.Scenario) (float64, bool) {
			if !CanTakeSize(in, out) {
				return 0, false
			}
			_, best, ok := Sizes(&Answered{Case: *s, In: *in, Out: *out}, make([]SizePoint, 16))
			if !ok || best.Params > 0.9*out.V[ParamsTotal].V {
				return 0, false
			}
			return 0, resize(in, s, best.Params, best.Tokens)
		}},
	{"distil", "Distil to a quarter", "A student of a quarter of the size learns from a quarter of the tokens, which its teacher has scored; it will not be quite as good.",
		func(in *Resolved, out *Report, s *scenario.Scenario) (float64, bool) {
			if in.MoE || in.Recipe.Frozen > 0 || in.Arch.Encoder.Layers > 0 || in.Arch.Picture.Tokens > 0 || out.V[ParamsTotal].V < 1e8 {
				return 0, false
			}
			// The teacher is trained too, and reads the student's tokens: a third of
			// what training on them takes.
			teacher := out.V[Cost].V * (1 + student/3)
			return teacher, resize(in, s, out.V[ParamsTotal].V*student, in.V(scenario.Tokens)*student)
		}},
	{"think", "Think ten times as long", "Hidden reasoning: ten times the answer tokens for the same question.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, give(s, scenario.Out, math.Min(1e9, 10*in.V(scenario.Out)))
		}},
	{"retrieve", "Look things up", "Passages are put before each question: five of 500 tokens, unless the bill says otherwise.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, in.V(scenario.Retrieved) == 0 && give(s, scenario.Retrieved, passages(in))
		}},
	{"long-context", "Whole text before it", "50,000 tokens before each question, 95 % of them in the prefix cache.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			held := heldText * wholeText / (wholeText + in.V(scenario.In))
			return 0, in.V(scenario.Retrieved) == 0 && give(s, scenario.Retrieved, wholeText) && give(s, scenario.Cached, held)
		}},
	{"clean-grid", "Where power is clean", "The same machines on France's grid.",
		func(in *Resolved, _ *Report, s *scenario.Scenario) (float64, bool) {
			return 0, in.Serving.Intensity.R.V > 0.06 && choose(s, scenario.ServeGrid, "fra")
		}},
}

func choose(s *scenario.Scenario, c scenario.Choice, key string) bool {
	return s.SetChoice(c, key) == nil
}

func give(s *scenario.Scenario, n scenario.Num, v float64) bool {
	s.Reset(n)
	return s.SetValue(n, v) == nil
}

// resize makes the case one of a dense model of another size, trained on other
// tokens, on the same GPUs.
func resize(in *Resolved, s *scenario.Scenario, params, tokens float64) bool {
	for n := scenario.Layers; n <= scenario.WindowLayers; n++ {
		s.Reset(n)
	}
	return give(s, scenario.Params, params) && give(s, scenario.Tokens, tokens) && give(s, scenario.GPUs, in.V(scenario.GPUs))
}

// Levers answers the case again with each lever pulled, the case itself first.
func Levers(s *scenario.Scenario) []Lever {
	var base Answered
	AnswerInto(s, &base)
	out := make([]Lever, 0, len(levers))
	again := new(Answered)
	for i := range levers {
		l := &levers[i]
		got := Lever{Key: l.key, Name: l.name, Says: l.says, Case: *s}
		once, ok := l.pull(&base.In, &base.Out, &got.Case)
		if ok && base.Out.Known[CostPerQuery] {
			a := &base
			if i > 0 {
				a = again
				AnswerInto(&got.Case, a)
			}
			r := &a.Out
			got.OK = r.Known[CostPerQuery] && (i == 0 || changes(&base.Out, r))
			if got.OK {
				got.Once, got.Training, got.Day, got.PerQuery = once, r.V[Cost], r.V[CostPerDay], r.V[CostPerQuery]
				got.Energy, got.Carbon, got.TPOT, got.Crossing = r.V[EnergyPerQuery], r.V[CarbonPerQuery], r.V[UsualTPOT], r.V[CrossingDays]
				got.Lifetime = once + r.V[Cost].V + r.V[CostPerDay].V*r.Serve.Life.Grown
			}
		}
		out = append(out, got)
	}
	return out
}

// changes reports that a lever moved something.
func changes(a, b *Report) bool {
	for _, k := range [...]Key{CostPerQuery, EnergyPerQuery, CarbonPerQuery, UsualTPOT, Cost} {
		if a.V[k] != b.V[k] {
			return true
		}
	}
	return false
}

// A Routed is a service in which a small model tries every question first and a
// large one answers those that it cannot.
type Routed struct {
	Share    float64 // of the questions that the small model answers well enough
	PerQuery float64 // USD
	Energy   float64 // J per question
}

// Route mixes two services of the same demand for shares of questions that the
// small model settles: each asks the small one, the rest the large one as well.
// even is the share from which on routing is cheaper than the large model alone.
func Route(small, large *Report, shares []float64, out []Routed) (even float64) {
	cs, cl := small.V[CostPerQuery].V, large.V[CostPerQuery].V
	es, el := small.V[EnergyPerQuery].V, large.V[EnergyPerQuery].V
	for i, share := range shares {
		out[i] = Routed{Share: share, PerQuery: cs + (1-share)*cl, Energy: es + (1-share)*el}
	}
	return math.Min(1, cs/cl)
}
