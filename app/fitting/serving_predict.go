//go:build !js

package fitting

import (
	"math"

	"flopbook/core/serve"
)

// PredictServing is the row's metric under the constants c, in SI; false where
// the model says that it cannot run.
func PredictServing(r *ServingRow, c *serve.Constants) (float64, bool) {
	var s serve.Step
	var b serve.Batch
	switch r.Metric {
	case "TTFT", "TTFT_mean":
		if r.Rate > 0 {
			return firstToken(r, c), true
		}
		w := serve.Prefill(&r.M, math.Max(r.Batch, 1), r.In, 0)
		serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
		return s.Total, true
	case "prefill_tok_s":
		if r.Engine == "llama.cpp" {
			return r.In / serve.Read(&r.M, &r.H, &r.L, c, r.In, llamaPass, llamaSide), true
		}
		w := serve.Prefill(&r.M, 1, r.In, 0)
		serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
		return r.In / s.Total, true
	case "decode_tok_s":
		w := serve.Decode(1, r.In+r.Out/2)
		serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
		return 1 / s.Total, true
	}
	rate := 0.0
	switch {
	case r.Scenario == "offline_static_batch" || r.Scenario == "low_latency_batch1":
		seqs := math.Max(r.Batch, 1)
		serve.Static(&r.M, &r.H, &r.L, c, seqs, r.In, r.Out, &b)
		switch r.Metric {
		case "e2e_latency":
			return b.Latency, true
		case "ITL_mean", "ITL_median", "TPOT", "TPOT_mean":
			return b.TPOT, true
		case "total_tok_s":
			return b.TotalRate, true
		}
		rate = b.PerSecond
	case r.Rate > 0:
		room := math.Max(1, math.Min(serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out), onlineRequests))
		seqs, keeps := 0.0, false
		if !math.IsInf(r.Rate, 1) {
			seqs, keeps = serve.AtRate(&r.M, &r.H, &r.L, c, r.Rate, r.load(), room, &b)
		}
		gap := b.TPOT
		rate = b.PerSecond
		if !keeps || seqs > onlineRequests/10 {
			// The run ends before a steady state is reached.
			gap, rate, _ = finite(r, c, room)
		}
		if r.Metric == "ITL_mean" {
			return gap, true
		}
	default:
		// A stated number was running; beyond what memory holds they took turns.
		seqs := math.Min(r.Batch, math.Max(1, serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out/2)))
		if seqs == 0 { // a stated number was running, whatever memory says
			// It was measured, so at least one fits.
			seqs = math.Max(1, serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out))
		}
		serve.Steady(&r.M, &r.H, &r.L, c, seqs, r.load(), &b)
		switch r.Metric {
		case "ITL_median", "ITL_mean", "TPOT", "TPOT_mean":
			// The median gap holds no prompt where fewer than half of the steps do.
			w := serve.Decode(seqs/r.L.DP, r.In+r.Out/2)
			serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
			if r.Metric != "ITL_median" {
				return b.TPOT, true
			}
			// Prompts fall into steps at random: with a mean of x the median step holds
			// none below ln 2 and about x - 1/3 well above.
			x := seqs / r.Out
			share := math.Max(0, x-1./3) / x * math.Min(1, math.Max(0, (x-0.4)/0.6))
			return s.Total + share*(b.TPOT-s.Total), true
		}
		rate = b.PerSecond
	}
	if r.Metric == "total_tok_s" {
		rate *= (r.In + r.Out) / r.Out
	}
	if r.PerGPU {
		rate /= r.GPUs
	}
	return rate, true
}

// llama.cpp takes 512 tokens of a prompt at once (n_ubatch); cards that hold
// different layers work on different passes of the 2,048 that it is given
// together (n_batch).
const (
	llamaPass = 512
	llamaSide = 4
)

// firstToken is the wait for the first token when questions arrive at the row's
// rate: the prompts before it, its own, and one step among the others' answers.
func firstToken(r *ServingRow, c *serve.Constants) float64 {
	var b serve.Batch
	room := math.Max(1, math.Min(serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out), onlineRequests))
	if !math.IsInf(r.Rate, 1) {
		if _, keeps := serve.AtRate(&r.M, &r.H, &r.L, c, r.Rate, r.load(), room, &b); keeps {
			return b.TTFT + serve.GG1Wait(b.Reading(), r.Rate, 1, 0) // arrivals at random, lengths all alike
		}
	}
	_, _, first := finite(r, c, room)
	return first
}

// load is the row's question; its lengths are all alike.
func (r *ServingRow) load() *serve.Load {
	return &serve.Load{In: r.In, Out: r.Out, Context: r.In + r.Out/2}
}

// onlineRequests is how many questions the open-queue benchmark sends in all.
const onlineRequests = 500

// TimeError is predicted over measured time, less one: rates are turned into
// time first, so that too fast is negative for every metric.
func TimeError(r *ServingRow, predicted float64) float64 {
	if r.rateMetric() {
		return r.Measured/predicted - 1
	}
	return predicted/r.Measured - 1
}

func (r *ServingRow) rateMetric() bool {
	switch r.Metric {
	case "output_tok_s", "total_tok_s", "output_tok_s_per_gpu", "decode_tok_s", "prefill_tok_s":
		return true
	}
	return false
}

// finite plays a run of onlineRequests questions that arrive at the row's
// rate, or all at once, in slices of a twentieth of an answer, and returns the
// mean gap between tokens, the answer tokens per second of the whole run, and
// the mean wait for the first token.
func finite(r *ServingRow, c *serve.Constants, room float64) (gap, rate, first float64) {
	const slices = 20
	var active [slices]float64 // sequences by how much of the answer they have
	var s serve.Step
	per := r.Out / slices
	waiting, arrived, running, clock, gaps, waits := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	for done := 0.0; done < onlineRequests-0.5; {
		if math.IsInf(r.Rate, 1) {
			arrived, waiting = onlineRequests, waiting+onlineRequests-arrived
		} else if due := math.Min(onlineRequests, 1+r.Rate*clock); due > arrived {
			waiting, arrived = waiting+due-arrived, due
		}
		start := math.Min(waiting, room-running)
		waiting -= start
		w := serve.Prefill(&r.M, start, r.In, 0)
		serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
		read := s.Total * math.Min(1, start)
		w = serve.Decode(math.Max(running+start, 0.5), r.In+r.Out/2)
		serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
		write := per * s.Total
		clock += read + write
		waits += waiting*(read+write) + start*(read+s.Total)
		// Those that start wait on average for half of the prompts read with them.
		gaps += running*(read+write) + start*(read/2+write)
		end := active[slices-1]
		done += end
		copy(active[1:], active[:slices-1])
		active[0] = start
		running += start - end
	}
	return gaps / (onlineRequests * math.Max(r.Out-1, 1)), onlineRequests * r.Out / clock, waits / onlineRequests
}

// PredictServedMemory is the memory in use on one GPU, bytes: its share of the weights
// and of the cache of all sequences, the buffers of a layer for the prompts
// that are read at once, and what the runtime keeps.
func PredictServedMemory(r *ServingRow) float64 {
	n, seqs := r.L.GPUs(), math.Max(r.Batch, 1)
	return (r.M.Stored+seqs*serve.CacheOnGPUs(&r.M, &r.L, r.In+r.Out))/n + r.buffers(seqs*r.In) + runtimeBytes
}

// buffers is the bytes that an engine holds for a layer's inputs and outputs
// while tokens of prompts pass: five as wide as the model on every GPU (what
// comes in and goes out of the model and of the layer, the norm), eight that
// are cut over the GPUs (queries, keys and values as they come and transposed,
// attention's result likewise), and the MLP's, in 16 bits (NVIDIA
// FasterTransformer, ParallelGptContextDecoder.cc, GptContextAttentionLayer.cc).
// Room is taken for a fifth more sequences and a fifth longer ones (the same,
// isValidBatchSize and isValidSeqLen). Engines that add prompts as they come
// read no more than a chunk at once.
func (r *ServingRow) buffers(tokens float64) float64 {
	d, ff := float64(r.Arch.Width), float64(max(r.Arch.FF, r.Arch.MoE.TopK*r.Arch.MoE.ExpertFF)*(r.Arch.MLPMatrices-1))
	room := 1.2 * 1.2
	if engineFamily(r.Engine) != "FasterTransformer" {
		room, tokens = 1, math.Min(tokens, chunk)
	}
	return 2 * room * tokens * (5*d + (8*d+ff)/r.L.TP)
}

// chunk is the tokens of prompts that vLLM and TensorRT-LLM read in one step
// unless told otherwise (max_num_batched_tokens, max_num_tokens).
const chunk = 8192

// runtimeBytes is what context, libraries and workspaces take on a GPU: the
// middle of the 1 to 4 GB that engines' documents give.
const runtimeBytes = 2.5e9
