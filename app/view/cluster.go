package view

import (
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// cluster takes steps timed on the reader's own machines and shows what they
// say.
type cluster struct {
	app.Compo
	H        *hub
	Rev      int
	Measured string
	Unread   string // lines that could not be read, one sentence each

	text  string
	typed bool
}

// exampleSteps shows what is asked for.
const exampleSteps = "gpus=8 tp=2 batch=64 step=9.1\ngpus=64 tp=2 batch=512 step=9.4"

func (c *cluster) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	text := c.Measured
	if c.typed {
		text = c.text
	}
	var unread []app.UI
	for _, line := range append(strings.Split(c.Unread, "\n"), unusable(&c.H.answer)...) {
		if line != "" {
			unread = append(unread, app.Li().Text(line))
		}
	}
	body := []app.UI{
		app.P().Body(app.Text("One to twenty steps of this case’s model, a line each, or a table with a header. What a line leaves out is as in the case: "),
			app.Code().Text("gpus=8 tp=2 micro=1 batch=64 step=9.1"), app.Text(", or "), app.Code().Text("rate="), app.Text(" in tokens per second and GPU; "),
			app.Code().Text("pp cp ep zero seq memory recompute"), app.Text(" are read too. A batch is in sequences.")),
		app.Label().For("measured").Text("Measured steps"),
		app.Textarea().ID("measured").Attr("data-test", "measured").Rows(5).Attr("spellcheck", "false").Placeholder(exampleSteps).Text(text).OnInput(c.H.safe("text", c.onText)),
		app.Ul().Class("bad").Attr("role", "alert").Body(unread...),
		app.P().Class("steps").Body(
			button("main", "measure", "Use these steps").OnClick(c.H.safe("use", c.onUse)),
			button("", "unmeasure", "Take them away").OnClick(c.H.safe("drop", c.onDrop))),
	}
	in, out := &c.H.answer.In, &c.H.answer.Out
	if says := core.Calibrated(in); says != "" {
		body = append(body, app.P().Class("told").Attr("data-test", "calibrated").Attr("role", "status").Text(says))
	}
	if in.Fit != nil {
		if out.FitNarrows < 0.995 {
			body = append(body, app.P().Text("The range of the step in view is "+unit.Short(unit.Fraction, out.FitNarrows)+" as wide as without them (in ratio)."))
		}
		var rows []app.UI
		for i, r := range in.Fit.Residuals {
			t := &in.Timed[i]
			note := ""
			if r.Odd {
				note = "far from the others: worth a second look"
			}
			rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(t.String()),
				app.Td().Class("num").Text(unit.Short(unit.Time, t.Seconds(in.V(scenario.Seq), in.V(scenario.Batch)/in.V(scenario.Seq)))),
				app.Td().Class("num").Text(signed(round2(r.Before))), app.Td().Class("num").Text(signed(round2(r.After))), app.Td().Text(note)))
		}
		body = append(body, app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "Measured steps, before and after").Body(
			app.Table().Class("list").Body(
				app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("step"), app.Th().Attr("scope", "col").Class("num").Text("took"),
					app.Th().Attr("scope", "col").Class("num").Text("predicted before"), app.Th().Attr("scope", "col").Class("num").Text("predicted now"), app.Th().Attr("scope", "col"))),
				app.TBody().Body(rows...))))
	}
	return app.Div().Class("cluster").Attr("data-test", "cluster").Body(body...)
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }

func (c *cluster) onText(ctx app.Context, e app.Event) {
	c.text, c.typed = ctx.JSSrc().Get("value").String(), true
}

func (c *cluster) onUse(app.Context, app.Event) {
	text := c.Measured
	if c.typed {
		text = c.text
	}
	c.H.send(state.Measure{Text: text})
	c.H.settle()
	if len(c.H.m.Unread) == 0 && len(unusable(&c.H.answer)) == 0 {
		c.typed = false
	}
}

// unusable says which measured steps could be read and not be used.
func unusable(a *core.Answered) (says []string) {
	for _, p := range a.Problems {
		if strings.HasPrefix(p.Field, "Measured step") {
			says = append(says, p.Error())
		}
	}
	return says
}

func (c *cluster) onDrop(app.Context, app.Event) {
	c.text, c.typed = "", true
	c.H.send(state.Measure{})
}
