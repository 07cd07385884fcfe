package view

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core/scenario"
)

func hubOf(msgs ...state.Msg) *hub {
	h := &hub{m: state.New()}
	for _, msg := range msgs {
		h.send(msg)
	}
	h.settle()
	return h
}

// A number that is refused is marked where it stands and does not look assumed.
func TestARefusedNumberIsMarkedInItsField(t *testing.T) {
	for _, c := range []struct {
		num  scenario.Num
		h    *hub
		text string
	}{
		{scenario.FF, hubOf(state.Type{Num: scenario.FF, Text: "0"}), "0"}, // its field takes it, the shape does not
		{scenario.GPUs, hubOf(state.Type{Num: scenario.GPUs, Text: "many"}), "many"},
		{scenario.MFU, hubOf(state.Follow{Fragment: "v1;mfu=lots"}), "lots"},
	} {
		f := fieldFor(c.h, c.num)
		html := app.HTMLString(f.Render())
		class := regexp.MustCompile(`^<div[^>]* class="([^"]*)"`).FindStringSubmatch(html)
		if class == nil || class[1] != "f wrong" {
			t.Errorf("%s: classes %q", f.Text, class)
		}
		if f.Text != c.text || !strings.Contains(html, `aria-invalid`) || !strings.Contains(f.Problem, "allowed: ") {
			t.Errorf("%q: %q", f.Text, f.Problem)
		}
		if strings.Contains(f.Problem, "100000000") {
			t.Errorf("%q", f.Problem)
		}
	}
}

// A measured step that cannot be is told beside the text, which stays.
func TestAnImpossibleStepIsToldWhereItWasWritten(t *testing.T) {
	const text = "gpus=8   step=0.0001"
	h := hubOf(state.Measure{Text: text})
	c := &cluster{H: h, Measured: h.m.Case.Measured, text: text, typed: true}
	c.onUse(app.Context{}, app.Event{})
	html := app.HTMLString(c.Render())
	if !c.typed || !strings.Contains(html, text) || !strings.Contains(html, "less than these GPUs take at their peak speed") {
		t.Errorf("typed %v: %.600s", c.typed, html)
	}
}
