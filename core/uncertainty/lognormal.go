// Package uncertainty carries ranges through arithmetic. A [unit.Range] is
// read as an interval that holds the real figure eight times in ten, one time
// in ten below Lo and one time in ten above Hi. Everything here is closed-form
// and allocates nothing, so that an estimate can carry its ranges along.
package uncertainty

import (
	"math"

	"flopbook/core/unit"
)

// Standard normal quantiles: 80 % of the mass lies within ±Z80, 90 % within ±Z90.
const (
	Z80 = 1.2815515655446004 // Φ⁻¹(0.90)
	Z90 = 1.6448536269514722 // Φ⁻¹(0.95); 2 Z90 = 3.2897, as Epoch AI's notebooks use
)

// SigmaFrom90 is the log standard deviation of a lognormal whose 90 % interval
// is lo to hi: ln(hi/lo)/3.2897. It reports false unless 0 < lo <= hi, finite.
func SigmaFrom90(lo, hi float64) (float64, bool) { return sigma(lo, hi, Z90) }

// SigmaFrom80 is the log standard deviation of a lognormal whose 80 % interval
// is lo to hi. It reports false unless 0 < lo <= hi, finite.
func SigmaFrom80(lo, hi float64) (float64, bool) { return sigma(lo, hi, Z80) }

func sigma(lo, hi, z float64) (float64, bool) {
	if !positive(lo) || !positive(hi) || hi < lo {
		return 0, false
	}
	return (math.Log(hi) - math.Log(lo)) / (2 * z), true
}

// Median is the median of a lognormal with a central interval lo to hi of any
// level: the geometric mean of the ends. It reports false unless 0 < lo <= hi, finite.
func Median(lo, hi float64) (float64, bool) {
	if !positive(lo) || !positive(hi) || hi < lo {
		return 0, false
	}
	// The product lo*hi could overflow; two roots cannot.
	return math.Sqrt(lo) * math.Sqrt(hi), true
}

// From90 turns a published 90 % interval of a positive quantity into the 80 %
// range around its median, read as a lognormal. It reports false unless
// 0 < lo <= hi, finite.
func From90(lo, hi float64) (unit.Range, bool) {
	m, ok := Median(lo, hi)
	if !ok {
		return unit.Range{}, false
	}
	s, _ := SigmaFrom90(lo, hi)
	w := math.Exp(Z80 * s)
	return ordered(m/w, m, m*w), true
}

// Lognormal is the 80 % range of a lognormal with the given median and log
// standard deviation. It reports false unless median > 0 and sigma >= 0, finite.
func Lognormal(median, sigma float64) (unit.Range, bool) {
	if !positive(median) || !(sigma >= 0) || math.IsInf(sigma, 1) {
		return unit.Range{}, false
	}
	w := math.Exp(Z80 * sigma)
	return ordered(median/w, median, median*w), true
}

func positive(x float64) bool { return x > 0 && x <= math.MaxFloat64 }

func finite(x float64) bool { return x-x == 0 }

// ordered keeps the promise Lo <= V <= Hi, all finite, against overflow and
// against the last bit of rounding. v is finite.
func ordered(lo, v, hi float64) unit.Range {
	if !(lo <= v) {
		lo = v
	}
	if !(hi >= v) {
		hi = v
	}
	return unit.Range{V: v, Lo: math.Max(lo, -math.MaxFloat64), Hi: math.Min(hi, math.MaxFloat64)}
}
