package serve

import "math"

// Free is the memory left for the cache on all GPUs of one copy, bytes, after
// weights and runtime: n M u - weights - n R, with M the bytes that a device
// really reports (an "80 GB" H100 has 85.5e9; with 80e9 a 70B model in FP8 on
// one GPU, which is measured, would be impossible). vLLM takes a share of the whole
// memory (Usable), TensorRT-LLM a share of what the weights leave (Rest).
// Negative where the weights do not fit.
func Free(m *Model, h *Machine, l *Layout, c *Constants) float64 {
	weights := m.Stored
	if l.DP > 1 {
		weights += (l.DP - 1) * m.Dense // every group keeps its own attention and dense weights
	}
	return c.Rest * (room(h, l, c) - weights)
}

// room is the memory that the GPUs of a copy have for weights and cache, bytes.
func room(h *Machine, l *Layout, c *Constants) float64 {
	return l.GPUs() * (h.Memory*c.Usable - c.Reserve)
}

// CacheOnGPUs is what one sequence of the given length takes on the GPUs that
// hold it, copies included: beyond the number of key-value heads tensor
// parallelism copies the cache, and a latent cache cannot be cut at all. The
// state of recurrent layers is cut by their own heads.
func CacheOnGPUs(m *Model, l *Layout, context float64) float64 {
	return (m.CacheBytes(context)-m.State)*l.TP/math.Min(l.TP, m.Shards) + m.State
}

// BatchMax is the most sequences of one copy whose cache fits when each may
// grow to the given length, at most the engine's own limit for each group; 0 where the weights
// do not fit. Engines that never evict reserve the whole length; paged ones
// that do come close to the mean length ([MeanContext]).
func BatchMax(m *Model, h *Machine, l *Layout, c *Constants, length float64) float64 {
	free := Free(m, h, l, c)
	if free <= 0 {
		return 0
	}
	limit := c.MaxBatch
	if limit <= 0 {
		limit = math.Inf(1)
	}
	one := CacheOnGPUs(m, l, length)
	if one <= 0 {
		return limit * l.DP
	}
	return math.Min(limit*l.DP, free/one)
}

// Fits is the number of sequences beside the weights: (memory - weights) /
// (bytes per token · context) (jax-ml/scaling-book, applied-inference.md).
func Fits(memory, weights, kvPerToken, context float64) float64 {
	return (memory - weights) / (kvPerToken * context)
}

// MeanContext is the tokens that a running sequence holds on average, over
// time, when prompts have mean length in, answers mean length out with
// squared coefficient of variation cv2, independent of each other: long
// answers run longer and weigh more. in + out (1 + cv2)/2; out/2 for answers
// that are all alike.
func MeanContext(in, out, cv2 float64) float64 { return in + out*(1+cv2)/2 }

// PagedWaste is the cache that block rounding wastes per sequence, tokens, on
// average: half a block.
func PagedWaste(block float64) float64 { return block / 2 }
