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
	rivals := new(core.Rivals)
	core.Weigh(in, &c.H.answer.Out, b, rivals)
	all := &rivals.Costs
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
		name := app.UI(app.Text(w.Name(core.Alternative(i))))
		if i == best {
			name = app.B().Text(w.Name(core.Alternative(i)) + ": the cheapest here")
		}
		cells := []app.UI{app.Th().Attr("scope", "row").Title(a.Says).Body(name)}
		if !w.Known {
			cells = append(cells, app.Td().ColSpan(7).Text("cannot be priced in this case: "+unpriced(core.Alternative(i))))
			rows = append(rows, app.Tr().Body(cells...))
			continue
		}
		for _, f := range [...]struct {
			name string
			v    float64
		}{{"_setup", w.Setup.V}, {"_year", w.PerYear.V}, {"_query", w.PerQuery.V}, {"_total", w.Total.V}} {
			cells = append(cells, app.Td().Class("num").Body(opener(c.H, "link", key+f.name, unit.Short(unit.Money, f.v))))
		}
		cells = append(cells, c.meeting(&rivals.API[i], key+"_break_even"), c.meeting(&rivals.RAG[i], key+"_over_rag"))
		learns := ""
		if w.Learns > 0 {
			learns = unit.Short(unit.ParamCount, w.Learns)
		}
		rows = append(rows, app.Tr().Body(append(cells, app.Td().Class("num").Text(learns))...))
	}
	asked := in.V(scenario.People) * in.V(scenario.Questions) * in.V(scenario.Horizon)
	says := count(in.V(scenario.People)) + " people ask " + unit.Short(unit.None, in.V(scenario.Questions)) + " questions a day each for " + unit.Short(unit.DayCount, in.V(scenario.Horizon)) + ". "
	if all[core.ByAPI].Known {
		says += "The API is that of " + in.Serving.ListName + "."
	} else {
		says += "No list price is known for this model’s API, so nothing is held against it; choose a model that is sold."
	}
	never := ""
	for i := range all {
		if math.IsInf(rivals.API[i].Questions, 1) || math.IsInf(rivals.RAG[i].Questions, 1) {
			never = " Never means: not up to " + unit.Short(unit.Count, core.MostPerDay*in.V(scenario.Horizon)) + " questions in these days."
		}
	}
	return app.Div().Class("instead").Attr("data-test", "instead").Body(
		app.P().Body(app.Text("To be answered: "), opener(c.H, "link", "questions_ahead", unit.Short(unit.Count, asked)+" questions"), app.Text(". "+says)),
		tableFor("Ways to get answers", []string{"way", "once", "a year", "a question, at this demand", "for the days ahead", "beats the API from, questions", "beats looking things up from, questions", "parameters that learn"}, 8, rows),
		app.P().Class("says").Text("The ways do not give the same: the API alone has not read your texts, looking things up puts passages of them before every question (on the API where its list price is known, else on machines of your own), and what is tuned or trained runs on machines of your own. Those cost the same until one copy of the model is full and then grow copy by copy, so what a question costs there holds at this demand only."+never),
		app.P().Class("says").Text("Every figure opens to its formula. What the answers are worth is not weighed here: a way that costs less may answer worse. People’s time is left out, except in training from scratch, where it is the whole bill."),
		app.Div().Class("figs wide").Body(figureFor(c.H, "instead", 1)))
}

// meeting is the cell that says from how many questions on a way is cheaper.
func (c *insteadPart) meeting(m *core.Meeting, name string) app.UI {
	td := app.Td().Class("num")
	shown := unit.Short(unit.Count, math.Ceil(m.Questions))
	switch {
	case math.IsNaN(m.Questions):
		return td.Text("")
	case math.IsInf(m.Questions, 1):
		return td.Text("never")
	case m.Questions == 0:
		return td.Text("always")
	case !m.Opens():
		return td.Text(shown)
	}
	return td.Body(opener(c.H, "link", name, shown))
}

// unpriced says why a way has no price.
func unpriced(a core.Alternative) string {
	switch a {
	case core.ByAPI, core.ByRAG:
		return "no list price is known for this model"
	}
	return "serving it could not be worked out"
}
