package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core/source"
)

// sourcesPage is the bibliography.
type sourcesPage struct {
	app.Compo
	H *hub
}

func (c *sourcesPage) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	var items []app.UI
	for _, s := range source.All() {
		body := []app.UI{link(s.URL, s.Title)}
		tail := ""
		if s.Authors != "" {
			tail += ". " + s.Authors
		}
		if s.Date != "" {
			tail += ", " + s.Date
		}
		tail += "."
		if s.Licence != "" {
			tail += " Licence: " + s.Licence + "."
		}
		if s.Note != "" {
			tail += " " + s.Note + "."
		}
		body = append(body, app.Text(tail))
		items = append(items, app.Li().ID("source-"+s.Key).Body(body...))
	}
	return app.Div().Class("sources").Attr("data-test", "sources").Body(
		app.H1().Text("Sources"),
		app.P().Class("lead").Text("Where the numbers come from. Every constant in the calculator points to one of these; open a number to see which."),
		app.H2().Text("How it is worked out"),
		app.P().Text("Training work is six operations for each parameter and token, or counted matrix by matrix if you ask for it. Time is that work over the speed that machines of this kind have been measured to keep up. Energy is the servers’ power over that time, times the building’s overhead; carbon is that energy with the local grid’s electricity; cost is rent. Serving is worked out by what limits it, arithmetic or memory, with shares of peak that were measured. Ranges are meant to hold eight times in ten. The first figures leave out making the hardware, staff, failed experiments and data; the whole bill counts them."),
		app.H2().Text("Bibliography"),
		app.Ol().Class("bib").Body(items...),
	)
}
