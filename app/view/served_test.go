//go:build !js

package view

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Accuracy shows every kind of measurement and every tool of the file, and one
// dot for each row.
func TestServedShowsTheFile(t *testing.T) {
	b, err := os.ReadFile("../../web/data/accuracy-serving.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := readServing(string(b))
	if err != nil {
		t.Fatal(err)
	}
	html := app.HTMLString(app.Div().Body(append(servedSummary(m), servedPeers(m))...))
	for _, l := range m.Regimes {
		if !strings.Contains(html, l.Name) || !strings.Contains(html, unit.Short(unit.Fraction, l.P90)) || !strings.Contains(html, itoa(l.Rows)) {
			t.Errorf("%s is not shown whole", l.Name)
		}
	}
	for _, p := range m.Peers {
		if !strings.Contains(html, p.Name) {
			t.Errorf("%s is not shown", p.Name)
		}
	}
	if len(m.Regimes) != 8 || len(m.Peers) < 5 {
		t.Errorf("%d kinds, %d tools", len(m.Regimes), len(m.Peers))
	}
	dots := 0
	for _, u := range servedUnits {
		m.unit = u[0]
		c := servedChart(m)
		dots += len(c.Table().Rows)
	}
	if dots != m.predicted() {
		t.Errorf("%d dots, %d rows", dots, m.predicted())
	}
	for _, bad := range []string{"", "[]", `{"regimes":[],"sets":[{"regime":0,"measured":[1],"predicted":[1],"inside":"1"}]}`,
		`{"regimes":[{}],"sets":[{"regime":0,"measured":[1,2],"predicted":[1],"inside":"1"}]}`} {
		if _, err := readServing(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// Charts of a service that does not fit its machines, or whose model writes no
// words, show no figures that are not there.
func TestServingChartsWithNothingToDraw(t *testing.T) {
	chartOf := func(set map[scenario.Choice]string, copies, key string) chart.Chart {
		var s scenario.Scenario
		for c, v := range set {
			if p := s.SetChoice(c, v); p != nil {
				t.Fatal(p)
			}
		}
		if copies != "" {
			if p := s.SetNum(scenario.CopyGPUs, copies); p != nil {
				t.Fatal(p)
			}
		}
		h := &hub{answer: core.Answer(&s)}
		return chartFor(h, key)
	}
	big := map[scenario.Choice]string{scenario.Model: "llama-3.1-70b"}
	for _, key := range []string{"pace", "roofline", "fill", "fleet", "ways"} {
		if c := chartOf(big, "1", key); !c.Empty || strings.Contains(c.Caption, " 0 B") {
			t.Errorf("%s of a copy that does not fit: %s", key, c.Caption)
		}
		if c := chartOf(big, "1", key); strings.Contains(c.Caption, "Nobody") {
			t.Errorf("%s of a copy that does not fit: %s", key, c.Caption)
		}
		if c := chartOf(big, "", key); c.Empty {
			t.Errorf("%s of a copy that fits is empty: %s", key, c.Caption)
		}
	}
	picture := map[scenario.Choice]string{scenario.Model: "dit-xl-2"}
	for key, says := range map[string]string{"pace": "pictures a second", "fill": "no KV cache"} {
		if c := chartOf(picture, "", key); !c.Empty || !strings.Contains(c.Caption, says) || !strings.Contains(c.Title, "picture") {
			t.Errorf("%s of pictures: %s: %s", key, c.Title, c.Caption)
		}
	}
	a := core.Answer(&scenario.Scenario{})
	html := app.HTMLString(formats(&a.In))
	for _, bits := range []string{"16 bits", "8 bits (in force)", "4 bits", a.In.Serve.Name} {
		if !strings.Contains(html, bits) {
			t.Errorf("%s is not among the formats", bits)
		}
	}
}

// The picture of where the time goes adds up to the peak for a run that was
// published with its share of peak.
func TestWaterfallOfAPublishedRunAddsUp(t *testing.T) {
	p, problem := scenario.FindPreset("llama-3.1-405b")
	if problem != nil {
		t.Fatal(problem)
	}
	s := scenario.Published(p)
	h := &hub{answer: core.Answer(&s)}
	c := chartFor(h, "waterfall")
	sum, rows := 0.0, c.Table().Rows
	for _, r := range rows[:len(rows)-1] {
		sum += r[2].Value
	}
	if last := rows[len(rows)-1]; math.Abs(sum-100) > 1e-6 || math.Abs(last[2].Value-100*h.answer.Out.V[core.MFU].V) > 1e-9 || !strings.Contains(c.Caption, last[2].Text) {
		t.Errorf("%v %% in all, %v given: %s", sum, last, c.Caption)
	}
}
