package uncertainty

import (
	"math"

	"flopbook/core/unit"
)

// Sum gathers independent ranges that are added: absolute half-widths add in
// quadrature, upward and downward apart. The rule is exact for normal terms
// and close for skewed ones of moderate width, where many terms or one wide
// term decide. Terms that share a cause (one price in two lines of a bill) are
// not independent: add them up first and Add the total once.
//
// The zero value is an empty sum. A Sum lives on the caller's stack.
type Sum struct {
	V, Up2, Down2 float64 // value and sums of squared half-widths
	Bad           bool    // a term was not an ordered, finite range and was left out
}

// Add adds an independent term r.
func (s *Sum) Add(r unit.Range) {
	if !finite(r.V) || !(r.Lo <= r.V) || !(r.Hi >= r.V) || !finite(r.Lo) || !finite(r.Hi) || !finite(s.V+r.V) {
		s.Bad = true
		return
	}
	s.V += r.V
	up, down := r.Hi-r.V, r.V-r.Lo
	s.Up2 += up * up
	s.Down2 += down * down
}

// Sub subtracts an independent term r: its upside is the difference's downside.
func (s *Sum) Sub(r unit.Range) { s.Add(unit.Range{V: -r.V, Lo: -r.Hi, Hi: -r.Lo}) }

// Range is the 80 % range of the sum. For non-negative terms Lo is never
// below the sum of the terms' Lo, hence never negative.
func (s *Sum) Range() unit.Range {
	return ordered(s.V-math.Sqrt(s.Down2), s.V, s.V+math.Sqrt(s.Up2))
}

// Plus is the range of the sum of two independent ranges.
func Plus(a, b unit.Range) unit.Range {
	var s Sum
	s.Add(a)
	s.Add(b)
	return s.Range()
}
