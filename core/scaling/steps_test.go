package scaling

import (
	"math"
	"testing"

	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// value works a parsed formula out on the quantities that the step shows.
func value(t *testing.T, e *derivation.Expr, at map[string]float64) float64 {
	t.Helper()
	arg := func(i int) float64 { return value(t, e.Args[i], at) }
	switch e.Op {
	case derivation.Num:
		return e.Num
	case derivation.Ident:
		v, ok := at[e.Text]
		if !ok {
			t.Fatalf("formula names %q, which the step does not show", e.Text)
		}
		return v
	case derivation.Neg:
		return -arg(0)
	case derivation.Add:
		return arg(0) + arg(1)
	case derivation.Sub:
		return arg(0) - arg(1)
	case derivation.Mul:
		return arg(0) * arg(1)
	case derivation.Div:
		return arg(0) / arg(1)
	case derivation.Pow:
		return math.Pow(arg(0), arg(1))
	case derivation.Call:
		if e.Text == "exp" {
			return math.Exp(arg(0))
		}
	}
	t.Fatalf("no value for %v %q", e.Op, e.Text)
	return 0
}

func holds(t *testing.T, b *derivation.Book, want ...string) {
	t.Helper()
	if b.Err() != nil {
		t.Fatal(b.Err())
	}
	for _, name := range want {
		if _, ok := b.Find(name); !ok {
			t.Errorf("no step %s", name)
		}
	}
	for _, s := range b.Steps() {
		at := map[string]float64{}
		for _, in := range s.Inputs {
			at[in.Name] = in.Value
		}
		e, err := derivation.Parse(s.Expr)
		if err != nil {
			t.Fatal(err)
		}
		got, shown := 0.0, s.Value
		if s.Origin == derivation.Solved {
			at[s.Name] = s.Value
			got, shown = value(t, e.Args[0], at), value(t, e.Args[1], at)
		} else {
			got = value(t, e, at)
		}
		near(t, s.Name, got, shown, 1e-9)
		if s.Says == "" || s.Label == "" {
			t.Errorf("%s explains nothing", s.Name)
		}
	}
}

func TestPredictionSteps(t *testing.T) {
	for _, l := range everyLaw() {
		for _, r := range []struct{ n, d, u float64 }{{8e9, 15e12, 0}, {70e9, 1.4e12, 100e9}, {1e6, 1e7, 1e7}} {
			var p Prediction
			if !l.Predict(unit.Params(r.n), unit.Tokens(r.d), unit.Tokens(r.u), &p) {
				t.Fatal(l.ID)
			}
			b := derivation.NewBook()
			b.Let(derivation.Var{Name: "params_total", Kind: unit.ParamCount, Value: r.n, Origin: derivation.Given})
			b.Let(derivation.Var{Name: "tokens", Kind: unit.TokenCount, Value: r.d, Origin: derivation.Given})
			b.Let(derivation.Var{Name: "unique_tokens", Kind: unit.TokenCount, Value: float64(p.Unique), Origin: derivation.Given})
			p.Steps(b, "params_total", "tokens", "unique_tokens")
			want := []string{"effective_tokens", "tokens_per_param", "optimal_params", "optimal_tokens"}
			if l.GivesLoss() {
				want = append(want, "loss", "optimal_loss")
			}
			holds(t, b, want...)
		}
	}
}

func TestLifetimeSteps(t *testing.T) {
	for _, l := range []*Law{&Besiroglu2024, &Sardana2024, &Muennighoff2023, &Gadre2024} {
		for _, w := range []float64{1, 1e12, 1e15} {
			loss, _ := l.LossAtOptimum(30e9)
			var o Lifetime
			if !l.LifetimeOptimum(loss, unit.Tokens(w), &o) {
				t.Fatal(l.ID)
			}
			b := derivation.NewBook()
			b.Let(derivation.Var{Name: "target_loss", Kind: unit.Loss, Value: o.Loss})
			b.Let(derivation.Var{Name: "serving_weight", Kind: unit.TokenCount, Value: float64(o.Weight)})
			o.Steps(b, l, "target_loss", "serving_weight")
			holds(t, b, "lifetime_tokens", "lifetime_params", "lifetime_saving", "compute_optimal_params")
		}
	}
}
