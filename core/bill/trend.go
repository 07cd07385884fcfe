package bill

import (
	"math"

	"flopbook/core/unit"
)

// Growth is the factor per year of something that multiplied by ratio over the years.
func Growth(ratio, years float64) float64 { return math.Pow(ratio, 1/years) }

// DoublingMonths is how long something takes to double (or halve) at a factor
// per year: 12·ln2/ln(g).
func DoublingMonths(perYear float64) float64 { return 12 * math.Ln2 / math.Log(perYear) }

// GrowthFromDoubling is the factor per year of what doubles in the months.
func GrowthFromDoubling(months float64) float64 { return math.Exp2(12 / months) }

// After is what a value has become after years at a factor per year.
func After(value, perYear, years float64) float64 { return value * math.Pow(perYear, years) }

// Exceeds reports whether the work lies above the threshold.
func Exceeds(work, threshold unit.FLOP) bool { return work > threshold }
