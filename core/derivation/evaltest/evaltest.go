// Package evaltest checks books of steps from outside: it evaluates formulas
// with an expression library that shares no code with Flopbook, and reads the
// printed formulas back. Only tests import it.
package evaltest

import (
	"math"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"

	"flopbook/core/derivation"
)

// Check evaluates every formula of the book on the values of its inputs and
// demands the value shown, within 1e-9 of it: the estimate and the text differ
// by rounding alone. The two sides of a Solved step's equation agree within
// 1e-6 of the left one, a solver's own tolerance.
func Check(t testing.TB, b *derivation.Book) {
	t.Helper()
	if err := b.Err(); err != nil {
		t.Error(err)
	}
	for _, s := range b.Steps() {
		env := environment()
		for _, in := range s.Inputs {
			if in.Name != s.Name {
				env[in.Name] = in.Value
			}
		}
		if s.Origin != derivation.Solved {
			got, err := evaluate(s.Expr, env)
			if err != nil {
				t.Errorf("step %s: %q: %v", s.Name, s.Expr, err)
			} else if !near(got, s.Value, 1e-9) {
				t.Errorf("step %s: %q gives %v, shown is %v", s.Name, s.Expr, got, s.Value)
			}
			continue
		}
		env[s.Name] = s.Value
		left, right, ok := cutEquation(s.Expr)
		l, errL := evaluate(left, env)
		r, errR := evaluate(right, env)
		switch {
		case !ok:
			t.Errorf("step %s: %q is no equation", s.Name, s.Expr)
		case errL != nil || errR != nil:
			t.Errorf("step %s: %q: %v, %v", s.Name, s.Expr, errL, errR)
		case !near(r, l, 1e-6):
			t.Errorf("step %s: %q does not hold for %v: left %v, right %v", s.Name, s.Expr, s.Value, l, r)
		}
	}
}

// near compares within a share of want; NaN is near nothing.
func near(got, want, share float64) bool {
	return got == want || math.Abs(got-want) <= share*math.Abs(want)
}

// environment holds the functions of the formula language.
func environment() map[string]any {
	fold := func(f func(a, b float64) float64) func(...float64) float64 {
		return func(xs ...float64) float64 {
			m := xs[0]
			for _, x := range xs[1:] {
				m = f(m, x)
			}
			return m
		}
	}
	return map[string]any{
		"min": fold(math.Min), "max": fold(math.Max), "ceil": math.Ceil, "floor": math.Floor,
		"sqrt": math.Sqrt, "exp": math.Exp, "ln": math.Log, "pow": math.Pow,
	}
}

// floats makes every whole number of a formula a float, as the formula
// language has no others: 86400 * 1e12 in integers would overflow.
type floats struct{}

func (floats) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.IntegerNode); ok {
		ast.Patch(node, &ast.FloatNode{Value: float64(n.Value)})
	}
}

func evaluate(text string, env map[string]any) (float64, error) {
	program, err := expr.Compile(text, expr.Env(env), expr.DisableAllBuiltins(), expr.Patch(floats{}), expr.AsFloat64())
	if err != nil {
		return 0, err
	}
	v, err := expr.Run(program, env)
	if err != nil {
		return 0, err
	}
	return v.(float64), nil
}

func cutEquation(s string) (left, right string, ok bool) {
	for i := range s {
		if s[i] == '=' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
