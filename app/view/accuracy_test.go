package view

import (
	"os"
	"runtime"
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

// Readers see sources by name, with a link, not by the keys of our files, and
// no maker's name is cut.
func TestSourcesHavePlainNames(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("a browser has no files")
	}
	h := &hub{}
	h.settle()
	text, err := os.ReadFile("../../web/data/accuracy-steps.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := readSteps(string(text))
	if err != nil {
		t.Fatal(err)
	}
	h.steps = m
	c := &accuracyPage{H: h}
	whole := app.HTMLString(c.hours(ofMetric("gpu_hours")))
	steps := app.HTMLString((&stepErrors{H: h}).Render())
	var keys []string
	for _, r := range core.Accuracy() {
		keys = append(keys, r.Group)
	}
	for _, g := range m.Groups {
		keys = append(keys, g.Name)
	}
	for _, key := range keys {
		if groupNames[key] == "" {
			t.Errorf("%s has no name", key)
		}
		if key == "llm.c" || key == "opt" { // its name, or a word of others
			continue
		}
		for _, html := range []string{whole, steps} {
			if strings.Contains(html, ">"+key+"<") {
				t.Errorf("%s is shown by its key", key)
			}
		}
	}
	for _, m := range m.Groups {
		if !strings.Contains(steps, ">"+strings.ReplaceAll(groupName(m.Name), "'", "&#39;")+"</a>") {
			t.Errorf("%s has no link", m.Name)
		}
	}
	for _, r := range core.Accuracy() {
		if said := makers(r.Org); strings.Count(said, "(") != strings.Count(said, ")") {
			t.Errorf("%q", said)
		}
	}
	for place, want := range map[string]string{
		"arXiv:2211.05100, arXiv:2211.02001; id 7":     "https://arxiv.org/abs/2211.05100",
		"github:karpathy/nanoGPT@3adf61e154 README.md": "https://github.com/karpathy/nanoGPT/blob/3adf61e154/README.md",
		"github:mlfoundations/dclm README.md":          "https://github.com/mlfoundations/dclm",
		"huggingface.co/microsoft/phi-4; Epoch agrees": "https://huggingface.co/microsoft/phi-4",
		"recalled": "",
	} {
		if got := webAddress(place); got != want {
			t.Errorf("%q gives %q", place, got)
		}
	}
}
