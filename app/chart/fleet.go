package chart

import (
	"fmt"
	"math"

	"flopbook/core/unit"
)

// A FleetMinute is a minute of a service's day.
type FleetMinute struct {
	Rate   float64 // questions/s
	Copies float64 // that run
	Load   float64 // share of them in use
	Wait   float64 // s that one question in ten waits longer than
}

// FleetDay is a day of traffic above, and below it what runs and what is in use.
func FleetDay(minutes []FleetMinute, gpusPerCopy float64) Chart {
	c := Chart{Key: "fleet", Title: "Machines for the busiest minute"}
	if len(minutes) < 2 {
		minutes = make([]FleetMinute, 2)
	}
	if !usable(gpusPerCopy) {
		gpusPerCopy = 1
	}
	hours := func(i int) float64 { return 24 * float64(i) / float64(len(minutes)-1) }
	c.X = Axis{Scale: "linear", Max: 24, Label: "hour of a weekday", Unit: "h"}
	for h := 0.0; h <= 24; h += 3 {
		c.X.Ticks = append(c.X.Ticks, Tick{At: h, Text: grouped(h)})
	}
	rate := Mark{Kind: Line, Color: C2}
	runs := Mark{Kind: Line, Color: C1, Label: "GPUs that run", Short: "run"}
	used := Mark{Kind: Band, Color: C2, Label: "in use", Short: "in use"}
	most, fleet, sum, work := 0.0, 0.0, 0.0, 0.0
	slowest := 0.0
	step := max(1, len(minutes)/240)
	for i, m := range minutes {
		if !finite(m.Rate) || !finite(m.Copies) || !finite(m.Load) {
			m = FleetMinute{}
		}
		most, fleet = math.Max(most, m.Rate), math.Max(fleet, m.Copies*gpusPerCopy)
		sum, work = sum+m.Copies, work+m.Copies*m.Load
		if finite(m.Wait) {
			slowest = math.Max(slowest, m.Wait)
		}
		if i%step != 0 && i != len(minutes)-1 {
			continue
		}
		x, all := hours(i), m.Copies*gpusPerCopy
		rate.X, rate.Y = append(rate.X, x), append(rate.Y, m.Rate)
		runs.X, runs.Y = append(runs.X, x), append(runs.Y, all)
		used.X, used.Lo, used.Hi = append(used.X, x), append(used.Lo, 0), append(used.Hi, math.Min(all, all*m.Load))
	}
	c.Panels = []Panel{
		{Title: "questions a second", Height: 110, Y: linear(most, 4, short), Marks: []Mark{rate}},
		{Title: "GPUs", Height: 160, Y: linear(fleet, 5, short), Marks: []Mark{used, runs}},
	}
	share := 0.0
	if sum > 0 {
		share = work / sum
	}
	c.Caption = fmt.Sprintf("At most %s run, and over the day %s of what runs is in use; the rest waits for the busiest minute.", gpus(fleet), unit.Short(unit.Fraction, share))
	c.Alt = fmt.Sprintf("Up to %s questions a second, on up to %s, of which %s are in use over the day. One question in ten waits up to %s for a place in the worst minute.",
		short(significant(most, 3)), gpus(fleet), unit.Short(unit.Fraction, share), unit.Short(unit.Time, slowest))
	c.Table = func() Table {
		t := Table{Columns: []Column{{"hour", "h"}, {"questions", "1/s"}, {"GPUs that run", ""}, {"in use", "1"}, {"one in ten waits longer than", "s"}}}
		for h := 0; h < 24; h++ {
			m := minutes[h*(len(minutes)-1)/24]
			wait := words("–")
			if finite(m.Wait) {
				wait = number(unit.Short(unit.Time, m.Wait), m.Wait)
			}
			t.add(number(grouped(float64(h)), float64(h)), number(short(significant(m.Rate, 3)), m.Rate), number(count(m.Copies*gpusPerCopy), m.Copies*gpusPerCopy), number(unit.Short(unit.Fraction, m.Load), m.Load), wait)
		}
		return t
	}
	return c
}
