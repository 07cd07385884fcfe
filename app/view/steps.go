package view

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// measuredSteps is the file of measured steps with predictions by constants
// that have not seen them (app/fitting/training writes it).
type measuredSteps struct {
	Sources  []struct{ Group, Name, URL string } `json:"sources"`
	Models   []struct{ Name, Case string }       `json:"models"`
	Machines []struct{ Key, Precision string }   `json:"machines"`
	Frames   []string                            `json:"frameworks"`
	Again    []string                            `json:"recompute"`
	Columns  []string                            `json:"columns"`
	Rows     [][]any                             `json:"rows"`
	Asked    []struct {
		Name, Kind, Remark string
		AtMost             float64 `json:"at_most"`
		AtLeast            float64 `json:"at_least"`
		Got                float64 `json:"got"`
		Rows               int     `json:"rows"`
		Peers              []struct {
			Name         string
			Rows         int
			Theirs, Ours float64
		} `json:"peers"`
	} `json:"asked"`
	Families []errorLine `json:"families"`
	Scales   []errorLine `json:"scales"`
	Groups   []errorLine `json:"groups"`
	All      errorLine   `json:"all"`
}

type errorLine struct {
	Name        string   `json:"name"`
	Rows        int      `json:"rows"`
	Sources     int      `json:"sources"`
	Median      float64  `json:"median"`
	P90         float64  `json:"p90"`
	MacroMedian float64  `json:"macro_median"`
	Inside      *float64 `json:"inside"`
	ZeroMedian  float64  `json:"zero_median"`
	Mark        string   `json:"mark"`
}

// row is one measured step.
type row struct {
	m    *measuredSteps
	cell []any
}

func (r row) at(column string) any {
	for i, c := range r.m.Columns {
		if c == column && i < len(r.cell) {
			return r.cell[i]
		}
	}
	return nil
}

func (r row) num(column string) float64 {
	v, _ := r.at(column).(float64)
	return v
}

func (r row) group() string {
	if i := int(r.num("source")); i >= 0 && i < len(r.m.Sources) {
		return r.m.Sources[i].Group
	}
	return ""
}

// machine is what the step ran on, as the catalogue calls it.
func (r row) machine() string {
	i := int(r.num("machine"))
	if i < 0 || i >= len(r.m.Machines) {
		return ""
	}
	if a, p := catalog.Find(r.m.Machines[i].Key); p == nil {
		return a.Name
	}
	return r.m.Machines[i].Key
}

// groupURL is the first address of a group of sources.
func (m *measuredSteps) groupURL(group string) string {
	for _, s := range m.Sources {
		if s.Group == group && safeURL(s.URL) {
			return s.URL
		}
	}
	return ""
}

func (r row) inside() bool {
	v := r.num("measured")
	return v >= r.num("lo") && v <= r.num("hi")
}

func (r row) error() float64 { return r.num("predicted")/r.num("measured") - 1 }

// fragment is the step as a case to open.
func (r row) fragment() string {
	f := "v1"
	if i := int(r.num("model")); i >= 0 && i < len(r.m.Models) {
		f += ";" + r.m.Models[i].Case
	}
	if i := int(r.num("machine")); i >= 0 && i < len(r.m.Machines) {
		f += ";accelerator=" + r.m.Machines[i].Key + ";precision=" + r.m.Machines[i].Precision
	}
	put := func(key, column string) {
		if v := r.num(column); v > 0 || column == "zero" {
			f += ";" + key + "=" + strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	for _, k := range [...]string{"gpus", "seq", "tp", "pp", "vpp", "cp", "ep", "zero", "micro"} {
		put(k, k)
	}
	f += ";batch=" + strconv.FormatFloat(r.num("batch")*r.num("seq"), 'f', -1, 64)
	if i := int(r.num("framework")); i >= 0 && i < len(r.m.Frames) {
		f += ";framework=" + r.m.Frames[i]
	}
	if i := int(r.num("recompute")); i >= 0 && i < len(r.m.Again) {
		f += ";recompute=" + r.m.Again[i]
	}
	return f + ";part=step"
}

func readSteps(text string) (*measuredSteps, error) {
	m := new(measuredSteps)
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return nil, err
	}
	return m, nil
}

// heldChart draws all measured steps.
func heldChart(m *measuredSteps) chart.Chart {
	var points []chart.Held
	if m != nil {
		for _, cell := range m.Rows {
			r := row{m, cell}
			if v, p := r.num("measured"), r.num("predicted"); v > 0 && p > 0 {
				points = append(points, chart.Held{Group: groupName(r.group()), Measured: v, Predicted: p, Inside: r.inside()})
			}
		}
	}
	return chart.PredictedMeasured("held", "Every measured step, predicted by constants that have not seen it", "seconds", points)
}

// stepErrors is the part of the page on single training steps.
type stepErrors struct {
	app.Compo
	H *hub

	failed string
	group  string // whose rows are listed
}

func (c *stepErrors) OnMount(ctx app.Context) {
	if c.H.steps != nil {
		return
	}
	fetchData(ctx, c.H, "accuracy-steps", func(text string, err error) {
		if err == nil {
			c.H.steps, err = readSteps(text)
		}
		if err != nil {
			c.failed = err.Error()
		}
	})
}

// fetchData takes a file of web/data, which the page in one file holds in itself.
func fetchData(ctx app.Context, h *hub, name string, take func(text string, err error)) {
	if block := app.Window().GetElementByID(name); block.Truthy() {
		take(block.Get("textContent").String(), nil)
		return
	}
	lost := errors.New("it could not be fetched")
	answer, ok := try(app.Window().JSValue(), "fetch", "web/data/"+name+".json")
	if !ok {
		take("", lost)
		return
	}
	answer.Then(func(r app.Value) {
		text, ok := try(r, "text")
		if !ok || !r.Get("ok").Bool() {
			ctx.Dispatch(func(app.Context) { take("", lost) })
			return
		}
		text.Then(func(v app.Value) {
			s := v.String()
			ctx.Dispatch(func(app.Context) {
				defer h.rescue()
				take(s, nil)
			})
		})
	})
}

func (c *stepErrors) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	body := []app.UI{app.H2().ID("acc-steps").Text("Single training steps")}
	m := c.H.steps
	switch {
	case c.failed != "":
		body = append(body, app.P().Class("bad").Attr("role", "alert").Text("The table of measured steps could not be read: "+c.failed+". Check the connection, then reload."))
	case m == nil:
		body = append(body, app.P().Attr("role", "status").Text("The table of measured steps is loading."))
	default:
		share := func(v float64) string { return unit.Short(unit.Fraction, v) }
		inside := ""
		if m.All.Inside != nil {
			inside = " " + share(*m.All.Inside) + " of them lie in the range given, which is meant to hold 80 %."
		}
		body = append(body,
			app.P().Class("says").Attr("data-test", "steps-summary").Text(count(float64(m.All.Rows))+" steps of "+itoa(m.All.Sources)+" sources, each predicted by constants fitted without its source (where a family has one source only: without its model size). Half of the predictions are off by less than "+
				share(m.All.Median)+", nine in ten by less than "+share(m.All.P90)+"; counted source by source, "+share(m.All.MacroMedian)+"."+inside),
			figureFor(c.H, "held", 0), c.asked(m),
			errorTable("By family", m.Families, nil), errorTable("By scale", m.Scales, nil), errorTable("By source", m.Groups, m.groupURL), c.rows(m))
	}
	return app.Section().Class("steps-held").Aria("labelledby", "acc-steps").Body(body...)
}

// asked are published sets of measurements beside what other tools make of the same rows.
func (c *stepErrors) asked(m *measuredSteps) app.UI {
	var rows []app.UI
	for _, a := range m.Asked {
		peers := ""
		for i, p := range a.Peers {
			if i == 3 {
				break
			}
			if peers != "" {
				peers += "; "
			}
			peers += p.Name + " " + unit.Short(unit.Fraction, p.Theirs) + " on " + itoa(p.Rows)
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(a.Name), app.Td().Class("num").Text(unit.Short(unit.Fraction, a.Got)),
			app.Td().Class("num").Text(itoa(a.Rows)), app.Td().Text(peers), app.Td().Text(a.Remark)))
	}
	return tableOf("Beside other tools, on the same rows", []string{"what", "ours", "rows", "others", "note"}, 2, rows)
}

// errorTable is a table of errors; a table of sources has their addresses.
func errorTable(title string, lines []errorLine, address func(string) string) app.UI {
	var rows []app.UI
	for _, l := range lines {
		inside := "–"
		if l.Inside != nil {
			inside = unit.Short(unit.Fraction, *l.Inside)
		}
		note := l.Mark
		if l.Sources < 2 {
			note = "one source: not validated elsewhere"
		}
		name := app.UI(app.Text(l.Name))
		if address != nil {
			name = groupOf(l.Name, address(l.Name))
		}
		rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Body(name), app.Td().Class("num").Text(unit.Short(unit.Fraction, l.Median)),
			app.Td().Class("num").Text(unit.Short(unit.Fraction, l.P90)), app.Td().Class("num").Text(itoa(l.Rows)), app.Td().Class("num").Text(itoa(l.Sources)),
			app.Td().Class("num").Text(inside), app.Td().Text(note)))
	}
	return tableOf(title, []string{"what", "half are off by less than", "nine in ten by less than", "rows", "sources", "in the range", "note"}, 5, rows)
}

// tableOf is a table under a heading; its columns 1 to nums are numbers.
func tableOf(title string, heads []string, nums int, rows []app.UI) app.UI {
	var cells []app.UI
	for i, h := range heads {
		th := app.Th().Attr("scope", "col").Text(h)
		if i > 0 && i <= nums {
			th = th.Class("num")
		}
		cells = append(cells, th)
	}
	return app.Div().Body(app.H3().Text(title), app.Div().Class("scroll").TabIndex(0).Attr("role", "region").Aria("label", title).Body(
		app.Table().Class("list").Body(app.THead().Body(app.Tr().Body(cells...)), app.TBody().Body(rows...))))
}

// rows lists the steps of one source, each to open.
func (c *stepErrors) rows(m *measuredSteps) app.UI {
	if c.group == "" && len(m.Groups) > 0 {
		c.group = m.Groups[0].Name
	}
	var options, rows []app.UI
	for _, g := range m.Groups {
		o := app.Option().Value(g.Name).Text(groupName(g.Name))
		if g.Name == c.group {
			o = o.Selected(true)
		}
		options = append(options, o)
	}
	for _, cell := range m.Rows {
		r := row{m, cell}
		if r.group() != c.group || len(rows) == 200 {
			continue
		}
		model := ""
		if i := int(r.num("model")); i >= 0 && i < len(m.Models) {
			model = m.Models[i].Name
		}
		class := "in"
		if !r.inside() {
			class = "off"
		}
		rows = append(rows, app.Tr().Class(class).Body(app.Th().Attr("scope", "row").Body(app.A().Href("#"+r.fragment()).Target("_blank").Rel("noopener").Text(model)),
			app.Td().Class("num").Text(unit.Short(unit.Time, r.num("measured"))), app.Td().Class("num").Text(unit.Short(unit.Time, r.num("predicted"))),
			app.Td().Class("num error").Text(signed(math.Round(100*r.error())/100)), app.Td().Class("num").Text(count(r.num("gpus"))), app.Td().Text(r.machine())))
	}
	return app.Div().Body(app.H3().Text("Step by step"),
		app.P().Body(app.Label().For("held-source").Text("Source "), app.Select().ID("held-source").OnChange(c.H.safe("group", c.onGroup)).Body(options...),
			app.Text(" A row opens its own case, with today’s constants.")),
		tableOf("Steps of "+groupName(c.group), []string{"model", "measured", "predicted", "off by", "GPUs", "machine"}, 4, rows))
}

func (c *stepErrors) onGroup(ctx app.Context, e app.Event) {
	c.group = ctx.JSSrc().Get("value").String()
}
