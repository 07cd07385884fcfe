package train

import "math"

// A pass is one micro-batch going through one piece of the model on one GPU of
// the pipeline: forward, backward, or the gradients of weights apart.
type pass struct {
	device, stage, micro int // stage: the piece, in the order of the model
	kind                 uint8
	start, end           float64
}

const (
	passForward uint8 = iota
	passBackward
	passWeights
)

// passTimes is the seconds of one micro-batch in each piece, in the order of
// the model. Weights is 0 where the backward pass makes them too.
type passTimes struct{ forward, backward, weights []float64 }

// A lane is a way through the devices: the piece k of the model lies on
// device at[k]; count micro-batches take this way.
type lane struct {
	at    []int
	count int
}

// lanesOf is how a schedule lays v pieces a device out over p devices: one
// after the other and round again, down and back up, or from both ends.
func lanesOf(schedule Pipeline, p, v, m int) []lane {
	down := func(n int) []int {
		at := make([]int, n)
		for k := range at {
			at[k] = k % p
		}
		return at
	}
	switch {
	case schedule.folded():
		at := down(2 * p)
		for k := p; k < 2*p; k++ {
			at[k] = 2*p - 1 - k
		}
		return []lane{{at, m}}
	case schedule == PipeDualPipe:
		up := down(p)
		for k := range up {
			up[k] = p - 1 - k
		}
		return []lane{{down(p), (m + 1) / 2}, {up, m / 2}}
	}
	return []lane{{down(p * v), m}}
}

// run is the state of a pipeline that is played through, one pass after the other.
type run struct {
	p, m     int
	schedule Pipeline
	lanes    []lane
	t        passTimes
	ends     [2][][][]float64 // of forward and backward: lane, stage, micro; NaN: not yet
	next     [3][][]int       // the next micro of each kind: lane, stage
	free     []float64        // s until which a device works
	held     []float64        // passes forward whose activations a device holds
	late     []int            // of these, for gradients of weights alone
	limit    []float64
	order    [][]pass // fixed orders; nil where each device takes what is ready
	out      []pass
}

// play runs m micro-batches through the schedule and returns the passes in
// order of their start. Fixed orders are Megatron-LM's (core/pipeline_parallel/
// schedules.py); zero-bubble and bidirectional pipelines take what is ready,
// gradients of weights last, holding no more micro-batches than their papers
// allow. So do folded ones, whose papers find better orders by search: theirs
// is a sketch.
func play(schedule Pipeline, p, v, m int, t passTimes) []pass {
	r := &run{p: p, m: m, schedule: schedule, lanes: lanesOf(schedule, p, v, m), t: t, free: make([]float64, p), held: make([]float64, p), late: make([]int, p), limit: make([]float64, p)}
	passes := 0
	for _, l := range r.lanes {
		for kind := range r.ends {
			ends := make([][]float64, len(l.at))
			for k := range ends {
				ends[k] = make([]float64, l.count)
				for i := range ends[k] {
					ends[k][i] = math.NaN()
				}
			}
			r.ends[kind] = append(r.ends[kind], ends)
		}
		for kind := range r.next {
			r.next[kind] = append(r.next[kind], make([]int, len(l.at)))
		}
		passes += 2 * len(l.at) * l.count
		if t.weights != nil {
			passes += len(l.at) * l.count
		}
	}
	for d := range r.limit {
		r.limit[d] = r.mostHeld(d)
	}
	switch {
	case schedule == Pipe1F1B || schedule == PipeGPipe:
		r.order = fixedOrder(schedule, p, v, m)
	}
	for len(r.out) < passes {
		best, ok := r.soonest(false)
		if !ok {
			r.order = nil // an order that waits for itself: each takes what is ready
			if best, ok = r.soonest(true); !ok {
				break
			}
		}
		r.start(best)
	}
	return r.out
}

// mostHeld is the passes forward that device d may hold: see Pipeline.
func (r *run) mostHeld(d int) float64 {
	p := float64(r.p)
	switch r.schedule {
	case PipeGPipe:
		return math.Inf(1)
	case PipeZB1P:
		return p
	case PipeZB2P:
		return 2*p - 1
	case PipeZBV:
		return 2 * p
	case PipeVHalf:
		return p + 2 // (p+2)/2 micro-batches of two pieces (Qi et al. 2024)
	case PipeVMin:
		return math.Floor((p+4)/3) * 2
	case PipeDualPipe:
		return p + 1
	}
	return p - float64(d)
}

type choice struct {
	pass
	lane int
}

// soonest is the pass that can start first; over all devices, so that nothing
// that is not known yet can come before it. Loose lets a device hold more than
// it may, where all wait for each other.
func (r *run) soonest(loose bool) (best choice, ok bool) {
	at := math.Inf(1)
	for d := range r.p {
		c, found := r.candidate(d, loose)
		if found && c.start < at {
			best, ok, at = c, true, c.start
		}
	}
	return best, ok
}

func (r *run) candidate(d int, loose bool) (best choice, ok bool) {
	if r.order != nil {
		if len(r.order[d]) == 0 {
			return best, false
		}
		o := r.order[d][0]
		ready, known := r.ready(0, o.stage, o.micro, o.kind)
		o.start = math.Max(ready, r.free[d])
		return choice{o, 0}, known
	}
	rank := math.Inf(1)
	at := math.Inf(1)
	for n := range r.lanes {
		l := &r.lanes[n]
		for k, dev := range l.at {
			if dev != d {
				continue
			}
			for kind := passForward; kind <= passWeights; kind++ {
				i := r.next[kind][n][k]
				if i >= l.count || kind == passWeights && r.t.weights == nil {
					continue
				}
				full := r.held[d] >= r.limit[d]
				switch {
				case r.schedule == PipeZB1P: // as many before their backward pass as in 1F1B
					full = full || r.next[passForward][n][k]-r.next[passBackward][n][k] >= r.p-d
				case r.schedule.folded():
					// Held back at the entrance, and where many gradients of weights wait.
					full = r.late[d] >= r.p || k == 0 && float64(r.next[passForward][n][0]-r.next[passBackward][n][0]) >= r.limit[d]
				}
				if kind == passForward && full && !loose {
					continue
				}
				ready, known := r.ready(n, k, i, kind)
				if !known {
					continue
				}
				start := math.Max(ready, r.free[d])
				// Backward, forward, weights; of two alike the one further on. ZB1P
				// keeps 1F1B's turns: forward where it may.
				value := [3]float64{1, 0, 2}[kind] - float64(k)*1e-6 + float64(i)*1e-9
				if r.schedule == PipeZB1P && kind == passForward {
					value = -1
				}
				if start < at-1e-12 || start < at+1e-12 && value < rank {
					best, ok, at, rank = choice{pass{d, k, i, kind, start, 0}, n}, true, math.Min(at, start), value
				}
			}
		}
	}
	return best, ok
}

// ready is when what a pass needs is there, and whether that is known.
func (r *run) ready(n, k, i int, kind uint8) (t float64, known bool) {
	last := len(r.lanes[n].at) - 1
	switch {
	case kind == passForward && k == 0:
		return 0, true
	case kind == passForward:
		t = r.ends[passForward][n][k-1][i]
	case kind == passBackward && k == last:
		t = r.ends[passForward][n][k][i]
	case kind == passBackward:
		t = math.Max(r.ends[passBackward][n][k+1][i], r.ends[passForward][n][k][i])
	default:
		t = r.ends[passBackward][n][k][i]
	}
	return t, !math.IsNaN(t)
}

func (r *run) start(c choice) {
	d, k, i, n := c.device, c.stage, c.micro, c.lane
	switch c.kind {
	case passForward:
		c.end = c.start + r.t.forward[k]
		r.held[d]++
	case passBackward:
		c.end = c.start + r.t.backward[k]
		r.late[d]++
		if r.t.weights == nil {
			r.held[d]--
			r.late[d]--
		}
	case passWeights:
		c.end = c.start + r.t.weights[k]
		r.held[d]--
		r.late[d]--
	}
	if c.kind != passWeights {
		r.ends[c.kind][n][k][i] = c.end
	}
	r.next[c.kind][n][k] = i + 1
	r.free[d] = c.end
	if r.order != nil {
		r.order[d] = r.order[d][1:]
	}
	if n > 0 { // the second way's micro-batches are numbered after the first's
		c.micro += r.lanes[0].count
	}
	r.out = append(r.out, c.pass)
}

// fixedOrder is each device's passes in 1F1B, interleaved or GPipe order.
func fixedOrder(schedule Pipeline, p, v, m int) [][]pass {
	order := make([][]pass, p)
	for d := range p {
		var forward, backward []pass
		for first := 0; first < m; first += p { // groups of p micro-batches take turns
			n := min(p, m-first)
			if v == 1 {
				n = 1
			}
			for c := range v {
				for i := range n {
					forward = append(forward, pass{device: d, stage: c*p + d, micro: first + i})
					backward = append(backward, pass{device: d, stage: (v-1-c)*p + d, micro: first + i, kind: passBackward})
				}
			}
			if v == 1 {
				first -= p - 1
			}
		}
		warm := p - d - 1
		if v > 1 {
			warm = 2*(p-d-1) + (v-1)*p
		}
		if schedule == PipeGPipe {
			warm = len(forward)
		}
		warm = min(warm, len(forward))
		list := append([]pass(nil), forward[:warm]...)
		for n := warm; n < len(forward); n++ {
			list = append(list, forward[n], backward[n-warm])
		}
		order[d] = append(list, backward[len(forward)-warm:]...)
	}
	return order
}
