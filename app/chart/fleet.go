package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A FleetMinute is a minute of a service's week.
type FleetMinute struct {
	Hour   float64 // since the week began, on Monday
	Rate   float64 // questions/s
	Copies float64 // that run
	Load   float64 // share of them in use
	Wait   float64 // s that one question in ten waits longer than; infinite where the queue only grows
}

// saturday is the hour at which the weekend begins.
const saturday = 5 * 24.0

// FleetDay is a weekday of traffic above, with a weekend day beside it where the
// week holds one, and below it what runs and what is in use.
func FleetDay(week []FleetMinute, gpusPerCopy float64) Chart {
	c := Chart{Key: "fleet", Title: "Machines for the busiest minute"}
	week = sound(week, func(m FleetMinute) []float64 { return []float64{m.Hour, m.Rate, m.Copies, m.Load} })
	var day, weekend []FleetMinute
	sum, work := 0.0, 0.0
	for _, m := range week {
		sum, work = sum+m.Copies, work+m.Copies*m.Load
		switch {
		case m.Hour >= 0 && m.Hour <= 24:
			day = append(day, m)
		case m.Hour >= saturday && m.Hour < saturday+24:
			m.Hour -= saturday
			weekend = append(weekend, m)
		}
	}
	if len(day) < 2 {
		return none(c, "Nobody asks, or the model does not fit the machines that answer.")
	}
	if !usable(gpusPerCopy) {
		gpusPerCopy = 1
	}
	c.X = Axis{Scale: "linear", Max: 24, Label: "hour of the day", Unit: "h"}
	for h := 0.0; h <= 24; h += 3 {
		c.X.Ticks = append(c.X.Ticks, Tick{At: h, Text: grouped(h)})
	}
	rate := Mark{Kind: Line, Color: C2, Label: "a weekday", Short: "weekday"}
	calm := Mark{Kind: Line, Color: C2, Dashed: true, Label: "at the weekend", Short: "weekend"}
	runs := Mark{Kind: Line, Color: C1, Label: "GPUs that run", Short: "run"}
	used := Mark{Kind: Band, Color: C2}
	most, fleet, slowest := 0.0, 0.0, 0.0
	thin := func(minutes []FleetMinute, add func(FleetMinute)) {
		step := max(1, len(minutes)/240)
		for i, m := range minutes {
			if i%step == 0 || i == len(minutes)-1 {
				add(m)
			}
		}
	}
	for _, m := range day {
		most, fleet = math.Max(most, m.Rate), math.Max(fleet, m.Copies*gpusPerCopy)
		if finite(m.Wait) {
			slowest = math.Max(slowest, m.Wait)
		}
	}
	thin(day, func(m FleetMinute) {
		all := m.Copies * gpusPerCopy
		rate.X, rate.Y = append(rate.X, m.Hour), append(rate.Y, m.Rate)
		runs.X, runs.Y = append(runs.X, m.Hour), append(runs.Y, all)
		used.X, used.Lo, used.Hi = append(used.X, m.Hour), append(used.Lo, 0), append(used.Hi, math.Min(all, all*m.Load))
	})
	thin(weekend, func(m FleetMinute) { calm.X, calm.Y = append(calm.X, m.Hour), append(calm.Y, m.Rate) })
	asked := Panel{Title: "questions a second", Height: 120, Y: linear(most, 4, short), Marks: []Mark{rate}}
	if len(calm.X) > 1 {
		asked.Marks = append(asked.Marks, calm)
	}
	running := Panel{Title: "GPUs on a weekday", Height: 160, Y: linear(fleet, 5, short), Marks: []Mark{used, runs}}
	if noon := day[len(day)/2]; math.Min(1, noon.Load)*noon.Copies*gpusPerCopy > 0.2*running.Y.Max && noon.Hour <= 24 {
		running.Marks = append(running.Marks, Mark{Kind: Words, Color: Ink, X: Floats{noon.Hour}, Y: Floats{math.Min(1, noon.Load) * noon.Copies * gpusPerCopy / 2}, Text: []string{"in use"}})
	}
	c.Panels = []Panel{asked, running}
	share := 0.0
	if sum > 0 {
		share = work / sum
	}
	in := unit.Short(unit.Fraction, share)
	c.Caption = fmt.Sprintf("At most %s run, and over the week %s of what runs is in use; the rest waits for the busiest minute.", gpus(fleet), in)
	c.Alt = fmt.Sprintf("Up to %s questions a second, on up to %s, of which %s are in use over the week. One question in ten waits up to %s for a place in the worst minute.",
		short(significant(most, 3)), gpus(fleet), in, seconds(slowest))
	c.Table = func() Table {
		t := Table{Columns: []Column{{"hour", "h"}, {"questions", "1/s"}, {"GPUs that run", ""}, {"in use", "1"}, {"one in ten waits longer than", "s"}, {"questions at the weekend", "1/s"}}}
		for h := range 24 {
			m := day[h*len(day)/24]
			wait, calm := words("–"), words("–")
			if finite(m.Wait) {
				wait = number(seconds(m.Wait), m.Wait)
			}
			if len(weekend) > 0 {
				w := weekend[h*len(weekend)/24].Rate
				calm = number(short(significant(w, 3)), w)
			}
			t.add(number(short(m.Hour), m.Hour), number(short(significant(m.Rate, 3)), m.Rate), number(count(m.Copies*gpusPerCopy), m.Copies*gpusPerCopy), number(unit.Short(unit.Fraction, m.Load), m.Load), wait, calm)
		}
		return t
	}
	return c
}
