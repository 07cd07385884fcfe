package core

import (
	"bytes"
	"encoding/json"
	"math"

	"flopbook/core/unit"
)

// reportValue is one quantity in the report's JSON, in the unit beside it.
type reportValue struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Unit  string  `json:"unit"`
}

// JSON writes the report as {key: {value, lo, hi, unit}, ..., "step": {...},
// "memory_parts": {...}, "layout": ..., "warnings": [...]}. Quantities that
// cannot be said for this case are left out, and parts that are zero.
func (r *Report) JSON() []byte { return r.json(nil, nil) }

// json writes the report, with the bill and the service in detail where they are given.
func (r *Report) json(whole, service []byte) []byte {
	var b bytes.Buffer
	b.WriteString("{\n")
	put := func(name string, v any) {
		j, _ := json.Marshal(v)
		b.WriteString("  \"" + name + "\": ")
		b.Write(j)
		b.WriteString(",\n")
	}
	for k := range r.V {
		if !r.Known[k] {
			continue
		}
		q, s := &Quantities[k], Quantities[k].Kind.JSONScale()
		put(q.Name, reportValue{r.V[k].V / s, r.V[k].Lo / s, r.V[k].Hi / s, q.Kind.Name()})
	}
	if whole != nil {
		b.WriteString("  \"bill\": ")
		b.Write(whole)
		b.WriteString(",\n")
	}
	if service != nil {
		b.WriteString("  \"serving\": ")
		b.Write(service)
		b.WriteString(",\n")
	}
	if t := r.V[StepTime]; t.V > 0 {
		// A part's range is the whole's: all of them longer, or all shorter.
		step := map[string]reportValue{}
		StepTimeline(r, func(name, _, _ string, v float64) {
			if v != 0 {
				lo, hi := v*t.Lo/t.V, v*t.Hi/t.V
				step[name[len("step_"):]] = reportValue{v, math.Min(lo, hi), math.Max(lo, hi), unit.Time.Name()}
			}
		})
		put("step", step)
		p := r.StepRange
		put("step_predicted", reportValue{p.V, p.Lo, p.Hi, unit.Time.Name()})
	}
	if m := r.V[Memory]; m.V > 0 {
		parts, s := map[string]reportValue{}, unit.ByteCount.JSONScale()
		r.Peak.Parts(func(name, _ string, v float64) {
			parts[name] = reportValue{v / s, v * m.Lo / m.V / s, v * m.Hi / m.V / s, unit.ByteCount.Name()}
		})
		put("memory_parts", parts)
	}
	if r.Card != nil {
		put("smallest_card", r.Card.Key)
	}
	put("fits", r.Fits)
	put("layout", r.Layout)
	b.WriteString("  \"warnings\": ")
	texts := []string{}
	for _, w := range r.Warnings() {
		says, fix := WarningText(w)
		if says != "" {
			texts = append(texts, says+" "+fix)
		}
	}
	t, _ := json.Marshal(texts)
	b.Write(t)
	b.WriteString("\n}\n")
	return b.Bytes()
}
