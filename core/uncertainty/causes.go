package uncertainty

import (
	"math"
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

// A Term is a positive term of a sum, with how far it reaches up and down.
type Term struct {
	v        float64
	own      Spread
	set      uint32
	up, down float64 // absolute half-widths over the log half-widths
}

// Term is a term: its value, the spread that is its own, and the set of causes
// that move it beside.
func (c *Causes) Term(v float64, own Spread, set uint32) Term {
	t := Term{v: v, own: own, set: set, up: v, down: v}
	all := own.And(c.Of(set))
	if all.Up2 > 0 {
		w := math.Sqrt(all.Up2)
		t.up *= grown(w) / w
	}
	if all.Down2 > 0 {
		w := math.Sqrt(all.Down2)
		g := grown(w)
		t.down *= g / (1 + g) / w
	}
	return t
}

// Times multiplies by an exact number.
func (t Term) Times(k float64) Term {
	t.v, t.up, t.down = t.v*k, t.up*k, t.down*k
	return t
}

// Terms is a sum of positive terms that share causes. A term's half-width, in
// absolute figures, is shared out among its causes and its own spread as their
// squares are. What a cause moves is moved in all its terms together, so its
// widths add up; causes, and what is each term's own, are independent and add
// in quadrature. One term alone keeps the range of its product, and a term that
// grows with its spread unchanged raises both ends of the sum.
//
// The zero value is an empty sum. A Terms lives on the caller's stack.
type Terms struct {
	V          float64
	up2, down2 float64 // of what is each term's own, squared
	set        uint32  // the causes seen
	by         [MaxCauses]struct{ up, down float64 }
}

// Add adds a term.
func (t *Terms) Add(a Term) {
	t.V += a.v
	t.up2 += a.up * a.up * a.own.Up2
	t.down2 += a.down * a.down * a.own.Down2
	t.set |= a.set
	for set := a.set; set != 0; set &= set - 1 {
		by := &t.by[bits.TrailingZeros32(set)%MaxCauses]
		by.up += a.up
		by.down += a.down
	}
}

// AddAll adds the terms of another sum.
func (t *Terms) AddAll(o *Terms) {
	t.V += o.V
	t.up2 += o.up2
	t.down2 += o.down2
	t.set |= o.set
	for set := o.set; set != 0; set &= set - 1 {
		k := bits.TrailingZeros32(set) % MaxCauses
		t.by[k].up += o.by[k].up
		t.by[k].down += o.by[k].down
	}
}

// Value is the sum with its spread.
func (t *Terms) Value(c *Causes) Value {
	out := Value{V: t.V}
	if !(t.V > 0) {
		return out
	}
	up2, down2 := t.up2, t.down2
	for set := t.set; set != 0; set &= set - 1 {
		k := bits.TrailingZeros32(set) % MaxCauses
		by := &t.by[k]
		up2 += by.up * by.up * c[k].Up2
		down2 += by.down * by.down * c[k].Down2
	}
	out.Spread = spreadOf(t.V, up2, down2)
	return out
}

// Range is the 80 % range of the sum.
func (t *Terms) Range(c *Causes) unit.Range { return t.Value(c).Range() }

// Plus is the sum of independent positive values: as in [Terms], absolute
// half-widths add in quadrature.
func (v Value) Plus(others ...Value) Value {
	n, last := 0, Value{}
	sum, up2, down2 := 0.0, 0.0, 0.0
	add := func(v Value) {
		if !(v.V > 0) {
			return
		}
		n, last = n+1, v
		sum += v.V
		if v.Spread.Up2 > 0 {
			up := v.V * grown(math.Sqrt(v.Spread.Up2))
			up2 += up * up
		}
		if v.Spread.Down2 > 0 {
			g := grown(math.Sqrt(v.Spread.Down2))
			down := v.V * g / (1 + g)
			down2 += down * down
		}
	}
	add(v)
	for _, o := range others {
		add(o)
	}
	if n == 1 {
		return last
	}
	return Value{sum, spreadOf(sum, up2, down2)}
}

// spreadOf is the spread of a positive figure with absolute half-widths, squared.
func spreadOf(v, up2, down2 float64) (s Spread) {
	if up2 > 0 {
		w := logOf(math.Sqrt(up2) / v)
		s.Up2 = w * w
	}
	if down2 > 0 {
		w := widest
		if share := math.Sqrt(down2) / v; share < 1 {
			w = min(widest, -logOf(-share))
		}
		s.Down2 = w * w
	}
	return s
}
