package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// maxJSON bounds a scenario file; a real one is a few kilobytes.
const maxJSON = 1 << 20

// ParseJSON reads a scenario file (keys in web/schema/scenario.json) or a
// Hugging Face config.json. A quantity is a number, a string with a unit, or
// {"lo": ..., "hi": ...}. What cannot be used is told in problems; ok is false
// when nothing could be read.
func ParseJSON(text []byte) (s Scenario, problems []*unit.Problem, ok bool) {
	bad := func(wrong, allowed, fix string) (Scenario, []*unit.Problem, bool) {
		return s, []*unit.Problem{{Field: "Scenario", Value: clip(strings.TrimSpace(string(text[:min(len(text), 200)]))), Wrong: wrong, Allowed: allowed, Fix: fix}}, false
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return s, []*unit.Problem{{Field: "Scenario", Wrong: "is empty", Allowed: "a JSON object", Fix: "write {} for the default case"}}, false
	}
	if len(text) > maxJSON {
		return bad("is larger than a scenario can be", "up to 1 MiB", "check that it is the right file")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var top map[string]any
	if err := d.Decode(&top); err != nil {
		var syn *json.SyntaxError
		where := ""
		if errors.As(err, &syn) {
			where = " at character " + strconv.FormatInt(syn.Offset, 10)
		}
		return bad("is not a JSON object"+where, `an object such as {"model": "llama-2-7b", "tokens": "2T"}`, "check quotes, commas and brackets")
	}
	if _, err := d.Token(); err != io.EOF {
		return bad("has something after the closing bracket", "one JSON object", "remove what follows it")
	}
	if top == nil {
		return bad("is null", "a JSON object", "write {} for the default case")
	}
	if _, hf := top["hidden_size"]; hf || top["model_type"] != nil && top["model"] == nil {
		s, problems = fromConfig(top)
		return s, problems, len(problems) == 0 || s.Choice[Model] != ""
	}
	keys := make([]string, 0, len(top))
	for k := range top {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		v := top[k]
		if v == nil {
			continue
		}
		switch k {
		case "model":
			if shape, isMap := v.(map[string]any); isMap {
				problems = append(problems, s.setModel(shape)...)
				continue
			}
			if _, isNum := v.(json.Number); isNum || looksLikeSize(v) {
				s.Choice[Model] = "size"
				problems = append(problems, s.setAny("params", v)...)
				continue
			}
		case "release":
			if t, isText := v.(string); isText {
				s.Release = clipTo(t, 20)
			}
			continue
		case "layout", "demand", "own", "bill":
			m, isMap := v.(map[string]any)
			if !isMap {
				problems = append(problems, &unit.Problem{Field: k, Value: clip(jsonText(v)), Wrong: "is not an object", Allowed: k + `: {"key": value, ...}`, Fix: "it is left out"})
				continue
			}
			problems = append(problems, s.setNested(k, m)...)
			continue
		}
		if k == "measured" {
			t, ok := v.(string)
			if !ok {
				problems = append(problems, &unit.Problem{Field: k, Value: clip(jsonText(v)), Wrong: "is not a text", Allowed: "a text with a step a line", Fix: `try "gpus=8 tp=8 batch=64 step=2.5"`})
				continue
			}
			problems = append(problems, s.SetMeasured(t)...)
			continue
		}
		problems = append(problems, s.setAny(k, v)...)
	}
	return s, problems, true
}

func looksLikeSize(v any) bool {
	t, ok := v.(string)
	if !ok {
		return false
	}
	if _, p := FindPreset(t); p == nil {
		return false
	}
	_, p := Nums[Params].Parse(t)
	return p == nil
}

// setModel reads a shape: a "preset" to start from and what differs from it.
func (s *Scenario) setModel(m map[string]any) (ps []*unit.Problem) {
	base, has := m["preset"].(string)
	if !has {
		base, has = m["name"].(string)
	}
	if has {
		if p := s.SetChoice(Model, base); p != nil && m["preset"] != nil {
			ps = append(ps, p)
		} else if p != nil {
			s.Choice[Model] = "shape"
		}
	} else {
		s.Choice[Model] = "shape"
	}
	rest := map[string]any{}
	for k, v := range m {
		if k == "preset" || k == "name" {
			continue
		}
		if k == "params" && !has {
			s.Choice[Model] = "size"
		}
		rest[k] = v
	}
	return append(ps, s.setNested("model", rest)...)
}

func (s *Scenario) setNested(prefix string, m map[string]any) (ps []*unit.Problem) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		if m[k] == nil {
			continue
		}
		if prefix == "own" && k == "name" {
			if t, ok := m[k].(string); ok {
				s.Own = OwnName(clipTo(t, 60))
			}
			continue
		}
		key := k
		for n := range Nums {
			if Nums[n].JSON == prefix+"."+k {
				key = Nums[n].Key
			}
		}
		if prefix == "model" && k == "d_model" {
			key = "width"
		}
		if prefix == "layout" && k == "dp" {
			continue // copies follow from the GPUs
		}
		ps = append(ps, s.setAny(key, m[k])...)
	}
	return ps
}

// setAny gives a field by key from any JSON value.
func (s *Scenario) setAny(key string, v any) []*unit.Problem {
	text := ""
	switch t := v.(type) {
	case string:
		text = t
	case json.Number:
		text = t.String()
		// JSON numbers are in the unit of the report: {"energy": 1287} is MWh.
		if n, ok := NumByKey(key); ok {
			if x, err := strconv.ParseFloat(text, 64); err == nil {
				if scale := Nums[n].Kind.JSONScale(); scale != 1 {
					text = unit.ExactText(Nums[n].Kind, x*scale)
				}
			}
		}
	case bool:
		text = "0"
		if t {
			text = "1"
		}
	case map[string]any:
		lo, hi := jsonText(t["lo"]), jsonText(t["hi"])
		if t["lo"] == nil || t["hi"] == nil {
			return []*unit.Problem{{Field: clip(key), Value: clip(jsonText(v)), Wrong: "is not a range", Allowed: `{"lo": number, "hi": number}`, Fix: "it is left at its default"}}
		}
		text = lo + " to " + hi
	default:
		return []*unit.Problem{{Field: clip(key), Value: clip(jsonText(v)), Wrong: "is not a number, a text or a range", Allowed: `7e9, "7B" or {"lo": 6e9, "hi": 8e9}`, Fix: "it is left at its default"}}
	}
	p, known := s.set(key, text)
	if p != nil {
		return []*unit.Problem{p}
	}
	if !known {
		return []*unit.Problem{{Field: "Scenario", Value: clip(key), Wrong: "is not a field", Allowed: "the keys of the scenario schema", Fix: didYouMean(key)}}
	}
	return nil
}

func jsonText(v any) string {
	switch t := v.(type) {
	case string:
		return t
	case json.Number:
		return t.String()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(b)
}

func didYouMean(key string) string {
	best, dist := "", 3
	try := func(k string) {
		if d := editDistance(key, k); d < dist {
			best, dist = k, d
		}
	}
	for i := range Nums {
		try(Nums[i].Key)
	}
	for i := range Choices {
		try(Choices[i].Key)
	}
	if best == "" {
		return "it is not used"
	}
	return "did you mean " + best + "?"
}

// editDistance is Levenshtein's, on bytes, for keys of ordinary length.
func editDistance(a, b string) int {
	if len(a) > 40 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diag, row[j] = row[j], min(row[j]+1, row[j-1]+1, diag+cost)
		}
	}
	return row[len(b)]
}

// JSON writes the scenario as a file that ParseJSON reads back.
func (s *Scenario) JSON() []byte {
	top := map[string]any{"release": Release}
	nest := func(path string, v any) {
		outer, inner, nested := strings.Cut(path, ".")
		if !nested {
			top[outer] = v
			return
		}
		m, ok := top[outer].(map[string]any)
		if !ok {
			m = map[string]any{}
			if t, isText := top[outer].(string); isText {
				m["preset"] = t
			}
			top[outer] = m
		}
		m[inner] = v
	}
	for c := range s.Choice {
		if s.Choice[c] == "" {
			continue
		}
		path := Choices[c].JSON
		if path == "" {
			path = Choices[c].Key
		}
		if Choice(c) == Model && (s.Choice[c] == "size" || s.Choice[c] == "shape") {
			nest("model.preset", s.Choice[c])
			continue
		}
		nest(path, s.Choice[c])
	}
	for n := range s.Num {
		if !s.Num[n].Set {
			continue
		}
		path := Nums[n].JSON
		if path == "" {
			path = Nums[n].Key
		}
		if Num(n) == Params {
			path = "model.params"
		}
		nest(path, s.Num[n].Text)
	}
	if s.Own != "" {
		nest("own.name", string(s.Own))
	}
	if s.Measured != "" {
		nest("measured", s.Measured)
	}
	out, _ := json.MarshalIndent(top, "", "  ")
	return append(out, '\n')
}
