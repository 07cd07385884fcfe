package view

import (
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/source"
	"flopbook/core/unit"
)

// looked is the part of the figures that the reader looks at.
func looked(h *hub) app.UI {
	switch state.Parts[h.m.Part].Key {
	case state.ComparePart:
		return &comparison{H: h, Rev: h.rev, Keeps: h.m.Keeps, Kept: h.m.Kept}
	case state.BillPart:
		return &billPart{H: h, Rev: h.rev}
	case state.InsteadPart:
		return &insteadPart{H: h, Rev: h.rev}
	case state.AmongPart:
		return &amongPart{H: h, Rev: h.rev}
	case "serving":
		return &servingPart{H: h, Rev: h.rev, Rested: h.slow.rested}
	case state.TradePart:
		return &tradePart{H: h, Rev: h.rev, Rested: h.slow.rested, Show: h.m.Crossing(), Try: h.m.Try}
	case state.LayoutPart:
		return &layouts{H: h, Rev: h.rev, By: h.m.RankedBy()}
	case state.CalibratePart:
		return &cluster{H: h, Rev: h.rev, Measured: h.m.Case.Measured, Unread: strings.Join(h.m.Unread, "\n")}
	}
	return figures(h)
}

// figures are the charts of the part that is looked at; no other is worked out.
func figures(h *hub) app.UI {
	var figs []app.UI
	for i, key := range state.Parts[h.m.Part].Charts {
		figs = append(figs, figureFor(h, key, i+1))
	}
	return app.Div().Class("figs").Body(figs...)
}

// parts leads from one part of the figures to another.
type parts struct {
	app.Compo
	H    *hub
	Part int
}

func (c *parts) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	var tabs []app.UI
	for i := range state.Parts {
		p := &state.Parts[i]
		b := app.Button().Type("button").ID("part-"+p.Key).Attr("data-part", itoa(i)).Text(p.Name).OnClick(c.H.safe("part", c.onPart))
		if i == c.Part {
			b = b.Aria("current", "true")
		}
		tabs = append(tabs, app.Li().Body(b))
	}
	return app.Nav().Class("parts").Aria("label", "Look closer").Body(
		app.Ul().Body(tabs...), app.P().Class("says").Text(state.Parts[c.Part].Says))
}

func (c *parts) onPart(ctx app.Context, e app.Event) {
	for i := range state.Parts {
		if data(ctx, "part") == itoa(i) {
			c.H.send(state.LookAt{Part: i})
		}
	}
}

func figureFor(h *hub, key string, n int) *figure {
	c := h.chart(key)
	json, err := c.JSON()
	if err != nil {
		app.Log(err)
		json = ""
	}
	return &figure{H: h, Key: key, N: n, Title: c.Title, Caption: c.Caption, Alt: c.Alt, JSON: json, Empty: c.Empty}
}

// chartFor is a chart of the present answer.
func chartFor(h *hub, key string) chart.Chart {
	in, out := &h.answer.In, &h.answer.Out
	var c chart.Chart
	switch key {
	case "memory":
		c = memoryChart(in, out)
	case "step":
		c = stepChart(in, out)
	case "held-runs":
		c = heldRuns()
	case "held":
		c = heldChart(h.steps)
	case "held-serving":
		c = servedChart(h.served)
	case "pace":
		c = paceChart(in, out)
	case "roofline":
		c = rooflineChart(in, out)
	case "fill":
		c = fillChart(in, out)
	case "fleet":
		c = fleetChart(in, out)
	case "ways":
		c = waysChart(in, out)
	case "levers":
		c = leversChart(h)
	case "stages-cost":
		c = chart.ByStage(pipelineOf(in, h.bill()), chart.Cost)
	case "stages-days":
		c = chart.ByStage(pipelineOf(in, h.bill()), chart.Time)
	case "stages-energy":
		c = chart.ByStage(pipelineOf(in, h.bill()), chart.Energy)
	case "plan":
		c = chart.Plan(pipelineOf(in, h.bill()))
	case "instead":
		c = chart.ByQuestions(contestOf(&h.answer, h.bill()))
	case "among-compute":
		c = chart.AmongRuns(amongOf(&h.answer, h.bill(), unit.FLOPs))
	case "among-cost":
		c = chart.AmongRuns(amongOf(&h.answer, h.bill(), unit.Money))
	case "among-energy":
		c = chart.AmongRuns(amongOf(&h.answer, h.bill(), unit.Energy))
	case "prices":
		c = chart.Prices(pricesOf(in))
	case "ladder":
		c = chart.Ladder(h.ladder())
	case "waterfall":
		c = waterfallChart(in, out)
	case "gpus":
		c = gpusChart(in, out)
	case "sizes":
		c = sizesChart(h)
	case "payback":
		c = paybackChart(in, out)
	case "decline":
		c = declineChart(in, out)
	case "routing":
		c = routingChart(&h.answer)
	case "thinking":
		c = thinkingChart(&h.answer)
	case "texts":
		c = textsChart(h)
	default:
		c = crossingChart(in, out, key)
	}
	c.Key = key
	c.Date = release()
	c.Sources = chartSources(in, key)
	return c
}

func memoryChart(in *core.Resolved, out *core.Report) chart.Chart {
	g, need := out.Peak.Groups(), out.V[core.Memory]
	c := chart.Memory(chart.MemoryUse{
		Accelerator: in.Train.Name,
		Capacity:    out.V[core.Capacity].V,
		Parts:       chart.TrainingParts(g[0].Bytes, g[1].Bytes, g[2].Bytes, g[3].Bytes, g[4].Bytes),
		Lo:          need.Lo, Hi: need.Hi,
	})
	c.Caption += " " + core.MemoryAdvice(in, out)
	return c
}

// fleet are the numbers of GPUs that the second chart draws: doublings around
// the reader's own, from the fewest that hold the run where these are near.
func fleet(n, least float64) []float64 {
	var out []float64
	from := math.Exp2(math.Floor(math.Log2(math.Max(1, math.Max(n/32, least)))))
	if least > from {
		out, from = append(out, least), 2*from
	}
	for v := from; v <= math.Max(n*16, from*64) && len(out) < 14; v *= 2 {
		out = append(out, v)
	}
	return out
}

func gpusChart(in *core.Resolved, out *core.Report) chart.Chart {
	n := out.V[core.GPUs].V
	least := 1.0
	if out.Known[core.GPUsMemory] {
		least = out.V[core.GPUsMemory].V
	}
	counts := fleet(n, least)
	points := make([]core.Point, len(counts))
	core.Sweep(in, counts, points)
	s := chart.GPUSweep{Accelerator: in.Train.Name, Fits: least}
	for _, p := range points {
		if p.Fits {
			s.Points = append(s.Points, chart.GPUPoint{GPUs: p.GPUs, Days: p.Days.V, DaysLo: p.Days.Lo, DaysHi: p.Days.Hi,
				Cost: p.Cost.V, CostLo: p.Cost.Lo, CostHi: p.Cost.Hi})
		}
	}
	d, k := out.V[core.Days], out.V[core.Cost]
	s.Now = chart.GPUPoint{GPUs: n, Days: d.V, DaysLo: d.Lo, DaysHi: d.Hi, Cost: k.V, CostLo: k.Lo, CostHi: k.Hi}
	if in.Ask == "gpus" {
		s.Deadline = in.V(scenario.Days)
	}
	if seqs := in.V(scenario.Batch) / in.V(scenario.Seq); seqs >= 1 {
		// Each copy needs a sequence of its own; a copy is TP × PP × CP GPUs.
		l := &out.Layout
		s.Thin = math.Floor(seqs) * float64(max(l.TP, 1)*max(l.PP, 1)*max(l.CP, 1))
	}
	return chart.ByGPUs(s)
}

// chartSources names what a chart's figures stand on.
func chartSources(in *core.Resolved, key string) []string {
	var keys []string
	add := func(k string) {
		if k != "" && !has(keys, k) {
			keys = append(keys, k)
		}
	}
	if in.Preset != nil && len(in.Preset.Sources) > 0 {
		add(in.Preset.Sources[0])
	}
	add(in.Train.Source)
	if key != "memory" {
		add(in.Num[scenario.MFU].Source)
		add(in.Num[scenario.Price].Source)
	}
	var names []string
	for _, k := range keys {
		if s, ok := source.Get(k); ok {
			names = append(names, s.Title)
		}
	}
	return names
}

// figure is a chart with its words: title, caption, table, downloads.
type figure struct {
	app.Compo
	H                         *hub
	Key                       string
	N                         int
	Title, Caption, Alt, JSON string
	Embedded                  bool // without tools
	Empty                     bool // nothing to draw: the caption says why, and stands alone

	open bool // the table is
	said string
	host app.Value
}

// CompoID makes another chart another component.
func (c *figure) CompoID() string { return c.Key }

func (c *figure) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	id := "chart-" + c.Key
	host := app.Div().Class("plot").ID(id)
	body := []app.UI{app.H2().Text(c.Title), host}
	caption := []app.UI{app.Text(c.Caption)}
	if c.N > 0 {
		caption = []app.UI{app.B().Text("Figure " + itoa(c.N) + ". "), app.Text(c.Caption)}
	}
	body = append(body, app.FigCaption().Body(caption...))
	if !c.Embedded {
		table := app.UI(app.Div())
		if c.open {
			kept := c.H.chart(c.Key)
			t := kept.Table()
			table = app.Div().Class("scroll").TabIndex(0).Attr("role", "group").Aria("label", "Table of figure "+itoa(c.N)).Body(chartTable(t))
		}
		body = append(body, app.Div().Class("tools").Body(
			app.Details().Class("twin").On("toggle", first(c.H.safe("table", c.onToggle))).Body(
				app.Summary().Text("Table"), table),
			button("", "", "CSV").Aria("label", "CSV: download "+c.Title).OnClick(c.H.safe("csv", c.onCSV)),
			button("", "", "SVG").Aria("label", "SVG: download "+c.Title).OnClick(c.H.safe("svg", c.onSVG)),
			button("", "", "PNG").Aria("label", "PNG: download "+c.Title).OnClick(c.H.safe("png", c.onPNG)),
			button("", "", "Copy picture").Aria("label", "Copy picture: "+c.Title).OnClick(c.H.safe("copy", c.onCopy)),
			app.Span().Class("done").Attr("role", "status").Text(c.said),
		))
	}
	class := ""
	if c.Empty {
		class = "empty"
	}
	return app.Figure().Class(class).Attr("data-chart", c.Key).Body(body...)
}

func chartTable(t chart.Table) app.UI {
	var head, rows []app.UI
	for _, col := range t.Columns {
		name := col.Name
		head = append(head, app.Th().Attr("scope", "col").Text(name))
	}
	for _, r := range t.Rows {
		var cells []app.UI
		for i, cell := range r {
			switch {
			case i == 0:
				cells = append(cells, app.Th().Attr("scope", "row").Text(cell.Text))
			case math.IsNaN(cell.Value):
				cells = append(cells, app.Td().Text(cell.Text))
			default:
				cells = append(cells, app.Td().Class("num").Text(cell.Text))
			}
		}
		rows = append(rows, app.Tr().Body(cells...))
	}
	return app.Table().Body(app.THead().Body(app.Tr().Body(head...)), app.TBody().Body(rows...))
}

func (c *figure) OnMount(ctx app.Context)  { c.draw() }
func (c *figure) OnUpdate(ctx app.Context) { c.draw() }

func (c *figure) OnDismount() {
	if l, ok := library(); ok && c.host != nil {
		try(l, "chart", c.host, nil)
	}
}

func (c *figure) draw() {
	l, ok := library()
	if !ok || c.JSON == "" {
		return
	}
	if c.host == nil {
		c.host = c.JSValue().Call("querySelector", ".plot")
	}
	if c.host.Truthy() {
		try(l, "chart", c.host, c.JSON)
	}
}

func (c *figure) onToggle(ctx app.Context, e app.Event) { c.open = ctx.JSSrc().Get("open").Bool() }

func (c *figure) options() map[string]any {
	link := ""
	if outward() != "" {
		link = shareLink(c.H)
	}
	return map[string]any{"theme": "light", "width": 720, "link": link, "name": c.file("png")}
}

func (c *figure) file(kind string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(c.H.answer.In.ModelName))
	return "flopbook-" + c.Key + "-" + strings.Trim(name, "-") + "." + kind
}

func (c *figure) onCSV(ctx app.Context, e app.Event) {
	t := c.H.chart(c.Key)
	download(c.file("csv"), "text/csv", t.CSV())
	c.said = "Saved."
}

func (c *figure) onSVG(ctx app.Context, e app.Event) {
	l, ok := library()
	if !ok {
		return
	}
	if svg, ok := try(l, "chartSVG", c.JSON, c.options()); ok {
		download(c.file("svg"), "image/svg+xml", svg.String())
		c.said = "Saved."
	}
}

func (c *figure) onPNG(ctx app.Context, e app.Event) {
	l, ok := library()
	if !ok {
		return
	}
	name := c.file("png")
	p, ok := try(l, "chartPNG", c.JSON, c.options())
	if !ok {
		return
	}
	p.Then(func(blob app.Value) { try(l, "download", name, "image/png", blob) })
	c.said = "Saved."
}

func (c *figure) onCopy(ctx app.Context, e app.Event) {
	l, ok := library()
	if !ok {
		return
	}
	p, ok := try(l, "copyPicture", c.JSON, c.options())
	if !ok {
		return
	}
	p.Then(func(how app.Value) {
		word := "Copied."
		if how.String() == "downloaded" {
			word = "Saved as a file; the browser did not allow copying."
		}
		ctx.Dispatch(func(app.Context) { c.said = word })
	})
}

// shareLink is the address of the case as it stands; of a copy on a disk, what
// stands behind the address of any copy.
func shareLink(h *hub) string {
	m := h.m
	m.Page, m.Embed, m.Open = state.Calculator, false, nil
	return outward() + "#" + m.Fragment(state.Shown(&h.answer.Out))
}
