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
		w := serve.Prefill(&r.M, math.Max(r.Batch, 1), r.In, 0)
		serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
		return s.Total, true
	case "prefill_tok_s":
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
		if !serve.Static(&r.M, &r.H, &r.L, c, seqs, r.In, r.Out, &b) {
			return 0, false
		}
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
		room := math.Min(serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out), onlineRequests)
		if room < 1 {
			return 0, false
		}
		serve.AtRate(&r.M, &r.H, &r.L, c, r.Rate, r.In, r.Out, room, &b)
		if r.Metric == "ITL_mean" {
			return b.TPOT, true
		}
		rate = b.PerSecond
	default:
		seqs := r.Batch
		room := serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out)
		if seqs == 0 || seqs > room {
			seqs = room
		}
		if seqs < 1 {
			return 0, false
		}
		serve.Steady(&r.M, &r.H, &r.L, c, seqs, r.In, 0, r.Out, r.In+r.Out/2, &b)
		switch r.Metric {
		case "ITL_median", "ITL_mean", "TPOT", "TPOT_mean":
			// The median gap holds no prompt where fewer than half of the steps do.
			w := serve.Decode(seqs/r.L.DP, r.In+r.Out/2)
			serve.StepTime(&r.M, &r.H, &r.L, c, &w, &s)
			if r.Metric != "ITL_median" {
				return b.TPOT, true
			}
			share := math.Min(1, seqs/r.Out)
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
