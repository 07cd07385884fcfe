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
	var rivals Rivals
	Weigh(x.in, x.rep, x.w, &rivals)
	all := &rivals.Costs
	s := &x.in.Serving
	if s.ListOut > 0 {
		for _, p := range [...]struct {
			name, label string
			v           float64
		}{{"list_price_in", "list price of a million question tokens", s.ListIn}, {"list_price_cached", "list price of a million question tokens already read", s.ListCached}, {"list_price_out", "list price of a million answer tokens", s.ListOut}} {
			x.let(derivation.Var{Name: p.name, Label: p.label, Kind: unit.USDPerMTok, Value: p.v, Origin: derivation.Constant, Source: sourceOr(s.ListSource), Date: s.ListDate, Note: s.ListName})
		}
	}
	x.exact("questions_ahead", "questions of the days ahead", unit.Count, x.in.V(scenario.People)*x.in.V(scenario.Questions)*x.in.V(scenario.Horizon), "people * questions * horizon", "", "growth of the demand")
	base, read := "cost_per_query", "usd_per_mtok_in"
	if all[ByAPI].Known {
		base, read = "alt_api_query", "list_price_in"
	}
	if _, ok := x.b.Var("usd_per_mtok_in"); !ok {
		x.exact("usd_per_mtok_in", "cost of a million question tokens", unit.USDPerMTok, x.rep.V[USDPerMTokRead].V, "0", "Questions without tokens cost nothing to read.", "")
	}
	tokens := "tune_examples * tune_length * tune_epochs"
	embed := "corpus_tokens * embed_price / 1e6"
	tuning := func(perParam, slow string) string {
		return tokens + slow + " * " + perParam + " * params_active * gpu_hours / flops * gpu_hour"
	}
	vectors := "corpus_tokens / chunk_tokens * vector_dim * 4 * (1 + vector_overhead) / 1e9"
	extra := "chunks * chunk_tokens * " + read + " / 1e6 + retrieval_price / 1000"
	longer := "usd_per_mtok_in * prompt_tokens / 1e6"
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
			query, says = base+" + "+extra, "The passages are read with every question."
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
				query += " + " + longer
			}
		}
		a, name := &Alternatives[i], c.Name(Alternative(i))
		x.step(key+"_setup", name+": once", unit.Money, c.Setup, setup, "", "people's time")
		x.step(key+"_year", name+": a year", unit.Money, c.PerYear, year, "", "")
		x.step(key+"_query", name+": a question", unit.Money, c.PerQuery, query, says, "quality of the answers")
		x.step(key+"_total", name+": for the days ahead", unit.Money, c.Total, key+"_setup + "+key+"_year * horizon / 365 + "+key+"_query * questions_ahead", a.Says, "")
	}
	for i := range all {
		c := &all[i]
		if !c.Known {
			continue
		}
		paid := ""
		if Alternative(i) == ByPrompt {
			paid = " - " + longer
		}
		x.meeting(Alternative(i), c, &rivals.API[i], "_break_even", ByAPI, "alt_api_query"+paid, "the API")
		rag := "alt_rag_query"
		if all[ByRAG].Own {
			rag = extra
		}
		x.meeting(Alternative(i), c, &rivals.RAG[i], "_over_rag", ByRAG, rag+paid, "looking things up")
	}
}

// meeting writes from how many questions on a way is cheaper than another.
func (x *billSteps) meeting(alt Alternative, c *AlternativeCost, m *Meeting, suffix string, other Alternative, saved, than string) {
	if !m.Opens() {
		return
	}
	a, b := "alt_"+Alternatives[alt].Key, "alt_"+Alternatives[other].Key
	fixed, says := a+"_setup - "+b+"_setup + ("+a+"_year - "+b+"_year) * horizon / 365", "What is paid once, over what each question saves."
	if m.Machines > 0 {
		x.let(derivation.Var{Name: a + suffix + "_machines", Label: c.Name(alt) + ": machines for a day at that demand", Kind: unit.Money, Value: m.Machines, Origin: derivation.Computed,
			Note: "found by trying: whole copies for that many questions over the days ahead, with those who look after them"})
		fixed += " + " + a + suffix + "_machines * horizon"
		says = "What is paid once and for the machines, over what each question saves. The machines cost the same until the next copy."
	}
	x.step(a+suffix, c.Name(alt)+": questions from which on it is cheaper than "+than, unit.Count, uncertainty.Value{V: m.Questions}, "("+fixed+") / ("+saved+")", says, "")
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
