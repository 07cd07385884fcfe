package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/serve"
)

// servingPart is the service: its figures, each of which opens, and its charts.
type servingPart struct {
	app.Compo
	H   *hub
	Rev int
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

// paceChart is the trade between each reader's pace and a GPU's work.
func paceChart(in *core.Resolved) chart.Chart {
	s := &in.Serving.Service
	p := &in.Serving.Plan
	points := make([]serve.Point, 60)
	serve.Curve(&s.M, &s.H, &p.L, &s.C, &s.Q, points)
	d := chart.PaceCurve{}
	for _, q := range points {
		d.Points = append(d.Points, chart.PacePoint{Answers: q.Seqs, Reader: q.PerReader, PerGPU: q.PerGPU})
	}
	var b serve.Batch
	serve.Steady(&s.M, &s.H, &p.L, &s.C, max(p.Seqs, 1), &s.Q, &b)
	d.Now = chart.PacePoint{Answers: max(p.Seqs, 1), Reader: 1 / b.TPOT, PerGPU: b.PerSecond / p.L.GPUs()}
	if s.Pace > 0 {
		d.Objective = 1 / s.Pace
	}
	return chart.Pace(d)
}
