package evaltest

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"testing"

	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// CheckPrinted reads each step's printed figures back, as MathML and as text,
// and demands that they lead to the value shown. Every printed number stands
// for all numbers that round to it; the value must lie in what the printed
// formula makes of those intervals, so the tolerance is that of the digits
// printed and nothing else. It catches a wrong bracket, a lost factor and a
// unit that slipped between formula and figure.
func CheckPrinted(t testing.TB, b *derivation.Book) {
	t.Helper()
	for _, s := range b.Steps() {
		if err := checkMathML(s); err != nil {
			t.Errorf("step %s: printed formula: %v", s.Name, err)
		}
		if err := checkText(s); err != nil {
			t.Errorf("step %s: printed text: %v\n%s", s.Name, err, s.Text())
		}
	}
}

// An interval holds a number known to a few digits.
type interval struct{ lo, hi float64 }

// A reading is a printed formula as an expression over x0, x1, ... with what each stands for.
type reading struct {
	text   strings.Builder
	values map[string]interval
	vars   map[string]derivation.Var
	err    error
}

func newReading(s derivation.Step) *reading {
	r := &reading{values: map[string]interval{}, vars: map[string]derivation.Var{s.Name: s.Var}}
	for _, in := range s.Inputs {
		r.vars[in.Name] = in
	}
	return r
}

func (r *reading) put(iv interval) {
	name := fmt.Sprintf("x%d", len(r.values))
	r.values[name] = iv
	r.text.WriteString(" " + name + " ")
}

// printed is what a number of the page may stand for: half a unit of its last
// digit either way, unless it is the value of v to the last bit.
func printed(digits string, exp int, v *derivation.Var) (interval, error) {
	plain := strings.ReplaceAll(strings.Replace(digits, "−", "-", 1), ",", "")
	x, err := strconv.ParseFloat(plain+"e"+strconv.Itoa(exp), 64)
	if err != nil {
		return interval{}, err
	}
	if v == nil || x == v.Value {
		return interval{x, x}, nil
	}
	_, frac, _ := strings.Cut(plain, ".")
	half := 0.5 * math.Pow(10, float64(exp-len(frac)))
	// The last bits of the arithmetic here are no part of the print.
	slack := 1e-12 * math.Abs(x)
	if math.Abs(v.Value-x) > half+slack {
		return interval{}, fmt.Errorf("%s is %v but prints as %s × 10^%d", v.Name, v.Value, digits, exp)
	}
	return interval{x - half - slack, x + half + slack}, nil
}

func checkMathML(s derivation.Step) error {
	_, figures := s.MathML()
	kids := figures.Children // name = figures = result, or left = right ⇒ name = result
	at := 4                  // of the result; a plain copy of an input has none of its own
	if s.Origin == derivation.Solved {
		at = 6
	}
	if len(kids) < at-1 {
		return fmt.Errorf("%d parts", len(kids))
	}
	sides := []derivation.Node{kids[2]}
	if s.Origin == derivation.Solved {
		sides = []derivation.Node{kids[0], kids[2]}
	}
	if len(kids) > at && kids[at].Attr("class") == "figure" {
		r := newReading(s)
		if r.node(kids[at]); r.err != nil {
			return r.err
		}
	}
	var out []interval
	for _, side := range sides {
		r := newReading(s)
		r.node(side)
		iv, err := r.evaluate()
		if err != nil {
			return err
		}
		out = append(out, iv)
	}
	return agree(s, out)
}

func agree(s derivation.Step, sides []interval) error {
	if s.Origin == derivation.Solved {
		a, b := sides[0], sides[1]
		slack := 1e-6 * math.Max(math.Abs(a.hi), math.Abs(a.lo))
		if a.lo > b.hi+slack || b.lo > a.hi+slack || !finite(a, b) {
			return fmt.Errorf("left side is %v, right side %v", a, b)
		}
		return nil
	}
	slack := 1e-9 * math.Abs(s.Value)
	if a := sides[0]; !finite(a) || s.Value < a.lo-slack || s.Value > a.hi+slack {
		return fmt.Errorf("the figures give %v to %v, shown is %v", a.lo, a.hi, s.Value)
	}
	return nil
}

func finite(ivs ...interval) bool {
	for _, v := range ivs {
		if math.IsNaN(v.lo) || math.IsNaN(v.hi) {
			return false
		}
	}
	return true
}

// node reads one MathML element into the expression.
func (r *reading) node(n derivation.Node) {
	if r.err != nil {
		return
	}
	switch n.Attr("class") {
	case "figure", "constant":
		digits, exp := figure(n)
		var of *derivation.Var
		if n.Attr("class") == "figure" {
			v, ok := r.vars[n.Attr("data-name")]
			if !ok {
				r.err = fmt.Errorf("figure %q has no input", n.Attr("data-name"))
			}
			of = &v
		}
		iv, err := printed(digits, exp, of)
		if err != nil {
			r.err = err
		}
		r.put(iv)
		return
	case "symbol": // the unknown of an equation
		v, ok := r.vars[n.Attr("data-name")]
		if !ok {
			r.err = fmt.Errorf("symbol %q has no value", n.Attr("data-name"))
		}
		r.put(interval{v.Value, v.Value})
		return
	case "unit":
		return
	}
	wrap := func(open string, kids []derivation.Node, shut string) {
		r.text.WriteString(open)
		for _, k := range kids {
			r.node(k)
		}
		r.text.WriteString(shut)
	}
	k := n.Children
	switch n.Tag {
	case "mrow": // no brackets: they must be on the page where they matter
		wrap("", k, "")
	case "mfrac":
		wrap("((", k[:1], ")/")
		wrap("(", k[1:], "))")
	case "msqrt":
		wrap("sqrt(", k, ")")
	case "msup":
		if k[0].Tag == "mi" && k[0].Text == "e" {
			wrap("exp(", k[1:], ")")
			return
		}
		wrap("", k[:1], "^")
		wrap("(", k[1:], ")")
	case "mi":
		r.text.WriteString(n.Text)
	case "mo":
		op, ok := map[string]string{"+": "+", "−": "-", "⋅": "*", "(": "(", ")": ")", ",": ",", "\u2061": "",
			"⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")"}[n.Text]
		if !ok {
			r.err = fmt.Errorf("unknown operator %q", n.Text)
		}
		r.text.WriteString(op)
	default:
		r.err = fmt.Errorf("unknown element %s", n)
	}
}

var lowered = strings.NewReplacer("⁻", "−", "⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9")

// figure reads the number in a figure or constant: digits, or digits × 10^exp.
func figure(n derivation.Node) (digits string, exp int) {
	var flat func(n derivation.Node) string
	flat = func(n derivation.Node) string {
		if n.Attr("class") == "unit" {
			return ""
		}
		s := n.Text
		if up, ok := strings.CutPrefix(s, "10"); ok && strings.ContainsAny(up, "⁰¹²³⁴⁵⁶⁷⁸⁹") {
			s = "^" + lowered.Replace(up)
		}
		for _, c := range n.Children {
			s += flat(c)
		}
		return s
	}
	digits, up, raised := strings.Cut(flat(n), "^")
	if raised {
		exp, _ = strconv.Atoi(strings.Replace(up, "−", "-", 1))
		digits = strings.TrimSuffix(digits, "×")
	}
	if digits == "" || digits == "−" {
		digits += "1"
	}
	return digits, exp
}

// units lists what may stand behind a number, the longest first.
var units = func() []string {
	var all []string
	for _, k := range unit.Kinds() {
		if _, after := k.Affix(); after != "" {
			all = append(all, after)
		}
	}
	sort.Slice(all, func(i, j int) bool { return len(all[i]) > len(all[j]) })
	return all
}()

func checkText(s derivation.Step) error {
	line := s.Text()
	var texts []string
	if s.Origin == derivation.Solved {
		parts := strings.Split(line, "; ")
		if len(parts) < 3 {
			return fmt.Errorf("%d parts", len(parts))
		}
		texts = strings.Split(parts[1], " = ")
	} else {
		parts := strings.Split(line, " = ")
		if len(parts) < 3 {
			return fmt.Errorf("%d parts", len(parts))
		}
		texts = parts[2:3]
	}
	e, err := derivation.Parse(s.Expr)
	if err != nil {
		return err
	}
	leaves := leavesOf(e)
	var out []interval
	for _, text := range texts {
		r := newReading(s)
		rest := r.line(text, leaves, s)
		if r.err != nil {
			return r.err
		}
		leaves = rest
		iv, err := r.evaluate()
		if err != nil {
			return err
		}
		out = append(out, iv)
	}
	if len(leaves) > 0 {
		return fmt.Errorf("%d quantities of the formula are not printed", len(leaves))
	}
	return agree(s, out)
}

func leavesOf(e *derivation.Expr) (out []*derivation.Expr) {
	if e.Op == derivation.Num || e.Op == derivation.Ident {
		return []*derivation.Expr{e}
	}
	for _, a := range e.Args {
		out = append(out, leavesOf(a)...)
	}
	return out
}

// line reads a formula in text. Its numbers come in the order of the formula's leaves.
func (r *reading) line(text string, leaves []*derivation.Expr, s derivation.Step) []*derivation.Expr {
	unknown := ""
	if s.Origin == derivation.Solved { // "…; n = 1,024"
		parts := strings.Split(s.Text(), "; ")
		unknown, _, _ = strings.Cut(parts[len(parts)-1], " = ")
	}
	for text != "" && r.err == nil {
		if len(leaves) > 0 && leaves[0].Op == derivation.Ident && leaves[0].Text == s.Name && unknown != "" && strings.HasPrefix(text, unknown) {
			r.put(interval{s.Value, s.Value})
			text, leaves = text[len(unknown):], leaves[1:]
			continue
		}
		if c := strings.TrimPrefix(text, "$"); c[:1] >= "0" && c[:1] <= "9" {
			if len(leaves) == 0 {
				r.err = fmt.Errorf("more numbers than the formula has")
				return nil
			}
			digits, exp, rest := number(c)
			var of *derivation.Var
			if leaves[0].Op == derivation.Ident {
				v := r.vars[leaves[0].Text]
				if v.Value < 0 { // its sign is read as an operator
					v.Value = -v.Value
				}
				of = &v
			}
			iv, err := printed(digits, exp, of)
			if err != nil {
				r.err = err
			}
			r.put(iv)
			for _, u := range units {
				if after, ok := strings.CutPrefix(rest, u); ok {
					rest = after
					break
				}
			}
			text, leaves = rest, leaves[1:]
			continue
		}
		found := false
		for _, w := range [][2]string{{" ", ""}, {"+", "+"}, {"−", "-"}, {"·", "*"}, {"/", "/"}, {"^", "^"}, {"(", "("}, {")", ")"}, {",", ","},
			{"min", "min"}, {"max", "max"}, {"ceil", "ceil"}, {"floor", "floor"}, {"sqrt", "sqrt"}, {"exp", "exp"}, {"ln", "ln"}, {"$", ""}} {
			if after, ok := strings.CutPrefix(text, w[0]); ok {
				r.text.WriteString(w[1])
				text, found = after, true
				break
			}
		}
		if !found {
			r.err = fmt.Errorf("cannot read on at %q", text)
		}
	}
	return leaves
}

// number takes "6.738 × 10⁹" or "10¹²" or "86,400" off the front.
func number(s string) (digits string, exp int, rest string) {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' || s[n] == ',' && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9') {
		n++
	}
	digits, rest = s[:n], s[n:]
	raised, ok := strings.CutPrefix(rest, "\u00a0×\u00a010")
	if !ok && digits == "10" {
		raised, ok = rest, true
		if _, any := power(rest); any == rest {
			return digits, 0, rest
		}
		digits = "1"
	}
	if ok {
		exp, rest = power(raised)
	}
	return digits, exp, rest
}

func power(s string) (exp int, rest string) {
	text := ""
	for _, c := range s {
		i := strings.IndexRune("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", c)
		if i < 0 {
			break
		}
		s = s[len(string(c)):]
		text += map[rune]string{'⁰': "0", '¹': "1", '²': "2", '³': "3", '⁴': "4", '⁵': "5", '⁶': "6", '⁷': "7", '⁸': "8", '⁹': "9", '⁻': "-"}[c]
	}
	exp, _ = strconv.Atoi(text)
	return exp, s
}

func (r *reading) evaluate() (interval, error) {
	if r.err != nil {
		return interval{}, r.err
	}
	e, err := derivation.Parse(r.text.String())
	if err != nil {
		return interval{}, err
	}
	return bounds(e, r.values)
}

// bounds is interval arithmetic over a formula; a quantity that occurs twice
// is taken to vary twice, which only widens the result.
func bounds(e *derivation.Expr, values map[string]interval) (interval, error) {
	args := make([]interval, len(e.Args))
	for i, a := range e.Args {
		iv, err := bounds(a, values)
		if err != nil {
			return iv, err
		}
		args[i] = iv
	}
	hull := func(xs ...float64) interval {
		out := interval{math.Inf(1), math.Inf(-1)}
		for _, x := range xs {
			out.lo, out.hi = math.Min(out.lo, x), math.Max(out.hi, x)
		}
		return out
	}
	each := func(f func(float64) float64) (interval, error) {
		return hull(f(args[0].lo), f(args[0].hi)), nil
	}
	corners := func(f func(a, b float64) float64) (interval, error) {
		a, b := args[0], args[1]
		return hull(f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)), nil
	}
	switch e.Op {
	case derivation.Num:
		return interval{e.Num, e.Num}, nil
	case derivation.Ident:
		iv, ok := values[e.Text]
		if !ok {
			return iv, fmt.Errorf("%q is printed without a value", e.Text)
		}
		return iv, nil
	case derivation.Neg:
		return interval{-args[0].hi, -args[0].lo}, nil
	case derivation.Add:
		return interval{args[0].lo + args[1].lo, args[0].hi + args[1].hi}, nil
	case derivation.Sub:
		return interval{args[0].lo - args[1].hi, args[0].hi - args[1].lo}, nil
	case derivation.Mul:
		return corners(func(a, b float64) float64 { return a * b })
	case derivation.Div:
		if args[1].lo <= 0 && args[1].hi >= 0 {
			return interval{}, fmt.Errorf("a divisor prints as zero")
		}
		return corners(func(a, b float64) float64 { return a / b })
	case derivation.Pow:
		iv, err := corners(math.Pow)
		if args[0].lo < 0 && args[0].hi > 0 { // an even power turns at zero
			zero := math.Pow(0, args[1].lo)
			iv.lo, iv.hi = math.Min(iv.lo, zero), math.Max(iv.hi, zero)
		}
		return iv, err
	}
	switch e.Text {
	case "ceil":
		return each(math.Ceil)
	case "floor":
		return each(math.Floor)
	case "sqrt":
		return each(func(x float64) float64 { return math.Sqrt(math.Max(x, 0)) })
	case "exp":
		return each(math.Exp)
	case "ln":
		return each(math.Log)
	}
	out := args[0]
	for _, a := range args[1:] {
		if e.Text == "min" {
			out = interval{math.Min(out.lo, a.lo), math.Min(out.hi, a.hi)}
		} else {
			out = interval{math.Max(out.lo, a.lo), math.Max(out.hi, a.hi)}
		}
	}
	return out, nil
}
