package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core/derivation"
)

const mathNS = "http://www.w3.org/1998/Math/MathML"

// mathML draws a formula's tree; every node needs the namespace.
func mathML(n derivation.Node) app.UI {
	e := app.Elem(n.Tag).XMLNS(mathNS)
	for _, a := range n.Attrs {
		e = e.Attr(a[0], a[1])
	}
	if len(n.Children) == 0 {
		if n.Text != "" {
			return e.Text(n.Text)
		}
		return e
	}
	kids := make([]app.UI, 0, len(n.Children))
	for _, k := range n.Children {
		kids = append(kids, mathML(k))
	}
	return e.Body(kids...)
}
