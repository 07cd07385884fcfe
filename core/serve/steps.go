package serve

import (
	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// Steps writes how the serving figures follow into the book. The model's
// params_active_head, kv_bytes_per_token and the reader's fields must be in it.
func Steps(b *derivation.Book, in *Inputs, out *Result) {
	let := func(name, symbol, label string, kind unit.Kind, v float64, source, note string) {
		if _, known := b.Var(name); !known {
			o := derivation.Constant
			if source == "" {
				o = derivation.Computed
			}
			b.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v, Origin: o, Source: source, Note: note})
		}
	}
	step := func(name, symbol, label string, kind unit.Kind, v float64, expr, says, ignores string) {
		b.Step(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v}, expr, says, ignores)
	}
	const fit = "flopbook-serving-fit"
	let("serve_weight_bytes", "W_b", "weights of one copy", unit.ByteCount, in.WeightBytes, "", "")
	let("serve_params", "N_s", "parameters multiplied per token", unit.ParamCount, in.ParamsActive, "", "output head included")
	let("serve_layers", "L", "layers", unit.Count, in.Layers, "", "")
	let("serve_width", "d", "width", unit.Count, in.Width, "", "")
	let("serve_attn_width", "d_a", "heads x head width", unit.Count, in.AttnWidth, "", "")
	let("serve_kv", "m_{kv}", "KV cache per token at the mean context", unit.BytesPerToken, in.KVPerToken, "", "")
	let("serve_kv_full", "m_{kv}^{full}", "KV cache per token at the full context", unit.BytesPerToken, in.KVFull, "", "")
	let("serve_peak", "P_s", "dense peak for serving", unit.FLOPRate, in.Peak, "", "")
	let("serve_bandwidth", "BW", "memory bandwidth", unit.ByteRate, in.Bandwidth, "", "")
	let("serve_memory", "M_s", "memory of one GPU", unit.ByteCount, in.Memory, "", "")
	let("serve_link", "BW_l", "link between GPUs, one way", unit.ByteRate, in.Link, "", "")
	let("serve_server_power", "W_s", "server power per GPU at full load", unit.Power, in.ServerW, "", "")
	let("eff_matmul", "\\eta_f", "share of peak reached in decode", unit.Fraction, in.Eff.Matmul, fit, "fitted, trades against the other constants")
	let("eff_prefill", "\\eta_p", "share of peak reached in prefill", unit.Fraction, in.Eff.Prefill, fit, "")
	let("eff_memory", "\\eta_m", "share of bandwidth reached", unit.Fraction, in.Eff.Memory, fit, "fitted; trades against the time per step")
	let("eff_kv", "\\eta_k", "share of bandwidth reached in the KV cache", unit.Fraction, in.Eff.KV, fit, "")
	let("eff_usable", "u", "usable share of memory", unit.Fraction, in.Eff.Usable, fit, "")
	let("eff_reserve", "R", "memory kept for the runtime", unit.ByteCount, in.Eff.Reserve, fit, "")
	let("eff_step", "c_0", "fixed time of a step", unit.Time, in.Eff.StepTime, fit, "scheduler, launches, sampling")
	let("eff_seq", "c_s", "time per running answer", unit.Time, in.Eff.PerSeq, fit, "")
	let("eff_allreduce", "\\alpha", "time of one exchange between GPUs", unit.Time, in.Eff.AllReduce, fit, "")
	let("eff_link", "\\eta_l", "share of the link reached", unit.Fraction, in.Eff.LinkShare, fit, "")
	let("eff_slow", "\\sigma", "slow-down of this family against the fit's own", unit.None, in.Eff.Slow, fit, "")
	let("eff_batch_limit", "B_{max}", "most answers at once", unit.Count, in.Eff.BatchLimit, fit, "")
	let("power_busy", "p_b", "share of server power while answering", unit.Fraction, in.Eff.PowerBusy, "flopbook-assumption", "0.5 to 0.6 of the server rating")
	let("power_idle", "p_i", "share of server power while waiting", unit.Fraction, in.Eff.PowerIdle, "flopbook-assumption", "H100 idle 70 to 120 W of 700; the server's own draw stays")
	let("serve_gpus", "n_s", "GPUs of one copy", unit.Count, out.GPUs, "", "the smallest power of two whose memory the weights fill to at most 80 %")

	step("serve_usable", "M_u", "memory of one copy", unit.ByteCount, out.Usable, "serve_gpus * (serve_memory * eff_usable - eff_reserve)", "What the GPUs of one copy have for weights and running answers.", "")
	step("serve_context", "c", "tokens held per running answer", unit.Count, out.Context, "tokens_in + tokens_out / 2", "On average half of the answer is written.", "the spread of lengths; long answers weigh more")
	if in.KVFull > 0 {
		step("batch_memory", "B_m", "answers that memory holds", unit.None, out.BatchMemory, "(serve_usable - serve_weight_bytes) / (serve_kv_full * (tokens_in + tokens_out))", "Memory left after the weights, over the cache of one whole answer.", "sharing of common prompts")
	} else {
		let("batch_memory", "B_m", "answers that memory holds", unit.None, out.BatchMemory, "", "no cache: the engine's limit")
	}
	step("prefill_flops", "F_p", "arithmetic of one question", unit.FLOPs, out.PrefillFLOP, "2 * serve_params * tokens_in + 2 * serve_layers * serve_attn_width * tokens_in^2", "Two operations per parameter and token, and attention back over the question (causal).", "output head counted for every token; engines need it once")
	step("t_prefill", "t_p", "time to read one question", unit.Time, out.TPrefill, "eff_slow * prefill_flops / (serve_gpus * serve_peak * eff_prefill)", "Arithmetic over the speed really reached.", "queueing, cached prompts")
	switch {
	case out.PaceCapped:
		let("batch_pace", "B_t", "answers at which the pace is just held", unit.None, out.BatchPace, fit, "the engine's limit comes first")
	case out.TooSlow:
		let("batch_pace", "B_t", "answers at which the pace is just held", unit.None, out.BatchPace, fit, "even one answer is slower than the pace asked for")
	default:
		read := "serve_weight_bytes"
		if in.Experts > 0 && in.TopK < in.Experts {
			read = "(serve_weight_bytes - serve_expert_bytes * (1 - serve_top_k / serve_experts)^batch_pace)"
		}
		link := ""
		if out.TLink > 0 {
			link = " + 2 * serve_layers * (eff_allreduce + 2 * (serve_gpus - 1) / serve_gpus * batch_pace * serve_width * 2 / (serve_link * eff_link))"
		}
		if in.Experts > 0 {
			expertLets(let, in)
		}
		b.Step(derivation.Var{Name: "batch_pace", Symbol: "B_t", Label: "answers at which the pace is just held", Kind: unit.None, Value: out.BatchPace, Origin: derivation.Solved},
			"tpot_limit = eff_slow * (max("+read+" / (serve_gpus * serve_bandwidth * eff_memory), 2 * serve_params * batch_pace / (serve_gpus * serve_peak * eff_matmul)) + batch_pace * serve_context * serve_kv / (serve_gpus * serve_bandwidth * eff_kv)"+link+" + eff_step + eff_seq * batch_pace) + batch_pace / tokens_out * t_prefill",
			"The number of answers at which one step takes just as long as the slowest pace allows.", "")
	}
	step("serve_batch", "B_s", "answers written at once", unit.None, out.Batch, "max(1, floor(min(batch_memory, batch_pace)))", "The smaller of what memory holds and what the pace allows.", "")
	if in.Experts > 0 && in.TopK < in.Experts {
		expertLets(let, in)
		step("experts_touched", "x", "share of the experts that a step reads", unit.Fraction, out.Touched, "1 - (1 - serve_top_k / serve_experts)^serve_batch", "Each answer picks its own experts; together they touch most of them.", "routing that is not even")
		step("t_weights", "t_w", "reading the weights", unit.Time, out.TWeights, "(serve_weight_bytes - serve_expert_bytes + serve_expert_bytes * experts_touched) / (serve_gpus * serve_bandwidth * eff_memory)", "All weights in use are read once per step.", "")
	} else {
		step("t_weights", "t_w", "reading the weights", unit.Time, out.TWeights, "serve_weight_bytes / (serve_gpus * serve_bandwidth * eff_memory)", "All weights are read once per step.", "")
	}
	step("t_matmul", "t_f", "multiplying", unit.Time, out.TMatmul, "2 * serve_params * serve_batch / (serve_gpus * serve_peak * eff_matmul)", "Two operations per parameter and answer.", "")
	step("t_kv", "t_k", "reading the KV cache", unit.Time, out.TKV, "serve_batch * serve_context * serve_kv / (serve_gpus * serve_bandwidth * eff_kv)", "Each answer reads back what it holds.", "")
	if out.TLink > 0 {
		step("t_link", "t_l", "exchange between GPUs", unit.Time, out.TLink, "2 * serve_layers * (eff_allreduce + 2 * (serve_gpus - 1) / serve_gpus * serve_batch * serve_width * 2 / (serve_link * eff_link))", "Two exchanges (all-reduces) per layer.", "links between servers, which are slower")
	} else {
		let("t_link", "t_l", "exchange between GPUs", unit.Time, 0, fit, "one GPU, nothing to exchange")
	}
	step("t_step", "t_s", "one decode step", unit.Time, out.TStep, "eff_slow * (max(t_weights, t_matmul) + t_kv + t_link + eff_step + eff_seq * serve_batch)", "The slower of reading and multiplying, then the cache, the links and fixed costs.", "")
	step("tpot", "t_o", "time per token", unit.Time, out.TPOT, "t_step + serve_batch / tokens_out * t_prefill", "A step, and the share of others' questions that are read in between (continuous batching).", "tail latency")
	step("ttft", "t_1", "wait for the first token", unit.Time, out.TTFT, "t_prefill + t_step", "Read the question, then one step.", "queueing, network")
	step("out_rate", "r_s", "answer tokens per second of one copy", unit.TokenRate, out.OutRate, "serve_batch / tpot", "", "")
	step("output_tokens_per_s_per_gpu", "r", "answer tokens per second and GPU", unit.TokenRate, out.OutPerGPU, "out_rate / serve_gpus", "", "")
	step("usd_per_mtok_out", "p", "cost of a million answer tokens", unit.USDPerMTok, out.USDPerMTok, "serve_price / 3600 / (output_tokens_per_s_per_gpu * busy) * 1e6", "Rent per second over tokens per second, divided by the share of time that the machine is busy.", "staff, network, margin")
	step("serve_power", "W_a", "mean power per GPU", unit.Power, out.WPerGPU, "serve_server_power * (busy * power_busy + (1 - busy) * power_idle)", "Waiting machines draw power too.", "")
	step("wh_per_mtok_out", "e", "energy of a million answer tokens", unit.WhPerMTok, out.WhPerMTok, "serve_power * pue / 3600 / (output_tokens_per_s_per_gpu * busy) * 1e6", "With the building's overhead.", "")
	step("questions_per_day", "q", "questions a day", unit.PerDay, in.PerDay, "people * questions", "", "")
	step("answer_tokens_per_s", "r_d", "answer tokens asked for per second", unit.TokenRate, out.TokensPerS, "questions_per_day * tokens_out / 86400", "Spread over the whole day.", "")
	if in.PerDay > 0 {
		step("replicas", "r_n", "copies of the model", unit.Count, out.Replicas, "max(1, ceil(answer_tokens_per_s / (out_rate * busy)))", "Whole copies, filled to the busy share on average so that the peak fits.", "")
	} else {
		let("replicas", "r_n", "copies of the model", unit.Count, 0, "", "nobody asks")
	}
	step("serve_gpus_all", "n_f", "GPUs that answer", unit.Count, out.FleetGPUs, "replicas * serve_gpus", "", "")
	step("serve_cost_per_day", "k", "serving, a day", unit.Money, out.CostPerDay, "serve_gpus_all * 24 * serve_price", "The fleet is rented all day.", "staff, network, storage")
	step("serve_energy_per_day", "e_d", "serving energy, a day", unit.Energy, out.EnergyDay, "serve_gpus_all * serve_power * pue * 86400", "", "")
	if in.PerDay > 0 {
		step("cost_per_query", "k_q", "cost of a question", unit.Money, out.CostPerQ, "serve_cost_per_day / questions_per_day", "", "")
		step("energy_per_query", "e_q", "energy of a question", unit.Energy, out.EnergyPerQ, "serve_energy_per_day / questions_per_day", "", "")
	}
}

func expertLets(let func(name, symbol, label string, kind unit.Kind, v float64, source, note string), in *Inputs) {
	let("serve_expert_bytes", "W_e", "weights in routed experts", unit.ByteCount, in.ExpertBytes, "", "")
	let("serve_experts", "E", "experts", unit.Count, in.Experts, "", "")
	let("serve_top_k", "k", "experts used per token", unit.Count, in.TopK, "", "")
}
