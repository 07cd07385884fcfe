package catalog

import (
	_ "embed"
	"strings"
	"sync"

	"flopbook/core/unit"
)

// A School is a way of counting a grid's carbon. Two grids compare only within
// one school: for the same year Ember gives France 44 g/kWh (what its power
// stations emit) and Electricity Maps 31 (imports traced).
type School uint8

const (
	Ember           School = iota + 1 // yearly generation mix by country
	ElectricityMaps                   // yearly, flow-traced, by zone
	Google                            // Google's own figures for its regions, grid average
)

func (s School) String() string {
	switch s {
	case Ember:
		return "Ember, generation mix"
	case ElectricityMaps:
		return "Electricity Maps, imports traced"
	case Google:
		return "Google Cloud, grid average"
	}
	return "unknown"
}

// A Grid is a place that draws power: a country, a state of the USA or a cloud region.
type Grid struct {
	ID     string // "FRA", "US-TX", "aws-us-east-1", "WORLD"
	Name   string
	Type   string // world, group, country, us_state, cloud
	Place  string // country or state whose price and water figures apply
	School School
	Carbon Value // kg CO2e per kWh, location-based, life-cycle
	Price  Value // USD per kWh for industry or business, where known
	Water  Value // litres evaporated per kWh where the power is made, where known
	Hosts  bool  // a cloud region stands here
}

//go:embed data/grid_ember.csv
var gridEmberCSV string

//go:embed data/grid_electricitymaps.csv
var gridElectricityMapsCSV string

//go:embed data/grid_google.csv
var gridGoogleCSV string

//go:embed data/power_prices.csv
var powerPricesCSV string

//go:embed data/water_intensity.csv
var waterCSV string

type gridTable struct {
	all []Grid
	at  map[string]int
}

var grids = sync.OnceValue(loadGrids)

func loadGrids() gridTable {
	prices, waters := map[string]Value{}, map[string]Value{}
	eachRow(powerPricesCSV, func(r []string) {
		prices[r[0]] = value(r[1], "", "", r[2], r[3], r[4], r[5], r[6], r[7])
	})
	eachRow(waterCSV, func(r []string) {
		waters[r[0]] = value(r[1], "", "", r[2], r[3], r[4], r[5], r[6], r[7])
	})
	t := gridTable{at: map[string]int{}}
	for _, f := range []struct {
		text   string
		school School
	}{{gridEmberCSV, Ember}, {gridElectricityMapsCSV, ElectricityMaps}, {gridGoogleCSV, Google}} {
		eachRow(f.text, func(r []string) {
			g := Grid{ID: r[0], Name: r[1], Type: r[2], Place: r[3], School: f.school,
				Carbon: value(r[4], "", "", r[5], r[6], r[7], r[8], r[9], r[10])}
			if g.Place == "" {
				g.Place = g.ID
			}
			g.Price, g.Water = local(prices, g.Place), local(waters, g.Place)
			i := len(t.all)
			t.all = append(t.all, g)
			for _, n := range []string{g.ID, plainPlace(g.ID), plainPlace(g.Name)} {
				// The first school to name a place keeps the name: countries before regions.
				if _, taken := t.at[n]; !taken {
					t.at[n] = i
				}
			}
		})
	}
	hosts := map[string]bool{}
	for i := range t.all {
		if g := &t.all[i]; g.Type == "cloud" {
			country, _, _ := strings.Cut(g.Place, "-")
			if country == "US" {
				country = "USA"
			}
			hosts[country] = true
			g.Hosts = true
		}
	}
	for i := range t.all {
		if g := &t.all[i]; g.Type == "country" {
			g.Hosts = hosts[g.ID]
		}
	}
	for name, id := range map[string]string{"us": "USA", "unitedstatesofamerica": "USA", "america": "USA", "uk": "GBR", "britain": "GBR",
		"greatbritain": "GBR", "england": "GBR", "eu": "EU", "europeanunion": "EU", "global": "WORLD", "de": "DEU", "fr": "FRA", "cn": "CHN",
		"in": "IND", "jp": "JPN", "se": "SWE", "no": "NOR", "fi": "FIN", "nl": "NLD", "ie": "IRL", "ch": "CHE", "es": "ESP", "it": "ITA",
		"pl": "POL", "kr": "KOR", "korea": "KOR", "sg": "SGP", "tw": "TWN", "au": "AUS", "ca": "CAN", "br": "BRA", "uae": "ARE", "za": "ZAF",
		"virginia": "US-VA", "czechrepublic": "CZE", "holland": "NLD"} {
		i, ok := t.at[id]
		if !ok {
			panic("catalog: grid name for unknown " + id)
		}
		t.at[name] = i
	}
	return t
}

// local is a place's own figure, or its country's, said so and trusted less.
func local(of map[string]Value, place string) Value {
	if v, ok := of[place]; ok {
		return v
	}
	if strings.HasPrefix(place, "US-") {
		if v, ok := of["USA"]; ok {
			v.Note = "US average; " + v.Note
			v.Confidence = min(v.Confidence, Medium)
			return v
		}
	}
	return Value{}
}

func plainPlace(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == 'ã' || r == 'ā' || r == 'ä':
			b.WriteByte('a')
		case r == 'ö' || r == 'ō':
			b.WriteByte('o')
		case r == 'ü':
			b.WriteByte('u')
		}
	}
	return strings.TrimPrefix(b.String(), "the")
}

// Grids lists the places in a stable order, school by school. Read only.
func Grids() []Grid { return grids().all }

// FindGrid looks up a place by its id ("FRA", "US-TX", "aws-us-east-1") or
// name ("France", "Texas"). An id is found without allocating.
func FindGrid(name string) (*Grid, *unit.Problem) {
	t := grids()
	if i, ok := t.at[name]; ok {
		return &t.all[i], nil
	}
	s := plainPlace(name)
	for _, n := range []string{s, "aws" + s, "azure" + s, "gcp" + s} {
		if i, ok := t.at[n]; ok && s != "" {
			return &t.all[i], nil
		}
	}
	p := &unit.Problem{Field: "Grid", Value: name, Wrong: "is not a place in the catalogue", Fix: "try World, a country, a US state or a cloud region, or give kg CO2e per kWh"}
	if s == "" {
		p.Wrong = "is missing"
		return nil, p
	}
	if len(s) > 60 {
		return nil, p
	}
	best, at := 1+len(s)/3, -1
	for n, i := range t.at {
		n = plainPlace(n)
		if d := distance(s, n, best); d < best || d == best && at >= 0 && i < at {
			best, at = d, i
		}
	}
	if at >= 0 {
		p.Fix = "did you mean " + t.all[at].Name + "?"
	}
	return nil, p
}

var cleanest = sync.OnceValue(func() map[School]*Grid {
	out := map[School]*Grid{}
	all := grids().all
	for i := range all {
		if g := &all[i]; g.Hosts && g.Carbon.Known && (out[g.School] == nil || g.Carbon.V < out[g.School].Carbon.V) {
			out[g.School] = g
		}
	}
	return out
})

// Cleanest is the place with the least carbon per kWh among those of a school
// where a cloud region stands; nil for a school without any.
func Cleanest(s School) *Grid { return cleanest()[s] }

// Comparable says whether two grids' carbon is counted in the same way.
func Comparable(a, b *Grid) bool { return a.School == b.School }
