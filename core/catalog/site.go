package catalog

import (
	_ "embed"
	"sync"
)

// A Site is a published place that trains models, by the power it draws.
type Site struct {
	Name  string
	State string // built, planned, announced
	Power Value  // W, the whole site
}

//go:embed data/sites.csv
var sitesCSV string

var sites = sync.OnceValue(func() []Site {
	var out []Site
	eachRow(sitesCSV, func(r []string) {
		out = append(out, Site{r[0], r[1], value(r[2], "", "", r[3], r[4], r[5], r[6], r[7], r[8])})
	})
	return out
})

// Sites lists them from the smallest to the largest. Read only.
func Sites() []Site { return sites() }
