package serve

import (
	"math"
	"strings"

	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// An Explainer writes how the times of steps follow. The book must hold the
// reader's fields and the shape, and the state of recurrent layers as
// [model.Arch.StepsKV] writes it.
type Explainer struct {
	B       *derivation.Book
	Service *Service
	Plan    *Plan
	Fit     string // key of the source of the fitted constants
}

func (e *Explainer) let(name, symbol, label string, kind unit.Kind, v float64, source, note string) {
	if _, known := e.B.Var(name); known {
		return
	}
	o := derivation.Constant
	if source == "" {
		o = derivation.Computed
	}
	e.B.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v, Origin: o, Source: source, Note: note})
}

func (e *Explainer) step(name, symbol, label string, kind unit.Kind, v float64, expr, says, ignores string) {
	e.B.Step(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v}, expr, says, ignores)
}

// Lets writes what all steps rest on: the model's bytes and operations, the
// machine, the fitted constants, how the GPUs share a copy.
func (e *Explainer) Lets(machine string) {
	m, h, c, l := &e.Service.M, &e.Service.H, &e.Service.C, &e.Plan.L
	e.let("serve_tp", "t_s", "GPUs that share each layer of a copy", unit.Count, l.TP, "", "found by trying: the copy that makes the fleet smallest")
	e.let("serve_pp", "p_s", "stages of a copy that hold different layers", unit.Count, l.PP, "", "found by trying")
	e.let("serve_dp", "d_s", "groups of a copy with their own answers, sharing the experts", unit.Count, l.DP, "", "found by trying")
	e.let("serve_bytes_step", "W_b", "weights that every step reads", unit.ByteCount, m.Dense, "", "all but routed experts and the input table")
	e.let("serve_flop_token", "f_t", "operations of a token in the layers' matrices", unit.FLOPPerToken, m.DenseFLOP, "", "2 for each weight that is not in a routed expert, 7 for each number of a recurrent layer's state")
	e.let("serve_flop_head", "f_h", "operations of a token that needs the output matrix", unit.FLOPPerToken, m.HeadFLOP, "", "")
	e.let("serve_flop_pair", "f_p", "operations between two tokens, per layer, reading", unit.FLOPs, m.PairFLOP, "", "")
	e.let("serve_flop_pair_write", "f_w", "operations between two tokens, per layer, writing", unit.FLOPs, m.AbsorbedFLOP, "", "more than in reading only with latent attention")
	e.let("serve_cache_layer", "m_l", "cache of a token in one layer", unit.BytesPerToken, m.KV, "", "")
	e.let("serve_peak", "P_s", "dense peak for serving", unit.FLOPRate, h.Peak, machine, "")
	e.let("serve_bandwidth", "BW", "memory bandwidth", unit.ByteRate, h.Bandwidth, machine, "")
	e.let("serve_memory", "M_s", "memory of one GPU", unit.ByteCount, h.Memory, machine, "")
	e.let("eff_memory", "\\eta_m", "share of bandwidth reached in reading weights", unit.Fraction, c.Weights, e.Fit, "fitted")
	e.let("eff_kv", "\\eta_k", "share of bandwidth reached in reading the cache", unit.Fraction, c.KV, e.Fit, "fitted")
	e.let("eff_matmul", "\\eta_f", "share of peak reached in matrices", unit.Fraction, c.Matmul, e.Fit, "fitted")
	e.let("eff_between", "\\eta_a", "share of peak reached between the tokens of a question", unit.Fraction, c.Attention, e.Fit, "fitted")
	e.let("eff_step", "c_0", "fixed time of a step", unit.Time, c.Step, e.Fit, "fitted: scheduler, sampling")
	e.let("eff_layer", "c_l", "fixed time of a layer", unit.Time, c.Layer, e.Fit, "fitted: launches")
	e.let("eff_seq", "c_s", "time for each running answer", unit.Time, c.Seq, e.Fit, "fitted")
	if m.Experts > 0 {
		e.let("serve_bytes_experts", "W_e", "weights in routed experts", unit.ByteCount, m.Expert, "", "")
		e.let("serve_flop_experts", "f_e", "operations of a token in its experts", unit.FLOPPerToken, m.ExpertFLOP, "", "")
		e.let("eff_expert", "\\lambda_r", "slow-down of reading experts", unit.None, c.Expert, e.Fit, "fitted: imbalance, many small reads")
		e.let("eff_grouped", "\\lambda_f", "slow-down of multiplying experts", unit.None, c.Grouped, e.Fit, "fitted")
	}
	if l.GPUs() > 1 {
		e.let("serve_link", "BW_l", "link between GPUs, one way", unit.ByteRate, linkRate(h, l.TP), machine, "")
		e.let("eff_allreduce", "\\alpha", "time of one exchange between 8 GPUs", unit.Time, c.AllReduce, e.Fit, "fitted")
		e.let("eff_link", "\\eta_l", "share of the link reached", unit.Fraction, c.Link, e.Fit, "fitted")
	}
	if m.StartFLOP > 0 {
		e.let("serve_flop_start", "f_0", "operations of a question before its first token", unit.FLOPs, m.StartFLOP, "", "the encoder over one window; of a picture its modulation in each pass")
	}
	if m.Cross > 0 {
		e.let("serve_encoder_steps", "n_e", "encoder steps that each answer token sees", unit.Count, m.Cross, "", "")
	}
	e.step("t_read", "t_w", "reading the weights", unit.Time, m.Dense/(l.TP*h.Bandwidth*c.Weights),
		"serve_bytes_step / (serve_tp * serve_bandwidth * eff_memory)", "All weights in use are read once per step.", "")
}

// Question writes the tokens of a question and what a running answer holds.
func (e *Explainer) Question() {
	q := &e.Service.Q
	e.step("tokens_question", "S_q", "tokens of a question with its passages", unit.Count, q.In, "tokens_in + retrieved", "", "")
	e.step("tokens_cached", "S_h", "of them already read", unit.Count, q.Cached, "cached * tokens_question", "", "")
	e.step("serve_context", "c", "tokens held per running answer", unit.Count, q.Context, "tokens_question + tokens_out * (1 + out_spread^2) / 2",
		"On average half of the answer is written; long answers run longer and weigh more.", "")
	if g := int(q.Ahead.Tokens); g > 0 {
		var b strings.Builder
		b.WriteString("1")
		for j := 1; j <= g; j++ {
			b.WriteString(" + accept^" + digits(j))
			if j > 1 {
				b.WriteString(" * falloff^" + digits(j*(j-1)/2))
			}
		}
		e.step("draft_yield", "y", "tokens that one step brings", unit.None, q.Ahead.Brings(), b.String(), "The next token always, and each drafted one as often as all before it were right.", "")
	}
}

func digits(n int) string {
	if n >= 10 {
		return digits(n/10) + digits(n%10)
	}
	return string(rune('0' + n))
}

// A Kind of step that is explained: its suffix in names, what it is, and the
// expressions of the answers and questions in it.
type Kind struct {
	Suffix, Of       string
	Seqs, Prompts    string // expressions; empty: none
	Question, Cached string // names of the lengths of its questions
}

// Time writes how a step's time follows, as t_step with the kind's suffix.
func (e *Explainer) Time(k Kind, w *Work, s *Step) {
	m, h, l := &e.Service.M, &e.Service.H, &e.Plan.L
	x, of := k.Suffix, ", "+k.Of
	q := &e.Service.Q
	var tokens, heads []string
	written := w.Seqs * (1 + w.Draft)
	if k.Seqs != "" {
		e.step("step_answers"+x, "b", "answers in a step of one group"+of, unit.None, w.Seqs, k.Seqs, "", "")
		t := "step_answers" + x
		if w.Draft > 0 {
			t += " * (1 + draft)"
		}
		tokens, heads = append(tokens, t), append(heads, t)
	}
	questions := k.Prompts != ""
	if questions {
		e.step("step_questions"+x, "q", "questions read in a step"+of, unit.None, w.Starts, k.Prompts, "In a steady state one question is read for each answer that ends.", "")
		tokens = append(tokens, "step_questions"+x+" * ("+k.Question+" - "+k.Cached+")")
		heads = append(heads, "step_questions"+x)
	}
	e.step("step_tokens"+x, "n", "tokens in a step"+of, unit.None, written+w.Prompt, strings.Join(tokens, " + "), "", "")
	work := "serve_flop_token * step_tokens" + x
	if m.HeadFLOP > 0 {
		work += " + serve_flop_head * (" + strings.Join(heads, " + ") + ")"
	}
	if questions && m.StartFLOP > 0 {
		work += " + serve_flop_start * step_questions" + x
	}
	e.step("t_matmul"+x, "t_f", "multiplying"+of, unit.Time, s.Matmul, "("+work+") / (serve_tp * serve_peak * eff_matmul)", "Two operations for each weight and token.", "")
	total := []string{"sqrt(t_read^2 + t_matmul" + x + "^2)"}
	if m.Experts > 0 {
		touched := "1 - (1 - top_k / experts)^(step_tokens" + x + " * serve_dp)"
		if m.TopK >= m.Experts {
			touched = "1"
		}
		e.step("experts_touched"+x, "x", "share of the experts that a step reads"+of, unit.Fraction, s.Touched, touched, "Each token picks its own experts; together they touch most of them.", "routing that is not even")
		all := " / (serve_tp * serve_dp * "
		e.step("t_experts"+x, "t_e", "the experts"+of, unit.Time, s.Expert,
			"sqrt((eff_expert * serve_bytes_experts * experts_touched"+x+all+"serve_bandwidth * eff_memory))^2 + (eff_grouped * serve_flop_experts * step_tokens"+x+" * serve_dp"+all+"serve_peak * eff_matmul))^2)",
			"Reading and multiplying them, side by side.", "")
		total = append(total, "t_experts"+x)
	}
	if k.Seqs != "" && s.Cache > 0 {
		seen := e.seeing() + " * serve_context"
		if m.Local > 0 {
			seen = "(layers - window_layers) * serve_context + window_layers * min(serve_context, window)"
		}
		if m.Cross > 0 {
			seen += " + layers * serve_encoder_steps"
		}
		e.let("cache_shards", "n_c", "GPUs that the cache of one answer is cut over", unit.Count, math.Min(l.TP, m.Shards), "", "no more than the model has key-value heads; one with latent attention")
		answers := "step_answers" + x
		state, ignores := "", ""
		says := "Each answer reads back what it holds, or multiplies it where that takes longer."
		if m.State > 0 {
			state = " + 2 * " + answers + " * state_bytes / (serve_tp * serve_bandwidth * eff_kv)"
			says = "Each answer reads back what it holds, or multiplies it where that takes longer; it reads and writes its state in the recurrent layers."
			ignores = "copies of the state that drafts and cached prefixes need"
		}
		ops := answers
		if w.Draft > 0 {
			ops += " * (1 + draft)"
		}
		e.step("t_kv"+x, "t_k", "reading the cache"+of, unit.Time, s.Cache,
			"max("+answers+" * serve_cache_layer * ("+seen+") / (cache_shards * serve_bandwidth * eff_kv)"+state+", "+ops+" * serve_flop_pair_write * ("+seen+") / (serve_tp * serve_peak * eff_matmul))",
			says, ignores)
		total = append(total, "t_kv"+x)
	}
	if questions && s.Attention > 0 {
		pairs := func(n string) string { return n + "^2 / 2" }
		near := func(n string, v float64) string {
			if v <= m.Window {
				return pairs(n)
			}
			return "window * " + n + " - window^2 / 2"
		}
		square := "(" + pairs(k.Question) + " - (" + pairs(k.Cached) + "))"
		expr := e.seeing() + " * " + square
		if m.Local > 0 {
			in, held := q.In, q.Cached
			if k.Cached == "0" {
				in, held = q.In-q.Cached, 0
			}
			expr = "(layers - window_layers) * " + square + " + window_layers * (" + near(k.Question, in) + " - (" + near(k.Cached, held) + "))"
		}
		if m.Patches > 0 {
			expr = "layers * " + k.Question + "^2"
		}
		e.step("t_between"+x, "t_a", "between the tokens of questions"+of, unit.Time, s.Attention,
			"step_questions"+x+" * serve_flop_pair * ("+expr+") / (serve_tp * serve_peak * eff_between)", "Each token looks back over the question.", "")
		total = append(total, "t_between"+x)
	}
	if s.Spread > 0 {
		n, rate := l.TP*l.DP, h.Link
		if n > h.Domain && h.NIC > 0 {
			rate = h.NIC
		}
		if rate <= 0 {
			rate = pcie
		}
		e.let("serve_spread", "BW_a", "rate at which a GPU sends tokens to experts", unit.ByteRate, rate, "", "the link inside a domain, the network beyond it")
		e.let("serve_travel", "b_t", "bytes of each number of a token on its way to an expert and back", unit.None, m.Travel, "deepseek-v3-2024", "out in the format of the arithmetic, back in 16 bits")
		e.step("t_spread"+x, "t_x", "tokens on their way to experts and back"+of, unit.Time, s.Spread,
			"moe_layers * (2 * eff_allreduce + (serve_tp * serve_dp - 1) / (serve_tp * serve_dp) * step_tokens"+x+" * top_k * width * serve_travel / (serve_spread * eff_link))",
			"Two exchanges in each layer with experts.", "copies that travel together to one server")
		total = []string{"max(" + strings.Join(total, " + ") + ", t_spread" + x + ")"}
	}
	if s.Link > 0 {
		e.step("t_link"+x, "t_l", "exchange between GPUs"+of, unit.Time, s.Link, e.link(k, strings.Join(heads, " + ")), "Two exchanges in each layer, and the choice of the next token.", "")
		total = append(total, "t_link"+x)
	}
	fixed := "eff_step + eff_layer * " + e.pairs()
	if k.Seqs != "" {
		fixed += " + eff_seq * step_answers" + x
	}
	total = append(total, fixed)
	e.step("t_step"+x, "t_s", "time of a step"+of, unit.Time, s.Total, strings.Join(total, " + "), "Reading and multiplying side by side, then the cache, the links and fixed costs.", "")
}

// seeing is the number of layers with attention, as a formula.
func (e *Explainer) seeing() string {
	if e.Service.M.State > 0 {
		return "attention_layers"
	}
	return "layers"
}

// pairs is the layers that count twice where an attention and an MLP are one
// layer, as a formula.
func (e *Explainer) pairs() string {
	if e.Service.M.State > 0 {
		return "layers / 2"
	}
	return "layers"
}

// link is the time between the GPUs of a copy.
func (e *Explainer) link(k Kind, heads string) string {
	m, h, l := &e.Service.M, &e.Service.H, &e.Plan.L
	tokens := "step_tokens" + k.Suffix
	message := tokens + " * width * 2"
	reduce := func(t string, n float64, rate string) string {
		hops := "(0.25 + 0.25 * ln(" + t + ") / ln(2))"
		if n > h.Domain && h.NIC > 0 {
			hops += " * 2"
		}
		return "(eff_allreduce * " + hops + " * (1 + " + message + " / (" + message + " + 1048576)) + 2 * (" + t + " - 1) / " + t + " * " + message + " / (" + rate + " * eff_link))"
	}
	var parts []string
	if l.TP > 1 {
		parts = append(parts, "2 * "+e.pairs()+" * "+reduce("serve_tp", l.TP, "serve_link"))
		if m.HeadFLOP > 0 {
			parts = append(parts, "("+heads+") * vocab * 4 * (serve_tp - 1) / serve_tp / (serve_link * eff_link)")
		}
	}
	if l.PP > 1 {
		e.let("serve_hop", "BW_h", "rate between stages", unit.ByteRate, linkRate(h, 2), "", "")
		parts = append(parts, "(serve_pp - 1) * "+reduce("2", 2, "serve_hop"))
	}
	return strings.Join(parts, " + ")
}
