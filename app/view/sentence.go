package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core/scenario"
)

// answerLine is the sentence: what is dotted is the reader's, what is orange
// Flopbook worked out.
type answerLine struct {
	app.Compo
	H      *hub
	Pieces []piece
	Opened string // the worked-out number whose note is open
	Live   bool   // false on the start page and in a frame: nothing to set
	Follow string // then, the address of the same sentence in the calculator, if its words lead there
}

func (c *answerLine) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	var body []app.UI
	var paragraphs []app.UI
	paragraph := func() {
		if len(body) > 0 {
			paragraphs = append(paragraphs, app.Span().Class("also-"+itoa(len(paragraphs))).Body(body...))
			body = nil
		}
	}
	bad, skip := "", 0
	for i, p := range c.Pieces {
		if p.Bad != "" {
			bad = p.Bad
		}
		switch {
		case p.Kind == second:
			paragraph()
		case p.Kind == plain:
			body = append(body, app.Text(p.Text[skip:]))
			skip = 0
		case p.Kind == worked:
			var q app.UI
			switch {
			case c.Live:
				open := "false"
				if c.Opened == p.Open {
					open = "true"
				}
				q = app.Button().Type("button").Class("q").ID("open-"+p.Open).
					Attr("data-open", p.Open).Aria("expanded", open).Title("How we got this").
					Text(p.Text).OnClick(c.H.safe("open", c.onOpen))
			case c.Follow != "":
				q = c.link("q", "open-"+p.Open, p.Text)
			default:
				q = app.Span().Class("q").Text(p.Text)
			}
			// Drawn even when empty, so that what follows keeps its place.
			span := app.Span().Class("pm")
			if p.Span != "" {
				span = span.Text(" (" + p.Span + ")")
			}
			end := app.Span()
			if i+1 < len(c.Pieces) && c.Pieces[i+1].Kind == plain {
				// Its full stop or comma stays with it.
				if t := c.Pieces[i+1].Text; t != "" && strings.Contains(".,:;", t[:1]) {
					end, skip = end.Text(t[:1]), 1
				}
			}
			body = append(body, app.Span().Class("w").Body(q, span, end))
		case !c.Live && c.Follow != "":
			key := scenario.Choices[p.Choice].Key
			if p.Kind == value {
				key = scenario.Nums[p.Num].Key
			}
			body = append(body, c.link("v", "say-"+key, p.Text))
		case !c.Live:
			body = append(body, app.Span().Class("v still").Text(p.Text))
		case p.Kind == value:
			body = append(body, &dotted{H: c.H, Piece: p})
		case p.Kind == option:
			body = append(body, &dottedChoice{H: c.H, Choice: p.Choice, Text: p.Text, Chosen: c.H.m.Case.Chosen(p.Choice), At: i, Mild: p.Mild})
		}
	}
	paragraph()
	line := app.P().Class("answer").Attr("data-test", "answer").Body(paragraphs...)
	if !c.Live {
		return line
	}
	// Always in a box: another root element would end the writing in it.
	told := app.P().Class("bad").Attr("role", "status").Text(bad)
	if bad == "" {
		told = told.Hidden(true)
	}
	return app.Div().Body(line, told)
}

// link leads to the same words in the calculator, where they can be set or opened.
func (c *answerLine) link(class, to, text string) app.UI {
	return app.A().Class(class).Href(c.Follow).Attr("data-follow", to).Text(text).OnClick(c.H.safe("follow/"+to, c.onFollow))
}

func (c *answerLine) onFollow(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	to := data(ctx, "follow")
	name, opens := strings.CutPrefix(to, "open-")
	c.H.send(state.Take{Case: state.Worked(), Focus: to})
	if opens {
		c.H.send(state.OpenNumber{Name: name})
	}
}

func (c *answerLine) onOpen(ctx app.Context, e app.Event) {
	c.H.send(state.OpenNumber{Name: data(ctx, "open")})
}

// dotted is a number of the reader's in the sentence: click or type to write,
// arrows or dragging to move it.
type dotted struct {
	app.Compo
	H     *hub
	Piece piece

	writing bool
	down    bool // the pointer is
	moved   bool
	x0      float64
	from    float64
}

// CompoID keeps one number's pointer state from another's.
func (c *dotted) CompoID() string { return scenario.Nums[c.Piece.Num].Key }

func (c *dotted) Render() app.UI {
	f := &scenario.Nums[c.Piece.Num]
	// Both are drawn and one is hidden: what go-app does after a drawing is for
	// elements that are still there.
	size := min(max(len([]rune(c.Piece.Box))+1, 5), 18)
	box := app.Input().Type("text").Class("v writing").ID("write-"+f.Key).AutoComplete(false).
		Aria("label", f.Name).Attr("inputmode", "text").Attr("spellcheck", "false").Attr("size", itoa(size)).
		Value(c.Piece.Box).
		OnInput(c.H.safe("input", c.onInput)).
		OnKeyDown(c.H.safe("writing", c.onWritingKey)).
		OnBlur(c.H.safe("blur", c.onBlur))
	if c.Piece.Bad != "" {
		box = box.Aria("invalid", "true")
	}
	class := "v"
	if c.Piece.Mild {
		class = "v mild"
	}
	show := app.Span().Class(class).ID("say-"+f.Key).TabIndex(0).Attr("role", "spinbutton").
		Attr("data-scrub", f.Key).
		Aria("label", f.Name).Aria("valuetext", c.Piece.Text).Aria("valuenow", trimFloat(c.Piece.Now)).
		Title("Yours: click to type, drag or use the arrow keys").
		OnKeyDown(c.H.safe("keys", c.onKey)).
		On("pointerdown", first(c.H.safe("down", c.onDown))).
		On("pointermove", first(c.H.safe("move", c.onMove))).
		On("pointerup", first(c.H.safe("up", c.onUp))).
		On("pointercancel", first(c.H.safe("cancel", c.onCancel))).
		Text(c.Piece.Text)
	if c.writing {
		show = show.Hidden(true)
	} else {
		box = box.Hidden(true)
	}
	span := app.Span().Class("pm")
	if c.Piece.Span != "" {
		span = span.Text(" (" + c.Piece.Span + ")")
	}
	return app.Span().Class("w").Body(show, box, span)
}

// first drops the scope where a handler stands alone and never changes.
func first(h app.EventHandler, _ app.EventOption) app.EventHandler { return h }

// write opens the text box, all of it selected. It does not wait for the next
// drawing: keys may come before that.
func (c *dotted) write() {
	c.writing = true
	key := scenario.Nums[c.Piece.Num].Key
	box, show := app.Window().GetElementByID("write-"+key), app.Window().GetElementByID("say-"+key)
	if !box.Truthy() || !show.Truthy() {
		return
	}
	box.Set("hidden", false)
	box.Call("focus")
	try(box, "select")
	show.Set("hidden", true)
}

func (c *dotted) onKey(ctx app.Context, e app.Event) {
	if e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() || e.Get("altKey").Bool() {
		return
	}
	switch key := e.Get("key").String(); key {
	case "ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft":
		e.PreventDefault()
		c.H.send(state.Nudge{Num: c.Piece.Num, Up: key == "ArrowUp" || key == "ArrowRight", From: c.Piece.Now})
	case "Enter", " ", "F2":
		e.PreventDefault()
		c.write()
	default:
		if len(key) == 1 && strings.Contains("0123456789.$", key) {
			c.write() // the key takes the place of what is selected
		}
	}
}

func (c *dotted) onDown(ctx app.Context, e app.Event) {
	if e.Get("button").Int() != 0 {
		return
	}
	c.down, c.moved = true, false
	c.x0, c.from = e.Get("clientX").Float(), c.Piece.Now
	try(ctx.JSSrc(), "setPointerCapture", e.Get("pointerId"))
}

func (c *dotted) onMove(ctx app.Context, e app.Event) {
	if !c.down {
		return
	}
	dx := e.Get("clientX").Float() - c.x0
	if !c.moved && dx > -4 && dx < 4 {
		return
	}
	c.moved = true
	c.H.send(state.Drag{Num: c.Piece.Num, From: c.from, Pixels: dx})
}

func (c *dotted) onUp(ctx app.Context, e app.Event) {
	if !c.down {
		return
	}
	c.down = false
	if c.moved {
		c.H.send(state.Settle{})
		return
	}
	c.write()
}

func (c *dotted) onCancel(ctx app.Context, e app.Event) {
	c.down = false
	c.H.send(state.Settle{})
}

func (c *dotted) onInput(ctx app.Context, e app.Event) {
	c.H.send(state.Type{Num: c.Piece.Num, Text: ctx.JSSrc().Get("value").String()})
}

func (c *dotted) onWritingKey(ctx app.Context, e app.Event) {
	switch e.Get("key").String() {
	case "Enter", "Escape":
		e.PreventDefault()
		c.writing = false
		c.H.send(state.Leave{Num: c.Piece.Num})
		id := "say-" + scenario.Nums[c.Piece.Num].Key
		ctx.Defer(func(app.Context) {
			if el := app.Window().GetElementByID(id); el.Truthy() {
				el.Call("focus", map[string]any{"preventScroll": true})
			}
		})
	}
}

func (c *dotted) onBlur(ctx app.Context, e app.Event) {
	if c.writing {
		c.writing = false
		c.H.send(state.Leave{Num: c.Piece.Num})
	}
}

// dottedChoice is a choice of the reader's in the sentence: a list under the words.
type dottedChoice struct {
	app.Compo
	H      *hub
	Choice scenario.Choice
	Text   string
	Chosen string
	At     int
	Mild   bool // nobody chose it
}

// CompoID keeps one list from another's.
func (c *dottedChoice) CompoID() string { return scenario.Choices[c.Choice].Key }

func (c *dottedChoice) Render() app.UI {
	class := "v pick"
	if c.Mild {
		class += " mild"
	}
	return app.Span().Class(class).Body(
		app.Text(c.Text),
		app.Select().ID("say-"+scenario.Choices[c.Choice].Key).Aria("label", scenario.Choices[c.Choice].Label).Attr("data-say", scenario.Choices[c.Choice].Key).
			Title("Yours: choose another").
			OnChange(c.H.safe("choose", c.onChange)).
			Body(optionList(c.Choice, c.Chosen)...),
	)
}

func (c *dottedChoice) onChange(ctx app.Context, e app.Event) {
	c.H.send(state.Choose{Choice: c.Choice, Key: ctx.JSSrc().Get("value").String()})
}
