package state

import (
	"math"
	"testing"

	"flopbook/core/scenario"
	"flopbook/core/unit"
)

func sliders() (ns []scenario.Num) {
	for n := scenario.Num(0); n < scenario.NumCount; n++ {
		if HasSlider(n) {
			ns = append(ns, n)
		}
	}
	return ns
}

// By keyboard a slider goes one position at a time: from one end to the other
// no step may stand still or turn back.
func TestASliderNeverSticks(t *testing.T) {
	for _, n := range sliders() {
		f := &scenario.Nums[n]
		for _, up := range []bool{true, false} {
			m := New()
			from, to, dir := f.SlideLo, f.SlideHi, 1
			if !up {
				from, to, dir = f.SlideHi, f.SlideLo, -1
			}
			v := from
			for i := 0; Position(n, v) != Position(n, to); i++ {
				if i > 2*SlideMax {
					t.Fatalf("%s: stuck at %v", f.Key, v)
				}
				m = Update(m, Slide{n, Position(n, v) + dir, v})
				next := m.Case.Num[n].R.V
				if (next > v) != up || next == v {
					t.Fatalf("%s: from %v to %v", f.Key, v, next)
				}
				v = next
			}
		}
	}
}

func TestSlidersOfferWhatAPersonWouldWrite(t *testing.T) {
	for _, n := range sliders() {
		f := &scenario.Nums[n]
		for pos := 0; pos <= SlideMax; pos++ {
			v := at(n, pos)
			if p := f.Check(unit.Exact(v), ""); p != nil {
				t.Fatalf("%s at %d: %v", f.Key, pos, p)
			}
			if text := unit.ExactText(f.Kind, v); len([]rune(text)) > 14 {
				t.Errorf("%s at %d: %q", f.Key, pos, text)
			}
		}
	}
	// Whole servers of eight, and steps that stay within a twelfth.
	for pos := 0; pos <= SlideMax; pos++ {
		if v := at(scenario.GPUs, pos); v >= 8 && math.Mod(v, 8) != 0 || v != math.Round(v) {
			t.Errorf("GPUs at %d: %v", pos, v)
		}
	}
}

func TestNextIsTheNextRoundValue(t *testing.T) {
	for _, c := range []struct {
		n    scenario.Num
		v    float64
		up   bool
		want float64
	}{
		{scenario.GPUs, 1, true, 2},
		{scenario.GPUs, 7, true, 8},
		{scenario.GPUs, 8, true, 12},
		{scenario.GPUs, 8, false, 7},
		{scenario.GPUs, 100, true, 128},
		{scenario.GPUs, 128, false, 96},
		{scenario.GPUs, 1, false, 1},
		{scenario.Tokens, 1e11, true, 1.2e11},
		{scenario.Tokens, 1e11, false, 8e10},
		{scenario.Tokens, 9.7e11, true, 1e12},
		{scenario.Days, 0.3, true, 0.4},
		{scenario.MFU, 0.4, true, 0.41},
		{scenario.MFU, 1, true, 1},
		{scenario.PUE, 1, false, 1},
		{scenario.Seq, 4096, true, 8192},
		{scenario.Zero, 3, true, 3},
		{scenario.People, 1000, true, 1200},
	} {
		if got := Next(c.n, c.v, c.up); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("%s: after %v (up %v) comes %v, want %v", scenario.Nums[c.n].Key, c.v, c.up, got, c.want)
		}
	}
	for n := scenario.Num(0); n < scenario.NumCount; n++ {
		f := &scenario.Nums[n]
		for _, v := range []float64{f.Min, 1, 2.5, 1e3, 7.3e9, 1e300} {
			for _, up := range []bool{true, false} {
				got := Next(n, v, up)
				if math.IsNaN(got) || f.Max > 0 && got > f.Max || got < f.Min {
					t.Errorf("%s: after %v (up %v) comes %v", f.Key, v, up, got)
				}
			}
		}
	}
}

func TestDraggingAcrossTheWordIsADoubling(t *testing.T) {
	m := walk(t, Drag{scenario.Tokens, 1e11, 120})
	if got := given(&m, scenario.Tokens); got != 2e11 {
		t.Errorf("120 pixels: %v", got)
	}
	m = walk(t, Drag{scenario.Tokens, 1e11, 1e9})
	if got := given(&m, scenario.Tokens); got > scenario.Nums[scenario.Tokens].Max {
		t.Errorf("dragged beyond the field's limit: %v", got)
	}
}
