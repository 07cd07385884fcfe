package scaling

import (
	"math"
	"strings"
	"testing"

	"flopbook/core/source"
	"flopbook/core/unit"
)

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s: got %.8g, want %.8g within %g", what, got, want, rel)
	}
}

// Hoffmann et al. 2022, Table 3 (approach 1): parameters and FLOP. The table is
// printed to three figures and its exponent to two (0.50), which moves the ends
// of a span of nine powers of ten by up to 4 %.
func TestChinchillaTable3(t *testing.T) {
	for _, r := range []struct{ n, c, d float64 }{
		{400e6, 1.92e19, 8.0e9}, {1e9, 1.21e20, 20.2e9}, {10e9, 1.23e22, 205.1e9}, {67e9, 5.76e23, 1.5e12},
		{175e9, 3.85e24, 3.7e12}, {280e9, 9.90e24, 5.9e12}, {520e9, 3.43e25, 11.0e12}, {1e12, 1.27e26, 21.2e12}, {10e12, 1.30e28, 216.2e12},
	} {
		o, ok := Chinchilla1.Optimum(unit.FLOP(r.c))
		if !ok {
			t.Fatal("not ok")
		}
		near(t, "N", float64(o.Params), r.n, 0.04)
		// 6 N D of the table's own columns is off its C by up to 5 %.
		near(t, "D", float64(o.Tokens), r.d, 0.08)
	}
	// Table A3, approach 2: 400M 1.84e19 7.7B, 10T 1.75e28 292T.
	o, _ := Chinchilla2.Optimum(1.75e28)
	near(t, "approach 2 N", float64(o.Params), 10e12, 0.01)
	near(t, "approach 2 D", float64(o.Tokens), 292e12, 0.01)
}

// The four constant sets are different laws; each reproduces its own numbers.
func TestSetsAreNotMixed(t *testing.T) {
	near(t, "rounded, Chinchilla", first(Chinchilla3.Loss(70e9, 1.4e12)), 1.936, 0.001)
	near(t, "rounded, Gopher", first(Chinchilla3.Loss(280e9, 300e9)), 1.993, 0.001)
	near(t, "unrounded exponent", Chinchilla3Unrounded.ParamsExponent(), 0.4565, 0.001)
	// Besiroglu et al. 2024: exponent 0.513 (se 0.020); 72.2B, 1.33T at 5.76e23.
	near(t, "corrected exponent", Besiroglu2024.ParamsExponent(), 0.513, 0.002)
	o, _ := Besiroglu2024.Optimum(5.76e23)
	near(t, "corrected N", float64(o.Params), 72.2e9, 0.005)
	near(t, "corrected D", float64(o.Tokens), 1.33e12, 0.005)
	near(t, "Table A3, 10T", float64(first(Sardana2024.FLOPsForParams(10e12))), 8.55e28, 0.09)
}

func first[T any](v T, _ bool) T { return v }

// Llama 3 report, figure 3: 402B parameters and 16.55T tokens at 3.8e25 FLOP.
// The two published figures multiply to 3.99e25, 5 % above the budget, so the
// size follows to 5 % when the tokens are met.
func TestLlama3(t *testing.T) {
	o, _ := Llama3.Optimum(3.8e25)
	near(t, "D", float64(o.Tokens), 16.55e12, 0.02)
	near(t, "N", float64(o.Params), 402e9, 0.05)
}

// DeepSeek LLM: M = 0.1715 C^0.5243 must follow from D = 5.8316 C^0.4757 and C = M D.
func TestDeepSeek(t *testing.T) {
	for _, c := range []float64{1e17, 3e20, 1e24} {
		o, _ := DeepSeekLLM.Optimum(unit.FLOP(c))
		near(t, "M", 6*float64(o.Params), 0.1715*math.Pow(c, 0.5243), 0.001)
	}
}

// Each split law inverts: the compute at which its optimum is optimal.
func TestInverse(t *testing.T) {
	for _, l := range Laws {
		for _, c := range []unit.FLOP{1e18, 1e22, 5e26} {
			o, ok := l.Optimum(c)
			if !ok {
				t.Fatal(l.ID)
			}
			back, ok := l.FLOPsForParams(o.Params)
			if !ok {
				t.Fatal(l.ID)
			}
			near(t, l.ID, float64(back), float64(c), 1e-9)
			near(t, l.ID+" C = 6 N D", 6*float64(o.Params)*float64(o.Tokens), float64(c), 1e-12)
			if l.Form == SumOfPowers { // no neighbour on the same budget is better
				for _, f := range []float64{0.99, 1.01} {
					v, _ := l.Loss(o.Params*unit.Params(f), o.Tokens/unit.Tokens(f))
					if v < o.Loss {
						t.Errorf("%s at %g: %g times the size is better", l.ID, c, f)
					}
				}
			}
		}
	}
}

// A rival's calculator switches constants at 800B tokens: an 8B model's loss
// jumps from 2.068 to 2.207 between 799B and 801B tokens and stays above at 15T.
func TestEightBillionAcross800BTokens(t *testing.T) {
	for _, l := range Laws {
		if !l.GivesLoss() {
			continue
		}
		a, _ := l.Loss(8e9, 799e9)
		b, _ := l.Loss(8e9, 801e9)
		c, _ := l.Loss(8e9, 15e12)
		if !(a > b && b > c) {
			t.Errorf("%s: loss %g at 799B, %g at 801B, %g at 15T tokens must fall", l.ID, a, b, c)
		}
		if a-b > 1e-3 {
			t.Errorf("%s: a jump of %g for a quarter of a percent more data", l.ID, a-b)
		}
	}
}

// rounding allows a few last bits: math.Pow is not monotone to the last one.
func rounding(v float64) float64 { return 8e-16 * v }

func everyLaw() []*Law {
	all := append([]*Law{}, Laws...)
	for _, e := range []float64{1, 2, 8, 64, 1e6} {
		l, _ := JointMoELaw(e)
		k, _ := KrajewskiLaw(e)
		all = append(all, &l, &k)
	}
	return append(all, &KrajewskiDense)
}

// More data or more parameters never raise the loss, over all positive numbers.
func FuzzLossNeverRises(f *testing.F) {
	f.Add(8e9, 799e9, 801.0/799, 100e9)
	f.Add(16.2e9, 318e9, 1.0000001, 1e9) // borders of the default's fitted range
	f.Add(57.3e6, 0.245e9, 1.0000001, 0.245e9)
	f.Add(5e-324, 1e308, 2.0, 1.0)
	f.Fuzz(func(t *testing.T, n, d, grow, unique float64) {
		if !(grow >= 1) {
			return
		}
		for _, l := range everyLaw() {
			at, ok := l.Loss(unit.Params(n), unit.Tokens(d))
			if !ok {
				continue
			}
			if v, ok := l.Loss(unit.Params(n), unit.Tokens(d*grow)); ok && v > at+rounding(at) {
				t.Errorf("%s: N %g: D %g -> %g: loss %g -> %g", l.ID, n, d, d*grow, at, v)
			}
			if v, ok := l.Loss(unit.Params(n*grow), unit.Tokens(d)); ok && v > at+rounding(at) {
				t.Errorf("%s: D %g: N %g -> %g: loss %g -> %g", l.ID, d, n, n*grow, at, v)
			}
		}
		// With repeated data too: more tokens, more unique ones, more parameters.
		// D/U - 1 loses digits near one epoch, so a few more last bits.
		at, ok := RepeatedLoss(unit.Params(n), unit.Tokens(d), unit.Tokens(unique))
		if !ok {
			return
		}
		for i, g := range [][3]float64{{grow, 1, 1}, {1, grow, 1}, {1, 1, grow}} {
			v, ok := RepeatedLoss(unit.Params(n*g[0]), unit.Tokens(d*g[1]), unit.Tokens(unique*g[2]))
			if ok && v > at+10*rounding(at) {
				t.Errorf("repeated, case %d: N %g D %g U %g, times %g: loss %g -> %g", i, n, d, unique, grow, at, v)
			}
		}
	})
}

// huggingface/datablations README, the two models of figure 1.
func TestRepeatedData(t *testing.T) {
	near(t, "more epochs", first(RepeatedLoss(6.34e9, 242e9, 25e9)), 2.2256440889984477, 1e-12)
	near(t, "more parameters", first(RepeatedLoss(8.67e9, 178e9, 25e9)), 2.2269634075087867, 1e-12)
	// Worth of a token by epochs: 0.984, 0.931, 0.828, 0.661, 0.379 at 2, 4, 8, 16, 40.
	for e, want := range map[float64]float64{2: .984, 4: .931, 8: .828, 16: .661, 40: .379} {
		near(t, "ratio", first(EffectiveTokensRatio(e)), want, 0.01)
	}
	// Ceiling: 16.4 times the unique tokens.
	near(t, "ceiling", float64(first(EffectiveTokens(1e18, 1e9))), 16.4e9, 0.002)
	o, ok := RepeatedOptimum(1e22, 25e9)
	g, _ := RepeatedGridOptimum(1e22, 25e9)
	if !ok || o.Loss > g.Loss {
		t.Errorf("exact optimum %v is worse than the grid's %v", o, g)
	}
	// The grid's steps are 0.4 % apart.
	near(t, "N", float64(o.Params), float64(g.Params), 0.004)
	// With data to spare the answer is the law's own split.
	o, _ = RepeatedOptimum(1e20, 1e15)
	c, _ := Muennighoff2023.Optimum(1e20)
	near(t, "no limit on data", float64(o.Params), float64(c.Params), 1e-5)
}

// Ludziejewski et al. 2025, Table 1 (optimum at 1e21 FLOP), read to two figures.
func TestJointMoE(t *testing.T) {
	for _, r := range []struct{ e, n, d float64 }{{1, 5.7e9, 29.3e9}, {32, 2.85e9, 58.4e9}} {
		l, _ := JointMoELaw(r.e)
		o, _ := l.Optimum(1e21)
		near(t, "N", float64(o.Params), r.n, 0.03)
		near(t, "D", float64(o.Tokens), r.d, 0.03)
	}
}

// Clark et al. 2022: experts help, and help a small model more than a large one.
func TestClark(t *testing.T) {
	for _, r := range []Router{RouterSBase, RouterRL, RouterHash} {
		gain := func(n unit.Params) float64 { return first(r.Loss(n, 1)) - first(r.Loss(n, 64)) }
		if !(gain(25e6) > gain(1.3e9) && gain(1.3e9) > 0) {
			t.Errorf("%s: gains %g, %g", r.Name, gain(25e6), gain(1.3e9))
		}
	}
}

// Gadre et al. 2024: relative errors of the predictions 0.71 % and 0.73 %.
func TestGadre(t *testing.T) {
	near(t, "1.4B at 640 tokens per parameter, predicted", first(Gadre2024.Loss(1439795200, 640*1439795200)), 2.5198265358973884, 1e-9)
	near(t, "measured", first(Gadre2024.Loss(1439795200, 640*1439795200)), 2.502053562117363, 0.0072)
	near(t, "7B at 20", first(Gadre2024.Loss(6889410560, 20*6889410560)), 2.4427451668432303, 1e-9)
}

// Sardana et al. 2024, Table 2 and text: quality (size), served tokens -> size,
// training tokens, saving; three printed figures.
func TestLifetimeTable2(t *testing.T) {
	for _, r := range []struct{ q, served, n, d, saving float64 }{
		{1e9, 50e9, 633e6, 46.8e9, 0.091}, {7e9, 200e9, 5.4e9, 367e9, 0.026}, {13e9, 1e12, 8.32e9, 967e9, 0.085},
		{30e9, 5e12, 16.4e9, 3.27e12, 0.16}, {70e9, 10e12, 41.6e9, 7.92e12, 0.12},
		{30e9, 10e12, 13.6e9, 2.84 * 1.56e12, 0.28}, {13e9, 2e12, 7e9, 0, 0.17},
	} {
		l, _ := Sardana2024.LossAtOptimum(unit.Params(r.q))
		var o Lifetime
		if !Sardana2024.LifetimeOptimum(l, ServingWeight(unit.Tokens(r.served)), &o) {
			t.Fatal("not ok")
		}
		near(t, "quality", float64(o.ComputeOptimal.Params), r.q, 1e-9)
		tol := 0.005
		if r.d == 0 { // "7B", one figure
			tol = 0.02
		} else {
			near(t, "D", float64(o.Tokens), r.d, tol)
		}
		near(t, "N", float64(o.Params), r.n, tol)
		near(t, "saving", o.Saving(), r.saving, 0.03)
		got, _ := Sardana2024.Loss(o.Params, o.Tokens)
		near(t, "same loss", got, l, 1e-12)
	}
	// Text: 13B of quality, 2T tokens served: the optimum saves 1.7e22 FLOP.
	l, _ := Sardana2024.LossAtOptimum(13e9)
	var o Lifetime
	Sardana2024.LifetimeOptimum(l, ServingWeight(2e12), &o)
	near(t, "FLOP saved", o.ComputeOptimalCost(6)-o.Cost(6), 1.7e22, 0.03)
	// The corrected fit moves the answer: 11.6B and 43 % for 30B and 10T served.
	l, _ = Besiroglu2024.LossAtOptimum(30e9)
	Besiroglu2024.LifetimeOptimum(l, ServingWeight(10e12), &o)
	near(t, "corrected N", float64(o.Params), 11.6e9, 0.01)
	near(t, "corrected saving", o.Saving(), 0.43, 0.02)
}

// The optimum is a minimum along the curve of equal loss, at any weight; found
// here without calculus, and serving nothing gives the compute optimum.
func FuzzLifetime(f *testing.F) {
	f.Add(2.0, 1e12)
	f.Add(1.83, 0.0)
	f.Add(4.0, 1e-3)
	f.Add(2.5, 1e200)
	f.Fuzz(func(t *testing.T, loss, weight float64) {
		for _, l := range []*Law{&Besiroglu2024, &Sardana2024, &Muennighoff2023, &Gadre2024} {
			var o Lifetime
			if !l.LifetimeOptimum(loss, unit.Tokens(weight), &o) {
				continue
			}
			if !(o.Params <= o.ComputeOptimal.Params*(1+1e-9)) || !(o.Tokens >= o.ComputeOptimal.Tokens*(1-1e-9)) {
				t.Errorf("%s: serving must ask for a smaller, longer-trained model: %+v", l.ID, o)
			}
			for _, f := range []float64{0.999, 1.001} {
				n := o.Params * unit.Params(f)
				d, ok := l.TokensForLoss(n, loss)
				if ok && float64(n)*float64(d+o.Weight) < o.Cost(1)*(1-1e-9) {
					t.Errorf("%s at loss %g, weight %g: %g times the size is cheaper", l.ID, loss, weight, f)
				}
			}
			if s := o.Saving(); !(s > -1e-9 && s <= 1) {
				t.Errorf("%s: saving %g", l.ID, s)
			}
		}
	})
}

// Sardana et al. 2024, Table 3: 30B of quality, 17.5B requests: 8.58B on 12.1T
// tokens, $10.8M -> $4.52M. Met with their printed settings to 3 %, 7 % and 10 %
// (see SardanaPrices), and to 1 % with serving at 0.897 of them.
func TestLifetimeTable3(t *testing.T) {
	for _, r := range []struct{ serve, nTol, dTol, usdTol, baseTol float64 }{
		{1, 0.03, 0.07, 0.08, 0.11}, {0.897, 0.01, 0.01, 0.01, 0.01},
	} {
		p := SardanaPrices
		p.ServeUSDPerHour *= r.serve
		w, _ := p.Weight(SardanaPrompt*17.5e9, SardanaOutput*17.5e9)
		l, _ := Sardana2024.LossAtOptimum(30e9)
		var o Lifetime
		if !Sardana2024.LifetimeOptimum(l, w, &o) {
			t.Fatal("not ok")
		}
		near(t, "N", float64(o.Params), 8.58e9, r.nTol)
		near(t, "D", float64(o.Tokens), 12.1e12, r.dTol)
		near(t, "USD", o.Cost(p.TrainUSDPerParamToken()), 4.52e6, r.usdTol)
		near(t, "USD compute-optimal", o.ComputeOptimalCost(p.TrainUSDPerParamToken()), 10.8e6, r.baseTol)
	}
}

// De Vries 2023: overhead by share of the compute-optimal size; read off a
// figure, so within 2 points up to 57 % and a tenth beyond.
func TestOvertrainingOverhead(t *testing.T) {
	for _, r := range []struct{ share, want, tol float64 }{{0.75, 0.03, 0.02}, {0.57, 0.12, 0.02}, {0.5, 0.20, 0.02}, {0.3, 1.00, 0.1}, {0.25, 1.88, 0.19}} {
		got, ok := Sardana2024.OvertrainingOverhead(r.share)
		if !ok || math.Abs(got-r.want) > r.tol {
			t.Errorf("share %g: %g, want %g ± %g", r.share, got, r.want, r.tol)
		}
	}
	if _, ok := Sardana2024.OvertrainingOverhead(0.01); ok {
		t.Error("a hundredth of the size cannot reach the loss")
	}
}

func TestBatches(t *testing.T) {
	near(t, "Kaplan at loss 2", float64(first(KaplanCriticalBatch(2))), 7.37e6, 0.01)
	// McCandlish et al.: (S/Smin - 1)(E/Emin - 1) = 1 at any batch.
	for _, x := range []float64{0.01, 1, 30} {
		near(t, "trade-off", (first(StepsRatio(x))-1)*(first(ExamplesRatio(x))-1), 1, 1e-9)
	}
	// DeepSeek LLM 67B (paper, Table 2): 2T tokens, batches of 4,608 sequences of
	// 4,096 tokens, peak rate 3.2e-4. Chosen by the law and then rounded to whole
	// sequences per GPU; 6 N D stands in for their non-embedding FLOP; 5 %.
	c := unit.FLOP(6 * 67e9 * 2e12)
	near(t, "DeepSeek batch", float64(first(DeepSeekBatch(c))), 4608*4096, 0.05)
	near(t, "DeepSeek rate", first(DeepSeekRate(c)), 3.2e-4, 0.05)
}

func TestPrecision(t *testing.T) {
	// Kumar et al. 2024: 16, 8, 4 bit weights keep 0.998, 0.950, 0.776.
	for bits, want := range map[float64]float64{16: .998, 8: .950, 4: .776} {
		near(t, "retention", first(Retention(bits, GammaWeights)), want, 0.002)
	}
	a, _ := QuantizationLoss(1e9, 1e12, 4)
	b, _ := QuantizationLoss(1e9, 1e13, 4)
	if !(b > a) {
		t.Error("rounding must hurt a longer-trained model more")
	}
}

func TestInRange(t *testing.T) {
	if v := Default.InRange(1e9, 20e9, 1.2e20); !v.In() || Default.Reason(1e9, 20e9, 1.2e20) != "" {
		t.Errorf("1B on 20B tokens is inside: %+v", v)
	}
	v := Default.InRange(70e9, 15e12, 6.3e24)
	if v.In() || v.Params != Above || v.Tokens != Above || v.Compute != Above || v.Ratio != Above {
		t.Errorf("70B on 15T is outside: %+v", v)
	}
	s := Default.Reason(70e9, 15e12, 6.3e24)
	for _, want := range []string{"70", "largest model", "longest run", "extrapolation"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q lacks %q", s, want)
		}
	}
	t.Log(s)
	// Out of range the answer is still given.
	if _, ok := Default.Loss(70e9, 15e12); !ok {
		t.Error("no answer outside")
	}
}

func TestLossInterval(t *testing.T) {
	// Chinchilla's loss by the original law lies inside the corrected one's range.
	r, _ := Default.LossInterval(70e9, 1.4e12)
	if !(r.Lo < 1.936 && 1.936 < r.Hi) {
		t.Errorf("%v leaves out the original law", r)
	}
	// Outside the fitted range it is wider than at the nearest point inside, and
	// further out no narrower.
	last := 0.0
	for _, p := range [][2]float64{{16.2e9, 318e9}, {40e9, 318e9}, {70e9, 1.4e12}, {405e9, 15e12}, {1e12, 1e14}} {
		r, ok := Default.LossInterval(unit.Params(p[0]), unit.Tokens(p[1]))
		if w := r.Hi - r.Lo; !ok || w <= last {
			t.Errorf("N %g, D %g: width %g, before it %g", p[0], p[1], w, last)
		} else {
			last = w
		}
	}
}

func TestLawsAreSourced(t *testing.T) {
	for _, l := range everyLaw() {
		if _, ok := source.Get(l.Source); !ok {
			t.Errorf("%s: no source %q", l.ID, l.Source)
		}
		if l.Name == "" || l.Date == "" || l.Note == "" {
			t.Errorf("%s lacks a name, date or note", l.ID)
		}
	}
	for _, l := range Laws {
		if got, ok := Find(l.ID); !ok || got != l {
			t.Errorf("%s is not found under its own ID", l.ID)
		}
	}
}

// Whatever comes in: no panic, no NaN, no infinity behind ok.
func FuzzBadInput(f *testing.F) {
	for _, x := range []float64{0, -1, 1, 1e308, 5e-324, math.Inf(1), math.Inf(-1), math.NaN()} {
		f.Add(x, 1e9, 1e9)
		f.Add(1e9, x, 1e9)
		f.Add(1e9, 1e9, x)
		f.Add(x, x, x)
	}
	f.Fuzz(func(t *testing.T, x, y, z float64) {
		n, d, u := unit.Params(x), unit.Tokens(y), unit.Tokens(z)
		check := func(what string, v float64, ok bool) {
			if ok && !finite(v) {
				t.Errorf("%s(%g, %g, %g) = %g", what, x, y, z, v)
			}
			if !ok && v != v {
				t.Errorf("%s(%g, %g, %g) leaves NaN beside false", what, x, y, z)
			}
		}
		var p Prediction
		var lt Lifetime
		for _, l := range everyLaw() {
			v, ok := l.Loss(n, d)
			check("Loss", v, ok)
			o, ok := l.Optimum(unit.FLOP(z))
			check("Optimum", float64(o.Params)+float64(o.Tokens)+o.Loss, ok)
			c, ok := l.FLOPsForParams(n)
			check("FLOPsForParams", float64(c), ok)
			if l.Predict(n, d, u, &p) {
				check("Predict", p.Loss.Lo+p.Loss.V+p.Loss.Hi+float64(p.Effective), true)
				if !(p.Loss.Lo <= p.Loss.V && p.Loss.V <= p.Loss.Hi) {
					t.Errorf("%s: loss %v", l.ID, p.Loss)
				}
			}
			if l.LifetimeOptimum(x, u, &lt) {
				check("Lifetime", lt.Cost(1)+lt.Saving(), true)
			}
			l.Reason(n, d, unit.FLOP(z))
			v, ok = l.OvertrainingOverhead(x)
			check("Overhead", v, ok)
		}
		for i, g := range []func() (float64, bool){
			func() (float64, bool) { return RepeatedLoss(n, d, u) },
			func() (float64, bool) { return EffectiveTokensRatio(x) },
			func() (float64, bool) { o, ok := RepeatedOptimum(unit.FLOP(x), d); return o.Loss, ok },
			func() (float64, bool) { return RouterHash.Loss(n, y) },
			func() (float64, bool) { return Retention(x, y) },
			func() (float64, bool) { return QuantizationLoss(n, d, z) },
			func() (float64, bool) { v, ok := EffectiveParams(n, y, z, 8); return float64(v), ok },
			func() (float64, bool) { return GadreError.Error(x) },
			func() (float64, bool) { v, ok := KaplanCriticalBatch(x); return float64(v), ok },
			func() (float64, bool) { v, ok := StepLawBatch(d); return float64(v), ok },
			func() (float64, bool) { return StepLawRate(n, d) },
			func() (float64, bool) { v, ok := ScaledCriticalBatch(unit.Tokens(x), d, u); return float64(v), ok },
			func() (float64, bool) { return ChinchillaCount(x, y, z, 64, 10, 1e9) },
		} {
			v, ok := g()
			if ok && !finite(v) {
				t.Errorf("function %d (%g, %g, %g) = %g", i, x, y, z, v)
			}
		}
	})
}

func TestNoAllocation(t *testing.T) {
	var p Prediction
	var lt Lifetime
	if a := testing.AllocsPerRun(50, func() {
		Default.Predict(8e9, 15e12, 5e12, &p)
		Kaplan2020.Predict(8e9, 15e12, 5e12, &p)
		l, _ := Default.LossAtOptimum(8e9)
		Default.LifetimeOptimum(l, 1e12, &lt)
		RepeatedOptimum(1e22, 25e9)
		m, _ := JointMoELaw(8)
		m.Optimum(1e22)
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func BenchmarkPredict(b *testing.B) {
	var p Prediction
	for b.Loop() {
		Default.Predict(8e9, 15e12, 5e12, &p)
	}
}

func BenchmarkLifetime(b *testing.B) {
	var lt Lifetime
	for b.Loop() {
		Default.LifetimeOptimum(2, 1e12, &lt)
	}
}
