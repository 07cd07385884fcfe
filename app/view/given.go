package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core/scenario"
)

// given lists what the reader set, in words: what paper shows instead of the
// boxes. The style sheet keeps it off the screen.
type given struct {
	app.Compo
	H    *hub
	Case scenario.Scenario
}

// A setting is one of the reader's, as a list shows it.
type setting struct{ Name, Value string }

// settings are the choices and numbers of a case that are the reader's.
func settings(s *scenario.Scenario) (list []setting) {
	for c := scenario.Choice(0); c < scenario.ChoiceCount; c++ {
		if s.Choice[c] != "" {
			list = append(list, setting{scenario.Choices[c].Label, optionLabel(c, s.Choice[c])})
		}
	}
	for n := scenario.Num(0); n < scenario.NumCount; n++ {
		if s.Num[n].Set {
			list = append(list, setting{scenario.Nums[n].Name, s.Num[n].Text})
		}
	}
	if s.Measured != "" {
		list = append(list, setting{"Measured steps", s.Measured})
	}
	return list
}

func (c *given) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	list := settings(&c.Case)
	body := []app.UI{app.H2().Text("What was set")}
	if len(list) == 0 {
		body = append(body, app.P().Text("Nothing: every figure is that of the example, as Flopbook assumes it."))
	} else {
		var rows []app.UI
		for _, s := range list {
			rows = append(rows, app.Dt().Text(s.Name), app.Dd().Text(s.Value))
		}
		body = append(body, app.Dl().Body(rows...), app.P().Text("All else is assumed, as each figure says when it is opened."))
	}
	return app.Section().Class("given").Attr("data-test", "given").Body(body...)
}
