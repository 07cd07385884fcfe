//go:build !js

// Package score sums up how far predictions lie from measurements.
package score

import (
	"math"
	"sort"
)

// Quantile is the linear-interpolation quantile of values, 0 where there are none.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := append([]float64(nil), values...)
	sort.Float64s(v)
	at := q * float64(len(v)-1)
	i := int(at)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}

// Mean is the mean of values, 0 where there are none.
func Mean(values []float64) float64 {
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return sum / math.Max(1, float64(len(values)))
}

// Errors sums up errors, each predicted/measured - 1.
type Errors struct {
	Rows              int
	Mean, Median, P90 float64 // of |error|
	Bias              float64 // median of the error
}

// Of sums up the errors.
func Of(errs []float64) Errors {
	abs := make([]float64, len(errs))
	for i, e := range errs {
		abs[i] = math.Abs(e)
	}
	return Errors{len(errs), Mean(abs), Quantile(abs, 0.5), Quantile(abs, 0.9), Quantile(errs, 0.5)}
}
