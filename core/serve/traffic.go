package serve

import "math"

// Minutes of the day and of the week that traffic is cut into.
const (
	DayMinutes  = 24 * 60
	WeekMinutes = 7 * DayMinutes
)

// A Traffic is the shape of a week's demand, its mean 1: every day one broad
// peak, exp(κ cos), as wide as the ratio of peak to mean asks for, and two days
// with less. Published traces give the ratio (Azure 2024: 1.92 for chat, 3.54
// for code); the shape between is assumed.
type Traffic struct {
	kappa            float64
	scale            float64 // 1 over the day's mean of exp(κ (cos - 1))
	weekday, weekend float64 // a day's mean over the week's
}

// SteepestPeak is the largest ratio of peak to mean that a week can have.
const SteepestPeak = 30

const (
	peakMinute = 14 * 60 // when the day's peak is
	// weekendShare is a weekend day's traffic over a weekday's. Assumed.
	weekendShare = 0.6
)

// NewTraffic is the week whose busiest minute has peak times the mean, peak
// from 1 to [SteepestPeak].
func NewTraffic(peak float64) Traffic {
	t := Traffic{weekday: 7 / (5 + 2*weekendShare)}
	if !(peak > t.weekday) {
		// Flatter than the week's own rhythm: the weekend makes up for it.
		t.weekday = math.Max(peak, 1)
		if !(t.weekday >= 1) {
			t.weekday = 1
		}
		t.weekend, t.scale = (7-5*t.weekday)/2, 1
		return t
	}
	t.weekend = t.weekday * weekendShare
	// The peak over the day's mean, 1/mean of exp(κ(cos-1)), grows with κ.
	want := math.Min(peak, SteepestPeak) / t.weekday
	lo, hi := 0.0, 200.0
	for range 50 {
		t.kappa = (lo + hi) / 2
		if t.scale = 1 / dayMean(t.kappa); t.scale < want {
			lo = t.kappa
		} else {
			hi = t.kappa
		}
	}
	return t
}

// dayMean is the mean of exp(κ(cos-1)) over a day; the sum over evenly spread
// points is exact for a smooth periodic curve.
func dayMean(kappa float64) float64 {
	const n = 96
	sum := 0.0
	for i := range n {
		sum += math.Exp(kappa * (math.Cos(2*math.Pi*float64(i)/n) - 1))
	}
	return sum / n
}

// day is the shape of one day, its mean 1.
func (t *Traffic) day(out *[DayMinutes]float64) {
	for i := range out {
		out[i] = t.scale * math.Exp(t.kappa*(math.Cos(2*math.Pi*float64(i-peakMinute)/DayMinutes)-1))
	}
}

// Peak is the busiest minute over the week's mean.
func (t *Traffic) Peak() float64 { return t.weekday * t.scale }

// of is the day's mean over the week's; the week starts on Monday.
func (t *Traffic) of(day int) float64 {
	if day%7 >= 5 {
		return t.weekend
	}
	return t.weekday
}

// A Scaling says how copies follow the traffic. The zero value runs for the
// busiest minute all week.
type Scaling struct {
	Follow   bool    // copies are started and stopped
	Lead     float64 // minutes that a copy takes to start
	Headroom float64 // share kept above what is needed
}

// A Minute of the week.
type Minute struct {
	Rate   float64 // questions/s
	Copies float64 // running
	Load   float64 // share of them in use
	Wait   float64 // s that one question in ten waits longer than
}

// Week writes the copies and their load minute by minute; out has up to
// [WeekMinutes] entries.
func (s *Service) Week(p *Plan, r *Result, out []Minute) {
	var day [DayMinutes]float64
	t := NewTraffic(s.Peak)
	t.day(&day)
	mean := s.PerDay / 86400
	for i := range out {
		m := &out[i]
		m.Rate = mean * day[i%DayMinutes] * t.of(i/DayMinutes)
		m.Copies = s.running(p, &day, &t, i)
		m.Load = m.Rate / (m.Copies * r.Full.Questions)
		each := m.Copies / s.Regions
		m.Wait = LongWait(each*r.Full.Seqs, m.Load, r.Hold, s.ArrivalCV2, s.OutCV2)
	}
}

// running is the copies that run at a minute of the week: enough for the
// busiest minute until more could have started.
func (s *Service) running(p *Plan, day *[DayMinutes]float64, t *Traffic, minute int) float64 {
	most := p.Copies + s.Spare
	if !s.Scaling.Follow {
		return most
	}
	at := func(i int) float64 { return day[i%DayMinutes] * t.of(i/DayMinutes) }
	lead := int(math.Max(0, math.Min(s.Scaling.Lead, DayMinutes)))
	rate := math.Max(at(minute), at(minute+lead))
	if now := minute % DayMinutes; now <= peakMinute && now+lead >= peakMinute {
		rate = at(minute - now + peakMinute)
	}
	need := math.Ceil(p.Copies*math.Min(1, rate/t.Peak()*(1+s.Scaling.Headroom)) - 1e-9)
	return math.Min(most, math.Max(need, s.Regions)+s.Spare)
}

// meanCopies is the copies that run on average over the week.
func (s *Service) meanCopies(p *Plan) float64 {
	if !s.Scaling.Follow {
		return p.Copies + s.Spare
	}
	var day [DayMinutes]float64
	t := NewTraffic(s.Peak)
	t.day(&day)
	sum := 0.0
	for i := range WeekMinutes {
		sum += s.running(p, &day, &t, i)
	}
	return sum / WeekMinutes
}

// FollowedShare is the mean over the provisioned load of a fleet so large that
// whole copies do not matter.
func FollowedShare(peak float64, scaling Scaling) float64 {
	s := Service{Peak: peak, Regions: 1, Scaling: scaling}
	p := Plan{Copies: 1e6}
	return p.Copies / peak / s.meanCopies(&p)
}
