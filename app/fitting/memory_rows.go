//go:build !js

package fitting

import (
	"math"
	"strconv"
	"strings"

	"flopbook/app/fitting/sheet"
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A MemoryCount is which memory a source printed.
type MemoryCount uint8

const (
	DeviceMemory    MemoryCount = iota // of the device: nvidia-smi, HIP
	ReservedMemory                     // taken by the framework's allocator
	AllocatedMemory                    // handed out by it
)

// A MemoryRow is one measured run's memory with what predicts it.
type MemoryRow struct {
	ID, Source, Model string
	Measured          float64 // bytes at the peak, 0 when none is printed
	States            float64 // bytes allocated between steps, 0 when none is printed
	OOM, Ran          bool    // ran out of memory; ran
	Count             MemoryCount
	FirstOnly         bool   // the log is of the pipeline's first stage
	Skipped           string // why the row cannot be predicted

	Arch     model.Arch
	Counts   model.Counts
	Recipe   model.Recipe
	L        model.Layout
	Frame    string
	Seq      float64
	Batch    float64
	Capacity float64
	Pipeline train.Pipeline
	Offload  bool
	Eight    bool    // matrices work in 8 bits
	Whole    bool    // weights are loaded whole before they are cut
	Logit    float64 // bytes per score where the row says how the loss is taken
}

// Inputs is what the row gives to the estimate under the framework's constants.
func (r *MemoryRow) Inputs(f *train.Framework) train.PeakInputs {
	in := train.PeakInputs{Arch: &r.Arch, Counts: &r.Counts, Recipe: &r.Recipe, Frame: f,
		Seq: r.Seq, Batch: r.Batch, Capacity: r.Capacity, Pipeline: r.Pipeline, Eight: r.Eight, LoadsWhole: r.Whole}
	if r.Offload {
		in.OffloadOptimizer, in.OffloadGrads = 1, 1
	}
	return in
}

// Predict is the row's memory as its source counts it, and the fullest GPU's total.
func (r *MemoryRow) Predict(f *train.Framework) (asPrinted, total float64) {
	g := *f
	if r.Logit > 0 {
		g.Logit = r.Logit
	}
	in := r.Inputs(&g)
	var p train.Peak
	in.Estimate(&r.L, &p)
	total = p.Total
	if r.FirstOnly {
		in.FirstStageOnly(&r.L, &p)
	}
	switch r.Count {
	case AllocatedMemory:
		return p.Allocated, total
	case ReservedMemory:
		return p.Reserved, total
	}
	return p.Total, total
}

// ReadMemory reads the rows with memory or out-of-memory labels of a table in
// the columns of training_runs.csv; columns may be missing.
func ReadMemory(text string) ([]MemoryRow, *unit.Problem) {
	rows, p := sheet.Read(text, "Table", "n_gpus", "hardware")
	if p != nil {
		return nil, p
	}
	var out []MemoryRow
	for _, row := range rows {
		if row.Text("mem_per_gpu_gib") == "" && !strings.Contains(strings.ToLower(row.Text("status")), "oom") {
			continue
		}
		out = append(out, MemoryOf(row))
	}
	return out, nil
}

// MemoryOf resolves a row, measured or not.
func MemoryOf(row sheet.Row) MemoryRow {
	r := MemoryRow{ID: row.Text("id"), Source: row.Text("source_group"), Model: row.Text("model")}
	r.Skipped = r.fill(row)
	return r
}

func (r *MemoryRow) fill(row sheet.Row) string {
	cell, number, whole := row.Text, row.Number, row.Whole
	notes, how := cell("notes"), strings.ToLower(cell("mem_definition"))
	task := strings.ToLower(cell("task"))

	r.Measured = number("mem_per_gpu_gib") * (1 << 30)
	r.OOM = strings.Contains(strings.ToLower(cell("status")), "oom")
	r.Ran = !r.OOM
	if strings.Contains(how, "analytical") {
		return "memory is computed, not measured"
	}
	if strings.Contains(cell("use"), "exclude") {
		return "use is exclude"
	}
	if r.OOM {
		r.Measured = 0
	}
	r.States = numberAfter(notes, "allocated as printed ") * (1 << 30)
	switch {
	case strings.Contains(how, "reserved"):
		r.Count = ReservedMemory
	case strings.Contains(how, "allocated"), strings.Contains(how, "active"):
		r.Count = AllocatedMemory
	case strings.Contains(how, "peak memory per gpu"):
		r.Count = ReservedMemory
	}
	if strings.Contains(how, "1e9") { // decimal gigabytes
		r.Measured *= 1e9 / (1 << 30)
	}
	r.FirstOnly = strings.Contains(how, "logged rank")

	a := &r.Arch
	*a = model.Arch{Layers: whole("n_layers"), Width: whole("d_model"), Heads: whole("n_heads"), KVHeads: whole("n_kv_heads"),
		HeadDim: whole("d_head"), FF: whole("d_ff"), Vocab: whole("vocab"), MLPMatrices: 3, NormMult: 1, Tied: cell("tied_embeddings") == "y"}
	if cell("gated_mlp") == "n" {
		a.MLPMatrices, a.NormMult, a.AttnBias, a.MLPBias = 2, 2, true, true
	}
	total := number("total_params_B") * 1e9
	if a.Width == 0 || a.Vocab == 0 {
		return "shape of the model not given"
	}
	if a.Heads == 0 && a.Width%128 == 0 { // width is what memory depends on
		a.Heads, a.HeadDim = a.Width/128, 128
	} else if a.Heads == 0 {
		a.Heads, a.HeadDim = 1, a.Width
	}
	if e := whole("n_experts"); e > 0 {
		details := strings.ToLower(cell("moe_details"))
		m := model.MoE{Experts: e, TopK: max(whole("top_k"), 1), Layers: a.Layers, ExpertFF: int(numberAfter(details, "routed ff"))}
		if strings.Contains(details, "d_ff is per-expert") {
			m.ExpertFF = a.FF
		}
		if i := strings.Index(details, " moe layers"); i > 0 {
			fields := strings.Fields(details[:i])
			if n, err := strconv.Atoi(fields[len(fields)-1]); err == nil && n > 0 && n <= a.Layers {
				m.Layers = n
			}
		}
		if i := strings.Index(details, " shared"); i > 0 {
			fields := strings.Fields(details[:i])
			m.SharedExperts, _ = strconv.Atoi(fields[len(fields)-1])
		}
		if m.ExpertFF == 0 {
			return "width of the experts not given"
		}
		a.MoE = m
		if strings.Contains(details, "mla") {
			a.MLA = model.MLA{KVRank: int(numberAfter(details, "kv_lora ")), NopeDim: int(numberAfter(details, "qk_nope")),
				RopeDim: int(numberAfter(details, "rope")), ValueDim: int(numberAfter(details, " v"))}
			if a.MLA.KVRank == 0 || a.MLA.NopeDim == 0 || a.MLA.ValueDim == 0 {
				a.MLA = model.MLA{}
			}
		}
	}
	a.Fill()
	if a.Layers == 0 {
		if total <= 0 {
			return "number of layers not given"
		}
		a.Layers = 1
		a.Count(&r.Counts)
		one := r.Counts.LayerAttention + r.Counts.LayerNorms + r.Counts.LayerMLP
		a.Layers = max(1, int(math.Round((total-(r.Counts.Total-one))/one)))
	}
	if bad := a.Check(); bad != nil {
		return "shape of the model not possible"
	}
	a.Count(&r.Counts)

	gpus := max(whole("n_gpus"), 1)
	l := &r.L
	*l = model.Layout{TP: max(whole("tp"), 1), PP: max(whole("pp"), 1), VPP: max(whole("vpp"), 1), CP: max(whole("cp"), 1), EP: max(whole("ep"), 1),
		DP: whole("dp"), Micro: whole("micro_batch")}
	if l.DP == 0 {
		l.DP = max(1, gpus/(l.TP*l.PP*l.CP))
	}
	if l.PP > a.Layers && FrameworkOf(cell("framework")) != "nanotron" { // its balanced cut may leave stages empty
		return "more stages than layers"
	}
	if l.Micro == 0 {
		return "micro-batch not given"
	}
	if l.EP > 1 {
		l.ETP = 1
	}
	framework := strings.ToLower(cell("framework"))
	r.Frame = FrameworkOf(framework)
	l.SP = cell("sp") == "y" || l.TP > 1 && r.Frame == "nanotron"
	l.Eager = strings.HasPrefix(cell("flash_attention"), "n")
	zero := strings.ToLower(cell("zero_stage_fsdp"))
	switch {
	case strings.HasPrefix(zero, "zero0"), zero == "none", zero == "":
	case strings.HasPrefix(zero, "zero1"):
		l.ZeRO = 1
	case strings.HasPrefix(zero, "zero2"):
		l.ZeRO = 2
	case strings.HasPrefix(zero, "zero3"), strings.Contains(zero, "fsdp"):
		l.ZeRO = 3
	}
	if zero == "" && r.Frame == "megatron" && gpus > 1 {
		l.ZeRO = 1 // the distributed optimizer is what its recipes use
	}
	switch rc := strings.ToLower(cell("recompute")); {
	case strings.HasPrefix(rc, "full"):
		l.Recompute = model.RecomputeFull
	case strings.HasPrefix(rc, "sel"):
		l.Recompute = model.RecomputeSelective
	case strings.Contains(framework, "litgpt") && l.ZeRO == 3: // its strategy checkpoints each block and cuts a loaded model
		l.Recompute, r.Whole = model.RecomputeFull, true
	case rc == "" && r.Frame == "hf": // fine-tuning trainers checkpoint by default
		l.Recompute = model.RecomputeFull
	}

	r.Seq = number("seq_len")
	if n := numberAfter(notes, "longest tokenised sample "); n > 0 { // sets the peak where samples vary in length
		r.Seq = n
	}
	if r.Seq == 0 {
		return "sequence not given"
	}
	batch := number("global_batch")
	if batch == 0 {
		batch = math.Max(numberAfter(notes, "micro_num="), 4) * float64(l.Micro*l.DP)
	}
	r.Batch = batch * r.Seq
	recipe := "adam-mixed-fp32-grads"
	prec := strings.ToLower(cell("precision"))
	switch {
	case task == "adapter" || task == "peft" || task == "lora" || task == "qlora":
		recipe = "lora"
	case strings.Contains(notes, "pure bf16") || prec == "bf16-true" || r.Frame == "fsdp" && task == "sft":
		recipe = "adam-bf16"
	case r.Frame == "hf" || r.Frame == "fsdp" || r.Frame == "colossal":
		recipe = "adam-mixed"
	}
	r.Eight = strings.Contains(prec, "fp8")
	rec, p := model.FindRecipe(recipe)
	if p != nil {
		return p.Wrong
	}
	r.Recipe = *rec
	if recipe == "lora" {
		r.Recipe.LoRA.Rank = max(8, int(numberAfter(notes, "LoRA rank ")))
		if strings.Contains(prec, "nf4") || strings.Contains(prec, "4-bit") || task == "qlora" {
			q, _ := model.FindRecipe("qlora")
			r.Recipe.Frozen = q.Frozen
		}
	}
	if strings.Contains(notes, "8-bit AdamW") {
		r.Recipe.Moments = 2
	}
	if strings.Contains(notes, "optimizer in backward") || strings.Contains(notes, "activation offloading") || strings.Contains(notes, "8-bit AdamW") {
		r.Recipe.Grads = 0 // each gradient is used and freed as it appears
	}
	r.Offload = strings.Contains(notes, "CPU offload")
	if strings.Contains(framework, "torchtune") {
		// The loss is taken over eight pieces; the first rows of its ablation are from before.
		if !strings.Contains(notes, "baseline") && !strings.Contains(notes, "+packed") && !strings.Contains(notes, "+compile") {
			r.Logit = 1
		}
		if task == "sft" && gpus == 1 && recipe == "adam-bf16" && !strings.Contains(notes, "pure bf16") {
			// Its single-device recipe: paged 8-bit AdamW, stepping inside the backward pass.
			r.Recipe.Grads, r.Recipe.Moments = 0, 2
			if strings.Contains(notes, "paged") {
				r.Recipe.Moments = 0
			}
		}
	}
	if strings.Contains(notes, "loss fusion") {
		r.Logit = 6 // the fused loss writes the gradient over the scores
	}
	switch schedule := strings.ToLower(notes); {
	case strings.Contains(schedule, "v-half"):
		r.Pipeline = train.PipeVHalf
	case strings.Contains(schedule, "v-min"):
		r.Pipeline = train.PipeVMin
	case strings.Contains(schedule, "zbv"):
		r.Pipeline = train.PipeZBV
	}

	name := cell("hardware")
	acc, problem := catalog.Find(strings.TrimSuffix(strings.TrimSuffix(name, "-SXM"), "-80GB-SXM"))
	if problem != nil {
		acc, problem = catalog.Find(name)
	}
	if problem == nil {
		r.Capacity = acc.Memory.V
	}
	for _, size := range []struct {
		mark  string
		bytes float64
	}{{"24GB", 24 << 30}, {"40GB", 40 << 30}, {"48GB", 48 << 30}, {"80GB", 80 << 30}} {
		if strings.Contains(name, size.mark) && math.Abs(r.Capacity/size.bytes-1) > 0.15 {
			r.Capacity = size.bytes
		}
	}
	if r.Capacity == 0 {
		return "accelerator not in the catalogue"
	}
	return ""
}

// FrameworkOf is the profile that stands for a framework's name.
func FrameworkOf(name string) string {
	n := strings.ToLower(name)
	switch {
	case strings.Contains(n, "nanotron"):
		return "nanotron"
	case strings.Contains(n, "deepspeed"):
		return "deepspeed"
	case strings.Contains(n, "internevo"), strings.Contains(n, "colossal"):
		return "colossal"
	case strings.Contains(n, "torchtune"), strings.Contains(n, "fsdp"), strings.Contains(n, "litgpt"), strings.Contains(n, "olmo"), strings.Contains(n, "torchtitan"):
		return "fsdp"
	case strings.Contains(n, "hf"), strings.Contains(n, "peft"), strings.Contains(n, "unsloth"), strings.Contains(n, "factory"), strings.Contains(n, "axolotl"):
		return "hf"
	}
	return "megatron"
}

// numberAfter reads the number that follows a mark in a text, 0 without one.
func numberAfter(text, mark string) float64 {
	_, rest, ok := strings.Cut(text, mark)
	if !ok {
		return 0
	}
	end := 0
	for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || rest[end] == '.' && end+1 < len(rest) && rest[end+1] >= '0' && rest[end+1] <= '9') {
		end++
	}
	v, err := strconv.ParseFloat(rest[:end], 64)
	if err != nil {
		return 0
	}
	return v
}
