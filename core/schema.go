package core

import "encoding/json"

// ReportSchema is the JSON Schema of a report; web/schema/report.json holds it.
func ReportSchema() []byte {
	props := map[string]any{
		"fits":     map[string]any{"type": "boolean", "description": "whether the fullest GPU's memory holds the run"},
		"layout":   map[string]any{"type": "object", "description": "how the GPUs share the work: tp, pp, vpp, dp, cp, ep, zero, micro, recompute"},
		"warnings": map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
	}
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
