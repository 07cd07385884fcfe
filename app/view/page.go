package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core/scenario"
)

// page is the whole document under the body.
type page struct {
	app.Compo
	h      *hub
	theme  string
	titled string
	keys   app.Func
	pops   app.Func
}

func newPage() *page {
	return &page{h: &hub{m: state.New()}}
}

// OnInit reads the address before the first drawing, so that a link never
// shows another page first.
func (p *page) OnInit() {
	p.theme = themeNow()
	if p.theme != "" {
		setTheme(p.theme)
	}
	if f := fragmentNow(); f != "" {
		p.h.follow(f)
	}
}

func (p *page) OnMount(ctx app.Context) {
	// go-app tells of back and forward only when the address differs from the
	// one that it went to last, and the page writes its own.
	p.pops = app.FuncOf(func(app.Value, []app.Value) any {
		ctx.Dispatch(func(app.Context) {
			defer p.h.rescue()
			p.h.follow(fragmentNow())
		})
		return nil
	})
	app.Window().Call("addEventListener", "popstate", p.pops)
	p.keys = app.FuncOf(func(_ app.Value, args []app.Value) any {
		if len(args) > 0 {
			p.onKey(ctx, app.Event{Value: args[0]})
		}
		return nil
	})
	document().Call("addEventListener", "keydown", p.keys)
}

// OnDismount gives the listeners back.
func (p *page) OnDismount() {
	if p.pops != nil {
		app.Window().Call("removeEventListener", "popstate", p.pops)
		document().Call("removeEventListener", "keydown", p.keys)
		p.pops.Release()
		p.keys.Release()
	}
}

// onKey takes the page's own keys: undo and redo, except while a text box has
// changes of its own to undo; Escape closes a note.
func (p *page) onKey(ctx app.Context, e app.Event) {
	defer p.h.rescue()
	key := e.Get("key").String()
	held := e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()
	switch {
	case held && (key == "z" || key == "Z" || key == "y"):
		if p.inChangedBox(e) {
			return
		}
		e.PreventDefault()
		redo := key == "y" || e.Get("shiftKey").Bool()
		ctx.Dispatch(func(app.Context) {
			if redo {
				p.h.send(state.Redo{})
			} else {
				p.h.send(state.Undo{})
			}
		})
	case key == "Escape" && len(p.h.m.Open) > 0 && p.h.m.Dialog == state.NoDialog:
		ctx.Dispatch(func(app.Context) { p.h.send(state.CloseTo{N: 0}) })
	}
}

// inChangedBox reports whether the event comes from a text box that is being
// written in.
func (p *page) inChangedBox(e app.Event) bool {
	target := e.Get("target")
	if !target.Truthy() {
		return false
	}
	switch target.Get("tagName").String() {
	case "TEXTAREA":
		return true
	case "INPUT":
		if t := target.Get("type").String(); t != "text" && t != "search" {
			return false
		}
		n, known := scenario.NumByKey(data2(target, "field"))
		return !known || p.h.m.Draft[n].On
	}
	return false
}

func data2(e app.Value, name string) string {
	if v := e.Call("getAttribute", "data-"+name); v.Truthy() {
		return v.String()
	}
	return ""
}

func (p *page) Render() (ui app.UI) {
	h := p.h
	defer func() {
		if r := recover(); r != nil {
			app.Logf("%v", r)
			ui = app.Div().Body(app.Main().ID("main").Body(app.H1().Text("Flopbook"),
				app.P().Class("bad").Attr("role", "alert").Text("The page could not be drawn, which is our mistake. Your case is kept in the address; take the last step back with Ctrl+Z, or reload.")))
		}
	}()
	h.settle()
	if title := state.Pages[h.m.Page].Title; title != p.titled {
		p.titled = title
		setTitle(title)
	}
	if h.m.Embed {
		return app.Div().Class("book embedded").Body(&embedded{H: h, Rev: h.rev, Show: h.m.Show}, &after{H: h, Rev: h.rev, Turn: h.m.Turn, Focus: h.m.FocusTurn, Said: h.said, Fragment: h.fragment()})
	}
	var content app.UI
	switch h.m.Page {
	case state.Calculator:
		content = calculator(h)
	case state.Systems:
		content = &systemsPage{H: h, Filter: h.m.Filter, Sort: h.m.Sort, Down: h.m.Down}
	case state.Learn:
		content = &lessonPage{H: h, Lesson: h.m.Lesson}
	case state.Accuracy:
		content = &accuracyPage{H: h}
	case state.Sources:
		content = &sourcesPage{H: h}
	default:
		content = &startPage{H: h}
	}
	body := []app.UI{
		app.A().Class("skip").Href("#main").Text("Skip to the content").OnClick(h.safe("skip", p.onSkip)),
		p.header(),
		app.Main().ID("main").TabIndex(-1).Body(p.notes(), content),
		footer(),
		&after{H: h, Rev: h.rev, Turn: h.m.Turn, Focus: h.m.FocusTurn, Said: h.said, Fragment: h.fragment()},
	}
	switch h.m.Dialog {
	case state.ShareDialog:
		body = append(body, &shareDialog{H: h, Rev: h.rev})
	case state.LoadDialog:
		body = append(body, &loadDialog{H: h, Notes: h.m.Notes})
	}
	return app.Div().Class("book").Body(body...)
}

// notes are what the page has to say before its content: what was wrong with a
// link or file, what a link of an older release showed, a mistake of ours.
func (p *page) notes() app.UI {
	h := p.h
	var body []app.UI
	if h.fault != "" {
		body = append(body, app.P().Class("note bad").Attr("role", "alert").
			Text("That step ran into a mistake of ours ("+h.fault+"). The page is as it was before; the step can be undone."))
	}
	if h.then != "" {
		body = append(body, app.P().Class("note").Attr("data-test", "then").Text(h.then))
	}
	if len(h.m.Notes) > 0 {
		var items []app.UI
		for _, n := range h.m.Notes {
			items = append(items, app.Li().Text(n))
		}
		body = append(body, app.Div().Class("note").Attr("data-test", "problems").Attr("role", "alert").Body(
			app.Ul().Body(items...),
			button("", "", "All right").OnClick(h.safe("dismiss", p.onDismiss))))
	}
	return app.Div().Class("notes").Body(body...)
}

func (p *page) onDismiss(ctx app.Context, e app.Event) { p.h.send(state.Dismiss{}) }

func (p *page) onSkip(ctx app.Context, e app.Event) {
	e.PreventDefault()
	e.StopImmediatePropagation() // go-app would navigate
	focusOn("main")
}

func (p *page) header() app.UI {
	h := p.h
	var links []app.UI
	for i := state.Calculator; i < state.PageCount; i++ {
		a := app.A().Href("#v1;page="+state.Pages[i].Key).Attr("data-page", itoa(int(i))).
			Text(state.Pages[i].Name).OnClick(h.safe("go", p.onGo))
		if h.m.Page == i {
			a = a.Aria("current", "page")
		}
		links = append(links, app.Li().Body(a))
	}
	mark := app.A().Class("mark").Href("#v1;page=start").Attr("data-page", itoa(int(state.Start))).Aria("label", "Flopbook, start page").
		OnClick(h.safe("go", p.onGo)).Body(app.Text("Flop"), app.I().Text("book"))
	if h.m.Page == state.Start {
		mark = mark.Aria("current", "page")
	}
	to := otherTheme(p.theme)
	return app.Header().Body(
		mark,
		app.Nav().Aria("label", "Pages").Body(app.Ul().Body(links...)),
		app.Div().Class("tools live").Body(
			button("", "share", "Share").ID("share").Aria("haspopup", "dialog").OnClick(h.safe("share", p.onShare)),
			button("theme", "theme", "◐").Aria("label", "Change to "+to+" colours").Title("Light or dark").OnClick(h.safe("theme", p.onTheme)),
		),
	)
}

// onGo turns to a page; go-app's own handling of links would forget pages that
// were reached without it.
func (p *page) onGo(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	for i := state.Start; i < state.PageCount; i++ {
		if data(ctx, "page") == itoa(int(i)) {
			p.h.send(state.Go{Page: i})
		}
	}
}

func (p *page) onShare(ctx app.Context, e app.Event) {
	p.h.send(state.Show{Dialog: state.ShareDialog})
}

func (p *page) onTheme(ctx app.Context, e app.Event) {
	p.theme = otherTheme(p.theme)
	store("flopbook-theme", p.theme)
	setTheme(p.theme)
}

func footer() app.UI {
	return app.Footer().Body(
		app.P().Body(
			app.Text("Prices and hardware as of "+release()+". Everything is worked out in your browser; nothing you enter leaves it. "),
			app.Text("Free to use, change and pass on (MIT licence)."),
		),
	)
}

// after does what remains once a drawing is done, and speaks the answer to
// those who do not see it. Its fields change whenever there is something to do.
type after struct {
	app.Compo
	H        *hub
	Rev      int
	Turn     int
	Focus    int
	Said     string
	Fragment string
}

func (c *after) OnMount(ctx app.Context)  { c.H.drawn(ctx) }
func (c *after) OnUpdate(ctx app.Context) { c.H.drawn(ctx) }

func (c *after) Render() app.UI {
	return app.P().Class("ears").Attr("role", "status").Attr("data-test", "said").Text(c.Said)
}
