package scaling

import (
	"strings"

	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// Steps writes how a prediction came about. The names are those under which the
// book holds the run's parameters, training tokens and different tokens; unique
// may be empty when nothing repeats. It writes effective_tokens,
// tokens_per_param, loss_compute, optimal_params, optimal_tokens,
// optimal_tokens_per_param and, for laws that give a loss, loss and optimal_loss.
func (p *Prediction) Steps(b *derivation.Book, params, tokens, unique string) {
	l := p.Law
	t := l.terms(b)
	put := func(name, symbol, label string, k unit.Kind, v float64, expr, says, ignores string) {
		q := derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: k, Value: v, Note: l.Name + ". " + l.Note}
		if name == "loss" {
			q.Lo, q.Hi = p.Loss.Lo, p.Loss.Hi
		}
		b.Step(q, t.Replace(expr), says, ignores)
	}
	in := strings.NewReplacer("{params}", params, "{tokens}", tokens, "{unique}", unique)

	fresh := derivation.Var{Name: "effective_tokens", Symbol: "D'", Label: "effective tokens", Kind: unit.TokenCount,
		Value: float64(p.Effective),
		Note:  "Worth of repeated tokens measured on C4 and carried over to this law."}
	if p.Unique < p.Tokens {
		b.Let(derivation.Var{Name: "repeat_decay", Symbol: "R^*_D", Label: "repeats after which a token is mostly used up",
			Value: RepeatDecay, Origin: derivation.Constant, Source: "muennighoff-2023", Date: "2023-05"})
		b.Step(fresh, in.Replace("{unique} + {unique} * repeat_decay * (1 - exp(-({tokens} / {unique} - 1) / repeat_decay))"),
			"A token seen again teaches less each time, so the run is worth fewer fresh tokens than it reads.",
			"how the data were filtered, and weight decay, which can stretch the worth of repeats")
	} else {
		b.Step(fresh, tokens, "Every token is seen once, so each counts in full.", "near-duplicates inside the data")
	}

	put("tokens_per_param", "D/N", "tokens per parameter", unit.TokensPerParam, p.TokensPerParam(),
		in.Replace("{tokens} / {params}"), "How many tokens the model reads for each of its parameters.", "")
	put("loss_compute", "C", "training compute by the rule 6 N D", unit.FLOPs, float64(p.Compute),
		in.Replace("6 * {params} * {tokens}"),
		"Each parameter costs two operations per token going forward and four going back.",
		"attention over the context, which the scaling laws leave out too")

	switch l.Form {
	case SumOfPowers:
		put("loss", "L", "predicted loss", unit.Loss, p.Loss.V,
			in.Replace("{E} + {A} / {params} ^ {alpha} + {B} / effective_tokens ^ {beta}"),
			"A floor that no model gets below, plus what more parameters would still remove, plus what more data would still remove.",
			lossIgnores)
		put("optimal_params", "N_{opt}", "compute-optimal parameters", unit.ParamCount, float64(p.Optimum.Params),
			"({alpha} * {A} / ({beta} * {B})) ^ (1 / ({alpha} + {beta})) * (loss_compute / 6) ^ ({beta} / ({alpha} + {beta}))",
			"The size at which the same compute reaches the lowest loss: growing the model further would cost more in data than it gains.",
			"the cost of serving the model, and any limit on data")
	case KaplanJoint:
		put("loss", "L", "predicted loss", unit.Loss, p.Loss.V,
			in.Replace("(({A} / {params}) ^ ({alpha} / {beta}) + {B} / effective_tokens) ^ {beta}"),
			"A power of what too few parameters and too few tokens cost together.", lossIgnores)
	}
	switch {
	case l.Form == SumOfPowers:
	case l.Split.Params > 0:
		put("optimal_params", "N_{opt}", "compute-optimal parameters", unit.ParamCount, float64(p.Optimum.Params),
			"{coef} * (loss_compute / {at}) ^ {power}",
			"The best size grows as a fixed power of the compute.", "the cost of serving the model, and any limit on data")
	case l.Split.Tokens > 0:
		put("optimal_tokens", "D_{opt}", "compute-optimal tokens", unit.TokenCount, float64(p.Optimum.Tokens),
			"{coef} * (loss_compute / {at}) ^ {power}",
			"The best number of tokens grows as a fixed power of the compute.", "the cost of serving the model, and any limit on data")
		put("optimal_params", "N_{opt}", "compute-optimal parameters", unit.ParamCount, float64(p.Optimum.Params),
			"loss_compute / (6 * optimal_tokens)", "What the compute leaves for size once the tokens are fixed.", "")
	}
	if l.Form == SumOfPowers || l.Split.Params > 0 {
		put("optimal_tokens", "D_{opt}", "compute-optimal tokens", unit.TokenCount, float64(p.Optimum.Tokens),
			"loss_compute / (6 * optimal_params)", "What the compute leaves for tokens once the size is fixed.", "")
	}
	put("optimal_tokens_per_param", "D_{opt}/N_{opt}", "compute-optimal tokens per parameter", unit.TokensPerParam, p.Optimum.TokensPerParam(),
		"optimal_tokens / optimal_params", "How many tokens per parameter the best split uses.", "")
	switch l.Form {
	case SumOfPowers:
		put("optimal_loss", "L_{opt}", "loss of the best split", unit.Loss, p.Optimum.Loss,
			"{E} + {A} / optimal_params ^ {alpha} + {B} / optimal_tokens ^ {beta}",
			"The same law at the best split of the same compute.", lossIgnores)
	case KaplanJoint:
		put("optimal_loss", "L_{opt}", "loss of the recommended split", unit.Loss, p.Optimum.Loss,
			"(({A} / optimal_params) ^ ({alpha} / {beta}) + {B} / optimal_tokens) ^ {beta}",
			"The same law at the recommended split of the same compute.", lossIgnores)
	}
}

const lossIgnores = "the tokenizer, the quality of the data, the architecture and the tuning, which move the loss by more than the law's own error"

// terms puts the law's constants into the book, under names that start with its
// ID so that two laws never share one, and returns what fills them into a formula.
func (l *Law) terms(b *derivation.Book) *strings.Replacer {
	var pairs []string
	let := func(slot, name, symbol, label string, k unit.Kind, v float64) {
		n := l.ID + "_" + name
		b.Let(derivation.Var{Name: n, Symbol: symbol, Label: label, Kind: k, Value: v,
			Origin: derivation.Constant, Source: l.Source, Date: l.Date, Note: l.Name + ". " + l.Note})
		pairs = append(pairs, slot, n)
	}
	switch l.Form {
	case SumOfPowers:
		let("{E}", "floor", "E", "floor of the loss", unit.Loss, l.E)
		let("{A}", "size_coef", "A", "size coefficient", unit.None, l.A)
		let("{B}", "data_coef", "B", "data coefficient", unit.None, l.B)
		let("{alpha}", "size_power", "\\alpha", "size exponent", unit.None, l.Alpha)
		let("{beta}", "data_power", "\\beta", "data exponent", unit.None, l.Beta)
	case KaplanJoint:
		let("{A}", "size_coef", "N_c", "size constant", unit.ParamCount, l.A)
		let("{B}", "data_coef", "D_c", "data constant", unit.TokenCount, l.B)
		let("{alpha}", "size_power", "\\alpha_N", "size exponent", unit.None, l.Alpha)
		let("{beta}", "data_power", "\\alpha_D", "data exponent", unit.None, l.Beta)
	}
	if s := l.Split; s.At > 0 {
		k, sym := unit.ParamCount, "N_0"
		if s.Tokens > 0 {
			k, sym = unit.TokenCount, "D_0"
		}
		let("{coef}", "split_coef", sym, "best size or tokens at the reference compute", k, s.Params+s.Tokens)
		let("{at}", "split_at", "C_0", "reference compute", unit.FLOPs, s.At)
		let("{power}", "split_power", "a", "exponent of the split", unit.None, s.Exponent)
	}
	return strings.NewReplacer(pairs...)
}

// Steps writes how a lifetime optimum under the law came about. loss and weight
// are the names under which the book holds the quality asked for (t.Loss) and
// the training tokens that serving weighs as much as (t.Weight). It writes
// compute_optimal_params, compute_optimal_tokens, lifetime_tokens (solved),
// lifetime_params, lifetime_tokens_per_param, lifetime_ratio and lifetime_saving.
func (t *Lifetime) Steps(b *derivation.Book, l *Law, loss, weight string) {
	fill, in := l.terms(b), strings.NewReplacer("{loss}", loss, "{weight}", weight)
	put := func(o derivation.Origin, name, symbol, label string, k unit.Kind, v float64, expr, says, ignores string) {
		q := derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: k, Value: v, Origin: o, Note: l.Name + ". " + l.Note}
		if o == derivation.Solved {
			q.Source, q.Date = "sardana-2024", "2023-12" // who set the problem
		}
		b.Step(q, fill.Replace(in.Replace(expr)), says, ignores)
	}
	put(derivation.Computed, "compute_optimal_params", "N_0", "parameters cheapest to train to this loss", unit.ParamCount, float64(t.ComputeOptimal.Params),
		"({A} * ({alpha} + {beta}) / ({beta} * ({loss} - {E}))) ^ (1 / {alpha})",
		"The size that reaches this loss with the least training.", "the cost of serving")
	put(derivation.Computed, "compute_optimal_tokens", "D_0", "tokens cheapest to train to this loss", unit.TokenCount, float64(t.ComputeOptimal.Tokens),
		"({B} * ({alpha} + {beta}) / ({alpha} * ({loss} - {E}))) ^ (1 / {beta})",
		"The tokens that go with that size.", "the cost of serving")
	put(derivation.Solved, "lifetime_tokens", "D_L", "training tokens of the cheapest lifetime", unit.TokenCount, float64(t.Tokens),
		"{alpha} * ({loss} - {E} - {B} / lifetime_tokens ^ {beta}) * lifetime_tokens = {beta} * {B} / lifetime_tokens ^ {beta} * (lifetime_tokens + {weight})",
		"At the cheapest lifetime, the last parameter removed saves as much in training and serving as the extra data needed to keep the loss costs.",
		"that better hardware or cheaper serving may come during the lifetime")
	put(derivation.Computed, "lifetime_params", "N_L", "parameters of the cheapest lifetime", unit.ParamCount, float64(t.Params),
		"({A} / ({loss} - {E} - {B} / lifetime_tokens ^ {beta})) ^ (1 / {alpha})",
		"The size that reaches the asked loss on that much data.", "memory and latency limits, which often ask for smaller still")
	put(derivation.Computed, "lifetime_tokens_per_param", "D_L/N_L", "tokens per parameter of the cheapest lifetime", unit.TokensPerParam, t.TokensPerParam(),
		"lifetime_tokens / lifetime_params", "How far past the compute-optimal ratio the model is trained.",
		"that Chinchilla-style laws over-credit tokens beyond about 100 per parameter")
	put(derivation.Computed, "lifetime_ratio", "q", "serving cost over training cost", unit.None, t.Ratio,
		"{weight} / lifetime_tokens", "What serving the model costs for each unit spent on training it.", "")
	put(derivation.Computed, "lifetime_saving", "", "saved against the compute-optimal model", unit.Fraction, t.Saving(),
		"1 - lifetime_params * (lifetime_tokens + {weight}) / (compute_optimal_params * (compute_optimal_tokens + {weight}))",
		"The share of the lifetime cost that the smaller, longer-trained model saves at the same loss.", "")
}
