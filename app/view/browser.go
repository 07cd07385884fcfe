package view

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// What the page asks of the browser. Each does nothing outside one.

func later(ctx app.Context, wait time.Duration, f func(app.Context)) {
	if app.IsServer {
		return
	}
	ctx.After(wait, f)
}

func document() app.Value { return app.Window().Get("document") }

func fragmentNow() string {
	if app.IsServer {
		return ""
	}
	hash := app.Window().Get("location").Get("hash").String()
	if len(hash) > 0 && hash[0] == '#' {
		hash = hash[1:]
	}
	return hash
}

// address is the page's own without the fragment.
func address() string {
	if app.IsServer {
		return ""
	}
	l := app.Window().Get("location")
	href := l.Get("href").String()
	return href[:len(href)-len(l.Get("hash").String())]
}

// outward is the address at which others can open the page; empty for a copy
// opened from a disk, whose address leads nobody here and tells of the reader's
// folders.
func outward() string { return outwardOf(address()) }

func outwardOf(address string) string {
	if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		return address
	}
	return ""
}

// try runs a JavaScript method that may throw, such as a history entry too
// many: an exception inside a plain call would end the program.
func try(target app.Value, method string, args ...any) (result app.Value, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			ok = false
		}
	}()
	return target.Call(method, args...), true
}

func writeAddress(fragment string, push bool) {
	if app.IsServer {
		return
	}
	url := "#" + fragment
	if fragment == "" {
		url = address()
		for i := len(url) - 1; i >= 0 && url[i] == '#'; i-- {
			url = url[:i]
		}
	}
	method := "replaceState"
	if push {
		method = "pushState"
	}
	try(app.Window().Get("history"), method, nil, "", url)
}

func focusOn(name string) {
	if app.IsServer || name == "" {
		return
	}
	if name == "page" {
		try(app.Window().JSValue(), "scrollTo", 0, 0)
		if e := app.Window().GetElementByID("main"); e.Truthy() {
			e.Call("focus", map[string]any{"preventScroll": true})
		}
		return
	}
	e := app.Window().GetElementByID(name)
	if key, ok := strings.CutPrefix(name, "say-"); ok && !e.Truthy() {
		e = app.Window().GetElementByID("field-" + key) // the sentence does not say it
	}
	if number, ok := strings.CutPrefix(name, "open-"); ok && !e.Truthy() {
		e = document().Call("querySelector", "[data-open=\""+number+"\"]")
	}
	if !e.Truthy() {
		return
	}
	for d := e.Call("closest", "details:not([open])"); d.Truthy(); d = e.Call("closest", "details:not([open])") {
		d.Set("open", true)
	}
	e.Call("focus", map[string]any{"preventScroll": true})
	block := "nearest"
	high := app.Window().Get("innerHeight").Float()
	if app.Window().Get("innerWidth").Float() < 900 {
		high /= 3
	}
	if strings.HasPrefix(name, "part-") && e.Call("getBoundingClientRect").Get("top").Float() > high {
		block = "start" // what it heads stands below it
	}
	e.Call("scrollIntoView", map[string]any{"block": block})
}

// timed runs f and leaves how long it took as a measure of the browser's, the
// last one under each name.
func timed(name string, f func()) {
	if app.IsServer {
		f()
		return
	}
	clock := app.Window().Get("performance")
	from := clock.Call("now").Float()
	f()
	to := clock.Call("now").Float()
	try(clock, "clearMeasures", name)
	try(clock, "measure", name, map[string]any{"start": from, "end": to})
}

// stored is a word kept between visits; the loader has made storage safe to touch.
func stored(key string) string {
	if app.IsServer {
		return ""
	}
	v, ok := try(app.Window().Get("localStorage"), "getItem", key)
	if !ok || !v.Truthy() {
		return ""
	}
	return v.String()
}

func store(key, value string) {
	if !app.IsServer {
		try(app.Window().Get("localStorage"), "setItem", key, value)
	}
}

func setTheme(theme string) {
	if app.IsServer {
		return
	}
	document().Get("documentElement").Get("dataset").Set("theme", theme)
}

func systemDark() bool {
	if app.IsServer {
		return false
	}
	return app.Window().Call("matchMedia", "(prefers-color-scheme: dark)").Get("matches").Bool()
}

func setTitle(title string) {
	if !app.IsServer {
		document().Set("title", title)
	}
}

// library is web/charts.js; absent when it could not be loaded.
func library() (app.Value, bool) {
	if app.IsServer {
		return nil, false
	}
	l := app.Window().Get("flopbook")
	return l, l.Truthy()
}

func download(name, kind, content string) {
	if l, ok := library(); ok {
		try(l, "download", name, kind, content)
	}
}

// copyText puts text on the clipboard and tells whether it worked.
func copyText(ctx app.Context, text string, done func(app.Context, bool)) {
	l, ok := library()
	if !ok {
		done(ctx, false)
		return
	}
	p, ok := try(l, "copy", text)
	if !ok {
		done(ctx, false)
		return
	}
	p.Then(func(v app.Value) {
		worked := v.Truthy()
		ctx.Dispatch(func(ctx app.Context) { done(ctx, worked) })
	})
}

// taken reports whether a click on a link is ours: one with a key held is the
// browser's. Of ours nothing is left for the browser, nor for go-app, which
// would navigate.
func taken(e app.Event) bool {
	for _, key := range [...]string{"ctrlKey", "metaKey", "shiftKey"} {
		if e.Get(key).Truthy() {
			return false
		}
	}
	e.PreventDefault()
	e.StopImmediatePropagation()
	return true
}
