package core

import (
	"math"

	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// A SizePoint is a model of another size that reaches the same loss, with what
// training and serving it over the days looked ahead cost.
type SizePoint struct {
	Params, Tokens float64
	Train, Serve   float64 // USD
}

// Total is what training and serving cost together, USD.
func (p *SizePoint) Total() float64 { return p.Train + p.Serve }

// A TriedSize is a size that the reader sets by hand, beside the model as it is.
type TriedSize struct {
	SizePoint
	Loss          float64 // nats per token, that of the case
	GPUHours, Day float64 // GPU-hours of its training; USD of serving it a day. 0 where its bill is taken to go with its size
	// The same size for the money that the case costs over those days: the tokens
	// left for its training, and the loss; 0 where serving alone takes more.
	MoneyTokens, MoneyLoss float64
}

// CanTakeSize reports whether the case can become a dense model of another
// size: one with experts, or one whose weights are mostly frozen, cannot.
func CanTakeSize(in *Resolved, out *Report) bool {
	return out.Serve.Life.MoneyOK && !in.MoE
}

// SizeSpan is the sizes worth a look: from a tenth of the smaller to ten times
// the larger of the model and its lifetime optimum, as far as data can bring
// them to the loss. False where no law of loss speaks for the model.
func SizeSpan(in *Resolved, out *Report) (lo, hi float64, ok bool) {
	l := &out.Serve.Life
	if !l.MoneyOK || l.Law == nil || l.Money.Ratio <= 0 {
		return 0, 0, false
	}
	size, best := out.V[ParamsActive].V, float64(l.Money.Params)
	lo, hi = math.Min(size, best)/10, math.Max(size, best)*10
	least := math.Pow(l.Law.A/l.Reducible, 1/l.Law.Alpha)
	return math.Max(lo, 1.05*least), hi, true
}

// tokensFor brings a model of so many parameters to the loss of the case:
//
//	D = (B / (r - A/N^α))^(1/β)
//
// False where no data does.
func tokensFor(out *Report, params float64) (tokens float64, ok bool) {
	l := &out.Serve.Life
	if !l.MoneyOK || l.Law == nil || l.Money.Ratio <= 0 || !(params > 0) {
		return 0, false
	}
	left := l.Reducible - l.Law.A/math.Pow(params, l.Law.Alpha)
	if !(left > 0) {
		return 0, false
	}
	tokens = math.Pow(l.Law.B/left, 1/l.Law.Beta)
	return tokens, !math.IsInf(tokens, 0)
}

// TrySize works out a size set by hand, as the whole case would be with that
// size and the tokens that bring it to the same loss, on the same GPUs: machines
// come whole, and another size may use them better or worse. A model with
// experts cannot be made another size here; its bill is taken to go with size
// times tokens. False where the size cannot reach the loss of the case, or no
// law of loss speaks for it.
func TrySize(a *Answered, params float64, t *TriedSize) bool {
	return trySize(a, params, t, new(Answered))
}

// trySize is TrySize with room for the case worked out again.
func trySize(a *Answered, params float64, t *TriedSize, b *Answered) bool {
	in, out := &a.In, &a.Out
	tokens, ok := tokensFor(out, params)
	if !ok {
		return false
	}
	l := &out.Serve.Life
	*t = TriedSize{SizePoint: SizePoint{Params: params, Tokens: tokens}, Loss: l.Money.Loss}
	switch {
	case math.Abs(params/out.V[ParamsActive].V-1) < 1e-9:
		t.GPUHours, t.Day = out.V[GPUHours].V, out.V[CostPerDay].V
		t.Train, t.Serve = out.V[Cost].V, t.Day*l.Grown
	case CanTakeSize(in, out):
		again := a.Case
		if again.SetChoice(scenario.Ask, "days") != nil || !resize(in, &again, params, tokens) {
			return false
		}
		AnswerInto(&again, b)
		if !b.Out.Known[Cost] || !b.Out.Known[CostPerDay] {
			return false
		}
		t.GPUHours, t.Day = b.Out.V[GPUHours].V, b.Out.V[CostPerDay].V
		t.Train, t.Serve = b.Out.V[Cost].V, t.Day*l.Grown
	default:
		per := out.V[Cost].V / (out.V[ParamsActive].V * in.V(scenario.Tokens))
		t.Train, t.Serve = per*params*tokens, per*params*float64(l.Money.Weight)
	}
	if d, loss, ok := sizeFor(out, &t.SizePoint, out.V[Cost].V+out.V[CostPerDay].V*l.Grown); ok {
		t.MoneyTokens, t.MoneyLoss = d, loss
	}
	return true
}

// sizeFor is the tokens and the loss of a size for a sum of money: what serving
// it leaves pays for training, which goes with the tokens.
func sizeFor(out *Report, p *SizePoint, money float64) (tokens, loss float64, ok bool) {
	tokens = (money - p.Serve) * p.Tokens / p.Train
	if !(tokens > 0) || math.IsInf(tokens, 0) {
		return 0, 0, false
	}
	loss, ok = out.Serve.Life.Law.Loss(unit.Params(p.Params), unit.Tokens(tokens))
	return tokens, loss, ok
}

// Sizes fills points with sizes evenly spread over [SizeSpan], each as [TrySize]
// works it out; those that cannot be are left out, n is how many were written.
// cheapest is the one of the least bill, the model itself and the optimum by the
// formula among them.
func Sizes(a *Answered, points []SizePoint) (n int, cheapest SizePoint, ok bool) {
	lo, hi, ok := SizeSpan(&a.In, &a.Out)
	if !ok {
		return 0, cheapest, false
	}
	var t TriedSize
	b := new(Answered)
	if !trySize(a, a.Out.V[ParamsActive].V, &t, b) {
		return 0, cheapest, false
	}
	cheapest = t.SizePoint
	if trySize(a, a.Out.V[LifetimeParams].V, &t, b) && t.Total() < cheapest.Total() {
		cheapest = t.SizePoint
	}
	for i := range points {
		if trySize(a, lo*math.Pow(hi/lo, float64(i)/float64(max(len(points)-1, 1))), &t, b) {
			points[n] = t.SizePoint
			n++
			if t.Total() < cheapest.Total() {
				cheapest = t.SizePoint
			}
		}
	}
	return n, cheapest, n > 0
}

// A LossPoint is a size and the loss that it has for a budget; 0 where serving
// alone takes more.
type LossPoint struct{ Params, Tokens, Loss float64 }

// LossMap fills row, as long as sizes, with the losses of sizes that cost money
// to train and serve over the days looked ahead.
func LossMap(out *Report, sizes []SizePoint, money float64, row []LossPoint) {
	for i := range sizes {
		row[i] = LossPoint{Params: sizes[i].Params}
		if d, loss, ok := sizeFor(out, &sizes[i], money); ok {
			row[i].Tokens, row[i].Loss = d, loss
		}
	}
}

// ExplainSize adds the work behind a size set by hand to the book of its report.
func ExplainSize(b *derivation.Book, in *Resolved, t *TriedSize) {
	step := func(name, symbol, label string, kind unit.Kind, v float64, expr, says, ignores string) {
		b.Step(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v}, expr, says, ignores)
	}
	b.Let(derivation.Var{Name: "try_params", Symbol: "N'", Label: "size set by hand", Kind: unit.ParamCount, Value: t.Params, Origin: derivation.Given})
	step("try_tokens", "D'", "training tokens that bring it to the same loss", unit.TokenCount, t.Tokens,
		"(law_b / (loss_reducible - law_a / try_params^law_alpha))^(1 / law_beta)", "What size does not take away of the loss, data must.", "repeats of the data")
	step("try_loss", "L", "its loss, the same", unit.Loss, t.Loss, "law_e + law_a / try_params^law_alpha + law_b / try_tokens^law_beta", "", "")
	if t.GPUHours > 0 {
		again := func(name, symbol, label string, kind unit.Kind, v float64) {
			b.Let(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v, Origin: derivation.Computed,
				Note: "the whole case worked out again with this size and these tokens on the same GPUs; take the size to open it"})
		}
		again("try_hours", "h'", "GPU-hours of its training", unit.GPUHourCount, t.GPUHours)
		step("try_cost", "K_t'", "its training", unit.Money, t.Train, "try_hours * price", "", "")
		again("try_day", "k_s'", "serving it, a day", unit.Money, t.Day)
		step("try_serving", "K_s'", "serving it over the days looked ahead", unit.Money, t.Serve, "try_day * "+grown(in.V(scenario.Growth), "growth", "horizon"),
			"Machines come whole: a small model may leave its last one idle.", "")
	} else {
		step("try_cost", "K_t'", "its training", unit.Money, t.Train, "cost * try_params * try_tokens / (params_active * tokens)",
			"Work goes with size times tokens, and money with work.", "another size may use the machines better or worse")
		step("try_serving", "K_s'", "serving it over the days looked ahead", unit.Money, t.Serve, "cost * try_params * life_weight / (params_active * tokens)",
			"Serving goes with the size.", "small models that leave their machines idle")
	}
	step("try_total", "K'", "both together", unit.Money, t.Total(), "try_cost + try_serving", "", "")
	if t.MoneyTokens > 0 {
		step("try_money_tokens", "D_m", "training tokens that the case's own money leaves it", unit.TokenCount, t.MoneyTokens,
			"(cost + serve_cost_per_day * "+grown(in.V(scenario.Growth), "growth", "horizon")+" - try_serving) * try_tokens / try_cost", "The money of the case's training and serving, less the serving of this size.", "")
		step("try_money_loss", "L_m", "loss for the case's own money", unit.Loss, t.MoneyLoss,
			"law_e + law_a / try_params^law_alpha + law_b / try_money_tokens^law_beta", "", "")
	}
}
