package train

import (
	"math"

	"flopbook/core/catalog"
)

// Evidence says what measured runs a prediction's constants rest on; later
// ones are weaker and their intervals wider.
type Evidence uint8

const (
	Measured       Evidence = iota // runs of this family, precision, kind of model and software
	OtherSoftware                  // the same with other software
	OtherPrecision                 // the family in another precision or with another kind of model
	NearFamily                     // the maker's nearest family
	AllFamilies                    // every family that was measured
)

func (e Evidence) String() string {
	switch e {
	case Measured:
		return "fitted on runs of this accelerator family, precision, kind of model and software"
	case OtherSoftware:
		return "fitted on runs of this accelerator family, precision and kind of model with other software"
	case OtherPrecision:
		return "from runs of this accelerator family in another precision or with another kind of model"
	case NearFamily:
		return "from runs of the maker's nearest accelerator family"
	}
	return "from runs of all measured accelerator families"
}

// widening is what each weaker kind of evidence does to the interval: its
// width on the log scale is multiplied by factor and each half is at least
// floor. Judgement, ordered so that weaker evidence is never narrower.
var widening = [...]struct{ factor, floor float64 }{
	Measured:       {1, 0},
	OtherSoftware:  {1.1, 0.10},
	OtherPrecision: {1.2, 0.25},
	NearFamily:     {1.35, 0.35},
	AllFamilies:    {1.5, 0.45},
}

// kin is the maker's family nearest in design and age.
func kin(family string) string {
	switch family {
	case "Blackwell Ultra", "Hopper":
		return "Blackwell"
	case "Blackwell":
		return "Blackwell Ultra"
	case "Ada", "Turing", "Volta":
		return "Ampere"
	case "Pascal":
		return "Volta"
	case "CDNA2":
		return "CDNA3"
	case "CDNA3":
		return "CDNA4"
	case "CDNA4":
		return "CDNA3"
	}
	return ""
}

// A Basis is what the constants of a prediction rest on.
type Basis struct {
	Row      *EfficiencyRow // nil: nothing was measured, the constants are typical ones
	Evidence Evidence
	Family   string // the family that the constants come from
}

// NearestEfficiency is [FindEfficiency] with the maker's nearest family where
// nothing of the family itself was measured, and what the constants rest on.
func NearestEfficiency(family string, p catalog.Precision, moe bool, software, network string, out *Efficiency) Basis {
	near := family
	for range 4 {
		row := FindEfficiency(near, p, moe, software, network, out)
		if row == nil {
			break
		}
		if row.Family == near && near != "any" && near != "" {
			b := Basis{Row: row, Family: near}
			switch {
			case near != family:
				b.Evidence = NearFamily
			case row.Rows == 0:
				b.Evidence = OtherPrecision
			case row.Software != software:
				b.Evidence = OtherSoftware
			}
			return b
		}
		next := kin(near)
		if next == "" {
			break
		}
		near = next
	}
	return Basis{Row: FindEfficiency("any", p, moe, software, network, out), Evidence: AllFamilies}
}

// Spread is the factors between which the measured time over the predicted one
// lies eight times in ten: the left-out errors behind the row, widened for
// weaker evidence and for each of `unknown` things that had to be assumed.
func (b *Basis) Spread(unknown float64) (lo, hi float64) {
	down, up := math.Ln2, math.Ln2
	if b.Row != nil {
		down, up = -math.Log(b.Row.Lo), math.Log(b.Row.Hi)
	}
	w := widening[b.Evidence]
	f := w.factor * (1 + PerUnknown*unknown)
	return math.Exp(-math.Max(down*f, w.floor)), math.Exp(math.Max(up*f, w.floor))
}

// PerUnknown widens an interval, on the log scale, for each thing that is not
// known of a run and is assumed.
const PerUnknown = 0.1

// LargestMeasured is the accelerators of the largest measured run behind the
// constants (core/testdata/training_runs.csv; a test compares).
const LargestMeasured = 3072
