package train

import "flopbook/core/machine"

// Efficiency is every fitted constant of a step: what hardware and software
// make of the nominal figures. The physics in this package and in package
// machine has none of its own. See app/fitting for how it is fitted.
type Efficiency struct {
	machine.Rates

	Attention float64 // speed of fused attention over that published for the kernel
	Passes    float64 // bytes moved by operations between the matmuls, over those of fully fused kernels
	Launch    float64 // s that the processor needs to launch one kernel
	Crowd     float64 // s that a collective waits for each two peers, where a pipeline's messages use the same network
	Tensor    float64 // share of tensor-parallel exchange that computing does not hide
	Hidden    float64 // share of gradient and weight exchange that hides, of what could
	Expert    float64 // share of expert exchange that computing does not hide
	Uneven    float64 // time of the experts over that of equally loaded ones
	Quantise  float64 // bytes moved to make low-precision inputs, over reading once and writing twice
	Remap     float64 // bytes/s at which the allocator gives memory back to the driver and takes it anew
	Step      float64 // s a step outside computing and exchange: data, logging, the optimizer's loop
	Jitter    float64 // slowing for each doubling of the servers
}

// Typical is the middle of the prior that the fit starts from: round figures
// from the literature, used where nothing was measured. Matmul: best measured
// share less the clock that long runs lose (stas00/ml-engineering, MAMF).
// Link and network: NCCL tests (NVIDIA GTC24 S62129).
//
// Launch is 3.3 ms for the three passes of a layer with Megatron-DeepSpeed on
// A100 hosts, over the kernels counted in step.go. That figure is of the
// vtrain sources themselves, so their left-out errors are not free of it.
var Typical = Efficiency{
	Rates: machine.Rates{Matmul: 0.75, Tail: 0.15, Memory: 0.8, Gap: 3e-6, Link: 0.75,
		LinkLatency: 60e-6, Net: 0.75, Rails: 0.9, NetLatency: 20e-6},
	Attention: 1, Passes: 1.5, Launch: 25e-6, Crowd: 15e-6, Tensor: 0.8, Hidden: 0.7, Expert: 0.9, Uneven: 1.15, Quantise: 1.5,
	Remap: 60e9, Step: 0.012, Jitter: 0.003,
}
