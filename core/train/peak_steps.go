package train

import (
	"strings"

	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/unit"
)

// peakWriter writes the steps of one peak.
type peakWriter struct {
	b  *derivation.Book
	in *PeakInputs
	l  *model.Layout
	p  *Peak
}

func (w *peakWriter) step(name, symbol, label string, kind unit.Kind, v float64, expr, says, ignores string) {
	w.b.Step(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v}, expr, says, ignores)
}

// let writes a figure of the model or the layout that the book may hold already.
func (w *peakWriter) let(name, symbol, label string, kind unit.Kind, v float64) {
	if old, ok := w.b.Var(name); ok && old.Value == v {
		return
	}
	w.b.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v, Origin: derivation.Computed})
}

// profile writes a figure of the training software.
func (w *peakWriter) profile(name, symbol, label string, kind unit.Kind, v float64) {
	note := w.in.Frame.Label
	if w.in.Frame.Fit != "" {
		note += ": " + w.in.Frame.Fit
	}
	w.b.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v, Origin: derivation.Constant, Source: w.in.Frame.Source, Note: note})
}

// recipe writes a figure of the optimizer's recipe.
func (w *peakWriter) recipe(name, symbol, label string, v float64) {
	w.b.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: unit.BytesPerParam, Value: v, Origin: derivation.Constant, Source: w.in.Recipe.Source})
}

// PeakSteps writes how each part of the peak follows: layers_stage,
// params_stage and params_stage_experts, the parts as bytes_NAME with the names
// of [Peak.Parts], and the names of those that are not zero as a sum, which is
// the peak. Shape, parameters and layout come first.
func (in *PeakInputs) PeakSteps(l *model.Layout, p *Peak, b *derivation.Book) (sum string) {
	w := &peakWriter{b, in, l, p}
	w.stage()
	w.states()
	switch p.Moment {
	case AtBackward:
		w.activations()
	case AtUpdate:
		w.update()
	case AtStart:
		w.step("bytes_gathered", "M_h", "the whole model, before it is cut", unit.ByteCount, p.Gathered, "weight_held_bytes * "+w.held("", ""), "Weights are loaded whole and then cut.", "")
	}
	w.around()
	var names []string
	p.Parts(func(name, _ string, _ float64) { names = append(names, "bytes_"+name) })
	return strings.Join(names, " + ")
}

// held is the parameters of the GPU, dense ones and experts, each with what
// follows it in the formula.
func (w *peakWriter) held(dense, experts string) string {
	if !w.in.Arch.IsMoE() {
		return "params_stage" + dense
	}
	return "(params_stage" + dense + " + params_stage_experts" + experts + ")"
}

// shared is held, cut over the copies from a ZeRO stage on.
func (w *peakWriter) shared(zero int) string {
	if w.l.ZeRO < zero {
		return w.held("", "")
	}
	return w.held(" / copies", " / expert_copies")
}

// place says which tables the fullest stage holds.
func (w *peakWriter) place() (first, last, twice bool) {
	switch pp := ways(w.l.PP); {
	case pp <= 1:
		return true, true, false
	case w.in.Pipeline >= PipeZBV:
		return true, w.in.Pipeline != PipeDualPipe, w.in.Pipeline == PipeDualPipe
	}
	return w.p.Stage == FirstStage, w.p.Stage == LastStage, false
}

// stage writes layers and parameters of the fullest stage.
func (w *peakWriter) stage() {
	in, l, p, a, c, f := w.in, w.l, w.p, w.in.Arch, w.in.Counts, w.in.Frame
	first, last, twice := w.place()
	switch {
	case ways(l.PP) <= 1:
		w.step("layers_stage", "L_s", "layers on one GPU", unit.Count, p.Layers, "layers", "Without a pipeline each GPU has a part of every layer.", "")
	case f.Balance || in.FirstLayers > 0 || in.LastLayers > 0:
		w.profile("layers_stage", "L_s", "layers of the fullest stage", unit.Count, p.Layers)
	case p.Layers < whole(float64(a.Layers)/ways(l.PP)):
		w.step("layers_stage", "L_s", "layers of the fullest stage", unit.Count, p.Layers, "ceil(layers / pp) - 1", "The layers are shared out among the stages; this one has one fewer, for the table that it holds.", "")
	default:
		w.step("layers_stage", "L_s", "layers of the fullest stage", unit.Count, p.Layers, "ceil(layers / pp)", "The layers are shared out among the stages.", "")
	}
	w.profile("vocab_multiple", "n_v", "rows of a table come in multiples of", unit.Count, f.VocabMultiple)
	tp := ways(l.TP)
	rows := float64(a.Vocab)
	if m := f.VocabMultiple * tp; m > 0 {
		rows = whole(rows/m) * m
	}
	w.step("vocab_padded", "V_p", "rows of a token table, filled up", unit.Count, rows, "ceil(vocab / (vocab_multiple * tp)) * vocab_multiple * tp", "Tables are filled up so that they cut into equal parts.", "")
	var tables []string
	table := 0.0
	if first {
		tables, table = append(tables, "vocab_padded * width"), table+rows*float64(a.Width)+c.Positions
		if a.Positions > 0 {
			tables = append(tables, "params_positions")
		}
	}
	if last && !(first && a.Tied) {
		tables, table = append(tables, "vocab_padded * width"), table+rows*float64(a.Width)
	}
	attention := "params_attention_layer"
	if a.Encoder.Layers > 0 {
		attention = "2 * params_attention_layer"
	}
	expr := "layers_stage * " + attention
	if a.IsMoE() {
		moe := min(whole(p.Layers*float64(a.MoE.Layers)/float64(a.Layers)), p.Layers)
		w.step("moe_layers_stage", "L_{sm}", "of them with experts", unit.Count, moe, "min(ceil(layers_stage * moe_layers / layers), layers_stage)", "Layers with experts are shared out alike.", "")
		if a.MoE.Layers < a.Layers {
			expr += " + (layers_stage - moe_layers_stage) * params_mlp_layer"
		}
		small := "params_router"
		if a.MoE.SharedExperts > 0 {
			small = "(params_router + params_shared)"
		}
		expr += " + moe_layers_stage * " + small + " / moe_layers"
		shards, copies := l.ExpertShards()
		w.step("expert_shards", "s_e", "GPUs that share the experts", unit.Count, shards, "ep * etp", "Experts are dealt out, and each may be cut as well.", "")
		w.step("expert_copies", "c_e", "copies of each expert", unit.Count, copies, "max(1, tp * cp * dp / expert_shards)", "What is left of the GPUs of one stage holds copies.", "")
	} else if a.Mamba.Layers > 0 {
		expr = "layers_stage * (params_attention + params_mamba + params_mlp) / layers"
	} else {
		expr += " + layers_stage * params_mlp_layer"
	}
	says := "The layers of a stage; tensor parallelism cuts every matrix, norms stay whole."
	if table > 0 {
		w.step("params_tables_stage", "N_{st}", "tables on the stage", unit.ParamCount, table, strings.Join(tables, " + "), "The first stage holds the token table, the last the output matrix.", "")
		expr += " + params_tables_stage"
		says = "The layers of a stage and its tables; tensor parallelism cuts every matrix, norms stay whole."
	}
	if first && a.Encoder.Layers > 0 {
		expr += " + params_encoder"
	}
	expr = "(" + expr + ") / tp + layers_stage * " + a.NormsText()
	if last {
		expr += " + norm_mult * width"
	}
	experts := "moe_layers_stage * experts * params_expert / expert_shards"
	if twice {
		expr, experts = "2 * ("+expr+")", "2 * "+experts
		says += " Each GPU holds two stages."
	}
	w.step("params_stage", "N_s", "parameters on one GPU, experts apart", unit.ParamCount, p.Dense, expr, says, "")
	if a.IsMoE() {
		w.step("params_stage_experts", "N_{se}", "expert parameters on one GPU", unit.ParamCount, p.Experts, experts, "Expert parallelism deals the experts out.", "")
	}
	w.step("copies", "c_m", "copies of everything else", unit.Count, ways(l.DP)*ways(l.CP), "dp * cp", "Copies that read different text, or different pieces of it.", "")
	if in.Shard > 0 {
		w.let("copies", "c_m", "GPUs that share one copy's states", unit.Count, min(ways(l.DP)*ways(l.CP), float64(in.Shard)))
	}
}

// states writes weights, gradients and optimizer.
func (w *peakWriter) states() {
	in, l, p, r := w.in, w.l, w.p, w.in.Recipe
	w.recipe("weight_bytes", "b_w", "bytes of a weight", r.Weights)
	w.recipe("grad_bytes", "b_g", "bytes of a gradient", r.Grads)
	w.recipe("master_bytes", "b_m", "bytes of the exact copy", r.Master)
	w.recipe("moment_bytes", "b_o", "bytes of running averages", r.Moments)
	zero := ""
	if l.ZeRO > 0 {
		zero = " ZeRO stage " + string(rune('0'+min(l.ZeRO, 3))) + " shares out optimizer states" + [...]string{"", ".", " and gradients.", ", gradients and weights."}[min(l.ZeRO, 3)]
	}
	held := "weight_bytes"
	trained := ""
	weights := "weight_bytes * " + w.shared(3)
	if r.Frozen > 0 {
		w.recipe("frozen_bytes", "b_f", "bytes of a frozen weight", r.Frozen)
		w.let("adapter_total", "N_{ad}", "adapter parameters", unit.ParamCount, float64(r.LoRA.Params(in.Arch)))
		w.step("adapter_share", "q_a", "adapter parameters over the model's", unit.Fraction, float64(r.LoRA.Params(in.Arch))/in.Counts.Total,
			"adapter_total / params_total", "The adapter is cut like the matrices it stands beside.", "")
		trained, held = "adapter_share * ", "frozen_bytes"
		weights = "(frozen_bytes + weight_bytes * adapter_share) * " + w.shared(3)
		if first, _, _ := w.place(); first && r.Frozen < 1 {
			weights += " + (2 - frozen_bytes) * params_tables_stage / tp"
			if l.ZeRO >= 3 {
				weights += " / copies"
			}
		}
	}
	weigh := weightBytes(r)
	w.step("weight_held_bytes", "b_h", "bytes of a weight as it is used", unit.BytesPerParam, weigh, held, "As the forward pass holds it.", "")
	w.part("weights", "M_w", p.Weights, weights, "Bytes of each weight held."+zero, in.OffloadWeights)
	if p.Grads > 0 {
		w.part("grads", "M_g", p.Grads, "grad_bytes * "+trained+w.shared(2), "One gradient for each trained weight, summed over micro-batches.", in.OffloadGrads)
	}
	if p.Optimizer > 0 {
		expr := "(master_bytes + moment_bytes) * " + trained + w.shared(1)
		if r.TableMoments > 0 && r.Frozen == 0 {
			w.recipe("table_moment_bytes", "b_t", "bytes of running averages, tables and norms", r.TableMoments)
			tables := "layers_stage * norms_per_layer * norm_mult * width"
			if _, ok := w.b.Var("params_tables_stage"); ok {
				tables = "params_tables_stage / tp + " + tables
			}
			expr += " + (table_moment_bytes - moment_bytes) * (" + tables + ")"
			if l.ZeRO >= 1 {
				expr += " / copies"
			}
		}
		w.part("optimizer", "M_o", p.Optimizer, expr, "The optimizer's exact copy and running averages.", in.OffloadOptimizer)
	}
	if p.GradCopy > 0 {
		w.profile("grad_copy_bytes", "b_c", "bytes of a gradient while it is exchanged", unit.BytesPerParam, in.Frame.GradCopy)
		w.part("grad_copy", "M_c", p.GradCopy, "grad_copy_bytes * "+trained+w.held("", ""), "Gradients in 16 bits wait beside the summed ones to be exchanged.", 0)
	}
	if p.Tables > 0 {
		w.let("head_dim", "d_h", "head width", unit.Count, float64(in.Arch.HeadDim))
		w.part("tables", "M_t", p.Tables, "2 * seq * head_dim * layers_stage", "Each layer owns its table of rotary angles.", 0)
	}
}

// part writes one part of the peak, whose label is that of [Peak.Parts].
func (w *peakWriter) part(name, symbol string, v float64, expr, says string, away float64) {
	label := name
	w.p.Parts(func(n, l string, _ float64) {
		if n == name {
			label = l
		}
	})
	if away > 0 {
		w.let("away_"+name, "o", "share kept outside the GPU", unit.Fraction, away)
		expr = "(" + expr + ") * (1 - away_" + name + ")"
	}
	w.step("bytes_"+name, symbol, label, unit.ByteCount, v, expr, says, "")
}

// activations writes what the forward pass leaves, and what else is held when
// the backward pass begins.
func (w *peakWriter) activations() {
	in, l, p, a, f := w.in, w.l, w.p, w.in.Arch, w.in.Frame
	tp := ways(l.TP)
	spTP, norm := 1.0, ""
	if l.SP && l.TP > 1 {
		spTP, norm = tp, " / tp"
	}
	moe := 0.0
	if a.IsMoE() {
		moe = min(whole(p.Layers*float64(a.MoE.Layers)/float64(a.Layers)), p.Layers)
	}
	tokens := in.Seq / ways(l.CP) * ways(l.Micro)
	w.step("tokens_gpu", "n_t", "tokens on one GPU at once", unit.Count, tokens, "seq / cp * micro", "A micro-batch of sequences, cut by context parallelism.", "")
	where := &stage{layers: p.Layers}
	outer, attn, mlp, light := in.perToken(l, where, moe, tp, spTP)
	kept, layer := in.kept(l, where, moe)

	wide, twice := "", ""
	if in.Wide {
		wide, twice = "2 * ", " Numbers of 32 bits take twice what those of 16 do."
	}
	// Copies saved of each matrix input that is kept in 8 bits.
	less, one, again := "", "1", "1"
	if in.Eight {
		less, one, again = " - 0.5", "0.5", "0.5"
	}
	if in.Eight && a.MLPMatrices > 2 {
		again = "1.5"
	}
	per := unit.BytesPerToken
	w.profile("norm_copies", "k_n", "copies kept around a norm", unit.None, f.PerNorm)
	w.step("bytes_act_norms", "A_n", "around norms, per token and layer", per, outer, "2 * (norm_copies"+less+") * norms_per_layer * width"+norm, "Copies of the token's vector, two bytes a number.", "dropout masks")
	w.profile("rotated_copies", "k_r", "copies kept of turned queries and keys", unit.None, f.Rotated)
	expr := "2 * ((1 + rotated_copies) * (heads * head_dim + kv_heads * head_dim) + kv_heads * head_dim + " + one + " * heads * head_dim) / tp"
	if a.MLA.KVRank > 0 {
		expr = "2 * (2 * q_rank + 2 * kv_rank + rope_dim) + 2 * ((2 + 2 * rotated_copies) * heads * (nope_dim + rope_dim) + (1 + " + one + ") * heads * value_dim) / tp"
	}
	if a.Encoder.Layers > 0 {
		expr = "2 * (" + expr + ")"
	}
	if l.Eager {
		w.profile("score_bytes", "b_s", "bytes kept for a score", unit.None, f.Score)
		w.step("bytes_act_scores", "A_s", "scores, per token and layer", per, f.Score*float64(a.Heads)*in.Seq/tp, "score_bytes * heads * seq / tp", "The scores against every other token are kept.", "")
		expr += " + bytes_act_scores"
	} else {
		expr += " + 4 * heads / tp"
	}
	inside, inMLP := "Queries, keys, values and the result, two bytes a number.", ""
	if a.Mamba.Layers > 0 {
		expr = "(attention_layers * (" + expr + ") + mamba_layers * 2 * (" + model.MambaInto + " + mamba_heads * mamba_head_dim) / tp) / layers"
		inside = "Queries, keys, values and the result; of recurrent layers what their first matrix gives and the scan's result; two bytes a number, the mean of all layers."
		inMLP = "(layers - mamba_layers - attention_layers) / layers * "
	}
	w.step("bytes_act_attention", "A_a", "inside attention, per token and layer", per, attn, expr, inside, "")
	copies := f.Gated
	if a.MLPMatrices == 2 {
		copies = f.Plain
	}
	w.profile("mlp_copies", "k_m", "copies kept inside an MLP", unit.None, copies)
	middle := inMLP + "2 * (mlp_copies" + less + ") * "
	acted := inMLP + "2 * " + again + " * ff / tp"
	says := "What goes into the MLP's middle and comes out of it, two bytes a number."
	expr = middle + "ff / tp"
	if moe > 0 {
		load := in.Imbalance
		if load <= 0 {
			load = 1
		}
		w.let("expert_load", "q_e", "tokens of the fullest experts over the mean", unit.None, load)
		w.profile("visit_copies", "k_v", "copies kept of a token at an expert", unit.None, f.Visit)
		inside := "expert_load * top_k * expert_ff / etp"
		if a.MoE.SharedExperts > 0 {
			inside = "(" + inside + " + shared_ff / tp)"
		}
		experts := middle + inside + " + expert_load * top_k * 2 * max(0, visit_copies" + less + ") * width" + norm + " + 4 * experts" + norm
		mean := func(dense, expert string) string {
			if a.MoE.Layers == a.Layers {
				return expert
			}
			return "((layers_stage - moe_layers_stage) * " + dense + " + moe_layers_stage * (" + expert + ")) / layers_stage"
		}
		expr, acted = mean(expr, experts), mean(acted, "2 * "+again+" * "+inside)
		says = "Each chosen expert gets a copy of the token, widens it and gives a result back; the mean over the stage's layers."
	}
	w.step("bytes_act_mlp", "A_m", "inside the MLP, per token and layer", per, mlp, expr, says, "")
	w.step("bytes_act_layer", "A_1", "one layer, everything kept", unit.ByteCount, layer, wide+"tokens_gpu * (bytes_act_norms + bytes_act_attention + bytes_act_mlp)", "Everything that the backward pass of a layer reads."+twice, "")
	expr, says = "bytes_act_layer", "Nothing is thrown away."
	switch l.Recompute {
	case model.RecomputeFull:
		expr, says = wide+"tokens_gpu * 2 * width"+norm, "Only the layer's input is kept; the rest is computed again."
		if n := float64(in.Recomputed); n > 0 && n < p.Layers {
			w.let("layers_recomputed", "L_r", "layers computed again", unit.Count, n)
			expr, says = "(layers_recomputed * "+expr+" + (layers_stage - layers_recomputed) * bytes_act_layer) / layers_stage", "Some layers keep their input only; the mean over the stage."
		}
	case model.RecomputeSelective:
		thrown := "bytes_act_scores"
		if a.Mamba.Layers > 0 {
			thrown = "attention_layers / layers * bytes_act_scores"
		}
		says = "The scores are thrown away and computed again."
		if !l.Eager {
			thrown = "2 * " + one + " * norms_per_layer * width" + norm
			if a.MLA.KVRank > 0 {
				thrown += " + 2 * ((2 + 2 * rotated_copies) * heads * (nope_dim + rope_dim) + heads * value_dim) / tp"
			}
			thrown += " + " + acted
			says = "What norms and activations make is thrown away and made again from their inputs."
		}
		w.step("bytes_act_light", "A_l", "made again, per token and layer", per, light, thrown, says, "")
		expr = "bytes_act_layer - " + wide + "tokens_gpu * bytes_act_light"
	}
	w.step("bytes_act_kept", "A_k", "one layer, as kept", unit.ByteCount, kept, expr, says, "")
	w.flight()
	if p.Activations > 0 {
		w.part("activations", "M_a", p.Activations, "bytes_act_kept * layers_stage * micro_in_flight", "Each layer, for each micro-batch under way.", in.OffloadActivations)
	}
	slack := "bytes_activations"
	if p.Working > 0 {
		working := "bytes_act_layer"
		if l.Recompute == model.RecomputeSelective {
			working = wide + "tokens_gpu * bytes_act_light"
		}
		w.part("working", "M_k", p.Working, working, "While a layer is computed again it needs this once.", 0)
		slack += " + bytes_working"
	}
	if p.Logits > 0 {
		w.profile("logit_bytes", "b_l", "bytes for a score of the vocabulary", unit.None, f.Logit)
		w.part("logits", "M_l", p.Logits, "tokens_gpu * logit_bytes * vocab_padded / tp", "The output's scores and what the loss makes of them.", 0)
		slack += " + bytes_logits"
	}
	w.gathered()
	if p.Slack > 0 {
		w.profile("allocator_slack", "s_a", "reserved over what is handed out", unit.Fraction, f.Slack)
		w.part("slack", "M_f", p.Slack, "allocator_slack * ("+slack+")", "The allocator holds pieces that fit nothing.", 0)
	}
}

// flight writes how many micro-batches the stage holds at once.
func (w *peakWriter) flight() {
	in, l, p := w.in, w.l, w.p
	w.let("seq", "s", "sequence length", unit.Count, in.Seq)
	w.let("batch", "B", "tokens of a step", unit.TokenCount, in.Batch)
	w.step("microbatches", "n_b", "micro-batches of a step and copy", unit.Count, p.Micro, "max(1, ceil(batch / seq / (dp * micro) * (1 - 1e-9)))", "What the fullest copy runs one after the other.", "")
	if ways(l.PP) <= 1 {
		w.step("micro_in_flight", "n_f", "micro-batches held at once", unit.Count, p.InFlight, "1", "Without a pipeline one is finished before the next begins.", "")
		return
	}
	index := 0.0
	_, _, _, head := in.cut(ways(l.PP))
	switch p.Stage {
	case MiddleStage:
		index = 1
	case LastStage:
		index = head
	}
	w.let("stage_index", "i", "stages before this one", unit.Count, index)
	expr, says := "min(pp - stage_index, microbatches)", "A stage runs ahead by one micro-batch for each stage behind it."
	switch {
	case in.Pipeline == PipeGPipe:
		expr, says = "microbatches", "All are run forward before the first runs back."
	case in.Pipeline == PipeZB2P:
		expr = "min(2 * (pp - stage_index), microbatches)"
	case in.Pipeline == PipeZBV:
		expr, says = "min(pp, microbatches)", "Each GPU holds an early and a late piece."
	case in.Pipeline == PipeVHalf:
		expr, says = "min(pp / 2, microbatches)", "The schedule trades waiting for half of the memory."
	case in.Pipeline == PipeVMin:
		expr, says = "min(pp / 3, microbatches)", "The schedule trades waiting for two thirds of the memory."
	case in.Pipeline == PipeDualPipe:
		expr, says = "min(pp + 1, microbatches)", "Micro-batches enter from both ends."
	case l.VPP > 1:
		expr, says = "min((2 * (pp - stage_index - 1) + (vpp - 1) * pp + 1) / vpp, microbatches)", "Interleaving warms up with more chunks of layers."
	}
	w.step("micro_in_flight", "n_f", "micro-batches held at once", unit.Count, p.InFlight, expr, says, "")
}

// gathered writes what a GPU holds whole for a moment.
func (w *peakWriter) gathered() {
	in, l, p, r, f := w.in, w.l, w.p, w.in.Recipe, w.in.Frame
	if p.Gathered <= 0 {
		return
	}
	trained, trainedShare := "", 1.0
	if r.Frozen > 0 {
		trained, trainedShare = "adapter_share * ", float64(r.LoRA.Params(in.Arch))/in.Counts.Total
	}
	number := "2" // bytes of one
	if in.Wide {
		number = "4"
	}
	var terms, says []string
	if l.TP > 1 {
		w.profile("whole_copies", "k_g", "copies of the tokens that tensor parallelism gathers", unit.None, f.Whole)
		terms = append(terms, "whole_copies * tokens_gpu * "+number+" * width")
		says = append(says, "tokens that tensor parallelism puts together")
	}
	if l.CP > 1 {
		w.let("kv_heads", "n_{kv}", "key-value heads", unit.Count, float64(in.Arch.KVHeads))
		w.let("head_dim", "d_h", "head width", unit.Count, float64(in.Arch.HeadDim))
		terms = append(terms, "4 * tokens_gpu * "+number+" * kv_heads * head_dim / tp")
		says = append(says, "the next GPU's keys and values")
	}
	if l.ZeRO >= 3 {
		tables := 0.0
		rest, ends := w.held("", ""), "0"
		if v, ok := w.b.Var("params_tables_stage"); ok {
			tables = v.Value
			rest, ends = "("+rest+" - params_tables_stage / tp)", "params_tables_stage / tp"
		}
		one := (p.Dense - tables/ways(l.TP) + p.Experts) / max(p.Layers, 1)
		w.step("params_layer", "N_1", "parameters of one layer on the GPU", unit.ParamCount, one, rest+" / max(layers_stage, 1)", "What is gathered for one layer.", "")
		terms = append(terms, "weight_held_bytes * max(2 * params_layer, "+ends+") + grad_bytes * "+trained+"params_layer")
		says = append(says, "the weights of this layer and the next, and this one's gradients")
	}
	if bucket := f.GradCopy * trainedShare * (p.Dense + p.Experts); p.GradCopy == 0 && l.ZeRO < 2 && bucket > 0 {
		w.profile("grad_copy_bytes", "b_c", "bytes of a gradient in working precision", unit.BytesPerParam, f.GradCopy)
		terms = append(terms, "grad_copy_bytes * "+trained+w.held("", ""))
		says = append(says, "gradients in working precision")
	}
	w.part("gathered", "M_h", p.Gathered, strings.Join(terms, " + "), "Held whole for a moment: "+strings.Join(says, "; ")+".", 0)
}

// update writes what the optimizer needs while it works.
func (w *peakWriter) update() {
	in, l, p, f := w.in, w.l, w.p, w.in.Frame
	if p.Update <= 0 {
		return
	}
	trained := ""
	if in.Recipe.Frozen > 0 {
		trained = "adapter_share * "
	}
	w.profile("update_bytes", "b_u", "bytes of temporaries for a parameter that is updated", unit.BytesPerParam, f.StepTemp)
	expr := "update_bytes * " + trained + w.shared(1)
	if copies, _ := w.b.Var("copies"); l.ZeRO == 1 && copies.Value > 1 {
		w.profile("gather_whole_bytes", "b_{gw}", "bytes of a gathered weight", unit.BytesPerParam, f.GatherWhole)
		w.profile("gather_shard_bytes", "b_{gs}", "bytes of the GPU's own share of them", unit.BytesPerParam, f.GatherShard)
		expr += " + " + trained + "(gather_whole_bytes * " + w.held("", "") + " + gather_shard_bytes * " + w.shared(1) + ")"
	}
	w.part("update", "M_u", p.Update, expr, "The optimizer's temporaries, and the weights that it gathers.", 0)
}

// around writes what libraries, communicators and the driver take.
func (w *peakWriter) around() {
	p, f := w.p, w.in.Frame
	figure := func(name, symbol, label string, v float64) {
		if v > 0 {
			w.profile(name, symbol, label, unit.ByteCount, v)
		}
	}
	figure("bytes_workspace", "M_{ws}", "libraries", p.Workspace)
	figure("bytes_context", "M_{cx}", "runtime and driver", p.Context)
	if p.Comm > 0 {
		figure("bytes_communicator", "b_{cm}", "buffers of one kind of communicator", f.PerGroup)
		w.let("communicators", "n_c", "kinds of communicators", unit.Count, p.Comm/f.PerGroup)
		w.part("comm", "M_{cm}", p.Comm, "communicators * bytes_communicator", "One kind each for tensors, stages, copies and experts that are cut.", 0)
	}
}
