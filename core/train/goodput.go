package train

import (
	"math"

	"flopbook/core/unit"
)

// MTTF is the mean time to a failure of a run on so many nodes, each failing
// at the given rate a day: 24 h / (nodes · rate). Kokolis et al. 2024 measured
// 6.5e-3 per node-day on RSC-1; by the same paper small jobs fail more often
// than this says (7.9 h measured on 1,024 GPUs against 28.8 h).
func MTTF(nodes, failuresPerNodeDay float64) unit.Seconds {
	return unit.Seconds(secondsPerDay / (nodes * failuresPerNodeDay))
}

// MTBF is the mean time between failures that were counted.
func MTBF(span unit.Seconds, failures float64) unit.Seconds { return span / unit.Seconds(failures) }

// FailureRate is failures per node and day.
func FailureRate(failures, nodes float64, span unit.Days) float64 {
	return failures / (nodes * float64(span))
}

// ETTR is the expected share of time that is training ("effective training
// time ratio"): (1 - nodes·rate·(restart + interval/2)) / (1 + write/interval),
// with rate per node and second and write the time for which a checkpoint
// stops training (Kokolis et al. 2024). Not below 0.
func ETTR(nodes, failuresPerNodeDay float64, restart, interval, write unit.Seconds) float64 {
	lost := nodes * failuresPerNodeDay / secondsPerDay * float64(restart+interval/2)
	return math.Max(0, 1-lost) / (1 + float64(write/interval))
}

// YoungInterval is the time between checkpoints that loses least,
// √(2·write·MTBF) (Young 1974).
func YoungInterval(write, mtbf unit.Seconds) unit.Seconds {
	return unit.Seconds(math.Sqrt(2 * float64(write) * float64(mtbf)))
}

// DalyInterval refines it: √(2wM)·(1 + ⅓√(w/2M) + w/(18M)) - w for w < 2M,
// else M (Daly 2006).
func DalyInterval(write, mtbf unit.Seconds) unit.Seconds {
	w, m := float64(write), float64(mtbf)
	if w >= 2*m {
		return mtbf
	}
	return unit.Seconds(math.Sqrt(2*w*m)*(1+math.Sqrt(w/(2*m))/3+w/(18*m)) - w)
}

// CheckpointShare is the share of time that writing takes: write/interval.
func CheckpointShare(write, interval unit.Seconds) float64 { return float64(write / interval) }

// CheckpointBandwidth is the storage speed at which a checkpoint is written in the given time.
func CheckpointBandwidth(size unit.Bytes, write unit.Seconds) unit.BytesPerSec {
	return unit.BytesPerSec(float64(size) / float64(write))
}
