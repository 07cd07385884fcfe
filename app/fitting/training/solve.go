//go:build !js

package training

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"flopbook/core/train"
)

// Settings of the robust fit, on the log of the time.
const (
	noise   = 0.06 // spread of a source's rows around a good model: same setup 1 to 5 %, software 10 %
	bend    = 1.0  // Cauchy: beyond so many spreads an error counts ever less; steps are now and then several times slower than the rest
	warming = 0.2  // weight of a step timed while the run was still warming up
	rounds  = 25
	enough  = 1e-5
)

// Fit finds the constants that explain the cases best: the least sum of
// Cauchy's loss of log(predicted/measured), each source weighted so that it
// counts as the square root of its rows, plus the prior. It is Gauss-Newton on
// the normal equations with a step that is halved while it does not help, from
// the middle of the prior.
func Fit(given []*Case) *Point {
	cases := make([]*Case, 0, len(given))
	for _, c := range given {
		if !c.Faulty {
			cases = append(cases, c)
		}
	}
	space := newSpace()
	n := map[string]float64{}
	for _, c := range cases {
		n[c.Group]++
	}
	places := make([][][]int, len(cases))
	weight := make([]float64, len(cases))
	for i, c := range cases {
		places[i] = space.places(c)
		weight[i] = 1 / math.Sqrt(n[c.Group]) * 3
		if weight[i] > 1 {
			weight[i] = 1
		}
		if c.Warming {
			weight[i] *= warming
		}
	}
	dim := len(space.names)
	x := make([]float64, dim)
	p := &Point{space, x}
	theta := make([]float64, len(constants))
	var eff train.Efficiency
	var step train.Step
	value := func(x []float64, i int, grad []float64) float64 {
		c := cases[i]
		in := c.In
		for k := range constants {
			v := space.middle(k, c)
			for _, j := range places[i][k] {
				v += x[j]
			}
			theta[k] = v
			*constants[k].at(&eff) = constants[k].close(v)
		}
		in.Eff = eff
		in.Chip = in.Mach.With(&in.Eff.Rates)
		in.Estimate(&c.Layout, &step)
		r := math.Log(step.Total / c.Measured)
		if grad != nil {
			const h = 1e-4
			whole := math.Log(step.Total)
			for k := range constants {
				*constants[k].at(&in.Eff) = constants[k].close(theta[k] + h)
				in.Chip = in.Mach.With(&in.Eff.Rates)
				in.Estimate(&c.Layout, &step)
				grad[k] = (math.Log(step.Total) - whole) / h
				*constants[k].at(&in.Eff) = *constants[k].at(&eff)
			}
		}
		return r
	}
	loss := func(x []float64) float64 {
		t := 0.0
		for i := range cases {
			z := value(x, i, nil) / noise / bend
			t += weight[i] * bend * bend / 2 * math.Log1p(z*z)
		}
		for j, v := range x {
			t += v * v / (2 * space.prior[j] * space.prior[j])
		}
		return t
	}
	grad := make([]float64, len(constants))
	now := loss(x)
	idx := make([]int, 0, 64)
	val := make([]float64, 0, 64)
	for range rounds {
		h := mat.NewSymDense(dim, nil)
		g := mat.NewVecDense(dim, nil)
		for j, v := range x {
			q := 1 / (space.prior[j] * space.prior[j])
			h.SetSym(j, j, q)
			g.SetVec(j, q*v)
		}
		for i := range cases {
			r := value(x, i, grad) / noise
			w := weight[i] / (1 + r*r/(bend*bend))
			idx, val = idx[:0], val[:0]
			for k := range constants {
				if grad[k] == 0 {
					continue
				}
				for _, j := range places[i][k] {
					idx = append(idx, j)
					val = append(val, grad[k]/noise)
				}
			}
			for a, ja := range idx {
				g.SetVec(ja, g.AtVec(ja)+w*r*val[a])
				for b := 0; b <= a; b++ {
					h.SetSym(ja, idx[b], h.At(ja, idx[b])+w*val[a]*val[b])
				}
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(h) {
			break
		}
		d := mat.NewVecDense(dim, nil)
		if err := chol.SolveVecTo(d, g); err != nil {
			break
		}
		scale := 1.0
		next := make([]float64, dim)
		better := now
		for range 8 {
			for j := range x {
				next[j] = x[j] - scale*d.AtVec(j)
			}
			if better = loss(next); better < now {
				break
			}
			scale /= 2
		}
		if better >= now {
			break
		}
		copy(x, next)
		done := now-better < enough*math.Max(1, now)
		now = better
		if done {
			break
		}
	}
	p.x = x
	return p
}
