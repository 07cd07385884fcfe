package train

import (
	"math"

	"flopbook/core/machine"
	"flopbook/core/model"
)

// explorer is a search under way.
//
// Plans with the same tensor, context and expert parallelism, micro-batch,
// recomputation and place of the norms share the work of a micro-batch. Spread
// over the stages, with the pipeline's filling, its slowest stage, its sends and
// one exchange between copies, it bounds their time from below; such groups are
// taken in order of their work, so that the bound soon rules out most. Memory is
// bounded twice: by the states of an average GPU, and by states and micro-batches
// in flight of the first stage. Both bounds grow as copies become fewer, which
// ends the walk along that axis.
type explorer struct {
	axes   Axes
	wish   Wish
	goal   Goal
	gpus   int
	keep   int
	within float64 // s that a step may take
	counts bool
	tick   func(*Tally) bool
	step   StepInputs
	peak   PeakInputs
	batch  int // sequences
	layers int

	Tally
	done  bool
	kept  [MostKept]candidate
	n     int     // kept
	bound float64 // key of the worst plan kept, once enough are

	micros degrees
	groups [mostGroups]group
	ngroup int
	depths [mostStages]depth
	ndepth int
	pool   [1 << 14]int16 // values of the depths' own axes
	npool  int
	copies [mostCopies]int // divisors of the micro-batches at hand, descending
	ncopy  int
	parts  degrees // of the copies that may share states, for the node at hand

	work    [modes][2]passes  // of the group and micro-batch at hand, by recomputation and place of norms
	least   float64           // least of them
	head    float64           // of them, the output matrix and the loss
	weighed bool              // hold and extra are of the depth at hand
	hold    [modes][2]float64 // bytes that a micro-batch keeps on the first stage, for the depth at hand
	extra   [modes][2]float64 // bytes of the layer that is computed again
	time    Step
	memory  Peak
}

// candidate is a plan that fits, and its rank.
type candidate struct {
	key  float64
	plan Plan
}

// before orders plans: by key, then by what is simpler to run, so that the
// result does not depend on the order of the search.
func (a *candidate) before(b *candidate) bool {
	if a.key != b.key {
		return a.key < b.key
	}
	p, q := &a.plan, &b.plan
	for _, d := range [...]int{int(p.Pipeline) - int(q.Pipeline), p.PP - q.PP, p.TP - q.TP, p.CP - q.CP, p.EP - q.EP, p.VPP - q.VPP,
		int(p.Recompute) - int(q.Recompute), p.Again - q.Again, p.ZeRO - q.ZeRO, p.Shard - q.Shard, p.Micro - q.Micro, q.DP - p.DP} {
		if d != 0 {
			return d < 0
		}
	}
	return p.SP && !q.SP
}

// group is the degrees that the work of one micro-batch depends on.
type group struct {
	tp, cp, ep int
	key        float64 // rough GPU-seconds of a sequence
}

// depth is a number of pipeline stages and what goes with it.
type depth struct {
	pp     int
	vpp    []int16 // chunks of a stage under 1F1B
	again  []int16 // partial numbers of recomputed layers
	orders uint16  // other orders that the layers allow
	fill   float64 // least waiting to fill and drain, in micro-batches of one stage
	first  float64 // layers of the first stage
	dense  float64 // parameters of the first stage without routed experts
	expert float64 // parameters of its routed experts
}

// passes is the time of one micro-batch through all layers, forward and
// backward, on one stage.
type passes struct {
	total float64 // with waiting for launches
	gpu   float64 // without
	again float64 // recomputing inside it
}

const (
	modes      = int(model.RecomputeFull) + 1
	mostGroups = 2048 // 16 degrees of tensor, 8 of context and 16 of expert parallelism
	mostCopies = 1344 // no number below a billion has more divisors
)

func (x *explorer) begin(s *Search) {
	x.axes, x.wish, x.goal, x.gpus, x.counts, x.tick = s.Axes, s.Wish, s.Goal, max(s.GPUs, 1), s.Counted, s.Tick
	x.keep, x.within = min(max(s.Keep, 1), MostKept), math.Inf(1)
	if s.Within > 0 {
		x.within = s.Within
	}
	if x.goal == AnyFit {
		x.keep = 1
	}
	x.step, x.peak = s.Step, s.Peak
	x.batch = s.Sequences()
	x.layers = min(x.step.Arch.Layers, x.peak.Arch.Layers)
	x.Tally, x.done, x.n, x.bound = Tally{}, false, 0, math.Inf(1)
	x.micros.fill(min(max(x.axes.Micro, 1), x.batch), x.wish.Micro, false, func(n int) bool { return !x.axes.Powers || n&(n-1) == 0 || n == x.wish.Micro })
	x.findDepths()
	x.findGroups()
}

// findDepths lists the pipelines.
func (x *explorer) findDepths() {
	a := &x.axes
	var pps, vpps degrees
	pps.fill(min(max(a.PP, 1), x.layers, x.gpus, mostStages), x.wish.PP, a.Powers, func(pp int) bool { return pp <= min(x.layers, mostStages) })
	x.ndepth, x.npool = 0, 0
	c, arch := x.peak.Counts, x.peak.Arch
	table := float64(arch.Vocab) * float64(arch.Width)
	for _, pp := range pps.all() {
		d := &x.depths[x.ndepth]
		x.ndepth++
		*d = depth{pp: pp, first: float64(arch.Layers), dense: c.Total - c.Experts, expert: c.Experts}
		if pp > 1 {
			d.first, _, _, _ = x.peak.cut(float64(pp))
			moe := x.peak.moeLayers(d.first)
			d.dense = d.first*c.LayerAttention + (d.first-moe)*c.LayerMLP + moe*c.LayerShared + table
			d.expert = moe * c.LayerExperts
		}
		if arch.Encoder.Layers > 0 {
			d.dense = 0 // counted by half of its layers
		}
		vpps.n = 0
		if a.Pipelines>>Pipe1F1B&1 == 1 {
			most := 1
			if pp > 1 {
				most = min(max(a.VPP, 1), x.layers)
			}
			vpps.fill(most, x.wish.VPP, false, func(v int) bool { return chunkRule(x.layers, pp, v) })
		}
		d.vpp = x.store(vpps.all())
		if vpps.n > 0 {
			d.fill = float64(pp-1) / float64(vpps.v[vpps.n-1])
		}
		if x.wish.VPP <= 1 {
			for p := PipeGPipe; p <= PipeDualPipe; p++ {
				if a.Pipelines>>p&1 == 1 && pipelineRule(p, x.layers, pp, 1, math.MaxInt) {
					d.orders |= 1 << p
					if p != PipeGPipe {
						d.fill = 0
					}
				}
			}
		}
		if x.mode(model.RecomputeFull) && x.wish.Recompute < 0 {
			vpps.n = 0
			per, last := (x.layers+pp-1)/pp, 0
			for i := 1; i <= a.Partial; i++ {
				if n := per * i / (a.Partial + 1); n > last {
					vpps.add(n)
					last = n
				}
			}
			d.again = x.store(vpps.all())
		}
	}
}

// store keeps values of a depth's axis.
func (x *explorer) store(v []int) []int16 {
	from := x.npool
	for _, n := range v {
		if x.npool < len(x.pool) {
			x.pool[x.npool] = int16(n)
			x.npool++
		}
	}
	return x.pool[from:x.npool]
}

// findGroups lists what tensor, context and expert parallelism may be, those
// with little work first.
func (x *explorer) findGroups() {
	arch, a, w := x.step.Arch, &x.axes, &x.wish
	var tps, cps, eps degrees
	tps.fill(min(max(a.TP, 1), x.gpus, arch.Heads), w.TP, false, func(tp int) bool { return tensorRule(arch, tp) })
	cps.fill(min(max(a.CP, 1), x.gpus), w.CP, true, func(cp int) bool { return contextRule(x.step.Seq, cp) })
	most := 1
	if arch.IsMoE() {
		most = min(max(a.EP, 1), arch.MoE.Experts, x.gpus)
	}
	eps.fill(most, w.EP, a.Powers, func(ep int) bool { return expertRule(arch, ep) })
	x.ngroup = 0
	if x.micros.n == 0 {
		return
	}
	micro := x.micros.v[x.micros.n-1]
	for _, tp := range tps.all() {
		for _, cp := range cps.all() {
			for _, ep := range eps.all() {
				if x.ngroup == mostGroups || tp*cp > x.gpus {
					continue
				}
				g := group{tp: tp, cp: cp, ep: ep}
				l := x.layout(&g, micro)
				l.SP = x.norms(tp, 1)
				x.step.Estimate(&l, &x.time)
				g.key = x.time.Total * float64(tp*cp)
				i := x.ngroup
				for ; i > 0 && g.key < x.groups[i-1].key; i-- {
					x.groups[i] = x.groups[i-1]
				}
				x.groups[i] = g
				x.ngroup++
			}
		}
	}
}

// layout is the group on one stage and one copy.
func (x *explorer) layout(g *group, micro int) model.Layout {
	l := model.Layout{TP: g.tp, PP: 1, VPP: 1, DP: 1, CP: g.cp, EP: g.ep, Micro: micro, Eager: x.wish.Eager}
	if x.step.Arch.IsMoE() {
		l.ETP = 1
	}
	return l
}

// What is on the axes.

// norms reports whether norms may be whole (0) or cut (1).
func (x *explorer) norms(tp, cut int) bool {
	if tp <= 1 {
		return cut == 0
	}
	return x.axes.Sequence>>cut&1 == 1
}

// mode reports whether the recomputation is on the axes.
func (x *explorer) mode(r model.Recompute) bool {
	if x.wish.Recompute >= 0 {
		return r == model.Recompute(x.wish.Recompute)
	}
	return x.axes.Recompute>>r&1 == 1
}

// stage reports whether the ZeRO stage is on the axes. Without a second copy
// all stages are the same, and the lowest stands for them.
func (x *explorer) stage(zero, copies int) bool {
	if x.wish.ZeRO >= 0 {
		return zero == x.wish.ZeRO
	}
	mask := x.axes.ZeRO
	return mask>>zero&1 == 1 && (copies > 1 || mask&(1<<zero-1) == 0)
}

// allows reports whether the order works on these stages with m micro-batches.
func (d *depth) allows(p Pipeline, layers, m int) bool {
	return d.orders>>p&1 == 1 && pipelineRule(p, layers, d.pp, 1, m)
}

// divisors lists those of q, descending.
func (x *explorer) divisors(q int) {
	x.ncopy = 0
	add := func(n int) {
		if x.ncopy < mostCopies {
			x.copies[x.ncopy] = n
			x.ncopy++
		}
	}
	m := 1
	for ; m*m <= q; m++ {
		if q%m == 0 {
			add(q / m)
		}
	}
	for m--; m >= 1; m-- {
		if q%m == 0 && m*m != q {
			add(m)
		}
	}
}

// most is the largest degree of data parallelism up to n for q micro-batches,
// 0 for none: one that divides them or, where the batch may divide unevenly,
// the smallest for its number of micro-batches of a copy.
func (x *explorer) most(q, n int) int {
	switch n = min(n, q); {
	case n < 1:
		return 0
	case x.axes.Even:
		for _, dp := range x.copies[:x.ncopy] {
			if dp <= n {
				return dp
			}
		}
		return 0
	case x.axes.Fewer:
		m := (q + n - 1) / n
		return (q + m - 1) / m
	}
	return n
}

// share lists the parts of the copies that may share states: 0 for all, then
// the divisors.
func (x *explorer) share(copies int) {
	x.parts.n = 0
	x.parts.add(0)
	if x.axes.Shards {
		for k := 2; k*k <= copies; k++ {
			if copies%k == 0 {
				if x.parts.add(k); k*k != copies {
					x.parts.add(copies / k)
				}
			}
		}
	}
}

// explore walks the axes.
func (x *explorer) explore() {
	for gi := range x.ngroup {
		g := &x.groups[gi]
		for mi, micro := range x.micros.all() {
			if micro > x.batch || x.axes.Even && x.batch%micro != 0 {
				continue
			}
			q := (x.batch + micro - 1) / micro
			if x.axes.Even {
				x.divisors(q)
			}
			if !x.measure(g, micro, q) {
				continue
			}
			for di := range x.ndepth {
				d := &x.depths[di]
				n := x.gpus / (g.tp * g.cp * d.pp)
				if n < 1 {
					break
				}
				x.weighed = false
				for dp := x.most(q, n); dp > 0; dp = x.most(q, dp-1) {
					if !x.axes.Fewer && g.tp*g.cp*d.pp*dp != x.gpus {
						break
					}
					v := x.node(g, d, micro, dp, (q+dp-1)/dp)
					if v == lookOn {
						continue
					}
					switch {
					case !x.counts:
					case v == onlySlow:
						x.Slow += x.plans(g, d, q, dp)
					case v == onlyFull: // this node is counted
						x.Memory += x.plans(g, d, q, dp-1)
					}
					break
				}
				x.Considered = x.States + x.Slow + x.Memory + x.Estimated
				if x.tick != nil {
					of := (float64(mi) + float64(di+1)/float64(x.ndepth)) / float64(x.micros.n)
					x.Share = (float64(gi) + of) / float64(x.ngroup)
					x.done = x.done || !x.tick(&x.Tally)
				}
				if x.done {
					return
				}
			}
		}
	}
}

// measure fills in the group's work for one micro-batch, q of them a step. It
// returns false when none of its plans can be among the best.
func (x *explorer) measure(g *group, micro, q int) bool {
	x.least = math.Inf(1)
	if x.goal == AnyFit {
		return true
	}
	x.step.Pipeline, x.step.ShardGroup, x.step.Recomputed = Pipe1F1B, 0, 0
	for mode := range modes {
		on := x.mode(model.Recompute(mode))
		if !on && !(x.axes.Partial > 0 && mode == int(model.RecomputeNone)) {
			continue
		}
		for cut := range 2 {
			if !x.norms(g.tp, cut) {
				continue
			}
			l := x.layout(g, micro)
			l.Recompute, l.SP = model.Recompute(mode), cut == 1
			t := &x.work[mode][cut]
			x.once(&l, t)
			if x.step.AddApart { // the token table's gradients weigh on fewer stages
				var u passes
				l.PP = 2
				x.once(&l, &u)
				if u.total < t.total {
					*t = u
				}
			}
			x.least = math.Min(x.least, t.total)
		}
		// The least recomputation has least work: if all GPUs cannot do that in time, stop here.
		share := float64(q) * float64(g.tp*g.cp) / float64(x.gpus)
		if x.goal == Fastest && !x.counts && (x.least*share+x.step.Eff.Step)*(1-1e-9) > x.bound {
			return false
		}
	}
	return true
}

// once measures a layout's work for one micro-batch on all its stages.
func (x *explorer) once(l *model.Layout, t *passes) {
	o := &x.time
	hidden := 0.0
	if l.EP > 1 && x.axes.Pipelines>>PipeDualPipe&1 == 1 { // what it hides of the experts' exchange
		x.step.Pipeline = PipeDualPipe
		x.step.Estimate(l, o)
		hidden = -o.Dispatch
	}
	x.step.Pipeline = Pipe1F1B
	x.step.Estimate(l, o)
	if hidden < 0 {
		hidden += o.Dispatch
	}
	per := float64(l.PP) / o.MicroBatches
	t.gpu = (o.Matmul + o.Attention + o.Experts + o.Head + o.Memory + o.Recompute + o.Tensor + o.Dispatch - hidden) * per
	t.total, t.again = t.gpu+o.Launch*per, o.Recompute*per
	x.head = o.Head * per
}

// weigh fills in what the first stage keeps of one micro-batch.
func (x *explorer) weigh(g *group, d *depth, micro int) {
	s := stage{layers: d.first}
	moe := x.peak.moeLayers(d.first)
	x.peak.Recomputed = 0
	slack := 1 + x.peak.Frame.Slack
	keep := d.first * (1 - x.peak.OffloadActivations) * slack
	for mode := range modes {
		for cut := range 2 {
			if x.norms(g.tp, cut) {
				l := x.layout(g, micro)
				l.Recompute, l.SP = model.Recompute(mode), cut == 1
				kept, layer := x.peak.kept(&l, &s, moe)
				x.hold[mode][cut], x.extra[mode][cut] = kept*keep, 0
				if l.Recompute == model.RecomputeFull {
					x.extra[mode][cut] = layer * slack
				}
			}
		}
	}
}

// lean is the least that a micro-batch's activations take on the first stage
// with so many in flight.
func (x *explorer) lean(g *group, d *depth, rounds float64) float64 {
	least := math.Inf(1)
	held := math.Min(float64(d.pp), rounds)
	if d.orders != 0 {
		held = 0 // some hold less
	}
	for mode := range modes {
		for cut := range 2 {
			if x.norms(g.tp, cut) && x.mode(model.Recompute(mode)) {
				least = math.Min(least, held*x.hold[mode][cut]+x.extra[mode][cut])
			}
		}
	}
	return least
}

// A spot is the plans that differ only in recomputation and norms.
type spot struct {
	plan     Plan
	rounds   float64    // micro-batches of a copy
	stages   float64    // of the pipeline
	fill     float64    // chunks by which filling and draining the pipeline is divided; 0 where the order has none
	send     [2]float64 // s to the next stage and back, once for each chunk, by the place of norms
	fixed    float64    // s at least besides passes and sends
	scale    float64    // on all
	unit     float64    // the key over the time of the step
	states   float64    // bytes of the first stage's states and what is always there
	inFlight float64    // micro-batches that it holds at least
}

// A verdict on a node says what to do with fewer copies.
type verdict uint8

const (
	lookOn    verdict = iota
	onlySlow          // they can only be slower than what is known
	onlyFull          // they need no less memory, and this is too much
	enoughNow         // the search is over
)

// node looks at all plans of a group, a pipeline, a micro-batch and a number
// of copies, m micro-batches each.
func (x *explorer) node(g *group, d *depth, micro, dp, m int) verdict {
	if g.tp*g.cp*dp%g.ep != 0 { // experts are spread evenly over the GPUs of a stage
		return lookOn
	}
	copies := dp * g.cp
	used := float64(g.tp * d.pp * copies)
	rounds, stages := float64(m), float64(d.pp)
	const sure = 1 - 1e-9 // rounding never rules out an equal
	s := spot{fixed: x.step.Eff.Step, rounds: rounds, stages: stages, unit: 1}
	if x.goal == Cheapest {
		s.unit = used
	}
	s.scale = s.unit * sure
	var exchange [4]float64
	if x.goal != AnyFit {
		least := x.least * (rounds + d.fill) / stages
		if (least+s.fixed)*s.scale > x.bound && x.goal == Fastest {
			return onlySlow
		}
		s.scale *= 1 + x.step.Eff.Jitter*math.Log2(math.Max(1, used/math.Max(1, x.step.Mach.Node)))
		if (least+s.fixed+x.exchange(g, d, copies, rounds, &exchange))*s.scale > x.bound {
			if x.counts {
				x.Slow += x.inner(g, d, copies, m, -1)
			}
			return lookOn
		}
	}
	s.plan.Layout = x.layout(g, micro)
	s.plan.PP, s.plan.DP = d.pp, dp
	if d.pp > 1 && x.goal != AnyFit {
		bytes := 2 * float64(micro) * x.step.Seq / float64(g.cp) * float64(x.step.Arch.Width)
		s.send[1] = 2 * x.step.Chip.Send(bytes/float64(g.tp), float64(g.tp*copies))
		whole := x.step.Chip.Group(float64(g.tp), 1)
		s.send[0] = s.send[1] + 2*whole.AllGather(bytes)
	}
	x.share(copies)
	fixed := x.peak.Frame.Context + x.peak.Frame.Workspace
	if !x.weighed {
		x.weigh(g, d, micro)
		x.weighed = true
	}
	lean := x.lean(g, d, rounds)
	result := onlyFull
	for zero := range 4 {
		if !x.stage(zero, copies) {
			continue
		}
		s.plan.ZeRO, x.peak.Shard = zero, 0
		s.fixed = x.step.Eff.Step + exchange[zero]
		least := x.peak.states(&s.plan.Layout)
		if least+fixed > x.peak.Capacity {
			if x.counts {
				x.States += x.inner(g, d, copies, m, zero)
			}
			continue
		}
		s.states = x.peak.statesOf(&s.plan.Layout, d.dense, d.expert)*sure + fixed
		if s.states+lean*sure > x.peak.Capacity {
			if x.counts {
				x.Memory += x.inner(g, d, copies, m, zero)
			}
			continue
		}
		result = lookOn
		parts := x.parts.all()
		if zero == 0 {
			parts = parts[:1]
		}
		for _, s.plan.Shard = range parts {
			x.orders(&s, d)
			if x.done {
				return enoughNow
			}
		}
	}
	return result
}

// exchange writes, for each ZeRO stage on the axes, a lower bound on what
// computing does not hide of the exchange of gradients and weights between
// copies, and on reading the gradients; it returns the least.
func (x *explorer) exchange(g *group, d *depth, copies int, rounds float64, out *[4]float64) float64 {
	*out = [4]float64{}
	in := &x.step
	if copies <= 1 || in.Frozen || x.axes.Shards {
		return 0
	}
	c := in.Counts
	params := (c.Attention + c.Mamba + c.MLP + c.Shared) / float64(g.tp*d.pp)
	units := math.Max(1, float64(in.Arch.Layers)/float64(d.pp))
	all := in.Chip.Group(float64(copies), float64(g.tp))
	expert, own := 0.0, machine.Group{}
	if c.Experts > 0 {
		expert = c.Experts / float64(g.ep*d.pp)
		own = in.Chip.Group(math.Max(1, float64(g.tp*copies/g.ep)), float64(g.ep))
	}
	shown, read := 1-in.Eff.Hidden, in.Chip.Move(in.GradBytes*(params+expert))
	least := math.Inf(1)
	for zero := range 4 {
		if !x.stage(zero, copies) {
			continue
		}
		t := 0.0
		switch zero {
		case 0:
			t = all.AllReduce(in.GradBytes*params) + own.AllGather(in.GradBytes*expert)
		case 1:
			t = all.AllGather(in.GradBytes*params) + all.AllGather(2*params) + own.AllGather(in.GradBytes*expert) + own.AllGather(2*expert)
		default:
			gather, scatter := gatherUnits(&all, 2*(params+expert), units), gatherUnits(&all, in.GradBytes*(params+expert), units)
			switch {
			case zero == 2:
				t = gather + rounds*scatter
			case in.GradOnce:
				t = 2*rounds*gather + scatter
			default:
				t = rounds * (2*gather + scatter)
			}
		}
		out[zero] = t*shown + read
		least = math.Min(least, out[zero])
	}
	return least
}

// orders looks at every order of the pipeline.
func (x *explorer) orders(s *spot, d *depth) {
	s.plan.Pipeline, x.peak.Pipeline = Pipe1F1B, Pipe1F1B
	for _, v := range d.vpp {
		s.plan.VPP, s.fill = int(v), float64(v)
		s.inFlight = x.peak.inFlight(&s.plan.Layout, 0, s.rounds)
		x.points(s, d)
	}
	s.plan.VPP = 1
	for p := PipeGPipe; p <= PipeDualPipe && d.orders != 0; p++ {
		if !d.allows(p, x.layers, int(s.rounds)) {
			continue
		}
		s.plan.Pipeline, x.peak.Pipeline = p, p
		s.inFlight, s.fill = 0, 0
		if p == PipeGPipe {
			s.fill = 1
		}
		if p < PipeZBV {
			s.inFlight = x.peak.inFlight(&s.plan.Layout, 0, s.rounds)
		}
		x.points(s, d)
	}
}

// low is a lower bound of a plan's key whose micro-batch takes total on all
// stages, gpu of it without waiting for launches: with equal stages, and if
// that does not rule the plan out, with the slowest of them.
func (x *explorer) low(s *spot, total, gpu float64, cut int) float64 {
	v := float64(s.plan.VPP)
	send := s.send[cut] * v
	sum := total + send*s.stages
	bound := func(slow float64) float64 {
		t := s.rounds * slow
		if s.fill > 0 {
			t += (sum - slow) / s.fill
		}
		return (t + s.fixed) * s.scale
	}
	even := bound(sum / s.stages)
	if even > x.bound || x.step.Balanced || s.stages <= 1 {
		return even
	}
	layers := float64(x.step.Arch.Layers)
	_, alone := x.step.slowest([2]float64{(gpu - x.head) / layers}, [2]float64{x.head}, send, layers, s.stages, v)
	return math.Max(even, bound(alone[0]))
}

// points looks at every recomputation and both places of the norms.
func (x *explorer) points(s *spot, d *depth) {
	for cut := range 2 {
		if !x.norms(s.plan.TP, cut) {
			continue
		}
		s.plan.SP = cut == 1
		for mode := range modes {
			s.plan.Recompute, s.plan.Again = model.Recompute(mode), 0
			if x.mode(s.plan.Recompute) {
				x.point(s, cut, x.work[mode][cut].total, x.work[mode][cut].gpu, s.inFlight*x.hold[mode][cut]+x.extra[mode][cut])
			}
		}
		none, full := &x.work[model.RecomputeNone][cut], &x.work[model.RecomputeFull][cut]
		for _, n := range d.again {
			s.plan.Again = int(n)
			part := math.Min(1, float64(s.plan.Again*s.plan.PP)/float64(x.layers))
			gpu := none.gpu + part*full.again
			time := math.Max(none.total, gpu)
			part = math.Min(1, float64(s.plan.Again)/d.first)
			x.point(s, cut, time, gpu, s.inFlight*(part*x.hold[model.RecomputeFull][cut]+(1-part)*x.hold[model.RecomputeNone][cut])+x.extra[model.RecomputeFull][cut])
		}
		if x.done {
			return
		}
	}
}

// point weighs one plan whose micro-batch takes at least the time given on all
// stages, gpu of it without waiting for launches, and whose activations take at
// least the bytes given on the first.
func (x *explorer) point(s *spot, cut int, time, gpu, hold float64) {
	if x.goal != AnyFit {
		if low := x.low(s, time, gpu, cut); low > x.bound || low > x.within*s.unit {
			x.Slow++
			return
		}
	}
	if s.states+hold*(1-1e-9) > x.peak.Capacity {
		x.Memory++
		return
	}
	p := &s.plan
	p.Into(&x.step, &x.peak)
	x.peak.Estimate(&p.Layout, &x.memory)
	if x.memory.Total > x.peak.Capacity {
		x.Memory++
		return
	}
	c := candidate{plan: *p}
	if x.goal != AnyFit {
		x.step.Estimate(&p.Layout, &x.time)
		if x.time.Total > x.within {
			x.Slow++
			return
		}
		c.key = x.time.Total
		if x.goal == Cheapest {
			c.key *= float64(p.GPUs())
		}
	}
	x.Estimated++
	x.insert(&c)
	x.done = x.goal == AnyFit
}

func (x *explorer) insert(c *candidate) {
	if x.n == x.keep {
		if !c.before(&x.kept[x.n-1]) {
			return
		}
		x.n--
	}
	i := x.n
	for ; i > 0 && c.before(&x.kept[i-1]); i-- {
		x.kept[i] = x.kept[i-1]
	}
	x.kept[i] = *c
	x.n++
	if x.n == x.keep {
		x.bound = x.kept[x.n-1].key
	}
}

// inner is the number of plans at a node: of one ZeRO stage, or of all if it
// is negative.
func (x *explorer) inner(g *group, d *depth, copies, m, zero int) int64 {
	x.share(copies)
	states := 0
	for z := range 4 {
		if (zero < 0 || z == zero) && x.stage(z, copies) {
			if z == 0 {
				states++
			} else {
				states += x.parts.n
			}
		}
	}
	orders := len(d.vpp)
	for p := PipeGPipe; p <= PipeDualPipe; p++ {
		if d.allows(p, x.layers, m) {
			orders++
		}
	}
	again := len(d.again)
	for r := range modes {
		if x.mode(model.Recompute(r)) {
			again++
		}
	}
	places := 0
	for cut := range 2 {
		if x.norms(g.tp, cut) {
			places++
		}
	}
	return int64(states) * int64(orders) * int64(again) * int64(places)
}

// plans is how many there are at nodes with up to n copies.
func (x *explorer) plans(g *group, d *depth, q, n int) int64 {
	all, same := int64(0), int64(-1) // same: at a node, where it does not depend on the copies
	for dp := x.most(q, n); dp > 0; dp = x.most(q, dp-1) {
		if !x.axes.Fewer && g.tp*g.cp*d.pp*dp != x.gpus {
			break
		}
		switch {
		case g.tp*g.cp*dp%g.ep != 0:
		case d.orders != 0 || x.axes.Shards || dp*g.cp == 1:
			all += x.inner(g, d, dp*g.cp, (q+dp-1)/dp, -1)
		default:
			if same < 0 {
				same = x.inner(g, d, dp*g.cp, (q+dp-1)/dp, -1)
			}
			all += same
		}
	}
	return all
}

// leanest keeps the plan that needs least memory, for when none fits.
func (x *explorer) leanest() {
	least := math.Inf(1)
	if x.micros.n == 0 {
		return
	}
	micro := x.micros.v[0]
	if micro > x.batch || x.axes.Even && x.batch%micro != 0 {
		return
	}
	for gi := range x.ngroup {
		g := &x.groups[gi]
		q := (x.batch + micro - 1) / micro
		if x.axes.Even {
			x.divisors(q)
		}
		for di := range x.ndepth {
			d := &x.depths[di]
			dp := x.most(q, x.gpus/(g.tp*g.cp*d.pp))
			for dp > 0 && g.tp*g.cp*dp%g.ep != 0 {
				dp = x.most(q, dp-1)
			}
			if dp == 0 || !x.axes.Fewer && g.tp*g.cp*d.pp*dp != x.gpus {
				continue
			}
			p := Plan{Layout: x.layout(g, micro)}
			p.PP, p.DP = d.pp, dp
			if len(d.vpp) > 0 {
				p.VPP = int(d.vpp[0])
			} else {
				for p.Pipeline = PipeGPipe; p.Pipeline <= PipeDualPipe && !d.allows(p.Pipeline, x.layers, (q+dp-1)/dp); p.Pipeline++ {
				}
				if p.Pipeline > PipeDualPipe {
					continue
				}
			}
			for p.ZeRO = range 4 {
				for mode := range modes {
					for cut := range 2 {
						p.Recompute, p.SP = model.Recompute(mode), cut == 1
						if !x.stage(p.ZeRO, dp*g.cp) || !x.mode(p.Recompute) || !x.norms(g.tp, cut) {
							continue
						}
						p.Into(&x.step, &x.peak)
						x.peak.Estimate(&p.Layout, &x.memory)
						if x.memory.Total < least {
							least = x.memory.Total
							x.kept[0], x.n = candidate{plan: p}, 1
						}
					}
				}
			}
		}
	}
}
