package core_test

import (
	"fmt"

	"flopbook/core/model"
	"flopbook/core/unit"
)

// goldenArch is the shape that a row describes; the table's short keys.
func goldenArch(in map[string]any) model.Arch {
	n := func(key string) int { return int(numOr(in, key, 0)) }
	a := model.Arch{
		Layers: n("layers"), Width: n("d"), Heads: n("heads"), KVHeads: n("kv_heads"), HeadDim: n("head_dim"), Vocab: n("vocab"),
		FF: max(n("ff"), n("ff_dense")), MLPMatrices: n("mlp_mats"), NormMult: n("norm_mult"), NormsPerLayer: n("norms_per_layer"),
		Positions: n("pos"), Tied: flag(in, "tied"), AttnBias: flag(in, "attn_bias"), QKVBias: flag(in, "qkv_bias"),
		MLPBias: flag(in, "mlp_bias"), QKNorm: flag(in, "qk_norm"), EmbedNorm: flag(in, "embed_norm") || flag(in, "emb_norm"),
	}
	if n("moe_layers") > 0 {
		a.MoE = model.MoE{Layers: n("moe_layers"), Experts: n("experts"), TopK: n("top_k"), ExpertFF: n("ff_expert"), RouterBias: flag(in, "router_bias")}
		if w := n("ff_shared"); w > 0 { // the table gives all shared experts' width together
			a.MoE.SharedExperts, a.MoE.SharedFF = 1, w
		}
	}
	if m, ok := in["mla"].(map[string]any); ok {
		a.MLA = model.MLA{QRank: int(num(m, "q_lora")), KVRank: int(num(m, "kv_lora")), NopeDim: int(num(m, "nope")), RopeDim: int(num(m, "rope")), ValueDim: int(num(m, "v"))}
	}
	a.Fill()
	return a
}

// goldenCounts counts a shape after checking it.
func goldenCounts(a model.Arch, read func(*model.Counts) float64) (float64, error) {
	if p := a.Check(); p != nil {
		return 0, p[0]
	}
	var c model.Counts
	a.Count(&c)
	return read(&c), nil
}

func goldenParams(read func(*model.Counts) float64) goldenFunc {
	return func(in map[string]any) (float64, error) { return goldenCounts(goldenArch(in), read) }
}

func totalParams(c *model.Counts) float64 { return c.Total }

// goldenGptOSS is gpt-oss, of which the table gives what differs between the
// two sizes; the rest is openai/gpt-oss gpt_oss/torch/model.py.
func goldenGptOSS(in map[string]any) model.Arch {
	layers := int(num(in, "layers"))
	return model.Arch{Layers: layers, Width: 2880, Heads: 64, KVHeads: 8, HeadDim: 64, Vocab: 201088, MLPMatrices: 3, NormMult: 1, AttnBias: true, Sinks: true,
		MoE: model.MoE{Layers: layers, Experts: int(num(in, "experts")), TopK: int(num(in, "top_k")), ExpertFF: 2880, RouterBias: true, ExpertBias: true}}
}

// goldenWhisper is Whisper; the rest is openai/whisper model.py.
func goldenWhisper(in map[string]any) model.Arch {
	l, d := int(num(in, "layers")), int(num(in, "d"))
	return model.Arch{Layers: l, Width: d, Heads: d / 64, KVHeads: d / 64, HeadDim: 64, FF: 4 * d, Vocab: 51865, MLPMatrices: 2, NormMult: 2, Tied: true,
		Positions: 448, AttnBias: true, MLPBias: true, Encoder: model.Encoder{Layers: l, Positions: 1500, Mels: 80}}
}

func goldenRecipe(name string) *model.Recipe {
	r, p := model.FindRecipe(name)
	if p != nil {
		panic(p.Error())
	}
	return r
}

func goldenAgain(in map[string]any) model.Recompute {
	var r model.Recompute
	if err := r.UnmarshalText([]byte(text(in, "recompute"))); err != nil {
		panic(err.Error())
	}
	return r
}

// goldenUtilisation is the share of peak of a count of FLOP per iteration.
func goldenUtilisation(work func(batch, seq, layers, hidden, vocab float64) unit.FLOP) goldenFunc {
	return func(in map[string]any) (float64, error) {
		flops := work(num(in, "batch"), num(in, "seq"), num(in, "layers"), num(in, "hidden"), num(in, "vocab"))
		return model.MFU(unit.FLOPPerSec(float64(flops)/num(in, "iter_s")), unit.FLOPPerSec(num(in, "gpus")*num(in, "peak_flops"))), nil
	}
}

var goldenModel = map[string]goldenFunc{
	"params_dense_total":        goldenParams(totalParams),
	"params_dense_nonembedding": goldenParams(func(c *model.Counts) float64 { return c.NonEmbedding }),
	"params_moe_total":          goldenParams(totalParams),
	"params_moe_active": func(in map[string]any) (float64, error) {
		by := model.WithEmbeddings
		if flag(in, "active_excludes_input_embedding") {
			by = model.WithoutInput
		}
		return goldenCounts(goldenArch(in), func(c *model.Counts) float64 { return c.Active[by] })
	},
	"params_gptoss_total": func(in map[string]any) (float64, error) { return goldenCounts(goldenGptOSS(in), totalParams) },
	"params_gptoss_active": func(in map[string]any) (float64, error) {
		return goldenCounts(goldenGptOSS(in), func(c *model.Counts) float64 { return c.Active[model.WithoutInput] })
	},
	"params_whisper": func(in map[string]any) (float64, error) { return goldenCounts(goldenWhisper(in), totalParams) },

	"flops_6nd": func(in map[string]any) (float64, error) {
		return float64(model.SixND(unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens")))), nil
	},
	"flops_cnd": func(in map[string]any) (float64, error) {
		return float64(model.RuleFLOPs(num(in, "mult"), unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens")))), nil
	},
	"mfu_palm": func(in map[string]any) (float64, error) {
		per := model.PaLMFLOPsPerToken(unit.Params(num(in, "params")), num(in, "layers"), num(in, "heads"), num(in, "head_dim"), num(in, "seq"))
		return model.MFU(unit.FLOPPerSec(num(in, "tokens_per_s")*float64(per)), unit.FLOPPerSec(num(in, "chips")*num(in, "peak_flops"))), nil
	},
	"mfu_korthikanti":           goldenUtilisation(model.MegatronFLOPs),
	"hfu_korthikanti_selective": goldenUtilisation(model.MegatronSelectiveFLOPs),
	"mfu_from_tflops": func(in map[string]any) (float64, error) {
		return model.MFU(unit.FLOPPerSec(1e12*num(in, "achieved_tflops")), unit.FLOPPerSec(1e12*num(in, "peak_tflops"))), nil
	},
	"attention_flop_fraction_T_over_8D": func(in map[string]any) (float64, error) {
		return model.AttentionOverLinear(num(in, "seq"), num(in, "d")), nil
	},
	"selective_recompute_flop_overhead": func(in map[string]any) (float64, error) {
		return model.SelectiveOverhead(num(in, "seq"), num(in, "hidden")), nil
	},
	// RGB pictures.
	"vit_gmacs": func(in map[string]any) (float64, error) {
		v := model.Vision{Layers: int(num(in, "layers")), Width: int(num(in, "d")), Tokens: int(num(in, "tokens")), Patch: int(num(in, "patch")), Channels: 3, Classes: int(numOr(in, "classes", 0))}
		return v.MACs() / 1e9, nil
	},
	// Patches of 2 x 2 cells of the 4-channel latent (arXiv 2212.09748).
	"dit_gmacs": func(in map[string]any) (float64, error) {
		v := model.Vision{Layers: int(num(in, "layers")), Width: int(num(in, "d")), Tokens: int(num(in, "tokens")), Patch: 2, Channels: 4, Diffusion: true}
		return v.MACs() / 1e9, nil
	},

	"zero_gb_per_gpu": func(in map[string]any) (float64, error) {
		return float64(model.ZeROBytes(unit.Params(num(in, "params")), goldenRecipe("adam-mixed"), int(num(in, "stage")), int(num(in, "dp")))) / 1e9, nil
	},
	"model_state_gb": func(in map[string]any) (float64, error) {
		r := model.Recipe{Weights: num(in, "bytes_per_param")}
		return float64(model.ZeROBytes(unit.Params(num(in, "params")), &r, 0, 1)) / 1e9, nil
	},
	"megatron_bytes_per_param": func(in map[string]any) (float64, error) {
		stage := 0
		if flag(in, "distributed_optimizer") {
			stage = 1
		}
		return float64(model.ZeROBytes(1, goldenRecipe("adam-mixed-fp32-grads"), stage, int(numOr(in, "dp", 1)))), nil
	},
	"checkpoint_gb": func(in map[string]any) (float64, error) {
		r := goldenRecipe("adam-mixed")
		bytes := float64(model.CheckpointBytes(unit.Params(num(in, "params")), r))
		if want := num(in, "bytes_per_param"); want*num(in, "params") != bytes {
			return 0, fmt.Errorf("the row asks for %g bytes a parameter, the recipe has %g", want, bytes/num(in, "params"))
		}
		return bytes / 1e9, nil
	},
	"act_bytes_per_layer_over_sbh": func(in map[string]any) (float64, error) {
		return model.KorthikantiLayer(num(in, "seq"), num(in, "hidden"), num(in, "heads"), int(numOr(in, "tp", 1)), flag(in, "sp"), goldenAgain(in)), nil
	},
	"selective_recompute_memory_saving": func(in map[string]any) (float64, error) {
		return model.SelectiveSaving(num(in, "seq"), num(in, "hidden"), num(in, "heads")), nil
	},
	"interleave_memory_penalty": func(in map[string]any) (float64, error) {
		return model.InterleavePenalty(num(in, "p"), num(in, "v")), nil
	},
	// The row counts square matrices: query, key, value, output, in this order.
	"lora_params": func(in map[string]any) (float64, error) {
		d, m := int(num(in, "d")), num(in, "matrices")
		a := model.Arch{Layers: int(num(in, "layers")), Width: d, Heads: 1, KVHeads: 1, HeadDim: d, FF: 1, Vocab: 1, MLPMatrices: 2, NormMult: 1}
		targets, ok := map[float64]model.Targets{1: model.TargetQ, 2: model.TargetQ | model.TargetV, 3: model.TargetQ | model.TargetK | model.TargetV, 4: model.AttentionTargets}[m]
		if !ok {
			return 0, fmt.Errorf("%g matrices in a layer: attention has four square ones", m)
		}
		l := model.LoRA{Rank: int(num(in, "rank")), Targets: targets}
		return float64(l.Params(&a)), nil
	},
	"qlora_double_quant_bits": func(in map[string]any) (float64, error) {
		return model.DoubleQuantBits(num(in, "block1"), num(in, "block2")), nil
	},
	"posttrain_flops_per_token_over_N": func(in map[string]any) (float64, error) {
		p, ok := model.FindPostTraining(text(in, "method"))
		if !ok {
			return 0, fmt.Errorf("no way of training is called %q", text(in, "method"))
		}
		return p.PerParam(), nil
	},
}
