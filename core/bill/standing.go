package bill

import (
	"math"
	"sort"
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// A Standing is a run's place among the published ones.
type Standing struct {
	More, Less   int                   // published runs with more compute, and with less
	Above, Below *catalog.PublishedRun // the nearest of them; nil where there is none
	Frontier     unit.Range            // compute of the largest runs at that time, on trend
	FrontierCost unit.Range            // what they cost, on trend, USD
	Behind       float64               // years by which the run lies behind the trend; below zero: ahead
}

var byCompute = sync.OnceValue(func() []*catalog.PublishedRun {
	all := catalog.PublishedRuns()
	out := make([]*catalog.PublishedRun, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].FLOP < out[j].FLOP })
	return out
})

// Place finds a run's place among the published ones, at a time in years.
func Place(work unit.FLOP, year float64) (s Standing) {
	for _, r := range byCompute() {
		switch {
		case r.FLOP > float64(work):
			if s.More == 0 {
				s.Above = r
			}
			s.More++
		case r.FLOP < float64(work):
			s.Less++
			s.Below = r
		}
	}
	s.Frontier = OnTrend("compute", year)
	s.FrontierCost = OnTrend("cost", year)
	if t, ok := catalog.FindTrend("compute"); ok && work > 0 && s.Frontier.V > 0 {
		s.Behind = math.Log(s.Frontier.V/float64(work)) / math.Log(t.PerYear.V)
	}
	return s
}

// anchor is where a trend line stands in the middle of its records: the runs
// that were the largest, or dearest, when they appeared, since 2020. The
// published rate gives the slope; the line goes through their middle.
type anchor struct{ year, log float64 }

var anchors = sync.OnceValue(func() map[string]anchor {
	out := map[string]anchor{}
	for name, of := range map[string]func(*catalog.PublishedRun) float64{
		"compute": func(r *catalog.PublishedRun) float64 { return r.FLOP },
		"cost":    func(r *catalog.PublishedRun) float64 { return r.Cost },
	} {
		t, ok := catalog.FindTrend(name)
		if !ok {
			continue
		}
		most := 0.0
		var at []anchor
		all := catalog.PublishedRuns()
		for i := range all {
			v, y := of(&all[i]), YearOf(all[i].Date)
			if v <= most {
				continue
			}
			most = v
			if y >= 2020 {
				at = append(at, anchor{y, math.Log(v)})
			}
		}
		if len(at) == 0 {
			continue
		}
		mid := 0.0
		for _, a := range at {
			mid += a.year / float64(len(at))
		}
		slope := math.Log(t.PerYear.V)
		rest := make([]float64, len(at))
		for i, a := range at {
			rest[i] = a.log - slope*(a.year-mid)
		}
		sort.Float64s(rest)
		out[name] = anchor{mid, (rest[(len(rest)-1)/2] + rest[len(rest)/2]) / 2}
	}
	return out
})

// OnTrend is a trend's value at a time, in years, with the band of its rate:
// it widens with the distance from the records that the line goes through.
// Trends: compute in FLOP, cost in USD of December 2024. Zero for any other.
func OnTrend(name string, year float64) unit.Range {
	t, ok := catalog.FindTrend(name)
	a, known := anchors()[name]
	if !ok || !known {
		return unit.Range{}
	}
	d := year - a.year
	v := math.Exp(a.log)
	r := unit.Range{V: v * math.Pow(t.PerYear.V, d), Lo: v * math.Pow(t.PerYear.Lo, d), Hi: v * math.Pow(t.PerYear.Hi, d)}
	if r.Lo > r.Hi {
		r.Lo, r.Hi = r.Hi, r.Lo
	}
	return r
}

// A Reach is how a run stands to a law's threshold.
type Reach struct {
	Law   *catalog.Law
	Times float64 // the run's compute over the threshold
	Over  bool    // above it, and above its sum of money if it names one
}

// Reaches holds a run against every threshold of law.
func Reaches(work unit.FLOP, cost unit.USD) []Reach {
	all := catalog.Laws()
	out := make([]Reach, len(all))
	for i := range all {
		l := &all[i]
		out[i] = Reach{l, Share(float64(work), l.FLOP), Exceeds(work, unit.FLOP(l.FLOP)) && float64(cost) >= l.USD}
	}
	return out
}
