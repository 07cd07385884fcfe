//go:build !js

// Package fitting turns published measurements into the fitted constants of
// the estimates, and says how well they predict what they have not seen.
package fitting

import (
	"math"
	"strconv"
	"strings"

	"flopbook/app/fitting/sheet"
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// A ServingRow is one published measurement of serving with what predicts it.
type ServingRow struct {
	ID, Source, Engine, Version, Model, Hardware string
	Metric, Unit, Scenario                       string
	Measured                                     float64 // SI: s, tokens/s, J per token, W, bytes
	In, Out                                      float64 // tokens
	Batch                                        float64 // sequences at once; 0: as many as fit
	Rate                                         float64 // questions offered per second; 0: not an open queue
	GPUs                                         float64
	PerGPU                                       bool
	Task                                         string
	Year                                         float64 // when the engine version came out, 2024.5 where unknown
	InAssumed                                    bool    // the table gives no question length
	Skipped                                      string

	Arch    model.Arch
	M       serve.Model
	H       serve.Machine
	L       serve.Layout
	Family  string // accelerator family
	Prec    string // 16-bit, fp8, mxfp4, int8, int4, gguf
	HasTime bool   // a time, or a rate that is turned into one
}

// assumedQuestion is the question length used where a table gives none.
const assumedQuestion = 500

// MoE reports whether the row's model has experts.
func (r *ServingRow) MoE() bool { return r.M.Experts > 0 }

// ReadServing reads a table in the columns of inference.csv; columns may be
// missing. A row that cannot be predicted says why in Skipped.
func ReadServing(text string) ([]ServingRow, *unit.Problem) {
	rows, p := sheet.Read(text, "Table", "metric", "value", "hardware")
	if p != nil {
		return nil, p
	}
	out := make([]ServingRow, 0, len(rows))
	for i, row := range rows {
		cell := row.Text
		r := ServingRow{ID: cell("id"), Source: cell("source"), Engine: cell("engine"), Version: cell("engine_version"),
			Model: cell("model"), Hardware: cell("hardware"), Metric: cell("metric"), Unit: cell("unit"), Scenario: cell("scenario")}
		if r.ID == "" {
			r.ID = "row " + strconv.Itoa(i+2)
		}
		r.Year = released(r.Version)
		r.Skipped = r.fill(row)
		out = append(out, r)
	}
	return out, nil
}

func (r *ServingRow) fill(row sheet.Row) string {
	cell, number := row.Text, row.Number
	one := func(name string) float64 { return math.Max(number(name), 1) }

	v := number("value")
	scale, ok := map[string]float64{"tok/s": 1, "tok/s/GPU": 1, "ms": 1e-3, "s": 1, "J/token": 1, "W": 1, "GB": 1e9}[r.Unit]
	switch {
	case !(v > 0):
		return "no measured value"
	case !ok:
		return "unit " + r.Unit + " is unknown"
	}
	r.Measured = v * scale
	r.PerGPU = cell("scope") == "per_gpu"
	if f := cell("flag"); f != "" {
		return "flagged: " + f
	}
	if cell("confidence") == "low" {
		return "low confidence"
	}

	// Machine and layout.
	r.GPUs = one("n_gpus")
	var why string
	if r.H, r.Family, r.Prec, why = servingMachine(r.Hardware, r.Engine, cell("w_prec"), cell("act_prec")); why != "" {
		return why
	}
	r.L = serve.Layout{TP: number("tp"), PP: one("pp"), EP: one("ep"), DP: one("dp")}
	if r.L.TP == 0 || r.L.EP > 1 {
		// Experts are dealt out to the same GPUs; attention is then cut over what one group has.
		r.L.TP = math.Max(1, r.GPUs/(r.L.PP*r.L.DP))
	}
	if n := r.L.GPUs(); n > r.GPUs*1.001 {
		r.L.DP = math.Max(1, r.GPUs/(r.L.TP*r.L.PP))
	}

	// Model.
	if why := r.shape(cell, number); why != "" {
		return why
	}
	format, why := servingFormat(cell("w_prec"))
	if why != "" {
		return why
	}
	elem := unit.Bytes(2)
	if k := cell("kv_prec"); strings.HasPrefix(k, "fp8") || strings.HasPrefix(k, "int8") {
		elem = 1
	}
	var c model.Counts
	r.Arch.Count(&c)
	r.M = serve.NewModel(&r.Arch, &c, format, elem)

	// Load.
	r.In, r.Out = number("input_len"), number("output_len")
	if cell("input_len") == "" {
		r.In, r.InAssumed = assumedQuestion, true
	}
	b := cell("batch_or_concurrency")
	switch {
	case strings.HasPrefix(b, "QPS="):
		if b == "QPS=INF" {
			r.Rate = math.Inf(1)
		} else if x, err := strconv.ParseFloat(b[4:], 64); err == nil {
			r.Rate = x
		}
	case strings.HasPrefix(b, "max"):
		r.Batch = 0
	default:
		if x, err := strconv.ParseFloat(b, 64); err == nil && x > 0 {
			r.Batch = x
		} else {
			return "batch is not stated"
		}
	}
	if _, after, ok := strings.Cut(cell("notes"), "task "); ok {
		r.Task, _, _ = strings.Cut(after, ";")
	}
	if note := cell("notes"); strings.HasPrefix(note, "speculative") {
		return "speculative decoding, acceptance not stated"
	}
	switch r.Metric {
	case "output_tok_s", "total_tok_s", "output_tok_s_per_gpu", "e2e_latency", "ITL_mean", "ITL_median", "TPOT", "TPOT_mean", "decode_tok_s":
		r.HasTime = true
	case "TTFT", "TTFT_mean", "prefill_tok_s", "gpu_energy_per_output_token", "gpu_power_avg", "gpu_memory_used":
	default:
		return "metric " + r.Metric + " is unknown"
	}
	return ""
}

// shape fills the architecture from the row's columns. Whether an MLP is gated
// and how many layers have experts is whatever meets the stated parameters.
func (r *ServingRow) shape(cell func(string) string, number func(string) float64) string {
	n := func(name string) int { return int(number(name)) }
	a := model.Arch{Layers: n("layers"), Width: n("d_model"), Heads: n("heads"), KVHeads: n("kv_heads"), HeadDim: n("d_head"),
		FF: n("d_ff"), Vocab: n("vocab"), MLPMatrices: 3, NormMult: 1}
	total := number("total_params_b") * 1e9
	if a.Layers == 0 || a.Width == 0 || a.Heads == 0 {
		if strings.Contains(cell("attn"), "Mamba") {
			p, _ := scenario.FindPreset(r.Model)
			if p == nil || p.Arch.Mamba.Layers == 0 {
				return "shape of a model with recurrent layers not known"
			}
			r.Arch = p.Arch
			return ""
		}
		if total <= 0 {
			return "neither shape nor parameters stated"
		}
		a = model.Dense(total)
	}
	a.Fill()
	if attn := cell("attn"); strings.HasPrefix(attn, "MLA") {
		// DeepSeek-V3: query rank 1536, heads of 128 + 64, values of 128 (inference/configs/config_671B.json).
		a.MLA = model.MLA{QRank: 1536, KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}
	} else if i := strings.Index(attn, "SWA"); i >= 0 {
		size, rest := 0, attn[i+3:]
		for len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
			size, rest = 10*size+int(rest[0]-'0'), rest[1:]
		}
		a.Window = model.Window{Size: size, Layers: a.Layers / 2}
		if strings.Contains(rest, "5:1") {
			a.Window.Layers = a.Layers * 5 / 6
		}
	} else if strings.Contains(attn, "chunked-local") {
		a.Window = model.Window{Size: 8192, Layers: a.Layers * 3 / 4} // Llama 4: three of four layers see chunks of 8,192
	}
	if moe := cell("moe"); moe != "" {
		e, k, s, f := 0, 0, 0, 0
		if _, err := sscanMoE(moe, &e, &k, &s, &f); err != nil {
			return "experts “" + moe + "” cannot be read"
		}
		a.MoE = model.MoE{Layers: a.Layers, Experts: e, TopK: k, ExpertFF: f, SharedExperts: s, SharedFF: f}
		if strings.Contains(moe, "every 2nd layer") {
			a.MoE.Layers = a.Layers / 2
			a.FF = 2 * f // Llama 4 Maverick: its dense layers are twice as wide
		} else if a.FF != f && total > 0 {
			a.MoE.Layers = nearestLayers(a, total)
		}
	}
	if total > 0 {
		best := math.Inf(1)
		var pick model.Arch
		for _, m := range [...]int{3, 2} {
			for _, tied := range [...]bool{false, true} {
				b := a
				b.MLPMatrices, b.Tied = m, tied
				var c model.Counts
				b.Count(&c)
				if d := math.Abs(c.Total/total - 1); d < best-1e-3 {
					best, pick = d, b
				}
			}
		}
		a = pick
	}
	if len(a.Check()) > 0 {
		return "shape is impossible: " + a.Check()[0].Error()
	}
	r.Arch = a
	return ""
}

func sscanMoE(s string, e, k, sh, f *int) (int, error) {
	n := 0
	for _, part := range []struct {
		mark string
		to   *int
	}{{"E", e}, {"k", k}, {"s", sh}, {"ff", f}} {
		if !strings.HasPrefix(s, part.mark) {
			return n, strconv.ErrSyntax
		}
		s = s[len(part.mark):]
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		x, err := strconv.Atoi(s[:i])
		if err != nil {
			return n, err
		}
		*part.to, s, n = x, s[i:], n+1
	}
	return n, nil
}

// nearestLayers is the number of layers with experts that brings the count
// closest to the stated total.
func nearestLayers(a model.Arch, total float64) int {
	best, at := math.Inf(1), a.Layers
	for m := 1; m <= a.Layers; m++ {
		a.MoE.Layers = m
		var c model.Counts
		a.Count(&c)
		if d := math.Abs(c.Total - total); d < best {
			best, at = d, m
		}
	}
	return at
}

func servingFormat(w string) (*model.Format, string) {
	name := map[string]string{"fp16": "bf16", "bf16": "bf16", "bfloat16": "bf16", "F16": "bf16", "fp8": "fp8", "int8": "int8",
		"int4g32": "", "mxfp4": "mxfp4-experts", "Q4_K_M": "gguf-q4_k_m", "Q8_0": "gguf-q8_0", "nvfp4": "nvfp4", "fp4": "nvfp4", "": "bf16"}
	key, ok := name[w]
	if !ok {
		return nil, "weight format " + w + " is unknown"
	}
	if key == "" {
		return &int4Group32, ""
	}
	f, p := model.FindFormat(key)
	if p != nil {
		return nil, p.Error()
	}
	return f, ""
}

// int4Group32 is gpt-fast's: 4 bits, and for each 32 weights a 16-bit scale and zero.
var int4Group32 = model.Format{Name: "int4-g32", Bits: 5, Tables: 16}

func servingMachine(name, engine, w, act string) (h serve.Machine, family, prec, why string) {
	a, p := catalog.Find(name)
	var own catalog.Accelerator
	if p != nil {
		c, ok := servingCards[name]
		if !ok {
			return h, "", "", "hardware “" + name + "” not in the catalogue"
		}
		own = catalog.Custom(name, unit.FLOPPerSec(c.tflops*1e12), unit.Bytes(c.gib*(1<<30)), unit.BytesPerSec(c.gbs*1e9))
		own.Family = c.family
		if strings.HasPrefix(name, "30") || strings.HasPrefix(name, "40") { // GeForce
			own.Vendor, own.Form = "NVIDIA", "PCIe consumer"
		}
		a = &own
	}
	want := catalog.BF16
	prec = "16-bit"
	switch {
	case act == "fp8":
		want, prec = catalog.FP8, "fp8"
	case w == "mxfp4":
		prec = "mxfp4"
	case w == "int8":
		prec = "int8"
	case w == "int4g32":
		prec = "int4"
	case strings.HasPrefix(w, "Q"):
		prec = "gguf"
	}
	peak, _ := a.PeakFor(want)
	if peak == nil || !a.Memory.Known || !a.Bandwidth.Known {
		return h, "", "", "hardware “" + name + "” lacks peak, memory or bandwidth"
	}
	rate := peak.V
	if engine == "llama.cpp" {
		rate *= a.ShortSums()
	}
	h = serve.Machine{Peak: rate, Bandwidth: a.Bandwidth.V, Memory: a.Memory.V, Link: a.Link.V, Domain: float64(a.Domain()),
		NIC: a.NIC.V, Power: a.Power.V}
	return h, a.Family, prec, ""
}

// servingCards are cards that were measured but that the catalogue does not
// offer; figures from the makers' data sheets: dense FP16 matrix TFLOP/s with
// FP32 accumulation, GiB, GB/s.
var servingCards = map[string]struct {
	tflops, gib, gbs float64
	family           string
}{
	"3090 24GB":                        {71, 24, 936, "Ampere"},
	"4090 24GB":                        {165.2, 24, 1008, "Ada"},
	"3070 8GB":                         {40.6, 8, 448, "Ampere"},
	"3080 10GB":                        {59.5, 10, 760, "Ampere"},
	"3080 Ti 12GB":                     {68.2, 12, 912, "Ampere"},
	"4070 Ti 12GB":                     {80.2, 12, 504, "Ada"},
	"4080 16GB":                        {97.5, 16, 717, "Ada"},
	"RTX 4000 Ada 20GB":                {107, 20, 360, "Ada"},
	"RTX 5000 Ada 32GB":                {261, 32, 576, "Ada"},
	"A40 48GB":                         {149.7, 48, 696, "Ampere"},
	"Apple M1 7‑Core GPU 8GB":          {2.27, 8, 68, "Apple silicon"},
	"Apple M1 Max 32‑Core GPU 64GB":    {10.4, 64, 400, "Apple silicon"},
	"Apple M3 Max 40‑Core GPU 64GB":    {14.2, 64, 400, "Apple silicon"},
	"Apple M2 Ultra 76-Core GPU 192GB": {27.2, 192, 800, "Apple silicon"},
	"A100-40GB(?)":                     {312, 40, 1555, "Ampere"},
	"MI300X-192GB":                     {1307.4, 192, 5300, "CDNA3"},
	"MI250-128GB(2 GCD)":               {362.1, 128, 3277, "CDNA2"},
}

// released is when an engine version came out: the year in its name, or the
// release date of that version (github.com/NVIDIA/TensorRT-LLM releases).
func released(version string) float64 {
	if y, ok := map[string]float64{"0.5": 2023.8, "0.5.0": 2023.8, "0.6.1": 2023.95, "0.7a": 2023.95, "0.14": 2024.85, "0.17": 2025.1}[version]; ok {
		return y
	}
	for _, y := range []struct {
		mark string
		year float64
	}{{"2022", 2022.5}, {"2023", 2023.5}, {"Dec 2025", 2025.9}, {"2025", 2025.5}, {"2024-05", 2024.4}, {"2024-09", 2024.7}, {"2024", 2024.5}} {
		if strings.Contains(version, y.mark) {
			return y.year
		}
	}
	return 2024.5
}
