package scaling

import (
	"strings"

	"flopbook/core/unit"
)

// Side says where a number lies against a law's fitted range.
type Side int8

const (
	Below   Side = -1
	Within  Side = 0 // or the range is unknown
	Above   Side = 1
	Unasked Side = 2 // no value given
)

// A Verdict says for a point whether a law was fitted there. The answer is
// given all the same; outside it is an extrapolation and says so.
type Verdict struct {
	Params, Tokens, Compute, Ratio Side
}

// In reports that nothing known lies outside.
func (v Verdict) In() bool {
	out := func(s Side) bool { return s == Below || s == Above }
	return !out(v.Params) && !out(v.Tokens) && !out(v.Compute) && !out(v.Ratio)
}

// InRange compares a point with the range that the law was fitted on. A value
// that is not positive and finite is not asked about.
func (l *Law) InRange(n unit.Params, d unit.Tokens, c unit.FLOP) Verdict {
	f := &l.Fitted
	v := Verdict{
		Params:  side(float64(n), f.ParamsLo, f.ParamsHi),
		Tokens:  side(float64(d), f.TokensLo, f.TokensHi),
		Compute: side(float64(c), f.ComputeLo, f.ComputeHi),
		Ratio:   Unasked,
	}
	if usable(float64(n)) && usable(float64(d)) {
		v.Ratio = side(float64(d)/float64(n), 0, f.RatioHi)
	}
	return v
}

func side(x, lo, hi float64) Side {
	switch {
	case !usable(x):
		return Unasked
	case lo > 0 && x < lo:
		return Below
	case hi > 0 && x > hi:
		return Above
	}
	return Within
}

// Reason is the verdict as sentences for a reader, empty when nothing lies outside.
func (l *Law) Reason(n unit.Params, d unit.Tokens, c unit.FLOP) string {
	v := l.InRange(n, d, c)
	if v.In() {
		return ""
	}
	var parts []string
	say := func(s Side, x, lo, hi float64, k unit.Kind, low, high string) {
		switch s {
		case Below:
			parts = append(parts, unit.Words(k, x)+" "+low+" "+unit.Words(k, lo))
		case Above:
			parts = append(parts, unit.Words(k, x)+" "+high+" "+unit.Words(k, hi))
		}
	}
	f := &l.Fitted
	say(v.Params, float64(n), f.ParamsLo, f.ParamsHi, unit.ParamCount, "is less than the smallest model,", "is more than the largest model,")
	say(v.Tokens, float64(d), f.TokensLo, f.TokensHi, unit.TokenCount, "is less than the shortest run,", "is more than the longest run,")
	say(v.Compute, float64(c), f.ComputeLo, f.ComputeHi, unit.FLOPs, "is less than the smallest budget,", "is more than the largest budget,")
	if v.Ratio == Above {
		parts = append(parts, unit.Words(unit.TokensPerParam, float64(d)/float64(n))+" is beyond the "+unit.Words(unit.TokensPerParam, f.RatioHi)+" up to which such laws were checked")
	}
	return "Outside what “" + l.Name + "” was fitted on: " + strings.Join(parts, "; ") + ". The answer is an extrapolation."
}
