package scenario

import (
	"math"

	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/machine"
	"flopbook/core/model"
	"flopbook/core/scaling"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A Value is the number in force for a field and where it comes from.
type Value struct {
	R      unit.Range
	Origin derivation.Origin
	Source string // key into package source
	Date   string
	Note   string // one plain sentence
	Known  bool   // false: nothing given and nothing assumed
}

// A Machine is an accelerator as the estimate needs it, rates and sizes per GPU.
type Machine struct {
	Acc                    *catalog.Accelerator // nil for the reader's own
	Name                   string
	Family                 string
	Peak                   float64 // dense FLOP/s in the precision asked for
	Memory                 float64 // true bytes
	Bandwidth              float64 // bytes/s
	Link                   float64 // bytes/s, one way, inside the fast domain; 0 if none
	Domain                 int     // GPUs joined by the fast link
	TPDomain               int     // of them, how many tensor parallelism may use
	PerServer              int     // GPUs rented together
	ServerW                float64 // W per GPU at full load, its share of the server included
	Source                 string  // of the peak
	Date                   string
	PowerSource, PowerNote string

	Mach machine.Machine   // as a training step sees it
	Runs catalog.Precision // that it runs the asked one in
}

// Resolved is a scenario with presets and defaults filled in, each marked as
// given or assumed. Estimate takes it; Solve fills the unknown into it.
type Resolved struct {
	Num       [NumCount]Value
	Arch      model.Arch
	ModelName string
	Status    string // a preset's, or "own"
	ArchNote  string
	Preset    *Preset // nil for an own size or shape
	MoE       bool

	Train         Machine
	Serve         Machine
	Precision     catalog.Precision
	PrecisionName string
	PeakKnown     bool // the card has that precision
	Recipe        model.Recipe
	Format        *model.Format // weights when served
	KVBytes       float64       // bytes of a cached number when served
	Attention     model.AttentionCount
	Counted       bool // compute counted matrix by matrix instead of 6ND
	Law           *scaling.Law
	Grid          *catalog.Grid
	Ask           string
	Wish          train.Wish

	Serving Serving
	Follow  bool // copies follow the traffic

	Framework      string // training software: an option of [Framework]
	FrameworkGiven bool
	Pipeline       train.Pipeline   // order of the pipeline's work
	Year           int              // of the software; 0 is now
	Frame          *train.Framework // its memory
	Stack          train.Stack      // how it works
	Eff            train.Efficiency // its constants on this machine
	Basis          train.Basis      // what they rest on
	Chip           machine.Chip     // the machine with the constants worked in
	Body           model.Arch       // the shape that a step is timed by: Arch, but a text model's for speech

	Bill Bill

	Timed []train.Timed // steps timed on the reader's own cluster
	// Fit is what they say, filled by core; nil without them. Table keeps the
	// constants expected before measuring, Eff those moved by it.
	Fit   *train.Calibration
	Table train.Efficiency

	Layout train.Plan // filled by core for the GPU count in force
	Fits   bool
}

// V is the value in force of a numeric field.
func (r *Resolved) V(n Num) float64 { return r.Num[n].R.V }

// Given reports whether the reader gave the field.
func (r *Resolved) Given(n Num) bool {
	return r.Num[n].Known && r.Num[n].Origin == derivation.Given
}

// Resolve fills in presets and defaults. Fields in conflict are told in
// problems and the conflicting one is left at its default, so the result can
// always be computed.
func Resolve(s *Scenario) (r Resolved, problems []*unit.Problem) {
	for n := range s.Num {
		if s.Num[n].Set {
			r.Num[n] = Value{R: s.Num[n].R, Origin: derivation.Given, Known: true}
		}
	}
	r.Ask = s.Chosen(Ask)
	problems = append(problems, r.resolveModel(s)...)
	problems = append(problems, r.resolveMachine(s)...)
	r.Law = lawOf(s.Chosen(Law))
	r.resolveData()
	r.resolvePlace(s)
	r.resolveServing(s)
	r.resolveTraining(s)
	r.Table = r.Eff
	if s.Measured != "" {
		r.Timed, _ = train.ParseTimed(s.Measured) // read before: SetMeasured
	}
	problems = append(problems, r.resolveBill(s)...)
	r.markPublished()
	return r, problems
}

func (r *Resolved) assume(n Num, v unit.Range, source, date, note string) {
	if !r.Num[n].Known {
		r.Num[n] = Value{R: v, Origin: derivation.Assumed, Source: source, Date: date, Note: note, Known: true}
	}
}

func (r *Resolved) resolveModel(s *Scenario) (problems []*unit.Problem) {
	shaped := false
	for n := Layers; n <= WindowLayers; n++ {
		shaped = shaped || s.Num[n].Set
	}
	switch key := s.Chosen(Model); {
	case key == "size" || key == "shape" && !shaped || s.Num[Params].Set:
		// A size that the reader gives counts, whatever system it started from.
		r.assume(Params, unit.Exact(7e9), "", "", "a common size")
		r.Arch = model.Dense(r.V(Params))
		r.ModelName, r.Status = "a model of "+unit.Words(unit.ParamCount, r.V(Params)), "own"
		r.ArchNote = "The shape is assumed: like Llama's, scaled to this size."
		if p, _ := FindPreset(key); p != nil && p.ArchKnown && !p.Arch.IsMoE() && p.Arch.Encoder.Layers == 0 && p.Arch.Picture.Tokens == 0 {
			r.Arch = model.Scaled(&p.Arch, r.V(Params))
			r.ModelName = p.Name + ", scaled to " + unit.Words(unit.ParamCount, r.V(Params))
			r.ArchNote = "The shape of " + p.Name + ", scaled to this size."
		}
	case key == "shape":
		base, _ := FindPreset("llama-2-7b")
		r.Arch = base.Arch
		r.Arch.MoE, r.Arch.MLA, r.Arch.Window, r.Arch.Encoder, r.Arch.Picture, r.Arch.Mamba = model.MoE{}, model.MLA{}, model.Window{}, model.Encoder{}, model.Picture{}, model.Mamba{}
		if s.Num[Heads].Set && !s.Num[KVHeads].Set {
			r.Arch.KVHeads = int(s.Num[Heads].R.V)
		}
		if !s.Num[HeadDim].Set && (s.Num[Width].Set || s.Num[Heads].Set) {
			r.Arch.HeadDim = 0
		}
		r.Status = "own"
	default:
		p, _ := FindPreset(key)
		if p == nil {
			p, _ = FindPreset(Choices[Model].Default)
		}
		r.Preset, r.Arch, r.ModelName, r.Status = p, p.Arch, p.Name, p.Status
		if !p.ArchKnown {
			r.ArchNote = "Its shape was not published; a dense shape of the size that outsiders assume stands in."
		}
	}
	before := r.Arch
	r.shape(s)
	r.Arch.Fill()
	if ps := r.Arch.Check(); len(ps) > 0 {
		problems = append(problems, ps...)
		r.Arch = before
		r.Arch.Fill()
		if r.Arch.Check() != nil {
			base, _ := FindPreset("llama-2-7b")
			r.Arch = base.Arch
		}
		for n := Layers; n <= WindowLayers; n++ {
			r.Num[n] = Value{}
		}
	} else if shaped && r.Preset != nil {
		r.ModelName += ", changed"
	}
	r.MoE = r.Arch.IsMoE()
	r.showShape()
	var c model.Counts
	r.Arch.Count(&c)
	r.assume(Params, unit.Exact(c.Total), r.Num[Layers].Source, "", "counted from the shape")
	if r.ModelName == "" {
		r.ModelName = "a model of " + unit.Words(unit.ParamCount, c.Total)
	}
	r.Attention = model.Causal
	if s.Chosen(Attention) == "full" || r.Arch.Picture.Tokens > 0 { // patches see all others
		r.Attention = model.FullSquare
	}
	r.Counted = s.Chosen(FLOPRule) == "counted" || r.Arch.Encoder.Layers > 0 || r.Arch.Picture.Tokens > 0
	name := map[string]string{"adam": "adam-mixed-fp32-grads", "adam16": "adam-mixed", "adam8": "adam-8bit-master", "sgd": "sgd-master", "lora": "lora", "qlora": "qlora"}[s.Chosen(Optimizer)]
	if s.Chosen(Precision) == "fp32" || s.Chosen(Precision) == "tf32" {
		if name == "adam-mixed-fp32-grads" || name == "adam-mixed" {
			name = "adam-fp32"
		}
	}
	recipe, p := model.FindRecipe(name)
	if p != nil {
		problems = append(problems, p)
		recipe = &model.Recipes[0]
	}
	r.Recipe = *recipe
	if r.Recipe.Frozen > 0 {
		r.assume(LoRARank, unit.Exact(float64(r.Recipe.LoRA.Rank)), "lora-2021", "2021", "a common rank")
		r.Recipe.LoRA.Rank = int(r.V(LoRARank))
	}
	r.Wish = train.Wish{ZeRO: -1, Recompute: -1}
	for n, to := range map[Num]*int{TP: &r.Wish.TP, PP: &r.Wish.PP, VPP: &r.Wish.VPP, CP: &r.Wish.CP, EP: &r.Wish.EP, Micro: &r.Wish.Micro, Zero: &r.Wish.ZeRO} {
		if r.Given(n) {
			*to = int(r.V(n))
		}
	}
	switch s.Chosen(Recompute) {
	case "none":
		r.Wish.Recompute = int(model.RecomputeNone)
	case "selective":
		r.Wish.Recompute = int(model.RecomputeSelective)
	case "full":
		r.Wish.Recompute = int(model.RecomputeFull)
	}
	return problems
}

// shape lays the reader's own shape fields over the preset's.
func (r *Resolved) shape(s *Scenario) {
	a := &r.Arch
	set := func(n Num, to *int) {
		if s.Num[n].Set {
			*to = int(s.Num[n].R.V)
		}
	}
	set(Layers, &a.Layers)
	set(Width, &a.Width)
	set(Heads, &a.Heads)
	set(KVHeads, &a.KVHeads)
	set(HeadDim, &a.HeadDim)
	set(FF, &a.FF)
	set(Vocab, &a.Vocab)
	set(Positions, &a.Positions)
	set(Experts, &a.MoE.Experts)
	set(TopK, &a.MoE.TopK)
	set(ExpertFF, &a.MoE.ExpertFF)
	set(MoELayers, &a.MoE.Layers)
	set(QRank, &a.MLA.QRank)
	set(KVRank, &a.MLA.KVRank)
	set(NopeDim, &a.MLA.NopeDim)
	set(RopeDim, &a.MLA.RopeDim)
	set(ValueDim, &a.MLA.ValueDim)
	set(WindowSize, &a.Window.Size)
	set(WindowLayers, &a.Window.Layers)
	if s.Num[SharedFF].Set {
		a.MoE.SharedFF, a.MoE.SharedExperts = int(s.Num[SharedFF].R.V), 1
		if a.MoE.SharedFF == 0 {
			a.MoE.SharedExperts = 0
		}
	}
	if s.Num[Gated].Set {
		a.MLPMatrices = 2 + int(s.Num[Gated].R.V)
	}
	if s.Num[Tied].Set {
		a.Tied = s.Num[Tied].R.V == 1
	}
	if a.MoE.Experts > 0 && a.MoE.Layers == 0 && !s.Num[MoELayers].Set {
		a.MoE.Layers = a.Layers
	}
	if a.MoE.Experts > 0 && a.MoE.TopK == 0 && !s.Num[TopK].Set {
		a.MoE.TopK = min(2, a.MoE.Experts)
	}
	if a.MoE.Experts > 0 && a.MoE.ExpertFF == 0 && !s.Num[ExpertFF].Set {
		a.MoE.ExpertFF = a.FF
	}
	if a.MoE.Experts == 0 {
		a.MoE = model.MoE{}
	}
	if a.Window.Size == 0 || a.Window.Layers == 0 {
		a.Window = model.Window{}
	}
	if a.MLA.KVRank == 0 {
		a.MLA = model.MLA{}
	}
}

// showShape writes the shape in force into the shape fields.
func (r *Resolved) showShape() {
	a := &r.Arch
	source, note := "", "assumed shape"
	if r.Preset != nil {
		note = "shape of " + r.Preset.Name
		if len(r.Preset.Sources) > 0 {
			source = r.Preset.Sources[0]
		}
	}
	eachShapeField(a, func(n Num, v int, _ bool) { r.assume(n, unit.Exact(float64(v)), source, "", note) })
}

// resolveData fills tokens, sequence and batch.
func (r *Resolved) resolveData() {
	var c model.Counts
	r.Arch.Count(&c)
	p := r.Preset
	if p != nil && p.Tokens > 0 {
		r.assume(Tokens, unit.Exact(p.Tokens), first(p.Sources), "", r.published())
	}
	r.assume(Tokens, unit.Exact(round3(20*c.Total)), "hoffmann-2022", "2022", "20 tokens per parameter, a common rule for the best use of compute")
	if p != nil && p.Seq > 0 {
		r.assume(Seq, unit.Exact(p.Seq), first(p.Sources), "", r.published())
	}
	r.assume(Seq, unit.Exact(4096), "", "", "a common length")
	if p != nil && p.Batch > 0 {
		r.assume(Batch, unit.Exact(p.Batch), first(p.Sources), "", r.published())
	}
	if !r.Num[Batch].Known {
		b := (stepLaw(r.V(Tokens)))
		r.assume(Batch, unit.Exact(roundBatch(b/r.V(Seq))*r.V(Seq)), "steplaw-2025", "2025", "about the batch that Step Law finds best for this many tokens, in a number of sequences that splits well")
	}
	if r.V(Batch) < r.V(Seq) {
		r.Num[Batch] = Value{R: unit.Exact(r.V(Seq)), Origin: derivation.Assumed, Note: "at least one sequence", Known: true}
	}
	r.assumeGPUs()
	r.assume(Days, unit.Exact(30), "", "", "a month")
}

// assumeGPUs takes one server; for a known system as many, doubled from one
// server, as train it on its own tokens in about three months at a usual share
// of peak. A reader's tokens do not move it, so that they move the days.
func (r *Resolved) assumeGPUs() {
	server := float64(max(r.Train.PerServer, 1))
	p := r.Preset
	if p == nil || p.Tokens <= 0 || r.Recipe.Frozen > 0 || !(r.Train.Peak > 0) {
		r.assume(GPUs, unit.Exact(server), "", "", "one server")
		return
	}
	var c model.Counts
	r.Arch.Count(&c)
	need := 6 * c.Active[model.WithEmbeddings] * p.Tokens / (0.4 * r.Train.Peak * 90 * 86400)
	r.assume(GPUs, unit.Exact(server*math.Exp2(math.Max(0, math.Round(math.Log2(need/server))))), "", "", "enough for about three months of training")
}

// roundBatch is the number of sequences near n that is a power of two or three
// times one, as trainers choose it so that copies and micro-batches divide it.
func roundBatch(n float64) float64 {
	if !(n > 1) {
		return 1
	}
	two := math.Exp2(math.Round(math.Log2(n)))
	three := 3 * math.Exp2(math.Round(math.Log2(n/3)))
	if three >= 1 && math.Abs(math.Log(n/three)) < math.Abs(math.Log(n/two)) {
		return math.Max(1, math.Round(three))
	}
	return two
}

func stepLaw(tokens float64) float64 {
	b, ok := scaling.StepLawBatch(unit.Tokens(math.Max(tokens, 1e9)))
	if !ok {
		return 4e6
	}
	return float64(b)
}

func round3(v float64) float64 {
	if v <= 0 {
		return v
	}
	p := math.Pow(10, math.Floor(math.Log10(v))-2)
	return math.Round(v/p) * p
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// published words where a preset's figure comes from.
func (r *Resolved) published() string {
	switch r.Preset.Status {
	case Disclosed:
		return "as published for " + r.Preset.Name
	case Example:
		return "of the example"
	}
	return "as reported for " + r.Preset.Name
}

// markPublished gives a field that equals the preset's published figure its source.
func (r *Resolved) markPublished() {
	p := r.Preset
	if p == nil {
		return
	}
	for _, f := range [...]struct {
		n Num
		v float64
	}{{Tokens, p.Tokens}, {Seq, p.Seq}, {Batch, p.Batch}, {GPUs, p.GPUs}, {Days, p.Days}, {MFU, p.MFU}, {PowerPerGPU, p.PowerPerGPU}, {PUE, p.PUE}, {Intensity, p.Intensity}, {EnergyClaim, p.EnergyMWh * 3.6e9}} {
		if f.v > 0 && r.Given(f.n) && r.V(f.n) == f.v {
			r.Num[f.n].Source = first(p.Sources)
			r.Num[f.n].Note = r.published()
		}
	}
}

// lawOf is the scaling law of a choice.
func lawOf(key string) *scaling.Law {
	switch key {
	case "chinchilla1":
		return &scaling.Chinchilla1
	case "chinchilla2":
		return &scaling.Chinchilla2
	case "chinchilla3":
		return &scaling.Chinchilla3
	}
	return scaling.Default
}
