// Package machine says how long one accelerator, in a node, in a fabric, takes
// for a matrix multiplication, for an operation bound by memory, and for a
// collective. The formulas are physics; the few shares of the nominal rates
// that hardware really reaches are passed in as [Rates].
package machine

import (
	"math"

	"flopbook/core/catalog"
)

// A Machine is the nominal figures of one accelerator and its place in a
// cluster, in FLOP/s, bytes/s (one way) and counts.
type Machine struct {
	Peak      float64 // dense matrix rate at the run's precision
	Peak16    float64 // the same at 16 bits: attention and the output matrix stay there
	Bandwidth float64 // memory
	Link      float64 // scale-up link of one accelerator
	NIC       float64 // network, share of one accelerator
	Domain    float64 // accelerators joined by the scale-up link
	Node      float64 // accelerators in one server
	Wave      float64 // outputs of a matmul that all cores work on at once
}

// Outputs in flight of one wave of thread blocks: cores times the 128 by 256
// tile that the vendors' libraries favour for large matmuls. Cores: A100 108,
// H100 132, B200 148 (NVIDIA data sheets), MI300X 304, MI355X 256 (AMD).
const tile = 128 * 256

func waveOf(family string) float64 {
	switch family {
	case "Volta":
		return 80 * tile / 2
	case "Ampere", "Turing", "Ada":
		return 108 * tile
	case "Hopper":
		return 132 * tile
	case "Blackwell", "Blackwell Ultra":
		return 148 * tile
	case "CDNA2":
		return 220 * tile
	case "CDNA3":
		return 304 * tile
	case "CDNA4":
		return 256 * tile
	case "TPU":
		return 2 * tile // one or two cores, each on one output at a time (jouppi-2023; jax-ml/scaling-book, tpus)
	}
	return 128 * tile
}

// Figures used where the catalogue knows none.
const (
	plainLink = 31e9      // PCIe 4.0 x16, one way
	plainNIC  = 3.1e9     // 25 Gbit/s
	memoryPer = 1.0 / 300 // bytes of memory traffic per peak FLOP, where bandwidth is unknown
)

// Of is the machine of a catalogue accelerator at precision p. The second
// result is the precision that it then runs in.
func Of(a *catalog.Accelerator, p catalog.Precision) (Machine, catalog.Precision) {
	m := Machine{Link: plainLink, NIC: plainNIC, Domain: 1, Wave: waveOf(a.Family)}
	v, q := a.PeakFor(p)
	if v != nil {
		m.Peak = v.V
	}
	m.Peak16 = m.Peak
	if v, _ := a.PeakFor(catalog.BF16); v != nil && q.Class() != catalog.BF16 {
		m.Peak16 = v.V // else attention runs in the same format
	}
	m.Bandwidth = a.Bandwidth.Or(m.Peak16 * memoryPer)
	m.Link = a.Link.Or(plainLink)
	m.NIC = a.NIC.Or(plainNIC)
	m.Domain = float64(a.Domain())
	m.Node = math.Min(m.Domain, 8)
	return m, q
}

// Rates are what the nominal figures come to in practice: shares of a rate
// (0 to 1), seconds, and counts. They are fitted; see package train.
type Rates struct {
	Matmul      float64 // share of the peak that a large matmul reaches
	Tail        float64 // waves lost at the end of each matmul
	Memory      float64 // share of the memory bandwidth
	Gap         float64 // s between two kernels on the accelerator
	Link        float64 // share of the scale-up link
	LinkLatency float64 // s of one collective among eight inside the domain
	Net         float64 // share of the network
	Rails       float64 // share of each further adapter that one collective gains, 0 to 1
	NetLatency  float64 // s from one domain to the next
}

// A Chip is a machine with its rates worked in, ready for the hot path.
type Chip struct {
	perFLOP, perFLOP16 float64 // s
	perByte            float64 // s, memory
	tail               float64 // outputs' worth of a lost wave
	gap                float64
	fast, slow         float64 // bytes/s of one accelerator: link, network
	rails              float64
	fastLatency        float64
	slowLatency        float64
	domain             float64
}

// With works the rates into the machine.
func (m *Machine) With(r *Rates) Chip {
	return Chip{
		perFLOP: 1 / (m.Peak * r.Matmul), perFLOP16: 1 / (m.Peak16 * math.Max(r.Matmul, 1e-9)),
		perByte: 1 / (m.Bandwidth * r.Memory), tail: r.Tail * m.Wave, gap: r.Gap,
		fast: m.Link * r.Link, slow: m.NIC * r.Net, rails: r.Rails, fastLatency: r.LinkLatency, slowLatency: r.NetLatency,
		domain: math.Max(m.Domain, 1),
	}
}

// both is the time of computing and moving side by side: the first tile must
// be read before computing starts and the last written after it ends, so that
// neither hides the other wholly.
func both(compute, move float64) float64 { return math.Sqrt(compute*compute + move*move) }

// Matmul is the time of an m by k times k by n product: the larger of
// computing, 2mnk operations and the wave that is only part full,
// tail·2k·wave, and of moving the three matrices once, plus the gap to the
// next kernel. Bytes is the size of one number in memory.
//
// The tail is what makes efficiency depend on the shape: on an A100,
// 8192 x n x n reaches 0.59, 0.78, 0.86 and 0.89 of peak at n = 1024, 2048,
// 4096, 8192 (LLMCompass, ae/figure5/ab/real_hardware/matmul_A100.csv).
func (c *Chip) Matmul(m, n, k, bytes float64) float64 {
	return both(2*k*(m*n+c.tail)*c.perFLOP, ((m*k+k*n)*bytes+2*m*n)*c.perByte) + c.gap
}

// MatmulAdd is a product that is added to what stands in memory, `add` bytes
// read and written for each number: weight gradients over micro-batches.
func (c *Chip) MatmulAdd(m, n, k, bytes, add float64) float64 {
	return both(2*k*(m*n+c.tail)*c.perFLOP, ((m*k+k*n)*bytes+m*n*add)*c.perByte) + c.gap
}

// Grouped is count products of m by k times k by n in one kernel: one wave part full.
func (c *Chip) Grouped(count, m, n, k, bytes float64) float64 {
	return both(2*k*(count*m*n+c.tail)*c.perFLOP, count*((m*k+k*n)*bytes+2*m*n)*c.perByte) + c.gap
}

// GroupedAdd is Grouped, each product added to what stands in memory; see MatmulAdd.
func (c *Chip) GroupedAdd(count, m, n, k, bytes, add float64) float64 {
	return both(2*k*(count*m*n+c.tail)*c.perFLOP, count*((m*k+k*n)*bytes+m*n*add)*c.perByte) + c.gap
}

// Matmul16 is Matmul in 16 bits whatever the precision of the run.
func (c *Chip) Matmul16(m, n, k float64) float64 {
	return both(2*k*(m*n+c.tail)*c.perFLOP16, (m*k+k*n+m*n)*2*c.perByte) + c.gap
}

// Move is the time of an operation bound by memory that reads and writes so many bytes.
func (c *Chip) Move(bytes float64) float64 { return bytes * c.perByte }

// Gap is the time between two kernels.
func (c *Chip) Gap() float64 { return c.gap }

// A Group is accelerators that exchange data: n of them, of which `local`
// share a scale-up domain, and the bytes/s at which a ring through all passes
// each of them.
type Group struct {
	n, local, bus float64
	ring, tree    float64 // s until the first byte has gone round: hop by hop, or by halves
	fast, slow    float64
}

// Group is n accelerators that lie stride apart in the numbering of the
// cluster, where neighbours share a domain. A ring that leaves the domain uses
// the network adapters of its members there: min(link, (1+(local-1)·rails)·NIC). So
// tensor parallelism over two nodes has eight adapters, not one.
func (c *Chip) Group(n, stride float64) Group {
	g := Group{n: n, local: 1, fast: c.fast, slow: c.slow}
	if n <= 1 {
		return g
	}
	g.local = math.Min(n, math.Max(1, math.Floor(c.domain/stride)))
	inside := c.fastLatency * ringSteps(g.local)
	if g.local >= n {
		g.bus, g.ring, g.tree = c.fast, inside, inside
		return g
	}
	g.bus = math.Min(c.fast, (1+(g.local-1)*c.rails)*c.slow)
	domains := n / g.local
	g.ring = c.slowLatency * (domains - 1)
	g.tree = 2 * c.slowLatency * math.Log2(domains)
	if g.local > 1 {
		g.ring += inside
		g.tree += inside
	}
	return g
}

// ringSteps is the latency of a collective inside a domain over that among
// eight: a part that does not depend on the members, and one step for each. By
// NCCL's all-reduce of 1 MiB on A100s, 45, 53 and 92 us among 2, 4 and 8 (vTrain,
// trace/a100). Larger domains reduce in the switch.
func ringSteps(n float64) float64 { return 0.4 + 0.6*(math.Min(n, 8)-1)/7 }

// Size is the number of members.
func (g *Group) Size() float64 { return g.n }

// AllGather is the time until each member has the bytes of all; bytes is the
// whole buffer: (n-1)/n · bytes/bus + latency, which grows with the number of
// domains since the pieces go round a ring. A reduce-scatter takes as long.
func (g *Group) AllGather(bytes float64) float64 {
	if g.n <= 1 {
		return 0
	}
	return (g.n-1)/g.n*bytes/g.bus + g.ring
}

// AllReduce sums a buffer over the members: 2(n-1)/n · bytes/bus + latency,
// which grows with the logarithm of the domains (double trees).
func (g *Group) AllReduce(bytes float64) float64 {
	if g.n <= 1 {
		return 0
	}
	return 2*(g.n-1)/g.n*bytes/g.bus + g.tree
}

// AllToAll sends bytes from each member to all others in equal parts. What
// stays in the domain goes by the link, the rest by the member's own adapter,
// at the same time.
func (g *Group) AllToAll(bytes float64) float64 {
	if g.n <= 1 {
		return 0
	}
	near := (g.local - 1) / g.n * bytes / g.fast
	far := (g.n - g.local) / g.n * bytes / g.slow
	return math.Max(near, far) + g.tree
}

// Send is the time of a message from one accelerator to another, stride apart.
func (c *Chip) Send(bytes, stride float64) float64 {
	if stride < c.domain {
		return bytes/c.fast + c.fastLatency
	}
	return bytes/c.slow + c.slowLatency
}

// A Flash is a generation of fused attention kernels.
type Flash uint8

const (
	Flash2 Flash = iota // FlashAttention-2, mid 2023
	Flash1              // FlashAttention 1 and its Triton variants
	Flash3              // FlashAttention-3, cuDNN 9, AITER: written for the chip at hand
)

// FusedAttention is the share of the 16-bit peak that the causal forward and
// backward passes reach with long sequences and heads 128 wide, and how much of
// that heads 64 wide reach. A100: Dao 2023 (FlashAttention-2), figure 4. H100:
// the same, figure 6, and Shah et al. 2024 (FlashAttention-3), figures 5 and 6;
// all recalled, to two digits. Version 1 on Hopper and every later chip: assumed.
// Kernels of an earlier chip keep about their speed per core on a later one.
func FusedAttention(family string, f Flash) (share, narrow float64) {
	switch family {
	case "Ampere", "Ada", "Turing", "Volta":
		if f == Flash1 {
			return 0.30, 1.1
		}
		return 0.58, 0.9
	case "Hopper":
		switch f {
		case Flash1:
			return 0.17, 1.1
		case Flash2:
			return 0.30, 0.85
		}
		return 0.55, 0.75
	}
	switch f {
	case Flash1:
		return 0.1, 1
	case Flash2:
		return 0.2, 0.85
	}
	return 0.5, 0.75
}

// NetworkLatency is the published time from one server to the next in a
// collective, s. InfiniBand and RoCE: NCCL's tuning constants, 14 microseconds
// a step of a tree in its simple protocol, with a base of 8
// (NVIDIA/nccl, src/graph/tuning.cc). EFA: an all-reduce of 1 MiB over 4
// servers takes 378 microseconds, two steps of a tree and 60 inside
// (stas00/ml-engineering, network/README.md).
func NetworkLatency(network string) float64 {
	if network == "efa" {
		return 160e-6
	}
	return 20e-6
}
