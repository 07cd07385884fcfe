package uncertainty

import (
	"math"

	"flopbook/core/unit"
)

// widest is the largest log half-width that one factor may have. A range that
// reaches down to zero has no finite log width; it counts as "within a factor
// of a million", which is wider than anything we know and keeps results finite.
var widest = math.Log(1e6)

// Acc gathers the ranges of independent positive factors. The log of a product
// is a sum, and variances of independent terms add, so log half-widths add in
// quadrature; upward and downward widths are kept apart because published
// ranges are seldom symmetric. With lognormal factors the rule is exact.
//
// The zero value is an exact product. An Acc lives on the caller's stack.
type Acc struct {
	Up2, Down2 float64 // sums of squared log half-widths
	Bad        bool    // a factor was not a positive, ordered range and was left out
}

// Mul multiplies by an independent factor r.
func (a *Acc) Mul(r unit.Range) { a.Pow(r, 1) }

// Div divides by an independent factor r: its upside is the quotient's downside.
func (a *Acc) Div(r unit.Range) { a.Pow(r, -1) }

// Pow multiplies by an independent factor r raised to the power p. A factor
// that enters a formula twice is one factor with the summed power, never two.
func (a *Acc) Pow(r unit.Range, p float64) {
	up, down, ok := logWidths(r)
	if !ok || !finite(p) {
		a.Bad = true
		return
	}
	if p < 0 {
		up, down, p = down, up, -p
	}
	up, down = math.Min(up*p, widest), math.Min(down*p, widest)
	a.Up2 += up * up
	a.Down2 += down * down
}

// Range is the 80 % range around v, the product of the factors' values. The
// caller passes v because it has computed it already. A v that is not a
// positive number has no log width and is returned exact (0 if not finite).
func (a *Acc) Range(v float64) unit.Range {
	if !positive(v) {
		if !finite(v) {
			v = 0
		}
		return unit.Exact(v)
	}
	return ordered(v*math.Exp(-math.Sqrt(a.Down2)), v, v*math.Exp(math.Sqrt(a.Up2)))
}

// logWidths is how far r reaches up and down from its value, in natural log units.
func logWidths(r unit.Range) (up, down float64, ok bool) {
	if !positive(r.V) || !(r.Lo <= r.V) || !(r.Hi >= r.V) {
		return 0, 0, false
	}
	up, down = widest, widest
	if finite(r.Hi) {
		up = math.Min(widest, math.Log(r.Hi/r.V))
	}
	if r.Lo > 0 {
		down = math.Min(widest, math.Log(r.V/r.Lo))
	}
	return up, down, true
}

// Times is the range of a product of two independent positive ranges.
func Times(a, b unit.Range) unit.Range {
	var acc Acc
	acc.Mul(a)
	acc.Mul(b)
	return acc.Range(a.V * b.V)
}

// Over is the range of a quotient of two independent positive ranges.
func Over(a, b unit.Range) unit.Range {
	var acc Acc
	acc.Mul(a)
	acc.Div(b)
	return acc.Range(a.V / b.V)
}

// Power is the range of a positive range raised to an exact power; nothing is
// approximated, the ends just move along (and change places for p < 0).
func Power(r unit.Range, p float64) unit.Range {
	var acc Acc
	acc.Pow(r, p)
	return acc.Range(math.Pow(r.V, p))
}

// Scale multiplies a range by an exact number k >= 0 in a changed unit or
// count; a negative or unusable k gives an exact 0.
func Scale(r unit.Range, k float64) unit.Range {
	v := r.V * k
	if !(k >= 0) || !finite(v) || !(r.Lo <= r.V) || !(r.Hi >= r.V) {
		return unit.Range{}
	}
	if k == 0 {
		return unit.Range{}
	}
	return ordered(r.Lo*k, v, r.Hi*k)
}
