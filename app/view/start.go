package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// startPage opens three doors, and works one small case through. It is also
// the page's shell: what is readable before any code has loaded.
type startPage struct {
	app.Compo
	H *hub
}

func (c *startPage) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	worked := state.Worked()
	answer := core.Answer(&worked)
	var m state.Model
	m.Case = worked
	var doors []app.UI
	for _, d := range state.Doors() {
		doors = append(doors, app.Li().Body(
			app.A().Class("door").Href("#"+d.Fragment()).Attr("data-test", "door-"+d.Key).
				OnClick(c.H.safe("door/"+d.Key, c.onDoor)).Attr("data-door", d.Key).Body(
				app.Strong().Text(d.Question), app.Span().Text(d.Says))))
	}
	return app.Div().Class("start").Attr("data-test", "start").Body(
		app.H1().Text("What a language model takes"),
		app.P().Class("lead").Text("How many GPUs, how many days, does it fit, what it costs in money, energy and carbon, and whether training or serving costs more. For any model on any machine, worked out here in your browser. Every number opens to its formula, your own figures in it, and its source."),
		app.H2().Class("ears").Text("Three questions"),
		app.Ul().Class("doors").Body(doors...),
		c.models(),
		app.Section().Class("worked").Aria("labelledby", "worked").Body(
			app.H2().ID("worked").Text("One small case, worked through"),
			&answerLine{H: c.H, Pieces: sentence(&m, &answer), Follow: "#" + worked.Fragment("")},
			workedSteps(&answer),
			workedPictures(),
			app.P().Class("go").Body(app.A().Href("#"+worked.Fragment("")).Attr("data-door", "worked").
				OnClick(c.H.safe("door/worked", c.onDoor)).Text("Change any of it in the calculator")),
		),
		app.Section().Class("promise").Aria("labelledby", "promise").Body(
			app.H2().ID("promise").Text("Why believe it"),
			app.Dl().Body(
				app.Dt().Text("Open any number"), app.Dd().Text("A click shows the formula, your figures in it, where each part comes from, and what is left out."),
				app.Dt().Text("Ranges, not false precision"), app.Dd().Text("Beside each result stands the range that the real figure should lie in eight times in ten. What is assumed says so, and can be changed."),
				app.Dt().Text("Held against the world"), app.Dd().Body(
					app.Text("We predict runs that others have published and show where we are wrong: see "),
					app.A().Href("#v1;page=accuracy").Attr("data-go", itoa(int(state.Accuracy))).OnClick(c.H.safe("go", c.onGo)).Text("Accuracy"), app.Text(".")),
				app.Dt().Text("New to this?"), app.Dd().Body(
					app.Text("Start with a story: "),
					app.A().Href("#v1;page=learn").Attr("data-go", itoa(int(state.Learn))).OnClick(c.H.safe("go", c.onGo)).Text("Why GPT-3 took 1,287 MWh"), app.Text(".")),
			),
		),
	)
}

// models are well-known systems that a reader may be looking for by name.
func (c *startPage) models() app.UI {
	body := []app.UI{app.Text("Or look up a model: ")}
	for _, key := range [...]string{"gpt-3", "gpt-4", "llama-3.1-405b", "deepseek-v3", "bloom-176b", "whisper-large"} {
		if p, problem := scenario.FindPreset(key); problem == nil {
			s := scenario.Published(p)
			body = append(body, app.A().Href("#"+s.Fragment("")).Attr("data-model", key).OnClick(c.H.safe("model/"+key, c.onModel)).Text(p.Name), app.Text(", "))
		}
	}
	return app.P().Class("models").Body(append(body,
		app.A().Href("#v1;page=systems").Attr("data-go", itoa(int(state.Systems))).OnClick(c.H.safe("go/models", c.onGo)).Text("all "+itoa(len(scenario.Presets()))), app.Text("."))...)
}

func (c *startPage) onModel(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	if p, problem := scenario.FindPreset(data(ctx, "model")); problem == nil {
		c.H.send(state.Take{Case: scenario.Published(p)})
	}
}

// workedSteps is the chain from tokens to dollars, one line each.
func workedSteps(a *core.Answered) app.UI {
	in, out := &a.In, &a.Out
	line := func(k core.Key, how string) app.UI {
		v, span := text(out, k)
		pm := app.Span().Class("pm")
		if span != "" {
			pm = pm.Text(" " + span)
		}
		return app.Tr().Body(app.Th().Attr("scope", "row").Text(core.Quantities[k].Label), app.Td().Class("num").Body(app.B().Text(v), pm), app.Td().Class("how").Text(how))
	}
	v := func(n scenario.Num) string { return shown(n, in.Num[n].R) }
	share := func(n scenario.Num) string { return unit.Short(unit.Fraction, in.V(n)) }
	peak, _ := text(out, core.MFU)
	return app.Div().Class("scroll").Body(app.Table().Class("chain").Body(
		app.Caption().Class("ears").Text("How the answer comes about, step by step"),
		app.THead().Class("ears").Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("what"), app.Th().Attr("scope", "col").Text("value"), app.Th().Attr("scope", "col").Text("how"))),
		app.TBody().Body(
			line(core.FLOPs, "6 operations × "+words(out, core.ParamsTotal)+" × "+words(out, core.Tokens)),
			line(core.GPUHours, "at "+peak+" of each GPU’s peak speed, of which whole runs keep "+share(scenario.Practice)+", "+share(scenario.Goodput)+" of the time moving forward"),
			line(core.Days, "shared by "+words(out, core.GPUs)+" GPUs"),
			line(core.Cost, "at "+v(scenario.Price)+", rented"),
			line(core.Energy, v(scenario.PowerPerGPU)+" for each GPU, and the building’s overhead"),
			line(core.Memory, "of "+words(out, core.Capacity)+" on each GPU: it fits"),
			line(core.CrossingDays, count(in.V(scenario.People))+" people asking "+v(scenario.Questions)+" questions a day"),
		)))
}

func (c *startPage) onGo(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	for i := state.Start; i < state.PageCount; i++ {
		if data(ctx, "go") == itoa(int(i)) {
			c.H.send(state.Go{Page: i})
		}
	}
}

func (c *startPage) onDoor(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	key := data(ctx, "door")
	for _, d := range state.Doors() {
		if d.Key == key {
			c.H.send(state.LookAt{Part: state.PartByKey(d.Part)})
			c.H.send(state.Take{Case: d.Case, Focus: d.Focus})
			return
		}
	}
	c.H.send(state.Take{Case: state.Worked()})
}
