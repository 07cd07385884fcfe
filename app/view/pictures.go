package view

import (
	"embed"
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/app/state"
)

// The start page's charts are pictures, drawn when the site is made: the shell
// shows them before any code has run. Their colours are the page's.
//
//go:embed pictures/*
var pictures embed.FS

// pictured are the charts that the start page shows, in its order.
var pictured = [...]string{"gpus", "lifetime"}

// Pictures are the charts of the worked case as data, by name: what
// e2e/vendor/pictures.mjs draws into pictures/.
func Pictures() (map[string]string, error) {
	h := &hub{m: state.New()}
	h.m.Case = state.Worked()
	h.settle()
	out := map[string]string{}
	for _, key := range pictured {
		c := chartFor(h, key)
		text, err := c.JSON()
		if err != nil {
			return nil, err
		}
		out[key] = text + "\n"
	}
	return out, nil
}

// workedPictures are the worked case's charts, each in two widths of which the
// style sheet shows one.
func workedPictures() app.UI {
	var figs []app.UI
	for _, key := range pictured {
		var c chart.Chart
		data, _ := pictures.ReadFile("pictures/" + key + ".json")
		if json.Unmarshal(data, &c) != nil {
			continue
		}
		body := []app.UI{app.H3().Text(c.Title)}
		for _, width := range [...]string{"480", "340"} {
			if svg, err := pictures.ReadFile("pictures/" + key + "-" + width + ".svg"); err == nil {
				body = append(body, app.Div().Class("picture w"+width).Body(app.Raw(string(svg))))
			}
		}
		figs = append(figs, app.Figure().Body(append(body, app.FigCaption().Text(c.Caption))...))
	}
	return app.Div().Class("pictures").Body(figs...)
}
