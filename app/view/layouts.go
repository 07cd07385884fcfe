package view

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/app/task"
	"flopbook/core"
	"flopbook/core/unit"
)

// layouts ranks all ways to share the run, worked out in a worker.
type layouts struct {
	app.Compo
	H   *hub
	Rev int
	By  string // what is ranked by

	share  float64 // done, while it runs
	says   string  // how far it is
	failed string
	found  *core.SearchReport
	of     string // the case that found belongs to
	heard  app.Func
	stop   app.Value
}

func (c *layouts) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	body := []app.UI{c.goals(), app.P().Class("steps").Body(
		button("main", "search", "Try every layout").OnClick(c.H.safe("search", c.onSearch)),
		c.stopButton())}
	if c.stop != nil {
		body = append(body, app.P().Attr("role", "status").Body(app.Elem("progress").Attr("max", "100").Attr("value", itoa(int(100*c.share))).Aria("label", "Search"), app.Text(" "+c.says)))
	}
	if c.failed != "" {
		body = append(body, app.P().Class("bad").Attr("role", "alert").Text("The search could not run: "+c.failed))
	}
	if r := c.found; r != nil {
		if c.of != c.about() {
			body = append(body, app.P().Class("note").Text("This is of the case before its last change, or ranked by something else; search again for the one in view."))
		}
		if r.Problem != "" {
			body = append(body, app.P().Class("bad").Text(r.Problem))
		} else {
			body = append(body, app.P().Attr("data-test", "searched").Text(r.Count+"."), c.ranking(r), list(r.Says), curve(r))
		}
	}
	return app.Div().Class("layouts").Attr("data-test", "layouts").Body(body...)
}

func list(lines []string) app.UI {
	var items []app.UI
	for _, s := range lines {
		items = append(items, app.Li().Text(s))
	}
	return app.Div().Body(app.H3().Text("Why the first one, and what would change it"), app.Ul().Class("whys").Body(items...))
}

func (c *layouts) stopButton() app.UI {
	b := button("", "stop-search", "Stop").OnClick(c.H.safe("stop", c.onStop))
	if c.stop == nil {
		b = b.Disabled(true)
	}
	return b
}

func (c *layouts) ranking(r *core.SearchReport) app.UI {
	var rows []app.UI
	for i, p := range r.Plans {
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(p.Text),
			app.Td().Class("num").Text(unit.Short(unit.Time, p.Step.Value)), app.Td().Class("num").Text(unit.Short(unit.DayCount, p.Days.Value)),
			app.Td().Class("num").Text(unit.Short(unit.Money, p.Cost.Value)), app.Td().Class("num").Text(unit.Short(unit.ByteCount, p.Memory.Value*unit.ByteCount.JSONScale())),
			app.Td().Class("num").Text(unit.Short(unit.Fraction, p.MFU.Value)),
			app.Td().Body(button("", "", "Use").Attr("data-plan", itoa(i)).Aria("label", "Use layout "+itoa(i+1)).OnClick(c.H.safe("use/"+itoa(i), c.onUse)))))
	}
	head := func(name string, num bool) app.UI {
		th := app.Th().Attr("scope", "col").Text(name)
		if num {
			th = th.Class("num")
		}
		return th
	}
	return app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "The best layouts").Body(app.Table().Class("list").Body(
		app.THead().Body(app.Tr().Body(head("layout", false), head("one step", true), head("days", true), head("cost", true), head("memory", true), head("MFU", true), head("", false))),
		app.TBody().Body(rows...)))
}

// curve is the same run over numbers of GPUs.
func curve(r *core.SearchReport) app.UI {
	var rows []app.UI
	for _, p := range r.Curve {
		if !p.Fits {
			rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Class("num").Text(count(float64(p.GPUs))), app.Td().ColSpan(4).Text("does not fit")))
			continue
		}
		mark := ""
		if p.GPUs == r.Knee {
			mark = "; past here less than half of what is added counts"
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Class("num").Text(count(float64(p.GPUs))), app.Td().Class("num").Text(unit.Short(unit.DayCount, p.Days.Value)),
			app.Td().Class("num").Text(unit.Short(unit.Money, p.Cost.Value)), app.Td().Class("num").Text(unit.Short(unit.Fraction, p.Counts)), app.Td().Text(p.Text+mark)))
	}
	return app.Div().Body(app.H3().Text("With more GPUs or fewer"),
		app.P().Class("says").Text("The best layout for each number of GPUs; batches up to the critical one are tried too, past which a larger batch needs as many more tokens as it holds."),
		app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", "The best layout for each number of GPUs").Body(app.Table().Class("list").Body(
			app.THead().Body(app.Tr().Body(app.Th().Attr("scope", "col").Class("num").Text("GPUs"), app.Th().Attr("scope", "col").Class("num").Text("days"), app.Th().Attr("scope", "col").Class("num").Text("cost"),
				app.Th().Attr("scope", "col").Class("num").Text("of the GPUs added, counts"), app.Th().Attr("scope", "col").Text("best layout"))),
			app.TBody().Body(rows...))))
}

// goals takes what layouts are ranked by.
func (c *layouts) goals() app.UI {
	var options []app.UI
	for _, g := range core.SearchGoals {
		options = append(options, app.Option().Value(g.Key).Selected(g.Key == c.By).Text(g.Name))
	}
	return app.P().Body(app.Label().For("rank-by").Text("Rank by "), app.Select().ID("rank-by").OnChange(c.H.safe("rank-by", c.onBy)).Body(options...))
}

// onBy ranks anew where a ranking stands already.
func (c *layouts) onBy(ctx app.Context, e app.Event) {
	c.By = ctx.JSSrc().Get("value").String()
	c.H.send(state.RankBy{Key: c.By})
	if c.found != nil || c.stop != nil {
		c.onSearch(ctx, e)
	}
}

// about is the case with what is ranked by, as the worker takes it.
func (c *layouts) about() string { return c.H.m.Case.Fragment("") + ";by=" + c.By }

func (c *layouts) onSearch(ctx app.Context, e app.Event) {
	c.end()
	c.failed, c.share, c.says = "", 0, "starting"
	of := c.about()
	c.heard = app.FuncOf(func(_ app.Value, args []app.Value) any {
		if len(args) == 0 {
			return nil
		}
		d := args[0]
		ctx.Dispatch(func(app.Context) {
			defer c.H.rescue()
			c.hear(d, of)
		})
		return nil
	})
	l, ok := library()
	if !ok {
		c.failed = "the page's scripts are not all there; reload the page."
		return
	}
	stop, ok := try(l, "task", task.Search, of, c.heard)
	if !ok {
		c.failed = "this browser starts no worker here."
		return
	}
	c.stop = stop
}

// hear takes what the worker says.
func (c *layouts) hear(d app.Value, of string) {
	if c.stop == nil {
		return
	}
	switch {
	case d.Get("error").Truthy():
		c.failed = d.Get("error").String()
		c.end()
	case d.Get("done").Truthy():
		var r core.SearchReport
		if err := json.Unmarshal([]byte(d.Get("text").String()), &r); err != nil {
			c.failed = err.Error()
		} else {
			c.found, c.of = &r, of
		}
		c.end()
	default:
		c.share, c.says = d.Get("share").Float(), d.Get("text").String()
	}
}

func (c *layouts) end() {
	if c.stop != nil {
		c.stop.Invoke()
		c.stop = nil
	}
	if c.heard != nil {
		c.heard.Release()
		c.heard = nil
	}
}

func (c *layouts) OnDismount() { c.end() }

func (c *layouts) onStop(app.Context, app.Event) { c.end() }

func (c *layouts) onUse(ctx app.Context, e app.Event) {
	for i := range c.found.Plans {
		if data(ctx, "plan") == itoa(i) {
			c.H.send(state.TakeLayout{Layout: c.found.Plans[i].Layout})
		}
	}
}
