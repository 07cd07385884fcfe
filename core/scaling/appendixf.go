package scaling

// ChinchillaCount is the training FLOP per token of a dense Transformer as
// Hoffmann et al. 2022 count them for Table A4, over 6 N: layers of hidden
// width d with heads of width kv and a two-matrix feed-forward block of width
// ff, attention scores over the full 2,048-token window (not halved for
// causality), backward twice forward. Embedding and output FLOP are left out
// although the appendix lists them: only so does the table come out. params is
// N with embeddings and relative-position weights. It reports false for input
// that is not positive and finite.
func ChinchillaCount(d, ff, heads, kv, layers, params float64) (float64, bool) {
	if !usable(d) || !usable(ff) || !usable(heads) || !usable(kv) || !usable(layers) || !usable(params) {
		return 0, false
	}
	const seq = 2048
	const perMAC, passes = 2, 3 // a multiply-add is two FLOP; backward costs two forwards
	projections := 4 * d * kv * heads
	scores := 2 * seq * kv * heads
	feedForward := 2 * d * ff
	v := passes * layers * perMAC * (projections + scores + feedForward) / (FLOPPerParamToken * params)
	return answer(v)
}
