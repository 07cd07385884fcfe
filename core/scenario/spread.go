package scenario

import (
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// spread is a factor around 1 from two independent spreads.
func spread(lo1, hi1, lo2, hi2 float64) unit.Range {
	var a uncertainty.Acc
	a.Mul(unit.Range{V: 1, Lo: lo1, Hi: hi1})
	a.Mul(unit.Range{V: 1, Lo: lo2, Hi: hi2})
	return a.Range(1)
}
