package bill

import (
	"math"
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// PersonYear is what a full-time year of a person costs: salary with the
// employer's part, and shares.
func PersonYear(salary unit.USD, overhead float64, equity unit.USD) unit.USD {
	return salary*unit.USD(overhead) + equity
}

// Staff is what a team costs over some days: people · full-time share · years ·
// the cost of a year (Epoch AI, development cost).
func Staff(team, share float64, days unit.Days, year unit.USD) unit.USD {
	return unit.USD(team*share*float64(days)/365) * year
}

// teamLaw is contributors by training compute, a power law through published
// developments: contributors = a · FLOP^b, and how far one of them lies off a
// line through the others.
type teamLaw struct{ a, b, width float64 }

var teamFit = sync.OnceValue(func() teamLaw {
	all := catalog.Developments()
	fit := func(skip int) (a, b float64) {
		var n, sx, sy, sxx, sxy float64
		for i := range all {
			if i == skip {
				continue
			}
			x, y := math.Log(all[i].FLOP), math.Log(all[i].Contributors)
			n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
		}
		b = (n*sxy - sx*sy) / (n*sxx - sx*sx)
		return (sy - b*sx) / n, b
	}
	var l teamLaw
	sum := 0.0
	for i := range all {
		a, b := fit(i)
		e := math.Log(all[i].Contributors) - a - b*math.Log(all[i].FLOP)
		sum += e * e
	}
	l.a, l.b = fit(-1)
	l.width = 1.638 * math.Sqrt(sum/float64(len(all))) // Student's t, one in ten above, three degrees of freedom
	return l
})

// Contributors is how many people would be named as contributors to a model of
// so much training compute, and its range; at least one person. It rests on
// four developments, so it is wide, and says little far below 1e22 FLOP.
func Contributors(work unit.FLOP) unit.Range {
	l := teamFit()
	if work <= 0 {
		return unit.Exact(1)
	}
	v := math.Exp(l.a + l.b*math.Log(float64(work)))
	if v < 1 {
		return unit.Range{V: 1, Lo: 1, Hi: math.Max(1, v*math.Exp(l.width))}
	}
	return unit.Range{V: v, Lo: math.Max(1, v*math.Exp(-l.width)), Hi: v * math.Exp(l.width)}
}
