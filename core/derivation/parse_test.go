package derivation

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// compute is a plain reading of the tree, for the tests of the parser alone;
// formulas are checked with a foreign library in package evaltest.
func compute(e *Expr, at map[string]float64) float64 {
	var a []float64
	for _, x := range e.Args {
		a = append(a, compute(x, at))
	}
	switch e.Op {
	case Num:
		return e.Num
	case Ident:
		return at[e.Text]
	case Neg:
		return -a[0]
	case Add:
		return a[0] + a[1]
	case Sub:
		return a[0] - a[1]
	case Mul:
		return a[0] * a[1]
	case Div:
		return a[0] / a[1]
	case Pow:
		return math.Pow(a[0], a[1])
	}
	switch e.Text {
	case "min":
		return math.Min(a[0], a[1])
	case "ceil":
		return math.Ceil(a[0])
	case "sqrt":
		return math.Sqrt(a[0])
	}
	return math.NaN()
}

func TestParseBinds(t *testing.T) {
	at := map[string]float64{"a": 2, "b": 3, "c_1": 5}
	for text, want := range map[string]float64{
		"1 + 2 * 3": 7, "(1 + 2) * 3": 9, "-a^2": -4, "2^3^2": 512, "2^-1": .5, "a - b - c_1": -6, "12 / a / b": 2, "12 / a * b": 18,
		"1e12*a": 2e12, "1.5e-3": .0015, ".5 + 1E3": 1000.5, "min(a, b) + ceil(c_1 / a)": 5, "pow(a, b)": 8, "--a": 2, "a*-b": -6, "sqrt(a + 14)": 4,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := compute(e, at); got != want {
			t.Errorf("%q = %v, want %v", text, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "1 +", "(1", "1)", "a b", "2a", "1..2", "1.2.3", "f(1)", "min(1)", "ceil(1, 2)", "exp", "a == b", "a = b = c", "(a = b)", "a # b", "1e999", "é", "\x00", "a % b",
		strings.Repeat("(", 5000), strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500), strings.Repeat("-", 500) + "1"} {
		if e, err := Parse(text); err == nil {
			t.Errorf("%.20q parsed as %+v", text, e)
		}
	}
}

func TestNames(t *testing.T) {
	got, err := Names("days * gpus = 6 * params_active * tokens / max(gpus, pow(days, 2))")
	want := []string{"days", "gpus", "params_active", "tokens"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// Any text is a formula or an error; a formula lays out in all forms.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{"6 * n * d", "a = b^2 / (c - 1e12)", "min(a, -b) / ceil(x / y) / exp(-z)", "a/b/c^-2", "((((1))))", "sqrt(ln(floor(2.50)))", "1e", "-(-a)^-b"} {
		f.Add(s, "N_a", 1.5)
	}
	f.Add("a*b", `n_{kv}^{\mathrm{max}}`, -1e30)
	f.Fuzz(func(t *testing.T, text, symbol string, v float64) {
		if len(symbol) > 40 { // longer ones only cost time
			return
		}
		names, err := Names(text)
		s := Step{Var: Var{Name: "r", Symbol: symbol, Value: v, Label: symbol}, Expr: text}
		if strings.Contains(text, "=") {
			s.Origin = Solved
		}
		for _, n := range names {
			s.Inputs = append(s.Inputs, Var{Name: n, Symbol: symbol, Value: v, Kind: 3})
		}
		formula, figures := s.MathML()
		if formula.String() == "" || figures.String() == "" {
			t.Fatal("nothing printed")
		}
		s.LaTeX()
		s.Text()
		s.Citation()
		if err == nil && len(names) > 0 && !strings.Contains(formula.String(), "data-name") {
			t.Fatal("the formula does not name its quantities")
		}
	})
}
