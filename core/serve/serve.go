// Package serve estimates what it takes to answer questions with a trained
// model: prefill and decode by roofline with a stated efficiency, the memory
// of running answers (KV cache), speed, fleet, money and energy.
//
// Physics and efficiency are apart: the roofline has no fitted constant, and
// every constant of [Efficiency] comes from the catalogue with its source and
// range. The constants were fitted on fixed-batch and offline measurements of
// several engines; they trade off against each other, so only predictions are
// meaningful.
package serve

import "math"

// Inputs is one model on one kind of machine under one demand. Rates and
// sizes are per GPU unless said otherwise; SI base units.
type Inputs struct {
	WeightBytes  float64 // all weights of one copy, bytes
	ExpertBytes  float64 // part of WeightBytes that sits in routed experts
	Experts      float64 // routed experts per layer, 0 if dense
	TopK         float64 // of them used per token
	ParamsActive float64 // parameters that multiply each token, output head included
	Layers       float64
	Width        float64 // d_model
	AttnWidth    float64 // query heads x head width
	KVPerToken   float64 // bytes per token at the mean context
	KVFull       float64 // bytes per token at the full context

	Peak      float64 // dense FLOP/s in the arithmetic precision
	Bandwidth float64 // bytes/s
	Memory    float64 // true bytes
	Link      float64 // bytes/s one way inside a server, 0 if none
	Domain    float64 // GPUs joined by that link
	ServerW   float64 // W per GPU, server included, at full load

	In, Out float64 // tokens of a question and of its answer
	TPOT    float64 // s, slowest pace allowed
	Busy    float64 // share of capacity in use over a day
	PerDay  float64 // questions a day
	Price   float64 // USD per GPU-hour
	PUE     float64

	Eff Efficiency
}

// Efficiency is the fitted layer: how far real engines stay below the roofline.
type Efficiency struct {
	Matmul     float64 // share of peak FLOP/s reached in decode
	Prefill    float64 // share of peak FLOP/s reached in prefill
	Memory     float64 // share of bandwidth reached in reading weights
	KV         float64 // share of bandwidth reached in reading the KV cache
	Usable     float64 // share of memory an engine may use
	Reserve    float64 // bytes per GPU for runtime and graphs
	StepTime   float64 // s per step: scheduler, launches, sampling
	PerSeq     float64 // s per running answer and step
	AllReduce  float64 // s per all-reduce, synchronisation included
	LinkShare  float64 // share of the link's bandwidth reached
	Slow       float64 // measured slow-down of the family against the fit's own
	PowerBusy  float64 // share of ServerW drawn while answering
	PowerIdle  float64 // share of ServerW drawn while waiting
	BatchLimit float64 // answers that engines run at once at most
}

// Result is every figure of the serving estimate. The order is that of the
// computation; explanations read them, nothing is computed twice.
type Result struct {
	OK          bool // false: no copy fits, or the slowest pace cannot be held
	TooBig      bool // no number of GPUs up to 512 holds the weights
	TooSlow     bool // even one answer at a time is slower than TPOT
	GPUs        float64
	Usable      float64 // bytes left for weights and KV on all GPUs of a copy
	Context     float64 // mean tokens held per running answer
	BatchMemory float64 // answers that memory holds
	BatchPace   float64 // answers at which the pace is just held
	PaceCapped  bool    // the engine's limit, not the pace, set BatchPace
	Batch       float64
	Touched     float64 // share of the experts that a step reads
	TWeights    float64 // s reading weights
	TMatmul     float64 // s multiplying
	TKV         float64 // s reading the KV cache
	TLink       float64 // s exchanging between GPUs
	TStep       float64 // s per decode step
	PrefillFLOP float64 // FLOP of one question
	TPrefill    float64 // s of one question's prefill
	TPOT        float64 // s per token seen, prefills of others included
	TTFT        float64 // s to the first token, without queueing
	OutRate     float64 // answer tokens/s of one copy
	OutPerGPU   float64 // answer tokens/s per GPU
	USDPerMTok  float64
	WPerGPU     float64 // W at the wall of the server, mean over busy and idle
	WhPerMTok   float64 // with PUE
	TokensPerS  float64 // demand, answer tokens/s
	Replicas    float64
	FleetGPUs   float64
	CostPerDay  float64
	EnergyDay   float64 // J a day, with PUE
	CostPerQ    float64
	EnergyPerQ  float64 // J
}

// largestCopy bounds the GPUs of one copy that are tried.
const largestCopy = 512

// weightShare is how much of a copy's usable memory weights may take, so that
// running answers have room.
const weightShare = 0.8

// Estimate writes the serving figures of in to out. It allocates nothing.
// Formulas: scaling-book (roofline), Erdil 2025 (latency terms), with the
// constants of Inputs.Eff.
func Estimate(in *Inputs, out *Result) {
	*out = Result{}
	perGPU := in.Memory*in.Eff.Usable - in.Eff.Reserve
	n := 1.0
	for n*perGPU*weightShare < in.WeightBytes {
		n *= 2
		if n > largestCopy || perGPU <= 0 {
			out.TooBig = true
			return
		}
	}
	out.GPUs = n
	out.Usable = n * perGPU
	out.Context = in.In + in.Out/2
	out.BatchMemory = (out.Usable - in.WeightBytes) / (in.KVFull * (in.In + in.Out))
	if in.KVFull == 0 {
		out.BatchMemory = in.Eff.BatchLimit
	}
	if out.BatchMemory < 1 {
		out.TooBig = true
		return
	}
	out.PrefillFLOP = 2*in.ParamsActive*in.In + 2*in.Layers*in.AttnWidth*in.In*in.In
	out.TPrefill = in.Eff.Slow * out.PrefillFLOP / (n * in.Peak * in.Eff.Prefill)

	// The largest batch that holds the pace, by bisection: the step time grows
	// with the batch.
	lo, hi := 1.0, in.Eff.BatchLimit
	switch {
	case seen(in, out, lo) > in.TPOT:
		out.TooSlow = true
		hi = lo
	case seen(in, out, hi) <= in.TPOT:
		out.PaceCapped = true
		lo = hi
	default:
		for range 60 {
			mid := (lo + hi) / 2
			if seen(in, out, mid) <= in.TPOT {
				lo = mid
			} else {
				hi = mid
			}
		}
	}
	out.BatchPace = lo
	out.Batch = math.Max(1, math.Floor(math.Min(out.BatchMemory, out.BatchPace)))
	out.TPOT = seen(in, out, out.Batch)
	out.TTFT = out.TPrefill + out.TStep
	out.OutRate = out.Batch / out.TPOT
	out.OutPerGPU = out.OutRate / n
	out.OK = true

	out.USDPerMTok = in.Price / 3600 / (out.OutPerGPU * in.Busy) * 1e6
	out.WPerGPU = in.ServerW * (in.Busy*in.Eff.PowerBusy + (1-in.Busy)*in.Eff.PowerIdle)
	out.WhPerMTok = out.WPerGPU * in.PUE / 3600 / (out.OutPerGPU * in.Busy) * 1e6

	out.TokensPerS = in.PerDay * in.Out / 86400
	if in.PerDay > 0 {
		out.Replicas = math.Max(1, math.Ceil(out.TokensPerS/(out.OutRate*in.Busy)))
	}
	out.FleetGPUs = out.Replicas * n
	out.CostPerDay = out.FleetGPUs * 24 * in.Price
	out.EnergyDay = out.FleetGPUs * out.WPerGPU * in.PUE * 86400
	if in.PerDay > 0 {
		out.CostPerQ = out.CostPerDay / in.PerDay
		out.EnergyPerQ = out.EnergyDay / in.PerDay
	}
}

// seen writes the parts of a decode step at batch b and returns the time per
// token that a reader sees when each finished answer is replaced by a new
// question's prefill: T(b) + b/Out x prefill.
func seen(in *Inputs, out *Result, b float64) float64 {
	n := out.GPUs
	read := in.WeightBytes
	out.Touched = 1
	if in.Experts > 0 {
		out.Touched = 1 - math.Exp(b*math.Log(1-in.TopK/in.Experts))
		if in.TopK >= in.Experts {
			out.Touched = 1
		}
		read = in.WeightBytes - in.ExpertBytes + in.ExpertBytes*out.Touched
	}
	out.TWeights = read / (n * in.Bandwidth * in.Eff.Memory)
	out.TMatmul = 2 * in.ParamsActive * b / (n * in.Peak * in.Eff.Matmul)
	out.TKV = b * out.Context * in.KVPerToken / (n * in.Bandwidth * in.Eff.KV)
	out.TLink = 0
	if n > 1 && in.Link > 0 {
		out.TLink = 2 * in.Layers * (in.Eff.AllReduce + 2*(n-1)/n*b*in.Width*2/(in.Link*in.Eff.LinkShare))
	}
	out.TStep = in.Eff.Slow * (math.Max(out.TWeights, out.TMatmul) + out.TKV + out.TLink + in.Eff.StepTime + in.Eff.PerSeq*b)
	return out.TStep + b/in.Out*out.TPrefill
}
