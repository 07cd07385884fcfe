package view

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core"
)

// Accuracy prints every whole run that counts, beside the baseline, all seven
// measured energies, and says that circular figures are not counted.
func TestAccuracyShowsEveryRunAndTheBaseline(t *testing.T) {
	h := &hub{}
	h.settle()
	c := &accuracyPage{H: h}
	hours, energy := ofMetric("gpu_hours"), ofMetric("energy")
	if len(hours) < 40 || len(energy) != 7 {
		t.Fatalf("%d runs with GPU-hours, %d with energy", len(hours), len(energy))
	}
	for _, s := range []struct {
		what string
		html string
		rows []core.AccuracyRow
		says []string
	}{
		{"GPU-hours", app.HTMLString(c.hours(hours)), hours, []string{medianOf(hours, ourError), medianOf(hours, familyError), medianOf(hours, familyUnseen)}},
		{"energy", app.HTMLString(c.energy(energy)), energy, []string{medianOf(energy, ourError)}},
	} {
		for _, r := range s.rows {
			if !strings.Contains(s.html, r.Model) {
				t.Errorf("%s: %s is not shown", s.what, r.Model)
			}
		}
		for _, says := range s.says {
			if !strings.Contains(s.html, says) {
				t.Errorf("%s: %q is not said", s.what, says)
			}
		}
	}
	not := app.HTMLString(circular())
	if n := len(core.CircularRuns()); n < 10 || strings.Count(not, "<li>") != n || !strings.Contains(not, "never counted") {
		t.Errorf("%d circular runs: %.300s", n, not)
	}
}
