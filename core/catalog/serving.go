package catalog

import (
	_ "embed"
	"sync"
)

// A ServingConstant is a figure about services as they run. What engines reach
// on an accelerator is fitted, see package serve.
type ServingConstant struct {
	Name string // reserve_bytes, busy_share, peak_over_mean, cache_hit
	Value
}

//go:embed data/serving.csv
var servingCSV string

var serving = sync.OnceValue(loadServing)

func loadServing() []ServingConstant {
	var out []ServingConstant
	eachRow(servingCSV, func(r []string) {
		out = append(out, ServingConstant{r[0], value(r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9])})
	})
	return out
}

// ServingConstants lists the table. Read only.
func ServingConstants() []ServingConstant { return serving() }

// Serving finds a constant, nil for a name that the table lacks. It allocates nothing.
func Serving(name string) *ServingConstant {
	all := serving()
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}
