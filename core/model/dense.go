package model

import "math"

// Dense makes a plausible dense shape of about the given number of
// parameters, for a model of which only the size is known: Llama-like, gated
// MLP, RMS norm, grouped queries, width about 64 to 128 times the layers. The
// count is within 2 % of what was asked from 10 million to 10 trillion (a test
// checks this); outside it is the nearest shape that can be made. Whoever
// calls it should say that the shape is assumed.
func Dense(params float64) Arch {
	if !(params > 1e6) { // also catches NaN
		params = 1e6
	}
	params = math.Min(params, 1e15)
	a := Arch{HeadDim: 128, Vocab: 128_256, MLPMatrices: 3, NormMult: 1, Context: 8192} // Llama 3's
	aspect, step := 128.0, 1024.0
	if params < 1e9 {
		a.HeadDim, a.Vocab, aspect, step = 64, 32_000, 64, 64 // Llama 2's vocabulary
	}
	a.Tied = params < 4e9

	// A layer holds about 12 d² parameters and there are d/aspect of them.
	d := math.Max(step, step*math.Round(math.Cbrt(params*aspect/12)/step))
	for d > step && float64(a.Vocab)*d > 0.6*params {
		d -= step
	}
	if float64(a.Vocab)*d > 0.6*params { // too small for any usual vocabulary
		a.Vocab = max(1, int(0.5*params/d))
	}
	tables := float64(a.Vocab) * d
	if !a.Tied {
		tables *= 2
	}
	a.Width, a.Heads = int(d), int(d)/a.HeadDim
	a.KVHeads = a.Heads
	for _, kv := range [...]int{8, 6, 5, 4, 3} {
		if a.Heads > kv && a.Heads%kv == 0 {
			a.KVHeads = kv
			break
		}
	}
	rest := params - tables
	a.Layers = max(1, int(math.Round(rest/(12*d*d))))

	// What attention and norms leave over is the MLP's.
	attn, _ := a.attentionLayer()
	perLayer := (rest-d)/float64(a.Layers) - attn - 2*d
	grain := 64.0
	if params < 1e9 {
		grain = 8
	}
	a.FF = int(math.Max(1, grain*math.Round(perLayer/(3*d)/grain)))
	return a
}

// Scaled makes a dense shape of about the given number of parameters after the
// likeness of another: its vocabulary, head size and kind of MLP, as many query
// heads to each key-value head and about as wide for its layers. The count is
// within 2 % of what was asked where the layers hold most of the parameters.
func Scaled(like *Arch, params float64) Arch {
	a := *like
	a.Fill()
	var c Counts
	a.Count(&c)
	if !(params > 1e6) || math.IsInf(params, 0) || a.HeadDim <= 0 || a.Heads <= 0 || a.KVHeads <= 0 || a.MLPLayers() <= 0 {
		return Dense(params)
	}
	grain := 64.0
	if params < 1e9 {
		grain = 8
	}
	params = math.Min(params, 1e15)
	// Layers hold width² times their number and these grow together; the tables
	// grow with the width alone, so what is left decides.
	tables := float64(a.Vocab)
	if !a.Tied {
		tables *= 2
	}
	f := math.Cbrt(params / c.Total)
	width, layers := 0.0, 0.0
	for range 40 {
		width = math.Max(grain, grain*math.Round(float64(like.Width)*f/grain))
		if tables*width <= 0.6*params || width == grain {
			break
		}
		f *= 0.95
	}
	heads := math.Max(1, math.Round(float64(like.Heads)*width/float64(like.Width)))
	kv := float64(like.KVHeads)
	switch group := float64(like.Heads) / kv; {
	case int(heads) == like.Heads:
	case group == 1:
		if heads > 16 {
			heads = 8 * math.Round(heads/8) // so that GPUs can share them
		}
		kv = heads
	default:
		kv = math.Exp2(math.Max(0, math.Round(math.Log2(heads/group))))
		heads = kv * math.Max(1, math.Round(heads/kv))
	}
	a.Width, a.Heads, a.KVHeads = int(width), int(heads), int(kv)
	a.FF = int(math.Max(1, grain*math.Round(float64(like.FF)*width/float64(like.Width)/grain)))
	a.Window.Layers = 0
	least := 1 // layers of the smallest shape of this kind
	if m := &a.Mamba; m.Layers > 0 {
		g := float64(m.Groups)
		m.Heads = m.Groups * int(math.Max(1, math.Round(float64(like.Mamba.Heads)*width/float64(like.Width)/g)))
		least = like.Layers
	}
	a.deepen(like, least)
	a.Count(&c)
	one := c.Total
	a.deepen(like, 2*least)
	a.Count(&c)
	layer := (c.Total - one) / float64(least)
	layers = math.Min(1e5, math.Max(1, math.Round((params-one)/layer+float64(least))))
	if a.Mamba.Layers > 0 {
		layers = math.Max(3, layers) // one of each
	}
	a.deepen(like, int(layers))
	// What whole layers leave over is the MLP's.
	a.Count(&c)
	a.FF = int(math.Max(1, float64(a.FF)+8*math.Round((params-c.Total)/(a.MLPLayers()*width*float64(a.MLPMatrices))/8)))
	if like.Window.Layers > 0 {
		a.Window.Layers = max(1, int(math.Round(float64(like.Window.Layers)*layers/float64(like.Layers))))
	}
	return a
}

// deepen gives a shape so many layers, recurrent ones and those with attention
// in the proportion of another.
func (a *Arch) deepen(like *Arch, layers int) {
	a.Layers = layers
	if m := &like.Mamba; m.Layers > 0 {
		share := float64(layers) / float64(like.Layers)
		a.Mamba.Attention = max(min(m.Attention, 1), int(math.Round(float64(m.Attention)*share)))
		a.Mamba.Layers = max(1, min(layers-a.Mamba.Attention-1, int(math.Round(float64(m.Layers)*share))))
	}
}

// Sparse makes a plausible mixture of experts of about the given sizes, for a
// model of which only these are known: the dense shape of the active size whose
// MLP is cut into narrow experts, a power of two of them, four to eight visited
// by each token. The total is within 3 % and the active size within 10 % of
// what was asked (a test checks this). Whoever calls it should say that the
// shape is assumed.
func Sparse(total, active float64) Arch {
	a := Dense(active)
	if !(total > 1.2*active) {
		return a
	}
	one := 3 * float64(a.Width) * float64(a.FF) * float64(a.Layers) // the dense MLP
	all := (one + math.Min(total, 1e4*active) - active) / one       // of it, with the experts that rest
	experts := math.Max(8, math.Exp2(math.Ceil(math.Log2(4*all))))
	a.MoE = MoE{Layers: a.Layers, Experts: int(experts), TopK: int(math.Max(1, math.Round(experts/all))),
		ExpertFF: int(math.Max(1, math.Round(all*float64(a.FF)/experts)))}
	return a
}
