package model

// Counts are the parameters of a model by part, for the whole model and for
// one layer. Float64 holds every whole number up to 2^53, far above any model.
type Counts struct {
	// Parts; their sum is Total.
	Embedding float64 // token table, vocab x width
	Positions float64 // learned positions
	Attention float64 // self-attention of all decoder layers, with its biases, inner norms and sinks
	Mamba     float64 // recurrent layers
	Cross     float64 // cross-attention of all decoder layers (encoder-decoder only)
	MLP       float64 // MLP of the dense layers
	Experts   float64 // routed experts of all layers
	Shared    float64 // shared experts of all layers
	Router    float64 // routers of all layers
	Norms     float64 // norms between blocks, the final one included
	Output    float64 // output matrix where it is not the token table, and its bias
	Encoder   float64 // the whole audio encoder
	Total     float64

	// What one token touches, by convention; see [Convention].
	Active [conventions]float64

	// NonEmbedding is Total without token table, positions and output matrix.
	NonEmbedding float64

	// Weights that multiply a vector when one token passes, biases and norms
	// left out; the output matrix (tied or not) stands apart in HeadMatmul.
	LayerMatmul float64 // all decoder layers
	HeadMatmul  float64 // vocab x width

	// One layer; where layers are recurrent, attention or MLP, the mean of all.
	LayerAttention float64 // attention (and cross-attention) of one layer, or what stands in its place
	LayerMLP       float64 // MLP of one dense layer
	LayerExperts   float64 // all routed experts of one layer that has them
	LayerExpert    float64 // one routed expert
	LayerShared    float64 // shared experts and router of one layer that has them
	LayerNorms     float64 // norms of one layer
	EncoderLayer   float64 // one encoder layer
}

// A Convention says which tables count as active. Published "active
// parameters" differ in this: DeepSeek-V3's 37B counts both tables, its 36.7B
// and all of gpt-oss leave out the input table.
type Convention uint8

const (
	WithEmbeddings    Convention = iota // everything that a token touches, both tables whole
	WithoutInput                        // without input table and positions; the output matrix counts, tied or not
	WithoutEmbeddings                   // neither table
	conventions
)

// Count fills out with the parameters of the shape. It allocates nothing and
// takes the same time for any number of layers.
//
// Formulas: attention d·h·dh + 2·d·kv·dh + h·dh·d; latent attention
// d·rq + rq·h(dn+dr) + rq + d(rkv+dr) + rkv·h(dn+dv) + rkv + h·dv·d
// (deepseek-ai/DeepSeek-V3 inference/model.py); MLP 2·d·f or 3·d·f; layer with
// experts d·E + E·3·d·fe + 3·d·fs; recurrent layer see mamba.go. Exact for the published counts of GPT-2,
// BLOOM, Llama, Qwen 3 and Mistral (see published_test.go).
func (a *Arch) Count(out *Counts) {
	d, v := float64(a.Width), float64(a.Vocab)
	layers, norm := float64(a.Layers), float64(a.NormMult)
	moeLayers, mlpLayers := float64(a.MoE.Layers), a.MLPLayers()

	attn, attnMul := a.attentionLayer()
	mlp, mlpMul := a.mlp(float64(a.FF), a.MLPBias)

	*out = Counts{
		Embedding:      v * d,
		Positions:      float64(a.Positions) * d,
		Attention:      a.AttentionLayers() * attn,
		MLP:            mlpLayers * mlp,
		HeadMatmul:     v * d,
		LayerAttention: attn,
		LayerMLP:       mlp,
		LayerNorms:     float64(a.normsPerLayer()) * norm * d,
	}
	out.LayerMatmul = a.AttentionLayers()*attnMul + mlpLayers*mlpMul
	if a.Mamba.Layers > 0 {
		one, matrices := a.mambaLayer()
		out.Mamba = float64(a.Mamba.Layers) * one
		out.LayerMatmul += float64(a.Mamba.Layers) * matrices
		out.LayerAttention = (out.Attention + out.Mamba) / layers
		out.LayerMLP = out.MLP / layers
	}

	if a.IsMoE() {
		k, e := float64(a.MoE.TopK), float64(a.MoE.Experts)
		expert, expertMul := a.mlp(float64(a.MoE.ExpertFF), a.MoE.ExpertBias)
		shared, sharedMul := 0.0, 0.0
		if a.MoE.SharedExperts > 0 {
			shared, sharedMul = a.mlp(a.sharedFF(), a.MoE.ExpertBias)
		}
		router := d * e
		out.LayerMatmul += moeLayers * (k*expertMul + sharedMul + router)
		if a.MoE.RouterBias {
			router += e
		}
		out.LayerExpert = expert
		out.LayerExperts = e * expert
		out.LayerShared = shared + router
		out.Experts = moeLayers * out.LayerExperts
		out.Shared = moeLayers * shared
		out.Router = moeLayers * router
	}

	out.Norms = layers*out.LayerNorms + norm*d
	if a.EmbedNorm {
		out.Norms += norm * d
	}
	if !a.Tied {
		out.Output = v * d
	}
	if a.HeadBias {
		out.Output += v
	}
	if a.Encoder.Layers > 0 {
		out.Cross = layers * attn
		out.LayerAttention = 2 * attn
		out.LayerMatmul += layers * attnMul
		out.EncoderLayer = attn + mlp + 2*norm*d
		mels := float64(a.Encoder.Mels)
		convolutions := 3*mels*d + d + 3*d*d + d // two of width 3, the second strided
		out.Encoder = convolutions + float64(a.Encoder.Positions)*d + float64(a.Encoder.Layers)*out.EncoderLayer + norm*d
	}

	if a.Picture.Tokens > 0 {
		a.countPicture(out)
	}
	body := out.Attention + out.Mamba + out.Cross + out.MLP + out.Shared + out.Router + out.Norms + out.Encoder
	out.NonEmbedding = body + out.Experts
	out.Total = out.NonEmbedding + out.Embedding + out.Positions + out.Output

	touched := body + moeLayers*float64(a.MoE.TopK)*out.LayerExpert
	out.Active[WithEmbeddings] = touched + out.Embedding + out.Positions + out.Output
	out.Active[WithoutEmbeddings] = touched
	out.Active[WithoutInput] = touched + out.Output
	if a.Tied {
		out.Active[WithoutInput] += out.Embedding
	}
}

// attentionLayer is one self-attention: all parameters, and the weights among
// them that are matrices.
func (a *Arch) attentionLayer() (all, matrices float64) {
	d, h := float64(a.Width), float64(a.Heads)
	if l := &a.MLA; l.KVRank > 0 {
		rq, rkv := float64(l.QRank), float64(l.KVRank)
		dn, dr, dv := float64(l.NopeDim), float64(l.RopeDim), float64(l.ValueDim)
		q := d * h * (dn + dr)
		if rq > 0 {
			q = d*rq + rq*h*(dn+dr)
		}
		matrices = q + d*(rkv+dr) + rkv*h*(dn+dv) + h*dv*d
		all = matrices + rq + rkv // the norms on both latents
	} else {
		q, kv := h*float64(a.HeadDim), float64(a.KVHeads)*float64(a.HeadDim)
		matrices = d*q + 2*d*kv + q*d
		all = matrices
		switch {
		case a.Encoder.Layers > 0 && a.AttnBias:
			all += q + kv + d // Whisper's key has no bias
		case a.AttnBias:
			all += q + 2*kv + d
		case a.QKVBias:
			all += q + 2*kv
		}
		if a.QKNorm {
			all += 2 * float64(a.HeadDim)
		}
	}
	if a.Sinks {
		all += h
	}
	return all, matrices
}

// mlp is one MLP of inner width f: all parameters, and the matrices among them.
func (a *Arch) mlp(f float64, bias bool) (all, matrices float64) {
	d, m := float64(a.Width), float64(a.MLPMatrices)
	matrices = m * d * f
	all = matrices
	if bias {
		all += (m-1)*f + d
	}
	return all, matrices
}
