package uncertainty

import (
	"math"

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

// MaxCauses is how many causes one sum can tell apart.
const MaxCauses = 16

// Causes are factors that several terms of a sum share: one price in many
// lines of a bill. Each is one factor, however often it enters.
type Causes [MaxCauses]Spread

// Of gathers the spread of the causes in a set, bit k standing for cause k.
func (c *Causes) Of(set uint32) (s Spread) {
	for k := 0; set != 0; k, set = k+1, set>>1 {
		if set&1 != 0 {
			s = s.And(c[k])
		}
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
	by         [MaxCauses]float64
}

// Add adds a term: its value, the spread that is its own, and the set of causes that move it.
func (t *Terms) Add(v float64, own Spread, set uint32) {
	t.V += v
	t.up2 += v * v * own.Up2
	t.down2 += v * v * own.Down2
	for k := 0; set != 0; k, set = k+1, set>>1 {
		if set&1 != 0 {
			t.by[k] += v
		}
	}
}

// Spread is the spread of a sum whose terms share no cause.
func (t *Terms) Spread() Spread {
	if !(t.V > 0) {
		return Spread{}
	}
	return Spread{t.up2 / (t.V * t.V), t.down2 / (t.V * t.V)}
}

// Range is the 80 % range of the sum.
func (t *Terms) Range(c *Causes) unit.Range {
	if !(t.V > 0) {
		return unit.Exact(t.V)
	}
	up2, down2 := t.up2, t.down2
	for k := range t.by {
		b2 := t.by[k] * t.by[k]
		up2 += b2 * c[k].Up2
		down2 += b2 * c[k].Down2
	}
	v2 := t.V * t.V
	return ordered(t.V*math.Exp(-math.Sqrt(down2/v2)), t.V, t.V*math.Exp(math.Sqrt(up2/v2)))
}
