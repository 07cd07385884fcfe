package model

import (
	"math"
	"testing"

	"flopbook/core/unit"
)

func count(a Arch) *Counts {
	var c Counts
	a.Count(&c)
	return &c
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Abs(want)) {
		t.Errorf("%s: %.10g, published %.10g (off by %+.3g)", what, got, want, got/want-1)
	}
}

// Exact numbers of parameters, as the Hugging Face hub counts the files.
func TestParametersExactlyAsPublished(t *testing.T) {
	for _, r := range []struct {
		name string
		a    Arch
		want float64
	}{
		{"GPT-2", gpt(12, 768, 12, 50257, 1024), 124_439_808},
		{"BLOOM", bloom(), 176_247_271_424},
		{"Llama 2 7B", llama(32, 4096, 32, 32, 11008, 32000), 6_738_415_616},
		{"Llama 2 13B", llama(40, 5120, 40, 40, 13824, 32000), 13_015_864_320},
		{"Llama 2 70B", llama(80, 8192, 64, 8, 28672, 32000), 68_976_648_192},
		{"Llama 3 8B", llama(32, 4096, 32, 8, 14336, 128256), 8_030_261_248},
		{"Llama 3 70B", llama(80, 8192, 64, 8, 28672, 128256), 70_553_706_496},
		{"Llama 3.1 405B", llama(126, 16384, 128, 8, 53248, 128256), 405_853_388_800},
		{"Mistral 7B", llama(32, 4096, 32, 8, 14336, 32000), 7_241_732_096},
		{"Qwen3 0.6B", qwen3(28, 1024, 16, 3072, true), 596_049_920},
		{"Qwen3 1.7B", qwen3(28, 2048, 16, 6144, true), 1_720_574_976},
		{"Qwen3 4B", qwen3(36, 2560, 32, 9728, true), 4_022_468_096},
		{"Qwen3 8B", qwen3(36, 4096, 32, 12288, false), 8_190_735_360},
		{"Qwen3 14B", qwen3(40, 5120, 40, 17408, false), 14_768_307_200},
		{"Qwen3 32B", qwen3(64, 5120, 64, 25600, false), 32_762_123_264},
		{"Nemotron Nano 9B v2", shapes()["nemotron-nano-9b"], 8_888_227_328},
		// Qwen2-7B has biases on query, key and value only.
		{"Qwen2 7B", shapes()["qwen2"], 7_615_616_512},
	} {
		if got := count(r.a).Total; got != r.want {
			t.Errorf("%s: %.0f parameters, published %.0f (%+.0f)", r.name, got, r.want, got-r.want)
		}
	}
}

// Numbers that papers and model cards round.
func TestParametersAsRoundedByTheirPublishers(t *testing.T) {
	scout := llama(48, 5120, 40, 8, 0, 202048)
	scout.MoE = MoE{Layers: 48, Experts: 16, TopK: 1, ExpertFF: 8192, SharedExperts: 1}
	qwen235 := shapes()["qwen3-30b"]
	qwen235.Layers, qwen235.Width, qwen235.Heads = 94, 4096, 64
	qwen235.MoE = MoE{Layers: 94, Experts: 128, TopK: 8, ExpertFF: 1536}
	kimi := deepseekV3()
	kimi.Heads, kimi.Vocab, kimi.MoE.Layers, kimi.MoE.Experts = 64, 163840, 60, 384
	for _, r := range []struct {
		name          string
		a             Arch
		total, active float64
		by            Convention
		tol           float64
	}{
		{"GPT-3 (arXiv 2005.14165, table 2.1)", gpt(96, 12288, 96, 50257, 2048), 175e9, 175e9, WithEmbeddings, 0.005},
		{"PaLM 540B (arXiv 2204.02311)", palm(), 540.35e9, 540.35e9, WithEmbeddings, 1e-4},
		{"Mixtral 8x7B (arXiv 2401.04088)", mixtral(), 46.7e9, 12.9e9, WithEmbeddings, 0.002},
		{"Qwen3 30B-A3B (arXiv 2505.09388)", shapes()["qwen3-30b"], 30.53e9, 3.35e9, WithEmbeddings, 0.002},
		{"Qwen3 235B-A22B (arXiv 2505.09388)", qwen235, 235.09e9, 22.19e9, WithEmbeddings, 0.002},
		{"DeepSeek-V3 (arXiv 2412.19437: 671B, 37B)", deepseekV3(), 671.03e9, 37.55e9, WithEmbeddings, 1e-4},
		{"DeepSeek-V3, README_WEIGHTS 36.7B without the input table", deepseekV3(), 671e9, 36.7e9, WithoutInput, 0.003},
		{"DeepSeek-V2 (arXiv 2405.04434: 236B, 21B)", deepseekV2(), 235.74e9, 21.38e9, WithEmbeddings, 2.4e-4},
		{"gpt-oss-120b (model card, table 1)", gptOSS(36, 128), 116.83e9, 5.13e9, WithoutInput, 0.001},
		{"gpt-oss-20b (model card, table 1)", gptOSS(24, 32), 20.91e9, 3.61e9, WithoutInput, 0.001},
		{"Llama 4 Maverick, text part", shapes()["maverick"], 400.7e9, 17.17e9, WithEmbeddings, 0.001},
		{"Llama 4 Scout, text part", scout, 107.77e9, 17.17e9, WithEmbeddings, 0.001},
		{"Kimi K2 (1.03T, 32.9B)", kimi, 1.026e12, 32.9e9, WithEmbeddings, 0.002},
		{"Gemma 3 27B, text part (arXiv 2503.19786: 25,600M + 1,416M)", shapes()["gemma3-27b"], 27.016e9, 27.016e9, WithEmbeddings, 0.002},
		// arXiv 2508.14444 and the model cards: 12.31B and 8.89B, to their last digit.
		{"Nemotron Nano 12B v2", nemotronNano(62, 28, 6, 5120, 20480), 12.31e9, 12.31e9, WithEmbeddings, 0.005 / 12.31},
		{"Nemotron Nano 9B v2", shapes()["nemotron-nano-9b"], 8.89e9, 8.89e9, WithEmbeddings, 0.005 / 8.89},
		// README of openai/whisper: 39, 74, 244, 769 and 1550 million.
		{"Whisper tiny", whisper(4, 384), 39e6, 39e6, WithEmbeddings, 0.04},
		{"Whisper base", whisper(6, 512), 74e6, 74e6, WithEmbeddings, 0.03},
		{"Whisper small", whisper(12, 768), 244e6, 244e6, WithEmbeddings, 0.01},
		{"Whisper medium", whisper(24, 1024), 769e6, 769e6, WithEmbeddings, 0.01},
		{"Whisper large", whisper(32, 1280), 1550e6, 1550e6, WithEmbeddings, 0.01},
	} {
		if p := r.a.Check(); p != nil {
			t.Errorf("%s: %v", r.name, p[0])
		}
		c := count(r.a)
		near(t, r.name+", total", c.Total, r.total, r.tol)
		near(t, r.name+", active", c.Active[r.by], r.active, r.tol)
	}
}

// arXiv 2005.14165, table D.1: 3.14e23 FLOP for 174.6B parameters and 300B tokens.
func TestGPT3TrainingIs314ZettaFLOPBySixND(t *testing.T) {
	near(t, "GPT-3", float64(SixND(unit.Params(count(gpt(96, 12288, 96, 50257, 2048)).Total), 300e9)), 3.14e23, 0.01)
}

// arXiv 2407.21783: 3.8e25 FLOP for 405B parameters and 15.6T tokens.
func TestLlama405BTrainingIs38YottaFLOP(t *testing.T) {
	near(t, "Llama 3.1 405B", float64(SixND(unit.Params(count(llama(126, 16384, 128, 8, 53248, 128256)).Total), 15.6e12)), 3.8e25, 0.01)
}

// A calculator counts attention over the full square at 8,192 tokens and
// arrives at 4.10e25, 8 % above Meta's 3.8e25. A causal model computes half of
// that square: 6·(405.85e9 - 2.10e9) + 6·126·16384·8192 FLOP per token, 3.94e25.
func TestLlama405BCountedWorkIsNot41e25(t *testing.T) {
	a := llama(126, 16384, 128, 8, 53248, 128256)
	c := count(a)
	var causal, full Flops
	a.Flops(c, 8192, Causal, RecomputeNone, &causal)
	a.Flops(c, 8192, FullSquare, RecomputeNone, &full)
	near(t, "causal", causal.Train*15.6e12, 3.94e25, 0.002)
	near(t, "full square", full.Train*15.6e12, 4.10e25, 0.002)
	if got := causal.Attention * 2; math.Abs(got/full.Attention-1) > 1e-12 {
		t.Errorf("causal attention is not half of the square: %g, %g", causal.Attention, full.Attention)
	}
}

// A page answers "84 quintillion FLOPs" (8.4e19) for 7B parameters and 2T
// tokens; it is 8.4e22.
func TestSevenBillionTimesTwoTrillionIs84ZettaFLOP(t *testing.T) {
	near(t, "7B x 2T", float64(SixND(7e9, 2e12)), 8.4e22, 1e-12)
}

// Two pages say that LoRA saves 95 to 99 % of the work. The forward pass and
// the gradient through the frozen weights remain: a third is saved.
func TestLoRASavesAThirdOfTheWorkNot95Percent(t *testing.T) {
	saved := 1 - float64(RuleFLOPs(LoRAPerParam, 7e9, 1e9))/float64(SixND(7e9, 1e9))
	near(t, "saved share", saved, 1.0/3, 1e-12)
}

// Published calculators answer 1.25, 5, 10, 20, 104 and 107 GiB to this
// question: they count 64 heads where the cache has 8, or a share of the weights.
func TestLlama2_70BCacheIs1250MiBNot5To107GiB(t *testing.T) {
	a := llama(80, 8192, 64, 8, 28672, 32000)
	if got := a.KVBytesPerToken(2); got != 327_680 {
		t.Errorf("per token: %g bytes, want 327,680", got)
	}
	if got := float64(a.KVBytes(4096, 2)) / (1 << 30); got != 1.25 {
		t.Errorf("4,096 tokens: %g GiB, want 1.25", got)
	}
}

// A calculator takes latent attention for 128 separate heads (4 MB a token);
// DeepSeek-V3 caches 70,272 bytes (arXiv 2505.09343, table 1).
func TestDeepSeekCacheIs70KBNot128Heads(t *testing.T) {
	a := deepseekV3()
	if got := a.KVBytesPerToken(2); got != 70_272 {
		t.Errorf("%g bytes a token", got)
	}
	// IG062, arithmetic intensity of absorbed decoding: 241.8 FLOP per cached byte.
	near(t, "intensity", a.KVIntensity(2), 241.8, 0.001)
	g := llama(80, 8192, 64, 8, 28672, 32000)
	near(t, "intensity of GQA-8", g.KVIntensity(2), 8, 1e-12)
	if a.KVShards(8) != 1 || g.KVShards(4) != 4 || g.KVShards(16) != 8 {
		t.Error("shards of the cache")
	}
}

// Rows IG001 to IG010 of the inference golden table.
func TestCachePerTokenAsPublished(t *testing.T) {
	for _, r := range []struct {
		name string
		a    Arch
		elem unit.Bytes
		want unit.Bytes
	}{
		{"Llama 3 70B, INT8 (scaling book)", llama(80, 8192, 64, 8, 28672, 128256), 1, 163_840},
		{"Llama 2 7B", llama(32, 4096, 32, 32, 11008, 32000), 2, 524_288},
		{"Llama 3.1 405B (arXiv 2505.09343)", llama(126, 16384, 128, 8, 53248, 128256), 2, 516_096},
		{"PaLM 540B", palm(), 2, 120_832},
	} {
		if got := r.a.KVBytesPerToken(r.elem); got != r.want {
			t.Errorf("%s: %g, published %g", r.name, got, r.want)
		}
	}
	llama3 := llama(80, 8192, 64, 8, 28672, 128256)
	near(t, "32k tokens of Llama 3 70B in INT8 (scaling book: 5.3 GB)", float64(llama3.KVBytes(32768, 1)), 5.3e9, 0.02)

	// arXiv 2405.04434: the cache is 93.3 % smaller than DeepSeek 67B's, with 6-bit elements.
	v2, dense := deepseekV2(), llama(95, 8192, 64, 8, 22016, 102400)
	near(t, "DeepSeek-V2 against 67B", 1-float64(v2.KVBytesPerToken(0.75)/dense.KVBytesPerToken(2)), 0.933, 0.002)
}

// A window bounds what local layers hold: half of gpt-oss-120b's 36 layers see 128 tokens.
func TestWindowedLayersHoldTheirWindowOnly(t *testing.T) {
	a := gptOSS(36, 128)
	if got := a.KVBytesPerToken(2); got != 73_728 {
		t.Errorf("per token %g", got)
	}
	if got, want := a.KVBytes(131072, 2), unit.Bytes(18*(131072+128)*2*8*64*2); got != want {
		t.Errorf("131,072 tokens: %g, want %g", got, want)
	}
	if a.KVBytes(100, 2) != 100*a.KVBytesPerToken(2) {
		t.Error("below the window every layer grows")
	}
}

// A calculator sizes a mixture of experts by its active parameters. All
// experts must be in memory: Mixtral in 16 bits is 93.4 GB, not 26.
func TestMixtralNeedsMemoryForAllExperts(t *testing.T) {
	a := mixtral()
	bf16, _ := FindFormat("bf16")
	near(t, "Mixtral, 16-bit", float64(a.WeightBytes(count(a), bf16)), 2*46.7e9, 0.002)
}

// openai/gpt-oss README: the checkpoint of gpt-oss-120b is 60.8 GiB, of 20b 12.8 GiB (MXFP4 experts).
func TestGptOssCheckpointSizes(t *testing.T) {
	f, _ := FindFormat("mxfp4-experts")
	for _, r := range []struct {
		a   Arch
		gib float64
	}{{gptOSS(36, 128), 60.8}, {gptOSS(24, 32), 12.8}} {
		near(t, "checkpoint", float64(r.a.WeightBytes(count(r.a), f))/(1<<30), r.gib, 0.005)
	}
}

// Bytes per parameter before activations: 16 with 16-bit gradients, 18 with
// 32-bit ones. Calculators answer 6, 8, 10 and 14: they forget gradients or the
// 32-bit copy.
func TestMixedAdamTakes16Or18BytesNot6To14(t *testing.T) {
	for name, want := range map[string]unit.Bytes{"adam-mixed": 16, "adam-mixed-fp32-grads": 18, "adam-fp32": 16, "adam-bf16": 8, "adam-16bit-finetune": 12, "adam-8bit": 6, "adam-8bit-master": 12, "sgd": 8, "sgd-master": 14, "muon": 14, "adafactor": 8, "lion": 8} {
		r, p := FindRecipe(name)
		if p != nil || r.PerParam() != want {
			t.Errorf("%s: %v, %v bytes, want %v", name, p, r.PerParam(), want)
		}
	}
}

// arXiv 1910.02054, figure 1: 7.5B parameters, 64 GPUs: 120, 31.4, 16.6, 1.88 GB.
func TestZeROFigure1(t *testing.T) {
	r, _ := FindRecipe("adam-mixed")
	for stage, want := range []float64{120, 31.4, 16.6, 1.88} {
		near(t, "ZeRO", float64(ZeROBytes(7.5e9, r, stage, 64))/1e9, want, 0.005)
	}
}

// NVIDIA/Megatron-LM theoretical_memory_usage.py: 6 + 12/dp bytes.
func TestMegatronDistributedOptimizer(t *testing.T) {
	r, _ := FindRecipe("adam-mixed-fp32-grads")
	if got := ZeROBytes(1, r, 1, 64); got != 6.1875 {
		t.Errorf("%v bytes a parameter, want 6.1875", got)
	}
}

// arXiv 2305.14314: 16-bit fine-tuning of 65B takes more than 780 GB. Double
// quantisation takes 0.127 bits a weight.
func TestQLoRA(t *testing.T) {
	near(t, "bits", DoubleQuantBits(64, 256), 0.127, 0.001)
	a := llama(80, 8192, 64, 64, 22016, 32000) // LLaMA 65B
	c := count(a)
	near(t, "LLaMA 65B", c.Total, 65.2e9, 0.002)
	r, _ := FindRecipe("adam-16bit-finetune")
	near(t, "16-bit fine-tuning", c.Total*float64(r.PerParam()), 780e9, 0.01)
}

// arXiv 2106.09685, table 4 and section 4.2: rank 8 on query and value is
// 37.7M parameters, rank 1 4.7M; the checkpoint falls from 350 GB to 35 MB (rank 4).
func TestLoRAOfGPT3(t *testing.T) {
	a := gpt(96, 12288, 96, 50257, 2048)
	for rank, want := range map[int]float64{8: 37.7e6, 1: 4.7e6} {
		l := LoRA{Rank: rank, Targets: TargetQ | TargetV}
		near(t, "LoRA", float64(l.Params(&a)), want, 0.005)
	}
	four := LoRA{Rank: 4, Targets: TargetQ | TargetV}
	near(t, "checkpoint of rank 4, MB", 2*float64(four.Params(&a))/1e6, 35, 0.1)
}

// arXiv 2205.05198, table 2 with GPT-3's shape, in bytes over s·b·h.
func TestKorthikantiTable2(t *testing.T) {
	for _, r := range []struct {
		tp    int
		sp    bool
		again Recompute
		want  float64
	}{{1, false, RecomputeNone, 114}, {8, false, RecomputeNone, 23}, {8, true, RecomputeNone, 14.25}, {8, true, RecomputeSelective, 4.25}, {1, false, RecomputeFull, 2}, {8, true, RecomputeFull, 0.25}} {
		if got := KorthikantiLayer(2048, 12288, 96, r.tp, r.sp, r.again); got != r.want {
			t.Errorf("t=%d sp=%v %v: %v, want %v", r.tp, r.sp, r.again, got, r.want)
		}
	}
	near(t, "saved, GPT-3", SelectiveSaving(2048, 12288, 96), 0.70, 0.01)
	near(t, "saved, MT-NLG", SelectiveSaving(2048, 20480, 128), 0.65, 0.01)
	near(t, "Megatron's form equals the paper's for a 4h MLP", MegatronLayer(12288, 4*12288, 8), 4.25, 1e-12)
}

// arXiv 2204.02311, appendix B: 46.2 % MFU at 238.3K tokens/s on 6,144 TPU v4.
func TestPaLMUtilisation(t *testing.T) {
	per := PaLMFLOPsPerToken(540.35e9, 118, 48, 256, 2048)
	near(t, "MFU", MFU(unit.FLOPPerSec(238_300*float64(per)), 6144*275e12), 0.462, 0.005)
}

// arXiv 2205.05198, table 5: MFU and HFU of 22B, 175B, 530B and 1T.
func TestKorthikantiTable5(t *testing.T) {
	for _, r := range []struct{ batch, layers, hidden, gpus, secs, mfu, hfu float64 }{
		{4, 48, 6144, 8, 1.10, .415, .437}, {64, 96, 12288, 64, 13.75, .514, .528}, {280, 105, 20480, 280, 37.83, .560, .570}, {512, 128, 25600, 512, 71.49, .563, .570},
	} {
		peak := unit.FLOPPerSec(r.gpus * 312e12)
		near(t, "MFU", MFU(unit.FLOPPerSec(float64(MegatronFLOPs(r.batch, 2048, r.layers, r.hidden, 51200))/r.secs), peak), r.mfu, 0.006)
		near(t, "HFU", MFU(unit.FLOPPerSec(float64(MegatronSelectiveFLOPs(r.batch, 2048, r.layers, r.hidden, 51200))/r.secs), peak), r.hfu, 0.006)
		// The counted form agrees with the paper's closed one.
		a := gpt(int(r.layers), int(r.hidden), int(r.hidden)/128, 51200, 0)
		var f Flops
		a.Flops(count(a), 2048, FullSquare, RecomputeNone, &f)
		near(t, "counted", f.Train*r.batch*2048, float64(MegatronFLOPs(r.batch, 2048, r.layers, r.hidden, 51200)), 1e-12)
	}
}

// Full recomputation costs 8ND where 6ND is useful, so HFU is 4/3 of MFU but
// for the output matrix (arXiv 2104.04473).
func TestFullRecomputationIsAThirdMore(t *testing.T) {
	a := gpt(96, 12288, 96, 51200, 2048)
	var f Flops
	a.Flops(count(a), 2048, FullSquare, RecomputeFull, &f)
	near(t, "HFU/MFU", f.HFU(0.3)/0.3, 4.0/3, 0.002)
	near(t, "and back", f.MFUFromHFU(f.HFU(0.3)), 0.3, 1e-12)
}

// The rule 6N and the count agree closely for short sequences.
func TestCountedFlopsAgainstSixN(t *testing.T) {
	for name, a := range map[string]Arch{"Llama 2 7B": llama(32, 4096, 32, 32, 11008, 32000), "DeepSeek-V3": deepseekV3(), "gpt-oss": gptOSS(36, 128)} {
		c := count(a)
		var f Flops
		a.Flops(c, 1, Causal, RecomputeNone, &f)
		near(t, name, f.Train, 6*c.Active[WithoutInput], 0.002)
	}
}

// A calculator gives top-1 and top-2 the same work.
func TestTopTwoCostsMoreThanTopOne(t *testing.T) {
	one, two := mixtral(), mixtral()
	one.MoE.TopK = 1
	var f1, f2 Flops
	one.Flops(count(one), 4096, Causal, RecomputeNone, &f1)
	two.Flops(count(two), 4096, Causal, RecomputeNone, &f2)
	near(t, "second expert, forward", f2.Forward-f1.Forward, 2*32*3*4096*14336, 1e-12)
}

// Attention work follows query heads; a calculator uses the key-value heads.
func TestAttentionWorkFollowsQueryHeads(t *testing.T) {
	gqa, mha := llama(80, 8192, 64, 8, 28672, 32000), llama(80, 8192, 64, 64, 28672, 32000)
	var f, g Flops
	gqa.Flops(count(gqa), 4096, Causal, RecomputeNone, &f)
	mha.Flops(count(mha), 4096, Causal, RecomputeNone, &g)
	if f.Attention != g.Attention {
		t.Errorf("%g with 8 key-value heads, %g with 64", f.Attention, g.Attention)
	}
}

// Decode and prefill agree: the attention of a causal prefill of S tokens is
// the sum of decoding each, S²/2 in the limit; a cached prefix saves the rest.
func TestPrefillAndDecodeAgree(t *testing.T) {
	for _, a := range []Arch{llama(32, 4096, 32, 8, 14336, 128256), gptOSS(36, 128), shapes()["nemotron-nano-9b"]} {
		c := count(a)
		var sum float64
		const s = 2000
		for i := range s {
			sum += float64(a.DecodeFLOPs(c, float64(i)+0.5)) - 2*c.HeadMatmul
		}
		sum += 2 * c.HeadMatmul
		near(t, "prefill", float64(a.PrefillFLOPs(c, s, 0)), sum, 1e-5)
		half := float64(a.PrefillFLOPs(c, s, s/2))
		near(t, "prefix saved", float64(a.PrefillFLOPs(c, s, 0))-half, float64(a.PrefillFLOPs(c, s/2, 0))-2*c.HeadMatmul, 1e-9)
	}
}

// Of Nemotron Nano 9B's 56 layers only four keep keys and values, 16 KiB a token
// in 16 bits; vLLM keeps the state of the 27 recurrent ones in 32 bits as 128
// heads of 80 by 128, and the convolution's last three inputs of 12,288 channels
// in 16, whatever the text's length.
func TestRecurrentLayersHoldAStateOfFixedSize(t *testing.T) {
	a := shapes()["nemotron-nano-9b"]
	if got := a.KVBytesPerToken(2); got != 4*2*8*128*2 {
		t.Errorf("per token %g", got)
	}
	if got := a.StateBytes(); got != 27*(128*80*128*4+3*12288*2) {
		t.Errorf("state %g", got)
	}
	if more := a.KVBytes(2000, 2) - a.KVBytes(1000, 2); more != 1000*a.KVBytesPerToken(2) || a.KVBytes(0, 2) != unit.Bytes(a.StateBytes()) {
		t.Errorf("1,000 more tokens take %g bytes", more)
	}
}

// The 12B's model card: 1.45e24 FLOP for 20T tokens. Counted by matrices in
// sequences of 8,192 tokens it agrees to a unit of the last digit printed; the
// longer sequences at the end are not published by tokens.
func TestNemotronNanoTrainingAsOnItsCard(t *testing.T) {
	a := nemotronNano(62, 28, 6, 5120, 20480)
	var f Flops
	a.Flops(count(a), 8192, Causal, RecomputeNone, &f)
	near(t, "training", f.Train*20e12, 1.45e24, 0.01/1.45)
}

// "17.6 GFLOPs" of ViT-B/16 and "118.6 Gflops" of DiT-XL/2 (arXiv 2010.11929,
// 2212.09748) are multiply-adds; the FLOP are twice that.
// DiT-XL/2 has 675M parameters and takes 524.6 "GFLOPs" (multiply-adds) for a
// picture of 512 by 512 (Peebles and Xie 2022, tables 1 and 4); both follow from
// the shape that also serves and trains.
func TestDiffusionTransformer(t *testing.T) {
	a := Arch{Layers: 28, Width: 1152, Heads: 16, FF: 4608, Vocab: 1001, MLPMatrices: 2, AttnBias: true, MLPBias: true, Picture: Picture{Tokens: 1024, Cell: 16}}
	a.Fill()
	if p := a.Check(); p != nil {
		t.Fatal(p)
	}
	var c Counts
	a.Count(&c)
	near(t, "parameters", c.Total, 675e6, 0.001)
	var f Flops
	a.Flops(&c, 1024, FullSquare, RecomputeNone, &f)
	near(t, "multiply-adds of a picture", (1024*f.Forward+a.ModulationFLOPs())/2, 524.6e9, 0.001)
}

func TestVisionGFLOPsArePrintedAsMACs(t *testing.T) {
	vit := Vision{Layers: 12, Width: 768, Tokens: 197, Patch: 16, Channels: 3, Classes: 1000}
	near(t, "ViT-B/16", vit.MACs()/1e9, 17.56, 0.001)
	dit := Vision{Layers: 28, Width: 1152, Tokens: 256, Patch: 2, Channels: 4, Diffusion: true}
	near(t, "DiT-XL/2", dit.MACs()/1e9, 118.6, 0.001)
	if vit.TrainFLOPs(1) != unit.FLOP(6*vit.MACs()) {
		t.Error("training is three passes of two FLOP")
	}
}

// Whisper's encoder sees 1,500 positions however short the text.
func TestWhisperWork(t *testing.T) {
	a := whisper(32, 1280)
	c := count(a)
	var one, all Flops
	a.SequenceFlops(c, 1, Causal, RecomputeNone, &one)
	a.SequenceFlops(c, 448, Causal, RecomputeNone, &all)
	// 2·N·T for encoder and decoder apart, without positions and convolutions, which are below 2 %.
	encoder := 2 * 32 * (12 * 1280.0 * 1280) * 1500
	if one.Forward < encoder || one.Forward > 1.4*encoder {
		t.Errorf("one text token: %g, encoder's matrices alone %g", one.Forward, encoder)
	}
	decoder := 2 * (32*14*1280.0*1280 + 51865*1280) * 447
	if more := all.Forward - one.Forward; more < decoder || more > 1.2*decoder {
		t.Errorf("447 more text tokens: %g, decoder's matrices alone %g", more, decoder)
	}
}

// stas00/ml-engineering, fault tolerance: 14 bytes a parameter, 2.3 TB for BLOOM (read as TiB).
func TestCheckpointOfBLOOM(t *testing.T) {
	r, _ := FindRecipe("adam-mixed")
	near(t, "BLOOM", float64(CheckpointBytes(176.247e9, r))/1e9, 2.3*(1<<40)/1e9, 0.025)
}
