package train

import (
	_ "embed"
	"math"
	"sort"
	"sync"

	"flopbook/core/unit"
)

//go:embed data/practice.csv
var practiceCSV string

// Practice is what whole runs keep of the speed of the layout that is predicted
// fastest, once stops are taken out: teams run other layouts than the best,
// evaluate, warm up, change things by hand, and bill it all.
type Practice struct {
	Share         unit.Range // eight in ten runs lie in it
	Rows, Sources int        // disclosed runs and their sources
	Error         float64    // median |predicted/disclosed - 1| of GPU-hours, each source left out in turn
	Date          string
}

// A RunRatio is the predicted GPU-hours of a disclosed run, at its best, over
// those disclosed.
type RunRatio struct {
	Group string // its source
	Ratio float64
}

// FitPractice takes the middle and the spread of runs, those of one source left
// out ("" for none). A source counts as the square root of its runs. The middle
// is the mean of the logarithms of the middle half: a median of few sources
// moves by steps when a single run changes. A new
// source is one more draw from as many as there are: the level of the range
// rises by one in that number (conformal prediction with groups, Dunn et al. 2022).
func FitPractice(rs []RunRatio, without string) Practice {
	n := map[string]float64{}
	for _, r := range rs {
		if r.Group != without || without == "" {
			n[r.Group]++
		}
	}
	var v []RunRatio
	for _, r := range rs {
		if n[r.Group] > 0 && r.Ratio > 0 {
			v = append(v, r)
		}
	}
	p := Practice{Share: unit.Exact(1), Rows: len(v), Sources: len(n)}
	if len(v) == 0 {
		return p
	}
	sort.Slice(v, func(i, j int) bool { return v[i].Ratio < v[j].Ratio })
	total := 0.0
	for _, r := range v {
		total += 1 / math.Sqrt(n[r.Group])
	}
	at := func(q float64) float64 {
		sum := 0.0
		for _, r := range v {
			if sum += 1 / math.Sqrt(n[r.Group]); sum >= q*total {
				return r.Ratio
			}
		}
		return v[len(v)-1].Ratio
	}
	middle, weight, sum := 0.0, 0.0, 0.0
	for _, r := range v {
		w := 1 / math.Sqrt(n[r.Group])
		inside := math.Min(sum+w, 0.75*total) - math.Max(sum, 0.25*total)
		sum += w
		if inside > 0 {
			middle += inside * math.Log(r.Ratio)
			weight += inside
		}
	}
	level := math.Min(0.95, 0.8*(1+1/float64(len(n))))
	p.Share = unit.Range{V: math.Exp(middle / weight), Lo: at((1 - level) / 2), Hi: at((1 + level) / 2)}
	p.Share.Lo, p.Share.Hi = math.Min(p.Share.Lo, p.Share.V), math.Max(p.Share.Hi, p.Share.V)
	return p
}

type practiceTable struct {
	all     Practice
	without map[string]Practice
}

var practices = sync.OnceValue(func() practiceTable {
	t := practiceTable{without: map[string]Practice{}}
	lines(practiceCSV, func(c []string) {
		p := Practice{Share: unit.Range{V: figure(c[1]), Lo: figure(c[2]), Hi: figure(c[3])}, Rows: int(figure(c[4])), Sources: int(figure(c[5])), Error: figure(c[6]), Date: c[7]}
		if c[0] == "" {
			t.all = p
		} else {
			t.without[c[0]] = p
		}
	})
	return t
})

// PracticeWithout is the shipped fit with a source left out; of a source that
// it has not seen, and of none (""), the fit on all.
func PracticeWithout(group string) Practice {
	t := practices()
	if p, ok := t.without[group]; ok {
		return p
	}
	return t.all
}

// Widen spreads a range of disclosed runs for weaker evidence and for each of
// `unknown` things that are assumed: disclosed runs are of machines about whose
// steps much is known.
func (b *Basis) Widen(r unit.Range, unknown float64) unit.Range {
	w := widening[max(b.Evidence, OtherSoftware)]
	f := w.factor / widening[OtherSoftware].factor * (1 + PerUnknown*unknown)
	down, up := math.Log(r.V/r.Lo)*f, math.Log(r.Hi/r.V)*f
	return unit.Range{V: r.V, Lo: r.V * math.Exp(-math.Max(down, w.floor)), Hi: r.V * math.Exp(math.Max(up, w.floor))}
}
