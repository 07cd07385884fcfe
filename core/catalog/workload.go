package catalog

import (
	_ "embed"
	"math"
	"sync"
)

// A Workload is traffic as a published trace has it.
type Workload struct {
	Key, Name string
	In, Out   Value // tokens of a question and of an answer, mean
	InCV      Value // standard deviation over mean; not Known where no quantiles were published
	OutCV     Value
	ArrivalCV Value // of the time between questions
	Peak      Value // busiest minute of a week over the mean
	Hit       Value // share of a question's tokens found in a prefix cache
}

//go:embed data/workloads.csv
var workloadsCSV string

var workloads = sync.OnceValue(loadWorkloads)

func loadWorkloads() []Workload {
	var out []Workload
	eachRow(workloadsCSV, func(r []string) {
		v := func(text string) Value {
			if text == "" {
				return Value{}
			}
			return value(text, "", "", "count", r[13], r[14], r[15], r[16], r[17])
		}
		spread := func(i int) Value {
			if r[i] == "" {
				return Value{}
			}
			w := v(r[i])
			w.V = quantileSpread(number(r[i]), number(r[i+1]), number(r[i+2]))
			w.Lo, w.Hi, w.Provenance = w.V, w.V, "derived"
			w.Note = "from the published median, 90th and 99th percentile, straight lines between them"
			return w
		}
		out = append(out, Workload{Key: r[0], Name: r[1], In: v(r[2]), InCV: spread(3), Out: v(r[6]), OutCV: spread(7),
			ArrivalCV: v(r[10]), Peak: v(r[11]), Hit: v(r[12])})
	})
	return out
}

// quantileSpread is the standard deviation over the mean of a distribution with
// the given median, 90th and 99th percentile, even between them, from 0 and up
// to a quarter above the last.
func quantileSpread(p50, p90, p99 float64) float64 {
	mean, square := 0.0, 0.0
	for _, piece := range [...]struct{ share, lo, hi float64 }{{0.5, 0, p50}, {0.4, p50, p90}, {0.09, p90, p99}, {0.01, p99, 1.25 * p99}} {
		a, b := piece.lo, piece.hi
		mean += piece.share * (a + b) / 2
		square += piece.share * (a*a + a*b + b*b) / 3
	}
	return math.Sqrt(square/(mean*mean) - 1)
}

// Workloads lists the table. Read only.
func Workloads() []Workload { return workloads() }

// FindWorkload finds a workload by its key, nil where there is none.
func FindWorkload(key string) *Workload {
	all := workloads()
	for i := range all {
		if all[i].Key == key {
			return &all[i]
		}
	}
	return nil
}
