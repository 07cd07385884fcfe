package core_test

import (
	"math"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

// The falls sum exactly to what lies between the peak and the achieved speed,
// and the timeline to the step, in every case.
func TestWaterfallAndTimelineAddUp(t *testing.T) {
	everyCase(func(name string, s scenario.Scenario) {
		a := core.Answer(&s)
		var c core.Cascade
		core.Waterfall(&a.In, &a.Out, &c)
		rest := c.Peak
		for _, f := range c.Falls {
			rest -= f.Rate
		}
		if math.Abs(rest-c.Achieved) > 1e-12*c.Peak*(1+c.Achieved/c.Peak) {
			t.Errorf("%s: the peak less its losses is %v, achieved %v", name, rest, c.Achieved)
		}
		if d := c.Achieved / c.Peak / a.Out.V[core.MFU].V; math.Abs(d-1) > 1e-12 {
			t.Errorf("%s: the waterfall ends at %v of peak, MFU %v", name, c.Achieved/c.Peak, a.Out.V[core.MFU].V)
		}
		// The picture of the prediction adds up whatever share of peak is given.
		share := core.PredictedWaterfall(&a.In, &a.Out, &c)
		rest = c.Peak
		for _, f := range c.Falls {
			rest -= f.Rate
			if f.Name == "unexplained" || f.Name != "rule" && f.Rate < -1e-9*c.Peak {
				t.Errorf("%s: the prediction loses %v of peak to %s", name, f.Rate/c.Peak, f.Name)
			}
		}
		if math.Abs(rest-c.Achieved) > 1e-12*c.Peak || math.Abs(c.Achieved/c.Peak-share.V) > 1e-12 {
			t.Errorf("%s: the prediction's losses leave %v of peak, it ends at %v", name, rest/c.Peak, share.V)
		}
		sum := 0.0
		core.StepTimeline(&a.Out, func(_, _, _ string, seconds float64) { sum += seconds })
		if d := sum/a.Out.V[core.StepTime].V - 1; math.Abs(d) > 1e-9 {
			t.Errorf("%s: parts %v s, step %v s", name, sum, a.Out.V[core.StepTime].V)
		}
	})
}

// Without a given share of peak no part is unexplained and, but for the work
// that the rule does not count, nothing goes up: no kernel is faster than its peak.
func TestNoPartIsFasterThanThePeak(t *testing.T) {
	everyCase(func(name string, s scenario.Scenario) {
		a := core.Answer(&s)
		var c core.Cascade
		core.Waterfall(&a.In, &a.Out, &c)
		for _, f := range c.Falls {
			if f.Rate < -1e-9*c.Peak && f.Name != "rule" && f.Name != "unexplained" && !strings.Contains(name, "/check") {
				t.Errorf("%s: %s gains %v of peak", name, f.Name, -f.Rate/c.Peak)
			}
			if f.Name == "unexplained" && s.Num[scenario.MFU].Set == false && s.Chosen(scenario.Ask) != "check" {
				t.Errorf("%s: %v of the predicted step is unexplained", name, f.Rate/c.Peak)
			}
		}
	})
}
