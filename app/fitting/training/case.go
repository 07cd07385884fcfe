//go:build !js

// Package training turns tables of measured training steps into the efficiency
// constants of package train, and measures how well the constants predict
// sources that they were not fitted on.
package training

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"flopbook/app/fitting"
	"flopbook/app/fitting/sheet"
	"flopbook/core/catalog"
	"flopbook/core/machine"
	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A Case is one measured step, resolved: what the physics needs, and what the
// constants depend on.
type Case struct {
	ID, Group, Model string
	Title, Place     string // of the source, and where in it the row stands
	Year             int
	Machine          string            // key of the catalogue
	Asked            catalog.Precision // as the row says; Class is what the accelerator runs
	Family           string            // accelerator family
	Class            catalog.Precision
	Soft             string // software generation
	Line             string // line of software that the generation belongs to
	Network          string // kind of network between servers
	MoE              bool
	GPUs             float64
	Measured         float64 // s
	Clean            bool    // counts for time
	Derived          bool    // the time is computed from printed TFLOP/s
	Excluded         bool    // the table says that the row is no measurement to use
	Extra            bool    // fitted on, but of no table that counts
	Warming          bool    // timed before the run is steady, on padded samples, or with offload that is not described
	Faulty           bool    // measured with nanotron's pipelines before they were mended: never fitted on
	MFU              float64 // measured, as the source prints it; 0 unknown
	Notes            string

	In     train.StepInputs
	Layout model.Layout
	Arch   model.Arch
	Counts model.Counts
	Free   []string           // what the source does not say and we assumed
	Memory *fitting.MemoryRow // what its memory follows from; nil where the row does not say enough
}

// counts reports whether the case counts for time in the tables of errors.
func (c *Case) counts() bool { return c.Clean && !c.Extra }

// A Skipped is a row that cannot be predicted, and why.
type Skipped struct{ ID, Why string }

// Read resolves every row of a table in the columns of training_runs.csv.
func Read(text string) ([]*Case, []Skipped, *unit.Problem) {
	rows, p := sheet.Read(text, "Training runs", "id", "hardware", "n_gpus")
	if p != nil {
		return nil, nil, p
	}
	var cases []*Case
	var skipped []Skipped
	for _, r := range rows {
		c, why := resolve(r)
		if why != "" {
			skipped = append(skipped, Skipped{r.Text("id"), why})
			continue
		}
		cases = append(cases, c)
	}
	return cases, skipped, nil
}

func resolve(r sheet.Row) (*Case, string) {
	c := &Case{ID: r.Text("id"), Group: r.Text("source_group"), Model: r.Text("model"), GPUs: r.Number("n_gpus"), Notes: r.Text("notes"), MFU: r.Number("mfu"),
		Title: r.Text("source"), Place: r.Text("url_or_path"), Year: r.Whole("year")}
	assume := func(what string) { c.Free = append(c.Free, what) }

	acc, p := catalog.Find(r.Text("hardware"))
	if p != nil {
		return nil, "accelerator not in the catalogue"
	}
	precision := r.Text("prec_key")
	if precision == "" {
		precision = r.Text("precision")
	}
	precision, _, _ = strings.Cut(precision, "+") // bf16+4bit-base
	precision, _, _ = strings.Cut(precision, ";")
	prec, p := catalog.ParsePrecision(strings.TrimSpace(strings.TrimSuffix(precision, "?")))
	if p != nil || precision == "" {
		assume("precision")
		prec = catalog.BF16
	}
	mach, runs := machine.Of(acc, prec)
	c.Family, c.Class, c.Machine, c.Asked = acc.Family, runs.Class(), acc.Key, prec
	node := r.Number("gpus_per_node")
	if node > 0 {
		mach.Node = node
		if mach.Domain <= 16 && !strings.Contains(r.Text("interconnect"), "NVL72") {
			mach.Domain = math.Min(mach.Domain, node)
		}
	}
	if nic := adapters(r.Text("interconnect")); nic > 0 {
		mach.NIC = nic / math.Max(mach.Node, 1)
	}
	if strings.Contains(r.Text("interconnect"), "NVL72") {
		mach.Domain = 72
	}

	c.Network = network(r.Text("interconnect"))

	if why := shape(r, c); why != "" {
		return nil, why
	}
	c.Counts = model.Counts{}
	c.Arch.Count(&c.Counts)
	if problems := c.Arch.Check(); problems != nil {
		return nil, "shape is impossible: " + problems[0].Error()
	}
	c.MoE = c.Arch.IsMoE()
	seq := r.Number("seq_len")
	if seq == 0 {
		return nil, "sequence length not stated"
	}
	if c.GPUs == 0 {
		return nil, "number of accelerators not stated"
	}

	layout(r, c, assume)
	l := &c.Layout
	batch := r.Number("global_batch")
	if batch == 0 {
		batch = float64(l.DP * max(l.Micro, 1))
		assume("global batch")
	}
	rate, step := r.Number("tokens_per_s_per_gpu"), r.Number("step_time_s")
	if step == 0 && rate > 0 {
		step = batch * seq / rate / c.GPUs
	}
	if step == 0 && r.Number("hw_tflops_per_gpu") > 0 && r.Text("framework") == "Megatron-LM" && r.Text("recompute") != "" {
		step = narayanan(&c.Arch, batch, seq) / c.GPUs / (r.Number("hw_tflops_per_gpu") * 1e12)
		c.Derived = true
	}
	if step == 0 {
		return nil, "no measured time"
	}
	c.Measured = step
	c.Excluded = r.Lists("use", "exclude")
	c.Clean = r.Lists("use", "time") && !r.Lists("use", "low-confidence")
	if r.Text("use") == "" { // the sweep's own table has no such column
		c.Clean = r.Text("status") != "oom"
	}
	for _, sign := range [...]string{"iteration 2 timing", "real samples are shorter", "unpacked: padding", "offload"} {
		c.Warming = c.Warming || strings.Contains(c.Notes, sign)
	}
	c.Faulty = l.PP > 1 && strings.Contains(c.Notes, "after_pp_fix=False")
	software(r, c, prec, runs)
	c.In.Arch, c.In.Counts, c.In.Mach = &c.Arch, &c.Counts, mach
	c.In.Seq, c.In.Batch = seq, batch
	if r.Text("tp") == "" && r.Text("pp") == "" && r.Text("dp") == "" && r.Text("micro_batch") == "" && c.GPUs > 1 {
		c.search(acc.Memory.Or(80e9))
		assume("layout")
	}
	if m := fitting.MemoryOf(r); m.Skipped == "" {
		c.Memory = &m
	}
	if c.Memory != nil {
		c.Retry(train.FindFramework(c.Memory.Frame))
	}
	return c, ""
}

// Retry counts what the allocator takes anew in each micro-batch by the
// framework's memory, where that has been fitted well enough to say so.
func (c *Case) Retry(f *train.Framework) {
	c.In.Retried = 0
	if c.Memory == nil || f == nil || f.Fit == "" {
		return
	}
	in := c.Memory.Inputs(f)
	var p train.Peak
	in.Estimate(&c.Memory.L, &p)
	c.In.Retried = p.Retried(c.Memory.Capacity)
}

// narayanan is the hardware work of an iteration with full recomputation, as
// the TFLOP/s of that paper count it: 96·B·s·L·h²(1 + s/6h + V/16Lh).
func narayanan(a *model.Arch, batch, seq float64) float64 {
	h, l, v := float64(a.Width), float64(a.Layers), float64(a.Vocab)
	return 96 * batch * seq * l * h * h * (1 + seq/(6*h) + v/(16*l*h))
}

var (
	several = regexp.MustCompile(`(\d+)\s*x\s*(?:HDR|NDR|EDR|Omni-Path)?\s*(\d+)\s*G?b?`)
	total   = regexp.MustCompile(`(\d+)\s*Gb(?:ps|/s|it/s)?[^/]*per node`)
)

// adapters reads bytes/s of all network adapters of a node out of a
// description such as "NVLink + 4x100Gb RoCE per node"; 0 if it says nothing.
func adapters(s string) float64 {
	if m := several.FindStringSubmatch(s); m != nil {
		n, _ := strconv.ParseFloat(m[1], 64)
		each, _ := strconv.ParseFloat(m[2], 64)
		return n * each * 1e9 / 8
	}
	if m := total.FindStringSubmatch(s); m != nil {
		g, _ := strconv.ParseFloat(m[1], 64)
		return g * 1e9 / 8
	}
	return 0
}

// network names the kind of network between servers; InfiniBand where nothing is said.
func network(s string) string {
	switch {
	case strings.Contains(s, "EFA"):
		return "efa"
	case strings.Contains(s, "RoCE"):
		return "roce"
	case strings.Contains(s, "Omni-Path"):
		return "omni-path"
	}
	return "infiniband"
}

var (
	ranks  = regexp.MustCompile(`(q_lora|kv_lora|qk_nope|rope|v)\s?(\d+)`)
	dense  = regexp.MustCompile(`(\d+) dense layers?(?: ff(\d+))?`)
	routed = regexp.MustCompile(`(\d+) routed ff(\d+)(?: \+ (\d+) shared)?`)
)

// shape reads the architecture; expert widths, latent attention and windows
// are written out in moe_details.
func shape(r sheet.Row, c *Case) string {
	a := &c.Arch
	a.Layers, a.Width, a.Heads = r.Whole("n_layers"), r.Whole("d_model"), r.Whole("n_heads")
	if a.Layers == 0 || a.Width == 0 {
		return "shape not stated"
	}
	if a.Heads == 0 {
		a.Heads = max(1, a.Width/128)
		for a.Width%a.Heads != 0 {
			a.Heads--
		}
		c.Free = append(c.Free, "heads")
	}
	a.KVHeads, a.HeadDim, a.FF, a.Vocab = r.Whole("n_kv_heads"), r.Whole("d_head"), r.Whole("d_ff"), r.Whole("vocab")
	if a.KVHeads == 0 || a.KVHeads > a.Heads || a.Heads%a.KVHeads != 0 {
		a.KVHeads = a.Heads
	}
	if r.Text("n_heads") == "" {
		a.HeadDim = 0
	}
	if a.Vocab == 0 {
		a.Vocab = 50304
		c.Free = append(c.Free, "vocabulary")
	}
	// Frameworks pad the table to whole tiles.
	a.Vocab = (a.Vocab + 127) / 128 * 128
	a.MLPMatrices, a.NormMult = 2, 2
	if r.Text("gated_mlp") == "y" {
		a.MLPMatrices, a.NormMult = 3, 1
	}
	if a.FF == 0 {
		a.FF = 4 * a.Width
	}
	a.Tied = r.Text("tied_embeddings") == "y"
	if a.MLPMatrices == 2 {
		a.Positions = 1
	}
	experts := r.Whole("n_experts")
	details := r.Text("moe_details")
	if experts > 1 {
		m := model.MoE{Layers: a.Layers, Experts: experts, TopK: max(1, r.Whole("top_k")), ExpertFF: a.FF}
		if d := dense.FindStringSubmatch(details); d != nil {
			n, _ := strconv.Atoi(d[1])
			m.Layers = a.Layers - n
			if d[2] != "" {
				a.FF, _ = strconv.Atoi(d[2])
			}
		}
		if d := routed.FindStringSubmatch(details); d != nil {
			m.ExpertFF, _ = strconv.Atoi(d[2])
			if d[3] != "" {
				m.SharedExperts, _ = strconv.Atoi(d[3])
			}
		}
		a.MoE = m
	}
	if strings.Contains(details, "MLA") {
		// The figures of DeepSeek-V2 and V3, which share all but the query's rank.
		a.MLA = model.MLA{QRank: 1536, KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}
		if strings.Contains(details, "kv_lora") && !strings.Contains(details, "q_lora") {
			a.MLA.QRank = 0
		}
		for _, m := range ranks.FindAllStringSubmatch(details, -1) {
			n, _ := strconv.Atoi(m[2])
			switch m[1] {
			case "q_lora":
				a.MLA.QRank = n
			case "kv_lora":
				a.MLA.KVRank = n
			}
		}
	}
	if strings.Contains(details, "sliding window 128") {
		a.Window = model.Window{Size: 128, Layers: a.Layers / 2}
	}
	if strings.Contains(details, "MTP") && !strings.Contains(c.Model, "w/o MTP") {
		// The extra prediction layer runs as one more layer with its own output product.
		a.Layers++
		a.MoE.Layers++
		c.In.Heads = 2
	}
	a.Fill()
	return ""
}

func layout(r sheet.Row, c *Case, assume func(string)) {
	l := &c.Layout
	one := func(name string) int { return max(1, r.Whole(name)) }
	l.TP, l.PP, l.VPP, l.CP, l.EP, l.Micro = one("tp"), one("pp"), one("vpp"), one("cp"), one("ep"), one("micro_batch")
	if r.Text("micro_batch") == "" {
		assume("micro-batch")
	}
	l.DP = max(1, int(c.GPUs)/(l.TP*l.PP*l.CP))
	l.ETP = 1
	z := strings.ToLower(r.Text("zero_stage_fsdp"))
	switch {
	case strings.Contains(z, "shard-grad-op") || strings.Contains(z, "zero2"):
		l.ZeRO = 2
	case strings.Contains(z, "fsdp") || strings.Contains(z, "zero3"):
		l.ZeRO = 3
	case strings.Contains(z, "zero1") || strings.Contains(z, "distributed-optimizer"):
		l.ZeRO = 1
	}
	if _, after, ok := strings.Cut(z, "zero1 over "); ok {
		n, _, _ := strings.Cut(after, " ")
		if k, err := strconv.Atoi(n); err == nil {
			c.In.ShardGroup = float64(k)
		}
	}
	switch rc := r.Text("recompute"); {
	case rc == "full":
		l.Recompute = model.RecomputeFull
	case strings.HasPrefix(rc, "selective"):
		l.Recompute = model.RecomputeSelective
	case rc == "":
		assume("recompute")
	}
	l.Eager = strings.HasPrefix(r.Text("flash_attention"), "n")
	switch r.Text("sp") {
	case "y":
		l.SP = true
	case "":
		fw := r.Text("framework")
		l.SP = l.TP > 1 && (strings.Contains(fw, "Core") || strings.Contains(fw, "Bridge") || strings.Contains(fw, "Primus"))
	}
}

var release = regexp.MustCompile(`release (\d+)\.(\d+)`)

// software names the generation of the stack and sets what is known of how it
// works: when gradients are exchanged and in how many bytes, what is frozen.
func software(r sheet.Row, c *Case, asked, runs catalog.Precision) {
	in := &c.In
	fw, year := r.Text("framework"), r.Number("year")
	name := "pytorch"
	switch {
	case c.Family == "TPU", strings.Contains(fw, "JAX"), strings.Contains(fw, "MaxText"):
		name = "xla"
	case strings.Contains(fw, "Bridge"), strings.Contains(fw, "NeMo") && year >= 2024:
		name = "megatron-core 2024"
		if m := release.FindStringSubmatch(c.Notes); m != nil {
			y, _ := strconv.Atoi(m[1])
			mo, _ := strconv.Atoi(m[2])
			name = "megatron-core 2025"
			if y > 26 || y == 26 && mo >= 6 {
				name = "megatron-core 2026"
			}
		}
	case strings.Contains(fw, "Primus"):
		name = "megatron-core rocm"
	case strings.Contains(fw, "NeMo"):
		name = "megatron 2023"
	case strings.Contains(fw, "DeepSpeed"):
		name = "megatron-deepspeed"
		if asked == catalog.BF16 && year <= 2022 {
			name = "megatron-deepspeed bigscience" // a branch of its own, with its own 16-bit optimizer
		}
	case strings.Contains(fw, "Megatron"):
		name = "megatron 2021"
	case strings.Contains(fw, "foundry"), strings.Contains(fw, "torchtune"), strings.Contains(fw, "FSDP"):
		name = "fsdp"
	case strings.Contains(fw, "llm.c"):
		name = "llm.c"
	case strings.Contains(fw, "PEFT"), strings.Contains(fw, "Unsloth"):
		name = "hugging face"
	case strings.Contains(fw, "InternEvo"):
		name = "internevo"
	case strings.Contains(fw, "nanotron"):
		name = "nanotron"
	}
	known, _ := train.FindStack(name)
	stack := *known
	c.Soft, c.Line = stack.Name, stack.Line
	if stack.Flash == machine.Flash2 && year > 0 && year <= 2023 {
		stack.Flash = machine.Flash1
	}
	stack.Apply(c.Family, asked, runs, in)
	if stack.Name == "megatron 2021" && year >= 2022 {
		// Since the end of 2021 weight gradients are added in 32 bits by the matmul.
		in.AddApart, in.AddBytes, in.GradBytes = false, 8, 4
	}
	if strings.Contains(fw, "foundry") {
		in.Logit = 26 // fused loss, 6, and the training metrics, which take it again forward
	}
	if strings.Contains(c.Notes, "MP mode DEFAULT") {
		in.GradBytes = 4 // reduced in 32 bits
	}
	if strings.Contains(c.Notes, "pure bf16") {
		in.GradBytes, in.StateBytes = 2, 16
	}
	switch task := r.Text("task"); task {
	case "lora", "qlora", "adapter", "peft":
		in.Frozen = true
		rank := model.LoRA{Rank: 16, Targets: model.AllTargets}
		in.Adapter = float64(rank.Params(&c.Arch))
		if task == "qlora" || strings.Contains(r.Text("precision"), "4") {
			in.Dequantise = 2.5 // half a byte read, two written
		}
	}
}

// Gather reads tables of runs, leaves out what repeats an identifier or has no
// time, and marks the rows of tables without a column of uses as extra. What a
// run's allocator does is told by memory constants fitted without the run's
// model size. The report is of the same tables' memory.
func Gather(texts ...string) ([]*Case, *fitting.MemoryReport, *unit.Problem) {
	var memory []fitting.MemoryRow
	var all []*Case
	seen := map[string]bool{}
	for _, text := range texts {
		header, _, _ := strings.Cut(text, "\n")
		rows, p := fitting.ReadMemory(text)
		if p != nil {
			return nil, nil, p
		}
		memory = append(memory, rows...)
		cases, _, p := Read(text)
		if p != nil {
			return nil, nil, p
		}
		for _, c := range cases {
			c.Extra = !strings.Contains(","+strings.TrimSpace(header)+",", ",use,")
			// The second table of Narayanan et al. gives TFLOP/s of full layouts, from which the time follows.
			second := c.Group == "megatron-a100" && strings.HasPrefix(c.ID, "paper-") && c.Layout.PP > 1
			if seen[c.ID] || !c.Clean && !second {
				continue
			}
			seen[c.ID] = true
			all = append(all, c)
		}
	}
	report := fitting.ReportMemory(memory)
	for _, c := range all {
		if c.Memory != nil {
			if f, fitted := report.Without[c.Memory.Model]; fitted && c.Memory.Source == "nanotron" {
				c.Retry(&f)
			}
		}
	}
	return all, report, nil
}
