package train

import (
	"flopbook/core/model"
)

// A Framework is what a training stack allocates beyond what the mathematics
// asks for. Counts come from its source code; the few numbers that no source
// states are fitted to measured runs and say so in Fit.
type Framework struct {
	Name, Label, Source string

	// Parameters, in bytes for each one that the GPU holds.
	GradCopy    float64 // gradients in 16 bits beside the accumulated ones: a persistent bucket where copies exchange them, else alive at the end of the backward pass
	GatherWhole float64 // while ZeRO 1 updates: gathered weights, for each parameter of the stage
	GatherShard float64 // the same for each parameter of the GPU's own share
	StepTemp    float64 // temporaries of the optimizer, for each parameter of the GPU's own share

	Balance       bool    // stages cut so that each has the same matrix work, head included
	ShortEnds     bool    // where layers do not divide, the first and last stage have one fewer, as they hold the tables
	VocabMultiple float64 // rows of the tables are filled up to a multiple of this times TP

	// Activations, in copies of a 16-bit tensor for each token and layer.
	PerNorm float64 // around each norm: its input and its output
	Rotated float64 // further copies of query and key after the rotary turn
	Gated   float64 // of the MLP's width where it is gated: gate, up, activated gate, product
	Plain   float64 // of the MLP's width where it is not: before and after the activation
	Visit   float64 // copies of the width that each visit to an expert keeps: its input, its result
	Score   float64 // bytes for each score that eager attention keeps
	Logit   float64 // bytes for each score of the vocabulary at the moment of the loss
	Whole   float64 // copies of [tokens, width] that tensor parallelism gathers for the layer at work
	Held    float64 // of these, buffers that stay between steps
	Rotary  bool    // each layer owns its table of rotary angles, sequence x head width, 16 bits

	// Bytes.
	Slack     float64 // what the allocator reserves over what it hands out, share of activations, scores and gathered copies
	Workspace float64 // scratch space of the libraries inside the framework's count
	Scratch   float64 // of this, what stays between steps
	Context   float64 // runtime, kernels and driver, outside the framework's count
	PerGroup  float64 // buffers of each kind of communicator (tensor, pipeline, data, expert)

	// Measured over predicted between which 80 % of rows lie that the constants
	// have not seen (go test ./app/fitting -run Memory -v).
	Lo, Hi float64
	Fit    string // n, error and date of what is fitted; empty: counted only
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

// Frameworks are the training stacks known. Nanotron: huggingface/nanotron
// src/nanotron/optim/gradient_accumulator.py, optim/zero.py, models/base.py
// (build_model). Megatron: NVIDIA/Megatron-LM megatron/training/
// theoretical_memory_usage.py and core/tensor_parallel/cross_entropy.py. FSDP:
// pytorch/torchtune and torch.distributed.fsdp. DeepSpeed:
// deepspeed/runtime/bf16_optimizer.py. ColossalAI and InternEvo: zero/low_level
// and hybrid_zero_optim.py, whose update flattens the 16-bit gradients, copies
// them to 32 bits and then runs Adam unfused, as nanotron does. HF: transformers modeling_llama.py.
// Context and communicator buffers are assumed: half a gibibyte for each kind of communicator where nothing is fitted.
// Megatron-DeepSpeed counts the tables as layers too, but its measured first
// stages (BLOOM and its forerunners) are as full as if it did not.
// The interval of the stacks that are not fitted is what five sources showed
// before InternEvo's update was counted, wide on purpose.
var Frameworks = [...]Framework{
	{Name: "nanotron", Label: "Nanotron", Source: "ultrascale-playbook",
		GradCopy: 2, GatherWhole: 2, GatherShard: 2, StepTemp: 4.78, Balance: true, VocabMultiple: 1,
		PerNorm: 2, Rotated: 1, Gated: 4, Plain: 3, Visit: 2, Score: 5, Logit: 13.6, Whole: 2.6, Held: 2, Rotary: true,
		Slack: 0.14, Workspace: 0.3 * gib, Scratch: 64 * mib, Context: 0.6 * gib, PerGroup: 1 * gib,
		Lo: 0.89, Hi: 1.25,
		Fit: "1,765 runs on H100, five model sizes; median error 8 % on a size left out; 2026-11"},
	{Name: "megatron", Label: "Megatron-LM", Source: "megatron-lm",
		ShortEnds: true, VocabMultiple: 128, PerNorm: 2, Gated: 3, Plain: 2, Visit: 1, Score: 5, Logit: 10, Whole: 1,
		Slack: 0.14, Workspace: 0.3 * gib, Context: 0.6 * gib, PerGroup: 0.5 * gib, Lo: 0.84, Hi: 1.71},
	{Name: "deepspeed", Label: "Megatron-DeepSpeed", Source: "rajbhandari-2019",
		GradCopy: 2, GatherShard: 2, VocabMultiple: 128, PerNorm: 2, Gated: 4, Plain: 2, Visit: 2, Score: 5, Logit: 10, Whole: 1,
		Slack: 0.14, Workspace: 0.3 * gib, Context: 0.6 * gib, PerGroup: 0.5 * gib, Lo: 0.84, Hi: 1.71},
	{Name: "colossal", Label: "ColossalAI, InternEvo", Source: "rajbhandari-2019",
		StepTemp: 2 + 4 + 4.78, VocabMultiple: 1, PerNorm: 2, Rotated: 1, Gated: 4, Plain: 2, Visit: 2, Score: 5, Logit: 10, Whole: 1,
		Slack: 0.14, Workspace: 0.3 * gib, Context: 0.6 * gib, PerGroup: 0.5 * gib, Lo: 0.84, Hi: 1.71},
	{Name: "fsdp", Label: "PyTorch FSDP", Source: "rajbhandari-2019",
		VocabMultiple: 1, PerNorm: 2, Rotated: 1, Gated: 4, Plain: 2, Visit: 2, Score: 5, Logit: 10,
		Slack: 0.14, Workspace: 0.3 * gib, Context: 0.6 * gib, PerGroup: 0.5 * gib, Lo: 0.84, Hi: 1.71},
	{Name: "hf", Label: "Hugging Face Transformers", Source: "ml-engineering",
		VocabMultiple: 1, PerNorm: 4, Rotated: 1, Gated: 4, Plain: 3, Visit: 2, Score: 8, Logit: 14,
		Slack: 0.14, Workspace: 0.3 * gib, Context: 0.6 * gib, PerGroup: 0.5 * gib, Lo: 0.84, Hi: 1.71},
}

// FindFramework finds a stack by name; nil when it is unknown.
func FindFramework(name string) *Framework {
	for i := range Frameworks {
		if Frameworks[i].Name == name {
			return &Frameworks[i]
		}
	}
	return nil
}

// A Pipeline is the order of a pipeline as far as memory goes: how many
// micro-batches a stage holds at once.
type Pipeline uint8

// The pipelines whose memory is published: 1F1B and its interleaved form
// (Narayanan et al. 2021), GPipe, the zero-bubble family (sail-sg/zero-bubble
// README) and DualPipe (deepseek-ai/DualPipe README).
const (
	Pipe1F1B     Pipeline = iota // first stage p, last stage 1; interleaved when the layout has chunks
	PipeGPipe                    // every micro-batch of the step
	PipeZB1P                     // as 1F1B
	PipeZB2P                     // twice 1F1B
	PipeZBV                      // p on every stage; each holds an early and a late piece
	PipeVHalf                    // half of that
	PipeVMin                     // a third of that
	PipeDualPipe                 // p+1 on every stage, and each holds the weights of two
)

// folded reports a pipeline that runs down its stages and back up, so that
// each GPU holds an early and a late piece.
func (p Pipeline) folded() bool { return p >= PipeZBV && p <= PipeVMin }

// PeakInputs is what the memory of one GPU at its worst moment depends on.
type PeakInputs struct {
	Arch   *model.Arch
	Counts *model.Counts
	Recipe *model.Recipe
	Frame  *Framework

	Seq      float64 // tokens of a sequence
	Batch    float64 // tokens of a step over all GPUs
	Capacity float64 // bytes that one GPU has

	Pipeline    Pipeline
	FirstLayers int     // layers of the first stage, 0 for the framework's own cut
	LastLayers  int     // layers of the last stage, 0 for the framework's own cut
	Recomputed  int     // layers of a stage that full recomputation throws away, 0 for all
	Shard       int     // hybrid sharding: GPUs that share one copy's states, 0 for all copies
	Imbalance   float64 // tokens of the fullest GPU's experts over the mean, or the capacity factor; 0 for 1
	Eight       bool    // matrices read their inputs in 8 bits, and these are what is kept of them
	Wide        bool    // everything runs in 32 bits: activations are twice as large
	LoadsWhole  bool    // weights are loaded whole before they are cut (ZeRO 3)

	// Shares kept outside the GPU, 0 to 1.
	OffloadOptimizer, OffloadGrads, OffloadWeights, OffloadActivations float64
}

// A Moment is when the memory of a step is fullest.
type Moment uint8

const (
	AtBackward Moment = iota // the loss is taken and the backward pass begins
	AtUpdate                 // the optimizer updates the weights
	AtStart                  // a whole copy of the weights is about to be cut
)

// Where a stage stands in the pipeline.
const (
	FirstStage uint8 = iota
	MiddleStage
	LastStage
)

// Peak is the memory of the fullest GPU at its worst moment, in bytes. The
// parts sum to Total.
type Peak struct {
	Weights     float64 // working and frozen weights
	Grads       float64 // accumulated gradients
	GradCopy    float64 // gradients in working precision beside them
	Optimizer   float64 // master copy and running averages
	Tables      float64 // rotary angles
	Activations float64 // kept for the backward pass, all micro-batches in flight
	Working     float64 // the layer that is computed again
	Logits      float64 // scores of the vocabulary and what the loss makes of them
	Gathered    float64 // weights, inputs, keys and values that a GPU holds whole for a moment
	Update      float64 // temporaries of the optimizer and gathered weights
	Slack       float64 // reserved by the allocator and not handed out
	Workspace   float64 // scratch space of the libraries
	Comm        float64 // buffers of the communicators
	Context     float64 // runtime and driver
	Total       float64

	States    float64 // what stays allocated between steps, as frameworks print it after the update
	Allocated float64 // handed out by the allocator at the peak (torch max_memory_allocated)
	Reserved  float64 // taken by the allocator (torch max_memory_reserved); Total adds Comm and Context

	Moment   Moment
	Stage    uint8
	Layers   float64 // of the fullest stage
	InFlight float64 // micro-batches that it holds
	Dense    float64 // parameters outside routed experts, on this GPU
	Experts  float64 // parameters of routed experts, on this GPU
	Micro    float64 // micro-batches of a step and copy
}

// stage is one place in the pipeline.
type stage struct {
	where       uint8
	layers      float64
	inFlight    float64
	first, last bool // holds the token table, the output matrix
	twice       bool // holds two stages' weights
}

// Estimate writes the fullest GPU's peak under the layout to out. It allocates
// nothing. Of a pipeline it looks at the first stage, which holds most
// micro-batches, a middle one, and the stage of the output matrix.
//
//	states      weights + gradients + optimizer, cut by TP, PP, EP, then ZeRO
//	backward    states + in flight · layers · kept + working layer + vocabulary scores + gathered copies
//	update      states + gathered weights + the optimizer's temporaries
//	peak        the larger, + allocator's slack + workspace + communicators + context
func (in *PeakInputs) Estimate(l *model.Layout, out *Peak) {
	pp := ways(l.PP)
	layers := float64(in.Arch.Layers)
	micro := microBatches(in.Batch/in.Seq, ways(l.DP), ways(l.Micro))
	if pp <= 1 {
		in.stagePeak(l, &stage{layers: layers, inFlight: 1, first: true, last: true}, micro, out)
		return
	}
	var best Peak
	if in.Pipeline >= PipeZBV { // every GPU holds an early and a late piece
		s := stage{layers: whole(layers / pp), first: true, last: in.Pipeline != PipeDualPipe, twice: in.Pipeline == PipeDualPipe}
		switch in.Pipeline {
		case PipeVHalf:
			s.inFlight = pp / 2
		case PipeVMin:
			s.inFlight = pp / 3
		case PipeDualPipe:
			s.inFlight = pp + 1
		default:
			s.inFlight = pp
		}
		s.inFlight = min(s.inFlight, micro)
		in.stagePeak(l, &s, micro, out)
		return
	}

	n, m, k, head := in.cut(pp)
	s := stage{where: FirstStage, layers: n, inFlight: in.inFlight(l, 0, micro), first: true}
	in.stagePeak(l, &s, micro, out)
	if pp > 2 && m > n {
		s = stage{where: MiddleStage, layers: m, inFlight: in.inFlight(l, 1, micro)}
		in.stagePeak(l, &s, micro, &best)
		if best.Total > out.Total {
			*out = best
		}
	}
	s = stage{where: LastStage, layers: k, inFlight: in.inFlight(l, head, micro), last: true}
	in.stagePeak(l, &s, micro, &best)
	if best.Total > out.Total {
		*out = best
	}
}

// FirstStageOnly writes the peak of the pipeline's first stage, the GPU whose
// memory most frameworks log.
func (in *PeakInputs) FirstStageOnly(l *model.Layout, out *Peak) {
	if l.PP <= 1 || in.Pipeline >= PipeZBV {
		in.Estimate(l, out)
		return
	}
	micro := microBatches(in.Batch/in.Seq, ways(l.DP), ways(l.Micro))
	n, _, _, _ := in.cut(ways(l.PP))
	in.stagePeak(l, &stage{layers: n, inFlight: in.inFlight(l, 0, micro), first: true}, micro, out)
}

// cut is the layers of the first stage, of a middle one and of that with the
// output matrix, and which stage that is. A balanced cut goes by work; others
// give each stage the same number of layers, rounded up; Megatron-LM
// can count the output matrix and the token table as a layer each, as Llama 3
// did (section 3.3.2).
func (in *PeakInputs) cut(pp float64) (first, middle, last, head float64) {
	layers := float64(in.Arch.Layers)
	first = whole(layers / pp)
	middle, last, head = first, first, pp-1
	if short := first*pp - layers; in.Frame.ShortEnds && short > 0 {
		last--
		if short > 1 && first > 1 {
			first--
		}
	}
	if in.Frame.Balance {
		first, middle, last, head = balancedCut(in.Arch, in.Counts, pp)
	}
	if in.FirstLayers > 0 {
		first = float64(in.FirstLayers)
	}
	if in.LastLayers > 0 {
		last = float64(in.LastLayers)
	}
	if (in.FirstLayers > 0 || in.LastLayers > 0) && pp > 2 {
		middle = whole((layers - first - last) / (pp - 2))
	}
	return first, middle, last, head
}

// inFlight is the micro-batches, counted in whole stages, that stage i holds.
// Interleaved 1F1B warms up with 2(p-i-1) + (v-1)p chunks and holds one more
// (Megatron-LM core/pipeline_parallel/schedules.py).
func (in *PeakInputs) inFlight(l *model.Layout, i, micro float64) float64 {
	p := ways(l.PP)
	switch {
	case in.Pipeline == PipeGPipe:
		return micro
	case in.Pipeline == PipeZB2P:
		return min(2*(p-i), micro)
	case l.VPP > 1:
		v := float64(l.VPP)
		return min((2*(p-i-1)+(v-1)*p+1)/v, micro)
	}
	return min(p-i, micro)
}

// balancedCut is a cut by matrix work: a stage ends when it has its share of
// all (nanotron models/base.py, build_model).
func balancedCut(a *model.Arch, n *model.Counts, pp float64) (first, middle, last, head float64) {
	layers, c := float64(a.Layers), layerCost(a, n)
	each := (layers*c + n.HeadMatmul) / pp
	first = min(whole(each/c), layers)
	middle = min(whole(2*each/c), layers) - first
	head = min(float64(int64(layers*c/each)), pp-1)
	last = layers - min(whole(head*each/c), layers)
	return first, middle, last, head
}

// layerCost is the matrix weights of one layer as a balanced cut counts them:
// every head with its own keys and values (nanotron models/llama.py,
// get_block_compute_costs).
func layerCost(a *model.Arch, n *model.Counts) float64 {
	if a.Mamba.Layers > 0 {
		return n.LayerMatmul / float64(a.Layers) // the mean of layers that differ
	}
	d := float64(a.Width)
	ff := float64(a.FF)
	if a.MoE.Layers > 0 {
		ff = float64(a.MoE.TopK*a.MoE.ExpertFF + a.MoE.SharedExperts*a.MoE.SharedFF)
	}
	return d * (4*float64(a.Heads*a.HeadDim) + float64(a.MLPMatrices)*ff)
}

// stagePeak writes the peak of one stage.
func (in *PeakInputs) stagePeak(l *model.Layout, s *stage, micro float64, out *Peak) {
	a, c, r, f := in.Arch, in.Counts, in.Recipe, in.Frame
	*out = Peak{Stage: s.where, Layers: s.layers, InFlight: s.inFlight, Micro: micro}
	tp, cp := ways(l.TP), ways(l.CP)
	d := float64(a.Width)

	// Parameters on this GPU before ZeRO.
	vocab := float64(a.Vocab)
	if m := f.VocabMultiple * tp; m > 0 {
		vocab = whole(vocab/m) * m
	}
	moe := in.moeLayers(s.layers)
	shards, expertCopies := l.ExpertShards()
	table := 0.0
	if s.first {
		table += vocab*d + c.Positions
	}
	if s.last && !(s.first && a.Tied) {
		table += vocab * d
	}
	out.Dense = (s.layers*c.LayerAttention+(s.layers-moe)*c.LayerMLP+moe*c.LayerShared+table)/tp + s.layers*c.LayerNorms
	if s.last {
		out.Dense += float64(a.NormMult) * d
	}
	if s.first {
		out.Dense += c.Encoder / tp
	}
	out.Experts = moe * c.LayerExperts / shards
	if s.twice {
		out.Dense *= 2
		out.Experts *= 2
	}

	// States.
	copies := ways(l.DP) * cp
	if in.Shard > 0 {
		copies = min(copies, float64(in.Shard))
		expertCopies = min(expertCopies, float64(in.Shard))
	}
	wDense, wExpert := out.Dense, out.Experts
	gDense, gExpert := wDense, wExpert
	oDense, oExpert := wDense, wExpert
	if l.ZeRO >= 1 {
		oDense, oExpert = oDense/copies, oExpert/expertCopies
	}
	if l.ZeRO >= 2 {
		gDense, gExpert = gDense/copies, gExpert/expertCopies
	}
	if l.ZeRO >= 3 {
		wDense, wExpert = wDense/copies, wExpert/expertCopies
	}
	gradCopy := f.GradCopy
	if l.ZeRO >= 2 {
		gradCopy = 0 // reduced as they appear
	}
	trained, updated := 1.0, oDense+oExpert
	if r.Frozen > 0 {
		trained = float64(r.LoRA.Params(a)) / c.Total
		out.Weights = (r.Frozen + r.Weights*trained) * (wDense + wExpert)
		if r.Frozen < 1 && s.first { // quantised stacks keep tables in 16 bits
			out.Weights += (2 - r.Frozen) * table / tp * (wDense / out.Dense)
		}
		updated *= trained
	} else {
		out.Weights = r.Weights * (wDense + wExpert)
	}
	out.Weights *= 1 - in.OffloadWeights
	out.Grads = r.Grads * trained * (gDense + gExpert) * (1 - in.OffloadGrads)
	out.Optimizer = (r.Master + r.Moments) * updated
	if r.TableMoments > 0 && r.Frozen == 0 { // tables and norms run under another optimizer
		held := table/tp + s.layers*c.LayerNorms
		if l.ZeRO >= 1 {
			held /= copies
		}
		out.Optimizer += (r.TableMoments - r.Moments) * held
	}
	out.Optimizer *= 1 - in.OffloadOptimizer
	if f.Rotary {
		out.Tables = 2 * in.Seq * float64(a.HeadDim) * s.layers
	}
	bucket := gradCopy * trained * (out.Dense + out.Experts)
	if l.DP > 1 || l.CP > 1 {
		out.GradCopy = bucket
	}

	// Backward: activations of all micro-batches in flight.
	tokens := in.Seq / cp * ways(l.Micro)
	kept, layer := in.kept(l, s, moe)
	switch {
	case l.Recompute == model.RecomputeFull:
		out.Working = layer
	case l.Recompute == model.RecomputeSelective && !l.Eager:
		out.Working = layer - kept
	}
	out.Activations = s.inFlight * s.layers * kept * (1 - in.OffloadActivations)
	if s.last {
		out.Logits = tokens * f.Logit * vocab / tp
	}
	if tp > 1 {
		out.Gathered = f.Whole * tokens * in.bytes() * d
	}
	if cp > 1 { // the next GPU's keys and values arrive while these are used
		out.Gathered += 4 * tokens * in.bytes() * float64(a.KVHeads*a.HeadDim) / tp
	}
	if l.ZeRO >= 3 { // this layer's weights and the next one's, and this one's gradients
		one := (out.Dense - table/tp + out.Experts) / max(s.layers, 1)
		both := max(2*one, table/tp)
		out.Gathered += weightBytes(r)*both + r.Grads*trained*one
	}
	if out.GradCopy == 0 {
		out.Gathered += bucket
	}
	backward := out.Activations + out.Working + out.Logits + out.Gathered
	slack := f.Slack * (out.Activations + out.Working + out.Logits)

	// Update: activations are gone, their room is used again.
	update := f.StepTemp * updated
	if l.ZeRO == 1 && copies > 1 {
		gather := f.GatherWhole*(out.Dense+out.Experts) + f.GatherShard*(oDense+oExpert)
		update += gather * trained
		out.States = gather * trained
	}
	states := out.Weights + out.Grads + out.GradCopy + out.Optimizer + out.Tables
	out.States += states + f.Scratch
	if tp > 1 {
		out.States += f.Held * tokens * in.bytes() * d
	}
	if update > backward+slack {
		out.Moment, out.Update = AtUpdate, update
		out.Activations, out.Working, out.Logits, out.Gathered = 0, 0, 0, 0
	} else {
		out.Slack = slack
	}
	if start := (out.Dense + out.Experts) * weightBytes(r); in.LoadsWhole && l.ZeRO >= 3 &&
		out.Weights+start > states+out.Activations+out.Working+out.Logits+out.Gathered+out.Update {
		out.Moment, out.Gathered = AtStart, start
		out.Grads, out.GradCopy, out.Optimizer, out.Tables = 0, 0, 0, 0
		out.Activations, out.Working, out.Logits, out.Update, out.Slack = 0, 0, 0, 0, 0
		states = out.Weights
	}
	out.Workspace = f.Workspace
	out.Allocated = states + out.Activations + out.Working + out.Logits + out.Gathered + out.Update + out.Workspace
	out.Reserved = out.Allocated + out.Slack
	groups := 0.0
	for _, n := range [...]int{l.TP, l.PP, l.DP * max(l.CP, 1), l.EP} {
		if n > 1 {
			groups++
		}
	}
	out.Comm = groups * f.PerGroup
	out.Context = f.Context
	out.Total = out.Reserved + out.Comm + out.Context
}

// kept is the bytes that one layer of the stage keeps of one micro-batch for
// the backward pass, and what it would keep if nothing were computed again.
func (in *PeakInputs) kept(l *model.Layout, s *stage, moe float64) (kept, layer float64) {
	tp, tokens := ways(l.TP), in.Seq/ways(l.CP)*ways(l.Micro)
	spTP := 1.0
	if l.SP {
		spTP = tp
	}
	outer, attn, mlp, light := in.perToken(l, s, moe, tp, spTP)
	tokens *= in.bytes() / 2
	layer = tokens * (outer + attn + mlp)
	switch l.Recompute {
	case model.RecomputeSelective:
		return layer - tokens*light, layer
	case model.RecomputeFull:
		small := tokens * 2 * float64(in.Arch.Width) / spTP
		if n := float64(in.Recomputed); n > 0 && n < s.layers {
			return (n*small + (s.layers-n)*layer) / s.layers, layer
		}
		return small, layer
	}
	return layer, layer
}

// bytes is those of one number of an activation.
func (in *PeakInputs) bytes() float64 {
	if in.Wide {
		return 4
	}
	return 2
}

// moeLayers is how many of a stage's layers have experts, rounded up.
func (in *PeakInputs) moeLayers(layers float64) float64 {
	a := in.Arch
	if a.MoE.Layers == 0 {
		return 0
	}
	return min(whole(layers*float64(a.MoE.Layers)/float64(a.Layers)), layers)
}

// weightBytes is the bytes of one weight as the forward pass holds it.
func weightBytes(r *model.Recipe) float64 {
	if r.Frozen > 0 {
		return r.Frozen
	}
	return r.Weights
}

// perToken is the bytes that one token leaves in one layer of the stage, on
// one GPU: around the norms, inside attention, inside the MLP or the experts.
// All tensors have 16 bits but the scores. light is how many of them selective
// recomputation throws away: the scores of eager attention (Korthikanti et al.
// 2022); beside a fused kernel the outputs of norms and activations and what
// latent attention makes of its latent vectors, and in 8 bits half of the
// activation's inputs (DeepSeek-V3, sections 3.2.3 and 3.3.3; Megatron-LM
// --recompute-modules layernorm mla_up_proj moe_act). Where layers are one
// thing alone it is the mean of all.
func (in *PeakInputs) perToken(l *model.Layout, s *stage, moe, tp, spTP float64) (outer, attn, mlp, light float64) {
	a, f := in.Arch, in.Frame
	d, h := float64(a.Width), float64(a.Heads)
	norms := 2.0
	switch {
	case a.NormsPerLayer > 0:
		norms = float64(a.NormsPerLayer)
	case a.Encoder.Layers > 0:
		norms = 3
	case a.ParallelBlock || a.Mamba.Layers > 0:
		norms = 1
	}
	one := 1.0 // a copy of a matrix's input
	if in.Eight {
		one = 0.5 // kept in 8 bits
	}
	half := 1 - one
	outer = 2 * (f.PerNorm - half) * norms * d / spTP
	light = 2 * one * norms * d / spTP
	if m := &a.MLA; m.KVRank > 0 {
		qk, v := h*float64(m.NopeDim+m.RopeDim), h*float64(m.ValueDim)
		attn = 2*(2*float64(m.QRank)+2*float64(m.KVRank)+float64(m.RopeDim)) + 2*((2+2*f.Rotated)*qk+(1+one)*v)/tp
		light += 2 * ((2+2*f.Rotated)*qk + v) / tp
	} else {
		q, kv := h*float64(a.HeadDim), float64(a.KVHeads*a.HeadDim)
		attn = 2 * ((1+f.Rotated)*(q+kv) + kv + one*q) / tp
	}
	if a.Encoder.Layers > 0 {
		attn *= 2
	}
	wide := f.Gated
	if a.MLPMatrices == 2 {
		wide = f.Plain
	}
	wide -= half
	inAttn, inMLP := 1.0, 1.0 // share of the layers, where these are one thing alone
	if a.Mamba.Layers > 0 {
		inAttn, inMLP = a.AttentionLayers()/float64(a.Layers), a.MLPLayers()/float64(a.Layers)
	}
	mlp = inMLP * 2 * wide * float64(a.FF) / tp
	again := one // copies of the MLP's width that are made again
	if a.MLPMatrices > 2 {
		again += 2 * half // what gate and up are kept for is then the activation alone: 8 bits do
	}
	acted := inMLP * 2 * again * float64(a.FF) / tp
	if moe > 0 {
		x := &a.MoE
		load := in.Imbalance
		if load <= 0 {
			load = 1
		}
		shared := float64(x.SharedFF)
		if shared == 0 {
			shared = float64(x.ExpertFF)
		}
		shared *= float64(x.SharedExperts)
		shards, _ := l.ExpertShards()
		etp := shards / ways(l.EP)
		// Each visit keeps the copied input, the expert's inside and its result.
		visits := load * float64(x.TopK)
		inside := visits*float64(x.ExpertFF)/etp + shared/tp
		experts := 2*wide*inside + visits*2*max(0, f.Visit-half)*d/spTP + 4*float64(x.Experts)/spTP
		mlp = ((s.layers-moe)*mlp + moe*experts) / s.layers
		acted = ((s.layers-moe)*acted + moe*2*again*inside) / s.layers
	}
	light += acted
	if l.Eager {
		scores := f.Score * h * in.Seq / tp
		light = inAttn * scores
		attn += scores
	} else {
		attn += 4 * h / tp // the fused kernel's one number per query
	}
	if m := &a.Mamba; m.Layers > 0 {
		// The fused scan keeps what comes out of the first matrix, and its own
		// result before the gate (state-spaces/mamba, ssd_combined.py, MambaSplitConv1dScanCombinedFn).
		attn = inAttn*attn + float64(m.Layers)/float64(a.Layers)*2*(m.Into()+m.Inner())/tp
	}
	return outer, attn, mlp, light
}

// Retried is the bytes that PyTorch's allocator gives back to the driver and
// takes anew for every micro-batch: all that it holds, where a GPU that keeps
// several micro-batches in flight has room for what they use but not for the
// fragments between them. Each failed request empties the cache and asks again
// (c10/cuda/CUDACachingAllocator.cpp, release_cached_blocks). With one
// micro-batch in flight requests come in the same order each time and fit the
// same holes.
func (p *Peak) Retried(capacity float64) float64 {
	if p.InFlight > 1 && p.Total > capacity {
		return p.Reserved
	}
	return 0
}

// Verdict says whether the peak fits into a GPU of the given bytes, and how
// much is left; negative when it does not fit.
func Verdict(p *Peak, capacity float64) (fits bool, headroom float64) {
	headroom = capacity - p.Total
	return headroom >= 0, headroom
}

// Parts hands each part that is not zero to f: a stable name, what a reader
// sees, and bytes. Their sum is Total.
func (p *Peak) Parts(f func(name, label string, bytes float64)) {
	for _, x := range [...]struct {
		name, label string
		bytes       float64
	}{
		{"weights", "weights", p.Weights},
		{"grads", "gradients", p.Grads},
		{"grad_copy", "gradients being exchanged", p.GradCopy},
		{"optimizer", "optimizer states", p.Optimizer},
		{"tables", "tables of angles", p.Tables},
		{"activations", "activations", p.Activations},
		{"working", "the layer computed again", p.Working},
		{"logits", "scores of the vocabulary", p.Logits},
		{"gathered", "gathered copies", p.Gathered},
		{"update", "the optimizer at work", p.Update},
		{"slack", "allocator", p.Slack},
		{"workspace", "libraries", p.Workspace},
		{"comm", "communication buffers", p.Comm},
		{"context", "runtime and driver", p.Context},
	} {
		if x.bytes > 0 {
			f(x.name, x.label, x.bytes)
		}
	}
}

// A Group is parts of the memory that are told as one.
type Group struct {
	Name  string
	Bytes float64
}

// Groups are the parts as pictures and sentences tell them; their sum is the
// total. Activations hold all that a forward pass leaves for the backward one,
// buffers what no part of the model asks for by itself.
func (p *Peak) Groups() [5]Group {
	weights, grads := p.Weights, p.Grads+p.GradCopy
	activations := p.Activations + p.Working + p.Logits
	return [...]Group{{"weights", weights}, {"gradients", grads}, {"optimizer states", p.Optimizer}, {"activations", activations},
		{"buffers", max(0, p.Total-weights-grads-p.Optimizer-activations)}}
}

// Binds is the group that takes most: what to make smaller when memory is short.
func (p *Peak) Binds() (most Group) {
	for _, g := range p.Groups() {
		if g.Bytes > most.Bytes {
			most = g
		}
	}
	return most
}

// LargestMicroBatch is the most sequences of a micro-batch that fit under the
// layout and that the batch gives each copy, 0 when not even one fits.
func (in *PeakInputs) LargestMicroBatch(l *model.Layout) int {
	try := *l
	var p Peak
	fits := func(b int) bool {
		try.Micro = b
		in.Estimate(&try, &p)
		return p.Total <= in.Capacity
	}
	per := int(in.Batch / in.Seq / ways(l.DP)) // no more than the batch has
	if per < 1 {
		per = 1
	}
	if !fits(1) {
		return 0
	}
	lo, hi := 1, per+1
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; fits(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// StatesFit is a cheap lower bound for a search that prunes by memory: whether
// weights, gradients and optimizer alone, spread as evenly as can be, leave
// room. A layout that it refuses cannot fit at any micro-batch.
func (in *PeakInputs) StatesFit(l *model.Layout) bool {
	return in.states(l)+in.Frame.Context <= in.Capacity
}

// states is the bytes of weights, gradients and optimizer that an average GPU
// holds; frozen weights alone where only an adapter is trained.
func (in *PeakInputs) states(l *model.Layout) float64 {
	c := in.Counts
	return in.statesOf(l, (c.Total-c.Experts)/ways(l.PP), c.Experts/ways(l.PP))
}

// statesOf is the same for a stage of so many parameters, routed experts apart.
func (in *PeakInputs) statesOf(l *model.Layout, dense, experts float64) float64 {
	r := in.Recipe
	copies := ways(l.DP) * ways(l.CP)
	shards, expertCopies := l.ExpertShards()
	if in.Shard > 0 {
		copies = min(copies, float64(in.Shard))
		expertCopies = min(expertCopies, float64(in.Shard))
	}
	dense, experts = dense/ways(l.TP), experts/shards
	w, g, o := r.Weights, r.Grads, r.Master+r.Moments
	if r.Frozen > 0 {
		w, g, o = r.Frozen, 0, 0
	}
	w *= 1 - in.OffloadWeights
	g *= 1 - in.OffloadGrads
	o *= 1 - in.OffloadOptimizer
	at := func(n float64, copies float64) float64 {
		b := 0.0
		for i, x := range [...]float64{o, g, w} {
			if l.ZeRO > i {
				x /= copies
			}
			b += x
		}
		return n * b
	}
	return at(dense, copies) + at(experts, expertCopies)
}

func ways(n int) float64 { return float64(max(n, 1)) }

func whole(x float64) float64 {
	n := float64(int64(x))
	if n < x-1e-9 { // a whole number reached by dividing stays whole
		n++
	}
	return n
}
