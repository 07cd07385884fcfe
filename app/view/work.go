package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/source"
	"flopbook/core/unit"
)

// work is the margin note of an opened number: formula, the reader's figures
// in it, where each comes from, what it leaves out.
type work struct {
	app.Compo
	H     *hub
	Trail []string
	Rev   int
	Try   float64 // a size set by hand

	copied   string
	changing string // the input whose box is open
}

func (c *work) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	if len(c.Trail) == 0 {
		return app.Div()
	}
	book := c.H.explained()
	name := c.Trail[len(c.Trail)-1]
	step, found := book.Find(name)
	var body []app.UI
	if len(c.Trail) > 1 {
		body = append(body, c.trail(book))
	}
	says := reported(&c.H.answer.In, name)
	switch {
	case found:
		steps := append(c.step(step), c.own(step.Var)...)
		body = append(body, steps[0])
		if says != nil {
			body = append(body, app.P().Class("published").Attr("data-test", "published").Body(says...))
		}
		body = append(body, steps[1:]...)
	default:
		if v, known := book.Var(name); known {
			body = append(body, c.given(v)...)
		} else if n, ok := scenario.NumByKey(name); ok {
			body = append(body, app.H2().ID("work").TabIndex(-1).Text(scenario.Nums[n].Name), c.box(n))
		} else {
			body = append(body, app.H2().ID("work").TabIndex(-1).Text("Nothing to show"),
				app.P().Text("This number is not worked out in the present case."))
		}
	}
	body = append(body, app.Div().Class("acts").Body(
		button("", "", "Copy as text").OnClick(c.H.safe("text", c.onText)),
		button("", "", "Copy as LaTeX").OnClick(c.H.safe("latex", c.onLaTeX)),
		button("", "close-work", "Close").OnClick(c.H.safe("close", c.onClose)),
		app.Span().Class("done").Attr("role", "status").Text(c.copied),
	))
	return app.Aside().Class("work").Attr("data-test", "work").Aria("labelledby", "work").Body(body...)
}

// reported is what was published of a quantity of the real run, to hold beside
// what is worked out; nil where nothing is known.
func reported(in *core.Resolved, name string) []app.UI {
	p := in.Preset
	k, known := core.KeyByName(name)
	if p == nil || !known {
		return nil
	}
	v := map[core.Key]float64{core.Energy: p.EnergyMWh * 3.6e9, core.Carbon: p.CarbonT * 1000, core.Cost: p.CostUSD,
		core.FLOPs: p.FLOPs, core.Days: p.Days, core.GPUHours: p.GPUHours, core.MFU: p.MFU, core.GPUs: p.GPUs,
		core.ParamsTotal: p.ParamsTotal, core.Tokens: p.Tokens}[k]
	if v <= 0 {
		return nil
	}
	what := "Published for the real " + p.Name + ": "
	if p.Status != scenario.Disclosed {
		what = "Reported by others for the real " + p.Name + ": "
	}
	says := []app.UI{app.Text(what), app.B().Text(plainly(k, v))}
	if len(p.Sources) > 0 {
		if s, ok := source.Get(p.Sources[0]); ok {
			says = append(says, app.Text(" ("+s.Authors+", "), link(s.URL, s.Title), app.Text(")"))
		}
	}
	return append(says, app.Text(". Where the figures below are from the same report, that ours agrees is no proof."))
}

// plainly writes a published figure with all its digits.
func plainly(k core.Key, v float64) string {
	if k == core.Energy {
		return megawattHours(v)
	}
	return unit.Words(core.Quantities[k].Kind, v)
}

// trail leads back to the numbers from which this one was opened.
func (c *work) trail(book *derivation.Book) app.UI {
	var items []app.UI
	for i, n := range c.Trail[:len(c.Trail)-1] {
		v, _ := book.Var(n)
		items = append(items, app.Li().Body(button("link", "", labelOf(v, n)).Attr("data-back", itoa(i+1)).OnClick(c.H.safe("back", c.onBack))))
	}
	v, _ := book.Var(c.Trail[len(c.Trail)-1])
	items = append(items, app.Li().Aria("current", "step").Text(labelOf(v, c.Trail[len(c.Trail)-1])))
	return app.Nav().Class("trail").Aria("label", "Opened from").Body(app.Ol().Body(items...))
}

func labelOf(v derivation.Var, name string) string {
	if v.Label != "" {
		return v.Label
	}
	return name
}

func (c *work) step(s derivation.Step) []app.UI {
	formula, figures := s.MathML()
	value, span := unit.Text(s.Kind, unit.Range{V: s.Value, Lo: s.Lo, Hi: s.Hi})
	if s.Lo == 0 && s.Hi == 0 {
		value, span = unit.Short(s.Kind, s.Value), ""
	}
	pm := app.Span().Class("pm")
	if span != "" {
		pm = pm.Text(" " + span)
	}
	body := []app.UI{
		app.H2().ID("work").TabIndex(-1).Body(app.Span().Class("of").Text(labelOf(s.Var, s.Name)+": "), app.Text("how we got "+value), pm),
	}
	if s.Says != "" {
		body = append(body, app.P().Class("says").Text(s.Says))
	}
	box := func(n derivation.Node, what string) app.UI {
		return app.Div().Class("formula").TabIndex(0).Attr("role", "group").Aria("label", what).Body(mathML(n))
	}
	body = append(body, box(formula, "Formula"))
	if figures.String() != formula.String() {
		body = append(body, box(figures, "With your figures"))
	}
	if len(s.Inputs) > 0 {
		body = append(body, c.inputs(s.Inputs))
	}
	if s.Lo != s.Hi && s.Origin != derivation.Given {
		from := "The range comes from the steps that lead here. "
		if names := uncertain(s.Inputs); names != "" {
			from = "The range comes from those of its inputs: " + names + ". "
		}
		body = append(body, app.P().Class("range").Text(from+"Eight times in ten the real figure should lie in it."))
	}
	if s.Ignores != "" {
		body = append(body, app.P().Class("leaves").Body(app.B().Text("Leaves out: "), app.Text(s.Ignores+".")))
	}
	return body
}

// uncertain names the inputs that have a range.
func uncertain(inputs []derivation.Var) string {
	var names []string
	for _, v := range inputs {
		if v.Lo != v.Hi {
			names = append(names, lower(labelOf(v, v.Name)))
		}
	}
	return strings.Join(names, ", ")
}

func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+32) + s[1:]
	}
	return s
}

// given is a number that no formula computes.
func (c *work) given(v derivation.Var) []app.UI {
	body := []app.UI{app.H2().ID("work").TabIndex(-1).Body(app.Span().Class("of").Text(labelOf(v, v.Name)+": "), app.Text(v.Shown()))}
	if n, ok := c.field(v); ok {
		return append(body, c.box(n))
	}
	return append(body, c.inputs([]derivation.Var{v}))
}

// field is the input that a figure of a formula is, if it is one that the
// reader can set.
func (c *work) field(v derivation.Var) (scenario.Num, bool) {
	n, ok := core.FieldOf(v.Name)
	f := &c.H.answer.In.Num[n]
	return n, ok && f.Known && f.R.V == v.Value && f.Origin != derivation.Solved
}

// box is an input to set right here, with its help, source, range and reset.
func (c *work) box(n scenario.Num) app.UI {
	f := fieldFor(c.H, n)
	f.In = "work-"
	return app.Div().Class("change").Attr("data-change-box", scenario.Nums[n].Key).Body(f)
}

// change opens the box of an input.
func (c *work) change(name, key string) app.UI {
	open := "false"
	if c.changing == key {
		open = "true"
	}
	return button("link", "", "Change").Attr("data-change", key).Aria("label", "Change "+name).Aria("expanded", open).OnClick(c.H.safe("change/"+key, c.onChange))
}

func (c *work) onChange(ctx app.Context, e app.Event) {
	if key := data(ctx, "change"); c.changing == key {
		c.changing = ""
	} else {
		c.changing = key
	}
}

// own lets the reader give what is otherwise worked out.
func (c *work) own(v derivation.Var) []app.UI {
	n, ok := c.field(v)
	if !ok {
		return nil
	}
	key := scenario.Nums[n].Key
	body := []app.UI{app.P().Class("says").Body(app.Text("You can give it yourself: "), c.change(labelOf(v, v.Name), key))}
	if c.changing == key {
		body = append(body, c.box(n))
	}
	return body
}

// inputs is the table of what a formula stands on.
func (c *work) inputs(vars []derivation.Var) app.UI {
	var rows []app.UI
	for _, v := range vars {
		var what []app.UI
		name := labelOf(v, v.Name)
		_, opens := c.H.explained().Find(v.Name)
		symbol := app.UI(app.Text(""))
		if v.Symbol != "" {
			base, low, _ := strings.Cut(plainSymbol(v.Symbol), "_")
			symbol = app.Span().Class("sym").Body(app.Text(" "+base), app.Sub().Text(low))
		}
		if opens {
			what = append(what, button("link", "", name).Attr("data-deeper", v.Name).OnClick(c.H.safe("deeper", c.onDeeper)), symbol)
		} else {
			what = append(what, app.Text(name), symbol)
		}
		from := c.from(v, opens)
		n, settable := c.field(v)
		if settable {
			from = append(from, app.Text(" "), c.change(name, scenario.Nums[n].Key))
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Body(what...), app.Td().Class("num").Text(v.Shown()), app.Td().Body(from...)))
		if settable && c.changing == scenario.Nums[n].Key {
			rows = append(rows, app.Tr().Class("changing").Body(app.Td().ColSpan(3).Body(c.box(n))))
		}
	}
	return app.Div().Class("scroll").Body(app.Table().Body(
		app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Text("what"), app.Th().Attr("scope", "col").Class("num").Text("value"), app.Th().Attr("scope", "col").Text("from"))),
		app.TBody().Body(rows...),
	))
}

// plainSymbol writes light LaTeX as plain letters: "n_{kv}" as "n_kv".
func plainSymbol(s string) string {
	return strings.NewReplacer("\\ell", "ℓ", "{", "", "}", "", "\\", "").Replace(s)
}

// from says where a number comes from.
func (c *work) from(v derivation.Var, opens bool) []app.UI {
	switch v.Origin {
	case derivation.Given:
		if v.Note != "" || v.Source != "" {
			return append([]app.UI{app.Text(v.Note + ": ")}, c.source(v)...)
		}
		return []app.UI{app.Text("you")}
	case derivation.Computed:
		if opens {
			return []app.UI{app.Text("worked out; open it")}
		}
		if v.Note != "" {
			return []app.UI{app.Text("worked out: " + v.Note)}
		}
		return []app.UI{app.Text("worked out")}
	case derivation.Solved:
		if v.Note != "" {
			return []app.UI{app.Text(v.Note)}
		}
		return []app.UI{app.Text("what was asked for")}
	}
	word := "published: "
	if v.Origin == derivation.Assumed || v.Source == "flopbook-assumption" {
		word = "assumed: "
	}
	body := []app.UI{app.Text(word)}
	if v.Note != "" {
		body = append(body, app.Text(v.Note+". "))
	}
	return append(body, c.source(v)...)
}

func (c *work) source(v derivation.Var) []app.UI {
	if v.Source == "" {
		return nil
	}
	s, ok := source.Get(v.Source)
	if !ok {
		return []app.UI{app.Text(v.Source)}
	}
	date := v.Date
	if date == "" {
		date = s.Date
	}
	body := []app.UI{link(s.URL, s.Title)}
	if s.Authors != "" {
		body = []app.UI{app.Text(s.Authors + ", "), body[0]}
	}
	if date != "" {
		body = append(body, app.Text(", "+date))
	}
	return body
}

func (c *work) onDeeper(ctx app.Context, e app.Event) {
	c.copied = ""
	c.H.send(state.OpenNumber{Name: data(ctx, "deeper"), Deeper: true})
}

func (c *work) onBack(ctx app.Context, e app.Event) {
	c.copied = ""
	for i := range c.Trail {
		if data(ctx, "back") == itoa(i+1) {
			c.H.send(state.CloseTo{N: i + 1})
			return
		}
	}
}

func (c *work) onClose(app.Context, app.Event) {
	c.copied = ""
	c.H.send(state.CloseTo{N: 0})
}

func (c *work) onText(ctx app.Context, e app.Event) {
	if s, ok := c.H.explained().Find(c.last()); ok {
		c.copy(ctx, s.Citation())
	}
}

func (c *work) onLaTeX(ctx app.Context, e app.Event) {
	if s, ok := c.H.explained().Find(c.last()); ok {
		formula, figures := s.LaTeX()
		c.copy(ctx, "\\[ "+formula+" \\]\n\\[ "+figures+" \\]\n")
	}
}

func (c *work) last() string {
	if len(c.Trail) == 0 {
		return ""
	}
	return c.Trail[len(c.Trail)-1]
}

func (c *work) copy(ctx app.Context, text string) {
	copyText(ctx, text, func(_ app.Context, done bool) { c.copied = copiedWord(done) })
}

func copiedWord(done bool) string {
	if done {
		return "Copied."
	}
	return "The browser did not allow copying; select the text instead."
}
