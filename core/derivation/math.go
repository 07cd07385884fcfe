package derivation

import (
	"math"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// A Node is one MathML element, so that a view can build it without raw HTML.
// Text and Children are never both set. Attribute class "figure" with
// data-name marks a number that stands for a quantity, "symbol" with data-name
// its symbol, "unit" a unit, and "constant" a number of the formula itself.
type Node struct {
	Tag, Text string
	Attrs     [][2]string
	Children  []Node
}

// String writes the node as markup, escaped.
func (n Node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (n Node) write(b *strings.Builder) {
	b.WriteString("<" + n.Tag)
	for _, a := range n.Attrs {
		b.WriteString(" " + a[0] + `="` + markup.Replace(a[1]) + `"`)
	}
	b.WriteString(">" + markup.Replace(n.Text))
	for _, c := range n.Children {
		c.write(b)
	}
	b.WriteString("</" + n.Tag + ">")
}

// Attr is the value of an attribute, empty if it is not set.
func (n Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

// How tightly the outermost operation of a piece binds.
const (
	sum = iota
	product
	power
	atom
)

// A piece is part of a formula in its three forms. A fraction is an atom where
// it stands on a bar and a product where it is written in a line, so the
// binding is kept twice.
type piece struct {
	node  Node
	latex string
	text  string
	prec  int // of node and latex
	flat  int // of text
	above *piece
	below *piece // a fraction's parts
}

func mo(s string) Node           { return Node{Tag: "mo", Text: s} }
func mrow(children ...Node) Node { return Node{Tag: "mrow", Children: children} }

func fence(left, right string, inner Node) Node {
	return mrow(Node{Tag: "mo", Text: left, Attrs: [][2]string{{"form", "prefix"}, {"fence", "true"}}}, inner,
		Node{Tag: "mo", Text: right, Attrs: [][2]string{{"form", "postfix"}, {"fence", "true"}}})
}

// within brackets a piece that binds less tightly than its place asks for.
func (p piece) within(prec int) piece {
	if p.prec < prec {
		p.node = fence("(", ")", p.node)
		p.latex = `\left(` + p.latex + `\right)`
		p.prec, p.above, p.below = atom, nil, nil
	}
	if p.flat < prec {
		p.text = "(" + p.text + ")"
		p.flat = atom
	}
	return p
}

// bare is a piece in a place that needs no brackets on a bar, in an exponent
// or under a root; in a line of text it does.
func (p piece) bare(flat int) piece {
	if p.flat < flat {
		p.text = "(" + p.text + ")"
		p.flat = atom
	}
	return p
}

func infix(a piece, node, latex, text string, b piece, prec int) piece {
	return piece{
		node:  mrow(append(parts(a.node), append([]Node{mo(node)}, parts(b.node)...)...)...),
		latex: a.latex + " " + latex + " " + b.latex,
		text:  a.text + " " + text + " " + b.text,
		prec:  prec, flat: prec,
	}
}

// parts opens a row so that rows do not nest without need; figures stay whole.
func parts(n Node) []Node {
	if n.Tag == "mrow" && len(n.Attrs) == 0 && len(n.Children) > 0 && n.Children[0].Attr("fence") == "" {
		return n.Children
	}
	return []Node{n}
}

// set lays a formula out; leaf says what stands for each quantity.
func set(e *Expr, leaf func(name string) piece) piece {
	arg := func(i int) piece { return set(e.Args[i], leaf) }
	switch e.Op {
	case Num:
		return constant(e)
	case Ident:
		return leaf(e.Text)
	case Neg:
		a := arg(0).within(product)
		return piece{node: mrow(mo("−"), a.node), latex: "-" + a.latex, text: "−" + a.text, prec: sum, flat: sum}
	case Add:
		b := arg(1)
		if first(e.Args[1]).Op == Neg || strings.HasPrefix(b.text, "−") {
			b = b.within(product)
		}
		return infix(arg(0), "+", "+", "+", b, sum)
	case Sub:
		return infix(arg(0), "−", "-", "−", arg(1).within(product), sum)
	case Mul:
		return infix(arg(0).within(product), "⋅", `\cdot`, "·", arg(1).within(product), product)
	case Div:
		return fraction(arg(0), arg(1))
	case Pow:
		base, exponent := arg(0).within(atom), arg(1)
		if base.below != nil { // a fraction is an atom everywhere but here
			base.node, base.latex = fence("(", ")", base.node), `\left(`+base.latex+`\right)`
		}
		return piece{
			node:  Node{Tag: "msup", Children: []Node{base.node, exponent.node}},
			latex: "{" + base.latex + "}^{" + exponent.latex + "}",
			text:  base.text + "^" + exponent.bare(atom).text,
			prec:  power, flat: power,
		}
	case Equal:
		return infix(arg(0), "=", "=", "=", arg(1), sum)
	}
	return call(e, leaf)
}

func first(e *Expr) *Expr {
	for (e.Op == Add || e.Op == Sub || e.Op == Mul || e.Op == Div || e.Op == Pow) && len(e.Args) > 0 {
		e = e.Args[0]
	}
	return e
}

// fraction puts a over b; a fraction over b becomes one bar: a/b/c is a over b·c.
func fraction(a, b piece) piece {
	flat := a.within(product).text + " / " + b.bare(power).text
	if a.below != nil {
		lower := infix(a.below.within(product), "⋅", `\cdot`, "·", b.within(product), product)
		a, b = *a.above, lower
	}
	return piece{
		node:  Node{Tag: "mfrac", Children: []Node{a.node, b.node}},
		latex: `\frac{` + a.latex + `}{` + b.latex + `}`,
		text:  flat,
		prec:  atom, flat: product,
		above: &a, below: &b,
	}
}

func call(e *Expr, leaf func(string) piece) piece {
	args := make([]piece, len(e.Args))
	var nodes []Node
	var latex, text []string
	for i, a := range e.Args {
		args[i] = set(a, leaf)
		if i > 0 {
			nodes = append(nodes, mo(","))
		}
		nodes = append(nodes, args[i].node)
		latex = append(latex, args[i].latex)
		text = append(text, args[i].text)
	}
	p := piece{text: e.Text + "(" + strings.Join(text, ", ") + ")", prec: atom, flat: atom}
	switch e.Text {
	case "sqrt":
		p.node, p.latex = Node{Tag: "msqrt", Children: nodes}, `\sqrt{`+latex[0]+`}`
	case "ceil":
		p.node, p.latex = fence("⌈", "⌉", nodes[0]), `\left\lceil `+latex[0]+` \right\rceil`
	case "floor":
		p.node, p.latex = fence("⌊", "⌋", nodes[0]), `\left\lfloor `+latex[0]+` \right\rfloor`
	case "exp":
		p.node, p.latex, p.prec = Node{Tag: "msup", Children: []Node{{Tag: "mi", Text: "e"}, nodes[0]}}, "e^{"+latex[0]+"}", power
	default:
		name := Node{Tag: "mi", Text: e.Text, Attrs: [][2]string{{"mathvariant", "normal"}}}
		p.node = mrow(name, mo("\u2061"), fence("(", ")", mrow(nodes...)))
		p.latex = `\` + e.Text + `\left(` + strings.Join(latex, ", ") + `\right)`
		p.prec = power // min(...)^2 wants brackets around it
	}
	return p
}

// constant is a number that the formula itself holds, exactly as written.
func constant(e *Expr) piece {
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(e.Text), "e")
	exp := 0
	if scientific {
		exp, _ = strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	}
	whole, frac, hasFrac := strings.Cut(mantissa, ".")
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 3 {
		var g []string
		for len(whole) > 3 {
			g = append([]string{whole[len(whole)-3:]}, g...)
			whole = whole[:len(whole)-3]
		}
		whole = strings.Join(append([]string{whole}, g...), ",")
	}
	if whole == "" {
		whole = "0"
	}
	if hasFrac && frac != "" {
		whole += "." + frac
	}
	p := number(whole, exp)
	p.node = mark(p.node, "constant", "")
	return p
}

// mark adds class and name to a node, on a row of its own where it has children.
func mark(n Node, class, name string) Node {
	n.Attrs = append([][2]string{{"class", class}}, n.Attrs...)
	if name != "" {
		n.Attrs = append(n.Attrs, [2]string{"data-name", name})
	}
	return n
}

// number sets digits × 10^exp.
func number(digits string, exp int) piece {
	p := piece{node: Node{Tag: "mn", Text: digits}, latex: strings.ReplaceAll(digits, ",", "{,}"), text: digits, prec: atom, flat: atom}
	if d, negative := strings.CutPrefix(digits, "−"); negative {
		p.node = mrow(mo("−"), Node{Tag: "mn", Text: d})
		p.latex = "-" + strings.ReplaceAll(d, ",", "{,}")
		p.prec, p.flat = sum, sum
	}
	if exp == 0 {
		return p
	}
	up := strconv.Itoa(exp)
	// Raised digits, not msup: fonts without mathematics place that too high,
	// into the bar of a fraction.
	raised := "10" + superscript(exp)
	ten := Node{Tag: "mn", Text: raised}
	if digits == "1" { // 10¹²
		return piece{node: ten, latex: "10^{" + up + "}", text: raised, prec: power, flat: power}
	}
	prec := product
	if p.prec == sum {
		prec = sum
	}
	return piece{
		node:  mrow(append(parts(p.node), mo("×"), ten)...),
		latex: p.latex + ` \times 10^{` + up + `}`,
		text:  p.text + "\u00a0×\u00a0" + raised,
		prec:  prec, flat: prec,
	}
}

func superscript(e int) string {
	return strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(strconv.Itoa(e))
}

// figure is a quantity's value with its base unit.
func (v Var) figure() piece {
	digits, exp := unit.PlainParts(v.Value)
	before, after := v.Kind.Affix()
	if _, cents, _ := strings.Cut(digits, "."); before == "$" && len(cents) == 1 && exp == 0 && math.Abs(v.Value) < 100 {
		digits += "0" // $2.50; above 100 the second place would claim a figure that is not known
	}
	p := number(digits, exp)
	row := []Node{}
	unitNode := func(s string) Node {
		return Node{Tag: "mtext", Text: s, Attrs: [][2]string{{"class", "unit"}}}
	}
	if before != "" {
		row = append(row, unitNode(before))
		p.latex = escapeLaTeX(before) + p.latex
		p.text = before + p.text
	}
	row = append(row, parts(p.node)...)
	if after != "" {
		row = append(row, unitNode(after))
		p.latex += `\,\text{` + escapeLaTeX(strings.TrimLeft(after, "\u00a0")) + `}`
		p.text += after
		p.prec, p.flat = min(p.prec, product), min(p.flat, product)
	}
	p.node = mark(mrow(row...), "figure", v.Name)
	return p
}

func (v Var) symbolPiece() piece {
	p := v.name()
	p.node = mark(p.node, "symbol", v.Name)
	return p
}

// worked holds a step laid out. A broken one has no formula that can be read.
type worked struct {
	name           piece
	formula        []piece // in symbols: the right side, or both sides of a Solved step's equation
	figures        []piece // the same in figures
	results        []piece // the value in its base unit and, where that differs, as people say it
	solved, broken bool
}

func (s Step) work() worked {
	w := worked{name: s.Var.symbolPiece(), solved: s.Origin == Solved}
	result := s.Var.figure()
	w.results = []piece{result}
	if said := strings.TrimLeft(unit.Short(s.Kind, s.Value), "−"); !sameUnit(said, result.text) {
		said = unit.Short(s.Kind, s.Value)
		w.results = append(w.results, piece{node: Node{Tag: "mtext", Text: said}, latex: `\text{` + escapeLaTeX(said) + `}`, text: said, prec: atom, flat: atom})
	}
	e, err := Parse(s.Expr)
	if err != nil || w.solved != (e.Op == Equal) {
		w.broken = true
		return w
	}
	vars := map[string]Var{s.Name: s.Var}
	for _, in := range s.Inputs {
		vars[in.Name] = in
	}
	symbols := func(n string) piece {
		v, ok := vars[n]
		if !ok {
			v = Var{Name: n}
		}
		return v.symbolPiece()
	}
	figures := func(n string) piece {
		v, ok := vars[n]
		if !ok || n == s.Name { // the unknown stays a symbol
			return symbols(n)
		}
		return v.figure()
	}
	if w.solved {
		for _, side := range e.Args {
			w.formula = append(w.formula, set(side, symbols))
			w.figures = append(w.figures, set(side, figures))
		}
		return w
	}
	w.formula, w.figures = []piece{set(e, symbols)}, []piece{set(e, figures)}
	if e.Op == Ident && w.figures[0].text == result.text { // a plain copy: the figure is the result
		w.results = w.results[1:]
	}
	return w
}

// sameUnit reports that two printed values differ in their digits alone.
func sameUnit(a, b string) bool {
	tail := func(s string) string { return strings.TrimLeft(s, "−$0123456789.,") }
	x, y := tail(a), tail(b)
	return x == y || strings.TrimSuffix(y, "s") == x
}

func equals(ps ...piece) (nodes []Node, latex, text string) {
	for i, p := range ps {
		if i > 0 {
			nodes = append(nodes, mo("="))
			latex += " = "
			text += " = "
		}
		nodes = append(nodes, p.node)
		latex += p.latex
		text += p.text
	}
	return nodes, latex, text
}

func (w worked) lines() (formula, figures []Node, formulaLaTeX, figuresLaTeX, formulaText, figuresText string) {
	answer := append([]piece{w.name}, w.results...)
	if w.broken {
		figures, figuresLaTeX, figuresText = equals(answer...)
		return figures, figures, figuresLaTeX, figuresLaTeX, figuresText, figuresText
	}
	if !w.solved {
		formula, formulaLaTeX, formulaText = equals(w.name, w.formula[0])
		figures, figuresLaTeX, figuresText = equals(append([]piece{w.name, w.figures[0]}, w.results...)...)
		return
	}
	formula, formulaLaTeX, formulaText = equals(w.formula...)
	figures, figuresLaTeX, figuresText = equals(w.figures...)
	n, l, t := equals(answer...)
	figures = append(append(figures, mo("⇒")), n...)
	figuresLaTeX += ` \;\Rightarrow\; ` + l
	figuresText += "; " + t
	return
}

// MathML lays the step out twice: the formula in symbols, and with the
// reader's figures in it followed by the result. Each is a math element with
// the same in words as alttext. A Solved step shows the equation that its value satisfies.
func (s Step) MathML() (formula, figures Node) {
	f, g, _, _, ft, gt := s.work().lines()
	display := func(children []Node, alt string) Node {
		return Node{Tag: "math", Attrs: [][2]string{{"display", "block"}, {"alttext", strings.ReplaceAll(alt, "\u00a0", " ")}}, Children: children}
	}
	return display(f, ft), display(g, gt)
}

// LaTeX is the step as MathML lays it out, for a display formula.
func (s Step) LaTeX() (formula, figures string) {
	_, _, f, g, _, _ := s.work().lines()
	return f, g
}

// Text is the step in one line: "days = C / (n · P) = 3.14 × 10²³ FLOP / (…) = 36 days".
func (s Step) Text() string {
	w := s.work()
	if w.broken || w.solved {
		_, _, _, _, f, g := w.lines()
		if w.broken {
			return g
		}
		return f + "; " + g
	}
	_, _, t := equals(append([]piece{w.name, w.formula[0], w.figures[0]}, w.results...)...)
	return t
}
