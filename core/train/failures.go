package train

import (
	_ "embed"
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"sync"

	"flopbook/core/unit"
)

//go:embed data/failures.csv
var failuresCSV string

// A Cluster is one published count of what stopped training.
type Cluster struct {
	Name, Label string
	All         bool    // every unexpected interruption; false: hardware alone
	GPUs        float64 // accelerators counted, whose servers the count is spread over
	Count, Days float64
	Source      string
	Date        string
	Note        string
}

// serverGPUs is the accelerators of one server: failures are counted for eight
// in the sources, and eight count as a server here whatever the machine.
const serverGPUs = 8

// Servers is the number of servers that the count is spread over.
func (c *Cluster) Servers() float64 { return c.GPUs / serverGPUs }

// PerDay is interruptions a day.
func (c *Cluster) PerDay() float64 { return c.Count / c.Days }

// A failureLaw is how often training stops: hardware fails in proportion to
// the servers; everything else, software and its users, does so in small jobs
// too, but is found and mended in long large runs, which lose about the same
// number to it whatever their size. So small jobs stop more often for each
// server than large ones (Kokolis et al. 2024 measure it: 7.9 hours on 1,024
// GPUs, where their hardware alone explains 28.8).
type failureLaw struct {
	hardware unit.Range // a server and day: the middle, lowest and highest cluster
	small    unit.Range // other causes, a server and day, in small jobs
	large    unit.Range // other causes, a day, in large jobs
	clusters int        // with hardware counted
}

type failureTable struct {
	clusters []Cluster
	law      failureLaw
}

var failures = sync.OnceValue(func() failureTable {
	rows, err := csv.NewReader(strings.NewReader(failuresCSV)).ReadAll()
	if err != nil {
		panic("train: failures.csv: " + err.Error()) // embedded, so a mistake of ours that tests find
	}
	var t failureTable
	for _, r := range rows[1:] {
		t.clusters = append(t.clusters, Cluster{Name: r[0], Label: r[1], All: r[2] == "all", GPUs: figure(r[3]), Count: figure(r[4]), Days: figure(r[5]),
			Source: r[6], Date: r[7], Note: r[10]})
	}
	t.law = lawOf(t.clusters)
	return t
})

// largeJob is the servers from which a job counts as large.
const largeJob = 64

// lawOf is the law that the counts give: the median of the clusters, and their
// range. Among seven clusters an eighth falls inside the range three times in
// four, whatever the distribution.
func lawOf(clusters []Cluster) failureLaw {
	hardware := map[string]float64{}
	var rates, large []float64
	small := 0.0
	for i := range clusters {
		if c := &clusters[i]; !c.All {
			hardware[c.Name] = c.PerDay() / c.Servers()
			rates = append(rates, hardware[c.Name])
		}
	}
	for i := range clusters {
		c := &clusters[i]
		h, ok := hardware[c.Name]
		if !c.All || !ok {
			continue
		}
		other := c.PerDay() - h*c.Servers()
		if c.Servers() >= largeJob {
			large = append(large, other)
		} else {
			small = math.Max(small, other/c.Servers())
		}
	}
	l := failureLaw{hardware: middle(rates), large: middle(large), clusters: len(rates)}
	// One cluster tells of small jobs: the spread is that of large ones.
	if v := l.large.V; v > 0 {
		l.small = unit.Range{V: small, Lo: small * l.large.Lo / v, Hi: small * l.large.Hi / v}
	}
	return l
}

func middle(v []float64) unit.Range {
	if len(v) == 0 {
		return unit.Range{}
	}
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return unit.Range{V: (v[(n-1)/2] + v[n/2]) / 2, Lo: v[0], Hi: v[n-1]}
}

// at is interruptions a day on so many servers: all causes, and hardware alone.
func (l *failureLaw) at(servers float64) (all, hardware unit.Range) {
	hardware = unit.Range{V: l.hardware.V * servers, Lo: l.hardware.Lo * servers, Hi: l.hardware.Hi * servers}
	all = unit.Range{
		V:  hardware.V + math.Min(l.small.V*servers, l.large.V),
		Lo: hardware.Lo + math.Min(l.small.Lo*servers, l.large.Lo),
		Hi: hardware.Hi + math.Min(l.small.Hi*servers, l.large.Hi),
	}
	return all, hardware
}

// Clusters lists the published counts. Read only.
func Clusters() []Cluster { return failures().clusters }

// Interruptions is how often a day training on so many GPUs stops
// unexpectedly, by the published clusters; and how often for hardware alone. It
// allocates nothing.
func Interruptions(gpus float64) (all, hardware unit.Range) {
	law := failures().law
	return law.at(gpus / serverGPUs)
}
