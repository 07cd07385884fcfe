package view

import (
	"math"
	"sort"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/source"
	"flopbook/core/unit"
)

// accuracyPage holds our figures against disclosed runs.
type accuracyPage struct {
	app.Compo
	H *hub
}

func (c *accuracyPage) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	hours, energy := ofMetric("gpu_hours"), ofMetric("energy")
	body := []app.UI{
		app.H1().Text("Accuracy"),
		app.P().Class("lead").Text("Whole training runs whose makers have published what they took, beside what Flopbook says of them. The step is predicted with constants fitted on other things, single training steps (a step of PaLM among them); what whole runs keep of its speed is fitted on disclosed runs, each predicted from the other sources alone. They were in view when the method was chosen. The bad ones stay in."),
	}
	if len(hours) == 0 || len(energy) == 0 {
		body = append(body, app.P().Text("The table could not be read."))
	} else {
		body = append(body, c.hours(hours), c.energy(energy), circular())
	}
	return app.Div().Class("accuracy").Attr("data-test", "accuracy").Body(append(body, &servingErrors{H: c.H}, &stepErrors{H: c.H})...)
}

func ofMetric(metric string) (rows []core.AccuracyRow) {
	for _, r := range core.Accuracy() {
		if r.Metric == metric {
			rows = append(rows, r)
		}
	}
	return rows
}

// medianOf is the middle of the sizes of errors.
func medianOf(rows []core.AccuracyRow, of func(*core.AccuracyRow) float64) string {
	var off []float64
	for i := range rows {
		off = append(off, math.Abs(of(&rows[i])))
	}
	return unit.Short(unit.Fraction, median(off))
}

func ourError(r *core.AccuracyRow) float64     { return r.Error }
func familyError(r *core.AccuracyRow) float64  { return r.Family }
func familyUnseen(r *core.AccuracyRow) float64 { return r.FamilyOut }

func insideOf(rows []core.AccuracyRow) (n int) {
	for _, r := range rows {
		if r.Inside {
			n++
		}
	}
	return n
}

// hours are the GPU-hours of whole runs, beside the plainest rule that has seen
// the answers.
func (c *accuracyPage) hours(rows []core.AccuracyRow) app.UI {
	var lines []app.UI
	of := map[string][]core.AccuracyRow{}
	var groups []string
	for _, r := range rows {
		lines = append(lines, accuracyLine(r))
		if of[r.Group] == nil {
			groups = append(groups, r.Group)
		}
		of[r.Group] = append(of[r.Group], r)
	}
	sort.SliceStable(groups, func(i, j int) bool { return len(of[groups[i]]) > len(of[groups[j]]) })
	var sources []app.UI
	for _, g := range groups {
		sources = append(sources, app.Tr().Body(app.Th().Attr("scope", "row").Body(groupOf(g, webAddress(of[g][0].URL))), app.Td().Class("num").Text(itoa(len(of[g]))), app.Td().Class("num").Text(medianOf(of[g], ourError)),
			app.Td().Class("num").Text(medianOf(of[g], familyUnseen)), app.Td().Class("num").Text(itoa(insideOf(of[g]))+" of "+itoa(len(of[g])))))
	}
	return app.Section().Aria("labelledby", "acc-gpu_hours").Body(
		app.H2().ID("acc-gpu_hours").Text("GPU-hours"),
		app.P().Class("says").Attr("data-test", "hours-says").Text("From the model, its compute and the kind of machine alone; each run is predicted without its own source. Of "+itoa(len(rows))+" runs, "+itoa(insideOf(rows))+" lie in the range we gave, which is meant to hold eight in ten; half of our figures are off by less than "+medianOf(rows, ourError)+"."),
		app.P().Class("says").Attr("data-test", "hours-baseline").Text("The plainest rule, work over peak speed times the median share of peak that the same family of accelerator reached, is off by "+medianOf(rows, familyError)+" where it has seen every answer, and by "+medianOf(rows, familyUnseen)+" with each source left out in turn."),
		app.Div().Class("figs wide").Body(figureFor(c.H, "held-runs", 0)),
		tableFor("Whole runs by source", []string{"source", "runs", "we are off by", "the family’s median is off by", "in our range"}, 5, sources),
		app.P().Class("says").Text("Run by run:"),
		tableFor("GPU-hours, predicted and disclosed", []string{"run", "disclosed", "predicted", "off by", "family’s median off by", "in the range?", "machine", "source"}, 5, lines))
}

// energy is the energy of runs that somebody measured.
func (c *accuracyPage) energy(rows []core.AccuracyRow) app.UI {
	var lines []app.UI
	for _, r := range rows {
		lines = append(lines, accuracyLine(r))
	}
	return app.Section().Aria("labelledby", "acc-energy").Body(
		app.H2().ID("acc-energy").Text("Energy"),
		app.P().Class("says").Attr("data-test", "energy-says").Text("From the disclosed GPU-hours and the kind of machine; this tests the power and the building, not the time. These are all "+itoa(len(rows))+" runs whose energy was measured: "+itoa(insideOf(rows))+" lie in the range we gave; half of our figures are off by less than "+medianOf(rows, ourError)+"."),
		tableFor("Energy, predicted and measured", []string{"run", "measured", "predicted", "off by", "in the range?", "machine", "source"}, 4, lines))
}

// circular names the runs of which a figure proves nothing.
func circular() app.UI {
	var items []app.UI
	for _, t := range core.CircularRuns() {
		why := "its GPU-hours"
		switch {
		case t.Has("time-circular") && t.Has("energy-circular"):
			why = "its GPU-hours and its energy"
		case t.Has("energy-circular"):
			why = "its energy"
		}
		items = append(items, app.Li().Text(t.Model+" ("+makers(t.Org)+", "+t.Date+"): "+why))
	}
	return app.Section().Aria("labelledby", "acc-circular").Body(
		app.H2().ID("acc-circular").Text("Not counted"),
		app.P().Class("says").Attr("data-test", "circular-says").Text("Where a published figure was itself worked out, GPU-hours from compute and an assumed share of peak, or energy from hours and rated power, agreeing with it proves nothing. Such figures are never counted, above or anywhere."),
		app.Details().Body(app.Summary().Text(itoa(len(items))+" runs with a circular figure"), app.Ul().Class("whys").Body(items...)))
}

func accuracyLine(r core.AccuracyRow) app.UI {
	v, span := unit.Text(r.Kind, r.Predicted)
	pm := app.Span().Class("pm")
	if span != "" {
		pm = pm.Text(" " + bare(span))
	}
	in := "yes"
	if !r.Inside {
		in = "no"
	}
	where, _, _ := strings.Cut(r.Source, " (")
	where, _, _ = strings.Cut(where, ";")
	machine := r.Hardware
	if a, p := catalog.Find(machine); p == nil {
		machine = a.Name
	}
	src := app.UI(app.Text(where))
	if s, ok := source.Get(r.Source); ok {
		src = link(s.URL, s.Title)
	} else if url := webAddress(r.URL); url != "" {
		src = link(url, where)
	}
	name := r.Model
	if r.Org != "" {
		name += " (" + makers(r.Org) + ")"
	}
	class := "in"
	if !r.Inside {
		class = "off"
	}
	cells := []app.UI{
		app.Th().Attr("scope", "row").Text(name),
		app.Td().Class("num").Text(bare(unit.Short(r.Kind, r.Measured))),
		app.Td().Class("num").Body(app.Text(bare(v)), pm),
		app.Td().Class("num error").Text(signed(r.Error)),
	}
	if r.Metric == "gpu_hours" {
		cells = append(cells, app.Td().Class("num").Text(signed(r.FamilyOut)))
	}
	return app.Tr().Class(class).Body(append(cells, app.Td().Text(in), app.Td().Text(machine), app.Td().Body(src))...)
}

// heldRuns draws the predictions of GPU-hours over what was disclosed.
func heldRuns() chart.Chart {
	var points []chart.Held
	for _, r := range ofMetric("gpu_hours") {
		points = append(points, chart.Held{Group: groupName(r.Group), Measured: r.Measured, Predicted: r.Predicted.V, Inside: r.Inside})
	}
	return chart.PredictedMeasured("held-runs", "Whole runs, each predicted without its own source", "GPU-hours", points)
}

// bare leaves out the unit that the table's heading says.
func bare(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "GPU-hours", "")), " ")
}

func signed(e float64) string {
	s := unit.Short(unit.Fraction, math.Round(100*math.Abs(e))/100)
	if s[0] == '0' {
		return s
	}
	if e < 0 {
		return "−" + s
	}
	return "+" + s
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	sort.Float64s(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
