package uncertainty

import (
	"math"
	"math/rand"
	"sort"
	"testing"

	"flopbook/core/unit"
)

// One term alone has the range of its product; two terms that share their only
// cause are as wide as one; two that share nothing are narrower.
func TestTermsThatShareACause(t *testing.T) {
	r := unit.Range{V: 2, Lo: 1, Hi: 5}
	var c Causes
	c[3] = SpreadOf(r)
	near := func(what string, got, want unit.Range) {
		t.Helper()
		for _, p := range [][2]float64{{got.V, want.V}, {got.Lo, want.Lo}, {got.Hi, want.Hi}} {
			if math.Abs(p[0]/p[1]-1) > 1e-12 {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	var one, shared, apart Terms
	one.Add(2, Spread{}, 1<<3)
	near("one", one.Range(&c), r)
	shared.Add(2, Spread{}, 1<<3)
	shared.Add(6, Spread{}, 1<<3)
	near("shared", shared.Range(&c), unit.Range{V: 8, Lo: 4, Hi: 20})
	apart.Add(2, SpreadOf(r), 0)
	apart.Add(2, SpreadOf(r), 0)
	if w := apart.Range(&c); !(w.Lo > 2 && w.Hi < 10) {
		t.Errorf("apart: %v is as wide as if they shared a cause", w)
	}
	near("of a set", c.Of(1<<3).Range(10), unit.Range{V: 10, Lo: 5, Hi: 25})
	var none Terms
	if got := none.Range(&c); got != (unit.Range{}) {
		t.Errorf("empty: %v", got)
	}
}

// Against sampling: lines of a bill that share a price and a speed.
func TestTermsAgainstSampling(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	var c Causes
	sigma := [3]float64{0.3, 0.2, 0.25}
	for k, s := range sigma {
		c[k] = Spread{Up2: Z80 * s * Z80 * s, Down2: Z80 * s * Z80 * s}
	}
	lines := []struct {
		v, own float64
		set    uint32
	}{{100, 0.1, 3}, {40, 0.5, 3}, {60, 0.2, 4}, {10, 0, 1}}
	var sum Terms
	for _, l := range lines {
		w := Z80 * l.own * Z80 * l.own
		sum.Add(l.v, Spread{w, w}, l.set)
	}
	got := sum.Range(&c)
	const n = 100_000
	all := make([]float64, n)
	for i := range all {
		f := [3]float64{}
		for k := range f {
			f[k] = math.Exp(sigma[k] * rng.NormFloat64())
		}
		for _, l := range lines {
			x := l.v * math.Exp(l.own*rng.NormFloat64())
			for k := range f {
				if l.set>>k&1 != 0 {
					x *= f[k]
				}
			}
			all[i] += x
		}
	}
	sort.Float64s(all)
	// The width is right; the middle of a sum of skewed terms lies a little
	// above the sum of their middles.
	lo, hi := all[n/10], all[n*9/10]
	if math.Abs((got.Hi/got.Lo)/(hi/lo)-1) > 0.02 || math.Abs(got.Lo/lo-1) > 0.06 || math.Abs(got.Hi/hi-1) > 0.06 {
		t.Errorf("%v, sampled %.1f to %.1f", got, lo, hi)
	}
}
