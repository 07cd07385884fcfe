package view

import (
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// amongPart holds the run against published ones, its price against the
// history of prices, and its budget against other budgets.
type amongPart struct {
	app.Compo
	H   *hub
	Rev int

	by string
}

func (c *amongPart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	if c.by == "" {
		c.by = "compute"
	}
	return app.Div().Class("among").Attr("data-test", "among").Body(
		chooser("among-by", "Held against others by", []scenario.Option{{Key: "compute", Label: "compute"}, {Key: "cost", Label: "cost"}, {Key: "energy", Label: "energy"}}, c.by, c.H, c.onBy),
		app.Div().Class("figs wide").Body(figureFor(c.H, "among-"+c.by, 1)),
		c.place(),
		app.Div().Class("figs wide").Body(figureFor(c.H, "prices", 2)),
		app.Div().Class("figs wide").Body(figureFor(c.H, "ladder", 3)),
		c.rungs())
}

func (c *amongPart) onBy(ctx app.Context, e app.Event) { c.by = ctx.JSSrc().Get("value").String() }

// place says where the run stands by its compute, and what laws ask.
func (c *amongPart) place() app.UI {
	out := &c.H.answer.Out
	work := out.V[core.FLOPs].V
	year := runYear(&c.H.answer.In, c.H.bill())
	p := bill.Place(unit.FLOP(work), year)
	says := "By compute, " + itoa(p.More) + " of " + itoa(p.More+p.Less) + " published runs are larger"
	if p.Below != nil {
		says += "; the next below is " + p.Below.Name
	}
	if p.Above != nil {
		says += "; the next above " + p.Above.Name
	}
	says += "."
	if p.Frontier.V > 0 {
		says += " On trend, the largest run of that time takes " + unit.Short(unit.FLOPs, p.Frontier.V) + " (" + unit.Short(unit.FLOPs, p.Frontier.Lo) + " to " + unit.Short(unit.FLOPs, p.Frontier.Hi) + ")"
		switch b := p.Behind; {
		case math.Abs(b) < 0.05 || b-b != 0:
		case b > 0:
			says += "; this run lies " + unit.Short(unit.None, b) + " years behind it"
		default:
			says += "; this run lies " + unit.Short(unit.None, -b) + " years ahead of it"
		}
		says += "."
	}
	var rows []app.UI
	for _, r := range bill.Reaches(unit.FLOP(work), unit.USD(c.H.bill().Total.V)) {
		over := "no"
		if r.Over {
			over = "yes"
		}
		at := unit.Short(unit.FLOPs, r.Law.FLOP)
		if r.Law.USD > 0 {
			at += " and " + unit.Short(unit.Money, r.Law.USD)
		}
		name, url := sourceName(r.Law.Source)
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(r.Law.Name), app.Td().Class("num").Text(at),
			app.Td().Class("num").Text(unit.Short(unit.Fraction, r.Times)), app.Td().Text(over), app.Td().Text(r.Law.Status), app.Td().Body(link(url, name))))
	}
	return app.Div().Body(app.P().Class("says").Attr("data-test", "place").Text(says),
		app.H3().Text("Thresholds of law"),
		app.P().Class("says").Text("Laws that ask more of a model from an amount of training compute on. This is arithmetic, not advice."),
		tableFor("Thresholds of law", []string{"law", "from", "this run, of it", "above?", "status", "source"}, 3, rows))
}

// rungs are what budgets train today, each a case to open.
func (c *amongPart) rungs() app.UI {
	rungs := c.H.rungs()
	if len(rungs) == 0 {
		return app.Div()
	}
	var rows []app.UI
	for i := range rungs {
		r := &rungs[i]
		v := func(k core.Key) app.UI {
			t, _ := text(&r.Answer.Out, k)
			return app.Td().Class("num").Text(t)
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Body(
			button("link", "", unit.Short(unit.Money, r.Budget)).Attr("data-rung", itoa(i)).OnClick(c.H.safe("rung/"+itoa(i), c.onRung))),
			v(core.ParamsTotal), v(core.Tokens), v(core.GPUs), v(core.Days), v(core.FLOPs), app.Td().Text(r.Nearest)))
	}
	return app.Div().Body(
		app.P().Class("says").Text("Open a rung to change it: it becomes the case, and Undo brings yours back."),
		tableFor("What budgets train", []string{"budget", "size", "tokens", "GPUs", "days", "compute", "nearest published run"}, 6, rows))
}

func (c *amongPart) onRung(ctx app.Context, e app.Event) {
	rungs := c.H.rungs()
	for i := range rungs {
		if data(ctx, "rung") == itoa(i) {
			c.H.send(state.Take{Case: rungs[i].Case})
		}
	}
}
