package catalog

import (
	_ "embed"
	"sync"
)

// A PublishedRun is a known training run, to hold a run against. Zero is not
// known. Cost is Epoch AI's amortised hardware and energy of the final run,
// USD of December 2024.
type PublishedRun struct {
	Name, Org, Date string
	FLOP            float64
	Status          string // disclosed, estimated, speculative
	Cost            float64
	EnergyMWh       float64
	EnergyBasis     string // measured, or worked out from hours and rated power
	Source          string
}

//go:embed data/published_runs.csv
var publishedRunsCSV string

var publishedRuns = sync.OnceValue(func() []PublishedRun {
	var out []PublishedRun
	maybe := func(s string) float64 {
		if s == "" {
			return 0
		}
		return number(s)
	}
	eachRow(publishedRunsCSV, func(r []string) {
		out = append(out, PublishedRun{Name: r[0], Org: r[1], Date: r[2], FLOP: number(r[3]), Status: r[4], Cost: maybe(r[5]), EnergyMWh: maybe(r[6]), EnergyBasis: r[7], Source: r[8]})
	})
	return out
})

// PublishedRuns lists them from the oldest to the newest. Read only.
func PublishedRuns() []PublishedRun { return publishedRuns() }

// A Trend is how something has grown, as a factor a year.
type Trend struct {
	Name, Says string
	PerYear    Value
}

//go:embed data/trends.csv
var trendsCSV string

var trends = sync.OnceValue(func() []Trend {
	var out []Trend
	eachRow(trendsCSV, func(r []string) {
		out = append(out, Trend{r[0], r[1], value(r[2], r[3], r[4], "times", r[5], r[6], r[7], r[8], r[9])})
	})
	return out
})

// Trends lists published growth rates. Read only.
func Trends() []Trend { return trends() }

// FindTrend finds a growth rate by name; false for a name that the table lacks.
func FindTrend(name string) (*Trend, bool) {
	all := trends()
	for i := range all {
		if all[i].Name == name {
			return &all[i], true
		}
	}
	return nil, false
}

// A Law asks more from an amount of training compute on, and some from an
// amount of money too.
type Law struct {
	Key, Name  string
	FLOP       float64
	USD        float64 // 0: money does not matter
	Status     string  // in force, signed, revoked, vetoed
	From       string
	Source     string
	Provenance string
	Note       string
}

//go:embed data/thresholds.csv
var thresholdsCSV string

var laws = sync.OnceValue(func() []Law {
	var out []Law
	eachRow(thresholdsCSV, func(r []string) {
		l := Law{Key: r[0], Name: r[1], FLOP: number(r[2]), Status: r[4], From: r[5], Source: r[6], Provenance: r[7], Note: r[8]}
		if r[3] != "" {
			l.USD = number(r[3])
		}
		out = append(out, l)
	})
	return out
})

// Laws lists thresholds of law. Read only.
func Laws() []Law { return laws() }
