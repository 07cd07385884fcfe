package bill

import (
	"math"
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// Making is the carbon of making the hardware that falls to GPU-hours: each
// hour in use carries its part of the whole, kg / (years · 8766 · share in use).
func Making(hours unit.GPUHours, perGPU unit.KgCO2e, years, use float64) unit.KgCO2e {
	return unit.KgCO2e(float64(hours)*float64(perGPU)) / unit.KgCO2e(years*hoursPerYear*use)
}

// MarketBased is the carbon of electricity when contracts for green power
// cover a share of it, which then counts as none. What is not covered counts
// at the grid's intensity.
func MarketBased(location unit.KgCO2e, green float64) unit.KgCO2e {
	return location * unit.KgCO2e(1-green)
}

// An Equivalent says how much of something that people know an amount is.
type Equivalent struct {
	Key, Label string
	Times      float64
	Each       *catalog.Value // one of them
}

// EquivalentCount is how many equivalents there are.
const EquivalentCount = 6

// equivalents are what an amount of each kind is held against.
var equivalents = sync.OnceValue(func() *[EquivalentCount]Equivalent {
	out := [EquivalentCount]Equivalent{
		{Key: "us_homes", Label: "US homes' electricity for a year"},
		{Key: "cars", Label: "US cars for a year"},
		{Key: "flights", Label: "seats on a flight New York to San Francisco"},
		{Key: "trees", Label: "years of a tree's growth"},
		{Key: "person_water", Label: "days of a US person's water at home"},
		{Key: "pools", Label: "Olympic pools of water"},
	}
	for i, name := range [EquivalentCount]string{"eq_us_home_kwh_year", "eq_car_kg_year", "eq_flight_ny_sf_kg", "eq_tree_year_kg", "eq_us_person_water_l_day", "eq_olympic_pool_l"} {
		out[i].Each, _ = catalog.Default(name)
	}
	return &out
})

// Equivalents fills out: homes' electricity of a year, cars of a year, flights
// across the United States, a tree's years, days of a person's water,
// swimming pools.
func Equivalents(e unit.Joules, co2 unit.KgCO2e, water unit.Litres, out *[EquivalentCount]Equivalent) {
	*out = *equivalents()
	for i, amount := range [EquivalentCount]float64{float64(e) / joulesPerKWh, float64(co2), float64(co2), float64(co2), float64(water), float64(water)} {
		if out[i].Each != nil && out[i].Each.V > 0 {
			out[i].Times = amount / out[i].Each.V
		}
	}
}

// Cleaner is the place with the least carbon per kWh among those that host a
// cloud region, counted by the same school as the place given. It is nil where
// that place is already the cleanest or its school lists no cloud region.
func Cleaner(g *catalog.Grid) *catalog.Grid {
	if g == nil {
		return nil
	}
	best := catalog.Cleanest(g.School)
	if best == nil || best.Carbon.V >= g.Carbon.V {
		return nil
	}
	return best
}

// Plausible says whether a site of that power exists, by the largest published
// training sites: the smallest listed one that is at least as large. It is nil
// above all of them.
func Plausible(site unit.Watts) *catalog.Site {
	all := catalog.Sites()
	for i := range all {
		if all[i].Power.V >= float64(site) {
			return &all[i]
		}
	}
	return nil
}

// Homes is how many homes a year of the site's power would supply.
func Homes(site unit.Watts) float64 {
	v, ok := catalog.Default("eq_us_home_kwh_year")
	if !ok || v.V <= 0 {
		return math.NaN()
	}
	return float64(site) / 1000 * hoursPerYear / v.V
}
