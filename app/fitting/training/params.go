//go:build !js

package training

import (
	"math"
	"sort"

	"flopbook/core/machine"
	"flopbook/core/train"
)

// A constant is one entry of the efficiency table as the fit sees it: on a
// scale on which any real number is allowed, with the spread that is believed
// before any measurement, for all machines together and for each of the things
// that it may depend on.
type constant struct {
	name  string
	at    func(*train.Efficiency) *float64
	share bool    // lies between 0 and 1: logistic scale; else logarithmic
	all   float64 // prior spread of the common value
	fam   float64 // of a family's distance from it; 0 means that it does not depend on the family
	prec  float64 // of a precision's distance inside a family
	soft  float64 // of a software generation's distance
	moe   float64 // of a mixture of experts' distance
	net   float64 // of a kind of network's distance
	// known is what is published for a case, on the constant's own scale; nil where one figure serves all.
	known func(*Case) float64
}

var constants = []constant{
	{"matmul", func(e *train.Efficiency) *float64 { return &e.Matmul }, true, 0.3, 0.3, 0.4, 0.15, 0, 0, nil},
	{"tail", func(e *train.Efficiency) *float64 { return &e.Tail }, false, 1, 0.3, 0, 0, 0, 0, nil},
	{"memory", func(e *train.Efficiency) *float64 { return &e.Memory }, true, 0.3, 0, 0, 0, 0, 0, nil},
	{"gap", func(e *train.Efficiency) *float64 { return &e.Gap }, false, 0.5, 0, 0, 0, 0, 0, nil},
	{"attention", func(e *train.Efficiency) *float64 { return &e.Attention }, false, 0.15, 0.15, 0, 0.15, 0, 0, nil},
	{"passes", func(e *train.Efficiency) *float64 { return &e.Passes }, false, 0.4, 0, 0, 0.3, 0.2, 0, nil},
	{"launch", func(e *train.Efficiency) *float64 { return &e.Launch }, false, 0.25, 0.15, 0, 0.3, 0.3, 0, nil},
	{"crowd", func(e *train.Efficiency) *float64 { return &e.Crowd }, false, 0.5, 0, 0, 0, 0, 2, nil},
	{"link", func(e *train.Efficiency) *float64 { return &e.Link }, true, 0.4, 0.3, 0, 0, 0, 0, nil},
	{"link_latency", func(e *train.Efficiency) *float64 { return &e.LinkLatency }, false, 0.3, 0, 0, 0, 0, 0, nil},
	{"net", func(e *train.Efficiency) *float64 { return &e.Net }, true, 0.5, 0, 0, 0, 0, 0.5, nil},
	{"rails", func(e *train.Efficiency) *float64 { return &e.Rails }, true, 0.5, 0, 0, 0, 0, 1.5, nil},
	{"net_latency", func(e *train.Efficiency) *float64 { return &e.NetLatency }, false, 0.6, 0, 0, 0, 0, 1, func(c *Case) float64 { return machine.NetworkLatency(c.Network) }},
	{"tensor", func(e *train.Efficiency) *float64 { return &e.Tensor }, true, 0.7, 0, 0, 0.5, 0, 0, nil},
	{"hidden", func(e *train.Efficiency) *float64 { return &e.Hidden }, true, 0.8, 0, 0, 0.6, 0, 0, nil},
	{"expert", func(e *train.Efficiency) *float64 { return &e.Expert }, true, 0.8, 0.3, 0, 0.5, 0, 0, nil},
	{"uneven", func(e *train.Efficiency) *float64 { return &e.Uneven }, false, 0.3, 0.2, 0, 0.3, 0, 0, nil},
	{"quantise", func(e *train.Efficiency) *float64 { return &e.Quantise }, false, 0.5, 0, 0.3, 0.3, 0, 0, nil},
	{"remap", func(e *train.Efficiency) *float64 { return &e.Remap }, false, 0.5, 0, 0, 0, 0, 0, nil},
	{"step", func(e *train.Efficiency) *float64 { return &e.Step }, false, 0.3, 0, 0, 0.7, 0, 0, nil},
	{"jitter", func(e *train.Efficiency) *float64 { return &e.Jitter }, false, 0.7, 0, 0, 0.4, 0, 0, nil},
}

// within is the spread of the generations of one line of software over that
// between lines.
const within = 0.6

func (k *constant) open(v float64) float64 {
	if k.share {
		v = math.Min(math.Max(v, 1e-4), 1-1e-4)
		return math.Log(v / (1 - v))
	}
	return math.Log(v)
}

func (k *constant) close(x float64) float64 {
	if k.share {
		return 1 / (1 + math.Exp(-x))
	}
	return math.Exp(x)
}

// A Space is the coordinates of a fit: one for each constant in common, and
// one for each distance from it that the cases show.
type Space struct {
	names []string
	prior []float64 // spread of each coordinate around 0
	index map[string]int
	base  []float64 // middle of each constant on its open scale
}

func newSpace() *Space {
	s := &Space{index: map[string]int{}, base: make([]float64, len(constants))}
	typical := train.Typical
	for i := range constants {
		k := &constants[i]
		s.base[i] = k.open(*k.at(&typical))
	}
	return s
}

// middle is the constant's prior middle for a case, on its open scale.
func (s *Space) middle(i int, c *Case) float64 {
	if k := &constants[i]; k.known != nil {
		return k.open(k.known(c))
	}
	return s.base[i]
}

func (s *Space) coordinate(name string, spread float64) int {
	if i, ok := s.index[name]; ok {
		return i
	}
	i := len(s.names)
	s.index[name] = i
	s.names = append(s.names, name)
	s.prior = append(s.prior, spread)
	return i
}

// places lists, for each constant, the coordinates that it sums for a case.
func (s *Space) places(c *Case) [][]int {
	out := make([][]int, len(constants))
	for i := range constants {
		k := &constants[i]
		at := []int{s.coordinate(k.name, k.all)}
		if k.fam > 0 {
			at = append(at, s.coordinate(k.name+"|"+c.Family, k.fam))
		}
		if k.prec > 0 {
			at = append(at, s.coordinate(k.name+"|"+c.Family+"|"+c.Class.String(), k.prec))
		}
		if k.soft > 0 {
			at = append(at, s.coordinate(k.name+"|line "+c.Line, k.soft))
			at = append(at, s.coordinate(k.name+"|"+c.Soft, k.soft*within))
		}
		if k.moe > 0 && c.MoE {
			at = append(at, s.coordinate(k.name+"|moe", k.moe))
		}
		if k.net > 0 {
			at = append(at, s.coordinate(k.name+"|"+c.Network, k.net))
		}
		out[i] = at
	}
	return out
}

// Point is a place in a space.
type Point struct {
	space *Space
	x     []float64
}

// Efficiency of a case at the point; what the space does not know is 0, the
// middle of its prior.
func (p *Point) Efficiency(c *Case, out *train.Efficiency) {
	for i := range constants {
		k := &constants[i]
		v := p.space.middle(i, c)
		add := func(name string) {
			if j, ok := p.space.index[name]; ok && j < len(p.x) {
				v += p.x[j]
			}
		}
		add(k.name)
		if k.fam > 0 {
			add(k.name + "|" + c.Family)
		}
		if k.prec > 0 {
			add(k.name + "|" + c.Family + "|" + c.Class.String())
		}
		if k.soft > 0 {
			add(k.name + "|line " + c.Line)
			add(k.name + "|" + c.Soft)
		}
		if k.moe > 0 && c.MoE {
			add(k.name + "|moe")
		}
		if k.net > 0 {
			add(k.name + "|" + c.Network)
		}
		*k.at(out) = k.close(v)
	}
}

// Predict is the step time of a case at the point, seconds, and its parts.
func (p *Point) Predict(c *Case, out *train.Step) float64 {
	in := c.In
	p.Efficiency(c, &in.Eff)
	in.Chip = in.Mach.With(&in.Eff.Rates)
	in.Estimate(&c.Layout, out)
	return out.Total
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
