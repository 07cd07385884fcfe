// Package catalog holds the tables with sources: accelerators, their prices,
// power grids, facility constants, published utilisation, serving efficiency
// and list prices. Every figure carries its source, date and confidence; a
// figure that nobody published is not Known, never a silent zero.
//
// The tables are embedded CSVs under data/, one file per licence group (see
// data/LICENCES.md), parsed once on first use. Lookups return pointers into
// the tables and allocate nothing; what they point to is read only.
package catalog

import (
	"math"

	"flopbook/core/unit"
)

// Confidence says how far a figure can be trusted.
type Confidence uint8

const (
	Low    Confidence = iota + 1 // one weak source, a guess or a stand-in
	Medium                       // recalled from a named document, derived, or read at second hand
	High                         // read in a primary source
)

func (c Confidence) String() string {
	switch c {
	case Low:
		return "low"
	case Medium:
		return "medium"
	case High:
		return "high"
	}
	return "none"
}

// A Value is one figure with where it comes from. V, Lo and Hi are in the
// base of Kind (see package unit), or in Unit where no Kind fits. Lo and Hi
// bound the plausible range; they equal V where the figure is exact.
type Value struct {
	V, Lo, Hi  float64
	Kind       unit.Kind
	Known      bool // false: nobody published it; V, Lo and Hi are then 0
	Confidence Confidence
	Unit       string // as the table writes it: "TFLOP/s"
	Source     string // key into package source
	Date       string // day, month or year that the figure holds for
	Provenance string // read, recalled, derived, assumed; "given" for a reader's own
	Note       string
}

// Range is the value with its interval.
func (v *Value) Range() unit.Range { return unit.Range{V: v.V, Lo: v.Lo, Hi: v.Hi} }

// Or is the value's figure, or the other one where this is not known.
func (v *Value) Or(other float64) float64 {
	if v.Known {
		return v.V
	}
	return other
}

// Given is a figure of the reader's own, exact, in the base of its kind.
func Given(v float64, kind unit.Kind) Value {
	return Value{V: v, Lo: v, Hi: v, Kind: kind, Known: true, Confidence: High, Provenance: "given"}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
