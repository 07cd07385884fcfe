package model

import (
	"math"

	"flopbook/core/unit"
)

// AttentionCount says how the work between tokens is counted. Published
// figures differ, and by a factor of two in this term.
type AttentionCount uint8

const (
	// Causal counts the half of the square that a causal model computes, as
	// Megatron-LM does (megatron/training/training.py).
	Causal AttentionCount = iota
	// FullSquare counts every pair of tokens, as the PaLM paper (appendix B),
	// Pope et al. and Chinchilla do.
	FullSquare
)

// Flops is the work for one token in a sequence of a given length, in FLOP.
// A multiply and an add are two FLOP.
type Flops struct {
	Linear    float64 // forward, matrices of the layers: 2 FLOP for each active weight
	Logits    float64 // forward, output matrix: 2·vocab·width
	Attention float64 // forward, scores and weighted values; the scan of recurrent layers
	Forward   float64 // the three together
	Train     float64 // forward and backward: 3 x Forward; the numerator of MFU
	Recompute float64 // forward work done a second time to save memory
	Hardware  float64 // Train + Recompute; the numerator of HFU
}

// pairFLOPs is the forward work of one decoder layer for one query token
// against one key token: scores and values, 2 FLOP for each multiply-add.
// Latent attention is counted as it is trained, with keys and values
// unpacked: heads·((dn+dr)+dv) multiply-adds (Megatron-LM training.py).
func (a *Arch) pairFLOPs() float64 {
	h := float64(a.Heads)
	if l := &a.MLA; l.KVRank > 0 {
		return 2 * h * float64(l.NopeDim+l.RopeDim+l.ValueDim)
	}
	return 4 * h * float64(a.HeadDim)
}

// absorbedPairFLOPs is the same during decoding with latent attention, where
// queries are moved into the latent space instead of unpacking the cache:
// 2·h·(2·rkv+dr).
func (a *Arch) absorbedPairFLOPs() float64 {
	if l := &a.MLA; l.KVRank > 0 {
		return 2 * float64(a.Heads) * float64(2*l.KVRank+l.RopeDim)
	}
	return a.pairFLOPs()
}

// seenLayers is the number of layers times the tokens that each query sees on
// average in a sequence of seq tokens. A causal query sees seq/2; with a window
// w < seq it sees w less the ramp at the start, w - w²/(2·seq).
func (a *Arch) seenLayers(seq float64, count AttentionCount) float64 {
	local := a.localLayers()
	global := a.AttentionLayers() - local
	w := math.Min(float64(a.Window.Size), seq)
	if count == FullSquare {
		return global*seq + local*w
	}
	seen := global * seq / 2
	if local > 0 {
		seen += local * (w - w*w/(2*seq))
	}
	return seen
}

// Flops fills out with the work for one token of a training sequence of seq
// tokens (at least 1), under the named way to count attention and with the
// given recomputation. c holds the shape's own counts. For an encoder-decoder
// use [Arch.SequenceFlops].
//
// Selective recomputation runs the scores and values of the forward pass once
// more; full recomputation runs all layers once more, but not the output
// matrix, whose inputs are kept.
func (a *Arch) Flops(c *Counts, seq float64, count AttentionCount, again Recompute, out *Flops) {
	seq = math.Max(seq, 1)
	out.Linear = 2 * c.LayerMatmul
	out.Logits = 2 * c.HeadMatmul
	out.Attention = a.pairFLOPs()*a.seenLayers(seq, count) + a.ScanFLOPs()
	out.close(again)
}

func (out *Flops) close(again Recompute) {
	out.Forward = out.Linear + out.Logits + out.Attention
	out.Train = 3 * out.Forward
	switch again {
	case RecomputeSelective:
		out.Recompute = out.Attention
	case RecomputeFull:
		out.Recompute = out.Linear + out.Attention
	default:
		out.Recompute = 0
	}
	out.Hardware = out.Train + out.Recompute
}

// SequenceFlops fills out with the work for one whole pair of audio window and
// text of an encoder-decoder (Whisper): encoder over its positions,
// bidirectional; decoder over text tokens, causal or not by count;
// cross-attention from each text token to all encoder positions.
// For other shapes it is seq times [Arch.Flops].
func (a *Arch) SequenceFlops(c *Counts, text float64, count AttentionCount, again Recompute, out *Flops) {
	text = math.Max(text, 1)
	if a.Encoder.Layers == 0 {
		a.Flops(c, text, count, again, out)
		out.Linear *= text
		out.Logits *= text
		out.Attention *= text
		out.close(again)
		return
	}
	d, q := float64(a.Width), float64(a.Heads*a.HeadDim)
	pos, ld := float64(a.Encoder.Positions), float64(a.Layers)
	_, attn := a.attentionLayer()
	_, mlp := a.mlp(float64(a.FF), false)
	linear, between := a.encoderFLOPs()
	out.Linear = linear + 2*ld*(attn+mlp+2*d*q)*text
	out.Logits = 2 * c.HeadMatmul * text
	out.Attention = between + a.pairFLOPs()*(text*a.seenLayers(text, count)+ld*text*pos)
	out.close(again)
}

// encoderFLOPs is the forward work of one audio window before any text: the
// matrices of the encoder and the keys and values that every decoder layer
// keeps of it, made once per position; and the attention between positions.
func (a *Arch) encoderFLOPs() (linear, between float64) {
	d, kv := float64(a.Width), float64(a.KVHeads*a.HeadDim)
	le, pos := float64(a.Encoder.Layers), float64(a.Encoder.Positions)
	_, attn := a.attentionLayer()
	_, mlp := a.mlp(float64(a.FF), false)
	// The first convolution runs at twice the positions of the second.
	convolutions := 3*float64(a.Encoder.Mels)*d*2*pos + 3*d*d*pos
	return 2 * (le*(attn+mlp)*pos + convolutions + float64(a.Layers)*2*d*kv*pos), a.pairFLOPs() * le * pos * pos
}

// EncodeFLOPs is the forward work of an encoder-decoder on one audio window
// before any text, 0 for other shapes.
func (a *Arch) EncodeFLOPs() unit.FLOP {
	if a.Encoder.Layers == 0 {
		return 0
	}
	linear, between := a.encoderFLOPs()
	return unit.FLOP(linear + between)
}

// CrossKVWeights is the weights that make the keys and values of the encoder's
// output in all decoder layers: read and used once per window, not per token.
func (a *Arch) CrossKVWeights() float64 {
	if a.Encoder.Layers == 0 {
		return 0
	}
	return float64(a.Layers) * 2 * float64(a.Width) * float64(a.KVHeads*a.HeadDim)
}

// PrefillFLOPs is the forward work of reading a prompt of seq tokens of which
// the first cached are in the cache: causal attention (half the square), the
// output matrix once for the sequence. Zero when everything is cached but the
// logits.
func (a *Arch) PrefillFLOPs(c *Counts, seq, cached float64) unit.FLOP {
	seq = math.Max(seq, 1)
	cached = math.Min(math.Max(cached, 0), seq)
	pair := a.pairFLOPs()
	square := seq * a.seenLayers(seq, Causal)
	if cached > 0 {
		square -= cached * a.seenLayers(cached, Causal)
	}
	return unit.FLOP((2*c.LayerMatmul+a.ScanFLOPs())*(seq-cached) + 2*c.HeadMatmul + pair*square)
}

// DecodeFLOPs is the forward work of one generated token that sees context
// tokens. Latent attention is counted absorbed, windows are honoured, a
// recurrent layer's state takes the same work for any context.
func (a *Arch) DecodeFLOPs(c *Counts, context float64) unit.FLOP {
	context = math.Max(context, 0)
	local := a.localLayers()
	seen := (a.AttentionLayers()-local)*context + local*math.Min(context, float64(a.Window.Size))
	return unit.FLOP(2*(c.LayerMatmul+c.HeadMatmul) + a.ScanFLOPs() + a.absorbedPairFLOPs()*seen)
}

// Multipliers of parameters times tokens in rules of thumb: 2 for the forward
// pass, 4 for the backward pass, 2 for the forward pass once more.
const (
	ForwardPerParam   = 2.0 // inference
	TrainPerParam     = 6.0 // Kaplan et al. 2020; Hoffmann et al. 2022
	RecomputePerParam = 8.0 // training with full recomputation (Narayanan et al. 2021)
	// LoRA computes no gradients for the frozen weights, so the backward pass
	// costs 2 instead of 4: a third is saved, not 95 %.
	LoRAPerParam = 4.0
)

// RuleFLOPs is multiplier·params·tokens. For a mixture of experts give active parameters.
func RuleFLOPs(multiplier float64, params unit.Params, tokens unit.Tokens) unit.FLOP {
	return unit.FLOP(multiplier * float64(params) * float64(tokens))
}

// SixND is the usual estimate of training work, 6·params·tokens. It leaves out
// the work between tokens.
func SixND(params unit.Params, tokens unit.Tokens) unit.FLOP {
	return RuleFLOPs(TrainPerParam, params, tokens)
}

// PaLMFLOPsPerToken is 6N + 12·L·H·Q·T, training work per token with attention
// counted over the full square (Chowdhery et al. 2022, appendix B).
func PaLMFLOPsPerToken(params unit.Params, layers, heads, headDim, seq float64) unit.FLOP {
	return unit.FLOP(6*float64(params) + 12*layers*heads*headDim*seq)
}

// MFU is the share of the peak that useful model work makes up: work per
// second over peak. Recomputation does not count; with it the same quotient
// is hardware FLOP utilisation (HFU).
func MFU(rate, peak unit.FLOPPerSec) float64 { return float64(rate) / float64(peak) }

// HFU is the hardware utilisation that goes with an MFU at the same speed.
func (f *Flops) HFU(mfu float64) float64 { return mfu * f.Hardware / f.Train }

// MFUFromHFU is the reverse.
func (f *Flops) MFUFromHFU(hfu float64) float64 { return hfu * f.Train / f.Hardware }

// MegatronFLOPs is the model work of one iteration of a GPT with 4h MLP,
// full-square attention, output matrix included:
// 72·B·L·s·h²·(1 + s/(6h) + V/(12hL)) (Korthikanti et al. 2022, appendix A).
func MegatronFLOPs(batch, seq, layers, hidden, vocab float64) unit.FLOP {
	return unit.FLOP(72 * batch * layers * seq * hidden * hidden * (1 + seq/(6*hidden) + vocab/(12*hidden*layers)))
}

// MegatronSelectiveFLOPs is the same with selective recomputation, as printed
// in the paper: s/(3h) in place of s/(6h). That charges the recomputed forward
// attention three times over (once more forward would be s/(4.5h)); it is kept
// because the published HFU figures use it. [Arch.Flops] counts it once.
func MegatronSelectiveFLOPs(batch, seq, layers, hidden, vocab float64) unit.FLOP {
	return unit.FLOP(72 * batch * layers * seq * hidden * hidden * (1 + seq/(3*hidden) + vocab/(12*hidden*layers)))
}

// SelectiveOverhead is the paper's share of work added by selective
// recomputation, s/(6h) (Korthikanti et al. 2022: 2.7 % for GPT-3, 1.6 % for MT-NLG).
func SelectiveOverhead(seq, hidden float64) float64 { return seq / (6 * hidden) }

// AttentionOverLinear is the work between tokens over the work in matrices in
// a plain transformer with f = 4d, full square: T/(8d). Equal at T = 8d
// (jax-ml/scaling-book, transformers.md).
func AttentionOverLinear(seq, width float64) float64 { return seq / (8 * width) }

// A Vision is a vision transformer, or the diffusion transformer built on it.
type Vision struct {
	Layers, Width int
	Tokens        int // patches, and the class token of a ViT
	Patch         int // pixels (or latent cells) along one side of a patch
	Channels      int // channels per cell: 3 for RGB, 4 for a Stable Diffusion latent
	Classes       int // width of the classifier, 0 for none
	Diffusion     bool
}

// MACs is the multiply-adds of one forward pass of one image: L(12d²n + 2n²d),
// the patch embedding, and the classifier. A diffusion transformer adds the
// modulation by its conditioning, 6d² per layer and image, and the final
// layer (Peebles and Xie 2022). Papers print this number as "GFLOPs":
// double it for FLOP.
func (v *Vision) MACs() float64 {
	d, n, l := float64(v.Width), float64(v.Tokens), float64(v.Layers)
	cell := float64(v.Patch) * float64(v.Patch) * float64(v.Channels)
	macs := l * (12*d*d*n + 2*n*n*d)
	if v.Diffusion {
		macs += l*6*d*d + 2*d*d // modulation of the layers and of the final one
		return macs + cell*d*n + d*2*cell*n
	}
	patches := n
	if v.Classes > 0 {
		patches-- // the class token is not made from a patch
	}
	return macs + cell*d*patches + d*float64(v.Classes)
}

// TrainFLOPs is the work to train on so many images: 3 passes, 2 FLOP per multiply-add.
func (v *Vision) TrainFLOPs(images float64) unit.FLOP { return unit.FLOP(6 * v.MACs() * images) }
