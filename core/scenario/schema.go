package scenario

import (
	"encoding/json"
	"strings"

	"flopbook/core/catalog"
)

// Schema is the JSON Schema of a scenario file, made from the fields
// themselves. web/schema/scenario.json holds it.
func Schema() []byte {
	quantity := map[string]any{"oneOf": []any{
		map[string]any{"type": "number"},
		map[string]any{"type": "string", "description": "a number with a unit, or a range: \"2T\", \"30 to 50 %\""},
		map[string]any{"type": "object", "required": []string{"lo", "hi"}, "additionalProperties": false, "properties": map[string]any{
			"lo": map[string]any{"type": []string{"number", "string"}}, "hi": map[string]any{"type": []string{"number", "string"}}}},
	}}
	top := map[string]any{"release": map[string]any{"type": "string", "description": "release of engine and data that the scenario was written with"},
		"measured": map[string]any{"type": "string", "description": "steps timed on the reader's own cluster, a line each: gpus=64 tp=8 batch=512 step=2.1"}}
	nested := map[string]map[string]any{"model": {}, "layout": {}, "demand": {}, "own": {"name": map[string]any{"type": "string"}}, "bill": {}}
	put := func(path string, v any) {
		outer, inner, isNested := strings.Cut(path, ".")
		if isNested {
			nested[outer][inner] = v
		} else {
			top[outer] = v
		}
	}
	for n := range Nums {
		f := &Nums[n]
		path := f.JSON
		if path == "" {
			path = f.Key
		}
		if Num(n) == Params {
			path = "model.params"
		}
		says := f.Name
		if f.Help != "" {
			says += ". " + f.Help
		}
		put(path, map[string]any{"$ref": "#/$defs/quantity", "description": says + " A plain number is in " + f.Kind.Name() + "."})
	}
	for c := range Choices {
		f := &Choices[c]
		v := map[string]any{"type": "string", "description": f.Label, "default": f.Default}
		var names []string
		for _, o := range f.Options {
			names = append(names, o.Key)
		}
		switch Choice(c) {
		case Accelerator, ServeAccelerator, SecondAccelerator:
			for _, a := range catalog.Accelerators() {
				names = append(names, a.Key)
			}
			switch Choice(c) {
			case ServeAccelerator:
				names = append(names, "own", "same")
			case SecondAccelerator:
				names = append(names, "none")
			default:
				names = append(names, "own")
			}
			v["examples"] = names // other spellings are understood too
		case Grid, ServeGrid:
			places := []string{"usa", "fra", "world", "us-tx"}
			if Choice(c) == ServeGrid {
				places = append(places, "same")
			}
			v["examples"] = places
		case Model:
			continue
		default:
			v["enum"] = names
		}
		path := f.JSON
		if path == "" {
			path = f.Key
		}
		put(path, v)
	}
	var presets []string
	for i := range Presets() {
		presets = append(presets, Presets()[i].Key)
	}
	nested["model"]["preset"] = map[string]any{"type": "string", "examples": append(presets, "size", "shape")}
	nested["model"]["name"] = map[string]any{"type": "string"}
	for name, props := range nested {
		o := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
		if name == "layout" {
			props["dp"] = map[string]any{"type": "number", "description": "read and not used: copies follow from the GPUs"}
		}
		if name == "model" {
			props["d_model"] = map[string]any{"$ref": "#/$defs/quantity", "description": "the same as width"}
			top[name] = map[string]any{"description": "A system to start from, a size such as 7B, or a shape.", "oneOf": []any{
				map[string]any{"type": "string", "examples": presets}, map[string]any{"type": "number"}, o}}
			continue
		}
		top[name] = o
	}
	b, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Flopbook scenario", "type": "object",
		"description": "What was asked: every key may be left out; {} is the default case.",
		"properties":  top, "additionalProperties": false, "$defs": map[string]any{"quantity": quantity},
	}, "", "  ")
	if err != nil {
		return nil
	}
	return append(b, '\n')
}
