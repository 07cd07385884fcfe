package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// comparison is the case as it stands beside one that the reader kept.
type comparison struct {
	app.Compo
	H     *hub
	Rev   int
	Keeps bool
	Kept  scenario.Scenario
}

func (c *comparison) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	keep := button("", "keep", "Keep this case").OnClick(c.H.safe("keep", c.onKeep))
	if !c.Keeps {
		return app.Div().Class("comparison").Body(
			app.P().Text("Nothing is kept yet. Keep this case, then change something on the left, or open another system: both stand here, and the link carries both."),
			app.P().Body(keep))
	}
	kept := core.Answer(&c.Kept)
	now := &c.H.answer
	a, b := "this case: "+now.In.ModelName, "kept: "+kept.In.ModelName
	var rows []app.UI
	for _, d := range differences(&c.H.m.Case, &c.Kept, &now.In, &kept.In) {
		rows = append(rows, app.Tr().Class("set").Body(app.Th().Attr("scope", "row").Text(d.name),
			app.Td().Text(d.a), app.Td().Text(d.b), app.Td()))
	}
	if len(rows) == 0 {
		rows = append(rows, app.Tr().Body(app.Td().ColSpan(4).Text("Both are set alike so far: change something.")))
	}
	for _, d := range core.Compare(now, &kept) {
		x, _ := text(&now.Out, d.Key)
		y, _ := text(&kept.Out, d.Key)
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(core.Quantities[d.Key].Label),
			app.Td().Class("num").Body(app.B().Text(x), ranged(&now.Out, d.Key)),
			app.Td().Class("num").Body(app.B().Text(y), ranged(&kept.Out, d.Key)),
			app.Td().Text(apart(d))))
	}
	return app.Div().Class("comparison").Attr("data-test", "comparison").Body(
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "Two cases side by side").Body(
			app.Table().Class("list").Body(
				app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("what"),
					app.Th().Attr("scope", "col").Text(a), app.Th().Attr("scope", "col").Text(b), app.Th().Attr("scope", "col").Text("difference"))),
				app.TBody().Body(rows...))),
		app.P().Class("steps").Body(
			button("", "swap", "Change places").OnClick(c.H.safe("swap", c.onSwap)),
			button("", "keep", "Keep this one instead").OnClick(c.H.safe("keep", c.onKeep)),
			button("", "forget", "Forget the kept one").OnClick(c.H.safe("forget", c.onForget))))
}

func ranged(out *core.Report, k core.Key) app.UI {
	pm := app.Span().Class("pm")
	if _, span := text(out, k); span != "" {
		pm = pm.Text(" " + span)
	}
	return pm
}

// apart says how far two figures lie from each other.
func apart(d core.Contrast) string {
	switch {
	case d.Ratio == 0:
		return ""
	case d.Ratio > 0.995 && d.Ratio < 1.005:
		return "the same"
	}
	return "× " + unit.Short(unit.None, d.Ratio)
}

type difference struct{ name, a, b string }

// differences are the inputs in which two cases differ and that one of them was
// given; what only follows from others is left out.
func differences(a, b *scenario.Scenario, ra, rb *core.Resolved) (out []difference) {
	for c := range scenario.Choices {
		if x, y := a.Chosen(scenario.Choice(c)), b.Chosen(scenario.Choice(c)); x != y {
			out = append(out, difference{scenario.Choices[c].Label, optionLabel(scenario.Choice(c), x), optionLabel(scenario.Choice(c), y)})
		}
	}
	for n := range scenario.Nums {
		num := scenario.Num(n)
		if !a.Num[n].Set && !b.Num[n].Set || ra.Num[n].R == rb.Num[n].R && ra.Num[n].Known == rb.Num[n].Known {
			continue
		}
		say := func(r *core.Resolved) string {
			if !r.Num[n].Known {
				return "open"
			}
			return shown(num, r.Num[n].R)
		}
		out = append(out, difference{scenario.Nums[n].Name, say(ra), say(rb)})
	}
	return out
}

func (c *comparison) onKeep(ctx app.Context, e app.Event)   { c.H.send(state.Keep{}) }
func (c *comparison) onSwap(ctx app.Context, e app.Event)   { c.H.send(state.Swap{}) }
func (c *comparison) onForget(ctx app.Context, e app.Event) { c.H.send(state.Forget{}) }
