package serve

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// A Fit is the efficiency of one engine on one family of accelerators in one
// precision, with how far it can be trusted.
type Fit struct {
	Engine, Family, Precision string // empty: speaks for every one
	Constants
	Draw    Draw    // Static as a share of rated power
	Rows    int     // measurements of exactly this combination
	Sources int     // tables that they come from
	Lo, Hi  float64 // 80 % of left-out measured times lie between Lo and Hi times the predicted one
	// The same of energy per token, accelerators only.
	EnergyLo, EnergyHi float64
}

// Power is the draw of an accelerator with the given rating, W.
func (f *Fit) Power(rated float64) Draw {
	d := f.Draw
	d.Static *= rated
	return d
}

//go:embed fitted.csv
var fittedCSV string

// FittedColumns is the header of the embedded table. Shares are fractions,
// times seconds, reserve bytes, per_flop and per_byte joules.
const FittedColumns = "engine,family,precision,weights,kv,matmul,attention,step,layer,seq,allreduce,link,expert,grouped,usable,rest,reserve,max_batch,static_share,per_flop,per_byte,rows,sources,lo,hi,energy_lo,energy_hi"

var fitted = sync.OnceValue(func() []Fit {
	var out []Fit
	for i, line := range strings.Split(strings.TrimSpace(fittedCSV), "\n") {
		if i == 0 {
			continue
		}
		cell := strings.Split(strings.TrimSuffix(line, "\r"), ",")
		n := func(i int) float64 {
			x, err := strconv.ParseFloat(cell[i], 64)
			if err != nil {
				panic("serve: fitted.csv: " + err.Error())
			}
			return x
		}
		out = append(out, Fit{Engine: cell[0], Family: cell[1], Precision: cell[2],
			Constants: Constants{Weights: n(3), KV: n(4), Matmul: n(5), Attention: n(6), Step: n(7), Layer: n(8), Seq: n(9),
				AllReduce: n(10), Link: n(11), Expert: n(12), Grouped: n(13), Usable: n(14), Rest: n(15), Reserve: n(16), MaxBatch: n(17)},
			Draw: Draw{Static: n(18), PerFLOP: n(19), PerByte: n(20)}, Rows: int(n(21)), Sources: int(n(22)), Lo: n(23), Hi: n(24), EnergyLo: n(25), EnergyHi: n(26)})
	}
	return out
})

// FitTable lists the fitted table. Read only.
func FitTable() []Fit { return fitted() }

// Fitted finds the entry that speaks most closely for an engine, an accelerator
// family and a precision ("16-bit", "fp8", "mxfp4", "int8", "int4", "gguf"):
// the engine counts most, then the family, then the precision. It allocates
// nothing. near is true where the entry is for another precision or for any
// engine or family; the caller should then widen the range.
func Fitted(engine, family, precision string) (f *Fit, near bool) {
	all := fitted()
	best := -1
	for i := range all {
		e := &all[i]
		score := 0
		switch {
		case e.Engine == engine:
			score += 8
		case e.Engine != "":
			continue
		}
		switch {
		case e.Family == family:
			score += 4
		case e.Family != "":
			continue
		}
		switch {
		case e.Precision == precision:
			score += 2
		case e.Precision == "":
			score++
		}
		if score > best {
			best, f = score, e
		}
	}
	return f, best < 14
}

// FamilyOf is the family under which the table holds an accelerator: cards with
// graphics memory stand apart from those of the same family with stacked memory,
// of which engines reach a different share. Told apart by bandwidth, bytes/s.
func FamilyOf(family string, bandwidth float64) string {
	switch {
	case family == "Ampere" && bandwidth < 1.2e12:
		return "Ampere graphics memory"
	case family == "Ada":
		return "Ada graphics memory"
	case family == "Blackwell" && bandwidth < 1.9e12:
		return "Blackwell graphics memory"
	}
	return family
}
