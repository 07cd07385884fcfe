package view

import (
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// tradePart holds training against serving: the day on which they are even, the
// size that costs least over both, what earns it back, what would do instead.
type tradePart struct {
	app.Compo
	H      *hub
	Rev    int
	Rested int
	Show   string
	Try    float64
}

func (c *tradePart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	h := c.H
	n := 0
	figs := func(keys ...string) app.UI {
		var out []app.UI
		for _, key := range keys {
			n++
			out = append(out, figureFor(h, key, n))
		}
		return app.Div().Class("figs").Body(out...)
	}
	body := []app.UI{
		app.H2().Text("Five stories"), &storyList{H: h},
		app.H2().Text("The day when serving overtakes training"), c.crossings(), c.measures(),
		figs(h.m.Crossing()),
		app.H2().Text("The size that costs least over its life"), figs("sizes"), c.sizes(),
		app.H2().Text("Earning it back"), c.kpis(core.PaybackDays, core.BreakEvenPrice, core.USDPerLossStep), figs("payback", "decline"),
		app.H2().Text("What would do instead"), c.instead(), figs("routing", "thinking", "texts"),
	}
	return app.Div().Class("trade").Attr("data-test", "trade").Body(body...)
}

// opens is a figure in running text that opens to its formula.
func (c *tradePart) opens(k core.Key) app.UI {
	name := core.Quantities[k].Name
	v, span := text(&c.H.answer.Out, k)
	expanded := "false"
	if len(c.H.m.Open) > 0 && c.H.m.Open[0] == name {
		expanded = "true"
	}
	pm := app.Span().Class("pm")
	if span != "" {
		pm = pm.Text(" (" + span + ")")
	}
	return app.Span().Attr("data-test", name).Body(
		app.Button().Type("button").Class("q").Attr("data-open", name).Aria("expanded", expanded).Title("How we got this").
			OnClick(c.H.safe("open/"+name, c.onOpen)).Text(v), pm)
}

// crossings says in words when serving has used as much as training.
func (c *tradePart) crossings() app.UI {
	in, out := &c.H.answer.In, &c.H.answer.Out
	var says []app.UI
	add := func(before string, k core.Key, after string) {
		if out.Known[k] {
			says = append(says, app.Text(before), c.opens(k), app.Text(after))
		}
	}
	add("Serving "+in.ModelName+" has cost more than training it after ", core.CrossingDays, ". ")
	add("It has used more energy after ", core.CrossingDaysEnergy, ", ")
	add("and emitted more after ", core.CrossingDaysCarbon, ".")
	if len(says) == 0 {
		why := "Nobody asks the model anything, so serving never overtakes training: give it people under Serving."
		switch {
		case !out.Serve.OK:
			why = "The model does not fit the machines that answer, so nothing is served."
		case in.Serving.Service.PerDay > 0:
			why = "With this demand serving never costs as much as training did."
		}
		says = []app.UI{app.Text(why)}
	}
	return app.P().Class("crossing").Attr("data-test", "crossing").Body(says...)
}

// measures chooses what is added up.
func (c *tradePart) measures() app.UI {
	chosen := c.H.m.Crossing()
	var radios []app.UI
	for _, m := range state.Crossings {
		r := app.Input().Type("radio").Name("by").ID("by-" + m.Key).Value(m.Key).OnChange(c.H.safe("by", c.onMeasure))
		if m.Key == chosen {
			r = r.Checked(true)
		}
		radios = append(radios, app.Label().For("by-"+m.Key).Body(r, app.Span().Text(m.Name)))
	}
	return app.FieldSet().Class("ask by").Body(app.Legend().Text("Added up in"), app.Div().Class("radios").Body(radios...))
}

// kpis are figures that open.
func (c *tradePart) kpis(keys ...core.Key) app.UI {
	out := &c.H.answer.Out
	cells := figuresOf(c.H, keys...)
	if days, ok := core.MarginDays(&c.H.answer.In, out); ok && keys[0] == core.PaybackDays {
		cells = append(cells, numberCell(c.H, "margin_days", "Day on which the falling price has come down to the cost", unit.Short(unit.DayCount, days), "at today’s rents"))
	}
	return app.Div().Class("kpis").Body(cells...)
}

// sizes are the optimum's figures, and the size that the reader moves by hand.
func (c *tradePart) sizes() app.UI {
	h := c.H
	in, out := &h.answer.In, &h.answer.Out
	formula := []app.UI{app.H3().Text("By formula"),
		app.P().Class("hint").Text("On many machines the bill goes with the size, and the best size follows from the law of loss alone (Sardana and Frankle). On few, whole machines decide: see the map."),
		c.kpis(core.LifetimeParams, core.LifetimeTokens, core.LifetimeSaving, core.LifetimeParamsWork, core.OvertrainOverhead)}
	lo, hi, ok := core.SizeSpan(in, out)
	t, reached := trying(h)
	if !ok || !reached {
		return app.Div().Body(formula...)
	}
	position := math.Round(math.Log(t.Params/lo) / math.Log(hi/lo) * state.SlideMax)
	body := []app.UI{
		app.H3().Text("Another size, by hand"),
		app.Div().Class("row").Body(
			app.Label().For("try-size").Text("Size"),
			app.Input().Type("range").ID("try-size").Attr("data-test", "try-size").Min("0").Max(itoa(state.SlideMax)).Attr("step", "1").
				Aria("valuetext", unit.Words(unit.ParamCount, t.Params)).Value(itoa(int(position))).OnInput(h.safe("try", c.onTry)))}
	var cells []app.UI
	add := func(name, label string, k unit.Kind, v float64, small string) {
		cells = append(cells, numberCell(h, name, label, unit.Short(k, v), small))
	}
	add("try_params", "Size", unit.ParamCount, t.Params, "")
	add("try_tokens", "Training tokens", unit.TokenCount, t.Tokens, "for the same loss")
	add("try_loss", "Loss", unit.Loss, t.Loss, "the same as now")
	add("try_cost", "Training", unit.Money, t.Train, "")
	add("try_serving", "Serving", unit.Money, t.Serve, "over "+unit.Short(unit.DayCount, in.V(scenario.Horizon)))
	add("try_total", "Together", unit.Money, t.Total(), "now "+unit.Short(unit.Money, out.V[core.Cost].V+out.V[core.CostPerDay].V*out.Serve.Life.Grown))
	if t.MoneyLoss > 0 {
		add("try_money_loss", "Loss for the money of now", unit.Loss, t.MoneyLoss, "on "+unit.Short(unit.TokenCount, t.MoneyTokens)+" tokens")
	}
	body = append(body, app.Div().Class("kpis").Attr("data-test", "tried").Body(cells...))
	acts := []app.UI{}
	if core.CanTakeSize(in, out) && in.Num[scenario.Tokens].Origin != derivation.Solved && in.Num[scenario.Params].Origin != derivation.Solved {
		acts = append(acts, button("", "take-size", "Take this size").OnClick(h.safe("take", c.onTake)))
	}
	if h.m.Try > 0 {
		acts = append(acts, button("", "drop-size", "Back to the cheapest").OnClick(h.safe("drop", c.onDrop)))
	}
	says := "Taking it sets size and training tokens of the case, in one step that Undo takes back."
	if !core.CanTakeSize(in, out) {
		says = "The law of loss is of dense models: a model with experts counts as one of its active size, and cannot be made another size here."
	}
	body = append(body, app.P().Class("row").Body(append(acts, app.Span().Class("done").Text(says))...))
	return app.Div().Body(append(body, formula...)...)
}

// instead says what longer thinking is worth beside a larger model.
func (c *tradePart) instead() app.UI {
	p := app.P().Class("says")
	if x, ok := core.ThinkInstead(&c.H.answer.In, &c.H.answer.Out, 10); ok {
		return p.Text("With the demand and days ahead of this case, a model ten times larger would take as much arithmetic in all as this one with answers " +
			unit.Short(unit.None, x) + " times as long (Snell and others, 2024). Which of the two answers better depends on how hard the questions are.")
	}
	return p.Text("Smaller models, longer answers and one’s own texts can do what a larger training would.")
}

func (c *tradePart) onOpen(ctx app.Context, e app.Event) {
	c.H.send(state.OpenNumber{Name: data(ctx, "open")})
}

func (c *tradePart) onMeasure(ctx app.Context, e app.Event) {
	c.H.send(state.LookBy{Key: ctx.JSSrc().Get("value").String()})
}

func (c *tradePart) onTry(ctx app.Context, e app.Event) {
	lo, hi, ok := core.SizeSpan(&c.H.answer.In, &c.H.answer.Out)
	if at := ctx.JSSrc().Get("valueAsNumber").Float(); ok && at >= 0 && at <= state.SlideMax {
		c.H.send(state.TrySize{Params: lo * math.Pow(hi/lo, at/state.SlideMax)})
	}
}

func (c *tradePart) onDrop(ctx app.Context, e app.Event) { c.H.send(state.TrySize{}) }

func (c *tradePart) onTake(ctx app.Context, e app.Event) {
	t, ok := trying(c.H)
	if !ok {
		return
	}
	in := &c.H.answer.In
	take := state.TakeSize{Params: t.Params, Tokens: t.Tokens}
	if in.Num[scenario.GPUs].Origin != derivation.Solved {
		take.GPUs = in.V(scenario.GPUs)
	}
	c.H.send(take)
}
