package train

import (
	"math"

	"flopbook/core/catalog"
)

// Offload is what a step keeps outside the accelerator: the shares (0 to 1)
// that PeakInputs leaves out of its memory, and the speeds of one
// accelerator's way there, bytes/s.
type Offload struct {
	Optimizer   float64 // states, updated by the host's processors (ZeRO-Offload, Ren et al. 2021)
	Weights     float64 // fetched for each pass (ZeRO-Infinity, Rajbhandari et al. 2021)
	Activations float64 // what is kept of each layer for the backward pass
	Link        float64 // to the host, one way
	Host        float64 // of the host's memory
	Disk        float64 // of its disks, where the states lie there; 0 for host memory
}

func (o *Offload) any() bool { return o.Optimizer > 0 || o.Weights > 0 || o.Activations > 0 }

// HostOffload is the speeds of an accelerator that shares a server with others:
// its own PCIe link, its part of the processors' memory, and its part of so many
// drives, 0 where states lie in memory.
func HostOffload(perServer, drives float64) Offload {
	var o Offload
	if v, ok := catalog.Default("pcie4"); ok {
		o.Link = v.V
	}
	if v, ok := catalog.Default("host_adam"); ok {
		o.Host = v.V / math.Max(1, perServer)
	}
	if v, ok := catalog.Default("nvme_drive"); ok {
		o.Disk = v.V * drives / math.Max(1, perServer)
	}
	return o
}

// offload is what computing does not hide of the traffic, and the update on
// the host, s. A GPU updates `states` parameters, holds `held` weights, keeps
// `kept` bytes of each micro-batch, and has `pass` seconds of each in which
// nothing else is sent.
//
//	weights, activations   fetched for each pass, down and up again, beside computing
//	gradients down         after the backward pass
//	update                 state bytes over host memory, or over the disks if they are slower
//	new weights up         16 bits, after the update
func (s *StepInputs) offload(states, held, kept, pass, m float64) float64 {
	o := &s.Offload
	way := o.Link
	if o.Disk > 0 {
		way = math.Min(way, o.Disk)
	}
	t := m * exposed(over(2*2*held*o.Weights, way)+over(2*kept*o.Activations, o.Link), pass, s.Eff.Hidden)
	if n := states * o.Optimizer; n > 0 {
		update := over(s.StateBytes*n, o.Host)
		if o.Disk > 0 {
			update = math.Max(update, over(s.StateBytes*n, o.Disk))
		}
		t += over(s.GradBytes*n, o.Link) + update + over(2*n, o.Link)
	}
	return t
}

// slowest is a speed below which nothing is kept: bytes/s.
const slowest = 1e6

func over(bytes, speed float64) float64 { return bytes / math.Max(speed, slowest) }
