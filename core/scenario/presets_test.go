package scenario

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/source"
)

func mustFind(t testing.TB, key string) *Preset {
	t.Helper()
	p, problem := FindPreset(key)
	if problem != nil {
		t.Fatal(problem)
	}
	return p
}

func total(a model.Arch) float64 {
	var c model.Counts
	a.Fill()
	a.Count(&c)
	return c.Total
}

// Published parameter counts, each with the tolerance that its source asks for:
// rounded figures allow for their rounding, counts of the released tensors are exact.
func TestPresetParametersArePublished(t *testing.T) {
	const all, active = 0, 1
	for _, c := range []struct {
		key       string
		what      int
		want, tol float64
		source    string
	}{
		{"tinyllama-1.1b", all, 1100048384, 1e-6, "TinyLlama/TinyLlama-1.1B tensors"},
		{"llama-3.2-1b", all, 1235814400, 1e-6, "meta-llama/Llama-3.2-1B tensors"},
		{"llama-2-7b", all, 6738415616, 1e-6, "golden G008"},
		{"llama-2-13b", all, 13015864320, 1e-6, "golden G009"},
		{"llama-2-70b", all, 68976648192, 1e-6, "golden G010"},
		{"llama-3.1-8b", all, 8030261248, 1e-6, "golden G011"},
		{"llama-3.1-70b", all, 70553706496, 1e-6, "meta-llama/Llama-3.1-70B tensors"},
		{"llama-3.1-405b", all, 405853388800, 1e-6, "golden G013"},
		{"llama-4-scout", all, 109e9, 0.015, "golden G043"},
		{"llama-4-scout", active, 17e9, 0.02, "golden G042"},
		{"llama-4-maverick", all, 400e9, 0.015, "Llama 4 model card: 400B; tolerance of its sister's row G043"},
		{"llama-4-maverick", active, 17e9, 0.02, "golden G042"},
		{"gpt-2-124m", all, 124439808, 1e-6, "openai-community/gpt2 tensors"},
		{"gpt-2-1.5b", all, 1557611200, 1e-6, "openai-community/gpt2-xl tensors"},
		{"gpt-3", all, 175e9, 0.005, "golden G003"},
		{"opt-175b", all, 175e9, 0.005, "golden G004"},
		{"palm-540b", all, 540.35e9, 0.0001, "golden G006"},
		{"mistral-7b", all, 7241732096, 1e-6, "golden G016"},
		{"mixtral-8x7b", all, 46.7e9, 0.002, "golden G026"},
		{"mixtral-8x7b", active, 12.9e9, 0.005, "golden G027"},
		{"qwen3-0.6b", all, 596049920, 1e-6, "Qwen/Qwen3-0.6B tensors"},
		{"qwen3-8b", all, 8190735360, 1e-6, "golden G021"},
		{"qwen3-32b", all, 32762123264, 1e-6, "Qwen/Qwen3-32B tensors"},
		{"qwen3-235b-a22b", all, 235e9, 0.002, "golden G030"},
		{"deepseek-v3", all, 671e9, 0.001, "golden G032"},
		{"deepseek-v3", active, 37e9, 0.02, "golden G033"},
		{"kimi-k2", all, 1.03e12, 0.015, "golden G039"},
		{"gpt-oss-120b", all, 116.83e9, 0.0001, "golden G044"},
		{"gpt-oss-20b", all, 20914757184, 1e-6, "openai/gpt-oss-20b tensors"},
		{"bloom-176b", all, 176247271424, 1e-6, "bigscience/bloom tensors"},
		{"whisper-large", all, 1550e6, 0.01, "golden G052"},
		{"nemotron-nano-9b-v2", all, 8888227328, 1e-6, "nvidia/NVIDIA-Nemotron-Nano-9B-v2 tensors"},
		{"nemotron-nano-12b-v2", all, 12.31e9, 0.005 / 12.31, "arXiv 2508.14444 and model card: 12.31B"},
		// Rounded to three figures or fewer by their papers.
		{"gopher", all, 280e9, 0.005, "Gopher paper, title: 280B"},
		{"chinchilla", all, 70e9, 0.01, "Chinchilla paper: 70B"},
		{"falcon-180b", all, 180e9, 0.01, "Falcon paper, title page: 180B"},
	} {
		p := mustFind(t, c.key)
		var n model.Counts
		p.Arch.Count(&n)
		got := n.Total
		if c.what == active {
			got = n.Active[model.WithEmbeddings]
		}
		if off := got/c.want - 1; math.Abs(off) > c.tol {
			t.Errorf("%s: %.6g parameters, published %.6g (%s), %+.3f %%", c.key, got, c.want, c.source, 100*off)
		}
	}
	// OpenAI leaves the input table out of the active ones: 5.13B and 3.61B (golden G047, ±0.2 %).
	for key, want := range map[string]float64{"gpt-oss-120b": 5.13e9, "gpt-oss-20b": 3.61e9} {
		var n model.Counts
		mustFind(t, key).Arch.Count(&n)
		if off := n.Active[model.WithoutInput]/want - 1; math.Abs(off) > 0.002 {
			t.Errorf("%s: %.4g active, published %.4g", key, n.Active[model.WithoutInput], want)
		}
	}
}

// 6 x parameters x tokens against compute that the makers published, or that
// Epoch AI worked out, with the tolerance of the golden row.
func TestPresetComputeIsPublished(t *testing.T) {
	for _, c := range []struct {
		key       string
		want, tol float64
		source    string
	}{
		{"gpt-3", 3.14e23, 0.01, "G053, GPT-3 table D.1"},
		{"chinchilla", 5.76e23, 0.03, "G054, Chinchilla table 3"},
		{"llama-3.1-405b", 3.8e25, 0.01, "G055, Llama 3 paper"},
		{"palm-540b", 2.5272e24, 0.002, "G056, Epoch AI"},
		{"deepseek-v3", 3.286e24, 0.02, "6 x the published 37B x 14.8T; tolerance of the active count's row G033"},
		{"qwen3-235b-a22b", 4.752e24, 0.02, "6 x the published 22B x 36T; tolerance of its sister's row G029"},
		{"llama-4-scout", 4.08e24, 0.02, "6 x the published 17B x 40T; tolerance of the active count's row G042"},
		{"llama-4-maverick", 2.244e24, 0.02, "6 x the published 17B x 22T; tolerance of the active count's row G042"},
		{"nemotron-nano-12b-v2", 1.45e24, 0.02, "model card; tolerance of G033: it counts attention, and no input table"},
		{"gpt-4", 2.1e25, 0.05, "G094, Epoch AI"},
		// Nothing of these was published: tokens are 20 per parameter, and the size
		// was chosen to two figures so that this makes Epoch AI's estimate; a dense
		// shape stands within 2 % of its size, which counts twice.
		{"gemini-1.0-ultra", 5e25, 0.05, "Epoch AI, epoch-085"},
		{"claude-3-opus", 1.64e25, 0.05, "Epoch AI, epoch-071"},
		{"grok-3", 4.64e26, 0.05, "Epoch AI, epoch-013"},
	} {
		p := mustFind(t, c.key)
		var n model.Counts
		p.Arch.Count(&n)
		tokens := p.Tokens
		if tokens == 0 {
			tokens = 20 * n.Total
		}
		got := 6 * n.Active[model.WithEmbeddings] * tokens
		if off := got/c.want - 1; math.Abs(off) > c.tol {
			t.Errorf("%s: %.4g FLOP, published %.4g (%s), %+.1f %%", c.key, got, c.want, c.source, 100*off)
		}
		if p.FLOPs > 0 && math.Abs(p.FLOPs/c.want-1) > 0.02 { // PaLM prints 2.56e24, Epoch 2.5272e24
			t.Errorf("%s: the preset says %.4g FLOP, the source %.4g", c.key, p.FLOPs, c.want)
		}
	}
	// OPT's 4.3e23 counts layers that were run twice (golden G064: 8 FLOP, ±3 %).
	p := mustFind(t, "opt-175b")
	if got := 8 * total(p.Arch) * p.Tokens; math.Abs(got/p.FLOPs-1) > 0.03 {
		t.Errorf("OPT: %.4g FLOP with recomputing, published %.4g", got, p.FLOPs)
	}
}

// Figures of one run must agree with each other; each pair was published apart.
func TestPresetFiguresAgree(t *testing.T) {
	for i := range Presets() {
		p := &Presets()[i]
		// PaLM's second, smaller part ran on half its chips; TinyLlama rounds its days.
		if p.GPUs > 0 && p.Days > 0 && p.GPUHours > 0 {
			if r := p.GPUs * p.Days * 24 / p.GPUHours; r < 0.95 || r > 1.13 {
				t.Errorf("%s: %g GPUs x %g days is %.2f times its GPU-hours", p.Key, p.GPUs, p.Days, r)
			}
		}
		if p.PUE > 0 && p.PowerPerGPU > 0 && p.EnergyMWh > 0 {
			// BLOOM's energy leaves the building out.
			r := p.GPUHours * p.PowerPerGPU * 1e-6 / p.EnergyMWh
			if r < 1/p.PUE-0.01 || r > 1.01 {
				t.Errorf("%s: GPU-hours x power is %.3f times its energy", p.Key, r)
			}
		}
		if p.Intensity > 0 && p.EnergyMWh > 0 {
			if r := p.EnergyMWh * p.Intensity / p.CarbonT; math.Abs(r-1) > 0.01 {
				t.Errorf("%s: energy x intensity is %.3f times its carbon", p.Key, r)
			}
		}
	}
}

func TestEveryPresetIsComplete(t *testing.T) {
	key := regexp.MustCompile(`^[a-z0-9]+([-.][a-z0-9]+)*$`)
	month := regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])$`)
	precisions := map[string]bool{}
	for _, o := range Choices[Precision].Options {
		precisions[o.Key] = true
	}
	seen, names := map[string]bool{}, map[string]string{}
	for i := range Presets() {
		p := &Presets()[i]
		if !key.MatchString(p.Key) || seen[p.Key] {
			t.Errorf("%q: key malformed or used twice", p.Key)
		}
		seen[p.Key] = true
		for _, n := range append([]string{p.Key, p.Name}, p.Aliases...) {
			if other := names[plainName(n)]; other != "" && other != p.Key {
				t.Errorf("%q names both %s and %s", n, other, p.Key)
			}
			names[plainName(n)] = p.Key
		}
		if p.Status != Example && p.Status != Disclosed && p.Status != Estimated && p.Status != Speculative {
			t.Errorf("%s: status %q", p.Key, p.Status)
		}
		if p.Kind != "text" && p.Kind != "speech" && p.Kind != "image" || p.Name == "" || p.Org == "" || !month.MatchString(p.Released) || p.Year() != p.Released[:4] {
			t.Errorf("%s: incomplete: %+v", p.Key, p)
		}
		if len(p.Note) < 40 || !strings.HasSuffix(p.Note, ".") && !strings.HasSuffix(p.Note, ").") {
			t.Errorf("%s: the note must say what is published: %q", p.Key, p.Note)
		}
		if !p.ArchKnown && p.Status == Disclosed {
			t.Errorf("%s: disclosed without a shape", p.Key)
		}
		if problems := p.Arch.Check(); problems != nil {
			t.Errorf("%s: %v", p.Key, problems[0])
		}
		if len(p.Sources) == 0 {
			t.Errorf("%s: no source", p.Key)
		}
		for _, s := range p.Sources {
			if _, ok := source.Get(s); !ok {
				t.Errorf("%s: source %s is not in the bibliography", p.Key, s)
			}
		}
		if !precisions[p.Precision] {
			t.Errorf("%s: precision %q", p.Key, p.Precision)
		}
		if p.Accelerator != "" {
			a, problem := catalog.Find(p.Accelerator)
			if problem != nil || a.Key != p.Accelerator {
				t.Errorf("%s: accelerator %q: %v", p.Key, p.Accelerator, problem)
				continue
			}
			prec, problem := catalog.ParsePrecision(p.Precision)
			if peak, got := a.PeakFor(prec); problem != nil || peak == nil || got != prec {
				t.Errorf("%s: %s has no peak in %s", p.Key, a.Key, p.Precision)
			}
		}
		for name, v := range map[string]float64{"tokens": p.Tokens, "seq": p.Seq, "batch": p.Batch, "gpus": p.GPUs, "days": p.Days, "hours": p.GPUHours, "mfu": p.MFU,
			"power": p.PowerPerGPU, "pue": p.PUE, "intensity": p.Intensity, "energy": p.EnergyMWh, "carbon": p.CarbonT, "cost": p.CostUSD, "flops": p.FLOPs,
			"total": p.ParamsTotal, "active": p.ParamsActive} {
			if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %s is %g", p.Key, name, v)
			}
		}
		if p.MFU >= 1 || p.PUE != 0 && p.PUE < 1 || p.Batch > 0 && p.Seq > p.Batch {
			t.Errorf("%s: impossible figures", p.Key)
		}
		if p.ParamsActive > 0 && p.ArchKnown && !p.Arch.IsMoE() || p.ArchKnown && p.Arch.IsMoE() && p.ParamsActive == 0 {
			t.Errorf("%s: active parameters are for mixtures of experts", p.Key)
		}
		if found, _ := FindPreset(p.Key); found == nil || found.Key != p.Key {
			t.Errorf("%s: not found by its own key", p.Key)
		}
	}
	if !seen[Choices[Model].Default] {
		t.Errorf("the default model %q is no preset", Choices[Model].Default)
	}
}

func TestFindPreset(t *testing.T) {
	for name, want := range map[string]string{
		"Llama 2 7B":                           "llama-2-7b",
		"llama2-7b":                            "llama-2-7b",
		"LLAMA_2_7B":                           "llama-2-7b",
		"meta-llama/Llama-2-7b-chat-hf":        "llama-2-7b",
		"meta-llama/Llama-3.1-8B-Instruct":     "llama-3.1-8b",
		"mistralai/Mistral-7B-v0.1":            "mistral-7b",
		"mistralai/Mixtral-8x7B-Instruct-v0.1": "mixtral-8x7b",
		"deepseek-ai/DeepSeek-V3-Base":         "deepseek-v3",
		"DeepSeek R1":                          "deepseek-v3",
		"openai/gpt-oss-120b":                  "gpt-oss-120b",
		"gpt3":                                 "gpt-3",
		"GPT-3":                                "gpt-3",
		"ChatGPT":                              "gpt-4",
		"Claude":                               "claude-3-opus",
		"Gemini":                               "gemini-1.0-ultra",
		"GitHub Copilot":                       "codex-12b",
		"Whisper":                              "whisper-large",
		" Qwen/Qwen3-8B ":                      "qwen3-8b",
		"TinyLlama":                            "tinyllama-1.1b",
		"Mistral":                              "mistral-7b",
	} {
		p, problem := FindPreset(name)
		if problem != nil || p.Key != want {
			t.Errorf("%q: %v, %v, want %s", name, p, problem, want)
		}
	}
	for name, want := range map[string]string{
		"lama-2-7b":     "did you mean llama-2-7b?",
		"gpt-33":        "did you mean gpt-3?",
		"mixtrl 8x7b":   "did you mean mixtral-8x7b?",
		"deepsek":       "did you mean deepseek-v3?",
		"Midjourney":    "neither its size nor its training",
		"":              "is no model",
		"7B":            "is not a model",
		"量子":            "is no model",
		"zzzzzzzzzzzz":  "try llama-3.1-8b",
		"llama 9 huge!": "did you mean llama-",
	} {
		p, problem := FindPreset(name)
		if p != nil || problem == nil || !strings.Contains(problem.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", name, p, problem, want)
		}
	}
}

func FuzzFindPreset(f *testing.F) {
	for i := range Presets() {
		f.Add(Presets()[i].Name)
	}
	f.Add(strings.Repeat("/", 1000))
	f.Add(strings.Repeat("instruct", 1000))
	f.Add("\xff\x00İ")
	f.Fuzz(func(t *testing.T, name string) {
		p, problem := FindPreset(name)
		if (p == nil) == (problem == nil) {
			t.Fatalf("%q: %v, %v", name, p, problem)
		}
		if problem != nil && len(problem.Error()) > 1000 {
			t.Fatalf("a problem of %d bytes", len(problem.Error()))
		}
	})
}

// A system is found in a longer description, the longest name first, where the
// caller finds that it fits.
func TestNamedIn(t *testing.T) {
	any := func(*Preset) bool { return true }
	for text, want := range map[string]string{"nanoGPT GPT-2 124M, run 2": "gpt-2-124m", "IBM's Llama 2 7B again": "llama-2-7b", "an own model": "", "": ""} {
		got := ""
		if p := NamedIn(text, any); p != nil {
			got = p.Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if p := NamedIn("GPT-2 124M", func(*Preset) bool { return false }); p != nil {
		t.Error("one that does not fit")
	}
}
