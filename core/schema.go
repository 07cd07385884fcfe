package core

import (
	"encoding/json"
	"strings"

	"flopbook/core/train"
)

// ReportSchema is the JSON Schema of a report; web/schema/report.json holds it.
func ReportSchema() []byte {
	parts := func(says string) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"$ref": "#/$defs/value"}, "description": says}
	}
	var stepNames, memoryNames []string
	StepTimeline(&Report{Unexplained: 1}, func(name, _, _ string, _ float64) { stepNames = append(stepNames, name[len("step_"):]) })
	full := train.Peak{Weights: 1, Grads: 1, GradCopy: 1, Optimizer: 1, Tables: 1, Activations: 1, Working: 1, Logits: 1, Gathered: 1, Update: 1, Slack: 1, Workspace: 1, Comm: 1, Context: 1}
	full.Parts(func(name, _ string, _ float64) { memoryNames = append(memoryNames, name) })
	props := map[string]any{
		"step": parts("where the time of a step goes, seconds of an average GPU; they sum to step_time: " + strings.Join(stepNames, ", ") +
			". Parts that are zero are left out; unexplained is what the step as predicted does not hold of a given share of peak."),
		"step_predicted": map[string]any{"$ref": "#/$defs/value", "description": "Time of a training step as predicted, in s; the same as step_time unless the share of peak is given."},
		"memory_parts":   parts("what fills the fullest GPU at its worst moment, in GiB; they sum to memory: " + strings.Join(memoryNames, ", ") + "."),
		"smallest_card":  map[string]any{"type": "string", "description": "the accelerator with the least memory that holds the run under this layout; left out where none does"},
		"fits":           map[string]any{"type": "boolean", "description": "whether the fullest GPU's memory holds the run"},
		"layout":         map[string]any{"type": "object", "description": "how the GPUs share the work: tp, pp, vpp, dp, cp, ep, zero, micro, recompute"},
		"warnings":       map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
	}
	props["bill"] = billSchema()
	props["serving"] = serviceSchema()
	for k := range Quantities {
		q := &Quantities[k]
		props[q.Name] = map[string]any{"$ref": "#/$defs/value", "description": q.Label + ", in " + q.Kind.Name() + ". Left out where it cannot be said."}
	}
	b, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Flopbook report", "type": "object",
		"properties": props, "required": []string{"params_total", "flops", "gpus", "days", "memory", "energy", "cost", "fits", "layout", "warnings"},
		"$defs": map[string]any{"value": map[string]any{"type": "object", "required": []string{"value", "lo", "hi", "unit"},
			"properties": map[string]any{"value": map[string]any{"type": "number"}, "lo": map[string]any{"type": "number"}, "hi": map[string]any{"type": "number"}, "unit": map[string]any{"type": "string"}}}},
	}, "", "  ")
	if err != nil {
		return nil
	}
	return append(b, '\n')
}

// serviceSchema describes the service in detail inside a report.
func serviceSchema() map[string]any {
	list := func(says string) map[string]any {
		return map[string]any{"type": "array", "description": says, "items": map[string]any{"type": "object"}}
	}
	object := func(says string) map[string]any { return map[string]any{"type": "object", "description": says} }
	return map[string]any{"type": "object", "description": "The service in detail; left out where nothing can be served. Units stand in the names.",
		"properties": map[string]any{
			"copy":           object("how the GPUs of one copy share it: gpus, tp, pp, dp (groups with their own answers that share the experts)"),
			"software":       object("which fitted constants speak for it: engine, family, precision, rows, sources, near"),
			"roofline":       list("reading and writing against the machine's roofline: name, flop_per_byte, flop_per_s, roof_flop_per_s"),
			"curve":          list("a copy from one answer at a time to as many as fit: answers, tpot_s, ttft_s, output_tokens_per_s_per_gpu, tokens_per_s_per_reader"),
			"at":             object("the point of the curve that the plan runs at"),
			"memory":         list("what is in a GPU as answers fill it: answers, weights_gib, cache_gib, reserve_gib, gpu_gib"),
			"day":            list("a weekday, hour by hour: hour, questions_per_s, copies, load, wait_p90_s"),
			"ways":           list("renting, owning and a list price over demands: questions_per_day, rent_usd_per_day, own_usd_per_day, api_usd_per_day, gpus"),
			"levers":         list("the case answered again with one thing changed: key, name, once_usd, training, serve_cost_per_day, cost_per_query, energy_per_query, carbon_per_query, crossing_days, lifetime_usd"),
			"routing":        list("a small model first, this one for the rest: share_small, cost_per_query_usd, energy_per_query_wh"),
			"lifetime":       list("what training and serving have used by a day: day, training_usd, serving_usd and its range, training_mwh, serving_mwh, training_t, serving_t, revenue_usd"),
			"sizes":          list("models of other sizes with the same loss: params, tokens, training_usd, serving_usd over the days looked ahead"),
			"list_prices":    list("dated list prices put to the case's own questions: model, seller, date, in_usd_per_mtok, out_usd_per_mtok, usd_per_mtok_answer (questions included), payback_days (null: never)"),
			"price_decline":  list("the price of a million answer tokens as prices fall, and what serving them costs: years, price_usd_per_mtok and its range, cost_usd_per_mtok"),
			"thinking":       list("the case with so many times the answer tokens, or the passes of a picture: times, cost_per_query_usd, energy_per_query_wh, answer_s, crossing_days"),
			"own_texts":      list("answering from texts of one's own: key, name, setup_usd, per_year_usd, per_query_usd, ttft_s"),
			"energy_anchors": list("published energies of a query beside ours of the same scope: name, scope, wh, ours_wh, source, date"),
		}}
}

// billSchema describes the whole bill inside a report.
func billSchema() map[string]any {
	value := map[string]any{"$ref": "#/$defs/value"}
	object := func(says string, props map[string]any) map[string]any {
		o := map[string]any{"type": "object", "description": says}
		if props != nil {
			o["properties"] = props
		} else {
			o["additionalProperties"] = true
		}
		return o
	}
	number, text := map[string]any{"type": "number"}, map[string]any{"type": "string"}
	list := func(says string, props map[string]any) map[string]any {
		return map[string]any{"type": "array", "description": says, "items": map[string]any{"type": "object", "properties": props}}
	}
	return object("the whole bill: every stage that its pipeline has, people, ways of paying, footprint", map[string]any{
		"total": value, "days": value, "gpu_hours": value, "person_days": number, "pipeline": text, "pay": text, "buy": value,
		"lines": list("what is paid for; the lines add up to the total", map[string]any{"key": text, "stage": text, "kind": text, "usd": value}),
		"stages": list("the stages in order, with calendar days from the start of the project", map[string]any{"key": text, "name": text, "start_day": number, "days": number,
			"people": number, "flop": number, "tokens": number, "gpu_hours": value, "core_hours": number, "usd": value, "energy": value}),
		"alternatives": list("what could be done instead of training, for the demand of the case", map[string]any{"key": text, "name": text, "setup": value, "per_year": value,
			"per_query": value, "total": value, "learns": number, "own_machines": map[string]any{"type": "boolean"},
			"break_even_questions": map[string]any{"type": []string{"number", "null"}}, "break_even_rag_questions": map[string]any{"type": []string{"number", "null"}}}),
		"flop_on_unfiltered_text": number, "start_year": number, "made_year": number,
		"standing":   object("place among published runs, by compute", map[string]any{"runs_with_more": number, "runs_with_less": number, "next_above": text, "next_below": text}),
		"thresholds": list("amounts of compute from which laws ask more", map[string]any{"key": text, "name": text, "status": text, "times": number, "over": map[string]any{"type": "boolean"}}),
		"notes":      map[string]any{"type": "array", "items": text},
		"kinds":      object("USD by kind of thing paid for", nil),
		"gpu_hour":   object("USD of a GPU-hour in each way of paying", nil),
		"owned_hour": object("what an owner's GPU-hour is made of", nil),
		"run":        object("USD of the run in each way of paying", nil),
		"footprint": object("energy, carbon and water of all machines of the bill", map[string]any{
			"energy_servers": value, "energy_it": value, "energy_building": value, "carbon": value, "carbon_market": value, "carbon_making": value,
			"water_site": value, "water_stations": value, "site_power": value, "site_within": text,
			"cleaner":     object("the cleanest place counted in the same way", map[string]any{"grid": text, "saves": value}),
			"equivalents": object("how many of each the bill is worth", nil)}),
	})
}
