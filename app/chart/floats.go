package chart

import "strconv"

// Floats prints with six significant digits: finer than any pixel, a third of
// the text, and the same on every machine where the last bits of a float
// differ.
type Floats []float64

// MarshalJSON writes the numbers as a JSON array.
func (f Floats) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 2+8*len(f))
	b = append(b, '[')
	for i, v := range f {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v, 'g', 6, 64)
	}
	return append(b, ']'), nil
}
