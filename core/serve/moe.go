package serve

// ExpertsTouched is how many of a layer's experts a batch touches, on average:
// experts times [Coverage].
func ExpertsTouched(experts, topK, tokens float64) float64 {
	return experts * Coverage(experts, topK, tokens)
}

// Imbalance is how much longer the busiest of GPUs works than the mean: the
// factor on the experts' time. Published balancing gained 1.49 in prefill and
// 2.54 in decoding (SGLang 2025).
func Imbalance(maxLoad, meanLoad float64) float64 { return maxLoad / meanLoad }

// DispatchTime is one layer's expert exchange in one direction, s: each token
// goes to experts copies of width numbers, dispatched and combined at the given
// bytes each (DeepSeek-AI, Insights into DeepSeek-V3, section 2.3.2).
func DispatchTime(dispatchBytes, combineBytes, tokens, experts, width, bandwidth float64) float64 {
	return (dispatchBytes + combineBytes) * tokens * experts * width / bandwidth
}

// ExchangeBound is the least time per token when only exchanges count, two
// micro-batches overlapped: 2 · layers · [DispatchTime].
func ExchangeBound(dispatch, layers float64) float64 { return 2 * layers * dispatch }

// Skewed is coverage under uneven routing: a share of the experts, hot, takes
// the share load of all visits. Both groups are even inside.
func Skewed(experts, topK, tokens, hot, load float64) float64 {
	h := hot * experts
	a, b := topK*load, topK*(1-load)
	return hot*Coverage(h, min(a, h), tokens) + (1-hot)*Coverage(experts-h, min(b, experts-h), tokens)
}
