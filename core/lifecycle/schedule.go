package lifecycle

import "math"

// A Plan is when each stage begins and what decides the whole length.
type Plan struct {
	Start [StageCount]float64 // days from the beginning
	Made  float64             // the day on which the last stage of the making ends
	All   float64             // the same with the stages that last as long as the model serves
	Path  Set                 // the stages whose lengths add up to Made
}

// Schedule works out the plan when each stage lasts so many days and waits for
// those that it comes after: each begins on the earliest day on which all of
// them are over. A stage that is off takes no time and passes on what it waits
// for.
func Schedule(on Set, days *[StageCount]float64, out *Plan) {
	*out = Plan{}
	var end [StageCount]float64
	var path [StageCount]Set // the chain of stages that ends with this one
	var last Set
	for s := range Stages {
		for set, k := Stages[s].After, 0; set != 0; k, set = k+1, set>>1 {
			if set&1 != 0 && end[k] > out.Start[s] {
				out.Start[s], path[s] = end[k], path[k]
			}
		}
		end[s] = out.Start[s]
		if !on.Has(Stage(s)) {
			continue
		}
		end[s] += days[s]
		path[s] |= 1 << s
		out.All = math.Max(out.All, end[s])
		if !Stages[s].Long && end[s] > out.Made {
			out.Made, last = end[s], path[s]
		}
	}
	out.Path = last
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
