package view

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core/catalog"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// systemsPage is the table of real systems; one opens in the calculator.
type systemsPage struct {
	app.Compo
	H      *hub
	Filter string
	Sort   state.SystemColumn
	Down   bool
}

var systemColumns = [state.SystemColumns]struct{ name, unit string }{
	state.ByName:    {"System", ""},
	state.ByOrg:     {"Made by", ""},
	state.ByYear:    {"Released", ""},
	state.BySize:    {"Size", "parameters"},
	state.ByActive:  {"Used per token", "parameters"},
	state.ByTokens:  {"Tokens", ""},
	state.ByCompute: {"Compute", "FLOP"},
	state.ByGPUs:    {"GPUs", ""},
	state.ByStatus:  {"Known from", ""},
}

func (c *systemsPage) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	var head, rows []app.UI
	for i, col := range systemColumns {
		by := state.SystemColumn(i)
		arrow := ""
		th := app.Th().Attr("scope", "col")
		if by == c.Sort {
			arrow = " ↑"
			order := "ascending"
			if c.Down {
				arrow, order = " ↓", "descending"
			}
			th = th.Aria("sort", order)
		}
		if i >= int(state.BySize) && i <= int(state.ByGPUs) {
			th = th.Class("num")
		}
		head = append(head, th.Body(button("sort", "", col.name+arrow).Attr("data-by", itoa(i)).OnClick(c.H.safe("sort", c.onSort))))
	}
	list := state.Listed(c.Filter, c.Sort, c.Down)
	for _, p := range list {
		rows = append(rows, &systemRow{H: c.H, Key: p.Key})
	}
	found := count(float64(len(list))) + " systems"
	if len(list) == 1 {
		found = "1 system"
	}
	return app.Div().Class("systems").Body(
		app.H1().Text("Models"),
		app.P().Class("lead").Text("Real models as their makers, or others, have described them. Open one in the calculator and change what you like. “Disclosed” means that the maker said so; “estimated” that others worked it out; “speculative” that it is little better than a rumour."),
		app.Div().Class("find").Body(
			app.Label().For("filter").Text("Find"),
			app.Input().Type("search").ID("filter").Placeholder("llama, 2024, disclosed …").AutoComplete(false).Value(c.Filter).OnInput(c.H.safe("filter", c.onFilter)),
			app.Span().Class("found").Attr("role", "status").Text(found),
		),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "Table of systems").Body(
			app.Table().Class("list").Body(app.THead().Body(app.Tr().Body(head...)), app.TBody().Body(rows...))),
	)
}

func (c *systemsPage) onSort(ctx app.Context, e app.Event) {
	if i, err := strconv.Atoi(data(ctx, "by")); err == nil {
		c.H.send(state.SortBy{Column: state.SystemColumn(i)})
	}
}

func (c *systemsPage) onFilter(ctx app.Context, e app.Event) {
	c.H.send(state.FilterBy{Text: ctx.JSSrc().Get("value").String()})
}

// systemRow is one system; a component, so that its handler knows its key.
type systemRow struct {
	app.Compo
	H   *hub
	Key string
}

func (c *systemRow) Render() app.UI {
	p, _ := scenario.FindPreset(c.Key)
	if p == nil {
		return app.Tr()
	}
	num := func(kind unit.Kind, v float64) app.UI {
		if v <= 0 {
			return app.Td().Class("num none").Text("–")
		}
		return app.Td().Class("num").Text(unit.Short(kind, v))
	}
	size := p.ParamsTotal
	gpus := app.Td().Class("num none").Text("–")
	if p.GPUs > 0 {
		name := ""
		if a, _ := catalog.Find(p.Accelerator); a != nil {
			name = " " + memoryTail.ReplaceAllString(a.Name, "")
		}
		gpus = app.Td().Class("num").Text(count(p.GPUs) + name)
	}
	s := c.preset()
	return app.Tr().Class(p.Status).Body(
		app.Th().Attr("scope", "row").Body(app.A().Href("#"+s.Fragment("")).OnClick(c.H.safe("open", c.onOpen)).Attr("data-system", p.Key).Text(p.Name)),
		app.Td().Text(p.Org),
		app.Td().Text(p.Released),
		num(unit.ParamCount, size),
		num(unit.ParamCount, p.ParamsActive),
		num(unit.TokenCount, p.Tokens),
		num(unit.None, p.FLOPs),
		gpus,
		app.Td().Text(p.Status),
	)
}

// preset is the system as a case: what was published of its run.
func (c *systemRow) preset() (s scenario.Scenario) {
	p, _ := scenario.FindPreset(c.Key)
	if p == nil {
		return s
	}
	return scenario.Published(p)
}

func (c *systemRow) onOpen(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	c.H.send(state.Take{Case: c.preset()})
}
