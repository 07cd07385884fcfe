package model

// Shapes of published models, from their configuration files or papers:
// Llama 2 and 3 (arXiv 2307.09288; 2407.21783, table 3), Mistral and Mixtral
// (arXiv 2310.06825, 2401.04088), Qwen 3 (arXiv 2505.09388, table 1 and
// configuration files), DeepSeek (deepseek-ai/DeepSeek-V3
// inference/configs/config_671B.json and config_16B.json), gpt-oss
// (openai/gpt-oss gpt_oss/torch/model.py), Whisper (openai/whisper model.py),
// BLOOM (arXiv 2211.05100), GPT-2 and GPT-3 (arXiv 2005.14165, table 2.1).

func llama(layers, width, heads, kv, ff, vocab int) Arch {
	return Arch{Layers: layers, Width: width, Heads: heads, KVHeads: kv, HeadDim: 128, FF: ff, Vocab: vocab, MLPMatrices: 3, NormMult: 1}
}

func qwen3(layers, width, heads, ff int, tied bool) Arch {
	a := llama(layers, width, heads, 8, ff, 151936)
	a.QKNorm, a.Tied = true, tied
	return a
}

func gpt(layers, width, heads, vocab, positions int) Arch {
	return Arch{Layers: layers, Width: width, Heads: heads, KVHeads: heads, HeadDim: width / heads, FF: 4 * width, Vocab: vocab,
		MLPMatrices: 2, NormMult: 2, Tied: true, Positions: positions, AttnBias: true, MLPBias: true}
}

func gptOSS(layers, experts int) Arch {
	return Arch{Layers: layers, Width: 2880, Heads: 64, KVHeads: 8, HeadDim: 64, Vocab: 201088, MLPMatrices: 3, NormMult: 1,
		AttnBias: true, Sinks: true, Window: Window{Size: 128, Layers: layers / 2},
		MoE: MoE{Layers: layers, Experts: experts, TopK: 4, ExpertFF: 2880, RouterBias: true, ExpertBias: true}}
}

func deepseekV3() Arch {
	return Arch{Layers: 61, Width: 7168, Heads: 128, FF: 18432, Vocab: 129280, MLPMatrices: 3, NormMult: 1,
		MoE: MoE{Layers: 58, Experts: 256, TopK: 8, ExpertFF: 2048, SharedExperts: 1, SharedFF: 2048, RouterBias: true},
		MLA: MLA{QRank: 1536, KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}}
}

func deepseekV2() Arch {
	return Arch{Layers: 60, Width: 5120, Heads: 128, FF: 12288, Vocab: 102400, MLPMatrices: 3, NormMult: 1,
		MoE: MoE{Layers: 59, Experts: 160, TopK: 6, ExpertFF: 1536, SharedExperts: 2},
		MLA: MLA{QRank: 1536, KVRank: 512, NopeDim: 128, RopeDim: 64, ValueDim: 128}}
}

func whisper(layers, width int) Arch {
	return Arch{Layers: layers, Width: width, Heads: width / 64, KVHeads: width / 64, HeadDim: 64, FF: 4 * width, Vocab: 51865,
		MLPMatrices: 2, NormMult: 2, Tied: true, Positions: 448, AttnBias: true, MLPBias: true,
		Encoder: Encoder{Layers: layers, Positions: 1500, Mels: 80}}
}

// nemotronNano is Nemotron Nano 2 (arXiv 2508.14444, table 1 and section 4;
// config.json of nvidia/NVIDIA-Nemotron-Nano-12B-v2 and -9B-v2).
func nemotronNano(layers, recurrent, attention, width, ff int) Arch {
	return Arch{Layers: layers, Width: width, Heads: 40, KVHeads: 8, HeadDim: 128, FF: ff, Vocab: 131072, MLPMatrices: 2, NormMult: 1,
		Mamba: Mamba{Layers: recurrent, Attention: attention, Heads: 128, HeadDim: 80, State: 128, Groups: 8, Conv: 4}}
}

func mixtral() Arch {
	a := llama(32, 4096, 32, 8, 0, 32000)
	a.MoE = MoE{Layers: 32, Experts: 8, TopK: 2, ExpertFF: 14336}
	return a
}

func bloom() Arch {
	a := gpt(70, 14336, 112, 250880, 0)
	a.EmbedNorm = true
	return a
}

func palm() Arch {
	return Arch{Layers: 118, Width: 18432, Heads: 48, KVHeads: 1, HeadDim: 256, FF: 73728, Vocab: 256000, MLPMatrices: 3, NormMult: 1,
		Tied: true, ParallelBlock: true}
}

// shapes is one of every kind, for tests that must hold for all.
func shapes() map[string]Arch {
	qwen := qwen3(48, 2048, 32, 0, false)
	qwen.KVHeads = 4
	qwen.MoE = MoE{Layers: 48, Experts: 128, TopK: 8, ExpertFF: 768}
	maverick := llama(48, 5120, 40, 8, 16384, 202048)
	maverick.MoE = MoE{Layers: 24, Experts: 128, TopK: 1, ExpertFF: 8192, SharedExperts: 1}
	qwen2 := llama(28, 3584, 28, 4, 18944, 152064)
	qwen2.QKVBias = true
	gemma := llama(62, 5376, 32, 16, 21504, 262144)
	gemma.NormsPerLayer, gemma.QKNorm, gemma.Tied = 4, true, true
	gemma.Window = Window{Size: 1024, Layers: 52}
	gptj := gpt(28, 4096, 16, 50400, 0)
	gptj.Tied, gptj.AttnBias, gptj.HeadBias, gptj.ParallelBlock = false, false, true, true
	headBias := gptj
	headBias.Tied = true
	lite := deepseekV3()
	lite.MLA.QRank = 0
	return map[string]Arch{
		"gpt2": gpt(12, 768, 12, 50257, 1024), "bloom": bloom(), "palm": palm(), "llama2-70b": llama(80, 8192, 64, 8, 28672, 32000),
		"llama2-7b": llama(32, 4096, 32, 32, 11008, 32000), "mixtral": mixtral(), "qwen3-30b": qwen, "maverick": maverick,
		"deepseek-v3": deepseekV3(), "deepseek-lite": lite, "gpt-oss-20b": gptOSS(24, 32), "whisper": whisper(32, 1280),
		"qwen2": qwen2, "gemma3-27b": gemma, "gpt-j": gptj, "tied-head-bias": headBias, "nemotron-nano-9b": nemotronNano(56, 27, 4, 4480, 15680), "dense-3b": Dense(3e9), "dense-1t": Dense(1e12),
	}
}
