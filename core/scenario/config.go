package scenario

import (
	"encoding/json"
	"maps"
	"math"
	"sort"
	"strconv"
	"strings"

	"flopbook/core/model"
	"flopbook/core/unit"
)

// fromConfig reads the config.json of a model on Hugging Face as an own shape.
// Without a usable shape the scenario is empty and the problems say why;
// otherwise they tell what was left out.
func fromConfig(top map[string]any) (Scenario, []*unit.Problem) {
	var s Scenario
	a, problems, ok := archFromConfig(top)
	if !ok {
		return s, problems
	}
	if a.Encoder.Layers > 0 {
		// The flat fields have no encoder; the one preset that has is used as it is.
		w, _ := FindPreset("whisper-large")
		if w == nil || a.Layers != w.Arch.Layers || a.Width != w.Arch.Width || a.Encoder.Layers != w.Arch.Encoder.Layers {
			return s, append(problems, &unit.Problem{Field: "config.json", Value: "whisper", Wrong: "is a size of Whisper whose encoder cannot be given as a shape",
				Allowed: "the large Whisper", Fix: "choose Whisper large"})
		}
		s.Choice[Model] = w.Key
		return s, problems
	}

	if a.Mamba.Layers > 0 {
		// Nor have they recurrent layers.
		for i := range Presets() {
			p := &Presets()[i]
			if known := p.Arch; known == a {
				s.Choice[Model] = p.Key
				return s, problems
			}
		}
		return s, append(problems, &unit.Problem{Field: "config.json", Value: "nemotron_h", Wrong: "has recurrent layers, which cannot be given as a shape",
			Allowed: "Nemotron Nano 9B v2 or 12B v2", Fix: "choose one of these, or give the size of the model instead"})
	}

	s.Choice[Model] = "shape"
	eachShapeField(&a, func(n Num, v int, has bool) {
		if !has {
			return
		}
		if p := s.SetNum(n, strconv.Itoa(v)); p != nil {
			problems = append(problems, p)
		}
	})
	return s, problems
}

// A windowRule says which layers of a family see only a window when the file
// does not list them layer by layer.
type windowRule uint8

const (
	windowWhereSaid    windowRule = iota // none, unless listed
	windowEverywhere                     // all layers
	windowAlternate                      // every other layer, from the first
	windowPattern                        // all but every n-th
	windowFromLayer                      // from max_window_layers on, and only if use_sliding_window
	windowChunksOfFour                   // all but every fourth, in chunks (Llama 4)
)

// A family is what a model_type implies and its file does not say: the
// defaults and fixed choices of the class of that name in
// huggingface/transformers, src/transformers/models.
type family struct {
	plain     bool // MLP of two matrices
	layerNorm bool // norms have a bias
	tied      bool // output matrix is the token table, unless the file says otherwise
	attnBias  bool
	qkvBias   bool
	mlpBias   bool
	headBias  bool
	qkNorm    bool
	sinks     bool
	embedNorm bool
	parallel  bool // attention and MLP read the same norm
	norms     int  // per layer; 0 is the usual number

	positions      string // key that counts learned positions
	extraPositions int
	headDim        int // where the file has none; 0 is width over heads
	kvHeads        int // where the file has none; 0 is as many as heads
	window         windowRule
	pattern        int // for windowPattern
	moeBias        bool
	routerBias     bool
	sharedLikeOne  bool // one shared expert as wide as a routed one, not in the file (Llama 4)
}

var families = map[string]family{
	"llama": {}, "yi": {}, "internlm2": {}, "internlm3": {}, "baichuan": {}, "exaone": {}, "smollm3": {}, "granite": {}, "granitemoe": {},
	"granitemoeshared": {}, "seed_oss": {}, "ministral": {kvHeads: 8}, "helium": {}, "minicpm": {tied: true}, "olmo": {}, "olmoe": {qkNorm: true},
	"qwen": {qkvBias: true}, "dbrx": {},
	"mistral": {kvHeads: 8, window: windowEverywhere}, "mixtral": {kvHeads: 8, window: windowEverywhere},
	"qwen2": {qkvBias: true, window: windowFromLayer}, "qwen2_moe": {qkvBias: true, window: windowFromLayer},
	"qwen2_vl": {qkvBias: true, window: windowFromLayer}, "qwen2_vl_text": {qkvBias: true, window: windowFromLayer},
	"qwen2_5_vl": {qkvBias: true, window: windowFromLayer}, "qwen2_5_vl_text": {qkvBias: true, window: windowFromLayer},
	"qwen3": {qkNorm: true, headDim: 128, window: windowFromLayer}, "qwen3_moe": {qkNorm: true, window: windowFromLayer},
	"qwen3_vl_text": {qkNorm: true, headDim: 128}, "qwen3_vl_moe_text": {qkNorm: true, headDim: 128},
	"gemma": {tied: true, headDim: 256}, "gemma2": {tied: true, headDim: 256, kvHeads: 4, norms: 4, window: windowAlternate},
	"gemma3_text": {tied: true, headDim: 256, kvHeads: 4, norms: 4, qkNorm: true, window: windowPattern, pattern: 6},
	"phi3":        {window: windowEverywhere}, "phi4": {},
	"phi":         {plain: true, layerNorm: true, attnBias: true, mlpBias: true, headBias: true, parallel: true},
	"deepseek_v2": {}, "deepseek_v3": {routerBias: true}, "deepseek_v32": {routerBias: true}, "kimi_k2": {routerBias: true}, "deepseek": {}, "glm4_moe": {routerBias: true},
	"glm": {norms: 2}, "glm4": {norms: 4}, "chatglm": {norms: 2},
	"gpt2":        {plain: true, layerNorm: true, tied: true, attnBias: true, mlpBias: true, positions: "n_positions"},
	"gpt_bigcode": {plain: true, layerNorm: true, tied: true, attnBias: true, mlpBias: true, positions: "n_positions"},
	"gpt_neo":     {plain: true, layerNorm: true, tied: true, mlpBias: true, positions: "max_position_embeddings"},
	"gptj":        {plain: true, layerNorm: true, mlpBias: true, headBias: true, parallel: true},
	"codegen":     {plain: true, layerNorm: true, mlpBias: true, headBias: true, parallel: true},
	"gpt_neox":    {plain: true, layerNorm: true, attnBias: true, mlpBias: true, parallel: true, norms: 2},
	"opt":         {plain: true, layerNorm: true, tied: true, attnBias: true, mlpBias: true, positions: "max_position_embeddings", extraPositions: 2},
	"bloom":       {plain: true, layerNorm: true, tied: true, attnBias: true, mlpBias: true, embedNorm: true},
	"falcon":      {plain: true, layerNorm: true, tied: true, parallel: true},
	"mpt":         {plain: true, tied: true},
	"starcoder2":  {plain: true, layerNorm: true, tied: true, window: windowEverywhere},
	"nemotron":    {plain: true, layerNorm: true}, "arcee": {plain: true}, "apertus": {plain: true, qkNorm: true},
	"gpt_oss":     {attnBias: true, sinks: true, headDim: 64, kvHeads: 8, window: windowAlternate, moeBias: true, routerBias: true},
	"llama4_text": {headDim: 128, window: windowChunksOfFour, sharedLikeOne: true},
	"stablelm":    {layerNorm: true},
	"olmo2":       {qkNorm: true}, "olmo3": {qkNorm: true},
	"cohere":  {tied: true, parallel: true},
	"cohere2": {tied: true, parallel: true, window: windowPattern, pattern: 4},
}

// unsupported kinds, by why.
var unsupported = func() map[string]string {
	out := map[string]string{}
	for why, names := range map[string]string{
		"mixes attention with recurrent layers, which are not counted here": "mamba mamba2 falcon_mamba rwkv rwkv5 rwkv6 rwkv7 jamba bamba zamba zamba2 nemotron_h recurrent_gemma qwen3_next kimi_linear minimax minimax_text_01 granitemoehybrid lfm2 falcon_h1 xlstm retnet plamo2",
		"is an encoder and a decoder for text, which are not counted here":  "t5 mt5 umt5 longt5 switch_transformers t5gemma bart mbart pegasus marian m2m_100 blenderbot led prophetnet fsmt nllb_moe",
		"reads text in both directions and writes none":                     "bert roberta xlm_roberta distilbert deberta deberta_v2 electra albert modernbert mpnet camembert nomic_bert xlnet ernie",
		"is no language model":                                "vit clip siglip siglip2 dinov2 dinov3 beit swin convnext resnet detr sam wav2vec2 hubert wavlm clap encodec unet dpt segformer vit_mae",
		"has tables in every layer that are not counted here": "gemma3n gemma3n_text",
	} {
		for _, n := range strings.Fields(names) {
			out[n] = why
		}
	}
	return out
}()

// A config is one such file while it is read: the part that describes the text
// model, and what was wrong so far.
type config struct {
	top, text map[string]any
	problems  []*unit.Problem
}

// archFromConfig reads the whole shape, with biases and norms that the flat
// fields of a scenario cannot say. ok is false when there is no shape.
func archFromConfig(top map[string]any) (a model.Arch, problems []*unit.Problem, ok bool) {
	c := &config{top: top, text: top}
	parts := []string{"text_config", "llm_config", "language_config", "thinker_config", "text_model_config"}
	for range 3 { // omni models nest twice
		for _, k := range parts {
			if m, is := c.text[k].(map[string]any); is {
				c.text = m
				break
			}
		}
	}
	kind := plainKind(c.text["model_type"])
	if kind == "" {
		kind = plainKind(top["model_type"])
	}
	switch kind { // the same text model under the name of the whole
	case "gemma3":
		kind = "gemma3_text"
	case "llama4":
		kind = "llama4_text"
	case "whisper":
		return c.whisper()
	case "nemotron_h":
		if a, ok := c.nemotronH(); ok {
			return a, c.problems, true
		}
	}
	why := unsupported[kind]
	if why == "" && c.text["is_encoder_decoder"] == true {
		why = "is an encoder and a decoder, which are not counted here"
	}
	if why == "" {
		for _, t := range c.list("layer_types") {
			switch n, _ := t.(string); n {
			case "linear_attention", "mamba", "recurrent", "conv", "mamba2":
				why = "mixes attention with recurrent layers, which are not counted here"
			}
		}
	}
	if why != "" {
		return a, []*unit.Problem{{Field: "config.json", Value: kind, Wrong: why, Allowed: "a transformer that writes text", Fix: "give the size of the model instead"}}, false
	}
	c.unnest()
	f, known := families[kind]
	if !known {
		c.tell(kind, "is a kind of model that Flopbook does not know", "it is read as one of Llama's kind")
	}
	if part := c.otherParts(); part != "" {
		c.tell(part, "is left out", "the text part alone is used")
	}

	c.shape(&a, &f, kind)
	if missing := c.missing(&a); missing != "" {
		return model.Arch{}, append(c.problems, &unit.Problem{Field: "config.json", Value: kind, Wrong: "lacks " + missing,
			Allowed: "the config.json of a language model on Hugging Face", Fix: "give the shape by hand"}), false
	}
	c.experts(&a, &f, kind)
	c.latent(&a)
	c.window(&a, &f)
	a.Fill()
	if wrong := a.Check(); len(wrong) > 0 {
		return model.Arch{}, append(c.problems, wrong...), false
	}
	return a, c.problems, true
}

// unnest brings the parts that MPT and DBRX keep apart to the top.
func (c *config) unnest() {
	flat := c.text
	for _, part := range [...]string{"attn_config", "ffn_config"} {
		m, is := c.text[part].(map[string]any)
		if !is {
			continue
		}
		flat = maps.Clone(flat)
		for k, v := range m {
			if flat[k] == nil {
				flat[k] = v
			}
		}
	}
	c.text = flat
}

func plainKind(v any) string {
	t, _ := v.(string)
	return strings.ReplaceAll(strings.ToLower(clip(strings.TrimSpace(t))), "-", "_")
}

// otherParts names a part of the file that describes something besides text.
func (c *config) otherParts() string {
	for _, k := range [...]string{"vision_config", "audio_config", "visual", "vision_tower_config"} {
		if m, is := c.top[k].(map[string]any); is && len(m) > 0 {
			return k
		}
	}
	return ""
}

func (c *config) shape(a *model.Arch, f *family, kind string) {
	a.Layers = c.whole("num_hidden_layers", "n_layer", "n_layers", "num_layers")
	a.Width = c.whole("hidden_size", "n_embd", "d_model")
	a.Heads = c.whole("num_attention_heads", "n_head", "n_heads")
	a.Vocab = c.whole("padded_vocab_size", "vocab_size")
	a.Context = c.whole("max_position_embeddings", "n_positions", "seq_length", "max_seq_len")
	a.FF = c.whole("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size")
	a.KVHeads = c.whole("num_key_value_heads", "num_kv_heads", "n_head_kv", "kv_n_heads", "multi_query_group_num")
	a.HeadDim = c.whole("head_dim", "kv_channels")
	a.MLPMatrices, a.NormMult = 3, 1
	if f.plain {
		a.MLPMatrices = 2
	}
	if f.layerNorm {
		a.NormMult = 2
	}
	a.AttnBias = c.yes(f.attnBias, "attention_bias", "bias", "use_bias")
	a.QKVBias = !a.AttnBias && c.yes(f.qkvBias, "use_qkv_bias", "add_qkv_bias")
	a.MLPBias = c.yes(f.mlpBias, "mlp_bias", "use_bias")
	a.HeadBias, a.QKNorm, a.Sinks, a.EmbedNorm = f.headBias, f.qkNorm, f.sinks, f.embedNorm
	a.ParallelBlock, a.NormsPerLayer = f.parallel, f.norms
	if f.positions != "" {
		if n := c.whole(f.positions); n > 0 {
			a.Positions = n + f.extraPositions
		}
	}
	a.Tied = f.tied
	if v, is := c.top["tie_word_embeddings"].(bool); is {
		a.Tied = v
	}
	if v, is := c.text["tie_word_embeddings"].(bool); is {
		a.Tied = v
	}

	switch kind {
	case "falcon":
		a.MLPBias = a.AttnBias
		switch {
		case c.yes(false, "new_decoder_architecture"):
			a.NormsPerLayer = 2
		case c.yes(true, "multi_query"):
			a.KVHeads = 1
		default:
			a.KVHeads = a.Heads
		}
		if !c.yes(true, "parallel_attn") {
			a.ParallelBlock = false
		}
	case "gpt_bigcode":
		if c.yes(true, "multi_query") {
			a.KVHeads = 1
		}
	case "gpt_neox":
		if !c.yes(true, "use_parallel_residual") {
			a.ParallelBlock = false
		}
	case "mpt":
		if r := c.whole("expansion_ratio"); r > 0 && a.FF == 0 {
			a.FF = capped(float64(r) * float64(a.Width))
		}
	case "qwen":
		a.FF /= 2 // the first Qwen writes both halves of the gated MLP as one
	case "glm", "glm4":
		a.QKVBias, a.AttnBias = a.AttnBias, false
	case "":
		a.QKNorm = c.yes(false, "use_qk_norm")
	}
	if a.FF == 0 && f.plain { // these families write nothing, or null, for four times the width
		a.FF = capped(4 * float64(a.Width))
	}
	if a.HeadDim == 0 {
		a.HeadDim = f.headDim
	}
	if a.KVHeads == 0 {
		a.KVHeads = f.kvHeads
	}
	if kind == "gemma3_text" { // files of Gemma 3 leave out what equals the class's defaults
		if a.Vocab == 0 {
			a.Vocab = 262208
		}
		if a.Heads == 0 {
			a.Heads = 8
		}
	}
}

// missing names the keys without which there is no shape, in words.
func (c *config) missing(a *model.Arch) string {
	var names []string
	for _, k := range []struct {
		v    int
		name string
	}{{a.Layers, "num_hidden_layers"}, {a.Width, "hidden_size"}, {a.Heads, "num_attention_heads"}, {a.Vocab, "vocab_size"}} {
		if k.v == 0 {
			names = append(names, k.name)
		}
	}
	if a.FF == 0 && c.whole("moe_intermediate_size") == 0 {
		names = append(names, "intermediate_size")
	}
	return strings.Join(names, ", ")
}

func (c *config) experts(a *model.Arch, f *family, kind string) {
	m := &a.MoE
	m.Experts = c.whole("n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts")
	if m.Experts <= 1 { // 0 and 1 are how dense models of these families are written
		a.MoE = model.MoE{}
		return
	}
	m.TopK = c.whole("num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_top_k", "moe_k")
	if m.TopK == 0 {
		m.TopK = 1
		c.tell("num_experts_per_tok", "is missing", "one expert per token is assumed")
	}
	m.ExpertFF = c.whole("moe_intermediate_size")
	if m.ExpertFF == 0 {
		m.ExpertFF = a.FF
	}
	m.RouterBias, m.ExpertBias = f.routerBias, f.moeBias
	if n := c.whole("n_shared_experts", "num_shared_experts"); n > 0 {
		m.SharedExperts, m.SharedFF = n, m.ExpertFF
	} else if w := c.whole("shared_expert_intermediate_size", "shared_intermediate_size"); w > 0 {
		m.SharedExperts, m.SharedFF = 1, w
	} else if f.sharedLikeOne {
		m.SharedExperts, m.SharedFF = 1, m.ExpertFF
	}
	if w := c.whole("intermediate_size_mlp"); w > 0 {
		a.FF = w // Llama 4's dense layers
	}

	m.Layers = c.expertLayers(min(a.Layers, 100_000))
	if m.Layers == 0 {
		a.MoE = model.MoE{}
	} else if m.Layers >= a.Layers {
		m.Layers, a.FF = a.Layers, 0
	}
}

// expertLayers is how many of the layers have experts.
func (c *config) expertLayers(layers int) int {
	if l := c.list("moe_layers"); len(l) > 0 {
		return len(indices(l, layers))
	}
	if l := c.list("moe_layer_freq"); len(l) > 0 {
		n := 0
		for _, v := range l[:min(len(l), layers)] {
			if x, is := number(v); is && x != 0 {
				n++
			}
		}
		return n
	}
	first := c.whole("first_k_dense_replace")
	every := max(1, c.whole("moe_layer_freq"))
	step := max(1, c.whole("decoder_sparse_step"))
	interleave := max(1, c.whole("interleave_moe_layer_step"))
	dense := indices(c.list("mlp_only_layers"), layers)
	n := 0
	for i := range layers {
		if i >= first && i%every == 0 && (i+1)%step == 0 && (i+1)%interleave == 0 && !dense[i] {
			n++
		}
	}
	return n
}

func (c *config) latent(a *model.Arch) {
	rank := c.whole("kv_lora_rank")
	if rank == 0 {
		return
	}
	a.MLA = model.MLA{QRank: c.whole("q_lora_rank"), KVRank: rank, NopeDim: c.whole("qk_nope_head_dim"),
		RopeDim: c.whole("qk_rope_head_dim"), ValueDim: c.whole("v_head_dim")}
	a.KVHeads, a.HeadDim = a.Heads, a.MLA.NopeDim+a.MLA.RopeDim
	a.QKNorm = false // the norms on the latents belong to it
}

func (c *config) window(a *model.Arch, f *family) {
	size := c.whole("sliding_window", "sliding_window_size", "attention_chunk_size")
	if size == 0 || !c.yes(true, "use_sliding_window") || a.Context > 0 && size >= a.Context {
		return
	}
	n, listed := 0, c.list("layer_types")
	for _, t := range listed[:min(len(listed), max(a.Layers, 0))] {
		if name, _ := t.(string); name == "sliding_attention" || name == "chunked_attention" {
			n++
		}
	}
	if len(listed) == 0 {
		every := f.pattern
		if p := c.pattern(); p > 0 {
			every = p
		}
		switch f.window {
		case windowEverywhere:
			n = a.Layers
		case windowAlternate:
			n = (a.Layers + 1) / 2
		case windowPattern:
			n = a.Layers - a.Layers/max(1, every)
		case windowFromLayer:
			if c.yes(false, "use_sliding_window") {
				n = max(0, a.Layers-c.whole("max_window_layers"))
			}
		case windowChunksOfFour:
			n = a.Layers - a.Layers/4
		}
	}
	if n > 0 {
		a.Window = model.Window{Size: size, Layers: n}
	}
}

// pattern is how far apart the layers without a window stand.
func (c *config) pattern() int {
	for _, k := range [...]string{"sliding_window_pattern", "_sliding_window_pattern"} {
		if x, is := number(c.text[k]); is && x >= 1 && x <= 1e6 {
			return int(x)
		}
	}
	return 0
}

// nemotronH reads a model whose layers are one thing alone: M recurrent, *
// attention, - an MLP. Not ok where a layer is something else.
func (c *config) nemotronH() (a model.Arch, ok bool) {
	pattern, _ := c.text["hybrid_override_pattern"].(string)
	if len(pattern) > 10_000 || strings.Trim(pattern, "M*-") != "" {
		return a, false
	}
	plain := family{plain: true}
	c.shape(&a, &plain, "nemotron_h")
	a.Layers = len(pattern)
	a.Mamba = model.Mamba{Layers: strings.Count(pattern, "M"), Attention: strings.Count(pattern, "*"), Heads: c.whole("mamba_num_heads"),
		HeadDim: c.whole("mamba_head_dim"), State: c.whole("ssm_state_size"), Groups: c.whole("n_groups"), Conv: c.whole("conv_kernel")}
	a.Fill()
	return a, len(a.Check()) == 0
}

func (c *config) whisper() (a model.Arch, problems []*unit.Problem, ok bool) {
	d := c.whole("d_model")
	a = model.Arch{Layers: c.whole("decoder_layers"), Width: d, Heads: c.whole("decoder_attention_heads"), FF: c.whole("decoder_ffn_dim"),
		Vocab: c.whole("vocab_size"), Positions: c.whole("max_target_positions"), MLPMatrices: 2, NormMult: 2, Tied: true, AttnBias: true, MLPBias: true,
		Encoder: model.Encoder{Layers: c.whole("encoder_layers"), Positions: c.whole("max_source_positions"), Mels: c.whole("num_mel_bins")}}
	a.Fill()
	if wrong := a.Check(); len(wrong) > 0 || a.Encoder.Layers == 0 {
		return model.Arch{}, append(c.problems, &unit.Problem{Field: "config.json", Value: "whisper", Wrong: "lacks part of its shape",
			Allowed: "the config.json of a Whisper model", Fix: "choose Whisper large"}), false
	}
	return a, c.problems, true
}

// whole is the first of the keys that holds a number of things; 0 when none
// does. A value that is none is told once.
func (c *config) whole(keys ...string) int {
	for _, k := range keys {
		v := c.text[k]
		if v == nil {
			continue
		}
		if _, is := v.([]any); is {
			continue // per-layer lists are read elsewhere
		}
		x, is := number(v)
		if !is || x != math.Trunc(x) || x < 0 || x > 1e9 {
			c.tellOnce(k, v)
			continue
		}
		return int(x)
	}
	return 0
}

func (c *config) yes(otherwise bool, keys ...string) bool {
	for _, k := range keys {
		if v, is := c.text[k].(bool); is {
			return v
		}
	}
	return otherwise
}

func (c *config) list(key string) []any {
	l, _ := c.text[key].([]any)
	return l
}

// indices is the set of layer numbers in a list.
func indices(l []any, layers int) map[int]bool {
	out := map[int]bool{}
	for _, v := range l {
		if x, is := number(v); is && x == math.Trunc(x) && x >= 0 && x < float64(layers) {
			out[int(x)] = true
		}
	}
	return out
}

func number(v any) (float64, bool) {
	switch t := v.(type) {
	case json.Number:
		x, err := strconv.ParseFloat(t.String(), 64)
		return x, err == nil
	case float64:
		return t, !math.IsNaN(t)
	}
	return 0, false
}

func capped(x float64) int { return int(min(x, 1e9)) }

func (c *config) tell(value, wrong, fix string) {
	c.problems = append(c.problems, &unit.Problem{Field: "config.json", Value: value, Wrong: wrong, Fix: fix})
}

func (c *config) tellOnce(key string, v any) {
	field := "config.json: " + key
	for _, p := range c.problems {
		if p.Field == field {
			return
		}
	}
	text := "not a number"
	switch t := v.(type) {
	case string:
		text = clip(t)
	case json.Number:
		text = clip(t.String())
	case bool:
		text = strconv.FormatBool(t)
	case map[string]any:
		keys := make([]string, 0, len(t))
		for k := range t {
			keys = append(keys, clip(k))
		}
		sort.Strings(keys)
		text = "{" + clip(strings.Join(keys[:min(len(keys), 3)], ", ")) + "}"
	}
	c.problems = append(c.problems, &unit.Problem{Field: field, Value: text, Wrong: "is not a whole number of things", Allowed: "0 to a thousand million", Fix: "it is left out"})
}
