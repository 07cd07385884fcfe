package state

import (
	"math"

	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// SlideMax is a slider's last position; the first is 0.
const SlideMax = 240

// HasSlider reports whether a field has a slider beside its text box.
func HasSlider(n scenario.Num) bool {
	f := &scenario.Nums[n]
	return f.SlideHi > f.SlideLo
}

// Position is where a slider stands for a value; values outside its range
// stand at the nearer end.
func Position(n scenario.Num, v float64) int {
	f := &scenario.Nums[n]
	t := 0.0
	if f.Log {
		t = math.Log(v/f.SlideLo) / math.Log(f.SlideHi/f.SlideLo)
	} else {
		t = (v - f.SlideLo) / (f.SlideHi - f.SlideLo)
	}
	if !(t > 0) { // not a number too
		return 0
	}
	return int(math.Round(math.Min(t, 1) * SlideMax))
}

// at is the value for a slider's position, rounded as a person would.
func at(n scenario.Num, pos int) float64 {
	f := &scenario.Nums[n]
	t := float64(min(max(pos, 0), SlideMax)) / SlideMax
	if f.Log {
		return tidy(n, f.SlideLo*math.Pow(f.SlideHi/f.SlideLo, t))
	}
	return tidy(n, f.SlideLo+(f.SlideHi-f.SlideLo)*t)
}

// tidy rounds to what a person would write: two figures, whole percents, whole
// servers of GPUs; and keeps the field's limits.
func tidy(n scenario.Num, v float64) float64 {
	f := &scenario.Nums[n]
	switch {
	case n == scenario.GPUs && v >= 8:
		step := math.Max(8, math.Exp2(math.Floor(math.Log2(v))-4))
		v = math.Round(v/step) * step
	case f.Whole || f.Kind == unit.Count && v < 10:
		v = figures(math.Max(1, math.Round(v)))
	case HasSlider(n) && !f.Log:
		v = math.Round(v*100) / 100
	default:
		v = figures(v)
	}
	return clamp(n, v)
}

// figures rounds to two significant figures.
func figures(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	e := math.Floor(math.Log10(math.Abs(v))) - 1
	if e < 0 {
		p := math.Pow(10, -e)
		return math.Round(v*p) / p // 0.3 exactly, not 3 * 0.1
	}
	p := math.Pow(10, e)
	return math.Round(v/p) * p
}

func clamp(n scenario.Num, v float64) float64 {
	f := &scenario.Nums[n]
	if v < f.Min {
		return f.Min
	}
	if f.Max > 0 && v > f.Max {
		return f.Max
	}
	return v
}

// rungs are the round values of one order of magnitude.
var rungs = [...]float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8}

// Next is the next round value above or below v.
func Next(n scenario.Num, v float64, up bool) float64 {
	f := &scenario.Nums[n]
	dir := -1.0
	if up {
		dir = 1
	}
	switch {
	case f.Whole && f.Max <= 3: // stages and yes or no
		return clamp(n, math.Round(v)+dir)
	case f.Kind == unit.Fraction || HasSlider(n) && !f.Log:
		return clamp(n, math.Round((v+dir*0.01)*100)/100)
	case n == scenario.GPUs || f.Whole && n != scenario.Seq && v < 16:
		if v < 8 || v == 8 && !up {
			return clamp(n, math.Round(v)+dir)
		}
		return clamp(n, ladder(v, up, 1, 1.5, 2))
	case n == scenario.Seq:
		return clamp(n, ladder(v, up, 1, 2))
	}
	if v <= 0 {
		if up {
			return clamp(n, 1)
		}
		return clamp(n, 0)
	}
	next := decimalLadder(v, up)
	if f.Whole || f.Kind == unit.Count {
		next = math.Round(next)
		if next == math.Round(v) {
			next += dir
		}
	}
	return clamp(n, next)
}

// ladder is the next value of step * 2^k above or below v.
func ladder(v float64, up bool, steps ...float64) float64 {
	base := math.Exp2(math.Floor(math.Log2(v)))
	best := math.NaN()
	for _, b := range [...]float64{base / 2, base, base * 2} {
		for _, s := range steps {
			c := b * s
			if up && c > v*(1+1e-9) && !(c >= best) || !up && c < v*(1-1e-9) && !(c <= best) {
				best = c
			}
		}
	}
	return best
}

func decimalLadder(v float64, up bool) float64 {
	e := math.Floor(math.Log10(v))
	best := math.NaN()
	for k := e - 1; k <= e+1; k++ {
		for _, r := range rungs {
			c := r * math.Pow(10, k)
			if k < 0 {
				c = math.Round(r*10) / (10 * math.Pow(10, -k))
			}
			if up && c > v*(1+1e-9) && !(c >= best) || !up && c < v*(1-1e-9) && !(c <= best) {
				best = c
			}
		}
	}
	return best
}

// dragged is From pulled sideways: 120 pixels are a doubling, or for shares
// and the like a tenth.
func dragged(n scenario.Num, from, pixels float64) float64 {
	f := &scenario.Nums[n]
	if f.Kind == unit.Fraction || HasSlider(n) && !f.Log {
		return tidy(n, from+pixels/1200)
	}
	if from <= 0 {
		from = math.Max(f.Min, 1)
	}
	return tidy(n, from*math.Exp2(pixels/120))
}
