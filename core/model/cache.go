package model

import (
	"math"

	"flopbook/core/unit"
)

// KVBytesPerToken is what one more token of context adds to the key-value
// cache, all layers with attention, before any window is full:
// 2·layers·kv·dh elements, or layers·(rkv+dr) with latent attention. elem is bytes per element: 2 for
// 16-bit, 1 for FP8 or INT8.
func (a *Arch) KVBytesPerToken(elem unit.Bytes) unit.Bytes {
	return unit.Bytes(a.AttentionLayers()*a.kvWidth()) * elem
}

// kvWidth is the elements that one layer caches for one token.
func (a *Arch) kvWidth() float64 {
	if m := &a.MLA; m.KVRank > 0 {
		return float64(m.KVRank + m.RopeDim)
	}
	return 2 * float64(a.KVHeads) * float64(a.HeadDim)
}

// KVBytes is the cache of one sequence of the given length. Windowed layers
// hold at most their window; an encoder-decoder also holds the
// cross-attention's keys and values of all encoder positions, a model with
// recurrent layers their state.
func (a *Arch) KVBytes(context float64, elem unit.Bytes) unit.Bytes {
	context = math.Max(context, 0)
	local := a.localLayers()
	tokens := (a.AttentionLayers()-local)*context + local*math.Min(context, float64(a.Window.Size))
	if a.Encoder.Layers > 0 {
		tokens += float64(a.Layers) * float64(a.Encoder.Positions)
	}
	return unit.Bytes(tokens*a.kvWidth())*elem + unit.Bytes(a.StateBytes())
}

// KVShards is over how many of tp tensor-parallel GPUs the cache is cut: heads
// can be dealt out, and beyond the number of key-value heads each GPU keeps a
// copy. The latent of latent attention cannot be cut by head.
func (a *Arch) KVShards(tp int) float64 {
	if a.MLA.KVRank > 0 {
		return 1
	}
	return math.Min(degree(tp), float64(max(a.KVHeads, 1)))
}

// KVIntensity is the FLOP per cached byte of one decode step: 2·(heads/kv)/elem,
// or 2·heads·(2·rkv+dr)/((rkv+dr)·elem) for absorbed latent attention.
func (a *Arch) KVIntensity(elem unit.Bytes) float64 {
	return a.absorbedPairFLOPs() / (a.kvWidth() * float64(elem))
}

// A Format is how weights are stored when a model is served.
type Format struct {
	Name    string
	Label   string
	Bits    float64 // bits per weight of a quantised matrix, scales included
	Tables  float64 // bits per weight of token tables, output matrix and norms
	Experts bool    // only routed experts are quantised; the rest is at Tables
	Source  string  // key into package source
}

// Formats are the usual ones. GGUF's cover the whole file; the others leave
// tables, output and norms at 16 bits. Sources: OCP Microscaling formats 1.0
// (MXFP4: 8-bit scale for 32), NVIDIA NVFP4 (8-bit scale for 16), DeepSeek-V3
// section 3.3 (32-bit scale for each 128 by 128 block), AWQ and GPTQ with
// groups of 128 and 16-bit scale and 4-bit zero, ggml-org/llama.cpp block
// layouts; Q4_K_M mixes kinds of blocks, and 4.83 bits is that of a 70B file
// (39.6 GiB; XiongjieDai/GPU-Benchmarks-on-LLM-Inference).
var Formats = [...]Format{
	{"fp32", "32-bit", 32, 32, false, "ieee-754"},
	{"bf16", "16-bit", 16, 16, false, "ieee-754"},
	{"fp8", "FP8, scale per tensor", 8, 16, false, "fp8-2022"},
	{"fp8-block", "FP8, scale per 128 x 128 block", 8 + 32.0/(128*128), 16, false, "deepseek-v3-2024"},
	{"int8", "INT8, 16-bit scale per row", 8, 16, false, "llm-int8-2022"},
	{"int4", "INT4, groups of 128", 4 + 20.0/128, 16, false, "awq-2023"},
	{"nf4", "NF4 with double quantisation", 8 * qloraBytes, 16, false, "qlora-2023"},
	{"mxfp4", "MXFP4", 4.25, 16, false, "ocp-mx-2023"},
	{"mxfp4-experts", "MXFP4 experts, the rest 16-bit", 4.25, 16, true, "gpt-oss-2025"},
	{"nvfp4", "NVFP4", 4.5, 16, false, "nvidia-nvfp4"},
	{"gguf-q8_0", "GGUF Q8_0", 8.5, 8.5, false, "llama-cpp"},
	{"gguf-q6_k", "GGUF Q6_K", 6.5625, 6.5625, false, "llama-cpp"},
	{"gguf-q5_k", "GGUF Q5_K", 5.5, 5.5, false, "llama-cpp"},
	{"gguf-q3_k", "GGUF Q3_K", 3.4375, 3.4375, false, "llama-cpp"},
	{"gguf-q2_k", "GGUF Q2_K", 2.625, 2.625, false, "llama-cpp"},
	{"gguf-q4_0", "GGUF Q4_0", 4.5, 4.5, false, "llama-cpp"},
	{"gguf-q4_k_m", "GGUF Q4_K_M", 4.83, 4.83, false, "llama-cpp"},
}

// FindFormat finds a format by name.
func FindFormat(name string) (*Format, *unit.Problem) {
	for i := range Formats {
		if Formats[i].Name == name {
			return &Formats[i], nil
		}
	}
	return nil, &unit.Problem{Field: "Weight format", Value: name, Wrong: "is unknown", Allowed: "fp32, bf16, fp8, int8, int4, nf4, mxfp4, nvfp4, gguf-…", Fix: "try bf16"}
}

// WeightBytes is the memory of all weights in the format. Of a mixture of
// experts every expert is held, not only those that a token visits.
func (a *Arch) WeightBytes(c *Counts, f *Format) unit.Bytes {
	tables := c.Embedding + c.Positions + c.Output + c.Norms
	rest := c.Total - tables
	if f.Experts {
		tables, rest = c.Total-c.Experts, c.Experts
	}
	return unit.Bytes((tables*f.Tables + rest*f.Bits) / 8)
}
