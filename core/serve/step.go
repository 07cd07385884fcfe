package serve

import "math"

// Constants are the fitted layer: how far an engine on a kind of accelerator
// stays below the data sheet, and what a step costs besides arithmetic and
// memory. They come from [Fitted], by engine, accelerator family and
// precision; the physics in this package has none of its own.
type Constants struct {
	Weights   float64 // share of bandwidth reached in reading weights
	KV        float64 // share of bandwidth reached in reading the cache
	Matmul    float64 // share of peak reached in matrix products
	Attention float64 // share of peak reached between the tokens of a prompt
	Step      float64 // s per step: scheduler, sampling
	Layer     float64 // s per layer and step: kernel launches
	Seq       float64 // s per running sequence and step
	AllReduce float64 // s per exchange between 8 GPUs, synchronisation included
	Link      float64 // share of the link reached
	Expert    float64 // slow-down of reading the experts' matrices against dense ones: imbalance, many small reads
	Grouped   float64 // the same for multiplying them
	Usable    float64 // share of memory that an engine may use
	Rest      float64 // share of what weights leave that the cache may take
	Reserve   float64 // bytes per GPU for runtime, graphs and communication
	MaxBatch  float64 // sequences that an engine runs at once at most
}

// Work is what one step is given, for each group of sequences.
type Work struct {
	Seqs    float64 // sequences that get their next token
	Context float64 // tokens that each of them holds, on average
	Prompt  float64 // tokens of prompts read in the same step
	Pairs   float64 // query-key pairs of those tokens in a layer that sees everything
	Near    float64 // the same in a windowed layer
	Starts  float64 // questions that begin in this step; an encoder reads its input then
	Logits  float64 // prompts that end in this step and need logits
	Draft   float64 // tokens checked for each of Seqs beyond its next one
}

// Step is the time of one step by part, s.
type Step struct {
	Read      float64 // reading weights that are not experts
	Matmul    float64 // multiplying them
	Expert    float64 // the experts: the slower of reading and multiplying
	Cache     float64 // reading the cache and recurrent states, or its arithmetic where that is slower
	Attention float64 // between the tokens of prompts
	Link      float64 // between the GPUs that share a layer, and between stages
	Spread    float64 // tokens on their way to experts on other GPUs and back; hidden behind the work if that takes longer
	Fixed     float64 // scheduler, launches, sampling
	Total     float64
	Touched   float64 // share of the experts that were read
	Bytes     float64 // bytes read by all GPUs
	FLOP      float64 // FLOP done by all GPUs
}

// StepTime writes to out the time of one step of work w. It allocates nothing.
//
// A step reads its weights once and multiplies all its tokens by them, the
// two overlapped but not perfectly ([overlap]); then come the cache of each
// sequence (of recurrent layers their state, read and written), the exchanges
// between GPUs (two all-reduces per layer), and what the engine adds: T = max(weights, matmul) + cache + links + fixed (Pope et
// al. 2022; jax-ml/scaling-book, inference.md; Erdil 2025 for the latencies).
func StepTime(m *Model, h *Machine, l *Layout, c *Constants, w *Work, out *Step) {
	written := w.Seqs * (1 + w.Draft)
	tokens := written + w.Prompt
	group := l.TP * l.PP // GPUs that share one group's matrices
	all := group * l.DP
	// A stage waits for the one before it: one group's step passes all stages
	// in turn, so stages add memory but no speed to a single batch.
	heads := written + w.Logits
	flop := m.DenseFLOP*tokens + m.HeadFLOP*heads + m.StartFLOP*w.Starts
	out.Read = m.Dense / (l.TP * h.Bandwidth * c.Weights)
	out.Matmul = flop / (l.TP * h.Peak * c.Matmul)
	linear := overlap(out.Read, out.Matmul)
	out.Bytes = m.Dense * l.DP
	out.FLOP = flop * l.DP

	out.Expert, out.Touched = 0, 0
	if m.Experts > 0 {
		every := tokens * l.DP // experts see the tokens of all groups
		out.Touched = Coverage(m.Experts, m.TopK, every)
		n := l.TP * l.DP
		read := m.Expert * out.Touched
		work := m.ExpertFLOP * every
		out.Expert = overlap(c.Expert*read/(n*h.Bandwidth*c.Weights), c.Grouped*work/(n*h.Peak*c.Matmul))
		out.Bytes += read
		out.FLOP += work
	}

	far, near := m.Seeing-m.Local, m.Local
	seen := far*w.Context + near*math.Min(w.Context, m.Window) + m.Seeing*m.Cross
	shards := math.Min(l.TP, m.Shards)
	kv, state := w.Seqs*m.KV*seen, 2*w.Seqs*m.State
	cacheFLOP := written * m.AbsorbedFLOP * seen
	out.Cache = math.Max(kv/(shards*h.Bandwidth*c.KV)+state/(l.TP*h.Bandwidth*c.KV), cacheFLOP/(l.TP*h.Peak*c.Matmul))
	between := m.PairFLOP * (far*w.Pairs + near*w.Near)
	out.Attention = between / (l.TP * h.Peak * c.Attention)
	out.Bytes += kv*l.DP*l.TP/shards + state*l.DP
	out.FLOP += (cacheFLOP + between) * l.DP

	out.Link = 0
	if l.TP > 1 {
		out.Link = 2 * m.Layers * AllReduceTime(h, c, l.TP, tokens*m.Width*activationBytes)
	}
	if l.TP > 1 {
		// Every GPU has the logits of its share of the vocabulary; all go to the one that samples.
		out.Link += heads * m.Vocab * logitBytes * (l.TP - 1) / l.TP / (linkRate(h, l.TP) * c.Link)
	}
	out.Spread = 0
	if l.DP > 1 && m.Experts > 0 {
		out.Spread = m.ExpertL * AllToAllTime(h, c, all/l.PP, tokens*m.TopK*m.Width*m.Travel)
	}
	if l.PP > 1 {
		out.Link += (l.PP - 1) * AllReduceTime(h, c, 2, tokens*m.Width*activationBytes)
	}
	out.Fixed = c.Step + c.Layer*m.Layers + c.Seq*w.Seqs
	// Engines that deal out experts cut a batch in two and let one half travel
	// while the other is worked on (DeepSeek; SGLang's two-batch overlap).
	out.Total = math.Max(linear+out.Expert+out.Cache+out.Attention, out.Spread) + out.Link + out.Fixed
}

// A token goes out to experts in the format of their arithmetic and comes back
// in 16 bits (DeepSeek-V3 report, section 3.3).
const (
	travel8  = 1 + 2
	travel16 = 2 + 2
)

// activationBytes is the size of a number that travels between GPUs: engines
// reduce in 16 bits even where matrices are FP8.
const activationBytes = 2

// logitBytes is the size of a logit on its way to sampling.
const logitBytes = 4

// overlap joins two times that run side by side on one chip: the slower one
// where they differ much, more than either where they are alike, since the
// first products of a matrix wait for its first bytes.
func overlap(a, b float64) float64 { return math.Sqrt(a*a + b*b) }

// Coverage is the share of E experts of a layer that tokens of k experts each
// touch, when each token chooses evenly and without repeating: 1 - (1-k/E)^T
// (Erdil 2025, inference-economics notebook). Uneven routing touches fewer.
func Coverage(experts, topK, tokens float64) float64 {
	if topK >= experts {
		return 1
	}
	return -math.Expm1(tokens * math.Log1p(-topK/experts))
}

// AllReduceTime is one all-reduce of bytes over t GPUs, s: a latency that
// grows with the number of ranks and ring transfer 2(t-1)/t of the message.
// Inside a link domain at the link's rate, beyond it at the network's.
func AllReduceTime(h *Machine, c *Constants, t, bytes float64) float64 {
	if t <= 1 {
		return 0
	}
	hops := 0.25 + 0.25*math.Log2(t) // 1 for the 8 GPUs of the fit
	if t > h.Domain && h.NIC > 0 {
		hops *= 2 // within the server first, then between servers
	}
	// Small messages go out in one shot; large ones by a protocol with about
	// twice the latency (NCCL: 15 us for LL, 28 us for Simple on 8 GPUs, Erdil 2025).
	hops *= 1 + bytes/(bytes+oneShot)
	return c.AllReduce*hops + 2*(t-1)/t*bytes/(linkRate(h, t)*c.Link)
}

// oneShot is about the message at which collectives leave the low-latency protocol.
const oneShot = 1 << 20

// linkRate is the rate at which t GPUs exchange, bytes/s per GPU: the link's
// inside a domain, else that of the network cards of a whole server at most.
func linkRate(h *Machine, t float64) float64 {
	rate := h.Link
	if t > h.Domain && h.NIC > 0 {
		rate = math.Min(rate, h.NIC*math.Max(h.Domain, 1))
	}
	if rate <= 0 {
		return pcie
	}
	return rate
}

// pcie is 16 lanes of the fourth generation one way, what cards without a link use.
const pcie = 31.5e9

// AllToAllTime is the time in which each of n GPUs sends bytes to the others and
// back, in two exchanges, s.
func AllToAllTime(h *Machine, c *Constants, n, bytes float64) float64 {
	if n <= 1 {
		return 0
	}
	rate := h.Link
	if n > h.Domain && h.NIC > 0 {
		rate = h.NIC
	}
	if rate <= 0 {
		rate = pcie
	}
	return 2*c.AllReduce + (n-1)/n*bytes/(rate*c.Link)
}
