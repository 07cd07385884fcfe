package train

import (
	"math"
	"strconv"

	"flopbook/core/model"
)

// A BarKind is what a GPU of the pipeline does or waits for.
type BarKind uint8

// Kinds of bars. Computing stands in the first three, the other parts of a
// [Step] in one each.
const (
	BarForward   BarKind = iota // computing forward, the vocabulary on the last stage
	BarBackward                 // computing backward
	BarWeights                  // gradients of weights, where the schedule makes them apart
	BarRecompute                // forward work done again
	BarLaunch                   // waiting for the processor
	BarTensor                   // exchange of tensor, sequence and context parallelism
	BarDispatch                 // exchange between experts
	BarSend                     // to the next stage and back
	BarBubble                   // waiting for other stages
	BarData                     // exchange of gradients and weights between copies
	BarRetries                  // the allocator, short of room
	BarOptimizer
	BarOffload
	BarOverhead
	BarJitter
	BarKinds
)

// BarLabels name the kinds for readers.
var BarLabels = [BarKinds]string{"forward", "backward", "weight gradients", "recomputing", "waiting for launches", "tensor-parallel exchange",
	"expert exchange", "between stages", "pipeline bubble", "gradient exchange", "allocator short of room", "optimizer", "host memory and disks", "fixed overhead", "waiting for the slowest"}

// A Bar is one thing that a stage does, from Start to End seconds after the
// step's beginning, what is left out not counted.
type Bar struct {
	Kind       BarKind
	Micro      int // of the micro-batch, from 0; -1 for none
	Start, End float64
}

// A Timeline is a step drawn for each stage of the pipeline; all GPUs of a
// stage do alike. What computing hides of an exchange is not drawn: it takes
// no time. The exchanges of all layers in a pass stand after its computing.
type Timeline struct {
	Stages  [][]Bar   // in order of time
	Layers  []float64 // of the model on each stage
	Seconds float64   // of the step: Step.Total

	Micro int     // micro-batches of the step
	Drawn int     // of these, drawn
	Left  float64 // s left out for the rest, at Cut
	Cut   float64 // s from the beginning, 0 where nothing is left out
	// LeftOut is what stands in the time left out, s for each stage and kind.
	LeftOut [][BarKinds]float64

	Sketch bool   // the order of passes is simplified; waiting is the published formula's
	Says   string // what is left out or simplified, "" for nothing
}

// Timeline draws a step of the layout with at most so many micro-batches (0
// for 8); those left out run like the ones beside them. For each kind, the mean
// over the stages of what is drawn and left out is the part of the step.
func (s *StepInputs) Timeline(l *model.Layout, most int) Timeline {
	var step Step
	var w work
	s.estimate(l, &step, &w)
	if most <= 0 {
		most = 8
	}
	p := max(l.PP, 1)
	m := int(math.Min(step.MicroBatches, 1e9))
	t := Timeline{Seconds: step.Total, Micro: m, Drawn: min(m, most)}
	v := max(l.VPP, 1)
	schedule := s.Pipeline
	if p == 1 {
		schedule, v = Pipe1F1B, 1
	}
	switch {
	case schedule.folded():
		v = 2
	case schedule != Pipe1F1B:
		v = 1
	}
	if v > 1 && t.Drawn > p {
		t.Drawn -= t.Drawn % p // interleaved micro-batches run in groups of p
	}
	pieces := p * v
	if p == 1 {
		pieces = 1
	}

	// What one micro-batch does in each piece, in the order of the model.
	c := s.cut(p, v, schedule, &w)
	t.Layers = c.layers
	split := schedule != Pipe1F1B && schedule != PipeGPipe
	var kinds [3][][BarKinds]float64
	times := passTimes{}
	for k := range pieces {
		var f, b, g [BarKinds]float64
		d := deviceOf(schedule, p, k)
		share := c.share[d] / float64(v)
		spread := func(bar *[BarKinds]float64, x *piece, share float64) {
			bar[BarTensor] += x.tensor * share
			bar[BarDispatch] += x.dispatch * share
		}
		spread(&f, &w.f, share)
		spread(&b, &w.b, share)
		f[BarForward] = share * (w.f.gpu() - w.f.tensor - w.f.dispatch)
		b[BarBackward] = share * (w.b.gpu() - w.b.tensor - w.b.dispatch)
		if split {
			g[BarWeights] = share * w.b.weights
			b[BarBackward] -= g[BarWeights]
		}
		b[BarRecompute] = share * w.again
		all := share * (w.f.gpu() + w.b.gpu() + w.again)
		for _, bar := range [...]*[BarKinds]float64{&f, &b, &g} {
			bar[BarLaunch] = c.launch[d] / float64(v) * over1(sumOf(bar), all)
		}
		if k == pieces-1 { // one product of three is forward
			f[BarForward] += w.head / 3
			b[BarBackward] += w.head * 2 / 3
		}
		f[BarSend], b[BarSend] = w.send/float64(2*v), w.send/float64(2*v)
		kinds[passForward] = append(kinds[passForward], f)
		kinds[passBackward] = append(kinds[passBackward], b)
		times.forward = append(times.forward, sumOf(&f))
		times.backward = append(times.backward, sumOf(&b))
		if split {
			kinds[passWeights] = append(kinds[passWeights], g)
			times.weights = append(times.weights, sumOf(&g))
		}
	}
	if schedule == PipeDualPipe { // each device holds a piece from either end: half of each, whichever way its micro-batches go
		for n := range kinds {
			for k := range p / 2 {
				for kind := range BarKinds {
					mean := (kinds[n][k][kind] + kinds[n][p-1-k][kind]) / 2
					kinds[n][k][kind], kinds[n][p-1-k][kind] = mean, mean
				}
			}
		}
		for k := range p {
			times.forward[k], times.backward[k], times.weights[k] = sumOf(&kinds[0][k]), sumOf(&kinds[1][k]), sumOf(&kinds[2][k])
		}
	}
	perMicro := 0.0 // gradients exchanged with each micro-batch
	if l.ZeRO == 3 && p == 1 && !s.GradOnce {
		perMicro = step.Data / float64(m)
		kinds[passBackward][0][BarData] = perMicro
		times.backward[0] += perMicro
	}

	// One device's work for a micro-batch, what is left out, and the pipeline's
	// time as the step has it.
	each := make([][BarKinds]float64, p)
	for k := range pieces {
		for n := range kinds {
			if kinds[n] == nil {
				continue
			}
			for kind, x := range kinds[n][k] {
				each[deviceOf(schedule, p, k)][kind] += x
			}
		}
	}
	left := float64(m - t.Drawn)
	sum := 0.0
	for d := range each {
		sum += sumOf(&each[d])
	}
	slow := math.Max(w.slow+perMicro, sum/float64(p))
	for d := range each {
		slow = math.Max(slow, sumOf(&each[d]))
	}
	whole := float64(m)*sum/float64(p) + step.Bubble
	t.Left = math.Min(left*slow, whole)
	pipe := whole - t.Left
	t.LeftOut = make([][BarKinds]float64, p)
	for d := range each {
		for kind, x := range each[d] {
			t.LeftOut[d][kind] = left * x
		}
		t.LeftOut[d][BarBubble] = t.Left - left*sumOf(&each[d])
	}

	// The passes, then what follows the pipeline.
	t.Sketch = schedule.folded() || schedule == PipeDualPipe
	passes := play(schedule, p, v, t.Drawn, times)
	t.Stages = make([][]Bar, p)
	for d := range p {
		t.Stages[d] = stageBars(passes, d, pipe, &kinds, split)
		end := pipe
		if n := len(t.Stages[d]); n > 0 {
			end = t.Stages[d][n-1].End
		}
		for _, x := range [...]struct {
			kind BarKind
			time float64
		}{{BarData, step.Data - perMicro*float64(m)}, {BarRetries, step.Retries}, {BarOffload, step.Offload}, {BarOptimizer, step.Optimizer}, {BarOverhead, step.Overhead}, {BarJitter, step.Jitter}} {
			if x.time > 0 {
				t.Stages[d] = append(t.Stages[d], Bar{x.kind, -1, end, end + x.time})
				end += x.time
			}
		}
	}
	if t.Left > 0 {
		t.Cut = pipe / 2
		t.Says = "Of " + strconv.Itoa(m) + " micro-batches " + strconv.Itoa(t.Drawn) + " are drawn; the others run like those in the middle."
	}
	if t.Sketch {
		t.Says += " The order of passes is simplified."
	}
	return t
}

// stageBars draws one device's passes. Its waiting is stretched so that the
// pipeline takes as long as in the step: by nothing where the formula is exact.
// Orders whose formula counts each device from its own first pass start where
// that pass does.
func stageBars(passes []pass, d int, pipe float64, kinds *[3][][BarKinds]float64, own bool) []Bar {
	first, last, busy := math.Inf(1), 0.0, 0.0
	end := 0.0
	for _, x := range passes {
		end = math.Max(end, x.end)
		if x.device == d {
			first, last = math.Min(first, x.start), math.Max(last, x.end)
			busy += x.end - x.start
		}
	}
	offset, from := 0.0, 0.0
	if own {
		offset, from, end = first, first, last
	}
	gap := end - from - busy
	rest := math.Max(0, pipe-busy)
	stretch := 0.0
	if gap > 1e-12*pipe {
		stretch = rest / gap
	}
	var bars []Bar
	at := offset
	idle := func(dt float64) {
		if dt > 1e-12*pipe {
			bars = append(bars, Bar{BarBubble, -1, at, at + dt})
			at += dt
		}
	}
	was, waited := from, 0.0
	for _, x := range passes {
		if x.device != d {
			continue
		}
		dt := math.Max(0, x.start-was) * stretch
		idle(dt)
		waited += dt
		was = x.end
		for _, kind := range [...]BarKind{BarLaunch, BarRecompute, BarForward, BarBackward, BarWeights, BarTensor, BarDispatch, BarData, BarSend} {
			if time := kinds[x.kind][x.stage][kind]; time > 1e-12*pipe {
				bars = append(bars, Bar{kind, x.micro, at, at + time})
				at += time
			}
		}
	}
	idle(rest - waited)
	return bars
}

// stages is how the layers lie on the devices.
type stages struct {
	layers []float64
	share  []float64 // of all layers
	launch []float64 // s of waiting for the processor, for each micro-batch
}

// cut spreads the layers as the step does: by their work where the software
// cuts so; else evenly, where a number does not divide one more in the middle.
func (s *StepInputs) cut(p, v int, schedule Pipeline, w *work) stages {
	layers := float64(s.Arch.Layers)
	c := stages{make([]float64, p), make([]float64, p), make([]float64, p)}
	ends := deviceOf(schedule, p, p*v-1)
	if s.Balanced && v == 1 && p > 1 {
		first, middle, _, _ := balancedCut(s.Arch, s.Counts, float64(p))
		left := layers
		for d := range p - 1 {
			n := middle
			if d == 0 {
				n = first
			}
			c.layers[d] = math.Min(n, left)
			left -= c.layers[d]
		}
		c.layers[p-1] = left
	} else {
		for d := range c.layers {
			c.layers[d] = math.Floor(layers / float64(p))
		}
		for n := range int(layers) % p {
			c.layers[(n+1)%p]++
		}
	}
	c.wait(w, ends)
	for d := range c.layers {
		if c.busy(w, ends, d) > w.slow*(1+1e-9) { // not whole layers then: all alike, or fewer beside the vocabulary
			lo, hi := 0.0, layers
			for range 50 {
				n := (lo + hi) / 2
				for d := range c.layers {
					c.layers[d] = (layers - n) / math.Max(1, float64(p-1))
				}
				c.layers[ends] = n
				if c.wait(w, ends); p > 1 && c.busy(w, ends, ends) > c.busy(w, ends, (ends+1)%p) {
					hi = n
				} else {
					lo = n
				}
			}
			break
		}
	}
	for d := range c.share {
		c.share[d] = c.layers[d] / layers
	}
	return c
}

// wait spreads the waiting for the processor over the devices: as much as each
// of them would wait alone.
func (c *stages) wait(w *work, ends int) {
	sum := 0.0
	for d, n := range c.layers {
		gpu, cpu := n*w.layerGPU, n*w.layerCPU
		if d == ends {
			gpu, cpu = gpu+w.head, cpu+w.headCPU
		}
		c.launch[d] = larger(gpu, cpu) - gpu
		sum += c.launch[d]
	}
	for d := range c.launch {
		c.launch[d] *= over1(w.launch, sum)
	}
}

// busy is the time of a device for one micro-batch.
func (c *stages) busy(w *work, ends, d int) float64 {
	t := c.layers[d]*w.layerGPU + c.launch[d] + w.send
	if d == ends {
		t += w.head
	}
	return t
}

// deviceOf is where piece k of the model lies.
func deviceOf(schedule Pipeline, p, k int) int {
	if schedule.folded() && k >= p {
		return 2*p - 1 - k
	}
	return k % p
}

func over1(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}

func sumOf(x *[BarKinds]float64) float64 {
	t := 0.0
	for _, v := range x {
		t += v
	}
	return t
}
