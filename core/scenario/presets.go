package scenario

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"

	"flopbook/core/model"
	"flopbook/core/unit"
)

// How much of a preset its makers published.
const (
	Disclosed   = "disclosed"   // by those who trained it
	Example     = "example"     // made up to play with
	Estimated   = "estimated"   // partly worked out by others
	Speculative = "speculative" // inferred or leaked, confirmed by nobody
)

// A Preset is a known system: its shape and what is known of its training. Zero
// means not published, so a figure never stands here only because it was needed.
type Preset struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Org      string `json:"org"`
	Released string `json:"released"` // YYYY-MM
	Status   string `json:"status"`   // Disclosed, Estimated or Speculative
	Kind     string `json:"kind"`     // "text", "speech" or "image"

	Arch      model.Arch `json:"arch"`
	ArchKnown bool       `json:"-"`     // false: Arch is [model.Dense] of Dense
	Dense     float64    `json:"dense"` // size of the dense stand-in where the shape is unknown, parameters used per token

	ParamsTotal  float64 `json:"params_total"`  // as published, often rounded; 0 unknown
	ParamsActive float64 `json:"params_active"` // as published, used per token, mixtures of experts only
	FLOPs        float64 `json:"flops"`         // training compute as published or estimated by others, FLOP

	Tokens float64 `json:"tokens"` // read in training, repeats included
	Seq    float64 `json:"seq"`    // tokens in a training sequence
	Batch  float64 `json:"batch"`  // tokens in a step, the final one where it grew

	Accelerator string  `json:"accelerator"` // key of the catalogue; "" unknown
	Precision   string  `json:"precision"`   // of the matrices in training: an option of [Precision]
	GPUs        float64 `json:"gpus"`
	Days        float64 `json:"days"`
	GPUHours    float64 `json:"gpu_hours"`
	MFU         float64 `json:"mfu"`
	PowerPerGPU float64 `json:"power_per_gpu"` // W
	PUE         float64 `json:"pue"`
	Intensity   float64 `json:"intensity"` // kg CO2e per kWh
	EnergyMWh   float64 `json:"energy_mwh"`
	CarbonT     float64 `json:"carbon_t"`
	CostUSD     float64 `json:"cost_usd"`

	Note    string   `json:"note"`    // what is published and what is guessed
	Sources []string `json:"sources"` // keys into package source, the main one first
	Aliases []string `json:"aliases"`
}

// Year of the release.
func (p *Preset) Year() string { return p.Released[:4] }

//go:embed presets.json
var presetsJSON []byte

type presetTable struct {
	Presets     []Preset `json:"presets"`
	Undisclosed []string `json:"undisclosed"`

	byName map[string]int  // plain name to index
	silent map[string]bool // plain names of systems of which nothing is published
}

var presets = sync.OnceValue(func() *presetTable {
	var t presetTable
	d := json.NewDecoder(bytes.NewReader(presetsJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		panic("core/scenario/presets.json: " + err.Error()) // embedded, so a mistake of ours that tests find
	}
	t.byName, t.silent = map[string]int{}, map[string]bool{}
	for i := range t.Presets {
		p := &t.Presets[i]
		if p.ArchKnown = p.Dense == 0; p.ArchKnown {
			p.Arch.Fill()
		} else {
			p.Arch = model.Dense(p.Dense)
		}
		for _, name := range append([]string{p.Key, p.Name}, p.Aliases...) {
			t.byName[plainName(name)] = i
		}
	}
	for _, name := range t.Undisclosed {
		t.silent[plainName(name)] = true
	}
	return &t
})

// Presets lists the known systems by family, small ones first. The slice is
// shared: read only.
func Presets() []Preset { return presets().Presets }

// FindPreset finds a system by its key or by how people write it: "Llama 2 7B",
// "meta-llama/Llama-2-7b-chat-hf", "gpt3". On a miss the Problem names the
// nearest one.
func FindPreset(name string) (*Preset, *unit.Problem) {
	t := presets()
	plain := plainName(name)
	if i, ok := t.byName[plain]; ok {
		return &t.Presets[i], nil
	}
	if short := withoutTail(plain); short != plain {
		if i, ok := t.byName[short]; ok {
			return &t.Presets[i], nil
		}
	}
	p := &unit.Problem{Field: "Model", Value: clipTo(strings.TrimSpace(name), 60)}
	switch {
	case plain == "":
		p.Wrong, p.Fix = "is no model", "try llama-3.1-8b, or a size such as 7B"
	case t.silent[plain]:
		p.Wrong = "has published neither its size nor its training, so nothing about it can be computed"
		p.Fix = "try a guessed size such as 100B"
	default:
		p.Wrong = "is not a model that Flopbook knows"
		p.Allowed = "one of its models, or a size such as 7B"
		p.Fix = "try llama-3.1-8b"
		if near := t.nearest(plain); near != nil {
			p.Fix = "did you mean " + near.Key + "?"
		}
	}
	return nil, p
}

// NamedIn is the system whose name, of those that fit, is the longest one that
// stands in a longer description: "nanoGPT GPT-2 124M, second run"; nil for none.
func NamedIn(text string, fits func(*Preset) bool) *Preset {
	plain, long := plainName(text), 3
	var found *Preset
	for i := range presets().Presets {
		p := &presets().Presets[i]
		for _, name := range append([]string{p.Key, p.Name}, p.Aliases...) {
			if n := plainName(name); len(n) > long && strings.Contains(plain, n) && fits(p) {
				found, long = p, len(n)
			}
		}
	}
	return found
}

// maxName bounds what is looked at of a name; no model's is longer.
const maxName = 200

// plainName leaves letters and digits of a name, lower case, without the
// account that a model hub puts before a slash.
func plainName(name string) string {
	if len(name) > maxName {
		name = name[:maxName]
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// tails are what hubs append for a variant of the same shape.
var tails = [...]string{"hf", "instruct", "chat", "base", "it", "gguf", "awq", "gptq", "fp8", "bf16", "v01", "v02", "v03", "v1", "thinking", "original"}

func withoutTail(plain string) string {
	for cut := true; cut; {
		cut = false
		for _, tail := range tails {
			if rest, has := strings.CutSuffix(plain, tail); has && len(rest) > 3 {
				plain, cut = rest, true
			}
		}
	}
	return plain
}

// nearest is the preset whose name needs the fewest changes, nil when all are far.
func (t *presetTable) nearest(plain string) *Preset {
	if len(plain) < 3 {
		return nil
	}
	best, dist := -1, 1+len(plain)/3
	for i := range t.Presets {
		p := &t.Presets[i]
		for _, name := range append([]string{p.Key, p.Name}, p.Aliases...) {
			if d := editDistance(plain, plainName(name)); d < dist {
				best, dist = i, d
			}
		}
	}
	if best < 0 { // "llama 5 super": the family at least
		for i := range t.Presets {
			family, _, _ := strings.Cut(t.Presets[i].Key, "-")
			if strings.HasPrefix(plain, strings.TrimRight(family, "0123456789.")) {
				best = i
				break
			}
		}
	}
	if best < 0 {
		return nil
	}
	return &t.Presets[best]
}
