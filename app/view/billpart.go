package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// bill is the whole bill of the present answer, worked out when somebody looks.
func (h *hub) bill() *core.TheBill {
	if h.whole == nil || h.wholeRev != h.rev {
		h.whole, h.wholeRev = new(core.TheBill), h.rev
		core.Bill(&h.answer.In, &h.answer.Out, h.whole)
	}
	return h.whole
}

// stageCosts are the stages of the bill as a chart takes them.
func stageCosts(b *core.TheBill) (out []chart.StageCost) {
	for s := range b.Stages {
		g := &b.Stages[s]
		if !g.On {
			continue
		}
		r := g.Money.Range()
		days := g.Days
		if lifecycle.Stages[s].Long {
			days = 0 // as long as the model serves, which would dwarf the rest
		}
		out = append(out, chart.StageCost{Name: lifecycle.Stages[s].Name, USD: g.Money.V, Lo: r.Lo, Hi: r.Hi, Start: g.Start, Days: days})
	}
	return out
}

func moneyChart(h *hub) chart.Chart {
	b := h.bill()
	stages := stageCosts(b)
	if v := b.Reserve; v.V > 0 {
		r := v.Range()
		stages = append(stages, chart.StageCost{Name: "Reserve", USD: v.V, Lo: r.Lo, Hi: r.Hi})
	}
	t := b.Total.Range()
	return chart.WhereMoneyGoes(stages, b.Total.V, t.Lo, t.Hi)
}

func planChart(h *hub) chart.Chart { return chart.Gantt(stageCosts(h.bill())) }

// billPart is the whole bill: its charts, its lines, what it draws from the world.
type billPart struct {
	app.Compo
	H   *hub
	Rev int

	rungs   []core.Rung
	rungsOf string // accelerator
}

func (c *billPart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	b := c.H.bill()
	var rows []app.UI
	last := lifecycle.StageCount + 1
	b.Lines(func(l core.Line) {
		name, kind := "Reserve", "for what goes wrong"
		if l.Stage < lifecycle.StageCount {
			name, kind = lifecycle.Stages[l.Stage].Name, bill.Kinds[l.Kind].Label
		}
		if l.Stage == last {
			name = ""
		}
		last = l.Stage
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(name), app.Td().Text(kind),
			app.Td().Class("num").Body(button("link", "", unit.Short(unit.Money, l.USD.V)).Attr("data-open", l.Key()).OnClick(c.H.safe("line/"+l.Key(), c.onOpen))),
			app.Td().Class("num").Text(spanOf(unit.Money, l.USD))))
	})
	rows = append(rows, app.Tr().Class("total").Body(app.Th().Attr("scope", "row").Text("All together"), app.Td(),
		app.Td().Class("num").Body(app.B().Text(unit.Short(unit.Money, b.Total.V))), app.Td().Class("num").Text(spanOf(unit.Money, b.Total))))
	return app.Div().Class("bill").Attr("data-test", "bill").Body(
		figures(c.H),
		app.H3().Text("Line by line"),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "The bill line by line").Body(app.Table().Class("list").Body(
			app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("stage"), app.Th().Attr("scope", "col").Text("for"), app.Th().Attr("scope", "col").Class("num").Text("cost"), app.Th().Attr("scope", "col").Class("num").Text("eight times in ten"))),
			app.TBody().Body(rows...))),
		c.footprint(b), c.ladder())
}

func spanOf(k unit.Kind, v uncertainty.Value) string {
	_, span := unit.Text(k, v.Range())
	return span
}

// footprint is what the bill's machines draw from the world.
func (c *billPart) footprint(b *core.TheBill) app.UI {
	f := &b.Foot
	var rows []app.UI
	line := func(name string, k unit.Kind, v uncertainty.Value) {
		if v.V > 0 {
			rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(name), app.Td().Class("num").Text(unit.Short(k, v.V)), app.Td().Class("num").Text(spanOf(k, v))))
		}
	}
	line("Electricity of the servers", unit.Energy, f.Servers)
	line("with network and storage", unit.Energy, f.IT)
	line("with the building", unit.Energy, f.Building)
	line("Carbon, with the local grid’s electricity (location-based)", unit.Carbon, f.Carbon)
	line("Carbon, with bought certificates (market-based)", unit.Carbon, f.CarbonMarket)
	line("Carbon of making the machines, their share", unit.Carbon, f.Making)
	line("Water at the site", unit.Volume, f.WaterSite)
	line("Water of the power stations", unit.Volume, f.WaterStations)
	var says []app.UI
	for _, e := range f.Equal {
		if e.Times > 0.01 {
			says = append(says, app.Li().Text(unit.Short(unit.None, e.Times)+" "+e.Label))
		}
	}
	if f.Cleaner != nil && f.CleanerSaves > 0 {
		says = append(says, app.Li().Text("In "+f.Cleaner.Name+" it would be "+unit.Short(unit.Carbon, f.CleanerSaves)+" less."))
	}
	return app.Div().Body(app.H3().Text("What it draws from the world"),
		app.Div().Class("scroll").Body(app.Table().Class("list").Body(app.TBody().Body(rows...))),
		app.P().Class("says").Text("That is about as much as:"), app.Ul().Class("whys").Body(says...))
}

// ladder is what budgets train today, each rung a case to open.
func (c *billPart) ladder() app.UI {
	on := c.H.m.Case.Chosen(scenario.Accelerator)
	if c.rungsOf != on {
		c.rungsOf = on
		c.rungs, _ = core.Ladder(on)
		if c.rungs == nil {
			c.rungs, _ = core.Ladder(scenario.Choices[scenario.Accelerator].Default)
		}
	}
	if len(c.rungs) == 0 {
		return app.Div()
	}
	var rows []app.UI
	for i := range c.rungs {
		r := &c.rungs[i]
		v := func(k core.Key) app.UI {
			t, _ := text(&r.Answer.Out, k)
			return app.Td().Class("num").Text(t)
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Body(
			button("link", "", unit.Short(unit.Money, r.Budget)).Attr("data-rung", itoa(i)).OnClick(c.H.safe("rung/"+itoa(i), c.onRung))),
			v(core.ParamsTotal), v(core.Tokens), v(core.GPUs), v(core.Days), v(core.FLOPs), app.Td().Text(r.Nearest)))
	}
	head := func(names ...string) (cells []app.UI) {
		for i, n := range names {
			th := app.Th().Attr("scope", "col").Text(n)
			if i > 0 && i < 6 {
				th = th.Class("num")
			}
			cells = append(cells, th)
		}
		return cells
	}
	return app.Div().Body(app.H3().Text("What a budget trains today"),
		app.P().Class("says").Text("GPU rent alone, about 20 tokens for each parameter, on "+c.rungs[0].Answer.In.Train.Name+". Open one to change it."),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "What budgets train").Body(app.Table().Class("list").Body(
			app.THead().Body(app.Tr().Body(head("budget", "size", "tokens", "GPUs", "days", "compute", "nearest published run")...)),
			app.TBody().Body(rows...))))
}

func (c *billPart) onOpen(ctx app.Context, e app.Event) {
	c.H.send(state.OpenNumber{Name: data(ctx, "open")})
}

func (c *billPart) onRung(ctx app.Context, e app.Event) {
	for i := range c.rungs {
		if data(ctx, "rung") == itoa(i) {
			c.H.send(state.Take{Case: c.rungs[i].Case})
		}
	}
}
