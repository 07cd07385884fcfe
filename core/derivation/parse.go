package derivation

import (
	"errors"
	"fmt"
	"strconv"
)

// Op is what a node of an [Expr] does.
type Op uint8

const (
	Num   Op = iota // a number; Text as written, Num its value
	Ident           // the name of a quantity, in Text
	Neg             // -a
	Add             // a + b
	Sub             // a - b
	Mul             // a * b
	Div             // a / b
	Pow             // a ^ b, or pow(a, b)
	Call            // Text(args...)
	Equal           // a = b, only at the top
)

// An Expr is a parsed formula. Brackets are not kept: the tree says what binds first.
type Expr struct {
	Op   Op
	Text string
	Num  float64
	Args []*Expr
}

// arity is how many arguments each function takes; max < 0 means any number.
var arity = map[string]struct{ min, max int }{
	"min": {2, -1}, "max": {2, -1},
	"ceil": {1, 1}, "floor": {1, 1}, "sqrt": {1, 1}, "exp": {1, 1}, "ln": {1, 1},
	"pow": {2, 2},
}

const (
	maxLength = 2000 // characters in a formula
	maxDepth  = 100  // brackets, calls and signs inside each other; keeps the recursion off the stack's end
)

// Parse reads a formula: identifiers, numbers, + - * / ^ ( ), the functions
// min max ceil floor sqrt exp ln pow, and one "=" at the top for an equation.
// ^ binds tightest and to the right; -a^2 is -(a^2). Anything else is an error
// that says where it stands.
func Parse(text string) (*Expr, error) {
	if len(text) > maxLength {
		return nil, errors.New("formula is longer than 2000 characters")
	}
	p := parser{text: text}
	e, err := p.sum(0)
	if err != nil {
		return nil, err
	}
	if p.accept('=') {
		right, err := p.sum(0)
		if err != nil {
			return nil, err
		}
		e = &Expr{Op: Equal, Args: []*Expr{e, right}}
	}
	if p.peek() != 0 {
		return nil, p.wrong()
	}
	return e, nil
}

// Names lists the quantities that a formula names, in order of first
// appearance; functions are not quantities.
func Names(text string) ([]string, error) {
	e, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return names(e), nil
}

func names(e *Expr) []string {
	var names []string
	seen := map[string]bool{}
	var walk func(*Expr)
	walk = func(e *Expr) {
		if e.Op == Ident && !seen[e.Text] {
			seen[e.Text] = true
			names = append(names, e.Text)
		}
		for _, a := range e.Args {
			walk(a)
		}
	}
	walk(e)
	return names
}

type parser struct {
	text string
	at   int
}

// peek is the next character that is not a blank, 0 at the end.
func (p *parser) peek() byte {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		case 0: // would look like the end
			return 1
		default:
			return c
		}
	}
	return 0
}

func (p *parser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) wrong() error {
	if p.peek() == 0 {
		return fmt.Errorf("formula %q ends too early", p.text)
	}
	return fmt.Errorf("formula %q: unexpected %q at character %d", p.text, p.text[p.at:min(len(p.text), p.at+10)], p.at+1)
}

func (p *parser) sum(depth int) (*Expr, error) {
	e, err := p.product(depth)
	for err == nil {
		op := Add
		switch {
		case p.accept('+'):
		case p.accept('-'):
			op = Sub
		default:
			return e, nil
		}
		var r *Expr
		r, err = p.product(depth)
		e = &Expr{Op: op, Args: []*Expr{e, r}}
	}
	return nil, err
}

func (p *parser) product(depth int) (*Expr, error) {
	e, err := p.signed(depth)
	for err == nil {
		op := Mul
		switch {
		case p.accept('*'):
		case p.accept('/'):
			op = Div
		default:
			return e, nil
		}
		var r *Expr
		r, err = p.signed(depth)
		e = &Expr{Op: op, Args: []*Expr{e, r}}
	}
	return nil, err
}

func (p *parser) signed(depth int) (*Expr, error) {
	if depth > maxDepth {
		return nil, errors.New("formula is nested too deeply")
	}
	if p.accept('-') {
		e, err := p.signed(depth + 1)
		if err != nil {
			return nil, err
		}
		return &Expr{Op: Neg, Args: []*Expr{e}}, nil
	}
	base, err := p.atom(depth)
	if err != nil || !p.accept('^') {
		return base, err
	}
	exponent, err := p.signed(depth + 1)
	if err != nil {
		return nil, err
	}
	return &Expr{Op: Pow, Args: []*Expr{base, exponent}}, nil
}

func (p *parser) atom(depth int) (*Expr, error) {
	c := p.peek()
	switch {
	case c == '(':
		p.at++
		e, err := p.sum(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.accept(')') {
			return nil, p.wrong()
		}
		return e, nil
	case isDigit(c) || c == '.':
		return p.number()
	case isLetter(c):
		from := p.at
		for p.at < len(p.text) && (isLetter(p.text[p.at]) || isDigit(p.text[p.at])) {
			p.at++
		}
		return p.named(p.text[from:p.at], depth)
	}
	return nil, p.wrong()
}

func (p *parser) number() (*Expr, error) {
	from := p.at
	p.digits()
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		p.digits()
	}
	if p.at < len(p.text) && (p.text[p.at] == 'e' || p.text[p.at] == 'E') {
		back := p.at
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if first := p.at; p.digits() == first {
			p.at = back
		}
	}
	written := p.text[from:p.at]
	v, err := strconv.ParseFloat(written, 64)
	if err != nil {
		return nil, fmt.Errorf("formula %q: %q is not a number that can be computed with", p.text, written)
	}
	if p.at < len(p.text) && (isLetter(p.text[p.at]) || p.text[p.at] == '.') {
		return nil, p.wrong()
	}
	return &Expr{Op: Num, Text: written, Num: v}, nil
}

func (p *parser) digits() int {
	for p.at < len(p.text) && isDigit(p.text[p.at]) {
		p.at++
	}
	return p.at
}

func (p *parser) named(name string, depth int) (*Expr, error) {
	n, isFunc := arity[name]
	called := p.peek() == '('
	switch {
	case called && !isFunc:
		return nil, fmt.Errorf("formula %q: there is no function %q", p.text, name)
	case !called && isFunc:
		return nil, fmt.Errorf("formula %q: the function %q stands without brackets", p.text, name)
	case !called:
		return &Expr{Op: Ident, Text: name}, nil
	}
	p.at++
	e := &Expr{Op: Call, Text: name}
	for {
		a, err := p.sum(depth + 1)
		if err != nil {
			return nil, err
		}
		e.Args = append(e.Args, a)
		if p.accept(')') {
			break
		}
		if !p.accept(',') {
			return nil, p.wrong()
		}
	}
	if k := len(e.Args); k < n.min || (n.max >= 0 && k > n.max) {
		return nil, fmt.Errorf("formula %q: %s has the wrong number of arguments: %d", p.text, name, k)
	}
	if name == "pow" {
		return &Expr{Op: Pow, Args: e.Args}, nil
	}
	return e, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}
