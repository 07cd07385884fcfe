//go:build !js

package view

import (
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

// The curve over GPUs begins at the fewest that hold the run, or these are not
// drawn: an edge far left of the curve says that something fits which is not there.
func TestTheCurveBeginsWhereTheRunFits(t *testing.T) {
	for _, model := range []string{"llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b"} {
		for _, gpus := range []string{"8", "64", "256", "2048", "16384"} {
			var s scenario.Scenario
			s.SetChoice(scenario.Model, model)
			s.SetNum(scenario.GPUs, gpus)
			a := core.Answer(&s)
			c := gpusChart(&a.In, &a.Out)
			if err := c.Validate(); err != nil {
				t.Error(err)
			}
			drawn := false
			for _, m := range c.Panels[0].Marks {
				drawn = drawn || strings.Contains(m.Label, "to fit in memory")
			}
			first, least := c.Table().Rows[0][0].Value, a.Out.V[core.GPUsMemory].V
			if drawn && a.Out.Fits && first != least {
				t.Errorf("%s on %s GPUs: at least %g fit, the curve begins at %g", model, gpus, least, first)
			}
		}
	}
}
