package train

import "math"

// pipelineWait is the time of a step's pipeline beyond the busy time of its
// average stage. All stages together take `sum` for one micro-batch, forward
// and backward, the slowest of them `slow`; there are m micro-batches, p stages
// and v chunks of layers in each stage.
//
// 1F1B: the slowest stage runs without pause, and the first micro-batch must
// reach it and come back: m·slow + (sum - slow)/v (Narayanan et al. 2021,
// section 2.2; with equal stages the known (p-1)(f+b)/v). With a number of
// micro-batches that p does not divide, interleaving runs a round part empty:
// (v-1)/v of a stage's time for each one missing.
func pipelineWait(sum, slow, p, v, m float64) float64 {
	if p <= 1 {
		return 0
	}
	total := m*slow + (sum-slow)/v
	if v > 1 {
		if over := math.Mod(m, p); over > 0 {
			total += (v - 1) / v * (p - over) * slow / v
		}
	}
	return total - m*sum/p
}

// pipelineNames are the names of pipelines in scenarios and reports.
var pipelineNames = [...]string{Pipe1F1B: "1f1b", PipeGPipe: "gpipe", PipeZB1P: "zb1p", PipeZB2P: "zb2p", PipeZBV: "zbv", PipeVHalf: "v-half", PipeVMin: "v-min", PipeDualPipe: "dualpipe"}

func (p Pipeline) String() string {
	if int(p) < len(pipelineNames) {
		return pipelineNames[p]
	}
	return "unknown"
}

// MarshalText writes the pipeline's name.
func (p Pipeline) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
