//go:build !js

package view

import (
	"os"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

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
