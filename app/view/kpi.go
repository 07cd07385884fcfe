package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
)

// numberCell is a number under its name that opens, with a word in small below it.
func numberCell(h *hub, name, label, value, small string) app.UI {
	return &kpi{H: h, Name: name, Label: label, Value: value, Small: small, Opened: len(h.m.Open) > 0 && h.m.Open[0] == name}
}

// figuresOf are those of the report's quantities that this case has.
func figuresOf(h *hub, keys ...core.Key) []app.UI {
	out := &h.answer.Out
	var cells []app.UI
	for _, k := range keys {
		if !out.Known[k] {
			continue
		}
		v, span := text(out, k)
		q := &core.Quantities[k]
		cells = append(cells, numberCell(h, q.Name, q.Label, v, joined(q.Term, span)))
	}
	return cells
}

// joined are the expert's term and the range, either of which may be missing.
func joined(term, span string) string {
	if term == "" || span == "" {
		return term + span
	}
	return term + ", " + span
}

// kpi is one headline quantity; a click shows how it was got.
type kpi struct {
	app.Compo
	H                         *hub
	Name, Label, Value, Small string
	Opened                    bool
}

// CompoID makes another quantity another component.
func (c *kpi) CompoID() string { return c.Name }

func (c *kpi) Render() app.UI {
	open := "false"
	if c.Opened {
		open = "true"
	}
	return app.Button().Type("button").Class("k").Attr("data-open", c.Name).Aria("expanded", open).
		Title("How we got this").OnClick(c.H.safe("open", c.onOpen)).Body(
		app.Span().Class("kl").Text(c.Label),
		app.B().Text(c.Value),
		app.Span().Class("ks").Text(c.Small),
	)
}

func (c *kpi) onOpen(ctx app.Context, e app.Event) { c.H.send(state.OpenNumber{Name: c.Name}) }
