package core

import (
	"flopbook/core/derivation"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// instead writes what the alternatives to training cost.
func (x *billSteps) instead() {
	var all [AlternativeCount]AlternativeCost
	Compete(x.in, x.rep, x.w, &all)
	s := &x.in.Serving
	if s.ListOut > 0 {
		for _, p := range [...]struct {
			name, label string
			v           float64
		}{{"list_price_in", "list price of a million question tokens", s.ListIn}, {"list_price_cached", "list price of a million question tokens already read", s.ListCached}, {"list_price_out", "list price of a million answer tokens", s.ListOut}} {
			x.let(derivation.Var{Name: p.name, Label: p.label, Kind: unit.USDPerMTok, Value: p.v, Origin: derivation.Constant, Source: sourceOr(s.ListSource), Date: s.ListDate, Note: s.ListName})
		}
	}
	x.exact("questions_ahead", "questions of the days ahead", unit.None, x.in.V(scenario.People)*x.in.V(scenario.Questions)*x.in.V(scenario.Horizon), "people * questions * horizon", "", "growth of the demand")
	base, read := "cost_per_query", "usd_per_mtok_in"
	if all[ByAPI].Known {
		base, read = "alt_api_query", "list_price_in"
	}
	if _, ok := x.b.Var("usd_per_mtok_in"); !ok {
		x.let(derivation.Var{Name: "usd_per_mtok_in", Label: "cost of a million question tokens", Kind: unit.USDPerMTok, Value: x.rep.V[USDPerMTokRead].V, Origin: derivation.Assumed, Note: "questions without tokens cost nothing to read"})
	}
	tokens := "tune_examples * tune_length * tune_epochs"
	embed := "corpus_tokens * embed_price / 1e6"
	tuning := func(perParam, slow string) string {
		return tokens + slow + " * " + perParam + " * params_active * gpu_hours / flops * gpu_hour"
	}
	vectors := "corpus_tokens / chunk_tokens * vector_dim * 4 * (1 + vector_overhead) / 1e9"
	for i := range all {
		c := &all[i]
		if !c.Known {
			continue
		}
		key := "alt_" + Alternatives[i].Key
		var setup, year, query, says string
		switch alt := Alternative(i); alt {
		case ByAPI:
			setup, year, says = "0", "0", "Every token at its list price."
			query = "(tokens_in * (1 - cached) * list_price_in + tokens_in * cached * list_price_cached + tokens_out * list_price_out) / 1e6"
		case ByRAG:
			setup, year = embed, vectors+" * vector_price * 12"
			query, says = base+" + chunks * chunk_tokens * "+read+" / 1e6 + retrieval_price / 1000", "The passages are read with every question."
		case ByScratch:
			says = "As this case serves it."
			setup, year, query = "cost_total", "0", "cost_per_query"
			if long := x.longStages(); long != "" {
				setup = "cost_total * (1 - (" + long + ") / cost_sum)"
			}
		default:
			per, slow := "4", ""
			if alt == ByTuning {
				per = "6"
			}
			if alt == ByQLoRA {
				slow = " * qlora_slow"
			}
			setup = "tune_examples * tune_price + " + tuning(per, slow)
			year = tuning(per, slow) + " * tunes_per_year"
			query = "cost_per_query"
			if alt == ByPrompt {
				query += " + usd_per_mtok_in * prompt_tokens / 1e6"
			}
		}
		a := &Alternatives[i]
		x.step(key+"_setup", a.Label+": once", unit.Money, c.Setup, setup, "", "people's time")
		x.step(key+"_year", a.Label+": a year", unit.Money, c.PerYear, year, "", "")
		x.step(key+"_query", a.Label+": a question", unit.Money, c.PerQuery, query, says, "quality of the answers")
		x.step(key+"_total", a.Label+": for the days ahead", unit.Money, c.Total, key+"_setup + "+key+"_year * horizon / 365 + "+key+"_query * questions_ahead", a.Says, "")
		if v := c.BreakEven; v > 0 && v-v == 0 {
			x.step(key+"_break_even", a.Label+": questions from which on it is cheaper than the API", unit.None, uncertainty.Value{V: v},
				"("+key+"_setup - alt_api_setup + ("+key+"_year - alt_api_year) * horizon / 365) / (alt_api_query - "+key+"_query)", "What is paid once, over what each question saves.", "")
		}
	}
}

// longStages is the sum of the stages that last as long as the model serves, as a formula.
func (x *billSteps) longStages() (sum string) {
	for s := range x.w.Stages {
		if lifecycle.Stages[s].Long && x.w.Stages[s].On {
			if sum != "" {
				sum += " + "
			}
			sum += "cost_" + lifecycle.Stages[s].Key
		}
	}
	return sum
}
