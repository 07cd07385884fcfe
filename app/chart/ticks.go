package chart

import "math"

// linear is an axis from 0 to a round number at or above max, with about n
// steps of 1, 2 or 5 times a power of ten.
func linear(max float64, n int, text func(float64) string) Axis {
	if !(max > 0) {
		max = 1
	}
	step := niceStep(max / float64(n))
	steps := int(math.Ceil(max/step - 1e-9))
	a := Axis{Scale: "linear", Max: significant(float64(steps)*step, 12)}
	for i := 0; i <= steps; i++ {
		v := significant(float64(i)*step, 12) // 3 × 0.1 is 0.3
		a.Ticks = append(a.Ticks, Tick{At: v, Text: text(v)})
	}
	return a
}

// niceStep is the least of 1, 2 and 5 times a power of ten that reaches v.
func niceStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*p >= v*(1-1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// logarithmic is an axis that just holds lo to hi, with ticks at 1, 2 and 5
// times the powers of ten, or at even steps where these are too few; ends that
// no axis can have are replaced.
func logarithmic(lo, hi float64, text func(float64) string) Axis {
	if !(lo >= 1e-200) {
		lo = 1e-200
	}
	if !(hi <= 1e200) {
		hi = 1e200
	}
	if !(hi > lo) {
		lo, hi = 1, 10
	}
	a := Axis{Scale: "log", Min: lo, Max: hi}
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, m := range [...]float64{1, 2, 5} {
			v := significant(m*math.Pow(10, e), 12)
			if v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
				a.Ticks = append(a.Ticks, Tick{At: math.Min(math.Max(v, lo), hi), Text: text(v), Major: m == 1})
			}
		}
	}
	for n := 4.0; len(a.Ticks) < fewTicks && n <= 16; n *= 2 {
		if even := evenTicks(lo, hi, n, text); len(even) > len(a.Ticks) {
			a.Ticks = even
		}
	}
	return a
}

// fewTicks is how many ticks an axis has at least, where its ends can be told apart.
const fewTicks = 3

// evenTicks are about n round numbers from lo to hi, all Major; none where two
// would read the same.
func evenTicks(lo, hi, n float64, text func(float64) string) (ticks []Tick) {
	step := niceStep((hi - lo) / n)
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi*(1+1e-9); i++ {
		v := significant(i*step, 12)
		t := text(v)
		if len(ticks) > 20 || len(ticks) > 0 && ticks[len(ticks)-1].Text == t {
			return nil
		}
		ticks = append(ticks, Tick{At: math.Min(math.Max(v, lo), hi), Text: t, Major: true})
	}
	return ticks
}

// doubling is an axis of counts that just holds lo to hi, with ticks at the
// powers of two.
func doubling(lo, hi float64) Axis {
	a := Axis{Scale: "log", Min: lo, Max: hi}
	for e := math.Ceil(math.Log2(lo) - 1e-9); e <= math.Log2(hi)+1e-9; e++ {
		v := math.Exp2(e)
		a.Ticks = append(a.Ticks, Tick{At: v, Text: grouped(v)})
	}
	return a
}
