package view

import (
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/source"
	"flopbook/core/unit"
)

// calculator is the one screen: what you ask (left), what it means (right).
func calculator(h *hub) app.UI {
	opened := ""
	if len(h.m.Open) > 0 {
		opened = h.m.Open[0]
	}
	return app.Div().Class("calculator").Body(
		app.H1().Class("ears").Text("Calculator"),
		&asker{H: h, Chosen: h.m.Case.Chosen(scenario.Ask)},
		&answerLine{H: h, Pieces: sentence(&h.m, &h.answer), Opened: opened, Live: true},
		app.P().Class("sub").Body(
			app.Text("You set what is "), app.Span().Class("v still").Text("dotted"), app.Text(" ("),
			app.Span().Class("v still mild").Text("slanted"), app.Text(" while it is only assumed); Flopbook works out what is "), app.Span().Class("q still").Text("orange"),
			app.Text(". The range beside it should hold the real figure eight times in ten (see Accuracy for how often it does); click any number to see how we got it. Prices and hardware as of "+release()+"."),
		),
		app.Div().Class("grid").Body(
			// In the order of a phone; the style sheet puts them in two columns
			// where there is room.
			&short{H: h, Says: strings.Join(shortAnswer(&h.answer), " · ")},
			&work{H: h, Trail: h.m.Open, Rev: h.rev, Try: h.m.Try},
			inputs(h),
			app.Section().Class("key").Aria("label", "Key figures").Body(kpis(h), warnings(h)),
			app.Section().Class("out").Aria("label", "Figures").Body(&parts{H: h, Part: h.m.Part}, looked(h)),
		),
		&given{H: h, Case: h.m.Case},
	)
}

// short is what stays in sight on a phone while the inputs scroll: the answer
// in a few words, and the way down to the figures.
type short struct {
	app.Compo
	H    *hub
	Says string
}

func (c *short) Render() app.UI {
	return app.Div().Class("short").Body(
		app.P().Aria("hidden", "true").Text(c.Says),
		button("", "to-figures", "Figures ↓").Aria("label", "Down to the figures").OnClick(c.H.safe("figures", c.onDown)),
	)
}

func (c *short) onDown(app.Context, app.Event) { c.H.send(state.ToFigures{}) }

// asker is the question: what is the unknown?
type asker struct {
	app.Compo
	H      *hub
	Chosen string
}

func (c *asker) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	f := &scenario.Choices[scenario.Ask]
	var radios []app.UI
	says := ""
	for _, o := range f.Options {
		r := app.Input().Type("radio").Name("ask").ID("ask-" + o.Key).Value(o.Key).OnChange(c.H.safe("ask", c.onChange))
		if o.Key == c.Chosen {
			r = r.Checked(true)
			says = o.Help
		}
		radios = append(radios, app.Label().For("ask-"+o.Key).Body(r, app.Span().Text(o.Label)))
	}
	return app.FieldSet().Class("ask").Body(
		app.Legend().Text(f.Label),
		app.Div().Class("radios").Body(radios...),
		app.P().Class("says").Text(says),
	)
}

func (c *asker) onChange(ctx app.Context, e app.Event) {
	c.H.send(state.Choose{Choice: scenario.Ask, Key: ctx.JSSrc().Get("value").String()})
}

// inputs are the sections on the left.
func inputs(h *hub) app.UI {
	body := []app.UI{&steps{H: h, Undo: h.m.CanUndo(), Redo: h.m.CanRedo(), Changed: h.m.Changed()}}
	sections := state.Sections(&h.m.Case)
	switch state.Parts[h.m.Part].Key {
	case state.BillPart:
		sections = append(sections, state.BillSections()...)
	case state.InsteadPart:
		sections = append(sections, state.InsteadSection())
	}
	for _, s := range sections {
		items := []app.UI{app.Legend().Text(s.Title)}
		for _, i := range s.Items {
			items = append(items, item(h, i))
		}
		if s.Key == "machine" && h.m.Case.Chosen(scenario.Accelerator) == "own" {
			items = append(items, &ownName{H: h, Text: string(h.m.Case.Own)})
		}
		for _, m := range s.More {
			items = append(items, &fold{H: h, Key: m.Key, Title: foldTitle(h, m), Case: h.m.Case, Rev: h.rev, Drafts: drafts(h, m.Items)})
		}
		body = append(body, app.FieldSet().Class("section").ID("section-"+s.Key).Body(items...))
	}
	return app.Form().Class("inputs").Aria("label", "What you set").Attr("data-test", "inputs").
		OnSubmit(h.safe("submit", func(_ app.Context, e app.Event) { e.PreventDefault() })).Body(body...)
}

func item(h *hub, i state.Item) app.UI {
	if i.IsNum {
		return fieldFor(h, i.Num)
	}
	return pickerFor(h, i.Choice)
}

// foldTitle says what is inside a fold as it stands.
func foldTitle(h *hub, f state.Fold) string {
	in := &h.answer.In
	switch f.Key {
	case "shape":
		return f.Title + ": " + count(in.V(scenario.Layers)) + " layers, " + count(in.V(scenario.Width)) + " wide"
	case "layout":
		l := &h.answer.Out.Layout
		n := count(in.V(scenario.GPUs))
		split := count(float64(max(l.TP, 1))) + " × " + count(float64(max(l.PP, 1))) + " × " + count(float64(max(l.DP, 1)))
		if l.TP <= 1 && l.PP <= 1 {
			return "How the " + n + " share the work: " + count(float64(max(l.DP, 1))) + " copies"
		}
		return "How the " + n + " share the work: " + split
	}
	return f.Title
}

func drafts(h *hub, items []state.Item) string {
	var b strings.Builder
	for _, i := range items {
		if i.IsNum && h.m.Draft[i.Num].On {
			b.WriteString(h.m.Draft[i.Num].Text + "\x00" + h.m.Draft[i.Num].Problem + "\x00")
		}
	}
	return b.String()
}

// fold is a closed group of expert fields; they are drawn once it is opened.
type fold struct {
	app.Compo
	H      *hub
	Key    string
	Title  string
	Case   scenario.Scenario
	Rev    int
	Drafts string

	open bool
}

// CompoID makes another fold another component.
func (c *fold) CompoID() string { return c.Key }

func (c *fold) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	var items []app.UI
	sections := state.Sections(&c.H.m.Case)
	if strings.HasPrefix(c.Key, "bill-") {
		sections = state.BillSections()
	}
	for _, s := range sections {
		for _, m := range s.More {
			if m.Key != c.Key {
				continue
			}
			for _, i := range m.Items {
				if c.open || i.IsNum && c.H.m.Draft[i.Num].Problem != "" {
					items = append(items, item(c.H, i))
				}
			}
		}
	}
	if c.Key == "shape" && len(items) > 0 {
		items = append([]app.UI{shapeNote(c.H)}, items...)
	}
	class := "fold"
	if c.Key == "shape" {
		class += " pairs" // short whole numbers, without sliders
	}
	return app.Details().Class(class).ID("fold-"+c.Key).On("toggle", first(c.H.safe("toggle", c.onToggle))).Body(
		app.Summary().Text(c.Title),
		app.Div().Body(items...),
	)
}

// shapeNote says once for all its fields where the shape comes from.
func shapeNote(h *hub) app.UI {
	v := &h.answer.In.Num[scenario.Layers]
	says := "What differs from the preset is yours. "
	if assumed(v) {
		says = strings.ToUpper(v.Note[:min(1, len(v.Note))]) + v.Note[min(1, len(v.Note)):] + ". "
	}
	if m := &h.answer.In.Arch.Mamba; m.Layers > 0 {
		says += count(float64(m.Layers)) + " of its layers are recurrent (Mamba-2), " + count(float64(m.Attention)) + " are attention, the others MLPs. "
	}
	if s, ok := source.Get(v.Source); ok {
		return app.P().Class("hint").Body(app.Text(says), link(s.URL, "Source"))
	}
	return app.P().Class("hint").Text(says)
}

func (c *fold) onToggle(ctx app.Context, e app.Event) { c.open = ctx.JSSrc().Get("open").Bool() }

// ownName is what the reader calls an accelerator of their own.
type ownName struct {
	app.Compo
	H    *hub
	Text string
}

func (c *ownName) Render() app.UI {
	return app.Div().Class("f").Body(
		app.Div().Class("l").Body(app.Label().For("own-name").Text("What you call it")),
		app.Input().Type("text").ID("own-name").Attr("maxlength", "60").AutoComplete(false).Placeholder("My accelerator").
			Value(c.Text).OnInput(c.H.safe("input", c.onInput)).OnBlur(c.H.safe("blur", c.onBlur)),
	)
}

func (c *ownName) onInput(ctx app.Context, e app.Event) {
	c.H.send(state.Name{Text: ctx.JSSrc().Get("value").String()})
}

func (c *ownName) onBlur(ctx app.Context, e app.Event) { c.H.send(state.Settle{}) }

// steps are undo, redo, reset and opening a file.
type steps struct {
	app.Compo
	H                   *hub
	Undo, Redo, Changed bool
}

func (c *steps) Render() app.UI {
	b := func(hook, text, title string, on bool) app.HTMLButton {
		e := button("", hook, text).Title(title)
		if !on {
			e = e.Disabled(true)
		}
		return e
	}
	return app.Div().Class("steps").Body(
		b("undo", "Undo", "Take the last step back (Ctrl+Z)", c.Undo).OnClick(c.H.safe("undo", c.onUndo)),
		b("redo", "Redo", "Take it again (Ctrl+Shift+Z)", c.Redo).OnClick(c.H.safe("redo", c.onRedo)),
		b("reset", "Reset all", "Back to what is assumed everywhere", c.Changed).OnClick(c.H.safe("reset", c.onReset)),
		b("load", "Open…", "Open a saved case or a model's config.json", true).ID("load").Aria("haspopup", "dialog").OnClick(c.H.safe("load", c.onLoad)),
	)
}

func (c *steps) onUndo(app.Context, app.Event)  { c.H.send(state.Undo{}) }
func (c *steps) onRedo(app.Context, app.Event)  { c.H.send(state.Redo{}) }
func (c *steps) onReset(app.Context, app.Event) { c.H.send(state.ResetAll{}) }
func (c *steps) onLoad(app.Context, app.Event)  { c.H.send(state.Show{Dialog: state.LoadDialog}) }

// warnings are what the reader should know, each with what to do.
func warnings(h *hub) app.UI {
	var items []app.UI
	for _, p := range h.answer.Problems {
		items = append(items, app.Li().Text(p.Error()))
	}
	for _, w := range h.answer.Out.Warnings() {
		says, fix := core.WarningText(w)
		if says == "" {
			continue
		}
		line := []app.UI{app.Text(says + " ")}
		if w.Code == core.WarnReported {
			line = append(line, &realRun{H: h, Key: h.answer.In.Preset.Key})
		} else {
			line = append(line, app.Span().Class("fix").Text(fix))
		}
		items = append(items, app.Li().Body(line...))
	}
	if h.answer.In.Ask == "check" {
		var rows []app.UI
		for _, f := range core.Claim(&h.answer.In, &h.answer.Out) {
			mark := "fits"
			if !f.OK {
				mark = "does not fit"
			}
			rows = append(rows, app.Li().Body(app.B().Text(f.Label+": "+mark+". "), app.Text(f.Says)))
		}
		return app.Div().Class("warnings").Body(
			app.H2().Text("Does the claim hold together?"),
			app.Ul().Class("claim").Attr("data-test", "claim").Body(rows...),
			app.Ul().Class("warn").Attr("data-test", "warnings").Body(items...))
	}
	if len(items) == 0 {
		return app.Div().Class("warnings")
	}
	return app.Div().Class("warnings").Body(
		app.H2().Class("ears").Text("Worth knowing"),
		app.Ul().Class("warn").Attr("data-test", "warnings").Body(items...))
}

// realRun opens a system's run as it was published.
type realRun struct {
	app.Compo
	H   *hub
	Key string
}

func (c *realRun) Render() app.UI {
	return button("", "real-run", "Open the run as it was").OnClick(c.H.safe("real", c.onOpen))
}

func (c *realRun) onOpen(app.Context, app.Event) {
	if p, problem := scenario.FindPreset(c.Key); problem == nil {
		c.H.send(state.Take{Case: scenario.Published(p)})
	}
}

// kpis are the headline quantities beside the sentence.
func kpis(h *hub) app.UI {
	out, in := &h.answer.Out, &h.answer.In
	type row struct {
		k     core.Key
		label string
		small string
	}
	span := func(k core.Key, term string) string {
		_, s := text(out, k)
		return joined(term, s)
	}
	fits := "fits, " + unit.Short(unit.ByteCount, out.V[core.Capacity].V-out.V[core.Memory].V) + " to spare"
	switch need := out.V[core.Memory]; {
	case !out.Fits:
		fits = "training does not fit"
	case need.Hi > out.V[core.Capacity].V:
		fits = "fits, though its range reaches " + unit.Short(unit.ByteCount, need.Hi)
	}
	work := "6 × size × tokens"
	if in.Counted {
		work = "counted, matrix by matrix"
	}
	speed := span(core.MFU, "MFU")
	if kept := in.V(scenario.Practice); kept != 1 {
		speed = span(core.MFU, "MFU of a step") + "; whole runs keep " + unit.Short(unit.Fraction, kept) + " of it"
	}
	rows := []row{
		{core.FLOPs, "Compute", work},
		{core.MFU, "Useful share of peak", speed},
		{core.GPUHours, "GPU-hours", span(core.GPUHours, "")},
		{core.Memory, "Memory of one GPU", fits},
		{core.Energy, "Energy", span(core.Energy, "")},
		{core.Carbon, "Carbon", span(core.Carbon, "")},
		{core.Cost, "Cost", span(core.Cost, "GPU rent")},
	}
	if in.Ask != "days" && in.Ask != "gpus" && in.Ask != "usd" {
		rows = append(rows, row{core.Days, "Days", span(core.Days, "")})
	}
	rows = append(rows,
		row{core.USDPerMTokOut, "A million answer tokens", busyPrice(in, out)},
		row{core.CostPerDay, "Serving, a day", span(core.CostPerDay, "")},
		row{core.Loss, "Predicted loss", span(core.Loss, "")},
	)
	var cells []app.UI
	for _, r := range rows {
		if !out.Known[r.k] {
			continue
		}
		v, _ := text(out, r.k)
		if r.k == core.Memory {
			v = memoryOf(out)
		}
		if r.k == core.GPUHours { // the label says it
			v = strings.TrimRight(strings.TrimSuffix(v, "GPU-hours"), " \u00a0")
		}
		cells = append(cells, numberCell(h, core.Quantities[r.k].Name, r.label, v, r.small))
	}
	return app.Div().Class("kpis").Attr("data-test", "kpis").Body(cells...)
}

// busyPrice says of which machines a price of tokens is, and what they cost on
// those of the case, which may rest.
func busyPrice(in *core.Resolved, out *core.Report) string {
	_, span := text(out, core.USDPerMTokOut)
	q := &in.Serving.Service
	if here := out.V[core.CostPerDay].V / (q.PerDay * q.Q.Out / 1e6); out.Known[core.CostPerDay] && here > 0 && !math.IsInf(here, 0) {
		return joined("on busy GPUs", span) + "; here " + unit.Short(unit.USDPerMTok, here)
	}
	return joined("on busy GPUs", span)
}

// memoryOf is what is needed of what there is: "12.3 of 79.6 GiB".
func memoryOf(out *core.Report) string {
	parts := func(v float64) []string {
		return strings.FieldsFunc(unit.Short(unit.ByteCount, v), func(r rune) bool { return r == ' ' || r == '\u00a0' })
	}
	need, has := parts(out.V[core.Memory].V), parts(out.V[core.Capacity].V)
	if len(need) == 2 && len(has) == 2 && need[1] == has[1] {
		need = need[:1]
	}
	return strings.Join(need, "\u00a0") + " of " + strings.Join(has, "\u00a0")
}
