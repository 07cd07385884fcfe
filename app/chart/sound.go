package chart

// sound is the points whose numbers are all finite. What draws lists passes
// them through here first, so that no axis, sentence or table meets a number
// that is none.
func sound[P any](points []P, numbers func(P) []float64) []P {
	out := make([]P, 0, len(points))
	for _, p := range points {
		good := true
		for _, v := range numbers(p) {
			good = good && finite(v)
		}
		if good {
			out = append(out, p)
		}
	}
	return out
}
