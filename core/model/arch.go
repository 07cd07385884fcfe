// Package model turns the shape of a neural network into what it costs to
// hold and to run: parameters, floating-point operations, model states,
// activations and key-value cache. It knows matrices, not machines: nothing
// here depends on an accelerator, and nothing is fitted.
package model

import (
	"strconv"

	"flopbook/core/unit"
)

// An Arch is the shape of one transformer. The first block must be given; the
// rest may stay zero, which means "the model has none of this". [Arch.Fill]
// puts in what usually follows from the rest (key-value heads, head width,
// gated MLP, RMS norm); [Arch.Check] says what is impossible.
type Arch struct {
	Layers  int `json:"layers"`   // decoder layers, dense and mixture-of-experts together
	Width   int `json:"width"`    // width of the residual stream, d
	Heads   int `json:"heads"`    // query heads per layer
	KVHeads int `json:"kv_heads"` // key and value heads per layer; as many as Heads is multi-head, 1 is multi-query
	HeadDim int `json:"head_dim"` // width of one head; need not be Width/Heads
	FF      int `json:"ff"`       // inner width of the MLP in dense layers; 0 only when every layer has experts
	Vocab   int `json:"vocab"`    // rows of the token table

	MLPMatrices int  `json:"mlp_matrices"` // 2 plain (GELU, ReLU), 3 gated (SwiGLU)
	NormMult    int  `json:"norm_mult"`    // vectors per norm: 1 RMS norm, 2 layer norm with bias
	Tied        bool `json:"tied"`         // the output matrix is the token table

	Positions     int  `json:"positions,omitzero"`       // learned absolute positions
	Context       int  `json:"context,omitzero"`         // longest context that the model is meant for, in tokens
	AttnBias      bool `json:"attn_bias,omitzero"`       // bias on query, key, value and output projections
	QKVBias       bool `json:"qkv_bias,omitzero"`        // bias on query, key and value only (Qwen 2)
	MLPBias       bool `json:"mlp_bias,omitzero"`        // bias on the MLP's matrices
	HeadBias      bool `json:"head_bias,omitzero"`       // bias on the output matrix (GPT-J)
	QKNorm        bool `json:"qk_norm,omitzero"`         // RMS norm on each query and key head (Qwen 3)
	Sinks         bool `json:"sinks,omitzero"`           // one learned attention sink per query head (gpt-oss)
	EmbedNorm     bool `json:"embed_norm,omitzero"`      // norm right after the token table (BLOOM)
	ParallelBlock bool `json:"parallel_block,omitzero"`  // attention and MLP read the same norm (GPT-J, PaLM)
	NormsPerLayer int  `json:"norms_per_layer,omitzero"` // 0 means 2, or 1 in a parallel block; Gemma 2 and 3 have 4

	MoE     MoE     `json:"moe,omitzero"`
	MLA     MLA     `json:"mla,omitzero"`
	Window  Window  `json:"window,omitzero"`
	Encoder Encoder `json:"encoder,omitzero"`
	Picture Picture `json:"picture,omitzero"`
	Mamba   Mamba   `json:"mamba,omitzero"`
}

// MoE is a mixture of experts in some of the layers; zero means a dense model.
type MoE struct {
	Layers        int  `json:"layers"`                  // layers that have experts, at most Arch.Layers
	Experts       int  `json:"experts"`                 // routed experts in such a layer
	TopK          int  `json:"top_k"`                   // routed experts that one token visits
	ExpertFF      int  `json:"expert_ff"`               // inner width of one routed expert
	SharedExperts int  `json:"shared_experts,omitzero"` // experts that every token visits
	SharedFF      int  `json:"shared_ff,omitzero"`      // inner width of one shared expert; 0 means ExpertFF
	RouterBias    bool `json:"router_bias,omitzero"`    // one learned number per expert and layer
	ExpertBias    bool `json:"expert_bias,omitzero"`    // bias on the experts' matrices (gpt-oss)
}

// MLA is multi-head latent attention (DeepSeek-V2 and later); zero means that
// keys and values are kept per head.
type MLA struct {
	QRank    int `json:"q_rank"`    // rank of the query's low-rank path; 0 means a full matrix
	KVRank   int `json:"kv_rank"`   // width of the latent that is cached
	NopeDim  int `json:"nope_dim"`  // width of a head without position
	RopeDim  int `json:"rope_dim"`  // width of a head with rotary position; its key is shared by all heads
	ValueDim int `json:"value_dim"` // width of a value head
}

// Window marks layers that see only the last Size tokens.
type Window struct {
	Size   int `json:"size"`   // tokens seen by a local layer
	Layers int `json:"layers"` // how many of the layers are local
}

// Encoder turns the model into Whisper's kind: an audio encoder of the same
// width and heads, read by cross-attention in every decoder layer. Attention
// then has biases on query, value and output but none on the key, as in
// openai/whisper, model.py.
type Encoder struct {
	Layers    int `json:"layers"`
	Positions int `json:"positions"` // encoder steps per window: 1,500 for 30 s
	Mels      int `json:"mels"`      // mel channels into the first convolution: 80, or 128
}

// Fill puts the usual value where a field was left at zero and has no meaning there.
func (a *Arch) Fill() {
	if a.KVHeads == 0 {
		a.KVHeads = a.Heads
	}
	if a.HeadDim == 0 && a.Heads > 0 {
		a.HeadDim = a.Width / a.Heads
	}
	if a.MLPMatrices == 0 {
		a.MLPMatrices = 3
	}
	if a.NormMult == 0 {
		a.NormMult = 1
	}
	if a.MoE.SharedExperts > 0 && a.MoE.SharedFF == 0 {
		a.MoE.SharedFF = a.MoE.ExpertFF
	}
}

// Kind names of attention, as [Arch.Attention] reports them.
type AttentionKind uint8

const (
	MultiHead    AttentionKind = iota // every query head has its own key and value
	GroupedQuery                      // several query heads share a key and value head
	MultiQuery                        // all query heads share one
	Latent                            // multi-head latent attention
)

// Attention says how keys and values are shared.
func (a *Arch) Attention() AttentionKind {
	switch {
	case a.MLA.KVRank > 0:
		return Latent
	case a.KVHeads == 1 && a.Heads > 1:
		return MultiQuery
	case a.KVHeads < a.Heads:
		return GroupedQuery
	}
	return MultiHead
}

// IsMoE reports whether some layers have routed experts.
func (a *Arch) IsMoE() bool { return a.MoE.Layers > 0 }

// normsPerLayer is how many norms stand in one decoder layer.
func (a *Arch) normsPerLayer() int {
	switch {
	case a.NormsPerLayer > 0:
		return a.NormsPerLayer
	case a.Encoder.Layers > 0:
		return 3 // self-attention, cross-attention, MLP
	case a.ParallelBlock || a.Mamba.Layers > 0:
		return 1
	}
	return 2
}

// sharedFF is the width of all shared experts together.
func (a *Arch) sharedFF() float64 {
	w := a.MoE.SharedFF
	if w == 0 {
		w = a.MoE.ExpertFF
	}
	return float64(a.MoE.SharedExperts) * float64(w)
}

// localLayers is how many decoder layers are windowed, none when no window is set.
func (a *Arch) localLayers() float64 {
	if a.Window.Size <= 0 {
		return 0
	}
	return float64(min(a.Window.Layers, a.Layers))
}

// Check lists what is impossible in the shape; nil means that every function
// of this package gives finite, positive answers. Fill first.
func (a *Arch) Check() []*unit.Problem {
	var out []*unit.Problem
	bad := func(field string, v int, wrong, allowed, fix string) {
		out = append(out, &unit.Problem{Field: field, Value: strconv.Itoa(v), Wrong: wrong, Allowed: allowed, Fix: fix})
	}
	// The upper bounds lie far above any model known; they keep products finite.
	between := func(field string, v, lo, hi int, fix string) {
		allowed := unit.Short(unit.Count, float64(lo)) + " to " + unit.Short(unit.Count, float64(hi))
		switch {
		case v < lo:
			bad(field, v, "is too small", allowed, fix)
		case v > hi:
			bad(field, v, "is too large", allowed, fix)
		}
	}
	between("Layers", a.Layers, 1, 100_000, "try 32")
	between("Width", a.Width, 1, 10_000_000, "try 4096")
	between("Heads", a.Heads, 1, 1_000_000, "try 32")
	between("Vocabulary", a.Vocab, 1, 1_000_000_000, "try 128256")
	between("Positions", a.Positions, 0, 1_000_000_000, "try 0 for rotary positions")
	between("Context", a.Context, 0, 1_000_000_000, "try 8192")
	between("Norms per layer", a.NormsPerLayer, 0, 100, "try 0 for the usual number")
	if a.MLPMatrices != 2 && a.MLPMatrices != 3 {
		bad("MLP matrices", a.MLPMatrices, "is no MLP that Flopbook knows", "2 (plain) or 3 (gated)", "try 3")
	}
	if a.NormMult != 1 && a.NormMult != 2 {
		bad("Vectors per norm", a.NormMult, "is no norm that Flopbook knows", "1 (RMS norm) or 2 (layer norm with bias)", "try 1")
	}

	m := &a.MoE
	if *m != (MoE{}) {
		between("Layers with experts", m.Layers, 1, max(a.Layers, 1), "try the number of layers")
		between("Experts", m.Experts, 1, 1_000_000, "try 64")
		between("Experts per token", m.TopK, 1, max(m.Experts, 1), "it cannot exceed the number of experts")
		between("Expert width", m.ExpertFF, 1, 100_000_000, "try 2048")
		between("Shared experts", m.SharedExperts, 0, 10_000, "try 0")
		between("Shared expert width", m.SharedFF, 0, 100_000_000, "try 0 for the width of a routed expert")
	}
	if a.MLPLayers() > 0 {
		between("MLP width", a.FF, 1, 100_000_000, "try 4 times the width")
	} else {
		between("MLP width", a.FF, 0, 100_000_000, "try 0 when every layer has experts")
	}

	l := &a.MLA
	if *l != (MLA{}) {
		between("Latent width", l.KVRank, 1, 10_000_000, "try 512")
		between("Query rank", l.QRank, 0, 10_000_000, "try 0 for a full query matrix")
		between("Head width without position", l.NopeDim, 1, 1_000_000, "try 128")
		between("Head width with position", l.RopeDim, 0, 1_000_000, "try 64")
		between("Value head width", l.ValueDim, 1, 1_000_000, "try 128")
		// Latent attention has no separate key heads: KVHeads and HeadDim are not read.
		between("Key and value heads", a.KVHeads, 0, 1_000_000, "try 0: latent attention has none")
		between("Head width", a.HeadDim, 0, 1_000_000, "try 0: latent attention has its own")
	} else {
		between("Key and value heads", a.KVHeads, 1, max(a.Heads, 1), "it cannot exceed the number of heads")
		between("Head width", a.HeadDim, 1, 1_000_000, "try 128")
		if a.KVHeads > 0 && a.Heads%a.KVHeads != 0 {
			bad("Key and value heads", a.KVHeads, "does not divide the "+strconv.Itoa(a.Heads)+" query heads",
				"a divisor of "+strconv.Itoa(a.Heads), "try "+strconv.Itoa(a.Heads)+" or 1")
		}
	}

	if a.Window != (Window{}) {
		between("Window", a.Window.Size, 1, 1_000_000_000, "try 4096")
		between("Windowed layers", a.Window.Layers, 0, max(a.Layers, 1), "it cannot exceed the number of layers")
	}
	if a.Encoder != (Encoder{}) {
		between("Encoder layers", a.Encoder.Layers, 1, 100_000, "try the number of decoder layers")
		between("Encoder positions", a.Encoder.Positions, 1, 1_000_000_000, "try 1500")
		between("Mel channels", a.Encoder.Mels, 1, 1_000_000, "try 80")
		if *m != (MoE{}) {
			bad("Experts", m.Experts, "cannot be combined with an audio encoder", "0", "remove one of the two")
		}
		if *l != (MLA{}) {
			bad("Latent width", l.KVRank, "cannot be combined with an audio encoder", "0", "remove one of the two")
		}
	}
	if p := a.Picture; p != (Picture{}) {
		between("Patches", p.Tokens, 1, 1_000_000_000, "try 1024")
		between("Numbers in a patch", p.Cell, 1, 1_000_000, "try 16")
		if *m != (MoE{}) || *l != (MLA{}) || a.Window != (Window{}) || a.Encoder != (Encoder{}) || a.Tied || a.Positions > 0 {
			bad("Patches", p.Tokens, "cannot be combined with experts, latent attention, a window, an encoder, tied tables or learned positions", "0", "remove one of the two")
		}
	}
	if m := &a.Mamba; *m != (Mamba{}) {
		between("Recurrent layers", m.Layers, 1, max(a.Layers, 1), "it cannot exceed the number of layers")
		between("Attention layers", m.Attention, 0, max(a.Layers-m.Layers, 0), "recurrent and attention layers together cannot exceed the number of layers")
		between("Recurrent heads", m.Heads, 1, 1_000_000, "try 128")
		between("Recurrent head width", m.HeadDim, 1, 1_000_000, "try 64")
		between("State", m.State, 1, 1_000_000, "try 128")
		between("Groups", m.Groups, 1, max(m.Heads, 1), "try 8")
		between("Convolution", m.Conv, 1, 1_000, "try 4")
		if a.MoE != (MoE{}) || *l != (MLA{}) || a.Window != (Window{}) || a.Encoder != (Encoder{}) || a.Picture != (Picture{}) {
			bad("Recurrent layers", m.Layers, "cannot be combined with experts, latent attention, a window, an encoder or pictures", "0", "remove one of the two")
		}
	}
	return out
}
