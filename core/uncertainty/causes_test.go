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
	one.Add(c.Term(2, Spread{}, 1<<3))
	near("one", one.Range(&c), r)
	shared.Add(c.Term(2, Spread{}, 1<<3))
	shared.Add(c.Term(6, Spread{}, 1<<3))
	near("shared", shared.Range(&c), unit.Range{V: 8, Lo: 4, Hi: 20})
	apart.Add(c.Term(2, SpreadOf(r), 0))
	apart.Add(c.Term(2, SpreadOf(r), 0))
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
		sum.Add(c.Term(l.v, Spread{w, w}, l.set))
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
	// A narrow term and a wide one, 4.7 times up and down eight times in ten: the wide one decides
	// the upper end.
	var wide Terms
	narrow, far := Z80*0.3*Z80*0.3, Z80*1.2*Z80*1.2
	wide.Add(c.Term(100, Spread{narrow, narrow}, 0))
	wide.Add(c.Term(40, Spread{far, far}, 0))
	drawn := make([]float64, n)
	for i := range drawn {
		drawn[i] = 100*math.Exp(0.3*rng.NormFloat64()) + 40*math.Exp(1.2*rng.NormFloat64())
	}
	sort.Float64s(drawn)
	if r := wide.Range(&c); math.Abs(r.Lo/drawn[n/10]-1) > 0.06 || math.Abs(r.Hi/drawn[n*9/10]-1) > 0.06 {
		t.Errorf("a wide term: %v, sampled %.1f to %.1f", r, drawn[n/10], drawn[n*9/10])
	}
	// The width is right; the middle of a sum of skewed terms lies a little
	// above the sum of their middles.
	lo, hi := all[n/10], all[n*9/10]
	if math.Abs((got.Hi/got.Lo)/(hi/lo)-1) > 0.02 || math.Abs(got.Lo/lo-1) > 0.06 || math.Abs(got.Hi/hi-1) > 0.06 {
		t.Errorf("%v, sampled %.1f to %.1f", got, lo, hi)
	}
}

// However wide the terms, one that grows with its spread unchanged raises both
// ends of the sum; and the ends lie within those of the terms added up.
func TestASumRisesWithItsTerms(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	spread := func() Spread {
		u, d := 3*rng.Float64(), 3*rng.Float64()
		if rng.Intn(3) == 0 {
			u, d = 0, 0
		}
		return Spread{u * u, d * d}
	}
	for range 2000 {
		var c Causes
		for k := range 4 {
			c[k] = spread()
		}
		n := 1 + rng.Intn(5)
		v, own, set := make([]float64, n), make([]Spread, n), make([]uint32, n)
		for i := range v {
			v[i], own[i], set[i] = math.Exp(3*rng.NormFloat64()), spread(), uint32(rng.Intn(16))
		}
		sum := func() (r unit.Range, ends unit.Range) {
			var all Terms
			for i := range v {
				all.Add(c.Term(v[i], own[i], set[i]))
				one := own[i].And(c.Of(set[i])).Range(v[i])
				ends.Lo, ends.Hi = ends.Lo+one.Lo, ends.Hi+one.Hi
			}
			return all.Range(&c), ends
		}
		before, _ := sum()
		v[rng.Intn(n)] *= 1 + rng.Float64()
		after, ends := sum()
		const near = 1 + 1e-9
		if before.Lo > after.Lo*near || before.Hi > after.Hi*near {
			t.Fatalf("%v grew to %v", before, after)
		}
		if after.Lo*near < ends.Lo || after.Hi > ends.Hi*near {
			t.Fatalf("%v, its terms together %v", after, ends)
		}
	}
}

func TestGrown(t *testing.T) {
	for w := 1e-9; w < widest; w *= 1.01 {
		if got, want := grown(w), math.Expm1(w); math.Abs(got/want-1) > 1e-13 {
			t.Errorf("e^%v - 1 is %v, not %v", w, got, want)
		}
	}
	if grown(0) != 0 || math.Abs(grown(100)/grown(widest)-1) > 1e-12 {
		t.Errorf("ends: %v, %v", grown(0), grown(100))
	}
}
