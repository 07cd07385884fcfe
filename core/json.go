package core

import (
	"bytes"
	"encoding/json"
)

// reportValue is one quantity in the report's JSON, in the unit beside it.
type reportValue struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Unit  string  `json:"unit"`
}

// JSON writes the report as {key: {value, lo, hi, unit}, ..., "layout": ...,
// "warnings": [...]}. Quantities that cannot be said for this case are left out.
func (r *Report) JSON() []byte { return r.json(nil) }

// json writes the report, and the bill if there is one.
func (r *Report) json(whole []byte) []byte {
	var b bytes.Buffer
	b.WriteString("{\n")
	for k := range r.V {
		if !r.Known[k] {
			continue
		}
		q, s := &Quantities[k], Quantities[k].Kind.JSONScale()
		v, _ := json.Marshal(reportValue{r.V[k].V / s, r.V[k].Lo / s, r.V[k].Hi / s, q.Kind.Name()})
		b.WriteString("  \"" + q.Name + "\": ")
		b.Write(v)
		b.WriteString(",\n")
	}
	if whole != nil {
		b.WriteString("  \"bill\": ")
		b.Write(whole)
		b.WriteString(",\n")
	}
	layout, _ := json.Marshal(r.Layout)
	b.WriteString("  \"fits\": ")
	if r.Fits {
		b.WriteString("true")
	} else {
		b.WriteString("false")
	}
	b.WriteString(",\n  \"layout\": ")
	b.Write(layout)
	b.WriteString(",\n  \"warnings\": ")
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
