package uncertainty

import (
	"math/bits"

	"flopbook/core/unit"
)

// A Spread is how far a positive factor reaches up and down, as squared log
// half-widths: worked out once, it costs an addition wherever the factor is
// used. The zero value is exact.
type Spread struct{ Up2, Down2 float64 }

// SpreadOf is the spread of a range; exact for one that is not positive and ordered.
func SpreadOf(r unit.Range) Spread {
	if r.Lo == r.Hi {
		return Spread{}
	}
	up, down, ok := logWidths(r)
	if !ok {
		return Spread{}
	}
	return Spread{up * up, down * down}
}

// And is the spread of a product of two independent factors.
func (s Spread) And(o Spread) Spread { return Spread{s.Up2 + o.Up2, s.Down2 + o.Down2} }

// Inverse is the spread of one over the factor.
func (s Spread) Inverse() Spread { return Spread{s.Down2, s.Up2} }

// Range is the 80 % range of a product with this spread and the value v.
func (s Spread) Range(v float64) unit.Range {
	a := Acc{Up2: s.Up2, Down2: s.Down2}
	return a.Range(v)
}

// A Value is a figure with its spread. Its range costs two exponentials, so it
// is worked out when somebody asks for it.
type Value struct {
	V      float64
	Spread Spread
}

// Range is the 80 % range of the value.
func (v Value) Range() unit.Range { return v.Spread.Range(v.V) }

// Of is a range as a value.
func Of(r unit.Range) Value { return Value{r.V, SpreadOf(r)} }

// Times multiplies by an exact number.
func (v Value) Times(k float64) Value { return Value{v.V * k, v.Spread} }

// By multiplies by an independent value.
func (v Value) By(o Value) Value { return Value{v.V * o.V, v.Spread.And(o.Spread)} }

// MaxCauses is how many causes one sum can tell apart.
const MaxCauses = 16

// Causes are factors that several terms of a sum share: one price in many
// lines of a bill. Each is one factor, however often it enters.
type Causes [MaxCauses]Spread

// Of gathers the spread of the causes in a set, bit k standing for cause k.
func (c *Causes) Of(set uint32) (s Spread) {
	for ; set != 0; set &= set - 1 {
		s = s.And(c[bits.TrailingZeros32(set)%MaxCauses])
	}
	return s
}

// Terms is a sum of positive terms that share causes. What a cause moves is
// moved in all its terms together, so its widths add up; causes, and what is
// each term's own, are independent and add in quadrature. Relative widths are
// taken in logs, so one term alone keeps the range of its product.
//
// The zero value is an empty sum. A Terms lives on the caller's stack.
type Terms struct {
	V          float64
	up2, down2 float64 // of what is each term's own, absolute, squared
	set        uint32  // the causes seen
	by         [MaxCauses]float64
}

// Add adds a term: its value, the spread that is its own, and the set of causes that move it.
func (t *Terms) Add(v float64, own Spread, set uint32) {
	t.V += v
	t.up2 += v * v * own.Up2
	t.down2 += v * v * own.Down2
	t.set |= set
	for ; set != 0; set &= set - 1 {
		t.by[bits.TrailingZeros32(set)%MaxCauses] += v
	}
}

// Spread is the spread of a sum whose terms share no cause.
func (t *Terms) Spread() Spread {
	if !(t.V > 0) {
		return Spread{}
	}
	return Spread{t.up2 / (t.V * t.V), t.down2 / (t.V * t.V)}
}

// Value is the sum with its spread.
func (t *Terms) Value(c *Causes) Value {
	if !(t.V > 0) {
		return Value{V: t.V}
	}
	up2, down2 := t.up2, t.down2
	for set := t.set; set != 0; set &= set - 1 {
		k := bits.TrailingZeros32(set) % MaxCauses
		v2 := t.by[k] * t.by[k]
		up2 += v2 * c[k].Up2
		down2 += v2 * c[k].Down2
	}
	over := 1 / (t.V * t.V)
	return Value{t.V, Spread{up2 * over, down2 * over}}
}

// Range is the 80 % range of the sum.
func (t *Terms) Range(c *Causes) unit.Range { return t.Value(c).Range() }
