package model

import (
	"strings"

	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// writer adds quantities to a book. What the book already holds at the same
// value (a field that the reader filled in) keeps its own label and origin.
type writer struct {
	b      *derivation.Book
	origin derivation.Origin
	source string
}

func (w writer) let(name, symbol, label string, kind unit.Kind, v float64) {
	if old, ok := w.b.Var(name); ok && old.Value == v {
		return
	}
	w.b.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v, Origin: w.origin, Source: w.source})
}

func (w writer) count(name, symbol, label string, v int) {
	w.let(name, symbol, label, unit.Count, float64(v))
}

func (w writer) step(name, symbol, label string, kind unit.Kind, v float64, expr, says, ignores string) {
	w.b.Step(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v}, expr, says, ignores)
}

// LetShape writes the shape's own numbers, as far as the shape has them, under
// the origin that they have (Given, Assumed, or Constant with a source key):
// layers, width, heads, kv_heads, head_dim, ff, vocab, mlp_matrices,
// norm_mult, norms_per_layer, positions, moe_layers, experts, top_k,
// expert_ff, shared_ff, q_rank, kv_rank, nope_dim, rope_dim, value_dim,
// window, window_layers, encoder_layers, encoder_positions, mels; of recurrent
// layers mamba_layers, attention_layers, mamba_heads, mamba_head_dim,
// mamba_state, mamba_groups, mamba_conv.
func (a *Arch) LetShape(b *derivation.Book, origin derivation.Origin, source string) {
	w := writer{b, origin, source}
	w.count("layers", "L", "layers", a.Layers)
	w.count("width", "d", "width", a.Width)
	w.count("heads", "n_h", "attention heads", a.Heads)
	w.count("vocab", "V", "vocabulary", a.Vocab)
	w.count("gated", "", "gated MLP (1 yes, 0 no)", a.MLPMatrices-2)
	w.step("mlp_matrices", "m", "matrices of an MLP", unit.Count, float64(a.MLPMatrices), "2 + gated", "In and out, and one more for the gate.", "")
	norm := w
	if norm.origin == derivation.Assumed { // a shape that nobody published is like Llama's
		norm.origin, norm.source = derivation.Constant, "llama2-2023"
	}
	norm.count("norm_mult", "q", "vectors of a norm", a.NormMult)
	norm.count("norms_per_layer", "n_n", "norms in a layer", a.normsPerLayer())
	if a.MLA.KVRank > 0 {
		w.count("q_rank", "r_q", "query rank", a.MLA.QRank)
		w.count("kv_rank", "r_{kv}", "key-value rank", a.MLA.KVRank)
		w.count("nope_dim", "d_n", "head width without position", a.MLA.NopeDim)
		w.count("rope_dim", "d_r", "head width with position", a.MLA.RopeDim)
		w.count("value_dim", "d_v", "value head width", a.MLA.ValueDim)
	} else {
		w.count("kv_heads", "n_{kv}", "key-value heads", a.KVHeads)
		w.count("head_dim", "d_h", "head width", a.HeadDim)
	}
	if a.MLPLayers() > 0 {
		w.count("ff", "f", "MLP width", a.FF)
	}
	if a.Positions > 0 {
		w.count("positions", "n_p", "learned positions", a.Positions)
	}
	if a.IsMoE() {
		w.count("moe_layers", "L_m", "layers with experts", a.MoE.Layers)
		w.count("experts", "E", "experts in a layer", a.MoE.Experts)
		w.count("top_k", "k", "experts used per token", a.MoE.TopK)
		w.count("expert_ff", "f_e", "expert width", a.MoE.ExpertFF)
		if a.MoE.SharedExperts > 0 {
			w.let("shared_ff", "f_s", "width of the shared experts together", unit.Count, a.sharedFF())
		}
	}
	if a.localLayers() > 0 {
		w.count("window", "w", "sliding window", a.Window.Size)
		w.count("window_layers", "L_w", "layers with the sliding window", a.Window.Layers)
	}
	if a.Picture.Tokens > 0 {
		w.count("picture_cell", "n_z", "numbers in a patch of a picture", a.Picture.Cell)
	}
	if m := &a.Mamba; m.Layers > 0 {
		w.count("mamba_layers", "L_s", "recurrent layers", m.Layers)
		w.count("attention_layers", "L_a", "layers with attention", m.Attention)
		w.count("mamba_heads", "n_s", "heads of a recurrent layer", m.Heads)
		w.count("mamba_head_dim", "d_s", "width of a head of a recurrent layer", m.HeadDim)
		w.count("mamba_state", "n_q", "numbers that each channel carries along", m.State)
		w.count("mamba_groups", "n_g", "groups of heads that share what the state is written from", m.Groups)
		w.count("mamba_conv", "w_c", "tokens that the short convolution sees", m.Conv)
	}
	if a.Encoder.Layers > 0 {
		w.count("encoder_layers", "L_e", "encoder layers", a.Encoder.Layers)
		w.count("encoder_positions", "T_e", "encoder positions", a.Encoder.Positions)
		w.count("mels", "n_m", "mel channels", a.Encoder.Mels)
	}
}

// attentionText is the matrices of one attention as a formula, and the plain sentence for it.
func (a *Arch) attentionText() (expr, says string) {
	switch a.Attention() {
	case Latent:
		q := "width * heads * (nope_dim + rope_dim)"
		if a.MLA.QRank > 0 {
			q = "width * q_rank + q_rank * heads * (nope_dim + rope_dim)"
		}
		return q + " + width * (kv_rank + rope_dim) + kv_rank * heads * (nope_dim + value_dim) + heads * value_dim * width",
			"Keys and values are squeezed through one narrow vector for all heads and unpacked again (latent attention)."
	case GroupedQuery:
		return "width * heads * head_dim + 2 * width * kv_heads * head_dim + heads * head_dim * width",
			"A query matrix, smaller key and value matrices because several query heads share one (grouped-query attention), and an output matrix."
	case MultiQuery:
		return "width * heads * head_dim + 2 * width * kv_heads * head_dim + heads * head_dim * width",
			"A query matrix, one key and one value head for all (multi-query attention), and an output matrix."
	}
	return "width * heads * head_dim + 2 * width * kv_heads * head_dim + heads * head_dim * width",
		"A query, a key, a value and an output matrix (multi-head attention)."
}

// attentionExtras is what an attention has beside matrices.
func (a *Arch) attentionExtras() string {
	var s string
	if a.MLA.KVRank > 0 {
		if a.MLA.QRank > 0 {
			s += " + q_rank"
		}
		s += " + kv_rank"
	} else {
		switch {
		case a.Encoder.Layers > 0 && a.AttnBias:
			s += " + heads * head_dim + kv_heads * head_dim + width"
		case a.AttnBias:
			s += " + heads * head_dim + 2 * kv_heads * head_dim + width"
		case a.QKVBias:
			s += " + heads * head_dim + 2 * kv_heads * head_dim"
		}
		if a.QKNorm {
			s += " + 2 * head_dim"
		}
	}
	if a.Sinks {
		s += " + heads"
	}
	return s
}

func mlpText(width string, bias bool) string {
	s := "mlp_matrices * width * " + width
	if bias {
		s += " + (mlp_matrices - 1) * " + width + " + width"
	}
	return s
}

// denseLayers is the number of layers with a dense MLP, as a formula.
func (a *Arch) denseLayers() string {
	switch {
	case a.IsMoE():
		return "(layers - moe_layers)"
	case a.Mamba.Layers > 0:
		return "(layers - mamba_layers - attention_layers)"
	}
	return "layers"
}

// AttentionText is the number of layers with attention, as a formula.
func (a *Arch) AttentionText() string {
	if a.Mamba.Layers > 0 {
		return "attention_layers"
	}
	return "layers"
}

// Widths inside a recurrent layer, as formulas: [Mamba.Inner], [Mamba.Mixed],
// [Mamba.Into]; its matrices; the work of all their scans for one token.
const (
	mambaInner  = "mamba_heads * mamba_head_dim"
	mambaMixed  = "(" + mambaInner + " + 2 * mamba_groups * mamba_state)"
	MambaInto   = "(2 * " + mambaInner + " + 2 * mamba_groups * mamba_state + mamba_heads)"
	mambaMatrix = "width * " + MambaInto + " + " + mambaInner + " * width + mamba_conv * " + mambaMixed
	mambaScan   = "7 * mamba_layers * " + mambaInner + " * mamba_state"
)

// StepsParams writes how the parameters add up, from the shape ([Arch.LetShape]
// first) and its counts: params_embedding, params_positions,
// params_attention_layer, params_attention, params_mamba_layer, params_mamba,
// params_cross, params_mlp_layer,
// params_mlp, params_expert, params_experts, params_shared, params_router,
// params_norms, params_output, params_encoder as far as the shape has them;
// params_total; params_active (both tables counted), params_active_head
// (without the input table: what multiplies each token), params_active_body
// (without tables), params_nonembedding.
func (a *Arch) StepsParams(b *derivation.Book, c *Counts) {
	w := writer{b: b}
	var sum []string
	part := func(name, symbol, label string, v float64, expr, says, ignores string) {
		w.step(name, symbol, label, unit.ParamCount, v, expr, says, ignores)
		sum = append(sum, name)
	}
	if a.Picture.Tokens > 0 {
		part("params_embedding", "N_{emb}", "conditions, patches and time, into the model", c.Embedding,
			"vocab * width + picture_cell * width + width + 256 * width + width + width^2 + width", "A vector for each condition, a matrix for patches, two for the time step.", "")
	} else {
		part("params_embedding", "N_{emb}", "token table", c.Embedding, "vocab * width",
			"One vector of the model's width for each token of the vocabulary.", "")
	}
	if a.Positions > 0 {
		part("params_positions", "N_{pos}", "learned positions", c.Positions, "positions * width", "One vector for each position in the text.", "")
	}
	expr, says := a.attentionText()
	all, _ := a.attentionLayer()
	extras := a.attentionExtras()
	if extras != "" {
		says += " Biases and inner norms are added."
	}
	w.step("params_attention_layer", "N_{a1}", "one attention", unit.ParamCount, all, expr+extras, says, "")
	says = "Every layer has one attention."
	if a.Mamba.Layers > 0 {
		says = "A few layers are attention, the others recurrent layers and MLPs."
	}
	part("params_attention", "N_{att}", "attention", c.Attention, a.AttentionText()+" * params_attention_layer", says, "")
	if a.Mamba.Layers > 0 {
		one, _ := a.mambaLayer()
		w.step("params_mamba_layer", "N_{s1}", "one recurrent layer", unit.ParamCount, one,
			mambaMatrix+" + "+mambaMixed+" + 3 * mamba_heads + "+mambaInner, "A matrix into the layer, one out of it, a short convolution with its bias, three numbers for each head, a norm (Mamba-2).", "")
		part("params_mamba", "N_{rec}", "recurrent layers", c.Mamba, "mamba_layers * params_mamba_layer", "Layers that carry a state along in place of looking back.", "")
	}
	if a.Encoder.Layers > 0 {
		part("params_cross", "N_{x}", "attention to the encoder", c.Cross, "layers * params_attention_layer", "Every decoder layer also attends to the encoder.", "")
	}
	if a.MLPLayers() > 0 {
		one, _ := a.mlp(float64(a.FF), a.MLPBias)
		says := "Two matrices, into the wide middle and back"
		if a.MLPMatrices == 3 {
			says = "Three matrices: two into the wide middle (value and gate) and one back"
		}
		w.step("params_mlp_layer", "N_{m1}", "one MLP", unit.ParamCount, one, mlpText("ff", a.MLPBias), says+".", "")
		says = "Every layer without experts has one MLP."
		if a.Mamba.Layers > 0 {
			says = "The layers that are neither recurrent nor attention."
		}
		part("params_mlp", "N_{mlp}", "MLP of all dense layers", c.MLP, a.denseLayers()+" * params_mlp_layer", says, "")
	}
	if a.IsMoE() {
		w.step("params_expert", "N_{e1}", "one expert", unit.ParamCount, c.LayerExpert, mlpText("expert_ff", a.MoE.ExpertBias), "An expert is a small MLP.", "")
		part("params_experts", "N_{exp}", "all experts", c.Experts, "moe_layers * experts * params_expert", "Every layer with experts holds all of them, though a token visits few.", "")
		if a.MoE.SharedExperts > 0 {
			part("params_shared", "N_{sh}", "shared experts", c.Shared, "moe_layers * ("+mlpText("shared_ff", a.MoE.ExpertBias)+")", "Shared experts are visited by every token.", "")
		}
		router := "moe_layers * width * experts"
		if a.MoE.RouterBias {
			router = "moe_layers * (width * experts + experts)"
		}
		part("params_router", "N_{r}", "routers", c.Router, router, "A router scores the experts for each token.", "")
	}
	norms := "layers * " + a.NormsText() + " + norm_mult * width"
	if a.EmbedNorm {
		norms += " + norm_mult * width"
	}
	if a.Picture.Tokens > 0 {
		part("params_norms", "N_{n}", "adaptive norms", c.Norms, "layers * "+a.NormsText()+" + 2 * width^2 + 2 * width", "Time step and condition scale and shift every layer.", "")
	} else {
		part("params_norms", "N_{n}", "norms", c.Norms, norms, "Norms keep the numbers between blocks in range; a last one stands before the output.", "")
	}
	switch {
	case a.Picture.Tokens > 0:
		part("params_output", "N_{out}", "output matrix", c.Output, "2 * picture_cell * width + 2 * picture_cell", "Noise and its variance for each number of a patch.", "")
	case !a.Tied && a.HeadBias:
		part("params_output", "N_{out}", "output matrix", c.Output, "vocab * width + vocab", "A score for each token of the vocabulary.", "")
	case !a.Tied:
		part("params_output", "N_{out}", "output matrix", c.Output, "vocab * width", "A score for each token of the vocabulary.", "")
	case a.HeadBias:
		part("params_output", "N_{out}", "output bias", c.Output, "vocab", "The output uses the token table; only a bias is added.", "")
	}
	if a.Encoder.Layers > 0 {
		part("params_encoder", "N_{enc}", "audio encoder", c.Encoder,
			"3 * mels * width + 3 * width^2 + 2 * width + encoder_positions * width + encoder_layers * (params_attention_layer + params_mlp_layer + 2 * norm_mult * width) + norm_mult * width",
			"Two convolutions of width three, positions, and the encoder's layers with attention, MLP and two norms.", "")
	}
	w.step("params_total", "N", "parameters", unit.ParamCount, c.Total, strings.Join(sum, " + "), "All parts together.", "heads for predicting further tokens, vision parts")

	if a.IsMoE() {
		w.step("params_active", "N_a", "parameters used per token", unit.ParamCount, c.Active[WithEmbeddings],
			"params_total - params_experts + moe_layers * top_k * params_expert",
			"Of the experts only those that the router picks are used; both token tables count as used.", "that a token reads one row of the table only")
	} else {
		w.step("params_active", "N_a", "parameters used per token", unit.ParamCount, c.Active[WithEmbeddings], "params_total", "A dense model uses all of them for each token.", "")
	}
	input := "params_embedding"
	if a.Positions > 0 {
		input += " - params_positions"
	}
	switch {
	case !a.Tied:
		w.step("params_active_head", "N_{ah}", "parameters multiplied per token", unit.ParamCount, c.Active[WithoutInput],
			"params_active - "+input, "Looking up the input token multiplies nothing, so the input table is left out.", "")
	case a.Positions > 0:
		w.step("params_active_head", "N_{ah}", "parameters multiplied per token", unit.ParamCount, c.Active[WithoutInput],
			"params_active - params_positions", "The token table is also the output matrix, so it stays in.", "")
	default:
		w.step("params_active_head", "N_{ah}", "parameters multiplied per token", unit.ParamCount, c.Active[WithoutInput],
			"params_active", "The token table is also the output matrix, so it stays in.", "")
	}
	without := " - " + input
	if c.Output > 0 {
		without += " - params_output"
	}
	w.step("params_active_body", "N_{ab}", "parameters used per token, without tables", unit.ParamCount, c.Active[WithoutEmbeddings],
		"params_active"+without, "Without the token table, positions and output matrix.", "")
	w.step("params_nonembedding", "N_{ne}", "parameters without tables", unit.ParamCount, c.NonEmbedding,
		"params_total"+without, "Without the token table, positions and output matrix.", "")

	matrixText := a.AttentionText() + " * (" + expr + ")"
	if a.Mamba.Layers > 0 {
		matrixText += " + mamba_layers * (" + mambaMatrix + ")"
	}
	if a.Encoder.Layers > 0 {
		matrixText = "2 * " + matrixText
	}
	if a.MLPLayers() > 0 {
		matrixText += " + " + a.denseLayers() + " * mlp_matrices * width * ff"
	}
	if a.IsMoE() {
		middle := "top_k * expert_ff"
		if a.MoE.SharedExperts > 0 {
			middle = "(" + middle + " + shared_ff)"
		}
		matrixText += " + moe_layers * (mlp_matrices * width * " + middle + " + width * experts)"
	}
	w.step("weights_layers", "W", "matrix weights used per token", unit.ParamCount, c.LayerMatmul, matrixText,
		"The matrices of all layers that a token passes; norms and biases multiply no matrix.", "the output matrix, counted apart")
}

// NormsText is the norms of one layer as a formula.
func (a *Arch) NormsText() string {
	if a.Picture.Tokens > 0 {
		return "(6 * width^2 + 6 * width)"
	}
	return "norms_per_layer * norm_mult * width"
}

// betweenText is the forward FLOP between tokens, of layers times tokens seen
// under the given name, and of scans.
func (a *Arch) betweenText(seen string) string {
	if a.Mamba.Layers > 0 {
		return a.pairText() + " * " + seen + " + " + mambaScan
	}
	return a.pairText() + " * " + seen
}

// pairText is the forward FLOP of one layer for one pair of tokens.
func (a *Arch) pairText() string {
	if a.MLA.KVRank > 0 {
		return "2 * heads * (nope_dim + rope_dim + value_dim)"
	}
	return "4 * heads * head_dim"
}

// StepsFlops writes the work per token of training: tokens_seen (layers times
// tokens that a query sees), flops_linear, flops_logits, flops_attention,
// flops_forward_per_token, flops_per_token (forward and backward),
// flops_recompute_per_token, flops_hardware_per_token. Shape and
// [Arch.StepsParams] first; the book's seq is written when absent. For an
// encoder-decoder use [Arch.StepsSequenceFlops].
func (a *Arch) StepsFlops(b *derivation.Book, c *Counts, seq float64, count AttentionCount, again Recompute, f *Flops) {
	w := writer{b: b}
	seq = max(seq, 1)
	w.let("seq", "s", "sequence length", unit.Count, seq)
	w.step("flops_linear", "F_W", "matrices of the layers, forward", unit.FLOPPerToken, f.Linear, "2 * weights_layers",
		"Each weight that a token passes costs one multiplication and one addition.", "norms, activation functions, softmax: below 1 %")
	if a.Picture.Tokens > 0 {
		w.step("flops_logits", "F_V", "patches in and out, forward", unit.FLOPPerToken, f.Logits, "2 * 3 * picture_cell * width",
			"The same for the matrices that patches enter and leave by.", "adaptive norms, once per picture")
	} else {
		w.step("flops_logits", "F_V", "output matrix, forward", unit.FLOPPerToken, f.Logits, "2 * vocab * width",
			"The same for the matrix that scores the vocabulary.", "")
	}
	seen, says := a.seenText(seq, count)
	w.step("tokens_seen", "n_s", "layers times tokens seen", unit.Count, a.seenLayers(seq, count), seen, says, "")
	scored := "Each token is scored against those it sees, and their values are summed."
	if a.Mamba.Layers > 0 {
		scored += " Recurrent layers write it into their state and read from that (the scan)."
	}
	w.step("flops_attention", "F_A", "work between tokens, forward", unit.FLOPPerToken, f.Attention, a.betweenText("tokens_seen"), scored, "the softmax")
	a.closeSteps(w, f, again, "_per_token", unit.FLOPPerToken)
	w.step("flops_per_token", "F_t", "training work per token", unit.FLOPPerToken, f.Train, "3 * flops_forward_per_token",
		"The backward pass costs twice the forward pass.", "the optimizer's own work, below 1 %")
	hardware(w, f, "_per_token", "flops_per_token", unit.FLOPPerToken)
}

// StepsAtLength writes the work of a token in sequences of another length:
// NAME_seen, and NAME_work, that work over the run's. length is the name of
// that length in the book. [Arch.StepsFlops] first; not for an encoder-decoder.
func (a *Arch) StepsAtLength(b *derivation.Book, name, length string, seq float64, count AttentionCount, work float64) {
	w := writer{b: b}
	seen, says := a.seenText(max(seq, 1), count)
	w.step(name+"_seen", "n_s", "layers times tokens seen, in sequences of that length", unit.Count, a.seenLayers(max(seq, 1), count), strings.ReplaceAll(seen, "seq", length), says, "")
	w.step(name+"_work", "", "work of a token in sequences of that length, over that of the run", unit.None, work,
		"(flops_linear + flops_logits + "+a.betweenText(name+"_seen")+") / flops_forward_per_token", "Matrices take the same work, attention more in longer sequences.", "")
}

func (a *Arch) seenText(seq float64, count AttentionCount) (expr, says string) {
	local, layers := a.localLayers() > 0, a.AttentionText()
	switch {
	case count == FullSquare && local:
		return "(layers - window_layers) * seq + window_layers * min(window, seq)", "Every pair of tokens is counted, also those that a causal model hides; local layers see their window."
	case count == FullSquare:
		return layers + " * seq", "Every pair of tokens is counted, also those that a causal model hides."
	case local:
		return "(layers - window_layers) * seq / 2 + window_layers * (min(window, seq) - min(window, seq)^2 / (2 * seq))",
			"A token sees those before it, half of the sequence on average; in local layers no more than the window."
	}
	return layers + " * seq / 2", "A token sees those before it, half of the sequence on average."
}

func (a *Arch) closeSteps(w writer, f *Flops, again Recompute, suffix string, kind unit.Kind) {
	w.step("flops_forward"+suffix, "F_f", "forward pass", kind, f.Forward, "flops_linear + flops_logits + flops_attention", "The three together.", "")
	switch again {
	case RecomputeSelective:
		w.step("flops_recompute"+suffix, "F_r", "work done a second time", kind, f.Recompute, "flops_attention", "Only the work between tokens is done again in the backward pass.", "that fused kernels do part of it again in any case")
	case RecomputeFull:
		w.step("flops_recompute"+suffix, "F_r", "work done a second time", kind, f.Recompute, "flops_linear + flops_attention", "All layers are run once more in the backward pass.", "")
	default:
		w.let("flops_recompute"+suffix, "F_r", "work done a second time", kind, 0)
	}
}

func hardware(w writer, f *Flops, suffix, train string, kind unit.Kind) {
	w.step("flops_hardware"+suffix, "F_h", "training work with what is done twice", kind, f.Hardware, train+" + flops_recompute"+suffix,
		"What the machine really computes; utilisation by this figure is called HFU, without recomputation MFU.", "")
}

// StepsSequenceFlops writes the work of one audio window with its text:
// text (tokens), flops_linear, flops_logits, flops_attention (all per
// sequence), flops_forward_per_sequence, flops_per_sequence,
// flops_recompute_per_sequence, flops_hardware_per_sequence.
func (a *Arch) StepsSequenceFlops(b *derivation.Book, c *Counts, text float64, count AttentionCount, again Recompute, f *Flops) {
	w := writer{b: b}
	text = max(text, 1)
	w.let("text", "T_d", "text tokens", unit.Count, text)
	one := "width * heads * head_dim + 2 * width * kv_heads * head_dim + heads * head_dim * width"
	w.step("flops_linear", "F_W", "matrices, forward", unit.FLOPs, f.Linear,
		"2 * (encoder_positions * (encoder_layers * ("+one+" + mlp_matrices * width * ff) + 6 * mels * width + 3 * width^2)"+
			" + text * layers * ("+one+" + mlp_matrices * width * ff + 2 * width * heads * head_dim) + encoder_positions * layers * 2 * width * kv_heads * head_dim)",
		"Encoder matrices run once per audio step, decoder matrices once per text token; keys and values of the encoder are made once for each decoder layer.", "norms, activation functions, softmax")
	w.step("flops_logits", "F_V", "output matrix, forward", unit.FLOPs, f.Logits, "2 * vocab * width * text", "A score for each token of the vocabulary, for each text token.", "")
	seen := "text / 2"
	if count == FullSquare {
		seen = "text"
	}
	w.step("flops_attention", "F_A", "work between tokens, forward", unit.FLOPs, f.Attention,
		"4 * heads * head_dim * (encoder_layers * encoder_positions^2 + layers * text * "+seen+" + layers * text * encoder_positions)",
		"Audio steps see each other, text tokens see those before and all audio steps.", "the softmax")
	a.closeSteps(w, f, again, "_per_sequence", unit.FLOPs)
	w.step("flops_per_sequence", "F_t", "training work per sequence", unit.FLOPs, f.Train, "3 * flops_forward_per_sequence", "The backward pass costs twice the forward pass.", "")
	hardware(w, f, "_per_sequence", "flops_per_sequence", unit.FLOPs)
}

// LetLayout writes the degrees of the layout: tp, pp, vpp, dp, cp, ep, zero,
// micro, and for experts etp.
func (l *Layout) LetLayout(b *derivation.Book, a *Arch, origin derivation.Origin) {
	w := writer{b: b, origin: origin}
	w.count("tp", "t", "tensor parallel", max(l.TP, 1))
	w.count("pp", "p", "pipeline stages", max(l.PP, 1))
	w.count("vpp", "v", "chunks per stage", max(l.VPP, 1))
	w.count("dp", "n_d", "copies of the model", max(l.DP, 1))
	w.count("cp", "c", "pieces of a sequence", max(l.CP, 1))
	w.count("zero", "z", "ZeRO stage", l.ZeRO)
	w.count("micro", "b", "sequences in a micro-batch", max(l.Micro, 1))
	if a.IsMoE() {
		w.count("ep", "n_e", "expert parallel", max(l.EP, 1))
		shards, _ := l.ExpertShards()
		w.let("etp", "t_e", "tensor parallel inside an expert", unit.Count, shards/degree(l.EP))
	}
}

// StepsKV writes the cache: kv_elem_bytes, kv_bytes_per_token, and
// kv_bytes_sequence for a context above 0 (context is written when absent).
func (a *Arch) StepsKV(b *derivation.Book, elem unit.Bytes, context float64) {
	w := writer{b: b}
	w.let("kv_elem_bytes", "b_{kv}", "bytes of a cached number", unit.None, float64(elem))
	one, says := "2 * kv_heads * head_dim", ""
	switch a.Attention() {
	case Latent:
		one, says = "(kv_rank + rope_dim)", "Each layer keeps one narrow vector per token for all heads (latent attention)."
	case GroupedQuery:
		says = "Each layer keeps a key and a value per token, for the key-value heads only: query heads share them (grouped-query attention)."
	case MultiQuery:
		says = "Each layer keeps one key and one value per token (multi-query attention)."
	default:
		says = "Each layer keeps a key and a value per token, for every head."
	}
	ignores := "rounding to blocks; copies when there are more GPUs than key-value heads"
	if a.Mamba.Layers > 0 {
		ignores += "; the state that recurrent layers carry of each answer, " + unit.Short(unit.ByteCount, a.StateBytes()) + " however long it is"
	}
	w.step("kv_bytes_per_token", "m_{kv}", "cache per token", unit.BytesPerToken, float64(a.KVBytesPerToken(elem)),
		a.AttentionText()+" * "+one+" * kv_elem_bytes", says, ignores)
	if a.Mamba.Layers > 0 {
		k := writer{b, derivation.Constant, "vllm-mamba"}
		k.let("state_elem_bytes", "b_s", "bytes of a number of the state", unit.None, stateBytes)
		k.let("conv_elem_bytes", "b_c", "bytes of a number that the convolution sees", unit.None, convBytes)
		w.step("state_bytes", "M_s", "state of one sequence", unit.ByteCount, a.StateBytes(),
			"mamba_layers * ("+mambaInner+" * mamba_state * state_elem_bytes + max(mamba_conv - 1, 0) * "+mambaMixed+" * conv_elem_bytes)",
			"Recurrent layers carry the same amount along however long the text is.", "rounding to blocks")
	}
	if context <= 0 {
		return
	}
	w.let("context", "c", "tokens in context", unit.Count, context)
	held := a.AttentionText() + " * context"
	says = "Every layer holds every token."
	if a.localLayers() > 0 {
		held = "((layers - window_layers) * context + window_layers * min(context, window))"
		says = "Local layers hold no more than their window, the others every token."
	}
	if a.Encoder.Layers > 0 {
		held = "(" + held + " + layers * encoder_positions)"
		says = "Every layer holds every text token and every audio step."
	}
	state := ""
	if a.Mamba.Layers > 0 {
		state = " + state_bytes"
		says = "Every layer with attention holds every token; the state of the others comes on top."
	}
	w.step("kv_bytes_sequence", "M_{kv}", "cache of one sequence", unit.ByteCount, float64(a.KVBytes(context, elem)),
		held+" * "+one+" * kv_elem_bytes"+state, says, "")
}
