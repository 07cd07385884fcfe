package catalog

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"flopbook/core/unit"
)

// An Accelerator is one chip (or one GPU of a superchip: a GB200 board holds
// two) with what the arithmetic needs of it and of its place in a server.
// It is a plain struct: a reader's own is filled by hand or by [Custom].
type Accelerator struct {
	Key      string // "h100-sxm"
	Name     string // "H100 SXM 80 GB"
	Vendor   string
	Family   string // Volta, Ampere, Hopper, Blackwell, Blackwell Ultra, CDNA3, TPU ...
	Form     string
	Kind     string // gpu, accelerator or soc
	Released string
	Notes    string // traps: which headline figures are sparse, how chips are counted

	Peak       [Precisions]Value // dense matrix FLOP/s with FP32 accumulation
	Achievable [Precisions]Value // best measured matmul FLOP/s, below Peak

	Memory     Value // bytes that the device reports, not the rounded size it is sold under
	Bandwidth  Value // memory bytes/s
	Link       Value // scale-up link, one way, bytes/s per accelerator
	LinkDomain Value // accelerators that the scale-up link joins
	NIC        Value // network bytes/s per accelerator, one way

	Power              Value // rated W of the accelerator
	ServerPower        Value // rated W of its share of the server, accelerator included, PUE not
	TrainPowerFraction Value // share of ServerPower drawn in training, where it has its own

	CardPrice   Value // USD, the accelerator alone
	ServerPrice Value // USD per accelerator, server included, cluster network not
	Rental      Value // USD per accelerator-hour, on demand, now

	EmbodiedCard Value // kg CO2e of making the accelerator alone
	Embodied     Value // kg CO2e with its share of the server
}

// ShortSums is how many times faster 16-bit products run where their sums are
// kept in 16 bits too, as llama.cpp keeps them (ggml-cuda.cu, CUBLAS_COMPUTE_16F):
// twice on NVIDIA's cards for the home, whose 32-bit sums run at half rate (see
// the notes of each), once on all others.
func (a *Accelerator) ShortSums() float64 {
	if a.Vendor == "NVIDIA" && strings.Contains(a.Form, "consumer") {
		return 2
	}
	return 1
}

//go:embed data/accelerators.csv
var acceleratorsCSV string

//go:embed data/accelerator_values.csv
var acceleratorValuesCSV string

var accelerators = sync.OnceValue(loadAccelerators)

func loadAccelerators() []Accelerator {
	var out []Accelerator
	at := map[string]int{}
	eachRow(acceleratorsCSV, func(r []string) {
		at[r[0]] = len(out)
		out = append(out, Accelerator{Key: r[0], Name: r[1], Vendor: r[2], Family: r[3], Released: r[4], Form: r[5], Kind: r[6], Notes: r[7]})
	})
	eachRow(acceleratorValuesCSV, func(r []string) {
		i, ok := at[r[0]]
		if !ok {
			panic("catalog: value of unknown accelerator " + r[0])
		}
		v := out[i].field(r[1])
		if v == nil || v.Known {
			panic("catalog: " + r[0] + ": field " + r[1] + " unknown or given twice")
		}
		*v = value(r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10])
	})
	return out
}

// field finds an accelerator's figure by its name in the table.
func (a *Accelerator) field(name string) *Value {
	for p, n := range precisionNames {
		if name == n {
			return &a.Peak[p]
		}
		if name == "achievable_"+n {
			return &a.Achievable[p]
		}
	}
	switch name {
	case "memory":
		return &a.Memory
	case "bandwidth":
		return &a.Bandwidth
	case "link":
		return &a.Link
	case "link_domain":
		return &a.LinkDomain
	case "nic":
		return &a.NIC
	case "power":
		return &a.Power
	case "server_power":
		return &a.ServerPower
	case "train_power_fraction":
		return &a.TrainPowerFraction
	case "card_price":
		return &a.CardPrice
	case "server_price":
		return &a.ServerPrice
	case "rental":
		return &a.Rental
	case "embodied_card":
		return &a.EmbodiedCard
	case "embodied":
		return &a.Embodied
	}
	return nil
}

// Figures calls f with every known figure of the accelerator and its name.
func (a *Accelerator) Figures(f func(name string, v *Value)) {
	for p := range a.Peak {
		if a.Peak[p].Known {
			f(precisionNames[p], &a.Peak[p])
		}
		if a.Achievable[p].Known {
			f("achievable_"+precisionNames[p], &a.Achievable[p])
		}
	}
	for _, n := range []string{"memory", "bandwidth", "link", "link_domain", "nic", "power", "server_power",
		"train_power_fraction", "card_price", "server_price", "rental", "embodied_card", "embodied"} {
		if v := a.field(n); v.Known {
			f(n, v)
		}
	}
}

// Accelerators lists the catalogue in a stable order: by vendor, then by age.
// The slice is shared: read only.
func Accelerators() []Accelerator { return accelerators() }

// PeakFor is the dense matrix rate that the accelerator runs at when asked for
// precision p, and the precision that it then runs in: where it lacks p, the
// next wider one that it has (an A100 runs fp8 work in bf16, a V100 runs bf16
// work in fp16). It is nil where no peak is known at all.
func (a *Accelerator) PeakFor(p Precision) (*Value, Precision) {
	if p >= precisions {
		p = BF16
	}
	for _, q := range falls[p] {
		if a.Peak[q].Known {
			return &a.Peak[q], q
		}
	}
	return nil, p
}

// Domain is the number of accelerators that the scale-up link joins, at least 1.
func (a *Accelerator) Domain() int {
	if d := int(a.LinkDomain.V); a.LinkDomain.Known && d > 1 {
		return d
	}
	return 1
}

// Custom is a reader's own accelerator from the three figures that nothing
// works without: dense bf16 peak in FLOP/s, memory in bytes, memory bandwidth
// in bytes/s. Everything else stays unknown until it is filled in; unknown
// link means one accelerator per link domain. Family "" takes the constants
// that all families share.
func Custom(name string, peak unit.FLOPPerSec, memory unit.Bytes, bandwidth unit.BytesPerSec) Accelerator {
	a := Accelerator{Key: "custom", Name: name, Vendor: "", Kind: "accelerator"}
	a.Peak[BF16] = Given(float64(peak), unit.FLOPRate)
	a.Peak[FP16] = a.Peak[BF16]
	a.Memory = Given(float64(memory), unit.ByteCount)
	a.Bandwidth = Given(float64(bandwidth), unit.ByteRate)
	return a
}

// limits are the figures that could be those of a machine: from far below the
// oldest to far above the largest announced.
var limits = []struct {
	field, plain, allowed, fix string
	lo, hi                     float64
}{
	{"memory", "Memory", "1 MB to 1 PB", "try 80 GiB", 1e6, 1e15},
	{"bandwidth", "Memory bandwidth", "1 GB/s to 1 EB/s", "try 3.35 TB/s", 1e9, 1e18},
	{"link", "Link bandwidth", "1 MB/s to 1 PB/s", "try 450 GB/s", 1e6, 1e15},
	{"link_domain", "Accelerators per link domain", "1 to 1 million", "try 8", 1, 1e6},
	{"nic", "Network bandwidth", "1 MB/s to 1 PB/s", "try 50 GB/s", 1e6, 1e15},
	{"power", "Power", "1 W to 1 MW", "try 700 W", 1, 1e6},
	{"server_power", "Server power", "1 W to 1 MW", "try 1275 W", 1, 1e6},
	{"train_power_fraction", "Power drawn in training", "1 % to 150 %", "try 76 %", 0.01, 1.5},
	{"card_price", "Price", "0 to 100 million USD", "try 30000 USD", 0, 1e8},
	{"server_price", "Price with server", "0 to 100 million USD", "try 34000 USD", 0, 1e8},
	{"rental", "Rental price", "0 to 100,000 USD an hour", "try 2.50 USD", 0, 1e5},
	{"embodied_card", "Embodied carbon", "0 to 10,000 t", "try 164 kg", 0, 1e7},
	{"embodied", "Embodied carbon with server", "0 to 10,000 t", "try 877 kg", 0, 1e7},
}

// Check lists what is wrong with an accelerator that a reader filled in; an
// empty list means that every estimate can use it.
func (a *Accelerator) Check() []*unit.Problem {
	var out []*unit.Problem
	wrong := func(field string, v float64, why, allowed, fix string) {
		out = append(out, &unit.Problem{Field: field, Value: strconv.FormatFloat(v, 'g', 6, 64), Wrong: why, Allowed: allowed, Fix: fix})
	}
	bounds := func(field string, v *Value, lo, hi float64, allowed, fix string) {
		switch {
		case !finite(v.V) || !finite(v.Lo) || !finite(v.Hi):
			wrong(field, v.V, "is not a number", allowed, fix)
		case v.V < lo || v.V > hi:
			wrong(field, v.V, "is outside what a machine can have", allowed, fix)
		case v.Lo > v.V || v.Hi < v.V:
			wrong(field, v.V, "lies outside its own range", "low end, value, high end in rising order", "give the range around the value")
		}
	}
	peaks := 0
	for p := range a.Peak {
		v := &a.Peak[p]
		if v.Known {
			peaks++
			bounds("Peak "+precisionNames[p], v, 1e9, 1e20, "1 GFLOP/s to 100 EFLOP/s", "try 989 TFLOP/s")
		}
		if m := &a.Achievable[p]; m.Known {
			bounds("Achievable "+precisionNames[p], m, 1e9, 1e20, "1 GFLOP/s to 100 EFLOP/s", "leave it empty")
			if v.Known && m.V > v.V {
				wrong("Achievable "+precisionNames[p], m.V, "is above the dense peak", "at most the peak", "check that the peak is dense and not sparse")
			}
		}
	}
	if peaks == 0 {
		out = append(out, &unit.Problem{Field: "Peak", Wrong: "is missing", Allowed: "dense FLOP/s in at least one precision", Fix: "give the bf16 peak, for example 989 TFLOP/s"})
	}
	for _, l := range limits {
		v := a.field(l.field)
		if v.Known {
			bounds(l.plain, v, l.lo, l.hi, l.allowed, l.fix)
		} else if l.field == "memory" || l.field == "bandwidth" {
			out = append(out, &unit.Problem{Field: l.plain, Wrong: "is missing", Allowed: l.allowed, Fix: l.fix})
		}
	}
	if a.Power.Known && a.ServerPower.Known && a.ServerPower.V < a.Power.V {
		wrong("Server power", a.ServerPower.V, "is less than the accelerator's own power", "at least the accelerator's power", "give the server's rating divided by its accelerators")
	}
	return out
}
