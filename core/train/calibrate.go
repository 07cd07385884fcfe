package train

import (
	"math"
	"strconv"
	"strings"

	"flopbook/core/model"
	"flopbook/core/unit"
)

// A Measurement is one step that somebody timed. In holds the model, the
// machine and, in Eff, the constants expected before measuring.
type Measurement struct {
	In     *StepInputs
	Layout model.Layout
	Step   float64 // s

	Memory float64     // bytes that the fullest GPU had reserved, 0 not measured
	Peak   *PeakInputs // to predict it; nil without Memory
}

// MaxMeasured is how many steps are calibrated on at once.
const MaxMeasured = 20

// A leeway is how far a constant of one cluster may lie from the table's, on
// its own scale (logistic for a share, else logarithmic).
type leeway struct {
	at     func(*Efficiency) *float64
	share  bool
	spread float64
	label  string
	kind   unit.Kind
}

// leeways put together the spreads that the fit believes between accelerator
// families, precisions, generations of software and networks before any
// measurement (app/fitting/training); where it knows one figure for all, a
// third of its spread.
var leeways = [...]leeway{
	{func(e *Efficiency) *float64 { return &e.Matmul }, true, 0.5, "peak that matrix products reach", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.Tail }, false, 0.3, "waves lost at the end of a product", unit.None},
	{func(e *Efficiency) *float64 { return &e.Memory }, true, 0.1, "memory bandwidth reached", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.Gap }, false, 0.17, "gap between kernels", unit.Time},
	{func(e *Efficiency) *float64 { return &e.Attention }, false, 0.23, "speed of attention over that published", unit.None},
	{func(e *Efficiency) *float64 { return &e.Passes }, false, 0.4, "memory traffic between products over the least", unit.None},
	{func(e *Efficiency) *float64 { return &e.Launch }, false, 0.4, "time to launch a kernel", unit.Time},
	{func(e *Efficiency) *float64 { return &e.Crowd }, false, 2, "wait of a collective beside the pipeline", unit.Time},
	{func(e *Efficiency) *float64 { return &e.Link }, true, 0.3, "link bandwidth reached", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.LinkLatency }, false, 0.1, "latency of the link", unit.Time},
	{func(e *Efficiency) *float64 { return &e.Net }, true, 0.5, "network bandwidth reached", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.Rails }, true, 1.5, "gain of further network adapters", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.NetLatency }, false, 1, "latency of the network", unit.Time},
	{func(e *Efficiency) *float64 { return &e.Tensor }, true, 0.6, "tensor-parallel exchange not hidden", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.Hidden }, true, 0.7, "gradient exchange hidden", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.Expert }, true, 0.65, "expert exchange not hidden", unit.Fraction},
	{func(e *Efficiency) *float64 { return &e.Uneven }, false, 0.4, "unevenness of the experts' load", unit.None},
	{func(e *Efficiency) *float64 { return &e.Quantise }, false, 0.45, "traffic to make low-precision inputs over the least", unit.None},
	{func(e *Efficiency) *float64 { return &e.Remap }, false, 0.17, "speed of giving memory back and taking it anew", unit.ByteRate},
	{func(e *Efficiency) *float64 { return &e.Step }, false, 0.8, "time of a step outside computing", unit.Time},
	{func(e *Efficiency) *float64 { return &e.Jitter }, false, 0.5, "slowing for each doubling of the servers", unit.Fraction},
}

const (
	constants = len(leeways)
	unknowns  = constants + 1 // and a factor on the whole time

	// measuring is the spread of a step timed twice: 1 to 5 % on one cluster.
	measuring = 0.05
	// leftover is the spread of a source's steps around its own middle that the
	// model leaves: half of fifteen sources, each predicted by constants fitted
	// without it, have 0.1 or less (go test ./app/fitting/training -run LeftOut).
	leftover = 0.11
	// tails are the degrees of freedom of Student's distribution, of which both
	// measuring and what the model leaves are: now and then a step is far off.
	// Eight draws in ten of it lie within range80.
	tails   = 4
	range80 = 1.533
	// likeness is the logarithm of the ratio, of GPUs, parameters, tokens or a
	// degree of the layout, over which steps stop sharing what the model leaves.
	likeness = 1.39 // four times
	// common is the spread of a factor on the whole time, before scaling.
	common = 0.1
	// remembering is the spread of memory over prediction between stacks.
	remembering = 0.2
)

// offsets is how far a cluster's own middle lies from the table's by what the
// table rests on: half of the sources of a known family lie within 0.02, the
// only one of a family that the fit has not seen 0.27 off; those between by judgement.
var offsets = [...]float64{Measured: 0.03, OtherSoftware: 0.03, OtherPrecision: 0.1, NearFamily: 0.2, AllFamilies: 0.3}

func (k *leeway) open(v float64) float64 {
	if k.share {
		v = math.Min(math.Max(v, 1e-4), 1-1e-4)
		return math.Log(v / (1 - v))
	}
	return math.Log(math.Max(v, 1e-12))
}

func (k *leeway) close(x float64) float64 {
	if k.share {
		return 1 / (1 + math.Exp(-x))
	}
	return math.Exp(math.Min(x, 50))
}

// A Residual is one measured step before and after calibrating: predicted over
// measured, less 1.
type Residual struct {
	Before, After float64
	Odd           bool // far from what the others say: it counts less, and is worth a second look
}

// A Calibration is what measured steps say of a cluster. It is not for use by
// several goroutines at once.
type Calibration struct {
	Eff       Efficiency // the first measurement's constants, moved
	Rest      float64    // factor on the time of every step that no constant explains
	Memory    float64    // factor on predicted memory; 1 where none was measured
	Residuals []Residual
	Says      string // what moved, in a sentence or two

	rows  []Measurement
	try   StepInputs // worked on, so that nothing is allocated
	step  Step
	at    [MaxMeasured]place
	moved [unknowns]float64 // on the constants' own scales
	scale float64           // of the spreads
	n     int
	jac   [MaxMeasured][unknowns]float64
	noise [MaxMeasured]float64 // variance of each measurement
	chol  [MaxMeasured][MaxMeasured]float64
	u     [MaxMeasured]float64 // what each measurement pulls, in the space of the measurements
}

// A place is where a step stands among all steps: its size and the way it is
// shared and computed, in lengths over which steps stop having in common what
// the model leaves of them.
type place [12]float64

func placeOf(s *StepInputs, l *model.Layout) place {
	times := func(x float64) float64 { return math.Log(math.Max(x, 1)) / likeness }
	way := func(yes bool) float64 {
		if yes {
			return 1
		}
		return 0
	}
	return place{times(float64(l.GPUs())), times(s.Counts.Active[model.WithEmbeddings]), times(s.Seq), times(deg(l.Micro) * s.Seq), times(deg(l.TP)),
		times(deg(l.PP)), times(deg(l.EP)), times(deg(l.CP)), float64(l.Recompute), way(l.ZeRO == 3), way(s.Frozen), way(s.Bytes < 2)}
}

// apart is the square of the distance of two places, in lengths.
func (p *place) apart(q *place) float64 {
	d := 0.0
	for i := range p {
		x := p[i] - q[i]
		d += x * x
	}
	return d
}

// shared is how much of what the model leaves two steps have in common: 1 for
// the same step, e^(-d²/2) for steps d lengths apart.
func (p *place) shared(q *place) float64 { return math.Exp(-p.apart(q) / 2) }

// Distance is how unlike two steps are, for who picks what to measure: 0 for
// the same, 1 for a factor of four in one thing or a different way of working.
func Distance(a *StepInputs, la *model.Layout, b *StepInputs, lb *model.Layout) float64 {
	p, q := placeOf(a, la), placeOf(b, lb)
	return math.Sqrt(p.apart(&q))
}

// Calibrate finds what the measured steps say: how far the cluster's constants
// lie from the fitted table, which is the prior, with a spread for each. All
// steps move them alike. How far clusters lie off at all is first read off the
// steps themselves, so that a cluster like those in the table stays close to it
// and a new one moves. What the model leaves of a step belongs to steps like it
// (a Gaussian process over sizes and degrees). It is Gauss-Newton on the
// logarithm of the time, in the space of the measurements: as many equations as
// steps. The same steps give the same answer.
func Calibrate(rows []Measurement, evidence Evidence) (*Calibration, *unit.Problem) {
	if len(rows) == 0 || len(rows) > MaxMeasured {
		return nil, &unit.Problem{Field: "Measured steps", Value: strconv.Itoa(len(rows)), Wrong: "is not a number of steps to calibrate on", Allowed: "1 to 20", Fix: "give the steps of a few small runs"}
	}
	c := &Calibration{n: len(rows), Memory: 1, Residuals: make([]Residual, len(rows)), rows: append([]Measurement(nil), rows...)}
	var want, before, got [MaxMeasured]float64
	for i := range rows {
		if !(rows[i].Step > 0) || math.IsInf(rows[i].Step, 0) {
			return nil, &unit.Problem{Field: "Measured step", Value: unit.Plain(rows[i].Step), Wrong: "is no time", Allowed: "seconds above 0", Fix: "try 1.5"}
		}
		want[i] = math.Log(rows[i].Step)
		before[i] = c.log(rows[i].In, &rows[i].Layout, &c.jac[i])
		if math.IsNaN(before[i]) || math.IsInf(before[i], 0) {
			return nil, &unit.Problem{Field: "Measured step", Value: strconv.Itoa(i + 1), Wrong: "has a layout whose time cannot be predicted", Fix: "check its model and layout"}
		}
		c.at[i] = placeOf(rows[i].In, &rows[i].Layout)
	}
	c.scale = c.howFar(&want, &before, offsets[evidence])
	got = before
	now := c.loss(&want, &got)
	for range rounds {
		c.solve(&want, &got)
		from, reach := c.moved, [unknowns]float64{}
		for k := range reach {
			for i := range c.n {
				reach[k] += c.jac[i][k] * c.u[i]
			}
			reach[k] *= c.variance(k)
		}
		gain := 0.0
		for step := 1.0; step > 0.01; step /= 2 {
			for k := range c.moved {
				c.moved[k] = from[k] + step*(reach[k]-from[k])
				c.moved[k] = math.Max(math.Min(c.moved[k], furthest*spreadOf(k)), -furthest*spreadOf(k))
			}
			for i := range rows {
				got[i] = c.log(rows[i].In, &rows[i].Layout, &c.jac[i])
			}
			after := c.loss(&want, &got)
			if gain = now - after; gain > 0 {
				now = after
				break
			}
		}
		if gain <= 0 {
			c.moved = from
			for i := range rows {
				got[i] = c.log(rows[i].In, &rows[i].Layout, &c.jac[i])
			}
		}
		if gain <= 1e-10*now {
			break
		}
	}
	c.solve(&want, &got)
	for i := range rows {
		left := c.left(&c.at[i])
		c.Residuals[i] = Residual{Before: math.Expm1(before[i] - want[i]), After: math.Expm1(got[i] + left - want[i]), Odd: c.odd(i)}
	}
	c.Eff = rows[0].In.Eff
	c.Apply(&c.Eff)
	c.Rest = math.Exp(c.moved[constants])
	c.memory(rows)
	c.Says = c.say(rows)
	return c, nil
}

const (
	rounds   = 30
	furthest = 2 // spreads that a constant may move
)

// howFar is the scale of the spreads that the measured steps show: the mean of
// its square, each value weighed by how likely it makes the steps and by how
// far sources lie off, a Cauchy density of the spread in the time. The spreads of the constants say which of them move.
func (c *Calibration) howFar(want, got *[MaxMeasured]float64, offset float64) float64 {
	typical := 0.0 // spread of the time under the spreads as they stand
	for i := range c.n {
		for k, j := range c.jac[i] {
			s := spreadOf(k)
			typical += j * j * s * s / float64(c.n)
		}
	}
	typical = math.Sqrt(typical)
	best, weight, variance := math.Inf(-1), 0.0, 0.0
	var noise [MaxMeasured]float64
	for x := offset / 8; x < 0.5; x *= 1.3 { // spread of the time
		c.scale = x / typical
		for i := range c.n {
			c.noise[i] = measuring * measuring
		}
		for range 8 { // steps far from the others count less: Student's distribution by its weights
			c.solve(want, got)
			for i := range c.n {
				e := c.noise[i] * c.u[i] / measuring
				c.noise[i] = measuring * measuring * math.Max(1, (tails+e*e)/(tails+3))
			}
		}
		c.solve(want, got)
		l := math.Log(x) - math.Log1p(x*x/(offset*offset)) // density of the spread's logarithm
		for i := range c.n {
			w := c.noise[i] / (measuring * measuring)
			l -= 0.5*(want[i]-got[i])*c.u[i] + math.Log(c.chol[i][i]) + (tails/2+1)*math.Log(w) + tails/(2*w)
		}
		if l > best { // keep what is summed in proportion to the most likely
			k := math.Exp(best - l)
			best, weight, variance = l, weight*k, variance*k
			for i := range noise {
				noise[i] *= k
			}
		}
		w := math.Exp(l - best)
		weight += w
		variance += w * c.scale * c.scale
		for i := range noise {
			noise[i] += w * c.noise[i]
		}
	}
	for i := range noise {
		c.noise[i] = noise[i] / weight
	}
	return math.Sqrt(variance / weight)
}

func (c *Calibration) variance(k int) float64 {
	s := spreadOf(k) * c.scale
	return s * s
}

// Apply moves constants of the table as the measurements say.
func (c *Calibration) Apply(e *Efficiency) {
	for k := range leeways {
		if c.moved[k] != 0 {
			v := leeways[k].at(e)
			*v = leeways[k].close(leeways[k].open(*v) + c.moved[k])
		}
	}
}

// log is the logarithm of a step's time with the constants moved; slopes, if
// asked for, are its derivatives. The factor on the whole time is the last.
func (c *Calibration) log(in *StepInputs, l *model.Layout, slopes *[unknowns]float64) float64 {
	s := &c.try
	*s = *in
	c.Apply(&s.Eff)
	t := c.logAsIs(l)
	if slopes != nil {
		const h = 1e-4
		for k := range leeways {
			v := leeways[k].at(&s.Eff)
			old := *v
			*v = leeways[k].close(leeways[k].open(old) + h)
			slopes[k] = (c.logAsIs(l) - t) / h
			*v = old
		}
		slopes[constants] = 1
	}
	return t + c.moved[constants]
}

func (c *Calibration) logAsIs(l *model.Layout) float64 {
	c.try.Prepare()
	c.try.Estimate(l, &c.step)
	return math.Log(c.step.Total)
}

func spreadOf(k int) float64 {
	if k == constants {
		return common
	}
	return leeways[k].spread
}

// loss is the misfit under what the model leaves and measuring, plus the
// distance from the prior: what the answer has least of.
func (c *Calibration) loss(want, got *[MaxMeasured]float64) float64 {
	var d [MaxMeasured]float64
	for i := range c.n {
		d[i] = want[i] - got[i]
		for j := range i + 1 {
			c.chol[i][j] = leftover * leftover * c.at[i].shared(&c.at[j])
		}
		c.chol[i][i] += c.noise[i]
	}
	c.factor()
	c.forward(&d)
	t := 0.0
	for i := range c.n {
		t += d[i] * d[i]
	}
	for k, x := range c.moved {
		t += x * x / c.variance(k)
	}
	return t
}

// solve finds what each measurement pulls: with slopes J, prior variances S,
// what the model leaves W and measuring variances R,
//
//	u = (J S J' + W + R)^-1 (want - got + J moved)      moved = S J' u
func (c *Calibration) solve(want, got *[MaxMeasured]float64) {
	n := c.n
	for i := range n {
		c.u[i] = want[i] - got[i]
		for k, j := range c.jac[i] {
			c.u[i] += j * c.moved[k]
		}
		for j := range i + 1 {
			c.chol[i][j] = leftover * leftover * c.at[i].shared(&c.at[j])
			for k := range c.jac[i] {
				c.chol[i][j] += c.jac[i][k] * c.variance(k) * c.jac[j][k]
			}
		}
		c.chol[i][i] += c.noise[i]
	}
	c.factor()
	c.forward(&c.u)
	c.back(&c.u)
}

// factor is Cholesky's, in place; the matrix is positive by its diagonal.
func (c *Calibration) factor() {
	for i := range c.n {
		for j := range i + 1 {
			sum := c.chol[i][j]
			for k := range j {
				sum -= c.chol[i][k] * c.chol[j][k]
			}
			if i == j {
				c.chol[i][i] = math.Sqrt(math.Max(sum, 1e-12))
			} else {
				c.chol[i][j] = sum / c.chol[j][j]
			}
		}
	}
}

// forward and back solve the triangles for x, in place.
func (c *Calibration) forward(x *[MaxMeasured]float64) {
	for i := range c.n {
		for k := range i {
			x[i] -= c.chol[i][k] * x[k]
		}
		x[i] /= c.chol[i][i]
	}
}

func (c *Calibration) back(x *[MaxMeasured]float64) {
	for i := c.n - 1; i >= 0; i-- {
		for k := i + 1; k < c.n; k++ {
			x[i] -= c.chol[k][i] * x[k]
		}
		x[i] /= c.chol[i][i]
	}
}

// left is what the model leaves of a step at a place, as far as measured steps
// like it tell, on the log scale.
func (c *Calibration) left(at *place) float64 {
	t := 0.0
	for i := range c.n {
		t += leftover * leftover * at.shared(&c.at[i]) * c.u[i]
	}
	return t
}

// odd reports a measurement so far from what the others make of it that it
// counts for less than a quarter.
func (c *Calibration) odd(i int) bool { return c.noise[i] > 4*measuring*measuring }

// Spread is the standard deviation of the logarithm of a step's time that the
// measurements leave. It allocates nothing.
func (c *Calibration) Spread(in *StepInputs, l *model.Layout) float64 {
	var g [unknowns]float64
	c.log(in, l, &g)
	at := placeOf(in, l)
	spread := leftover * leftover
	var x [MaxMeasured]float64
	for k, j := range g {
		spread += j * j * c.variance(k)
	}
	for i := range c.n {
		x[i] = leftover * leftover * at.shared(&c.at[i])
		for k, j := range g {
			x[i] += c.jac[i][k] * c.variance(k) * j
		}
	}
	c.forward(&x)
	for i := range c.n {
		spread -= x[i] * x[i]
	}
	return math.Sqrt(math.Max(0, spread) + measuring*measuring)
}

// Forecast is the time of a step by the calibrated constants, s, in the range
// that holds eight times in ten; lo and hi are the factors of the range without
// measurements (Basis.Spread), which it does not exceed in width. Factor is its
// width over that one's, on the log scale. It allocates nothing.
func (c *Calibration) Forecast(in *StepInputs, l *model.Layout, lo, hi float64) (t unit.Range, factor float64) {
	at := placeOf(in, l)
	v := math.Exp(c.log(in, l, nil) + c.left(&at))
	half := range80 * c.Spread(in, l)
	factor = 1
	if without := math.Log(hi/lo) / 2; half < without {
		factor = half / without
	} else {
		half = without
	}
	return unit.Range{V: v, Lo: v * math.Exp(-half), Hi: v * math.Exp(half)}, factor
}

// memory is the factor between measured and predicted memory, drawn towards 1
// by what is believed before: remembering against measuring.
func (c *Calibration) memory(rows []Measurement) {
	sum, n := 0.0, 0.0
	for i := range rows {
		r := &rows[i]
		if !(r.Memory > 0) || r.Peak == nil {
			continue
		}
		var p Peak
		r.Peak.FirstStageOnly(&r.Layout, &p)
		if p.Reserved > 0 {
			sum += math.Log(r.Memory / p.Reserved)
			n++
		}
	}
	if n > 0 {
		prior := (measuring / remembering) * (measuring / remembering)
		c.Memory = math.Exp(sum / (n + prior))
	}
}

// say tells what moved: how far off the table was, and the two constants that
// explain most of it.
func (c *Calibration) say(rows []Measurement) string {
	var b strings.Builder
	mean := 0.0
	for i := range rows {
		mean -= math.Log1p(c.Residuals[i].Before) / float64(c.n)
	}
	if c.n == 1 {
		b.WriteString("The measured step takes ")
	} else {
		b.WriteString("The " + strconv.Itoa(c.n) + " measured steps take ")
	}
	switch {
	case math.Abs(mean) < 0.01:
		b.WriteString("as long as expected")
	case mean > 0:
		b.WriteString(percent(math.Expm1(mean)) + " longer than expected")
	default:
		b.WriteString(percent(-math.Expm1(mean)) + " less than expected")
	}
	// What each constant does to the time, averaged over the steps.
	first, second := -1, -1
	effect := func(k int) float64 {
		t := 0.0
		for i := range rows {
			t += math.Abs(c.jac[i][k] * c.moved[k])
		}
		return t / float64(c.n)
	}
	for k := range leeways {
		if effect(k) < 0.005 {
			continue
		}
		if first < 0 || effect(k) > effect(first) {
			first, second = k, first
		} else if second < 0 || effect(k) > effect(second) {
			second = k
		}
	}
	if first >= 0 {
		old := rows[0].In.Eff
		tell := func(k int) string {
			return leeways[k].label + ", " + unit.Short(leeways[k].kind, *leeways[k].at(&old)) + " to " + unit.Short(leeways[k].kind, *leeways[k].at(&c.Eff))
		}
		b.WriteString(". Most of it goes to the " + tell(first))
		if second >= 0 {
			b.WriteString("; then to the " + tell(second))
		}
	}
	b.WriteString(". Eight times in ten a step like them will lie within " + percent(math.Expm1(range80*c.Spread(rows[0].In, &rows[0].Layout))) + " of the forecast.")
	odd := 0
	for i := range c.Residuals {
		if c.Residuals[i].Odd {
			odd++
		}
	}
	if odd > 0 {
		b.WriteString(" " + plural(odd) + " apart from the others: worth a second look.")
	}
	return b.String()
}

func plural(n int) string {
	if n == 1 {
		return "One step stands"
	}
	return strconv.Itoa(n) + " steps stand"
}

func percent(x float64) string { return unit.Short(unit.Fraction, x) }
