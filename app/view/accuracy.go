package view

import (
	"math"
	"sort"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

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
	rows := core.Accuracy()
	var body []app.UI
	for _, metric := range []struct{ key, title, says string }{
		{"gpu_hours", "GPU-hours", "From the model, its compute and the kind of machine alone."},
		{"energy", "Energy", "From the disclosed GPU-hours and the kind of machine; this tests the power and the building, not the time."},
	} {
		var lines []app.UI
		var off []float64
		inside, n := 0, 0
		for _, r := range rows {
			if r.Metric != metric.key {
				continue
			}
			lines = append(lines, accuracyLine(r))
			if r.Circular {
				continue
			}
			n++
			off = append(off, math.Abs(r.Error))
			if r.Inside {
				inside++
			}
		}
		if len(lines) == 0 {
			continue
		}
		body = append(body, app.Section().Aria("labelledby", "acc-"+metric.key).Body(
			app.H2().ID("acc-"+metric.key).Text(metric.title),
			app.P().Class("says").Text(metric.says+" Of "+itoa(n)+" runs, "+itoa(inside)+" lie in the range we gave; half of our figures are off by less than "+unit.Short(unit.Fraction, median(off))+"."),
			app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", metric.title+", predicted and disclosed").Body(
				app.Table().Class("list").Body(
					app.THead().Body(app.Tr().Body(
						app.Th().Attr("scope", "col").Text("run"),
						app.Th().Attr("scope", "col").Class("num").Text("disclosed"), app.Th().Attr("scope", "col").Class("num").Text("predicted"),
						app.Th().Attr("scope", "col").Class("num").Text("off by"), app.Th().Attr("scope", "col").Text("in the range?"), app.Th().Attr("scope", "col").Text("machine"), app.Th().Attr("scope", "col").Text("source"))),
					app.TBody().Body(lines...)))))
	}
	if len(body) == 0 {
		body = append(body, app.P().Text("The table could not be read."))
	}
	return app.Div().Class("accuracy").Attr("data-test", "accuracy").Body(append([]app.UI{
		app.H1().Text("Accuracy"),
		app.P().Class("lead").Text("Whole training runs whose makers have published what they took, beside what Flopbook says of them. The step is predicted with constants fitted on other things, single training steps (a step of PaLM among them); what whole runs keep of its speed is fitted on disclosed runs, each predicted from the other sources alone. They were in view when the method was chosen. The bad ones stay in."),
	}, append(body, &stepErrors{H: c.H})...)...)
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
	if r.Circular {
		in = "proves nothing: one figure comes from the other"
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
	} else if safeURL(r.URL) {
		src = link(r.URL, where)
	}
	name := r.Model
	if r.Org != "" {
		name += " (" + r.Org + ")"
	}
	class := "in"
	if !r.Inside {
		class = "off"
	}
	return app.Tr().Class(class).Body(
		app.Th().Attr("scope", "row").Text(name),
		app.Td().Class("num").Text(bare(unit.Short(r.Kind, r.Measured))),
		app.Td().Class("num").Body(app.Text(bare(v)), pm),
		app.Td().Class("num error").Text(signed(r.Error)),
		app.Td().Text(in),
		app.Td().Text(machine),
		app.Td().Body(src),
	)
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
