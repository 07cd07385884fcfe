package train

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

//go:embed data/efficiency.csv
var efficiencyCSV string

//go:embed data/networks.csv
var networksCSV string

// An EfficiencyRow is one line of the fitted table. "any" stands for what was
// not seen: the middle of what was.
type EfficiencyRow struct {
	Family    string
	Precision catalog.Precision
	MoE       bool
	Software  string
	Efficiency
	Lo, Hi  float64 // 80 % interval of measured over predicted time, from runs left out of the fit
	Rows    int     // measured steps of the same family, precision, kind and software
	Sources int     // of the same family, precision and kind
	Error   float64 // median |predicted/measured - 1| of these, left out; 0 where there are none
	Names   string  // the sources, split by ';'
	Date    string
}

// A NetworkRow is the constants that depend on the network between servers.
type NetworkRow struct {
	Name                          string
	Net, Rails, NetLatency, Crowd float64
	Rows                          int
}

// Fields lists the constants by name, in the order of the table's columns.
func (e *Efficiency) Fields(f func(name string, v *float64)) {
	f("matmul", &e.Matmul)
	f("tail", &e.Tail)
	f("memory", &e.Memory)
	f("gap", &e.Gap)
	f("attention", &e.Attention)
	f("passes", &e.Passes)
	f("launch", &e.Launch)
	f("crowd", &e.Crowd)
	f("link", &e.Link)
	f("link_latency", &e.LinkLatency)
	f("net", &e.Net)
	f("rails", &e.Rails)
	f("net_latency", &e.NetLatency)
	f("tensor", &e.Tensor)
	f("hidden", &e.Hidden)
	f("expert", &e.Expert)
	f("uneven", &e.Uneven)
	f("quantise", &e.Quantise)
	f("remap", &e.Remap)
	f("step", &e.Step)
	f("jitter", &e.Jitter)
}

type efficiencyTable struct {
	rows     []EfficiencyRow
	networks []NetworkRow
}

var efficiencies = sync.OnceValue(func() efficiencyTable {
	var t efficiencyTable
	lines(efficiencyCSV, func(c []string) {
		var r EfficiencyRow
		p, bad := catalog.ParsePrecision(c[1])
		if bad != nil {
			panic("train: " + bad.Error())
		}
		r.Family, r.Precision, r.MoE, r.Software = c[0], p, c[2] == "moe", c[3]
		i := 4
		r.Fields(func(_ string, v *float64) {
			*v = figure(c[i])
			i++
		})
		r.Lo, r.Hi, r.Rows, r.Sources, r.Error = figure(c[i]), figure(c[i+1]), int(figure(c[i+2])), int(figure(c[i+3])), figure(c[i+4])
		r.Names, r.Date = c[i+5], c[i+6]
		t.rows = append(t.rows, r)
	})
	lines(networksCSV, func(c []string) {
		t.networks = append(t.networks, NetworkRow{c[0], figure(c[1]), figure(c[2]), figure(c[3]), figure(c[4]), int(figure(c[5]))})
	})
	return t
})

func lines(text string, f func(cells []string)) {
	for i, line := range strings.Split(text, "\n") {
		if i == 0 || line == "" {
			continue
		}
		f(strings.Split(strings.TrimSuffix(line, "\r"), ","))
	}
}

func figure(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("train: " + err.Error())
	}
	return v
}

// EfficiencyRows lists the fitted table. Read only.
func EfficiencyRows() []EfficiencyRow { return efficiencies().rows }

// Networks lists the networks between servers. Read only.
func Networks() []NetworkRow { return efficiencies().networks }

// FindEfficiency writes the constants for an accelerator family, a precision,
// a kind of model, a software generation ("" for none in particular) and a
// network ("" for InfiniBand), and returns the row that they rest on. What was not measured falls back to any software of the
// family, then to any family. It allocates nothing.
func FindEfficiency(family string, p catalog.Precision, moe bool, software, network string, out *Efficiency) *EfficiencyRow {
	t := efficiencies()
	class := p.Class()
	var best *EfficiencyRow
	rank := -1
	for i := range t.rows {
		r := &t.rows[i]
		if r.Precision != class || r.MoE != moe || r.Family != family && r.Family != "any" || r.Software != software && r.Software != "any" {
			continue
		}
		k := 0
		if r.Family == family {
			k += 2
		}
		if r.Software == software {
			k++
		}
		if k > rank {
			best, rank = r, k
		}
	}
	if best == nil {
		*out = Typical
		return nil
	}
	*out = best.Efficiency
	for i := range t.networks {
		if n := &t.networks[i]; n.Name == network {
			out.Net, out.Rails, out.NetLatency, out.Crowd = n.Net, n.Rails, n.NetLatency, n.Crowd
		}
	}
	return best
}

// Range is the 80 % interval of a step's time from the row's left-out errors.
func (r *EfficiencyRow) Range(t float64) unit.Range {
	return unit.Range{V: t, Lo: t * r.Lo, Hi: t * r.Hi}
}
