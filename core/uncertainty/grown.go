package uncertainty

import "math"

// grown is e^w - 1 for a log half-width w >= 0, at most that of the widest. A
// bill takes a hundred of them, and this is several times as quick as
// math.Expm1: w is a multiple of ln 2 / 64 and a rest so small that five terms
// of the series hold it to the last digits.
func grown(w float64) float64 {
	if w > widest {
		w = widest
	}
	n := int(w*(steps/math.Ln2) + 0.5)
	r := w - float64(n)*(math.Ln2/steps)
	rest := r * (1 + r*(1./2+r*(1./6+r*(1./24+r*(1./120)))))
	whole := powers[n%steps] * math.Float64frombits(uint64(1023+n/steps)<<52)
	return whole*rest + (whole - 1)
}

const steps = 64

// powers are 2^(k/64).
var powers = func() (p [steps]float64) {
	for k := range p {
		p[k] = math.Exp2(float64(k) / steps)
	}
	return p
}()

// logOf is the natural log of 1 + x, by the quicker function where that is as good.
func logOf(x float64) float64 {
	if math.Abs(x) < 0.01 {
		return math.Log1p(x)
	}
	return math.Log(1 + x)
}
