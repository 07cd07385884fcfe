package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/source"
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

// billPart is the whole bill: its pictures, its lines, the ways of paying, what
// it draws from the world.
type billPart struct {
	app.Compo
	H   *hub
	Rev int

	by    string // what the picture of the stages measures
	cents bool   // lines in full
	said  string
}

func (c *billPart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	b := c.H.bill()
	if c.by == "" {
		c.by = "cost"
	}
	body := []app.UI{c.total(b)}
	if p := c.purse(); p.Abroad {
		body = append(body, c.rate(&p))
	}
	if notes := b.Notes(&c.H.answer.In, &c.H.answer.Out); len(notes) > 0 {
		var items []app.UI
		for _, n := range notes {
			items = append(items, app.Li().Text(n))
		}
		body = append(body, app.Div().Class("warnings").Body(app.Ul().Attr("data-test", "bill-notes").Body(items...)))
	}
	body = append(body,
		chooser("stages-by", "Drawn to scale in", []scenario.Option{{Key: "cost", Label: "money"}, {Key: "days", Label: "days"}, {Key: "energy", Label: "energy"}}, c.by, c.H, c.onBy),
		app.Div().Class("figs wide").Body(figureFor(c.H, "stages-"+c.by, 1), figureFor(c.H, "plan", 2)),
		c.stages(b), c.lines(b), c.ways(b), c.footprint(b))
	return app.Div().Class("bill").Attr("data-test", "bill").Body(body...)
}

// chooser is a few words of which one holds, in a line.
func chooser(name, legend string, options []scenario.Option, chosen string, h *hub, on func(app.Context, app.Event)) app.UI {
	var radios []app.UI
	for _, o := range options {
		id := name + "-" + o.Key
		r := app.Input().Type("radio").Name(name).ID(id).Value(o.Key).OnChange(h.safe(name, on))
		if o.Key == chosen {
			r = r.Checked(true)
		}
		radios = append(radios, app.Label().For(id).Body(r, app.Span().Text(o.Label)))
	}
	return app.FieldSet().Class("ask by").Body(app.Legend().Text(legend), app.Div().Class("radios").Body(radios...))
}

func (c *billPart) onBy(ctx app.Context, e app.Event) { c.by = ctx.JSSrc().Get("value").String() }

// total says what all comes to and when the model is made.
func (c *billPart) total(b *core.TheBill) app.UI {
	open := func(name, text string, span string) app.UI {
		if span != "" {
			span = " (" + span + ")"
		}
		return app.Span().Class("w").Body(opener(c.H, "q", name, text), app.Span().Class("pm").Text(span))
	}
	p := c.purse()
	all, span := p.Text(unit.Money, p.Of(b.Total).Range())
	dollars := app.UI(app.Text(""))
	if p.Abroad {
		dollars = app.Span().Body(app.Text(", "), open("cost_total", unit.Short(unit.Money, b.Total.V), ""))
	}
	return app.P().Class("lead").Attr("data-test", "bill-total").Body(
		app.Text("All together "), open(p.Name("cost_total"), all, span), dollars,
		app.Text(". The model is made after "), open("project_days", unit.Short(unit.DayCount, b.Days.V), spanOf(unit.DayCount, uncertainty.Of(b.Days))),
		app.Text(", with "), open("bill_gpu_hours", unit.Short(unit.GPUHourCount, b.GPUHours.V), ""),
		app.Text(" and "), open("bill_energy", unit.Short(unit.Energy, b.Foot.Building.V), ""), app.Text("."))
}

// purse is the currency in which the bill is shown.
func (c *billPart) purse() core.Purse { return core.PurseOf(&c.H.answer.In) }

// rate says at which rate dollars were converted, of which day and by whom,
// and how sure that is.
func (c *billPart) rate(p *core.Purse) app.UI {
	v := &c.H.answer.In.Num[scenario.InputField(bill.Exchange)]
	body := []app.UI{app.Text("Money of this bill is in " + p.Currency.Name + ", at "), opener(c.H, "q", "exchange", unit.Plain(p.Rate.V)), app.Text(" " + p.Code + " for a US dollar: ")}
	if v.Origin == derivation.Given {
		body = append(body, app.Text("the rate that you gave."))
	} else if s, ok := source.Get(v.Source); ok {
		body = append(body, app.Text(s.Authors+", "), link(s.URL, s.Title), app.Text(", "+v.Date+"; "+c.sure(p)+". Open the rate to change it."))
	}
	return app.P().Class("says").Attr("data-test", "bill-rate").Body(append(body, app.Text(" Prices that you give, formulas behind the figures and the JSON file stay in US dollars."))...)
}

// sure says how far the catalogue's rate can be trusted.
func (c *billPart) sure(p *core.Purse) string {
	v, ok := catalog.BillFigure("exchange_" + p.Key)
	if !ok {
		return "not checked"
	}
	how := v.Provenance
	if how == "recalled" {
		how = "recalled, not read again there"
	}
	return how + ", " + v.Confidence.String() + " confidence"
}

// opener is a figure that opens to how it was got.
func opener(h *hub, class, name, text string) app.UI {
	return &opens{H: h, Class: class, Name: name, Text: text, Opened: len(h.m.Open) > 0 && h.m.Open[0] == name}
}

// opens is a figure as a button; a click shows how it was got.
type opens struct {
	app.Compo
	H                 *hub
	Class, Name, Text string
	Opened            bool
}

// CompoID makes another figure another component.
func (c *opens) CompoID() string { return c.Name }

func (c *opens) Render() app.UI {
	open := "false"
	if c.Opened {
		open = "true"
	}
	return button(c.Class, "", c.Text).Attr("data-open", c.Name).Aria("expanded", open).Title("How we got this").OnClick(c.H.safe("open", c.onOpen))
}

func (c *opens) onOpen(app.Context, app.Event) { c.H.send(state.OpenNumber{Name: c.Name}) }

func spanOf(k unit.Kind, v uncertainty.Value) string {
	_, span := unit.Text(k, v.Range())
	return span
}

// stages are the stages of a model's life, each of which can be left out.
func (c *billPart) stages(b *core.TheBill) app.UI {
	var boxes []app.UI
	on := 0
	for s := range lifecycle.Stages {
		id := "part-" + lifecycle.Stages[s].Key
		box := app.Input().Type("checkbox").ID(id).Attr("data-stage", lifecycle.Stages[s].Key).OnChange(c.H.safe("stage/"+id, c.onStage))
		if b.Stages[s].On {
			box = box.Checked(true)
			on++
		}
		boxes = append(boxes, app.Label().For(id).Title(lifecycle.Stages[s].Says).Body(box, app.Span().Text(lifecycle.Stages[s].Name)))
	}
	return app.Details().Class("which").Body(
		app.Summary().Text("Stages: "+itoa(on)+" of "+itoa(len(boxes))+" are part of this bill"),
		app.Div().Class("checks").Attr("data-test", "bill-stages").Body(boxes...))
}

func (c *billPart) onStage(ctx app.Context, e app.Event) {
	n, ok := scenario.NumByKey("with_" + data(ctx, "stage"))
	if !ok {
		return
	}
	text := "0"
	if ctx.JSSrc().Get("checked").Bool() {
		text = "1"
	}
	c.H.send(state.Type{Num: n, Text: text})
	c.H.send(state.Leave{Num: n})
}

// tableFor is a table that scrolls in its own frame; the columns from the
// second to before words are numbers.
func tableFor(label string, head []string, words int, rows []app.UI) app.UI {
	var cells []app.UI
	for i, n := range head {
		th := app.Th().Attr("scope", "col").Text(n)
		if i > 0 && i < words {
			th = th.Class("num")
		}
		cells = append(cells, th)
	}
	return app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", label).Body(
		app.Table().Class("list").Body(app.THead().Body(app.Tr().Body(cells...)), app.TBody().Body(rows...)))
}

// lines are the bill line by line.
func (c *billPart) lines(b *core.TheBill) app.UI {
	p := c.purse()
	money := func(v uncertainty.Value, parts float64) (string, string) {
		short, span := p.Text(unit.Money, p.Of(v).Range())
		if c.cents {
			short = p.Full(parts / p.Parts())
		}
		return short, span
	}
	var stageCents [lifecycle.StageCount]float64
	b.LinesIn(p.PerUSD(), func(l core.Line) {
		if l.Stage < lifecycle.StageCount {
			stageCents[l.Stage] += l.Cents
		}
	})
	var rows []app.UI
	row := func(class, key, name string, v uncertainty.Value, cents float64) {
		figure, span := money(v, cents)
		rows = append(rows, app.Tr().Class(class).Attr("data-line", key).Body(app.Th().Attr("scope", "row").Text(name),
			app.Td().Class("num").Body(opener(c.H, "link", p.Name(key), figure)), app.Td().Class("num").Text(span)))
	}
	last := lifecycle.StageCount
	b.LinesIn(p.PerUSD(), func(l core.Line) {
		stage, kind := lineWords(l)
		if l.Stage == lifecycle.StageCount {
			row("stage", l.Key(), stage+", "+kind, l.USD, l.Cents)
			return
		}
		if l.Stage != last {
			last = l.Stage
			row("stage", "cost_"+l.Stage.String(), stage, b.StageMoney(l.Stage), stageCents[l.Stage])
		}
		row("line", l.Key(), kind, l.USD, l.Cents)
	})
	row("total", "cost_total", "All together", b.Total, b.TotalIn(p.PerUSD()))
	box := app.Input().Type("checkbox").ID("bill-cents").OnChange(c.H.safe("cents", c.onCents))
	says := "Short figures are rounded, so they need not add up to the last digit."
	if c.cents {
		box = box.Checked(true)
		says = "Whole cents, which add up to the total: each line is the step between two running sums, rounded."
		if p.Places == 0 {
			says = strings.Replace(says, "Whole cents", "Whole "+p.Currency.Name, 1)
		}
	}
	return app.Div().Body(
		app.H3().Text("Line by line"),
		app.P().Class("says").Text("Open a figure for its formula; what it assumes can be changed there. "+says),
		app.Div().Class("row").Body(
			app.Label().For("bill-cents").Body(box, app.Text(" to the cent")),
			button("", "bill-copy", "Copy table").OnClick(c.H.safe("copy", c.onCopy)),
			button("", "bill-csv", "CSV").Aria("label", "CSV: download the bill").OnClick(c.H.safe("csv", c.onCSV)),
			button("", "bill-json", "JSON").Aria("label", "JSON: download the bill").OnClick(c.H.safe("json", c.onJSON)),
			app.Span().Class("done").Attr("role", "status").Text(c.said)),
		app.Div().Attr("data-test", "bill-lines").Body(tableFor("The bill line by line", []string{"what", "cost", "eight times in ten"}, 3, rows)))
}

func (c *billPart) onCents(ctx app.Context, e app.Event) { c.cents = ctx.JSSrc().Get("checked").Bool() }

func (c *billPart) onCopy(ctx app.Context, e app.Event) {
	t := linesOf(&c.H.answer.In, c.H.bill())
	copyText(ctx, t.TSV(), func(_ app.Context, done bool) { c.said = copiedWord(done) })
}

func (c *billPart) onCSV(ctx app.Context, e app.Event) {
	t := linesOf(&c.H.answer.In, c.H.bill())
	download("flopbook-bill.csv", "text/csv", t.CSV())
	c.said = "Saved."
}

func (c *billPart) onJSON(ctx app.Context, e app.Event) {
	download("flopbook-bill.json", "application/json", string(c.H.bill().JSON()))
	c.said = "Saved."
}

// ways is the run paid in each way, each to choose.
func (c *billPart) ways(b *core.TheBill) app.UI {
	p := c.purse()
	var rows []app.UI
	for w := range bill.Ways {
		paid := b.HourBy(bill.Way(w))
		if !paid.OK {
			continue
		}
		name := app.UI(button("link", "", bill.Ways[w].Label).Attr("data-way", bill.Ways[w].Key).OnClick(c.H.safe("way/"+bill.Ways[w].Key, c.onWay)))
		each := p.Short(unit.USDPerGPUHour, paid.USD*p.Rate.V)
		hour := app.UI(app.Text(each))
		if bill.Way(w) == b.Way {
			name = app.B().Text(bill.Ways[w].Label + " (now)")
			hour = opener(c.H, "link", p.Name("gpu_hour"), each)
		}
		run, span := p.Text(unit.Money, p.Of(b.RunBy(bill.Way(w))).Range())
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Body(name), app.Td().Class("num").Body(hour),
			app.Td().Class("num").Text(run), app.Td().Class("num").Text(span), app.Td().Text(bill.Ways[w].Help)))
	}
	says := "The run’s GPU-hours in each way of paying; choose one and the whole bill follows."
	if b.Buy > 0 {
		says += " Buying the fleet would take " + p.Short(unit.Money, b.Buy*p.Rate.V) + " at once."
	}
	return app.Div().Body(app.H3().Text("Ways of paying for the run"), app.P().Class("says").Text(says),
		tableFor("Ways of paying", []string{"way", "a GPU-hour", "the run", "eight times in ten", "how"}, 4, rows))
}

func (c *billPart) onWay(ctx app.Context, e app.Event) {
	c.H.send(state.Choose{Choice: scenario.Pay, Key: data(ctx, "way")})
}
