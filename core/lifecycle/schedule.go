package lifecycle

import (
	"math"
	"math/bits"

	"flopbook/core/unit"
)

// A Plan is when each stage begins and what decides the whole length.
type Plan struct {
	Start [StageCount]float64 // days from the beginning
	Made  unit.Range          // the day on which the last stage of the making ends
	All   float64             // the same with the stages that last as long as the model serves
	Path  Set                 // the stages whose lengths add up to Made
}

// Schedule works out the plan when each stage lasts so many days and waits for
// those that it comes after: each begins on the earliest day on which all of
// them are over. A stage that is off takes no time and passes on what it waits
// for. Of the chains that run beside each other, the one whose end reaches
// furthest counts for that end: a longer stage never brings the day nearer, nor
// either end of its range. Along a chain stages are independent, and their
// widths add in quadrature.
func Schedule(on Set, days *[StageCount]unit.Range, out *Plan) {
	*out = Plan{}
	var end [StageCount]unit.Range
	var path [StageCount]Set // the chain of stages that ends with this one
	for s := range Stages {
		var start unit.Range
		for set := Stages[s].After; set != 0; set &= set - 1 {
			k := bits.TrailingZeros32(set)
			if e := &end[k]; e.V > start.V {
				start.V, path[s] = e.V, path[k]
			}
			start.Lo, start.Hi = max(start.Lo, end[k].Lo), max(start.Hi, end[k].Hi)
		}
		out.Start[s], end[s] = start.V, start
		if !on.Has(Stage(s)) {
			continue
		}
		d := &days[s]
		v := start.V + d.V
		end[s] = unit.Range{V: v, Lo: max(0, v-quadrature(start.V-start.Lo, d.V-d.Lo)), Hi: v + quadrature(start.Hi-start.V, d.Hi-d.V)}
		path[s] |= 1 << s
		out.All = max(out.All, v)
		if Stages[s].Long {
			continue
		}
		if v > out.Made.V {
			out.Made.V, out.Path = v, path[s]
		}
		out.Made.Lo, out.Made.Hi = max(out.Made.Lo, end[s].Lo), max(out.Made.Hi, end[s].Hi)
	}
}

func quadrature(a, b float64) float64 {
	switch {
	case a <= 0:
		return b
	case b <= 0:
		return a
	}
	return math.Sqrt(a*a + b*b)
}

// A Step of capacity is so many GPUs from a day on.
type Step struct{ Day, GPUs float64 }

// DaysWith is how long so many GPU-hours take when the GPUs come in steps, the
// first on day 0, in rising order of days: the whole of each step is used
// before the next begins. Infinite where the last step has no GPUs and work is left.
func DaysWith(hours float64, steps []Step) float64 {
	if hours <= 0 {
		return 0
	}
	for i, s := range steps {
		if i+1 < len(steps) {
			next := steps[i+1].Day
			if done := (next - s.Day) * 24 * s.GPUs; done < hours {
				hours -= done
				continue
			}
		}
		if s.GPUs <= 0 {
			return math.Inf(1)
		}
		return s.Day + hours/24/s.GPUs
	}
	return math.Inf(1)
}

// A Kind of machine in a mixed fleet: how many, and the useful FLOP/s of each.
type Kind struct{ GPUs, Rate float64 }

// Shares splits work over the kinds of a mixed fleet so that all end together:
// each kind's share is its part of the fleet's speed. It returns the speed of
// the whole, FLOP/s.
func Shares(kinds []Kind, share []float64) (rate float64) {
	for _, k := range kinds {
		rate += k.GPUs * k.Rate
	}
	for i, k := range kinds {
		share[i] = 0
		if rate > 0 {
			share[i] = k.GPUs * k.Rate / rate
		}
	}
	return rate
}
