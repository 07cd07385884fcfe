package core

import (
	"math"

	"flopbook/core/scenario"
)

// The demands that ways are weighed over, in questions a day: eight for each
// power of ten, the same whatever the case asks for.
const (
	leastPerDay = 1e-2
	MostPerDay  = 1e10
	demandCount = 12*8 + 1
)

// A Meeting is where one way becomes cheaper than another.
type Meeting struct {
	Questions float64 // over the days ahead, from which on it is cheaper; 0 always, +Inf never up to [MostPerDay], NaN where one of the two has no price
	Machines  float64 // USD a day there, of machines of one's own for the way
	Jump      bool    // the machines become cheaper just there, by another number of GPUs a copy: no equation holds
}

// Opens reports whether a formula gives the number of questions.
func (m *Meeting) Opens() bool { return m.Questions > 0 && !math.IsInf(m.Questions, 1) && !m.Jump }

// Rivals are the alternatives for any number of questions:
//
//	total(q) = setup + per year · years + paid · q + machines(q / days) · days
//
// where only ways that answer on machines of one's own have the last term:
// flat until one copy is full, then in whole copies. They share one curve of
// machines, whatever the demand of the case.
type Rivals struct {
	Costs    [AlternativeCount]AlternativeCost
	API, RAG [AlternativeCount]Meeting // with the API; of what is learned, with looking things up

	in       *Resolved
	rep      *Report
	days     float64
	demands  [demandCount]float64 // questions a day
	machines [demandCount]float64 // USD a day
}

// Weigh works out the alternatives and where they meet. It tries the service at
// many demands, so it is for when somebody looks; it allocates nothing itself.
func Weigh(in *Resolved, rep *Report, whole *TheBill, r *Rivals) {
	*r = Rivals{in: in, rep: rep, days: in.V(scenario.Horizon)}
	Compete(in, rep, whole, &r.Costs)
	for i := range r.demands {
		r.demands[i] = leastPerDay * math.Pow(10, float64(i)/8)
	}
	if rep.Known[CostPerQuery] {
		var points [demandCount]WayPoint
		Ways(in, rep, r.demands[:], points[:])
		for i := range points {
			r.machines[i] = points[i].Rent
		}
	}
	for i := range r.Costs {
		alt := Alternative(i)
		r.API[i], r.RAG[i] = Meeting{Questions: math.NaN()}, Meeting{Questions: math.NaN()}
		if alt != ByAPI {
			r.API[i] = r.meet(alt, ByAPI)
		}
		if r.Costs[i].Learns > 0 {
			r.RAG[i] = r.meet(alt, ByRAG)
		}
	}
}

// Machines is what machines of one's own cost over the days ahead for so many
// questions, in USD, with those who look after them.
func (r *Rivals) Machines(questions float64) float64 { return r.aDay(questions/r.days) * r.days }

func (r *Rivals) aDay(perDay float64) float64 {
	demand, point := [1]float64{perDay}, [1]WayPoint{}
	Ways(r.in, r.rep, demand[:], point[:])
	return point[0].Rent
}

// Total is what a way costs over the days ahead for so many questions, USD.
func (r *Rivals) Total(alt Alternative, questions float64) float64 {
	c := &r.Costs[alt]
	v := c.Setup.V + c.PerYear.V*r.days/365 + c.Paid*questions
	if c.Own {
		v += r.Machines(questions)
	}
	return v
}

// meet finds from how many questions on a costs less than b: between the last
// demand tried at which it costs more and the next one. Machines change in
// steps, so once both ends of the interval have the same ones, the crossing is
//
//	q = (Δsetup + Δper year · years + machines · days) / (paid of b - paid of a)
func (r *Rivals) meet(a, b Alternative) Meeting {
	x, y := &r.Costs[a], &r.Costs[b]
	if !x.Known || !y.Known || y.Own && !x.Own {
		return Meeting{Questions: math.NaN()}
	}
	fixed := x.Setup.V - y.Setup.V + (x.PerYear.V-y.PerYear.V)*r.days/365
	saved := y.Paid - x.Paid
	apart := x.Own && !y.Own // on the same machines these cancel out
	more := func(perDay, machines float64) float64 { return fixed + (machines-saved*perDay)*r.days }
	at := func(i int) float64 {
		if apart {
			return r.machines[i]
		}
		return 0
	}
	last := demandCount - 1
	for last >= 0 && more(r.demands[last], at(last)) < 0 {
		last--
	}
	switch {
	case last == demandCount-1:
		return Meeting{Questions: math.Inf(1)}
	case last < 0 && fixed+at(0)*r.days <= 0:
		return Meeting{}
	case last < 0: // before the first demand that was tried
		return Meeting{Questions: (fixed + at(0)*r.days) / saved, Machines: at(0)}
	}
	lo, hi := r.demands[last], r.demands[last+1]
	from, to := at(last), at(last+1)
	for n := 0; n < 60 && from != to; n++ {
		mid := math.Sqrt(lo * hi)
		if m := r.aDay(mid); more(mid, m) < 0 {
			hi, to = mid, m
		} else {
			lo, from = mid, m
		}
	}
	if from != to {
		return Meeting{Questions: hi * r.days, Machines: to, Jump: true}
	}
	return Meeting{Questions: (fixed + to*r.days) / saved, Machines: to}
}
