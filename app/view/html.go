package view

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

func itoa(i int) string { return strconv.Itoa(i) }

// link leads out of the book.
func link(url, text string) app.UI {
	if !safeURL(url) {
		return app.Span().Text(text)
	}
	return app.A().Href(url).Target("_blank").Rel("noopener").Text(text)
}

// safeURL keeps javascript: and the like out of addresses; all ours are https.
func safeURL(url string) bool {
	return len(url) > 8 && (url[:8] == "https://" || url[:7] == "http://")
}

// button is a plain button with a class and a test hook.
func button(class, hook, text string) app.HTMLButton {
	b := app.Button().Type("button").Text(text)
	if class != "" {
		b = b.Class(class)
	}
	if hook != "" {
		b = b.Attr("data-test", hook)
	}
	return b
}

// data reads a data attribute of the element that a handler belongs to.
func data(ctx app.Context, name string) string {
	v := ctx.JSSrc().Call("getAttribute", "data-"+name)
	if !v.Truthy() {
		return ""
	}
	return v.String()
}
