package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/source"
)

// field is one number: text box, slider, what is assumed, help.
type field struct {
	app.Compo
	H       *hub
	Num     scenario.Num
	Text    string
	Given   bool
	Known   bool
	Assumed bool
	Worked  bool   // the value follows from the others
	Note    string // where an assumed value comes from
	URL     string // of its source
	Problem string
	Hint    string
	Now     float64
	Answer  bool   // the value is what is asked for: shown, not set
	In      string // where it stands besides the inputs, in front of its ids: "work-"

	help bool
}

// CompoID makes another field another component.
func (c *field) CompoID() string { return c.In + scenario.Nums[c.Num].Key }

// fieldFor reads a field's state out of the model and the answer.
func fieldFor(h *hub, n scenario.Num) *field {
	v := &h.answer.In.Num[n]
	f := &field{H: h, Num: n, Text: valueText(&h.m.Case, &h.answer.In, n), Given: h.m.Case.Num[n].Set, Known: v.Known,
		Assumed: !h.m.Case.Num[n].Set && assumed(v), Worked: !h.m.Case.Num[n].Set && v.Known && v.Origin == derivation.Computed, Now: v.R.V, Answer: v.Origin == derivation.Solved}
	if f.Assumed {
		f.Note = originNote(v)
		if s, ok := source.Get(v.Source); ok {
			f.URL = s.URL
		}
	} else if v.Note != "" {
		f.Note = v.Note + "."
	}
	if f.Given { // a number that its field takes, and that the rest of the case cannot be
		for _, p := range h.answer.Problems {
			if p.Field == scenario.Nums[n].Name {
				f.Problem = p.Error()
			}
		}
	}
	if d := h.m.Draft[n]; d.On {
		if f.Text = d.Text; d.Problem != "" {
			f.Problem = d.Problem
		}
		if d.Text == "" && v.Known {
			f.Hint = "Empty: " + shown(n, v.R) + " is assumed."
			if f.Worked {
				f.Hint = "Empty: " + shown(n, v.R) + ", worked out from the rest."
			}
		}
	}
	return f
}

func (c *field) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	f := &scenario.Nums[c.Num]
	id := c.In + "field-" + f.Key
	class := "f"
	switch {
	case c.Problem != "": // neither assumed nor worked out: the reader's, and refused
		class += " wrong"
	case c.Answer:
		class += " unknown"
	case c.Assumed, c.Worked:
		class += " assumed"
	}
	head := []app.UI{app.Label().For(id).Text(f.Name)}
	switch {
	case c.Answer:
		head = append(head, app.Small().Class("as").Text("the answer"))
	case c.Given || c.Problem != "":
		head = append(head, button("reset", "", "reset").Aria("label", "Reset "+f.Name).Title("Back to what is assumed").OnClick(c.H.safe("reset", c.onReset)))
	case c.Assumed:
		head = append(head, app.Small().Class("as").Text("assumed"))
	case c.Worked:
		head = append(head, app.Small().Class("as").Text("worked out"))
	default:
		head = append(head, app.Small().Class("as").Text("not set"))
	}
	open := "false"
	if c.help {
		open = "true"
	}
	described := c.In + "help-" + f.Key
	box := app.Input().Type("text").ID(id).Attr("data-field", c.In+f.Key).Attr("inputmode", "text").AutoComplete(false).
		Attr("spellcheck", "false").Attr("autocapitalize", "off").Placeholder(f.Example).
		Value(c.Text)
	if c.Answer {
		box = box.ReadOnly(true)
	} else {
		box = box.OnInput(c.H.safe("input", c.onInput)).OnBlur(c.H.safe("blur", c.onBlur)).OnKeyDown(c.H.safe("keys", c.onKey))
	}
	body := []app.UI{
		app.Div().Class("l").Body(head...),
		box, // attributes that may come and go are added below
	}
	if f.Help != "" && c.In == "" {
		body = append(body, button("why", "", "?").Aria("label", "About "+f.Name).Aria("expanded", open).OnClick(c.H.safe("help", c.onHelp)))
	}
	if c.Problem != "" {
		described += " " + c.In + "bad-" + f.Key
		box = box.Aria("invalid", "true")
	}
	body[1] = box.Aria("describedby", described)
	if state.HasSlider(c.Num) {
		slider := app.Input().Type("range").Min("0").Max(itoa(state.SlideMax)).Attr("step", "1").Aria("label", f.Name+", slider").
			Aria("valuetext", c.Text).Attr("data-slide", f.Key).Value(itoa(state.Position(c.Num, c.Now)))
		if c.Answer {
			slider = slider.Disabled(true)
		} else {
			// Not OnChange: by keyboard it comes with every step, and a way of
			// many steps is one to undo.
			slider = slider.OnInput(c.H.safe("slide", c.onSlide)).OnBlur(c.H.safe("settle", c.onSettle)).
				On("pointerup", first(c.H.safe("up", c.onSettle)))
		}
		body = append(body, slider)
	}
	if c.Problem != "" {
		body = append(body, app.P().Class("bad").ID(c.In+"bad-"+f.Key).Text(c.Problem))
	} else if c.Hint != "" {
		body = append(body, app.P().Class("hint").Text(c.Hint))
	}
	help := []app.UI{app.Text(f.Help + " ")}
	if c.Note != "" {
		lead := "Assumed: "
		if !c.Assumed {
			lead = ""
		}
		help = append(help, app.Text(lead+c.Note+" "))
		if safeURL(c.URL) {
			help = append(help, link(c.URL, "Source"), app.Text(" "))
		}
	}
	help = append(help, app.Text("For example "+f.Example+", or a range such as “2 to 3”."))
	p := app.P().Class("help").ID(c.In + "help-" + f.Key).Body(help...)
	if !c.help && c.In == "" { // away from the inputs all of it stands there

		p = p.Hidden(true)
	}
	return app.Div().Class(class).Body(append(body, p)...)
}

// OnMount puts the slider where it belongs: go-app sets attributes in any
// order, and a value set before the slider's ends is cut to 100.
func (c *field) OnMount(ctx app.Context) {
	if !state.HasSlider(c.Num) {
		return
	}
	if s := c.JSValue().Call("querySelector", "[data-slide]"); s.Truthy() {
		s.Set("value", itoa(state.Position(c.Num, c.Now)))
	}
}

// OnUpdate puts the text where it belongs: go-app leaves the old text standing
// when a field is emptied, as by a reset to what is not set.
func (c *field) OnUpdate(ctx app.Context) {
	if box := c.JSValue().Call("querySelector", "input[type=text]"); box.Truthy() && box.Get("value").String() != c.Text {
		box.Set("value", c.Text)
	}
}

func (c *field) onInput(ctx app.Context, e app.Event) {
	c.H.send(state.Type{Num: c.Num, Text: ctx.JSSrc().Get("value").String()})
}

func (c *field) onBlur(ctx app.Context, e app.Event) { c.H.send(state.Leave{Num: c.Num}) }

func (c *field) onKey(ctx app.Context, e app.Event) {
	switch key := e.Get("key").String(); key {
	case "ArrowUp", "ArrowDown":
		if c.Known && c.Problem == "" {
			e.PreventDefault()
			c.H.send(state.Nudge{Num: c.Num, Up: key == "ArrowUp", From: c.Now})
		}
	case "Enter":
		e.PreventDefault()
		c.H.send(state.Leave{Num: c.Num})
	}
}

func (c *field) onSlide(ctx app.Context, e app.Event) {
	pos := 0
	for _, d := range ctx.JSSrc().Get("value").String() {
		if d < '0' || d > '9' {
			break
		}
		pos = pos*10 + int(d-'0')
	}
	c.H.send(state.Slide{Num: c.Num, Pos: pos, From: c.Now})
}

func (c *field) onSettle(ctx app.Context, e app.Event) { c.H.send(state.Settle{}) }

func (c *field) onReset(ctx app.Context, e app.Event) {
	c.H.send(state.ResetNum{Num: c.Num, Focus: c.In + "field-" + scenario.Nums[c.Num].Key})
}

func (c *field) onHelp(ctx app.Context, e app.Event) { c.help = !c.help }

// picker is one choice as a list.
type picker struct {
	app.Compo
	H      *hub
	Choice scenario.Choice
	Chosen string
	Given  bool
	Note   string

	help bool
}

// CompoID makes another choice another component.
func (c *picker) CompoID() string { return scenario.Choices[c.Choice].Key }

func pickerFor(h *hub, c scenario.Choice) *picker {
	p := &picker{H: h, Choice: c, Chosen: h.m.Case.Chosen(c), Given: h.m.Case.Choice[c] != ""}
	in := &h.answer.In
	switch c {
	case scenario.Model:
		p.Note = in.ArchNote
		if in.Preset != nil {
			p.Note = in.Preset.Note + " " + p.Note
		}
	case scenario.Accelerator:
		if in.Train.Acc != nil {
			p.Note = in.Train.Acc.Notes
		}
	default:
		for _, o := range scenario.Choices[c].Options {
			if o.Key == p.Chosen {
				p.Note = o.Help
			}
		}
	}
	return p
}

func (c *picker) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	f := &scenario.Choices[c.Choice]
	id := "field-" + f.Key
	open := "false"
	if c.help {
		open = "true"
	}
	class := "f choice"
	head := []app.UI{app.Label().For(id).Text(f.Label)}
	if c.Given {
		head = append(head, button("reset", "", "reset").Aria("label", "Reset "+f.Label).OnClick(c.H.safe("reset", c.onReset)))
	} else {
		class += " assumed"
		head = append(head, app.Small().Class("as").Text("assumed"))
	}
	help := f.Help
	if help != "" && c.Note != "" {
		help += " "
	}
	help += c.Note
	body := []app.UI{app.Div().Class("l").Body(head...)}
	if help != "" {
		body = append(body, button("why", "", "?").Aria("label", "About "+f.Label).Aria("expanded", open).OnClick(c.H.safe("help", c.onHelp)))
	}
	body = append(body, app.Select().ID(id).Attr("data-field", f.Key).OnChange(c.H.safe("choose", c.onChange)).Body(optionList(c.Choice, c.Chosen)...))
	if help != "" {
		p := app.P().Class("help").ID("help-" + f.Key).Text(help)
		if !c.help {
			p = p.Hidden(true)
		}
		body = append(body, p)
	}
	return app.Div().Class(class).Body(body...)
}

func (c *picker) onChange(ctx app.Context, e app.Event) {
	c.H.send(state.Choose{Choice: c.Choice, Key: ctx.JSSrc().Get("value").String()})
}

func (c *picker) onReset(ctx app.Context, e app.Event) {
	c.H.send(state.Choose{Choice: c.Choice, Key: scenario.Choices[c.Choice].Default})
}

func (c *picker) onHelp(ctx app.Context, e app.Event) { c.help = !c.help }
