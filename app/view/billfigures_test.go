package view

import (
	"math"
	"testing"

	"flopbook/app/chart"
	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

func billCase(t *testing.T, fields map[string]string) (core.Answered, core.TheBill) {
	t.Helper()
	var s scenario.Scenario
	for k, v := range fields {
		if c, ok := scenario.ChoiceByKey(k); ok {
			if p := s.SetChoice(c, v); p != nil {
				t.Fatal(p)
			}
		} else if n, ok := scenario.NumByKey(k); ok {
			if p := s.SetNum(n, v); p != nil {
				t.Fatal(p)
			}
		}
	}
	a := core.Answer(&s)
	var b core.TheBill
	core.Bill(&a.In, &a.Out, &b)
	return a, b
}

// The picture, the plan and their tables say what the bill says: bars add up to
// the total, days stand where the stages stand.
func TestPictureOfTheBillAgreesWithTheBill(t *testing.T) {
	for _, fields := range []map[string]string{
		{"pipeline": "run"}, {"pipeline": "chat", "model": "llama-2-7b"}, {"pipeline": "service", "model": "llama-3.1-405b", "gpus": "16384", "start": "2027"}, {"pipeline": "reasoning", "contingency": "0"},
		{"with_pretrain": "0", "pipeline": "run"},
	} {
		a, b := billCase(t, fields)
		p := pipelineOf(&a.In, &b)
		c := chart.ByStage(p, chart.Cost)
		if _, err := c.JSON(); err != nil {
			t.Errorf("%v: %v", fields, err)
			continue
		}
		drawn := 0.0
		for _, m := range c.Panels[0].Marks {
			if m.Kind == chart.Bar {
				for i := range m.Lo {
					drawn += m.Hi[i] - m.Lo[i]
				}
			}
		}
		if math.Round(100*drawn) != b.TotalCents() {
			t.Errorf("%v: bars add up to %.2f, the bill is %.2f", fields, drawn, b.Total.V)
		}
		table := c.Table()
		sum := 0.0
		at := len(p.Kinds) + 1 // the stage's own sum
		for _, row := range table.Rows {
			sum += row[at].Value
		}
		if err := table.Validate(); err != nil || math.Round(100*sum) != b.TotalCents() {
			t.Errorf("%v: the table adds up to %.2f of %.2f, %v", fields, sum, b.Total.V, err)
		}
		energy := chart.ByStage(p, chart.Energy)
		if _, err := energy.JSON(); err != nil {
			t.Errorf("%v: %v", fields, err)
		}
		joules := 0.0
		for _, m := range energy.Panels[0].Marks {
			for i := range m.Lo {
				joules += (m.Hi[i] - m.Lo[i]) * unit.Energy.JSONScale()
			}
		}
		if math.Abs(joules/math.Max(b.Foot.Building.V, 1)-1) > 1e-9 && b.Foot.Building.V > 0 {
			t.Errorf("%v: energy bars add up to %v of %v J", fields, joules, b.Foot.Building.V)
		}
		if c := chart.ByStage(p, chart.Time); c.Validate() != nil {
			t.Errorf("%v: %v", fields, c.Validate())
		}

		plan := chart.Plan(p)
		if _, err := plan.JSON(); err != nil {
			t.Errorf("%v: %v", fields, err)
			continue
		}
		rows := plan.Table().Rows
		k := 0
		for s := range b.Stages {
			st := &b.Stages[s]
			if !st.On {
				continue
			}
			if rows[k][0].Text != lifecycle.Stages[s].Name || rows[k][1].Value != st.Start || rows[k][2].Value != st.Days {
				t.Errorf("%v: %s: %v, the bill has day %v for %v days", fields, lifecycle.Stages[s].Key, rows[k], st.Start, st.Days)
			}
			k++
		}
	}
}

func TestRunAmongOthersAndLadderAreDrawn(t *testing.T) {
	for _, fields := range []map[string]string{{}, {"model": "llama-3.1-405b", "gpus": "16384"}, {"model": "gpt-4"}, {"tokens": "1M"}} {
		a, b := billCase(t, fields)
		for _, kind := range []unit.Kind{unit.FLOPs, unit.Money, unit.Energy} {
			d := amongOf(&a, &b, kind)
			c := chart.AmongRuns(d)
			if _, err := c.JSON(); err != nil {
				t.Errorf("%v: %v", fields, err)
			}
			if len(d.Known) < 4 || len(c.Table().Rows) != len(d.Known)+1 {
				t.Errorf("%v: %s: %d known runs", fields, kind.Name(), len(d.Known))
			}
		}
	}
	rungs, p := core.Ladder("h100-sxm")
	if p != nil {
		t.Fatal(p)
	}
	c := chart.Ladder("H100 SXM", ladderOf(rungs))
	if _, err := c.JSON(); err != nil {
		t.Error(err)
	}
	if n := len(c.Table().Rows); n != len(core.Rungs) {
		t.Errorf("%d rungs drawn", n)
	}
}

// Every chart that can be shared has a name to choose it by.
func TestSharedChartsHaveNames(t *testing.T) {
	for _, k := range state.Charts {
		if chartNames[k] == "" {
			t.Errorf("%s has none", k)
		}
	}
}
