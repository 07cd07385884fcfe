package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
)

// embedded is the case as a figure in somebody else's page: the sentence, one
// chart, a link back.
type embedded struct {
	app.Compo
	H    *hub
	Rev  int
	Show string
}

func (c *embedded) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	h := c.H
	show := c.Show
	if show == "" {
		show = state.Charts[1]
	}
	f := figureFor(h, show, 0)
	f.Embedded = true
	body := []app.UI{
		app.H1().Class("ears").Text("Flopbook: " + h.answer.In.ModelName),
		&answerLine{H: h, Pieces: sentence(&h.m, &h.answer)},
	}
	if h.then != "" {
		body = append(body, app.P().Class("note").Text(h.then))
	}
	body = append(body, f,
		app.P().Class("back").Body(
			app.Text("Eight times in ten the real figure lies in the range. Prices and hardware as of "+release()+". "),
			app.A().Href(shareLink(h)).Target("_blank").Rel("noopener").Text("Change it in Flopbook")))
	return app.Main().ID("main").Class("embed").Body(body...)
}
