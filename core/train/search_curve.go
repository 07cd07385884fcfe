package train

import "math"

// A CurvePoint is the best plan for a number of GPUs.
type CurvePoint struct {
	There int // GPUs there; the plan may use fewer
	Found
	Batch float64 // sequences of a step
	Work  float64 // of the run over that with the batch given: larger batches learn less from each token
	Time  float64 // s for what a step of the batch given does
	Used  float64 // share of the GPUs added since half as many that counted: 1 where speed doubled, 0 where it stayed
	Best  bool    // no other point has fewer GPUs, less time and fewer GPU-seconds alike
}

// Curve searches for each number of GPUs, ascending. Batches twice as large
// and larger are tried too, up to critical sequences: beyond, a larger batch
// needs as many more tokens as it holds (McCandlish et al. 2018). A critical
// batch of 0 keeps the batch given.
//
// A run with a batch of B reads 1 + B/critical times the tokens that tiny
// batches would need.
func (s *Search) Curve(gpus []int, critical float64, out []CurvePoint) {
	given := s.Step.Batch
	t := *s
	t.Keep, t.Counted, t.Goal = 1, false, Fastest
	var o Outcome
	for i, n := range gpus {
		t.GPUs = n
		p := CurvePoint{There: n, Time: math.Inf(1)}
		for batch := given; ; batch *= 2 {
			work := 1.0
			if critical > 0 {
				work = (1 + batch/critical) / (1 + given/critical)
			}
			t.Step.Batch, t.Peak.Batch = batch, batch*s.Peak.Seq
			t.Run(&o)
			if len(o.Best) > 0 {
				f := &o.Best[0]
				time := f.Step.Total * given / batch * work
				if p.Batch == 0 || f.Fits && !p.Fits || f.Fits == p.Fits && time < p.Time {
					p.Found, p.Batch, p.Work, p.Time = *f, batch, work, time
				}
			}
			if batch*2 > critical {
				break
			}
		}
		out[i] = p
	}
	Marginal(out)
	frontier(out)
}

// Cramped is how many of the first points, none of n GPUs or more, hold the run
// only in ways that take more than twice the GPU-time of some larger fleet:
// memory leaves them nothing but plans that pass the weights round for every
// sequence.
func Cramped(c []CurvePoint, n int) int {
	least := math.Inf(1)
	for i := range c {
		if c[i].Fits {
			least = math.Min(least, float64(c[i].GPUs())*c[i].Time)
		}
	}
	first := 0
	for first < len(c)-1 && c[first].There < n && c[first].Fits && float64(c[first].GPUs())*c[first].Time > 2*least {
		first++
	}
	return first
}

// Marginal fills in which share of the GPUs added since half as many counted:
// (speed over speed - 1) over (GPUs over GPUs - 1); 1 where more memory in all
// made it more than that.
func Marginal(c []CurvePoint) {
	from := -1 // the last point with at most half of the GPUs
	for i := range c {
		c[i].Used = 1
		if !c[i].Fits {
			continue
		}
		if from < 0 {
			from = i
		}
		for from+1 < i && 2*c[from+1].There <= c[i].There {
			from++
		}
		if i > from {
			c[i].Used = math.Min(1, math.Max(0, (c[from].Time/c[i].Time-1)/(float64(c[i].There)/float64(c[from].There)-1)))
		}
	}
}

// frontier marks the points that nothing beats in GPUs, time and cost (GPUs
// used times time) alike.
func frontier(c []CurvePoint) {
	for i := range c {
		a := &c[i]
		a.Best = a.Fits
		for j := range c {
			b := &c[j]
			if i == j || !b.Fits || !a.Best {
				continue
			}
			n, m := float64(a.GPUs()), float64(b.GPUs())
			if m <= n && b.Time <= a.Time && m*b.Time <= n*a.Time && (m < n || b.Time < a.Time || j < i) {
				a.Best = false
			}
		}
	}
}

// Knee is the index of the last point up to which at least half of the GPUs
// added counted; -1 where none fits.
func Knee(c []CurvePoint) int {
	knee := -1
	for i := range c {
		if !c[i].Fits {
			continue
		}
		if knee >= 0 && c[i].Used < 0.5 {
			break
		}
		knee = i
	}
	return knee
}
