package train

import (
	"math"
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// RunInputs is what the calendar time of a run depends on besides its steps.
type RunInputs struct {
	GPUs  float64
	Pure  float64 // s of all steps, nothing lost
	Bytes float64 // of one checkpoint; see model.CheckpointBytes

	PerDay   unit.Range // unexpected interruptions a day; see Interruptions
	Hardware float64    // of these, that take a server away
	Detect   unit.Range // s until it is known which server to leave out
	Restart  unit.Range // s from there until the first step
	Write    unit.Range // bytes/s of checkpoint writing, all servers together
	Hidden   float64    // share of the writing that training does not wait for
	Standby  float64    // servers that stand by, over those that train
	Interval float64    // s of training between checkpoints; 0: what loses least
	Planned  unit.Range // planned stops for each unexpected one
	Spares   float64    // servers that stand by
	Repair   float64    // s until a failed server can be used again

	// Ranges of the three above, where the reader gave any.
	HiddenRange, SparesRange, RepairRange unit.Range

	Own OwnRun // what the reader gave of it
}

// OwnRun says which of a run's inputs are the reader's, for its explanation.
type OwnRun struct{ Rate, Restart, Start, Interval, Write bool }

type runHabits struct{ detect, restart, planned, write, spares, repair unit.Range }

var habits = sync.OnceValue(func() runHabits {
	get := func(name string) unit.Range {
		v, ok := catalog.Default(name)
		if !ok {
			panic("train: the catalogue has no " + name) // a mistake of ours that tests find
		}
		return v.Range()
	}
	return runHabits{get("run_detect"), get("run_restart"), get("run_planned_ratio"), get("run_write_server"), get("run_spares"), get("run_repair")}
})

// DefaultRun is the published rates and habits for a run on so many GPUs.
func DefaultRun(gpus, pure, checkpoint float64) RunInputs {
	h := habits()
	servers := gpus / serverGPUs
	all, hardware := Interruptions(gpus)
	s := math.Max(servers, 1.0/serverGPUs)
	return RunInputs{GPUs: gpus, Pure: pure, Bytes: checkpoint, PerDay: all, Hardware: hardware.V,
		Detect: h.detect, Restart: h.restart, Planned: h.planned,
		Write:   unit.Range{V: h.write.V * s, Lo: h.write.Lo * s, Hi: h.write.Hi * s},
		Standby: h.spares.V, Spares: math.Ceil(h.spares.V * servers), Repair: h.repair.V}
}

// TakeRate sets the stops of one server and day; hardware keeps its share.
func (in *RunInputs) TakeRate(perServer unit.Range) {
	n, share := in.GPUs/serverGPUs, 0.0
	if in.PerDay.V > 0 {
		share = in.Hardware / in.PerDay.V
	}
	in.PerDay = unit.Range{V: perServer.V * n, Lo: perServer.Lo * n, Hi: perServer.Hi * n}
	in.Hardware, in.Own.Rate = share*in.PerDay.V, true
}

// PerServer is the stops of one server and day.
func (in *RunInputs) PerServer() unit.Range {
	n := math.Max(in.GPUs, 1) / serverGPUs
	return unit.Range{V: in.PerDay.V / n, Lo: in.PerDay.Lo / n, Hi: in.PerDay.Hi / n}
}

// TakeRestart sets the time from a stop until the run goes on.
func (in *RunInputs) TakeRestart(t unit.Range) {
	in.Detect, in.Restart, in.Own.Restart = unit.Range{}, t, true
}

// TakeStart sets the time to start processes and load the checkpoint, which a
// planned stop costs; the rest of the time until the run goes on after another
// one is for finding the fault. TakeRestart comes first.
func (in *RunInputs) TakeStart(t unit.Range) {
	if in.Own.Restart {
		all := in.Restart
		in.Detect = unit.Range{V: math.Max(0, all.V-t.V), Lo: math.Max(0, all.Lo-t.V), Hi: math.Max(0, all.Hi-t.V)}
	}
	in.Restart, in.Own.Start = t, true
}

// TakeHidden sets the share of the writing that training does not wait for.
func (in *RunInputs) TakeHidden(share unit.Range) {
	in.Hidden, in.HiddenRange = share.V, share
}

// TakeStandby sets the servers that stand by, over those that train.
func (in *RunInputs) TakeStandby(share unit.Range) {
	n := in.GPUs / serverGPUs
	in.Standby, in.Spares = share.V, math.Ceil(share.V*n)
	in.SparesRange = unit.Range{V: in.Spares, Lo: math.Ceil(share.Lo * n), Hi: math.Ceil(share.Hi * n)}
}

// TakeRepair sets the time until a failed server can be used again.
func (in *RunInputs) TakeRepair(t unit.Range) {
	in.Repair, in.RepairRange = t.V, t
}

// Away is the time from a stop until the run goes on.
func (in *RunInputs) Away() unit.Range {
	return unit.Range{V: in.Detect.V + in.Restart.V, Lo: in.Detect.Lo + in.Restart.Lo, Hi: in.Detect.Hi + in.Restart.Hi}
}

// A Run is the calendar time of a run and where it goes. The shares and
// Goodput sum to 1.
type Run struct {
	Servers  float64
	PerDay   unit.Range // unexpected interruptions a day
	Between  unit.Range // s from one unexpected interruption to the next
	Total    unit.Range // of these over the run
	Writing  float64    // s of writing one checkpoint
	Blocked  float64    // s of it for which training waits
	Interval float64    // s of training between checkpoints
	Best     bool       // the interval is the one that loses least
	Out      float64    // s lost to each interruption before the work is done again

	// Shares of the calendar time.
	Goodput    unit.Range // steps that count
	Checkpoint float64    // waiting for checkpoints
	Rework     float64    // steps done again
	Restarting float64    // finding the fault and starting again
	Planned    float64    // planned stops
	Waiting    float64    // more servers in repair than stand by

	InRepair float64    // servers in repair on average
	Elapsed  unit.Range // s
}

// Estimate fills out. It allocates nothing.
//
// Between two checkpoints lie D seconds of training and w of writing. With
// failures that come at any moment alike, M seconds apart on average, each
// costing R seconds and the work since the last checkpoint, those D seconds
// take
//
//	M · e^(R/M) · (e^((D+w)/M) - 1)
//
// of calendar time, restarts that fail themselves included (Daly 2006,
// equation 20); D that loses least is his equation 37. Planned stops and
// waiting for servers come on top.
func (in *RunInputs) Estimate(out *Run) {
	*out = Run{Servers: in.GPUs / serverGPUs, PerDay: in.PerDay}
	out.Between = unit.Range{V: between(in.PerDay.V), Lo: between(in.PerDay.Hi), Hi: between(in.PerDay.Lo)}
	out.Writing = seconds(in.Bytes / in.Write.V)
	out.Blocked = out.Writing * (1 - in.Hidden)
	out.Interval = in.Interval
	if in.Interval <= 0 {
		out.Best = true
		out.Interval = bestInterval(out.Blocked, out.Writing, out.Between.V)
	}
	out.Out = in.Detect.V + in.Restart.V

	v := lost(out.Between.V, out.Out, out.Interval, out.Blocked)
	stop := in.Planned.V * in.Restart.V
	out.Planned = stop / (out.Between.V + stop)
	out.InRepair = in.Hardware / secondsPerDay * in.Repair
	wait := short(out.InRepair, in.Spares)
	out.Waiting = wait * (1 - out.Planned)
	left := (1 - out.Planned) * (1 - wait)
	out.Checkpoint, out.Rework, out.Restarting = v.write*left, v.rework*left, v.restart*left
	good := v.useful * left

	// One thing at a time to its ends, their distances as ratios summed as squares.
	down, up := 0.0, 0.0
	vary := func(m, r, w, p, wait float64) {
		l := lost(m, r, out.Interval, w)
		ratio := l.useful * m / (m + p*in.Restart.V) * (1 - wait) / good
		if ratio < 1 {
			down += (1/ratio - 1) * (1/ratio - 1)
		} else {
			up += (ratio - 1) * (ratio - 1)
		}
	}
	m, r, w, p := out.Between.V, out.Out, out.Blocked, in.Planned.V
	vary(out.Between.Lo, r, w, p, wait)
	vary(out.Between.Hi, r, w, p, wait)
	vary(m, in.Detect.Hi+in.Restart.V, w, p, wait)
	vary(m, in.Detect.Lo+in.Restart.V, w, p, wait)
	vary(m, in.Detect.V+in.Restart.Hi, w, p, wait)
	vary(m, in.Detect.V+in.Restart.Lo, w, p, wait)
	vary(m, r, seconds(in.Bytes/in.Write.Lo)*(1-in.Hidden), p, wait)
	vary(m, r, seconds(in.Bytes/in.Write.Hi)*(1-in.Hidden), p, wait)
	vary(m, r, w, in.Planned.Hi, wait)
	vary(m, r, w, in.Planned.Lo, wait)
	if x := in.HiddenRange; !x.IsExact() {
		vary(m, r, out.Writing*(1-x.Lo), p, wait)
		vary(m, r, out.Writing*(1-x.Hi), p, wait)
	}
	if x := in.SparesRange; !x.IsExact() {
		vary(m, r, w, p, short(out.InRepair, x.Lo))
		vary(m, r, w, p, short(out.InRepair, x.Hi))
	}
	if x := in.RepairRange; !x.IsExact() {
		vary(m, r, w, p, short(in.Hardware/secondsPerDay*x.Lo, in.Spares))
		vary(m, r, w, p, short(in.Hardware/secondsPerDay*x.Hi, in.Spares))
	}
	out.Goodput = unit.Range{V: good, Lo: good / (1 + math.Sqrt(down)), Hi: math.Min(1, good*(1+math.Sqrt(up)))}
	out.Elapsed = unit.Range{V: in.Pure / good, Lo: in.Pure / out.Goodput.Hi, Hi: in.Pure / out.Goodput.Lo}
	out.Total = stops(in.PerDay, out.Elapsed.V/secondsPerDay)
}

// stops is how many interruptions so many days see: chance spreads the count
// even where the rate is known, by the square root of it.
func stops(perDay unit.Range, days float64) unit.Range {
	n := perDay.V * days
	chance := spread80 * math.Sqrt(n)
	return unit.Range{V: n, Lo: math.Max(0, n-math.Hypot(n-perDay.Lo*days, chance)), Hi: n + math.Hypot(perDay.Hi*days-n, chance)}
}

// spread80 is the standard deviations within which eight in ten draws lie.
const spread80 = 1.2816

// losses is where a second of calendar time goes, planned stops aside.
type losses struct{ useful, write, rework, restart float64 }

// lost is the shares for failures m seconds apart, r of being out, d of
// training between checkpoints and w of waiting for one.
//
//	all     = m e^(r/m) (e^((d+w)/m) - 1)
//	restart = all (1 - e^(-r/m))      a failure each m, out for r or until the next one
//	rework  = m (e^((d+w)/m) - 1) - d - w
func lost(m, r, d, w float64) losses {
	steps := m * math.Expm1(math.Min((d+w)/m, manyFailures))
	all := steps * math.Exp(math.Min(r/m, manyFailures))
	if !(all > 0) {
		return losses{useful: 1}
	}
	return losses{d / all, w / all, (steps - d - w) / all, (all - steps) / all}
}

// manyFailures is failures during one interval beyond which nothing moves on;
// more would leave the range of numbers.
const manyFailures = 40

// between is the seconds from one interruption to the next.
func between(perDay float64) float64 { return secondsPerDay / math.Max(perDay, rarest) }

// rarest is the stops a day below which there are none.
const rarest = 1e-9

// bestInterval is Daly's, but not shorter than it takes to write, so that one
// checkpoint is done before the next begins.
func bestInterval(blocked, writing, between float64) float64 {
	best := float64(DalyInterval(unit.Seconds(blocked), unit.Seconds(between)))
	return math.Max(math.Max(best, writing), 1)
}

// seconds keeps what was divided by zero finite.
func seconds(t float64) float64 {
	if !(t >= 0) {
		return 0
	}
	return math.Min(t, 1e12)
}

// short is the share of the time in which more servers are in repair than
// stand by: the chance that a Poisson number of mean a is above s.
func short(a, s float64) float64 {
	if a <= 0 || s > a+10*math.Sqrt(a)+10 {
		return 0
	}
	if a > 300 {
		return math.Min(maxWaiting, math.Erfc((s+0.5-a)/math.Sqrt(2*a))/2)
	}
	term := math.Exp(-a)
	sum := term
	for k := 1.0; k <= s; k++ {
		term *= a / k
		sum += term
	}
	return math.Min(math.Max(0, 1-sum), maxWaiting)
}

// maxWaiting keeps a run that stands still nearly always finite.
const maxWaiting = 0.999

// SpareGPUs is the accelerators that stand by.
func (in *RunInputs) SpareGPUs() float64 { return in.Spares * serverGPUs }
