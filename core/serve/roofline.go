package serve

import "math"

// DecodeRoof is the least time of a decode step, s: the cache of all sequences
// over the bandwidth, and the slower of reading the weights and 2·P·B
// operations: B·KV/BW + max(2BP/F, bytes/BW) (jax-ml/scaling-book,
// inference.md). flops 0 leaves the arithmetic out.
func DecodeRoof(weightBytes, params, batch, kvPerSequence, bandwidth, flops float64) float64 {
	t := weightBytes / bandwidth
	if flops > 0 {
		t = math.Max(t, 2*params*batch/flops)
	}
	return batch*kvPerSequence/bandwidth + t
}

// CriticalBatch is the tokens per step at which arithmetic takes as long as
// reading the weights: F b / (2 W), b bytes per weight. For experts multiply by
// about experts over experts per token.
func CriticalBatch(flops, bandwidth, bytesPerWeight float64) float64 {
	return flops * bytesPerWeight / (2 * bandwidth)
}

// MBU is the share of memory bandwidth that a step used: bytes/(t·BW).
func MBU(bytes, seconds, bandwidth float64) float64 { return bytes / (seconds * bandwidth) }

// ForwardMFU is the share of peak that a forward pass used, 2·P·tokens/(t·n·F);
// attention is not counted, as in Pope et al. 2022.
func ForwardMFU(params, tokens, seconds, chips, peak float64) float64 {
	return 2 * params * tokens / (seconds * chips * peak)
}

// PrefillTime is the time to read tokens at the given share of peak, s.
func PrefillTime(params, tokens, chips, peak, mfu float64) float64 {
	return 2 * params * tokens / (chips * peak * mfu)
}

// AttentionShare is causal attention over the matrices in prefill:
// 2·L·H·dh·S² over 2·P·S.
func AttentionShare(params, layers, heads, headDim, tokens float64) float64 {
	return layers * heads * headDim * tokens / params
}

// ReadSlope is the time that each further token of context adds to a step of
// one sequence, s.
func ReadSlope(kvPerToken, bandwidth, share float64) float64 {
	return kvPerToken / (bandwidth * share)
}

// NCCLLatency is the latency of one small all-reduce over ranks GPUs in nodes
// servers, s: the LL protocol, 2((ranks/nodes - 1)·0.6 us + log2(nodes)·5 us) +
// 6.8 us (Erdil 2025 after NCCL's tuning tables).
func NCCLLatency(ranks, nodes float64) float64 {
	return 2*((ranks/nodes-1)*0.6e-6+math.Log2(nodes)*5e-6) + 6.8e-6
}

// ErdilStep is the time of one decode step, s, of Erdil 2025 (inference-economics
// notebook): weights and cache at full bandwidth or arithmetic at full speed,
// reduces all-reduces per layer, each NCCL's latency and a transfer of the
// activations, and launches kernels per layer. link is one way: the notebook's
// all-reduce bandwidth in a node is half of it, of which the LL protocol reaches half.
func ErdilStep(weightBytes, params, cacheBytes, batch, width, layers, gpus, bandwidth, flops, link, launch, launches, reduces float64) float64 {
	t := math.Max((weightBytes+cacheBytes)/(gpus*bandwidth), 2*params*batch/(gpus*flops))
	move := batch * width * activationBytes / (link / 2 * 0.5)
	return t + layers*reduces*(NCCLLatency(gpus, 1)+move) + layers*launches*launch
}
