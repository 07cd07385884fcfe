package view

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/core/unit"
)

// measuredServing is the file of measured services with predictions by
// constants that have not seen them (app/fitting writes it).
type measuredServing struct {
	Rows    int                  `json:"rows"`
	Assumed int                  `json:"assumed"`
	Skipped []servedSkip         `json:"skipped"`
	Regimes []servedLine         `json:"regimes"`
	Peers   []servedBeside       `json:"peers"`
	Sets    []servedMeasurements `json:"sets"`

	unit string // that is drawn
}

type servedSkip struct {
	Why  string `json:"why"`
	Rows int    `json:"rows"`
}

type servedError struct {
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	Bias   float64 `json:"bias"`
}

type servedLine struct {
	Name string `json:"name"`
	Left string `json:"left"`
	Rows int    `json:"rows"`
	servedError
	Inside float64 `json:"inside"`
}

// short is the kind's name without what narrows it, for a legend on a phone.
func (l *servedLine) short() string {
	if strings.Contains(l.Name, "(") {
		return l.Name
	}
	name, _, _ := strings.Cut(l.Name, ", ")
	return name
}

type servedBeside struct {
	Name   string      `json:"name"`
	Rows   int         `json:"rows"`
	Theirs servedError `json:"theirs"`
	Ours   servedError `json:"ours"`
}

// servedMeasurements are the rows of one regime in one unit.
type servedMeasurements struct {
	Regime              int    `json:"regime"`
	Unit                string `json:"unit"`
	Measured, Predicted []float64
	Inside              string `json:"inside"` // a 1 for each row in the range
}

// servedUnits names the table's units, in the order in which they are offered.
var servedUnits = [...][2]string{{"tok/s", "tokens a second"}, {"s", "seconds"}, {"J/token", "joules a token"}, {"W", "watts"}, {"GB", "gigabytes"}}

func readServing(text string) (*measuredServing, error) {
	m := &measuredServing{unit: servedUnits[0][0]}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return nil, err
	}
	for _, s := range m.Sets {
		if n := len(s.Measured); len(s.Predicted) != n || len(s.Inside) != n || s.Regime < 0 || s.Regime >= len(m.Regimes) {
			return nil, errors.New("its lists do not fit together")
		}
	}
	return m, nil
}

// predicted counts the rows that are in the table of errors.
func (m *measuredServing) predicted() (n int) {
	for _, l := range m.Regimes {
		n += l.Rows
	}
	return n
}

// servedChart draws the measurements of one unit.
func servedChart(m *measuredServing) chart.Chart {
	var points []chart.Held
	name := ""
	if m != nil {
		for _, u := range servedUnits {
			if u[0] == m.unit {
				name = u[1]
			}
		}
		for _, s := range m.Sets {
			for i := range s.Measured {
				if v, p := s.Measured[i], s.Predicted[i]; s.Unit == m.unit && v > 0 && p > 0 {
					points = append(points, chart.Held{Group: m.Regimes[s.Regime].short(), Measured: v, Predicted: p, Inside: s.Inside[i] == '1'})
				}
			}
		}
	}
	c := chart.PredictedMeasured("held-serving", "Every measured service, predicted by constants that have not seen it", name, points)
	bySource := c.Table
	c.Table = func() chart.Table {
		t := bySource()
		t.Columns[0].Name = "kind of measurement"
		return t
	}
	return c
}

// servingErrors is the part of the page on serving.
type servingErrors struct {
	app.Compo
	H *hub

	failed string
}

func (c *servingErrors) OnMount(ctx app.Context) {
	if c.H.served != nil {
		return
	}
	fetchData(ctx, c.H, "accuracy-serving", func(text string, err error) {
		if err == nil {
			c.H.served, err = readServing(text)
		}
		if err != nil {
			c.failed = err.Error()
		}
	})
}

func (c *servingErrors) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	body := []app.UI{app.H2().ID("acc-serving").Text("Serving, measured against predicted")}
	m := c.H.served
	switch {
	case c.failed != "":
		body = append(body, app.P().Class("bad").Attr("role", "alert").Text("The table of measured services could not be read: "+c.failed+". Check the connection, then reload."))
	case m == nil:
		body = append(body, app.P().Attr("role", "status").Text("The table of measured services is loading."))
	default:
		body = append(body, servedSummary(m)...)
		body = append(body, c.chooser(m), figureFor(c.H, "held-serving", 0), servedPeers(m))
	}
	return app.Section().Class("serving-held").Aria("labelledby", "acc-serving").Body(body...)
}

// servedSummary says what was done and what came of it, by kind of measurement.
func servedSummary(m *measuredServing) []app.UI {
	share := func(v float64) string { return unit.Short(unit.Fraction, v) }
	n := m.predicted()
	body := []app.UI{
		app.P().Class("says").Attr("data-test", "serving-says").Text("Published measurements of running models: " + count(float64(m.Rows)) + ", of which " + count(float64(n)) + " can be predicted; all of these count below, the bad ones too. “Left out” says what the constants had not seen: they were fitted again without any row of that version of the engine (the serving software), that GPU or that model, and only then predicted its rows. The formulas were settled with the tables at hand, those of prompts, power and memory after their errors were seen."),
		app.P().Class("says").Attr("data-test", "serving-assumed").Text("For " + count(float64(m.Assumed)) + " of the rows, of models with experts (MoE) and without, the source leaves the length of the questions blank; 500 tokens are assumed. Errors are of the figure that was measured: a rate, a time, an energy, a power or a memory."),
	}
	var lines []app.UI
	for _, l := range m.Regimes {
		left := l.Left
		if left == "" {
			left = "–"
		}
		lines = append(lines, app.Tr().Body(app.Th().Attr("scope", "row").Text(l.Name), app.Td().Class("num").Text(itoa(l.Rows)), app.Td().Class("num").Text(share(l.Median)),
			app.Td().Class("num").Text(share(l.P90)), app.Td().Class("num").Text(signed(l.Bias)), app.Td().Class("num").Text(share(l.Inside)), app.Td().Text(left)))
	}
	body = append(body, tableOf("By kind of measurement", []string{"what", "rows", "half are off by less than", "nine in ten by less than", "middle error, signed", "in the range (meant: 80 %)", "left out"}, 5, lines))
	if len(m.Skipped) > 0 {
		var why []app.UI
		for _, s := range m.Skipped {
			why = append(why, app.Li().Text(s.Why+": "+itoa(s.Rows)))
		}
		body = append(body, app.Details().Body(app.Summary().Text(itoa(m.Rows-n)+" rows that are not predicted, and why"), app.Ul().Class("whys").Body(why...)))
	}
	return body
}

// servedPeers are other tools beside ours.
func servedPeers(m *measuredServing) app.UI {
	share := func(v float64) string { return unit.Short(unit.Fraction, v) }
	var lines []app.UI
	for _, p := range m.Peers {
		lines = append(lines, app.Tr().Body(app.Th().Attr("scope", "row").Text(p.Name), app.Td().Class("num").Text(itoa(p.Rows)),
			app.Td().Class("num").Text(share(p.Theirs.Median)), app.Td().Class("num").Text(share(p.Theirs.P90)),
			app.Td().Class("num").Text(share(p.Ours.Median)), app.Td().Class("num").Text(share(p.Ours.P90))))
	}
	return app.Div().Body(
		tableOf("Serving, beside other tools on the same rows", []string{"tool", "rows it answers", "theirs: half off by less than", "theirs: nine in ten", "ours: half", "ours: nine in ten"}, 5, lines),
		app.P().Class("says").Text("Rates are turned into time first, so these errors are of time. We ran the tools ourselves, on models without experts on A100, H100 and H200; each is scored where it gives an answer. The tools are not fitted on such tables and our constants are, though never on the group that a row belongs to. Names say what was set: eff=1 and 0.7/0.9 are the shares of peak compute and memory speed reached; roofline is the bare limit of the hardware, ×0.6 that limit reached to six tenths; “gate removed” corrects a matrix that LLM-Viewer counts in models that have none. gpu_poor is our port of its code, for 16-bit rows; it takes an A100’s speed without tensor cores, so take its line as indicative."))
}

// chooser takes the unit that is drawn.
func (c *servingErrors) chooser(m *measuredServing) app.UI {
	var options []app.UI
	for _, u := range servedUnits {
		n := 0
		for _, s := range m.Sets {
			if s.Unit == u[0] {
				n += len(s.Measured)
			}
		}
		if n > 0 {
			options = append(options, app.Option().Value(u[0]).Selected(u[0] == m.unit).Text(u[1]+" ("+count(float64(n))+" rows)"))
		}
	}
	return app.P().Body(app.Label().For("served-unit").Text("Measured in "), app.Select().ID("served-unit").OnChange(c.H.safe("unit", c.onUnit)).Body(options...))
}

func (c *servingErrors) onUnit(ctx app.Context, e app.Event) {
	c.H.served.unit = ctx.JSSrc().Get("value").String()
}
