package view

import (
	"math"

	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// noRoom is what the answer says of a copy that does not fit the machines asked
// for, and what would hold it; "" where it fits.
func noRoom(out *core.Report) (says, fix string) {
	for _, w := range out.Warnings() {
		if w.Code == core.WarnServeBig {
			return core.WarningText(w)
		}
	}
	return "", ""
}

// unasked says of an empty chart of a demand which of two reasons it has.
func unasked(out *core.Report, c chart.Chart) chart.Chart {
	switch {
	case !c.Empty:
		return c
	case out.Serve.OK:
		return c.Because("Nobody asks, so there is nothing to draw.")
	}
	return c.Because(chart.NotServed)
}

// paceChart is the trade between each reader's pace and a GPU's work, at 200
// numbers of answers at once.
func paceChart(in *core.Resolved, out *core.Report) chart.Chart {
	var d chart.PaceCurve
	points := make([]serve.Point, 200)
	var at serve.Point
	var ok bool
	timed("flopbook-curve", func() { at, ok = core.LatencyCurve(in, out, points) })
	c := chart.Pace(d)
	switch says, fix := noRoom(out); {
	case ok:
	case says != "":
		return c.Because(says + " " + fix)
	case out.Serve.OK:
		b := &out.Serve.Full
		c.Title = "Faster pictures or more of them"
		return c.Because("A picture comes whole, not token by token. One copy makes " + count(b.Seqs) + " at once, which takes " + unit.Short(unit.Time, b.Latency) +
			": " + unit.Short(unit.None, b.Questions/out.Serve.GPUs) + " pictures a second from each GPU.")
	default:
		return c
	}
	point := func(p serve.Point) chart.PacePoint {
		return chart.PacePoint{Answers: p.Seqs, Reader: p.PerReader, PerGPU: p.PerGPU}
	}
	for _, p := range points {
		d.Points = append(d.Points, point(p))
	}
	d.Now = point(at)
	if pace := in.Serving.Service.Pace; pace > 0 {
		d.Objective = 1 / pace
	}
	return chart.Pace(d)
}

// rooflineChart is where the steps of a copy stand under the roofline of its GPU.
func rooflineChart(in *core.Resolved, out *core.Report) chart.Chart {
	h := &in.Serving.Service.H
	r := chart.Roof{Accelerator: in.Serve.Name, Peak: h.Peak, Bandwidth: h.Bandwidth}
	for _, p := range core.Roofline(in, out) {
		r.Points = append(r.Points, chart.RoofPoint{Name: p.Name, Intensity: p.Intensity, Reached: p.Reached})
	}
	c := chart.Roofline(r)
	if in.Serving.Service.M.Patches > 0 && !c.Empty {
		c.Title = "What binds a pass over pictures"
	}
	return c
}

// fillChart is the memory of a GPU as answers fill it.
func fillChart(in *core.Resolved, out *core.Report) chart.Chart {
	u := chart.FillUse{Accelerator: in.Serve.Name, Capacity: in.Serving.Service.H.Memory, Now: in.Serving.Plan.Seqs}
	if s := &in.Serving.Service; out.Serve.OK && s.M.Patches > 0 {
		c := chart.Fill(u)
		c.Title = "What a picture keeps in memory"
		return c.Because("The weights take " + unit.Short(unit.ByteCount, s.M.Stored/out.Serve.GPUs) + " of each GPU’s " + unit.Short(unit.ByteCount, u.Capacity) +
			". A picture keeps nothing there from one pass to the next (no KV cache), so not memory but time sets how many are made at once: " + count(u.Now) + ".")
	}
	fills := make([]core.Fill, 9)
	if core.MemoryFill(in, out, fills) {
		for _, f := range fills {
			u.Points = append(u.Points, chart.FillPoint{Answers: f.Answers, Weights: f.Weights, Cache: f.Cache, Reserve: f.Reserve})
		}
	}
	return chart.Fill(u)
}

// fleetChart is the fleet over a week of traffic, minute by minute.
func fleetChart(in *core.Resolved, out *core.Report) chart.Chart {
	s, p, r := &in.Serving.Service, &in.Serving.Plan, &out.Serve
	if !r.OK || s.PerDay <= 0 {
		return unasked(out, chart.FleetDay(nil, 1))
	}
	week := make([]serve.Minute, serve.WeekMinutes)
	timed("flopbook-week", func() { s.Week(p, &r.Result, week) })
	minutes := make([]chart.FleetMinute, len(week))
	for i, m := range week {
		minutes[i] = chart.FleetMinute{Hour: float64(i) / 60, Rate: m.Rate, Copies: m.Copies, Load: m.Load, Wait: m.Wait}
	}
	return chart.FleetDay(minutes, r.GPUs)
}

// waysChart is what a day costs rented, owned and at a list price, from a
// thousandth of the demand to a thousand times as much.
func waysChart(in *core.Resolved, out *core.Report) chart.Chart {
	v := &in.Serving
	w := chart.WaysOfServing{APIName: v.ListName}
	perDay := v.Service.PerDay
	if !out.Serve.OK || perDay <= 0 {
		return unasked(out, chart.Ways(w))
	}
	demands := make([]float64, 49)
	for i := range demands {
		demands[i] = perDay * math.Pow(10, float64(i-24)/8)
	}
	points := make([]core.WayPoint, len(demands))
	core.Ways(in, out, demands, points)
	for _, p := range points {
		w.Points = append(w.Points, chart.WayCost{PerDay: p.PerDay, Rent: p.Rent, Own: p.Own, API: p.API})
	}
	w.Now = w.Points[24]
	return chart.Ways(w)
}

// leversChart is what one change does to the price of a question.
func leversChart(h *hub) chart.Chart {
	var rows []chart.LeverCost
	for _, l := range h.levers() {
		if l.OK {
			rows = append(rows, chart.LeverCost{Name: l.Name, PerQuery: l.PerQuery.V, Wh: l.Energy.V / 3600, Crossing: l.Crossing.V})
		}
	}
	return unasked(&h.answer.Out, chart.Levers(rows))
}
