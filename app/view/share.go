package view

import (
	"html"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core/scenario"
)

// shareDialog is what can be carried away of the case.
type shareDialog struct {
	app.Compo
	H   *hub
	Rev int

	chart string
	said  string
	took  bool // the link was copied
}

func (c *shareDialog) OnMount(ctx app.Context) {
	openDialog(c.JSValue())
	focusOn("copy-link") // the box would show the end of the link
}

func openDialog(e app.Value) {
	if _, ok := try(e, "showModal"); !ok {
		e.Set("open", true)
	}
}

// singleFile is what the page is called as one file.
const singleFile = "flopbook.html"

func (c *shareDialog) embedCode() string {
	src := outward()
	if src == "" {
		src = singleFile // put beside the page
	}
	src += "#" + c.H.m.EmbedFragment(state.Shown(&c.H.answer.Out), c.chart)
	return `<iframe src="` + html.EscapeString(src) + `" title="` + html.EscapeString("Flopbook: "+plainAnswer(&c.H.answer)) +
		`" width="100%" height="520" loading="lazy" frameborder="0" sandbox="allow-scripts allow-same-origin allow-popups allow-downloads" allow="clipboard-write" data-flopbook></iframe>`
}

// chartNames are the titles that the figures have on the page; behind a colon,
// which of those that share a title.
var chartNames = map[string]string{
	"memory": "What one GPU must hold", "gpus": "More GPUs, fewer days, more dollars",
	"lifetime": "Training, then serving: money", "lifetime-energy": "Training, then serving: energy", "lifetime-carbon": "Training, then serving: carbon",
	"sizes": "The size that costs least to train and serve", "payback": "When has it earned its training?", "decline": "How long the price of tokens stays above their cost",
	"routing": "A small model first, a large one for the rest", "thinking": "Thinking longer instead of training more", "texts": "Look it up, read it all, or learn it",
	"step": "One training step", "waterfall": "Where the GPU’s time goes",
	"pace": "Faster answers or more of them", "roofline": "Reading is bound by arithmetic, writing by memory", "fill": "Running answers fill the memory",
	"fleet": "Machines for the busiest minute", "ways": "Rent, own, or pay by the token", "levers": "What one change does to the price of a question",
	"stages-cost": "Where it goes, stage by stage: money", "stages-days": "Where it goes, stage by stage: days", "stages-energy": "Where it goes, stage by stage: energy", "plan": "When each stage runs",
	"instead":       "What the ways cost, by how many questions are asked",
	"among-compute": "This run among published ones: compute", "among-cost": "This run among published ones: cost", "among-energy": "This run among published ones: energy",
	"prices": "What an hour of it has cost", "ladder": "What money trains today",
}

func (c *shareDialog) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	if c.chart == "" {
		c.chart = state.Charts[1]
	}
	h := c.H
	var charts []app.UI
	for _, k := range state.Charts {
		o := app.Option().Value(k).Text(chartNames[k])
		if k == c.chart {
			o = o.Selected(true)
		}
		charts = append(charts, o)
	}
	local := app.P().Class("hint").Attr("data-test", "local")
	if outward() == "" {
		local = local.Text("This copy of Flopbook was opened from a disk, where nobody else can follow a link. What stands above opens the case in any copy: put it behind that copy’s address. The code for a web page expects the file " + singleFile + " beside the page.")
	} else {
		local = local.Hidden(true)
	}
	return app.Dialog().Class("panel").Aria("labelledby", "share-title").Attr("data-test", "share-dialog").On("close", first(h.safe("close", c.onClose))).Body(
		app.H2().ID("share-title").Text("Share this case"),
		app.P().Text("The link holds everything you set, the release of prices and method ("+scenario.Release+"), and the headline numbers as they are now, so that a later release can say what has changed."),
		app.Div().Class("row").Body(
			app.Label().For("share-link").Text("Link"),
			app.Input().Type("text").ID("share-link").Attr("data-test", "share-link").ReadOnly(true).Value(shareLink(h)),
			button("main", "copy-link", c.copyWord()).ID("copy-link").OnClick(h.safe("link", c.onLink))),
		local,
		app.H3().Text("As a figure"),
		app.Div().Class("row").Body(
			app.Label().For("share-chart").Text("Chart"),
			app.Select().ID("share-chart").OnChange(h.safe("chart", c.onChart)).Body(charts...)),
		app.Div().Class("row").Body(
			app.Label().For("share-embed").Text("For a web page (live)"),
			app.Textarea().ID("share-embed").Attr("data-test", "embed-code").ReadOnly(true).Rows(4).Text(c.embedCode()),
			button("", "copy-embed", "Copy embed code").OnClick(h.safe("embed", c.onEmbed))),
		app.Div().Class("acts").Body(
			button("", "copy-picture", "Copy picture").OnClick(h.safe("picture", c.onPicture)),
			button("", "", "Save SVG").OnClick(h.safe("svg", c.onSVG)),
			button("", "", "Save PNG").OnClick(h.safe("png", c.onPNG)),
			button("", "", "Copy alt text").OnClick(h.safe("alt", c.onAlt))),
		app.H3().Text("As a file"),
		app.Div().Class("acts").Body(
			button("", "save-json", "Save the case (JSON)").OnClick(h.safe("json", c.onJSON)),
			button("", "", "Print").OnClick(h.safe("print", c.onPrint))),
		app.P().Class("done").Attr("role", "status").Text(c.said),
		app.Form().Attr("method", "dialog").Body(app.Button().Type("submit").Class("main").Attr("data-test", "close-share").Text("Close")),
	)
}

func (c *shareDialog) onClose(app.Context, app.Event) {
	c.H.send(state.Show{Dialog: state.NoDialog})
}

func (c *shareDialog) onChart(ctx app.Context, e app.Event) {
	c.chart = ctx.JSSrc().Get("value").String()
	c.said = ""
}

func (c *shareDialog) copy(ctx app.Context, text string) {
	copyText(ctx, text, func(_ app.Context, done bool) { c.said = copiedWord(done) })
}

func (c *shareDialog) onLink(ctx app.Context, e app.Event) {
	copyText(ctx, shareLink(c.H), func(_ app.Context, done bool) { c.took, c.said = done, copiedWord(done) })
}

// copyWord is on the button that was pressed, where the reader looks.
func (c *shareDialog) copyWord() string {
	if c.took {
		return "Copied"
	}
	return "Copy link"
}

func (c *shareDialog) onEmbed(ctx app.Context, e app.Event) { c.copy(ctx, c.embedCode()) }
func (c *shareDialog) onAlt(ctx app.Context, e app.Event) {
	c.copy(ctx, plainAnswer(&c.H.answer)+" "+c.figure().Alt)
}

// figure borrows the downloads of the calculator's figure.
func (c *shareDialog) figure() *figure { return figureFor(c.H, c.chart, 0) }

func (c *shareDialog) onPicture(ctx app.Context, e app.Event) {
	f := c.figure()
	l, ok := library()
	if !ok {
		return
	}
	p, ok := try(l, "copyPicture", f.JSON, f.options())
	if !ok {
		return
	}
	p.Then(func(how app.Value) {
		word := "Picture copied."
		if how.String() == "downloaded" {
			word = "Picture saved as a file; the browser did not allow copying."
		}
		ctx.Dispatch(func(app.Context) { c.said = word })
	})
}

func (c *shareDialog) onSVG(ctx app.Context, e app.Event) {
	c.figure().onSVG(ctx, e)
	c.said = "Saved."
}

func (c *shareDialog) onPNG(ctx app.Context, e app.Event) {
	c.figure().onPNG(ctx, e)
	c.said = "Saved."
}

func (c *shareDialog) onJSON(app.Context, app.Event) {
	download("flopbook-case.json", "application/json", string(c.H.m.Case.JSON()))
	c.said = "Saved."
}

func (c *shareDialog) onPrint(app.Context, app.Event) { try(app.Window().JSValue(), "print") }

// loadDialog opens a saved case.
type loadDialog struct {
	app.Compo
	H     *hub
	Notes []string

	text string
	said string
}

func (c *loadDialog) OnMount(ctx app.Context) { openDialog(c.JSValue()) }

func (c *loadDialog) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	h := c.H
	var notes []app.UI
	for _, n := range c.Notes {
		notes = append(notes, app.Li().Text(n))
	}
	bad := app.Div().Attr("role", "alert").Body(app.Ul().Class("bad").Body(notes...))
	return app.Dialog().Class("panel").Aria("labelledby", "load-title").Attr("data-test", "load-dialog").On("close", first(h.safe("close", c.onClose))).Body(
		app.H2().ID("load-title").Text("Open a case"),
		app.P().Text("A case saved here as JSON, or the config.json of a model on Hugging Face, which gives its shape. It is read in your browser and goes nowhere."),
		app.Div().Class("row").Body(
			app.Label().For("load-file").Text("A file"),
			app.Input().Type("file").ID("load-file").Attr("data-test", "load-file").Accept(".json,application/json").OnChange(h.safe("file", c.onFile))),
		app.Div().Class("row").Body(
			app.Label().For("load-text").Text("Or paste it here"),
			app.Textarea().ID("load-text").Attr("data-test", "load-text").Rows(8).Attr("spellcheck", "false").OnInput(h.safe("text", c.onText))),
		bad,
		app.P().Class("done").Attr("role", "status").Text(c.said),
		app.Div().Class("acts").Body(
			button("main", "load-open", "Open it").OnClick(h.safe("open", c.onOpen)),
			app.Form().Attr("method", "dialog").Body(app.Button().Type("submit").Text("Close"))),
	)
}

func (c *loadDialog) onClose(app.Context, app.Event) {
	if c.H.m.Dialog == state.LoadDialog {
		c.H.send(state.Show{Dialog: state.NoDialog})
	}
}

func (c *loadDialog) onText(ctx app.Context, e app.Event) {
	c.text = ctx.JSSrc().Get("value").String()
}

func (c *loadDialog) onOpen(app.Context, app.Event) { c.H.send(state.Load{Text: []byte(c.text)}) }

// maxFile is more than a scenario can be; a larger file is told apart without
// being read.
const maxFile = 2 << 20

func (c *loadDialog) onFile(ctx app.Context, e app.Event) {
	files := ctx.JSSrc().Get("files")
	if !files.Truthy() || files.Length() == 0 {
		return
	}
	file := files.Index(0)
	if file.Get("size").Float() > maxFile {
		c.said = "That file is larger than a case can be; check that it is the right one."
		return
	}
	c.said = ""
	file.Call("text").Then(func(v app.Value) {
		text := v.String()
		ctx.Dispatch(func(app.Context) {
			defer c.H.rescue()
			c.H.send(state.Load{Text: []byte(text)})
		})
	})
}
