//go:build !js

package fitting

import "slices"

// shippedSources are the tables of measurements (the column source) that the
// embedded constants of serving were fitted on.
var shippedSources = []string{"ML.ENERGY-v3", "ANL-LLM-Inference-Bench", "llamacpp-XiongjieDai", "TRTLLM-0.17", "FasterTransformer",
	"TRTLLM-0.14-online", "TRTLLM-0.6.1-batch", "gpt-fast", "TRTLLM-0.5-latency", "TRTLLM-0.5-blog", "TRTLLM-0.7a-blog"}

// BySeen splits rows into those of sources that the embedded constants were
// fitted on and those that these have never seen.
func BySeen(rows []ServingRow) (seen, fresh []ServingRow) {
	for _, r := range rows {
		if slices.Contains(shippedSources, r.Source) {
			seen = append(seen, r)
		} else {
			fresh = append(fresh, r)
		}
	}
	return seen, fresh
}
