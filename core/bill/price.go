package bill

import (
	"math"
	"sort"
	"strconv"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// A PriceOf is what an accelerator rents for at a time.
type PriceOf struct {
	R                  unit.Range // USD per GPU-hour
	Source, Date, Note string
	Known              bool
}

// YearOf reads the date of a price: a year, a month or a day. A year alone is
// its middle.
func YearOf(date string) float64 {
	y, err := strconv.ParseFloat(date[:min(4, len(date))], 64)
	if err != nil {
		return math.NaN()
	}
	if len(date) < 7 {
		return y + 0.5
	}
	m, err := strconv.ParseFloat(date[5:7], 64)
	if err != nil {
		return y + 0.5
	}
	return y + (m-0.5)/12
}

// PriceIn is what an accelerator rented for at a time, from dated prices on
// demand and indices: the median of those within half a year, and their
// spread. After the newest one the newest stays and its range widens with the
// square root of the years, by how much prices have moved before; nothing is
// extended, since they have gone up as well as down.
func PriceIn(prices []catalog.RentalPrice, year float64) PriceOf {
	type point struct {
		at, v float64
		p     *catalog.RentalPrice
	}
	var all []point
	for i := range prices {
		p := &prices[i]
		if p.Kind != "on-demand" && p.Kind != "median on-demand" && p.Kind != "index" {
			continue
		}
		if at := YearOf(p.Date); !math.IsNaN(at) && p.V > 0 {
			all = append(all, point{at, p.V, p})
		}
	}
	if len(all) == 0 {
		return PriceOf{}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at < all[j].at })
	oldest, newest := all[0].at, all[len(all)-1].at
	at := math.Min(math.Max(year, oldest), newest)
	var near []point
	for within := 0.5; len(near) == 0; within *= 2 {
		for _, p := range all {
			if math.Abs(p.at-at) <= within {
				near = append(near, p)
			}
		}
	}
	sort.SliceStable(near, func(i, j int) bool { return near[i].v < near[j].v })
	mid := near[len(near)/2]
	v := mid.v
	if len(near)%2 == 0 {
		v = math.Sqrt(v * near[len(near)/2-1].v)
	}
	out := PriceOf{R: unit.Range{V: v, Lo: math.Min(v, near[0].v), Hi: math.Max(v, near[len(near)-1].v)}, Source: mid.p.Source, Date: mid.p.Date,
		Note: "median of " + strconv.Itoa(len(near)) + " prices around then", Known: true}
	if gap := math.Max(year-newest, oldest-year); gap > 0 {
		// How far prices move in a year: root mean square of the yearly medians' steps.
		type middle struct{ sum, n float64 }
		years := map[int]*middle{}
		for _, p := range all {
			y := int(p.at)
			if years[y] == nil {
				years[y] = &middle{}
			}
			years[y].sum += math.Log(p.v)
			years[y].n++
		}
		steps, n := 0.0, 0.0
		for y, m := range years {
			if next := years[y+1]; next != nil {
				d := next.sum/next.n - m.sum/m.n
				steps += d * d
				n++
			}
		}
		move := math.Ln2 / 2
		if n > 0 {
			move = math.Max(0.1, math.Sqrt(steps/n))
		}
		w := 1.2816 * move * math.Sqrt(gap)
		out.R.Lo *= math.Exp(-w)
		out.R.Hi *= math.Exp(w)
		out.Note = "the newest known price, the range wider for each year since: prices have gone up as well as down"
		if year < oldest {
			out.Note = "the oldest known price, the range wider for each year before"
		}
	}
	return out
}
