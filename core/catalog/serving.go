package catalog

import (
	_ "embed"
	"sync"
)

// A ServingConstant is one constant of the serving model's efficiency layer.
// An empty family or kind speaks for every one.
type ServingConstant struct {
	Name   string // ratio, matmul_eff, memory_eff, kv_eff, prefill_eff, step_overhead, busy_share ...
	Family string // accelerator family
	Kind   string // dense, moe, 16-bit, fp8
	Value
}

//go:embed data/serving.csv
var servingCSV string

var serving = sync.OnceValue(loadServing)

func loadServing() []ServingConstant {
	var out []ServingConstant
	eachRow(servingCSV, func(r []string) {
		out = append(out, ServingConstant{r[0], r[1], r[2], value(r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11])})
	})
	return out
}

// ServingConstants lists the table. Read only.
func ServingConstants() []ServingConstant { return serving() }

// Serving finds the constant that speaks most closely for a family and kind:
// both, then the kind for any family, then the family, then all. It allocates
// nothing and is nil for a name that the table lacks. Kind is "dense" or "moe" for ratio,
// "16-bit" or "fp8" for prefill_eff, and may be empty.
func Serving(name, family, kind string) *ServingConstant {
	all := serving()
	var best *ServingConstant
	score := -1
	for i := range all {
		c := &all[i]
		if c.Name != name || c.Family != "" && c.Family != family || c.Kind != "" && c.Kind != kind {
			continue
		}
		s := 0
		if c.Family != "" {
			s++
		}
		if c.Kind != "" {
			s += 2
		}
		if s > score {
			best, score = c, s
		}
	}
	return best
}
