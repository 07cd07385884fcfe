// Package derivation shows the work: each reported number as a named step
// whose formula is text, whose inputs are the names in that text, and whose
// value is the one that the estimate wrote. A test evaluates every formula on
// the values shown and demands the value shown.
package derivation

import (
	"fmt"

	"flopbook/core/unit"
)

// Origin says where a number comes from.
type Origin uint8

const (
	Computed Origin = iota // by the step's formula
	Given                  // by the reader or the scenario
	Assumed                // by Flopbook, for want of anything given
	Constant               // published, with a source
	Solved                 // the unknown that satisfies the step's equation
)

// A Var is one named quantity that formulas can refer to.
type Var struct {
	Name   string // identifier in formulas: "params_active"
	Symbol string // short symbol for print, light LaTeX: "N_a", "n_{kv}"; empty prints Label
	Label  string // plain words: "active parameters"
	Kind   unit.Kind
	Value  float64
	Lo, Hi float64 // 80 % range; both 0 when exact
	Origin Origin
	Source string // key into package source; empty for Given and Computed
	Date   string
	Note   string // what an expert wants to know: convention, scope
}

// A Step is a computed Var, its formula and the inputs named there.
type Step struct {
	Var
	Expr    string // "6 * params_active * tokens"; a Solved step holds an equation "left = right"
	Inputs  []Var  // in order of first appearance in Expr
	Says    string // the formula as one plain sentence
	Ignores string // what it leaves out
}

// A Book holds the quantities and steps of one estimate, in order of writing.
type Book struct {
	vars  map[string]Var
	steps map[string]Step
	order []string
	err   error
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{vars: map[string]Var{}, steps: map[string]Step{}}
}

// Let records a quantity that no formula in the book computes.
func (b *Book) Let(v Var) { b.vars[v.Name] = v }

// Step records how v.Value follows from quantities already in the book.
// A formula that names an unknown quantity sets Err.
func (b *Book) Step(v Var, expr, says, ignores string) {
	e, err := Parse(expr)
	if err != nil {
		b.fail(fmt.Errorf("step %s: %w", v.Name, err))
		return
	}
	if (e.Op == Equal) != (v.Origin == Solved) {
		b.fail(fmt.Errorf("step %s: a step holds an equation if and only if its value is Solved", v.Name))
		return
	}
	s := Step{Var: v, Expr: expr, Says: says, Ignores: ignores}
	for _, n := range names(e) {
		if n == v.Name && v.Origin == Solved {
			continue
		}
		in, ok := b.vars[n]
		if !ok {
			b.fail(fmt.Errorf("step %s: formula names %q, which is not in the book", v.Name, n))
			continue
		}
		s.Inputs = append(s.Inputs, in)
	}
	b.vars[v.Name] = v
	if _, again := b.steps[v.Name]; !again {
		b.order = append(b.order, v.Name)
	}
	b.steps[v.Name] = s
}

func (b *Book) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Err is the first mistake made while writing the book.
func (b *Book) Err() error { return b.err }

// Var finds a quantity by name.
func (b *Book) Var(name string) (Var, bool) { v, ok := b.vars[name]; return v, ok }

// Find finds a step by name.
func (b *Book) Find(name string) (Step, bool) { s, ok := b.steps[name]; return s, ok }

// Steps lists all steps in the order they were written.
func (b *Book) Steps() []Step {
	out := make([]Step, 0, len(b.order))
	for _, n := range b.order {
		out = append(out, b.steps[n])
	}
	return out
}

// Trail lists the named step and every step that it rests on, the named one first.
func (b *Book) Trail(name string) []Step {
	var out []Step
	seen := map[string]bool{}
	var walk func(string)
	walk = func(n string) {
		s, ok := b.steps[n]
		if !ok || seen[n] {
			return
		}
		seen[n] = true
		out = append(out, s)
		for _, in := range s.Inputs {
			walk(in.Name)
		}
	}
	walk(name)
	return out
}

// Sentence makes a sentence of a phrase: a capital in front, a full stop behind.
func Sentence(phrase string) string {
	if phrase == "" {
		return ""
	}
	if phrase[0] >= 'a' && phrase[0] <= 'z' {
		phrase = string(phrase[0]-0x20) + phrase[1:]
	}
	return phrase + "."
}
