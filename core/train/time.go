package train

import (
	"math"

	"flopbook/core/unit"
)

// Seconds in the units that runs are told in.
const (
	secondsPerHour = 3600
	secondsPerDay  = 86400
)

// Days is how long the work takes on so many GPUs at the given share of their
// peak: FLOP / (GPUs · peak · MFU · goodput). Goodput is the share of the time
// that is not lost to failures and waiting, 1 for none lost. If flops counts
// recomputed work, mfu must be the hardware utilisation (HFU). Infinite when a
// factor below the line is zero.
func Days(flops unit.FLOP, gpus float64, peak unit.FLOPPerSec, mfu, goodput float64) unit.Days {
	return unit.Days(float64(flops) / (gpus * float64(peak) * mfu * goodput * secondsPerDay))
}

// DaysSustained is the same from the speed really reached on each GPU. With
// flops = 8·params·tokens it is equation 4 of Narayanan et al. 2021.
func DaysSustained(flops unit.FLOP, gpus float64, achieved unit.FLOPPerSec) unit.Days {
	return Days(flops, gpus, achieved, 1, 1)
}

// GPUsFor is how many GPUs finish the work in the given days; not rounded up.
func GPUsFor(flops unit.FLOP, days unit.Days, peak unit.FLOPPerSec, mfu, goodput float64) float64 {
	return float64(flops) / (float64(days) * secondsPerDay * float64(peak) * mfu * goodput)
}

// GPUHours is GPUs times hours.
func GPUHours(gpus float64, t unit.Seconds) unit.GPUHours {
	return unit.GPUHours(gpus * float64(t) / secondsPerHour)
}

// Total is a count times the amount of each: tokens of so many samples,
// GPU-hours of so many trillion tokens.
func Total(count, each float64) float64 { return count * each }

// HardwareFLOPs is the work that a machine did: GPUs · time · peak · utilisation.
// It is how the work of a closed model is estimated from its hardware
// (Epoch AI, "Estimating training compute").
func HardwareFLOPs(gpus float64, t unit.Seconds, peak unit.FLOPPerSec, mfu float64) unit.FLOP {
	return unit.FLOP(gpus * float64(t) * float64(peak) * mfu)
}

// MFUOfBill is the utilisation that billed GPU-hours imply for a known amount of
// work: FLOP / (GPU-hours · 3600 · peak). Restarts and idle time are in the
// bill, so it lies below the utilisation of a step.
func MFUOfBill(flops unit.FLOP, hours unit.GPUHours, peak unit.FLOPPerSec) float64 {
	return float64(flops) / (float64(hours) * secondsPerHour * float64(peak))
}

// PFDays turns petaFLOP/s-days, the unit of OpenAI's papers, into FLOP: 8.64e19 each.
func PFDays(n float64) unit.FLOP { return unit.FLOP(n * 1e15 * secondsPerDay) }

// Amdahl is the speed-up on n workers when a share of the work cannot be
// divided: 1 / (f + (1-f)/n) (Amdahl 1967).
func Amdahl(serial, n float64) float64 { return 1 / (serial + (1-serial)/n) }

// OffloadEfficiency is the share of peak kept when states live in slower
// memory: ait·bw / (ait·bw + peak), with ait the FLOP done per byte moved
// (Rajbhandari et al. 2021, ZeRO-Infinity, section 4).
func OffloadEfficiency(ait float64, bandwidth unit.BytesPerSec, peak unit.FLOPPerSec) float64 {
	flow := ait * float64(bandwidth)
	return flow / (flow + float64(peak))
}

// RingAllReduce is the time in which n GPUs sum a buffer around a ring:
// 2(n-1)/n · bytes/bandwidth + 2(n-1)·latency. Bandwidth is that of one GPU, one
// way. An all-gather or reduce-scatter takes half.
func RingAllReduce(bytes unit.Bytes, n float64, bandwidth unit.BytesPerSec, latency unit.Seconds) unit.Seconds {
	if n <= 1 {
		return 0
	}
	return unit.Seconds(2*(n-1)/n*float64(bytes)/float64(bandwidth)) + unit.Seconds(2*(n-1))*latency
}

// DataParallelTokens is the fewest tokens per chip and step at which gradient
// exchange hides behind computing: peak/bandwidth (jax-ml/scaling-book,
// training.md).
func DataParallelTokens(peak unit.FLOPPerSec, bandwidth unit.BytesPerSec) unit.Tokens {
	return unit.Tokens(float64(peak) / float64(bandwidth))
}

// MinGPUs is the larger of what memory and what the deadline ask for, rounded up.
func MinGPUs(memory, deadline float64) float64 { return math.Ceil(math.Max(memory, deadline)) }
