package core

import "flopbook/core/unit"

// compared are the quantities that two answers are held against each other by.
var compared = [...]Key{GPUs, Days, GPUHours, Cost, Energy, Carbon, FLOPs, MFU, StepTime, Memory, Loss,
	TTFT, TPOT, USDPerMTokOut, CostPerDay, CrossingDays}

// A Contrast is one quantity of two answers.
type Contrast struct {
	Key   Key
	A, B  unit.Range
	Ratio float64 // A over B; 0 where B is zero
}

// Compare holds two answers against each other, quantity by quantity; what one
// of them does not know is left out. Like cases rest on the same assumptions,
// so their ratio is surer than either range.
func Compare(a, b *Answered) []Contrast {
	var out []Contrast
	for _, k := range compared {
		if !a.Out.Known[k] || !b.Out.Known[k] {
			continue
		}
		c := Contrast{Key: k, A: a.Out.V[k], B: b.Out.V[k]}
		if c.B.V != 0 {
			c.Ratio = c.A.V / c.B.V
		}
		out = append(out, c)
	}
	return out
}
