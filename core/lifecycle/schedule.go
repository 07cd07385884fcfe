package lifecycle

import "math"

// Schedule fills start with the day on which each stage begins when each lasts
// so many days and waits for those that it comes after: the earliest day on
// which all of them are over. A stage that is off takes no time and passes on
// what it waits for. It returns the day on which the last stage of the making
// ends, and the day on which the last one of all does.
func Schedule(on Set, days *[StageCount]float64, start *[StageCount]float64) (made, all float64) {
	var end [StageCount]float64
	for s := range Stages {
		begin := 0.0
		for set, k := Stages[s].After, 0; set != 0; k, set = k+1, set>>1 {
			if set&1 != 0 {
				begin = math.Max(begin, end[k])
			}
		}
		start[s] = begin
		end[s] = begin
		if on.Has(Stage(s)) {
			end[s] += days[s]
			all = math.Max(all, end[s])
			if !Stages[s].Long {
				made = math.Max(made, end[s])
			}
		}
	}
	return made, all
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
