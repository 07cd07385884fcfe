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

// A Threshold is an amount of training compute from which a law asks more.
type Threshold struct {
	Name   string
	FLOP   unit.FLOP
	Status string
	Source string // key into package source
}

// Thresholds in law, smallest first. Order 14110 was revoked by order 14179 in January 2025.
var Thresholds = [...]Threshold{
	{"EU AI Act, article 51(2): presumed systemic risk", 1e25, "in force", "eu-ai-act"},
	{"US executive order 14110", 1e26, "revoked", "us-eo-14110"},
	{"California SB 53", 1e26, "in force since January 2026", "california-sb53"},
}

// Exceeds reports whether the work lies above the threshold.
func Exceeds(work, threshold unit.FLOP) bool { return work > threshold }
