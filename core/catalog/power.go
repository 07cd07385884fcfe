package catalog

import (
	_ "embed"
	"math"
	"sync"

	"flopbook/core/unit"
)

// A MeasuredPower is what one accelerator with its share of the server drew on
// average in a training run, as somebody published it. The building's overhead
// and the cluster's network are outside.
type MeasuredPower struct {
	Accelerator string // key
	Run         string
	Group       string // of one measurer; rows of a group are left out together
	Value              // W
}

//go:embed data/power_measured.csv
var powerMeasuredCSV string

var powersMeasured = sync.OnceValue(func() []MeasuredPower {
	var out []MeasuredPower
	eachRow(powerMeasuredCSV, func(r []string) {
		out = append(out, MeasuredPower{r[0], r[1], r[2], value(r[3], "", "", r[4], r[5], r[6], r[7], r[8], r[9])})
	})
	return out
})

// PowersMeasured lists the table. Read only.
func PowersMeasured() []MeasuredPower { return powersMeasured() }

// A share is a row as a share of the server's rating, in natural logs.
type powerShare struct {
	key, group string
	tpu        bool
	log        float64
}

var powerShares = sync.OnceValue(func() []powerShare {
	var out []powerShare
	for i := range powersMeasured() {
		m := &powersMeasured()[i]
		a, p := Find(m.Accelerator)
		if p != nil || !a.ServerPower.Known {
			panic("catalog: measured power of " + m.Accelerator + ", whose server has no rating")
		}
		out = append(out, powerShare{a.Key, m.Group, a.Family == "TPU", math.Log(m.V / a.ServerPower.V)})
	}
	return out
})

// groupMean is the mean over groups of each group's mean log share, of the
// rows that keep says; groups is how many there were.
func groupMean(keep func(*powerShare) bool, extra ...float64) (mean float64, groups int) {
	rows := powerShares()
	sum := 0.0
	for i := range rows {
		if !keep(&rows[i]) {
			continue
		}
		n, s, first := 0, 0.0, true
		for j := range rows {
			if keep(&rows[j]) && rows[j].group == rows[i].group {
				first = first && j >= i
				n++
				s += rows[j].log
			}
		}
		if first {
			sum += s / float64(n)
			groups++
		}
	}
	for _, x := range extra {
		sum += x
		groups++
	}
	if groups == 0 {
		return 0, 0
	}
	return sum / float64(groups), groups
}

// logShare is the share of the server's rating that an accelerator draws in
// training: the mean of its own measurements, else of its kind's. Rows of the
// groups named are left out.
func logShare(key string, tpu bool, without, also string) float64 {
	left := func(r *powerShare) bool { return r.group != without && r.group != also }
	if own, n := groupMean(func(r *powerShare) bool { return r.key == key && left(r) }); n > 0 {
		return own
	}
	var prior []float64
	if tpu { // Epoch's own figure for TPUs counts as one source more
		v, _ := Default("power_fraction_train_tpu")
		prior = append(prior, math.Log(v.V))
	}
	mean, n := groupMean(func(r *powerShare) bool { return r.tpu == tpu && left(r) }, prior...)
	if n == 0 {
		v, _ := Default("power_fraction_train")
		return math.Log(v.V)
	}
	return mean
}

// tail is the quantile of Student's t that one in ten lies above, by degrees of freedom from 1.
var tail = [...]float64{3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372}

// logWidth is how far the log of a share lies off, eight times in ten: the
// root mean square over groups of the errors made on rows whose group was left
// out, times Student's t for so few groups. A kind with fewer than three
// groups takes the errors of all kinds.
func logWidth(tpu bool, without string) float64 {
	rows := powerShares()
	width := func(all bool) (float64, int) {
		sum, groups := 0.0, 0
		for i := range rows {
			n, s, first := 0, 0.0, true
			for j := range rows {
				r := &rows[j]
				if r.group != rows[i].group || r.group == without || !all && r.tpu != tpu {
					continue
				}
				e := r.log - logShare(r.key, r.tpu, without, r.group)
				first = first && j >= i
				n++
				s += e * e
			}
			if n > 0 && first && rows[i].group != without && (all || rows[i].tpu == tpu) {
				sum += s / float64(n)
				groups++
			}
		}
		if groups == 0 {
			return 0, 0
		}
		return math.Sqrt(sum / float64(groups)), groups
	}
	w, n := width(false)
	if n < 3 {
		w, n = width(true)
	}
	if n < 2 {
		return math.Ln2 // one source says nothing of how far sources lie apart
	}
	return w * tail[min(n-2, len(tail)-1)]
}

// TrainShareWithout is the share of its server's rating that an accelerator
// draws in training, worked out without the measurements of one group; nil is
// a GPU that the catalogue does not know. The range is set by what was missed
// on sources left out.
func TrainShareWithout(a *Accelerator, group string) Value {
	key, tpu := "", false
	if a != nil {
		if a.TrainPowerFraction.Known {
			return a.TrainPowerFraction
		}
		key, tpu = a.Key, a.Family == "TPU"
	}
	v, w := logShare(key, tpu, group, group), logWidth(tpu, group)
	return Value{V: math.Exp(v), Lo: math.Exp(v - w), Hi: math.Exp(v + w), Kind: unit.Fraction, Known: true, Confidence: Medium, Unit: "ratio",
		Source: "flopbook-power", Date: "2026-11-22", Provenance: "derived", Note: "average draw in published training over the server's rating; the range from sources left out"}
}

type trainShares struct {
	of      map[string]*Value
	unknown Value
}

var shippedShares = sync.OnceValue(func() *trainShares {
	t := &trainShares{of: map[string]*Value{}, unknown: TrainShareWithout(nil, "")}
	for i := range Accelerators() {
		v := TrainShareWithout(&Accelerators()[i], "")
		t.of[Accelerators()[i].Key] = &v
	}
	return t
})

// TrainFraction is the share of ServerPower drawn in heavy training: the
// accelerator's own where measured, else its kind's.
func (a *Accelerator) TrainFraction() *Value {
	if a == nil {
		return &shippedShares().unknown
	}
	if a.TrainPowerFraction.Known {
		return &a.TrainPowerFraction
	}
	if v, ok := shippedShares().of[a.Key]; ok {
		return v
	}
	return &shippedShares().unknown
}
