package train

import (
	"math"

	"flopbook/core/machine"
	"flopbook/core/model"
)

// StepInputs is what a training step depends on besides its layout.
type StepInputs struct {
	Arch   *model.Arch
	Counts *model.Counts
	Chip   machine.Chip    // machine with its rates worked in
	Mach   machine.Machine // nominal figures, for utilisation
	Eff    Efficiency

	Seq, Batch float64 // tokens in a sequence; sequences in a step, over all copies

	Fused       float64 // share of the 16-bit peak of the fused attention kernel; see machine.FusedAttention
	Narrow      float64 // share of that with heads 64 wide
	Bytes       float64 // of one number as the matmuls read it: 2, 1 for FP8, 0.5 for FP4
	GradBytes   float64 // of one gradient as it is exchanged: 4 in most bf16 recipes, 2 in fp16
	AddBytes    float64 // moved to add one gradient to those of earlier micro-batches: 8 in place in 32 bits
	AddApart    bool    // by kernels of their own, not by the matmul
	StateBytes  float64 // moved by the optimizer for each parameter of its share: about 30 for mixed Adam
	Frozen      bool    // only an adapter is trained: no gradients of the base weights
	Adapter     float64 // parameters of the adapter
	Dequantise  float64 // bytes moved to unpack one frozen weight for each use; 0 if it is stored as it is used
	NoOverlap   bool    // gradients are exchanged after the backward pass, not during it
	GradOnce    bool    // with ZeRO 2 and 3: gradients are exchanged once a step, not each micro-batch
	ShardGroup  float64 // GPUs over which ZeRO spreads states, 0 for all copies
	Pipeline    Pipeline
	Recomputed  int     // layers of a stage that full recomputation throws away, 0 for all
	Logit       float64 // bytes that the loss moves for each score of the vocabulary
	Bucket      float64 // parameters whose gradients are exchanged in one message; 0 for all at once
	Gather      Gather  // how ZeRO 1 brings the updated weights together
	Retried     float64 // bytes that the allocator gives back and takes anew in each micro-batch; see Peak.Retried
	Heads       float64 // output products for each token: 1, and 1 more for each extra token predicted
	Balanced    bool    // pipeline stages are cut by their work, head counted, not by layers
	Offload     Offload // what is kept outside the accelerator
	KernelScale float64 // kernels of one layer over those of a plain eager one; 0 for 1, negative for none (captured graphs)
}

// A Step is the time of one training step and where it goes. The parts are
// seconds of an average GPU, and sum to Total.
type Step struct {
	Matmul    float64 // matrices of the layers, forward and backward
	Attention float64 // scores and weighted values
	Experts   float64 // matrices of routed experts, with their uneven load
	Head      float64 // output matrix and loss
	Memory    float64 // operations bound by memory: norms, activations, residuals, casts
	Recompute float64 // forward work done again
	Launch    float64 // waiting for the processor to launch kernels
	Tensor    float64 // exposed exchange of tensor, sequence and context parallelism
	Dispatch  float64 // exposed exchange of tokens between experts
	Send      float64 // between pipeline stages
	Bubble    float64 // pipeline stages waiting for each other
	Data      float64 // exposed exchange of gradients and weights between copies
	Retries   float64 // the allocator, short of room, gives memory back and takes it anew
	Optimizer float64
	Offload   float64 // exposed traffic to the host and its disks, and the host's part of the optimizer
	Overhead  float64 // data, logging, what no other part explains
	Jitter    float64 // waiting for the slowest of many servers
	Total     float64

	Tokens       float64 // a step, all copies
	TokensPerGPU float64 // tokens/s of one GPU
	MFU, HFU     float64 // causal attention counted once; HFU with recomputed work
	MicroBatches float64 // a step and copy
}

// Kernels that an eager layer launches in its forward pass, counted in
// Megatron-LM and Llama modules: norm 2, projections and their biases 8, head
// reshapes 6, attention 4, residuals and dropouts 4, activation 2; the backward
// pass launches about twice as many.
const (
	kernelsLayer   = 26
	kernelsEager   = 6  // scores, mask, softmax, dropout apart
	kernelsTensor  = 3  // all-reduces with their copies
	kernelsScatter = 28 // gathers and scatters of sequence parallelism, each with its handle, waits and copies
	kernelsShard   = 12 // gathering, freeing, hooks of sharded weights
	kernelsExperts = 40 // router, sort, permutation, exchange, grouped products
	kernelsLight   = 6  // norms, activation, up-projections, done again
	kernelsEnds    = 30 // token table, loss, scaling, schedule: once a micro-batch
	backKernels    = 2
	tensorsLayer   = 6 // weights of a layer: two norms and the four matrices
	matricesLayer  = 4
	collectives    = 8 // of one layer's tensor parallelism, both passes
)

// Bytes that memory-bound kernels of one layer move for each token, if every
// chain is one kernel, in 16 bits: two norms (read, write), two residual sums
// with dropout (2 reads, write), in units of width; activation in units of the
// MLP; rotation of queries and keys in units of their width. Backward reads
// what forward read and the gradients, writes gradients.
const (
	passNorms  = 2 * 4
	passWidth  = passNorms + 2*7
	passGated  = 6 // read gate and up, write product; per unit of MLP width
	passPlain  = 4
	passRotary = 4
	backPasses = 1.8
	passScores = 13 // eager attention, per score: product writes 2, softmax reads and writes 4, dropout 5 with its mask, product reads 2
	backScores = 19 // product reads 2 and writes 2, dropout 5, softmax 6, two products read 4
)

// plainLaunch is the time to launch one copy from a plain loop, without a
// module or a gradient around it, s.
const plainLaunch = 5e-6

// larger is a smooth maximum, (a^8+b^8)^(1/8): two things that run side by side
// take a little more than the longer one when they are alike.
func larger(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if a <= 0 {
		return 0
	}
	r := b / a
	r *= r
	r *= r
	return a * math.Sqrt(math.Sqrt(math.Sqrt(1+r*r)))
}

// piece is the time of a forward or backward pass through one layer.
type piece struct {
	matmul, attn, experts, memory, tensor, dispatch, kernels float64
	weights                                                  float64 // inside matmul and experts: gradients of weights, which can wait
	light                                                    float64 // inside matmul and memory: forward work that is cheap to do again
}

func (p *piece) gpu() float64 {
	return p.matmul + p.attn + p.experts + p.memory + p.tensor + p.dispatch
}

func (p *piece) add(q *piece, w float64) {
	p.matmul += w * q.matmul
	p.attn += w * q.attn
	p.experts += w * q.experts
	p.memory += w * q.memory
	p.tensor += w * q.tensor
	p.dispatch += w * q.dispatch
	p.kernels += w * q.kernels
	p.weights += w * q.weights
	p.light += w * q.light
}

// Estimate fills out with the step's time for a layout. It allocates nothing
// and costs the same for any number of layers.
func (s *StepInputs) Estimate(l *model.Layout, out *Step) { s.estimate(l, out, nil) }

// work is what a step is made of, for who draws it: one micro-batch through
// all layers, and the pipeline.
type work struct {
	f, b                      piece
	again, head, launch, send float64 // head with its loss; send of one stage
	slow                      float64 // s of the slowest stage for a micro-batch, sends counted
	layerGPU, layerCPU        float64 // s of a layer by the accelerator and by the processor
	headCPU                   float64
}

func (s *StepInputs) estimate(l *model.Layout, out *Step, draw *work) {
	a, c, e, chip := s.Arch, s.Counts, &s.Eff, &s.Chip
	d, v := float64(a.Width), float64(a.Vocab)
	layers := float64(a.Layers)
	tp, pp, vpp := deg(l.TP), deg(l.PP), deg(l.VPP)
	dp, cp, ep := deg(l.DP), deg(l.CP), deg(l.EP)
	micro := deg(l.Micro)
	m := microBatches(s.Batch, dp, micro)
	tok := micro * s.Seq / cp // tokens of a micro-batch on one GPU's tensor-parallel group
	seqTok := tok             // tokens on which norms and residuals work
	if l.SP && tp > 1 {
		seqTok = tok / tp
	}
	moeLayers := float64(a.MoE.Layers)
	denseLayers := a.MLPLayers()
	half := a.Blocks() / layers // a half where a layer is an attention, a recurrence or an MLP alone

	// Who talks to whom.
	tpGroup := chip.Group(tp, 1)
	cpGroup := chip.Group(cp, tp)
	dpGroup := chip.Group(dp*cp, tp)
	epGroup := chip.Group(ep, 1)

	var fwd, bwd piece // one attention block
	s.attention(l, tok, tp, cp, &fwd, &bwd)
	if a.Mamba.Layers > 0 {
		s.mixed(tok, tp, &fwd, &bwd)
	}
	var fm, bm piece // one dense MLP
	if denseLayers > 0 {
		s.mlp(tok, float64(a.FF)/tp, float64(a.MLPMatrices), &fm, &bm)
	}
	var fx, bx piece // one layer of experts
	if moeLayers > 0 {
		s.experts(l, tok/tp, ep, &epGroup, &fx, &bx)
	}

	// Norms, residuals; tensor-parallel exchange.
	width := chip.Move(half*passWidth*d*seqTok) * e.Passes
	fwd.memory += width
	bwd.memory += width * backPasses
	fwd.light += width * passNorms / passWidth
	if tp > 1 {
		// Two all-reduces of the tokens' vectors each way, or as many gathers and scatters.
		bytes := 2 * tok * d
		one := tpGroup.AllReduce(bytes)
		if l.SP {
			one = 2 * tpGroup.AllGather(bytes)
		}
		one *= half
		fwd.tensor += 2 * one * e.Tensor
		// Backward, the exchange of input gradients runs beside the weight
		// gradients, where these are not put off.
		back := 2 * one
		if s.Pipeline == Pipe1F1B || s.Pipeline == PipeGPipe || pp <= 1 {
			hide := (bwd.matmul*denseShare(denseLayers, layers) + bm.matmul) / 2
			back = math.Max(back*e.Tensor, back-hide)
		}
		bwd.tensor += back
		if l.SP {
			fwd.kernels += half * kernelsScatter
			bwd.kernels += half * kernelsScatter * backKernels
		} else {
			fwd.kernels += half * kernelsTensor
			bwd.kernels += half * kernelsTensor
		}
	}
	if cp > 1 {
		// Keys and values pass round the ring beside attention (or are gathered).
		kv := 2 * 2 * tok * s.kvWidth() / tp * cp * (a.AttentionLayers() / layers)
		ring := cpGroup.AllGather(kv)
		fwd.tensor += math.Max(0.2*ring, ring-fwd.attn)
		bwd.tensor += math.Max(0.4*ring, 2*ring-bwd.attn)
		fwd.kernels += 4 * cp
		bwd.kernels += 4 * cp
	}
	if l.ZeRO == 3 {
		fwd.kernels += half * kernelsShard
		bwd.kernels += half * kernelsShard
	}

	// One micro-batch through all layers.
	var f, b piece
	f.add(&fwd, layers)
	b.add(&bwd, layers)
	f.add(&fm, denseLayers)
	b.add(&bm, denseLayers)
	f.add(&fx, moeLayers)
	b.add(&bx, moeLayers)

	if d := f.dispatch + b.dispatch; d > 0 && s.Pipeline == PipeDualPipe {
		// A forward pass beside a backward one: the exchange of each hides behind
		// the other's computing (DeepSeek-V3, section 3.2.1).
		left := exposed(d, f.gpu()+b.gpu()-b.weights-d, e.Hidden) / d
		f.dispatch *= left
		b.dispatch *= left
	}

	again := 0.0 // recomputed
	againKernels := 0.0
	switch {
	case l.Recompute == model.RecomputeFull:
		share := 1.0
		if s.Recomputed > 0 {
			share = math.Min(1, float64(s.Recomputed)*pp/layers)
		}
		again = share * f.gpu()
		againKernels = share * f.kernels
	case l.Recompute == model.RecomputeSelective && l.Eager:
		again = layers * fwd.attn
		againKernels = a.AttentionLayers() * kernelsEager
	case l.Recompute == model.RecomputeSelective:
		again = f.light
		againKernels = a.Blocks() * kernelsLight
	}

	// Output matrix and loss, on the last stage.
	head, headMem := s.head(tok, v/tp, d)
	if s.Heads > 1 {
		head, headMem = head*s.Heads, headMem*s.Heads
	}
	if tp > 1 {
		head += tpGroup.AllReduce(2*tok*d) + 3*tpGroup.AllReduce(4*tok)
	}

	// Weights of one stage.
	expertShards, expertCopies := l.ExpertShards()
	expertParams := c.Experts / (expertShards * pp)
	plainParams := (c.Attention+c.Mamba+c.MLP+c.Shared+c.Router+c.Norms)/(tp*pp) + c.Embedding/tp/math.Min(pp, 2)
	if !a.Tied && pp <= 1 {
		plainParams += c.Output / tp
	}
	params := plainParams + expertParams
	trained := params
	if s.Frozen {
		trained = s.Adapter / (tp * pp)
	}

	// Each micro-batch's gradients are added to those before, in kernels of
	// their own where the matmul does not do it.
	if !s.Frozen && s.AddApart {
		b.memory += chip.Move(s.AddBytes * trained * pp)
	}
	if s.Dequantise > 0 {
		un := chip.Move(s.Dequantise*(c.LayerMatmul/(tp))) * e.Passes
		f.memory += un
		b.memory += un
		if l.Recompute == model.RecomputeFull {
			again += un
		}
	}

	// The processor launches kernels ahead of the accelerator; where it is
	// slower, the accelerator waits.
	scale := s.KernelScale
	if scale == 0 {
		scale = 1
	}
	launch, cpu, cpuHead := 0.0, 0.0, 0.0
	gpuTime := f.gpu() + b.gpu() + again + head + headMem
	if scale > 0 {
		cpu = (f.kernels + b.kernels + againKernels + kernelsEnds*math.Min(pp, 2)) * e.Launch * scale
		if tp > 1 && pp > 1 && tp*pp*dp*cp > s.Mach.Domain {
			// Collectives queue behind the sends and receives of the pipeline.
			cpu += a.Blocks() * collectives * tp / 2 * e.Crowd
		}
		launch, cpuHead = larger(gpuTime, cpu)-gpuTime, kernelsEnds*e.Launch*scale
	}
	// The pipeline.
	send := 0.0
	if pp > 1 {
		// Each tensor-parallel GPU sends its part; the receivers put the whole
		// together (scatter-gather, Narayanan et al. 2021, section 4.1).
		bytes := 2 * tok * d
		one := chip.Send(bytes/tp, tp*dp*cp)
		if !l.SP {
			one += tpGroup.AllGather(bytes)
		}
		send = 2 * vpp * one
		if s.Pipeline.folded() {
			send *= 2
		}
	}
	sum := gpuTime + launch + send*pp
	stageGPU, stageCPU := (gpuTime-head-headMem)/layers, math.Max(0, cpu-cpuHead*math.Min(pp, 2))/layers
	slow, alone := sum/pp, [2]float64{}
	if pp > 1 {
		slow, alone = s.slowest([2]float64{stageGPU, stageCPU}, [2]float64{head + headMem, cpuHead}, send, layers, pp, vpp)
	}
	slow = math.Max(slow, sum/pp)
	switch {
	case pp <= 1 || s.Pipeline == Pipe1F1B:
		out.Bubble = pipelineWait(sum, slow, pp, vpp, m)
	case s.Pipeline == PipeGPipe:
		out.Bubble = pipelineWait(sum, slow, pp, 1, m)
	default:
		// Gradients of weights fill the waiting as long as they take: by the
		// accelerator's time, and by the processor's where that is longer.
		time := func(all, slow, first, late float64) float64 {
			each := all/pp + send
			return m*math.Max(slow, each) + fillsWith(s.Pipeline, pp, m, first/pp, each-first/pp, late/pp)
		}
		whole := time(gpuTime, alone[0], f.gpu(), b.weights)
		if cpu > 0 {
			late := 0.0
			if b.weights > 0 {
				late = matricesLayer * layers * e.Launch * scale
			}
			whole = larger(whole, time(cpu, alone[1], f.kernels*e.Launch*scale, late))
		}
		out.Bubble = math.Max(m*slow, whole) - m*sum/pp
	}

	// Exchanges run beside all of a pass, waiting or not: beside the time that a
	// micro-batch takes where the pipeline is full. Forward is one of three
	// products, of two where weights stay, of one more where it is done again.
	rounds := m
	if pp > 1 {
		rounds += pp - 1
		if s.Pipeline == Pipe1F1B {
			rounds = m + (pp-1)/vpp
		}
	}
	both := math.Max(0, (m*sum/pp+out.Bubble)/rounds-send)
	products := 3.0
	if s.Frozen {
		products--
	}
	if l.Recompute == model.RecomputeFull {
		products++
	}
	forward := both / products
	backward := both - forward

	// Weights spread over copies are gathered for each micro-batch.
	group := dp * cp
	if s.ShardGroup > 0 {
		group = s.ShardGroup
	}
	data, used := 0.0, 0.0 // used: of the time beside which exchanges run
	if dp*cp > 1 || expertCopies > 1 {
		shard := chip.Group(math.Min(group, dp*cp), tp)
		exGroup := chip.Group(expertCopies, expertShards)
		grad := trained - expertParams
		if s.Frozen {
			grad = trained
		}
		units := math.Max(1, layers/pp)
		switch {
		case l.ZeRO >= 2 && group > 1:
			gather := gatherUnits(&shard, 2*params, units)
			if l.ZeRO == 3 {
				gather *= 2
			}
			scatter := gatherUnits(&shard, s.GradBytes*trained, units)
			if s.ShardGroup > 0 && s.ShardGroup < dp*cp {
				outer := chip.Group(dp*cp/s.ShardGroup, tp*s.ShardGroup)
				scatter += outer.AllReduce(s.GradBytes * trained / s.ShardGroup)
			}
			if s.GradOnce || l.ZeRO == 2 {
				last := math.Min(backward, math.Max(0, both-gather))
				data = m*exposed(gather, both, e.Hidden) + exposed(scatter, last, e.Hidden)
				used = m*math.Min(gather, both) + math.Min(scatter, last)
			} else {
				data, used = m*exposed(gather+scatter, both, e.Hidden), m*math.Min(gather+scatter, both)
			}
			if l.ZeRO == 2 { // weights gathered once a step
				data = exposed(gather, forward, e.Hidden) + m*exposed(scatter, backward, e.Hidden)
				used = math.Min(gather, forward) + m*math.Min(scatter, backward)
			}
		default:
			messages := s.messages(grad, dp, units)
			reduce := reduceUnits(&dpGroup, s.GradBytes*grad, messages)
			gather := 0.0
			if l.ZeRO >= 1 {
				if group >= dp*cp {
					reduce = gatherUnits(&dpGroup, s.GradBytes*grad, messages)
				}
				switch ranks := math.Min(group, dp*cp); s.Gather {
				case GatherLists:
					gather = shard.AllGather(2*grad) + plainLaunch*(tensorsLayer*units+2)*ranks
				case GatherBroadcasts:
					gather = gatherUnits(&shard, 2*grad, ranks)
				default:
					gather = gatherUnits(&shard, 2*grad, messages)
				}
			}
			if expertParams > 0 && !s.Frozen {
				reduce += exGroup.AllGather(s.GradBytes * expertParams)
				gather += exGroup.AllGather(2 * expertParams)
			}
			if s.NoOverlap {
				data = reduce + gather
			} else {
				data = exposed(reduce, backward, e.Hidden) + exposed(gather, forward, e.Hidden)
				used = math.Min(reduce, backward) + math.Min(gather, forward)
			}
		}
	}
	if a.Tied && pp > 1 && !s.Frozen {
		// First and last stage sum the gradients of the shared token table.
		ends := chip.Group(2, tp*dp*cp)
		data += ends.AllReduce(s.GradBytes * c.Embedding / tp)
	}

	w := m / pp
	out.Matmul = w * (f.matmul + b.matmul)
	out.Attention = w * (f.attn + b.attn)
	out.Experts = w * (f.experts + b.experts)
	out.Head = w * (head + headMem)
	out.Memory = w * (f.memory + b.memory)
	out.Recompute = w * again
	out.Launch = w * launch
	out.Tensor = w * (f.tensor + b.tensor)
	out.Dispatch = w * (f.dispatch + b.dispatch)
	out.Send = m * send
	out.Data = data
	out.Retries = 0
	if s.Retried > 0 {
		out.Retries = m * s.Retried / e.Remap
	}

	states := trained
	if l.ZeRO >= 1 {
		states = trained / math.Max(1, math.Min(group, dp*cp))
		if !s.Frozen && expertParams > 0 {
			states = plainParams/(dp*cp) + expertParams/expertCopies
		}
	}
	out.Optimizer = chip.Move(s.StateBytes*states*(1-s.Offload.Optimizer)) + chip.Move(s.GradBytes*trained)
	out.Offload = 0
	if s.Offload.any() {
		held := params
		if l.ZeRO == 3 {
			held /= math.Max(1, math.Min(group, dp*cp))
		}
		out.Offload = s.offload(states, held, 2*seqTok*d*layers/pp, math.Max(0, both-used/m), m)
	}
	if draw != nil {
		*draw = work{f, b, again, head + headMem, launch, send, slow, stageGPU, stageCPU, cpuHead}
	}
	out.Overhead = e.Step
	out.MicroBatches = m
	s.finish(l, m, out)
}

// slowest is the time of the slowest of pp stages for one micro-batch, the
// output matrix and the loss on the last one: a stage takes as long as its
// accelerator or its processor, whichever is slower. Layer and head are s by
// the one and by the other; alone holds the slowest by each.
func (s *StepInputs) slowest(layer, head [2]float64, send, layers, pp, vpp float64) (slow float64, alone [2]float64) {
	pace := func(n, ends float64) {
		g, c := n*layer[0]+ends*head[0], n*layer[1]+ends*head[1]
		slow, alone[0], alone[1] = math.Max(slow, larger(g, c)+send), math.Max(alone[0], g+send), math.Max(alone[1], c+send)
	}
	chunks := pp * vpp
	least := math.Floor(layers/chunks) * vpp
	switch {
	case s.Balanced && vpp == 1:
		first, middle, last, _ := balancedCut(s.Arch, s.Counts, pp)
		pace(first, 0)
		pace(middle, 0)
		pace(last, 1)
	case least == layers/pp:
		pace(least, 1)
	default: // uneven: the short stages are the ends, where the head is
		pace(math.Max(least+1, layers/pp), 0)
		pace(least, 1)
	}
	return slow, alone
}

func (s *StepInputs) finish(l *model.Layout, m float64, out *Step) {
	sum := out.Matmul + out.Attention + out.Experts + out.Head + out.Memory + out.Recompute + out.Launch + out.Tensor +
		out.Dispatch + out.Send + out.Bubble + out.Data + out.Retries + out.Optimizer + out.Offload + out.Overhead
	gpus := float64(l.GPUs())
	out.Jitter = sum * s.Eff.Jitter * math.Log2(math.Max(1, gpus/math.Max(1, s.Mach.Node)))
	out.Total = sum + out.Jitter
	out.Tokens = s.Batch * s.Seq
	out.TokensPerGPU = out.Tokens / out.Total / gpus

	var fl model.Flops
	again := l.Recompute
	if again == model.RecomputeSelective && !l.Eager {
		again = model.RecomputeNone // hardly any FLOP
	}
	s.Arch.Flops(s.Counts, s.Seq, model.Causal, again, &fl)
	train, hard := fl.Train, fl.Hardware
	if s.Frozen {
		train -= fl.Linear
		hard -= fl.Linear
	}
	out.MFU = train * out.TokensPerGPU / s.Mach.Peak
	out.HFU = hard * out.TokensPerGPU / s.Mach.Peak
}

func denseShare(dense, all float64) float64 {
	if all <= 0 {
		return 0
	}
	return dense / all
}

func deg(n int) float64 { return float64(max(n, 1)) }

// exposed is what is left of an exchange that runs beside computing.
func exposed(comm, window, hidden float64) float64 {
	return comm - hidden*math.Min(comm, window)
}

// messages is how many a stage's gradients are exchanged in: buckets of whole
// tensors, so no more than there are large ones. Megatron Core's buckets grow
// with the copies, a million parameters for each.
func (s *StepInputs) messages(params, copies, layers float64) float64 {
	if s.Bucket <= 0 {
		return 1
	}
	n := params / math.Max(s.Bucket, 1e6*copies)
	return math.Max(1, math.Min(n, matricesLayer*layers+1))
}

// reduceUnits is a sum over the copies in so many messages, one after the other.
func reduceUnits(g *machine.Group, bytes, units float64) float64 {
	return units * g.AllReduce(bytes/units)
}

// gatherUnits is a gather in so many messages, one after the other.
func gatherUnits(g *machine.Group, bytes, units float64) float64 {
	return units * g.AllGather(bytes/units)
}

// kvWidth is keys or values of one token, all heads of the model.
func (s *StepInputs) kvWidth() float64 {
	if l := &s.Arch.MLA; l.KVRank > 0 {
		return float64(s.Arch.Heads) * float64(l.NopeDim+l.RopeDim+l.ValueDim) / 2
	}
	return float64(s.Arch.KVHeads * s.Arch.HeadDim)
}

// product adds a matmul of m by k times k by n and its backward passes.
func (s *StepInputs) product(m, n, k float64, f, b *piece) {
	f.matmul += s.Chip.Matmul(m, n, k, s.Bytes)
	b.matmul += s.Chip.Matmul(m, k, n, s.Bytes)
	if !s.Frozen {
		w := s.Chip.MatmulAdd(k, n, m, s.Bytes, s.added())
		b.matmul += w
		b.weights += w
	}
	if s.Bytes < 2 {
		s.cast(m*k, m*n, f, b)
	}
}

// upward is a product out of a small latent vector: cheap to do again.
func (s *StepInputs) upward(m, n, k float64, f, b *piece) {
	was := f.matmul
	s.product(m, n, k, f, b)
	f.light += f.matmul - was
}

// added is the bytes that a weight gradient's own matmul moves for each
// number: all of AddBytes where it adds in place, else the write alone.
func (s *StepInputs) added() float64 {
	if s.AddApart {
		return 2
	}
	return s.AddBytes
}

// cast is the work to bring the inputs of a product to low precision, along
// rows for one pass and along columns for the other: read 2 bytes, write twice.
func (s *StepInputs) cast(in, grad float64, f, b *piece) {
	q := s.Eff.Quantise
	f.memory += s.Chip.Move((2 + 2*s.Bytes) * in * q)
	b.memory += s.Chip.Move((2 + 2*s.Bytes) * grad * q)
}

// attention is the block from the normed input to the output projection.
func (s *StepInputs) attention(l *model.Layout, tok, tp, cp float64, f, b *piece) {
	a, chip, e := s.Arch, &s.Chip, &s.Eff
	d, heads := float64(a.Width), float64(a.Heads)/tp
	score := float64(a.HeadDim)
	f.kernels, b.kernels = kernelsLayer, kernelsLayer*backKernels
	if m := &a.MLA; m.KVRank > 0 {
		qk := heads * float64(m.NopeDim+m.RopeDim)
		if m.QRank > 0 {
			s.product(tok, float64(m.QRank), d, f, b)
			s.upward(tok, qk, float64(m.QRank), f, b)
		} else {
			s.product(tok, qk, d, f, b)
		}
		s.product(tok, float64(m.KVRank+m.RopeDim), d, f, b)
		s.upward(tok, heads*float64(m.NopeDim+m.ValueDim), float64(m.KVRank), f, b)
		s.product(tok, d, heads*float64(m.ValueDim), f, b)
		score = float64(m.NopeDim+m.RopeDim+m.ValueDim) / 2
		extra := chip.Move(8*tok*(qk+float64(m.QRank+m.KVRank))) * e.Passes
		f.memory += extra
		b.memory += extra * backPasses
		f.kernels += 10
		b.kernels += 20
	} else {
		q, kv := heads*score, float64(a.KVHeads)/tp*score
		s.product(tok, q+2*kv, d, f, b)
		s.product(tok, d, q, f, b)
		rot := 0.0
		if a.Positions == 0 {
			rot = passRotary * (q + kv)
		}
		if a.QKNorm {
			rot += 4 * (q + kv)
		}
		if l.Eager {
			rot += 4 * (q + 2*kv) // heads moved before tokens
		}
		t := chip.Move(rot*tok) * e.Passes
		f.memory += t
		b.memory += t * backPasses
	}
	seen := seenPerLayer(a, s.Seq, l.Eager)
	if l.Eager {
		// Scores written to memory: two batched products over the whole square.
		pairs := tok * seen * heads
		flop := 2 * 2 * pairs * score * s.perFLOP16() / eagerProducts
		t := flop + chip.Move(passScores*pairs) + 6*chip.Gap()
		f.attn = t
		b.attn = 2*flop + chip.Move(backScores*pairs)
		f.kernels += kernelsEager
		b.kernels += kernelsEager * backKernels
		return
	}
	// Fused: causal work only. The backward pass makes the scores again: 5
	// products for 2 (Dao et al. 2022). Narrow heads fill the matrix units less.
	pairs := tok * seen * heads
	rate := s.Mach.Peak16 * s.Fused * e.Attention * s.Seq / (s.Seq + blockWaste)
	if score < 128 {
		rate *= math.Max(0.25, s.Narrow+(1-s.Narrow)*(score-64)/64)
	}
	t := 4 * pairs * score / rate
	f.attn = t + chip.Gap()
	b.attn = 2.5*t + 2*chip.Gap()
}

// mixed makes of one attention block the mean of all layers where others are
// recurrent: attention and recurrence by their share, each alone in its layer.
func (s *StepInputs) mixed(tok, tp float64, f, b *piece) {
	a := s.Arch
	layers := float64(a.Layers)
	var rf, rb, mf, mb piece
	s.recurrence(tok, tp, &rf, &rb)
	mf.add(f, float64(a.Mamba.Attention)/layers)
	mb.add(b, float64(a.Mamba.Attention)/layers)
	mf.add(&rf, float64(a.Mamba.Layers)/layers)
	mb.add(&rb, float64(a.Mamba.Layers)/layers)
	mf.kernels, mb.kernels = kernelsLayer/2., kernelsLayer/2.*backKernels
	*f, *b = mf, mb
}

// recurrence is one Mamba-2 layer from the normed input to the output
// projection. Its scan runs in chunks of tokens, as products of heads in 16
// bits; what takes its time is memory: the convolution reads and writes the
// mixed channels, the scan reads them twice and writes its result, writes,
// carries on (reads, writes) and reads a state for each chunk in 32 bits, and
// the gated norm reads result and gate and writes (state-spaces/mamba,
// mamba_ssm/ops/triton/ssd_combined.py). Tensor parallelism deals out the heads.
func (s *StepInputs) recurrence(tok, tp float64, f, b *piece) {
	a, chip := s.Arch, &s.Chip
	m, d := &a.Mamba, float64(a.Width)
	inner, mixed, state := m.Inner()/tp, m.Mixed()/tp, float64(m.State)
	s.product(tok, m.Into()/tp, d, f, b)
	s.product(tok, d, inner, f, b)
	t := chip.Move(tok*(2*(4*mixed+4*inner)+4*4*inner*state/scanChunk)) * s.Eff.Passes
	f.memory += t
	b.memory += t * backPasses
	f.attn = 7 * inner * state * tok * s.perFLOP16() / eagerProducts
	b.attn = 2 * f.attn
}

// scanChunk is the tokens of a chunk of the scan: chunk_size of Nemotron-H's
// and Nemotron Nano 2's config.json.
const scanChunk = 128

// seenPerLayer is the tokens that a query is compared with, averaged over the
// layers: half the sequence if causal, all of it if the square is written out;
// less in layers with a window.
func seenPerLayer(a *model.Arch, seq float64, square bool) float64 {
	local := 0.0
	if a.Window.Size > 0 {
		local = float64(min(a.Window.Layers, a.Layers)) / float64(a.Layers)
	}
	w := math.Min(float64(a.Window.Size), seq)
	if square {
		return (1-local)*seq + local*w
	}
	return (1-local)*seq/2 + local*(w-w*w/(2*seq))
}

// blockWaste is the tokens' worth of masked work in blocks on the diagonal and
// of unfilled cores: FlashAttention-2 reaches 149 TFLOP/s at 2,048 tokens and
// 187 at 16,384 (Dao 2023, figure 4).
const blockWaste = 600

// eagerProducts is how much of a large matmul's rate the batched products of
// heads reach: their inner width is one head.
const eagerProducts = 0.6

func (s *StepInputs) perFLOP16() float64 { return 1 / (s.Mach.Peak16 * s.Eff.Matmul) }

// mlp is a dense MLP, its width on this GPU.
func (s *StepInputs) mlp(tok, ff, matrices float64, f, b *piece) {
	d := float64(s.Arch.Width)
	s.product(tok, (matrices-1)*ff, d, f, b)
	s.product(tok, d, ff, f, b)
	pass := float64(passPlain)
	if matrices > 2 {
		pass = passGated
		f.kernels += 2
		b.kernels += 4
	}
	t := s.Chip.Move(pass*ff*tok) * s.Eff.Passes
	f.memory += t
	f.light += t
	b.memory += t * backPasses
}

// experts is the router, the exchange of tokens, the experts of this GPU and
// the shared ones. tok is the tokens of this GPU, tensor parallelism cut away.
func (s *StepInputs) experts(l *model.Layout, tok, ep float64, g *machine.Group, f, b *piece) {
	a, chip, e := s.Arch, &s.Chip, &s.Eff
	d, k := float64(a.Width), float64(a.MoE.TopK)
	ff, mats := float64(a.MoE.ExpertFF), float64(a.MLPMatrices)
	visits := tok * k                  // token visits that this GPU serves, load even
	own := float64(a.MoE.Experts) / ep // experts here
	rows := visits / math.Max(1, own)  // tokens of one expert
	rows = math.Ceil(rows/128) * 128   // tiles are whole
	f.kernels, b.kernels = kernelsExperts, kernelsExperts*backKernels

	// Grouped products: one kernel over all experts, so one tail; weights of all
	// experts are read.
	grouped := func(n, kk float64) (float64, float64, float64) {
		fw := chip.Grouped(own, rows, n, kk, s.Bytes)
		dg := chip.Grouped(own, rows, kk, n, s.Bytes)
		wg := chip.GroupedAdd(own, kk, n, rows, s.Bytes, s.added())
		return fw, dg, wg
	}
	f1, d1, w1 := grouped((mats-1)*ff, d)
	f2, d2, w2 := grouped(d, ff)
	if s.Frozen {
		w1, w2 = 0, 0
	}
	f.experts = (f1 + f2) * e.Uneven
	b.experts = (d1 + d2 + w1 + w2) * e.Uneven
	b.weights += (w1 + w2) * e.Uneven
	if s.Bytes < 2 {
		s.cast(visits*(d+ff), visits*(d+(mats-1)*ff), f, b)
	}
	// Router in 32 bits, permutation there and back, activation, weighted sum.
	move := chip.Move(visits*(4*d*2+passGated*ff)+tok*float64(a.MoE.Experts)*16) * e.Passes
	f.memory += move
	f.light += chip.Move(visits*passGated*ff) * e.Passes
	b.memory += move * backPasses
	if a.MoE.SharedExperts > 0 {
		w := a.MoE.SharedFF
		if w == 0 {
			w = a.MoE.ExpertFF
		}
		s.mlp(tok, float64(a.MoE.SharedExperts*w), mats, f, b)
	}
	if ep > 1 {
		one := g.AllToAll(2 * visits * d)
		f.dispatch = 2 * one * e.Expert
		b.dispatch = 2 * one * e.Expert
	}
}

// head is the output matrix, forward and backward, and the loss over the vocabulary.
func (s *StepInputs) head(tok, v, d float64) (matmul, memory float64) {
	c := &s.Chip
	matmul = c.Matmul16(tok, v, d) + c.Matmul16(tok, d, v)
	if !s.Frozen {
		matmul += c.Matmul16(d, v, tok)
	}
	return matmul, c.Move(s.Logit * tok * v)
}
