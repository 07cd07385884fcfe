package view

import (
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// insteadPart is what could be done instead of training, side by side.
type insteadPart struct {
	app.Compo
	H   *hub
	Rev int
}

func (c *insteadPart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	in, b := &c.H.answer.In, c.H.bill()
	var all [core.AlternativeCount]core.AlternativeCost
	core.Compete(in, &c.H.answer.Out, b, &all)
	var rows []app.UI
	best, least := -1, math.Inf(1)
	for i := range all {
		if all[i].Known && all[i].Total.V < least {
			best, least = i, all[i].Total.V
		}
	}
	for i := range all {
		w := &all[i]
		a := &core.Alternatives[i]
		key := "alt_" + a.Key
		name := app.UI(app.Text(a.Label))
		if i == best {
			name = app.B().Text(a.Label + ": the cheapest here")
		}
		cells := []app.UI{app.Th().Attr("scope", "row").Title(a.Says).Body(name)}
		if !w.Known {
			cells = append(cells, app.Td().ColSpan(6).Text("cannot be priced in this case: "+unpriced(core.Alternative(i))))
			rows = append(rows, app.Tr().Body(cells...))
			continue
		}
		for _, f := range [...]struct {
			name string
			v    float64
		}{{"_setup", w.Setup.V}, {"_year", w.PerYear.V}, {"_query", w.PerQuery.V}, {"_total", w.Total.V}} {
			cells = append(cells, app.Td().Class("num").Body(opener(c.H, "link", key+f.name, unit.Short(unit.Money, f.v))))
		}
		even := app.Td().Class("num")
		switch v := w.BreakEven; {
		case i == int(core.ByAPI) || math.IsNaN(v):
			even = even.Text("")
		case math.IsInf(v, 1):
			even = even.Text("never")
		case v == 0:
			even = even.Text("always")
		default:
			even = even.Body(opener(c.H, "link", key+"_break_even", unit.Short(unit.Count, math.Ceil(v))))
		}
		learns := ""
		if w.Learns > 0 {
			learns = unit.Short(unit.ParamCount, w.Learns)
		}
		rows = append(rows, app.Tr().Body(append(cells, even, app.Td().Class("num").Text(learns))...))
	}
	asked := in.V(scenario.People) * in.V(scenario.Questions) * in.V(scenario.Horizon)
	says := count(in.V(scenario.People)) + " people ask " + unit.Short(unit.None, in.V(scenario.Questions)) + " questions a day each for " + unit.Short(unit.DayCount, in.V(scenario.Horizon)) + ": "
	if all[core.ByAPI].Known {
		says += "break-even is the number of questions from which on a way costs less than the API of " + in.Serving.ListName + "."
	} else {
		says += "no list price is known for this model’s API, so no break-even with it is given; choose a model that is sold."
	}
	return app.Div().Class("instead").Attr("data-test", "instead").Body(
		app.P().Body(app.Text("To be answered: "), opener(c.H, "link", "questions_ahead", unit.Short(unit.Count, asked)+" questions"), app.Text(". "+says)),
		tableFor("Ways to get answers", []string{"way", "once", "a year", "a question", "for the days ahead", "break-even", "parameters that learn"}, 7, rows),
		app.P().Class("says").Text("Every figure opens to its formula. What the answers are worth is not weighed here: a way that costs less may answer worse. People’s time is left out, except in training from scratch, where it is the whole bill."),
		app.Div().Class("figs wide").Body(figureFor(c.H, "instead", 1)))
}

// unpriced says why a way has no price.
func unpriced(a core.Alternative) string {
	switch a {
	case core.ByAPI, core.ByRAG:
		return "no list price is known for this model"
	}
	return "serving it could not be worked out"
}
