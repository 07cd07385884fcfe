package core

import (
	"math"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// scaleCentres are the middles of the scale buckets of the utilisation table.
var scaleCentres = [...]float64{3, 24, 182, 1024, 8192}

// busyShare is the utilisation that runs of this kind reach on n accelerators:
// the table's buckets, joined by straight lines in the logs, so that one GPU
// more never makes a jump. It says on which evidence the nearer bucket rests.
func busyShare(family string, p catalog.Precision, moe bool, n float64) (unit.Range, *catalog.MFURow, catalog.How) {
	last := len(scaleCentres) - 1
	i := 0
	for i < last && n > scaleCentres[i] {
		i++
	}
	hi, row, how := catalog.MFU(family, p, moe, int(scaleCentres[i]))
	if i == 0 || n >= scaleCentres[last] {
		return hi, row, how
	}
	lo, lowRow, lowHow := catalog.MFU(family, p, moe, int(scaleCentres[i-1]))
	x := math.Log(n/scaleCentres[i-1]) / math.Log(scaleCentres[i]/scaleCentres[i-1])
	mix := func(a, b float64) float64 { return math.Exp((1-x)*math.Log(a) + x*math.Log(b)) }
	if x < 0.5 {
		row, how = lowRow, lowHow
	}
	return unit.Range{V: mix(lo.V, hi.V), Lo: mix(lo.Lo, hi.Lo), Hi: mix(lo.Hi, hi.Hi)}, row, how
}
