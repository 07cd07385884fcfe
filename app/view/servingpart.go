package view

import (
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/source"
	"flopbook/core/unit"
)

// servingPart is the service: its figures, each of which opens, and its charts.
type servingPart struct {
	app.Compo
	H      *hub
	Rev    int
	Rested int // draws again once the slow charts may follow
}

// servingFigures are the figures of the service by what they answer.
var servingFigures = []struct {
	title string
	keys  []core.Key
}{
	{"How fast", []core.Key{core.UsualTTFT, core.PeakTTFT, core.UsualTPOT, core.TPOT, core.TTFT}},
	{"How many", []core.Key{core.ServeGPUs, core.ServeBatch, core.OutPerGPU, core.Replicas, core.ServeGPUsAll, core.FleetBusy}},
	{"For how much", []core.Key{core.USDPerMTokOut, core.USDPerMTokRead, core.USDPerMTokWritten, core.CostPerQuery, core.MachinesPerDay, core.OpsPerDay, core.CostPerDay, core.OwnPerDay, core.APIPerDay}},
	{"With what energy", []core.Key{core.WhPerMTokOut, core.EnergyPerQuery, core.EnergyPerQueryWall, core.EnergyPerQueryGPU, core.CarbonPerQuery, core.EnergyPerDay}},
	{"Over its life", []core.Key{core.CrossingDays, core.CrossingDaysEnergy}},
}

func (c *servingPart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	out := &c.H.answer.Out
	body := []app.UI{formats(&c.H.answer.In), figures(c.H), c.levers()}
	if first, each, ok := feelSpeed(out); ok {
		body = append(body, &feel{H: c.H, First: first, Each: each})
	}
	for _, g := range servingFigures {
		cells := figuresOf(c.H, g.keys...)
		if len(cells) > 0 {
			body = append(body, app.H3().Text(g.title), app.Div().Class("kpis").Body(cells...))
		}
		if g.keys[0] == core.WhPerMTokOut {
			body = append(body, anchors(out))
		}
	}
	return app.Div().Class("serving").Attr("data-test", "serving").Body(body...)
}

// formats says which number formats fit on how many of the machines that answer.
func formats(in *core.Resolved) app.UI {
	var rows []app.UI
	for _, f := range core.ServingFormats(in) {
		gpus, now := "more than are tried", ""
		if f.GPUs > 0 {
			gpus = count(f.GPUs)
		}
		if f.Now {
			now = " (in force)"
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(itoa(f.Bits)+" bits"+now),
			app.Td().Class("num").Text(unit.Short(unit.ByteCount, f.Weights)), app.Td().Class("num").Text(gpus)))
	}
	head := func(name string) app.UI { return app.Th().Attr("scope", "col").Class("num").Text(name) }
	return app.Div().Attr("data-test", "formats").Body(
		app.H2().Text("Which number formats fit"),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "Which number formats fit").Body(app.Table().Class("list").Body(
			app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("a weight in"), head("weights of one copy"), head("fewest GPUs"))),
			app.TBody().Body(rows...))),
		app.P().Class("says").Text("The fewest "+in.Serve.Name+", in powers of two, whose memory holds one copy of the model beside the software"+kept(in)+"."))
}

// kept is what a copy holds beside its weights, in words.
func kept(in *core.Resolved) string {
	s := &in.Serving.Service
	if s.M.KV <= 0 {
		return ""
	}
	return " and one running answer (KV cache) of " + count(math.Round(s.Q.Context)) + " tokens"
}

// levers are the changes of the last chart with what each does, and a way to
// make it.
func (c *servingPart) levers() app.UI {
	all := c.H.levers()
	if len(all) == 0 || !all[0].OK {
		return app.Div()
	}
	base := all[0].PerQuery.V
	var rows []app.UI
	for i := range all {
		l := &all[i]
		if !l.OK {
			continue
		}
		apart := app.Td().Class("num")
		take := app.Td()
		if i > 0 {
			apart = apart.Text(change(l.PerQuery.V, base))
			take = take.Body(button("", "", "Make it").Aria("label", "Make it: "+l.Name).Attr("data-lever", l.Key).OnClick(c.H.safe("lever/"+l.Key, c.onLever)))
		}
		pace := app.Td().Class("num")
		if l.TPOT.V > 0 {
			pace = pace.Text(unit.Short(unit.Time, l.TPOT.V))
		}
		rows = append(rows, app.Tr().Body(
			app.Th().Attr("scope", "row").Body(app.B().Text(l.Name), app.Br(), app.Span().Class("hint").Text(l.Says)),
			app.Td().Class("num").Text(unit.Short(unit.Money, l.PerQuery.V)), apart,
			app.Td().Class("num").Text(unit.Short(unit.QueryEnergy, l.Energy.V)), pace,
			app.Td().Class("num").Text(unit.Short(unit.DayCount, l.Crossing.V)), take))
	}
	var head []app.UI
	for i, n := range [...]string{"change", "a question", "against as it is", "its energy", "a token takes", "serving overtakes training after"} {
		th := app.Th().Attr("scope", "col").Text(n)
		if i > 0 {
			th = th.Class("num")
		}
		head = append(head, th)
	}
	head = append(head, app.Td())
	return app.Div().Attr("data-test", "levers").Body(
		app.H3().ID("levers").TabIndex(-1).Text("Each change, and what it does"),
		app.P().Class("says").Text("The whole case is worked out again with it. Making one is a step that Undo takes back; quality is not in these figures."),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "Changes to the service").Body(app.Table().Class("list levers").Body(
			app.THead().Body(app.Tr().Body(head...)), app.TBody().Body(rows...))))
}

// change is how far a figure lies from another: "−45 %", "+3.1 %", "× 12".
func change(v, from float64) string {
	switch r := v / from; {
	case !(from > 0):
		return ""
	case r >= 3:
		return "× " + unit.Short(unit.None, r)
	case math.Abs(r-1) < 0.0005:
		return "the same"
	case r < 1:
		return "−" + unit.Short(unit.Fraction, 1-r)
	default:
		return "+" + unit.Short(unit.Fraction, r-1)
	}
}

func (c *servingPart) onLever(ctx app.Context, e app.Event) {
	for _, l := range c.H.levers() {
		if l.Key == data(ctx, "lever") && l.OK {
			c.H.send(state.PullLever{Case: l.Case})
		}
	}
}

// anchors are published energies of a question, each beside ours of the same
// scope.
func anchors(out *core.Report) app.UI {
	scopes := map[string]string{"accelerators": "accelerators alone", "wall": "servers at the plug", "facility": "the whole facility"}
	var rows []app.UI
	for _, a := range core.Anchors(out) {
		name := []app.UI{app.Text(a.Name)}
		if s, ok := source.Get(a.Source); ok {
			name = []app.UI{link(s.URL, a.Name), app.Text(", " + a.Date)}
		}
		ours, span := text(out, a.Ours)
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Body(name...), app.Td().Text(scopes[a.Scope]),
			app.Td().Class("num").Text(unit.Short(unit.QueryEnergy, a.V)), app.Td().Class("num").Text(ours), app.Td().Class("num").Text(span)))
	}
	if len(rows) == 0 {
		return app.Div()
	}
	return app.Div().Attr("data-test", "anchors").Body(
		app.P().Class("says").Text("Published energies of a question count different things; beside each stands ours of the same scope."),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "Published energies of a question").Body(app.Table().Class("list").Body(
			app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("published"), app.Th().Attr("scope", "col").Text("counts"),
				app.Th().Attr("scope", "col").Class("num").Text("theirs"), app.Th().Attr("scope", "col").Class("num").Text("this case"), app.Th().Attr("scope", "col").Class("num").Text("eight times in ten"))),
			app.TBody().Body(rows...))))
}
