package train

import (
	"math"
	"testing"

	"flopbook/core/unit"
)

// The middle of the runs, a source counting as the square root of its runs;
// without a source its runs do not count.
func TestPracticeIsTheMiddleOfTheOthers(t *testing.T) {
	rs := []RunRatio{{"a", 0.5}, {"a", 0.5}, {"a", 0.5}, {"a", 0.5}, {"b", 0.8}, {"c", 0.9}, {"d", 1.0}}
	near := func(got, want float64) bool { return math.Abs(got/want-1) < 1e-12 }
	// a counts 2 of 5, so that the middle half is 0.75 of a, b, and 0.75 of c.
	if p := FitPractice(rs, ""); !near(p.Share.V, math.Pow(math.Pow(0.5, 0.75)*0.8*math.Pow(0.9, 0.75), 1/2.5)) || p.Rows != 7 || p.Sources != 4 {
		t.Errorf("all: %+v", p)
	}
	p := FitPractice(rs, "a")
	if !near(p.Share.V, math.Pow(math.Pow(0.8, 0.25)*0.9, 1/1.5)) || p.Rows != 3 || p.Sources != 3 || p.Share.Lo != 0.8 || p.Share.Hi != 1.0 {
		t.Errorf("without a: %+v", p)
	}
	if p := FitPractice(nil, ""); p.Share != unit.Exact(1) {
		t.Errorf("no runs: %+v", p)
	}
}

// Weaker evidence and more unknowns never narrow a range.
func TestWeakerEvidenceIsNeverNarrower(t *testing.T) {
	base := unit.Range{V: 0.8, Lo: 0.6, Hi: 1.1}
	row := &EfficiencyRow{Lo: 0.9, Hi: 1.3}
	lastLo, lastHi, wide := 1.0, 1.0, base
	for e := Measured; e <= AllFamilies; e++ {
		b := Basis{Row: row, Evidence: e}
		lo, hi := b.Spread(0)
		far, near := b.Spread(2)
		if lo > lastLo || hi < lastHi || far > lo || near < hi {
			t.Errorf("%v: %v to %v, with two unknowns %v to %v", e, lo, hi, far, near)
		}
		lastLo, lastHi = lo, hi
		r := b.Widen(base, 0)
		if r.V != base.V || r.Lo > wide.Lo*(1+1e-12) || r.Hi < wide.Hi*(1-1e-12) {
			t.Errorf("%v: %+v became %+v", e, wide, r)
		}
		wide = r
	}
}

// The shipped table leaves out what it says.
func TestPracticeTable(t *testing.T) {
	all := PracticeWithout("")
	if all.Rows < 40 || all.Sources < 10 || !(all.Share.Lo < all.Share.V && all.Share.V < all.Share.Hi) || !(all.Error > 0) {
		t.Errorf("%+v", all)
	}
	for _, g := range []string{"bloom", "epoch", "google-papers", "dclm"} {
		p := PracticeWithout(g)
		if p.Sources != all.Sources-1 || p.Rows >= all.Rows {
			t.Errorf("without %s: %+v of %+v", g, p, all)
		}
	}
	if p := PracticeWithout("no such source"); math.Abs(p.Share.V-all.Share.V) > 0 {
		t.Errorf("a source never seen: %+v", p)
	}
}
