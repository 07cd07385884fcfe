package catalog

import (
	_ "embed"
	"math"
	"strconv"
	"sync"

	"flopbook/core/unit"
)

//go:embed data/mfu.csv
var mfuCSV string

// How says which evidence a utilisation rests on; later ones are weaker and
// their intervals wider.
type How uint8

const (
	Measured       How = iota // runs of this family, precision, kind and scale
	NearScale                 // the same at the nearest scale that was measured
	OtherPrecision            // the same family at another precision, scaled
	OtherKind                 // dense runs for a mixture of experts or the other way, scaled
	NearFamily                // the maker's nearest family
	AllFamilies               // every family that was measured
	Nothing                   // no run like it: the median of published figures
)

func (h How) String() string {
	switch h {
	case Measured:
		return "measured on runs of this accelerator family, precision, kind of model and scale"
	case NearScale:
		return "from runs of this family at the nearest measured scale"
	case OtherPrecision:
		return "from runs of this family at another precision, scaled"
	case OtherKind:
		return "from runs of this family with another kind of model, scaled"
	case NearFamily:
		return "from runs of the maker's nearest accelerator family"
	case AllFamilies:
		return "from runs of all measured accelerator families"
	}
	return "no measured run is like it: the median of published utilisations"
}

// widening is what each weaker kind of evidence does to the interval: its
// width on the log scale is multiplied by factor and each half is at least
// floor. Judgement, ordered so that weaker evidence is never narrower.
var widening = [...]struct{ factor, floor float64 }{
	Measured:       {1, 0},
	NearScale:      {1.15, 0.20},
	OtherPrecision: {1.35, 0.30},
	OtherKind:      {1.45, 0.35},
	NearFamily:     {1.55, 0.40},
	AllFamilies:    {1.30, 0.50},
}

// perScaleStep widens further for each bucket of distance from the data.
const perScaleStep = 0.15

// An MFUIndex looks utilisation up in a table, with the fallbacks of [MFU].
// Build one with [NewMFUIndex] to ask a table fitted without some source.
type MFUIndex struct {
	rows []MFURow
	// ratio[a][b]: typical log utilisation at precision class b over that at a,
	// over cells that have both; kind is mixture of experts over dense.
	ratio [Precisions][Precisions]float64
	kind  float64
}

var mfuTable = sync.OnceValue(loadMFU)

func loadMFU() *MFUIndex {
	var rows []MFURow
	eachRow(mfuCSV, func(r []string) {
		p, bad := ParsePrecision(r[1])
		if bad != nil {
			panic("catalog: " + bad.Error())
		}
		conf := map[string]Confidence{"low": Low, "medium": Medium, "high": High}[r[13]]
		rows = append(rows, MFURow{Family: r[0], Precision: p, MoE: r[2] == "y", GPUsLo: int(number(r[3])), GPUsHi: int(number(r[4])),
			Rows: int(number(r[5])), Measured: int(number(r[6])), Groups: int(number(r[7])), Median: number(r[8]), P10: number(r[9]),
			P90: number(r[10]), Confidence: conf, Sources: r[15]})
	})
	return NewMFUIndex(rows)
}

// NewMFUIndex indexes the rows that [MFUTable] made. The rows are kept, not copied.
func NewMFUIndex(rows []MFURow) *MFUIndex {
	t := &MFUIndex{rows: rows}
	var n [Precisions][Precisions]float64
	var kinds float64
	for i := range t.rows {
		a := &t.rows[i]
		if a.Family == "all" {
			continue
		}
		for j := range t.rows {
			b := &t.rows[j]
			if b.Family != a.Family || b.GPUsLo != a.GPUsLo {
				continue
			}
			d := math.Log(b.Median / a.Median)
			if a.MoE == b.MoE && a.Precision != b.Precision {
				t.ratio[a.Precision][b.Precision] += d
				n[a.Precision][b.Precision]++
			}
			if a.Precision == b.Precision && !a.MoE && b.MoE {
				t.kind += d
				kinds++
			}
		}
	}
	for i := range n {
		for j := range n[i] {
			if n[i][j] > 0 {
				t.ratio[i][j] /= n[i][j]
			}
		}
	}
	if kinds > 0 {
		t.kind /= kinds
	}
	return t
}

// MFURows lists the utilisation table. Read only.
func MFURows() []MFURow { return mfuTable().rows }

// kin is the maker's family nearest in design and age.
func kin(family string) string {
	switch family {
	case "Blackwell Ultra", "Hopper":
		return "Blackwell"
	case "Blackwell":
		return "Blackwell Ultra"
	case "Ada", "Turing":
		return "Ampere"
	case "CDNA2", "CDNA4":
		return "CDNA3"
	case "CDNA3":
		return "CDNA4"
	case "Pascal":
		return "Volta"
	}
	return ""
}

// MFU is the share of dense peak that a training run turns into useful work,
// whatever its makers chose to compute twice, for an accelerator family, precision, kind of
// model and number of accelerators; the row that it rests on (nil for none)
// and how. Where the cell is empty it takes the nearest evidence and widens.
// It allocates nothing. The arithmetic of the fallbacks: the row's median and
// ends, times the typical ratio between precisions or kinds, then widened on
// the log scale.
func MFU(family string, p Precision, moe bool, gpus int) (unit.Range, *MFURow, How) {
	return mfuTable().MFU(family, p, moe, gpus)
}

// MFU is the function of that name on this table.
func (t *MFUIndex) MFU(family string, p Precision, moe bool, gpus int) (unit.Range, *MFURow, How) {
	class, at := p.Class(), scaleOf(max(gpus, 1))
	if row, steps := t.near(family, class, moe, at); row != nil {
		if steps == 0 {
			return widen(row, 0, Measured, 0), row, Measured
		}
		return widen(row, 0, NearScale, steps-1), row, NearScale
	}
	if r, row, ok := t.borrow(family, class, moe, at); ok {
		return r.Range, row, r.how
	}
	if k := kin(family); k != "" {
		if row, steps := t.near(k, class, moe, at); row != nil {
			return widen(row, 0, NearFamily, steps), row, NearFamily
		}
	}
	if row, _ := t.near("all", class, moe, 0); row != nil {
		return widen(row, 0, AllFamilies, 0), row, AllFamilies
	}
	if row, _ := t.near("all", class, !moe, 0); row != nil {
		shift := t.kind
		if !moe {
			shift = -shift
		}
		return widen(row, shift, AllFamilies, 1), row, AllFamilies
	}
	v, _ := Default("mfu_unknown")
	return v.Range(), nil, Nothing
}

type borrowed struct {
	unit.Range
	how How
}

// borrow looks inside the family at other precisions, then at the other kind of model.
func (t *MFUIndex) borrow(family string, class Precision, moe bool, at int) (borrowed, *MFURow, bool) {
	for _, q := range [...]Precision{BF16, FP8, FP4} {
		if q == class {
			continue
		}
		if row, steps := t.near(family, q, moe, at); row != nil {
			return borrowed{widen(row, t.ratio[q][class], OtherPrecision, steps), OtherPrecision}, row, true
		}
	}
	shift := t.kind
	if !moe {
		shift = -shift
	}
	for _, q := range [...]Precision{class, BF16, FP8, FP4} {
		if row, steps := t.near(family, q, !moe, at); row != nil {
			if q != class {
				shift += t.ratio[q][class]
			}
			return borrowed{widen(row, shift, OtherKind, steps), OtherKind}, row, true
		}
	}
	return borrowed{}, nil, false
}

// near is the row at the scale nearest to the asked one (the larger of two
// equally near: its figure is the safer), and how many buckets away.
func (t *MFUIndex) near(family string, class Precision, moe bool, at int) (*MFURow, int) {
	var best *MFURow
	far := len(scales)
	for i := range t.rows {
		r := &t.rows[i]
		if r.Family != family || r.Precision != class || r.MoE != moe {
			continue
		}
		d := scaleOf(r.GPUsLo) - at
		if d < 0 {
			d = -d
		}
		if d <= far {
			best, far = r, d
		}
	}
	return best, far
}

func widen(row *MFURow, shift float64, how How, steps int) unit.Range {
	w := widening[how]
	f := w.factor + perScaleStep*float64(steps)
	down := max(math.Log(row.Median/row.P10)*f, w.floor)
	up := max(math.Log(row.P90/row.Median)*f, w.floor)
	v := row.Median * math.Exp(shift)
	return unit.Range{V: min(v, highest), Lo: min(v, highest) * math.Exp(-down), Hi: min(v*math.Exp(up), 0.95)}
}

// Scale names the row's bucket in words: "9 to 64", "2,049 and more".
func (r *MFURow) Scale() string {
	switch {
	case r.GPUsLo == 1 && r.GPUsHi == MaxGPUs:
		return "any number"
	case r.GPUsHi == MaxGPUs:
		return strconv.Itoa(r.GPUsLo) + " and more"
	}
	return strconv.Itoa(r.GPUsLo) + " to " + strconv.Itoa(r.GPUsHi)
}
