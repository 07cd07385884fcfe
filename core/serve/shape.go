package serve

import (
	"flopbook/core/model"
	"flopbook/core/unit"
)

// A Model is one model as a serving step sees it: bytes to read and FLOP to
// do, counted once from its shape by [NewModel]. Nothing in it is fitted.
type Model struct {
	Layers float64 // each an attention (or recurrence) and an MLP; where these are layers of their own, two count as one
	Width  float64 // d_model, what travels between GPUs for each token
	Vocab  float64 // rows of the output matrix
	Heads  float64 // query heads, over which a layer can be cut
	Seeing float64 // layers with attention
	Local  float64 // of them those that see only Window tokens
	Window float64 // tokens, 0 where no layer is windowed

	Stored  float64 // bytes of all weights of one copy
	Dense   float64 // bytes that every step reads: all but routed experts and the input table
	Expert  float64 // bytes of all routed experts
	Experts float64 // routed experts per layer, 0 in a dense model
	TopK    float64 // of them visited by one token
	ExpertL float64 // layers that have experts
	Travel  float64 // bytes of each of a token's numbers on its way to an expert and back

	DenseFLOP  float64 // FLOP per token in the layers' matrices and scans, experts left out
	ExpertFLOP float64 // FLOP per token in the routed experts that it visits
	HeadFLOP   float64 // FLOP per token that needs logits

	PairFLOP     float64 // FLOP per layer for one query and one key, as prefill does it
	AbsorbedFLOP float64 // the same as decoding does it; more than PairFLOP only with latent attention
	KV           float64 // bytes cached per token and layer with attention
	State        float64 // bytes that recurrent layers carry of each sequence, read and written in every step
	Shards       float64 // over how many GPUs the cache of one token can be cut by head; 1 with latent attention
	Cross        float64 // tokens of an encoder that every answer token sees in every layer
	StartFLOP    float64 // FLOP of a question before its first token: the encoder; of a picture in each pass: its modulation

	Patches float64 // tokens of a picture, all made at once; 0 in a model that writes token by token
	Passes  float64 // times that such a model runs over the picture
}

// NewModel counts what a step needs from a shape a with counts c, weights
// stored as f and kv bytes per cached element. Formulas: 2 FLOP per weight and
// token, 4·heads·head width per pair and layer (jax-ml/scaling-book,
// inference.md), latent attention unpacked in prefill and absorbed in decoding,
// 7 for each number of a recurrent layer's state (Megatron-LM).
func NewModel(a *model.Arch, c *model.Counts, f *model.Format, kv unit.Bytes) Model {
	bits := f.Bits
	if f.Experts {
		bits = f.Tables
	}
	head := c.Output
	if a.Tied {
		head = c.Embedding
	}
	tables := c.Embedding + c.Positions + c.Output + c.Norms
	m := Model{
		Layers: a.Blocks(), Width: float64(a.Width), Vocab: float64(a.Vocab), Heads: float64(a.Heads), Seeing: a.AttentionLayers(),
		Stored:    float64(a.WeightBytes(c, f)),
		Dense:     ((head+c.Norms)*f.Tables + (c.Total-tables-c.Experts)*bits) / 8,
		Expert:    c.Experts * f.Bits / 8,
		DenseFLOP: 2*c.LayerMatmul + a.ScanFLOPs(), HeadFLOP: 2 * c.HeadMatmul,
		PairFLOP: 4 * float64(a.Heads) * float64(a.HeadDim),
		State:    a.StateBytes(),
		Shards:   max(float64(a.KVHeads), 1),
	}
	m.AbsorbedFLOP = m.PairFLOP
	if m.Seeing > 0 {
		m.KV = float64(a.KVBytesPerToken(kv)) / m.Seeing
	}
	if a.Encoder.Layers > 0 {
		once := a.CrossKVWeights()
		m.Cross, m.StartFLOP = float64(a.Encoder.Positions), float64(a.EncodeFLOPs())
		m.Dense -= (c.Encoder + once) * bits / 8
		m.DenseFLOP -= 2 * once
	}
	if a.Picture.Tokens > 0 {
		m.Patches, m.Passes = float64(a.Picture.Tokens), 1
		m.DenseFLOP, m.HeadFLOP, m.StartFLOP = m.DenseFLOP+m.HeadFLOP, 0, a.ModulationFLOPs()
		m.KV = 0
	}
	if a.Window.Size > 0 {
		m.Window, m.Local = float64(a.Window.Size), float64(min(a.Window.Layers, a.Layers))
	}
	if l := &a.MLA; l.KVRank > 0 {
		m.PairFLOP = 2 * float64(a.Heads) * float64(l.NopeDim+l.RopeDim+l.ValueDim)
		m.AbsorbedFLOP = 2 * float64(a.Heads) * float64(2*l.KVRank+l.RopeDim)
		m.Shards = 1
	}
	if a.IsMoE() {
		m.Experts, m.TopK, m.ExpertL = float64(a.MoE.Experts), float64(a.MoE.TopK), float64(a.MoE.Layers)
		m.Travel = travel16
		if f.Bits <= 8.5 && !f.Experts {
			m.Travel = travel8
		}
		m.ExpertFLOP = 2 * m.ExpertL * m.TopK * c.LayerExpert
		m.DenseFLOP -= m.ExpertFLOP
	}
	return m
}

// CacheBytes is the cache of one sequence of the given length, bytes, over all
// GPUs that share it and before any copies.
func (m *Model) CacheBytes(context float64) float64 {
	return m.KV*((m.Seeing-m.Local)*context+m.Local*min(context, m.Window)+m.Seeing*m.Cross) + m.State
}

// A Machine is the accelerator that serves, in SI units; rates are peaks of
// the data sheet in the precision of the matrix products.
type Machine struct {
	Peak      float64 // dense FLOP/s
	Bandwidth float64 // memory bytes/s
	Memory    float64 // true bytes
	Link      float64 // bytes/s one way inside a link domain, 0 if none
	Domain    float64 // GPUs joined by that link
	NIC       float64 // bytes/s per GPU between domains
	Power     float64 // rated W of the accelerator alone
}

// A Layout says how one copy is spread over GPUs; TP·PP of them run one group
// of sequences, and DP such groups share the experts where DP is above 1.
type Layout struct {
	TP float64 // GPUs that share each layer's matrices
	PP float64 // stages that hold different layers
	EP float64 // GPUs that share the routed experts of a layer; 1: cut as the other matrices are
	DP float64 // groups with their own sequences and a copy of the attention weights (data-parallel attention)
}

// GPUs is the number of GPUs of one copy.
func (l *Layout) GPUs() float64 { return l.TP * l.PP * l.DP }
