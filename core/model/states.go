package model

import (
	"strings"

	"flopbook/core/unit"
)

// A Recipe says how many bytes each parameter takes while it is trained.
// The fields may be set freely; [Recipes] holds the usual ones.
type Recipe struct {
	Name    string
	Label   string
	Weights float64 // working weights
	Grads   float64 // gradients
	Master  float64 // 32-bit copy of the weights, 0 for none
	Moments float64 // optimizer's running averages

	// TableMoments is for token tables, output matrix and norms where these
	// run under another optimizer (Muon keeps them under Adam); 0 means Moments.
	TableMoments float64

	// Frozen is the bytes of a base weight that is not trained; then only an
	// adapter is trained, and the fields above are the adapter's.
	Frozen float64
	LoRA   LoRA

	Source string // key into package source
}

// PerParam is the bytes of all states of one trained parameter.
func (r *Recipe) PerParam() unit.Bytes {
	return unit.Bytes(r.Weights + r.Grads + r.Master + r.Moments)
}

// Bits of QLoRA's second quantisation: each block of block1 weights has an
// 8-bit constant, each block2 of these a 32-bit one; 8/64 + 32/(64·256) =
// 0.127 bits a weight (Dettmers et al. 2023, section 3).
func DoubleQuantBits(block1, block2 float64) float64 { return 8/block1 + 32/(block1*block2) }

const qloraBytes = 0.5 + (8.0/64+32.0/(64*256))/8 // NF4 with double quantisation

// Recipes are the usual ways to train, in bytes per parameter. Sources: ZeRO,
// Rajbhandari et al. 2020, figure 1; NVIDIA/Megatron-LM
// megatron/training/theoretical_memory_usage.py; stas00/ml-engineering
// training/performance; EleutherAI/cookbook calc; Dettmers et al. 2023 (QLoRA).
var Recipes = [...]Recipe{
	{Name: "adam-mixed", Label: "Adam, 16-bit weights and gradients, 32-bit master", Weights: 2, Grads: 2, Master: 4, Moments: 8, Source: "rajbhandari-2019"},
	{Name: "adam-mixed-fp32-grads", Label: "Adam, 16-bit weights, 32-bit gradients and master", Weights: 2, Grads: 4, Master: 4, Moments: 8, Source: "megatron-lm"},
	{Name: "adam-fp32", Label: "Adam, all 32-bit", Weights: 4, Grads: 4, Moments: 8, Source: "ml-engineering"},
	{Name: "adam-bf16", Label: "Adam, all 16-bit", Weights: 2, Grads: 2, Moments: 4, Source: "ml-engineering"},
	{Name: "adam-16bit-finetune", Label: "Adam, 16-bit weights and gradients, 32-bit averages, no master", Weights: 2, Grads: 2, Moments: 8, Source: "qlora-2023"},
	{Name: "adam-8bit", Label: "Adam with 8-bit averages, no master", Weights: 2, Grads: 2, Moments: 2, Source: "adam8bit-2021"},
	{Name: "adam-8bit-master", Label: "Adam with 8-bit averages, 32-bit gradients and master", Weights: 2, Grads: 4, Master: 4, Moments: 2, Source: "adam8bit-2021"},
	{Name: "sgd", Label: "SGD with momentum, 16-bit weights and gradients", Weights: 2, Grads: 2, Moments: 4, Source: "ml-engineering"},
	{Name: "sgd-master", Label: "SGD with momentum, 32-bit gradients and master", Weights: 2, Grads: 4, Master: 4, Moments: 4, Source: "ml-engineering"},
	{Name: "muon", Label: "Muon on hidden matrices, Adam on tables and norms, 32-bit gradients and master", Weights: 2, Grads: 4, Master: 4, Moments: 4, TableMoments: 8, Source: "muon-2024"},
	{Name: "adafactor", Label: "Adafactor without momentum, 32-bit master", Weights: 2, Grads: 2, Master: 4, Source: "adafactor-2018"},
	{Name: "lion", Label: "Lion, 16-bit weights and gradients", Weights: 2, Grads: 2, Moments: 4, Source: "ml-engineering"},
	{Name: "lora", Label: "LoRA: 16-bit frozen weights, adapters under mixed Adam", Weights: 2, Grads: 4, Master: 4, Moments: 8, Frozen: 2, LoRA: LoRA{Rank: 16, Targets: TargetQ | TargetV}, Source: "lora-2021"},
	{Name: "qlora", Label: "QLoRA: 4-bit frozen weights, adapters under mixed Adam", Weights: 2, Grads: 4, Master: 4, Moments: 8, Frozen: qloraBytes, LoRA: LoRA{Rank: 16, Targets: AllTargets}, Source: "qlora-2023"},
}

// FindRecipe finds a recipe by name.
func FindRecipe(name string) (*Recipe, *unit.Problem) {
	for i := range Recipes {
		if Recipes[i].Name == name {
			return &Recipes[i], nil
		}
	}
	names := make([]string, len(Recipes))
	for i := range Recipes {
		names[i] = Recipes[i].Name
	}
	return nil, &unit.Problem{Field: "Optimizer", Value: name, Wrong: "is unknown", Allowed: strings.Join(names, ", "), Fix: "try adam-mixed"}
}

// Targets are the matrices that get an adapter.
type Targets uint8

const (
	TargetQ    Targets = 1 << iota // query projection; with latent attention both of its matrices
	TargetK                        // key projection; with latent attention the matrix into the latent
	TargetV                        // value projection; with latent attention the matrix out of the latent
	TargetO                        // attention's output projection
	TargetUp                       // MLP's first matrix or matrices, in every expert
	TargetDown                     // MLP's last matrix, in every expert

	AttentionTargets = TargetQ | TargetK | TargetV | TargetO
	AllTargets       = AttentionTargets | TargetUp | TargetDown
)

// LoRA is a low-rank adapter: beside a matrix of m by n stand two of m by Rank and Rank by n.
type LoRA struct {
	Rank    int
	Targets Targets
}

// Params is the trained parameters of the adapter on the shape:
// rank·(inputs + outputs) for each adapted matrix (Hu et al. 2021).
func (l *LoRA) Params(a *Arch) unit.Params {
	if l.Rank <= 0 {
		return 0
	}
	d, h := float64(a.Width), float64(a.Heads)
	var sides float64 // inputs + outputs, per attention
	on := func(t Targets, n float64) {
		if l.Targets&t != 0 {
			sides += n
		}
	}
	if m := &a.MLA; m.KVRank > 0 {
		q := h * float64(m.NopeDim+m.RopeDim)
		if r := float64(m.QRank); r > 0 {
			on(TargetQ, d+r+r+q)
		} else {
			on(TargetQ, d+q)
		}
		on(TargetK, d+float64(m.KVRank+m.RopeDim))
		on(TargetV, float64(m.KVRank)+h*float64(m.NopeDim+m.ValueDim))
		on(TargetO, h*float64(m.ValueDim)+d)
	} else {
		q, kv := h*float64(a.HeadDim), float64(a.KVHeads*a.HeadDim)
		on(TargetQ, d+q)
		on(TargetK, d+kv)
		on(TargetV, d+kv)
		on(TargetO, q+d)
	}
	attentions := a.AttentionLayers() // recurrent layers get no adapter
	if a.Encoder.Layers > 0 {
		attentions = 2*float64(a.Layers) + float64(a.Encoder.Layers)
	}
	total := attentions * sides

	matrices := 0.0
	if l.Targets&TargetUp != 0 {
		matrices += float64(a.MLPMatrices - 1)
	}
	if l.Targets&TargetDown != 0 {
		matrices++
	}
	moe := float64(a.MoE.Layers)
	total += matrices * (a.MLPLayers() + float64(a.Encoder.Layers)) * (d + float64(a.FF))
	if moe > 0 {
		total += matrices * moe * float64(a.MoE.Experts) * (d + float64(a.MoE.ExpertFF))
		if a.MoE.SharedExperts > 0 {
			total += matrices * moe * (d + a.sharedFF())
		}
	}
	return unit.Params(float64(l.Rank) * total)
}

// ZeROBytes is the states of a model of the given parameters on one of dp
// GPUs, without other parallelism: (w + g + o), (w + g + o/dp),
// (w + (g+o)/dp), (w+g+o)/dp for stages 0 to 3 (Rajbhandari et al. 2020,
// figure 1).
func ZeROBytes(params unit.Params, r *Recipe, stage, dp int) unit.Bytes {
	n := degree(dp)
	w, g, o := r.Weights, r.Grads, r.Master+r.Moments
	if stage >= 1 {
		o /= n
	}
	if stage >= 2 {
		g /= n
	}
	if stage >= 3 {
		w /= n
	}
	return unit.Bytes(float64(params) * (w + g + o))
}

// CheckpointBytes is the size of a checkpoint that training can go on from:
// weights, master copy and running averages, not gradients; 14 bytes a
// parameter for mixed Adam (stas00/ml-engineering, fault tolerance).
func CheckpointBytes(params unit.Params, r *Recipe) unit.Bytes {
	return unit.Bytes(float64(params) * (r.Weights + r.Master + r.Moments))
}
