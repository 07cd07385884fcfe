package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core"
)

// servingPart is the service: its figures, each of which opens, and its charts.
type servingPart struct {
	app.Compo
	H      *hub
	Rev    int
	Rested int // draws again once the slow charts may follow
}

// servingFigures are the figures of the service by what they answer.
var servingFigures = []struct {
	title string
	keys  []core.Key
}{
	{"How fast", []core.Key{core.UsualTTFT, core.PeakTTFT, core.UsualTPOT, core.TPOT, core.TTFT}},
	{"How many", []core.Key{core.ServeGPUs, core.ServeBatch, core.OutPerGPU, core.Replicas, core.ServeGPUsAll, core.FleetBusy}},
	{"For how much", []core.Key{core.USDPerMTokOut, core.USDPerMTokRead, core.USDPerMTokWritten, core.CostPerQuery, core.MachinesPerDay, core.OpsPerDay, core.CostPerDay, core.OwnPerDay, core.APIPerDay}},
	{"With what energy", []core.Key{core.WhPerMTokOut, core.EnergyPerQuery, core.EnergyPerQueryWall, core.EnergyPerQueryGPU, core.CarbonPerQuery, core.EnergyPerDay}},
	{"Over its life", []core.Key{core.CrossingDays, core.CrossingDaysEnergy}},
}

func (c *servingPart) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	out := &c.H.answer.Out
	opened := ""
	if len(c.H.m.Open) > 0 {
		opened = c.H.m.Open[0]
	}
	body := []app.UI{figures(c.H)}
	if first, each, ok := feelSpeed(out); ok {
		body = append(body, &feel{H: c.H, First: first, Each: each})
	}
	for _, g := range servingFigures {
		var cells []app.UI
		for _, k := range g.keys {
			if !out.Known[k] {
				continue
			}
			v, span := text(out, k)
			q := &core.Quantities[k]
			small := q.Term
			if span != "" {
				if small != "" {
					small += ", "
				}
				small += span
			}
			cells = append(cells, &kpi{H: c.H, Name: q.Name, Label: q.Label, Value: v, Small: small, Opened: opened == q.Name})
		}
		if len(cells) > 0 {
			body = append(body, app.H3().Text(g.title), app.Div().Class("kpis").Body(cells...))
		}
	}
	return app.Div().Class("serving").Attr("data-test", "serving").Body(body...)
}
