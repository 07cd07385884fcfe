package train

import (
	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// FailureSteps writes into the book how often a run on so many servers stops,
// from the published clusters: run_servers must be in the book.
func (in *RunInputs) FailureSteps(b *derivation.Book) {
	if in.Own.Rate {
		r := in.PerServer()
		b.Let(derivation.Var{Name: "run_rate", Label: "stops of one server a day", Kind: unit.PerDay, Value: r.V, Lo: r.Lo, Hi: r.Hi, Origin: derivation.Given})
		b.Step(derivation.Var{Name: "run_per_day", Symbol: "\\lambda", Label: "unexpected stops a day", Kind: unit.PerDay, Value: in.PerDay.V, Lo: in.PerDay.Lo, Hi: in.PerDay.Hi},
			"run_servers * run_rate", "Each server stops the whole run.", "")
		return
	}
	law := failures().law
	let := func(name, label string, r unit.Range, source, note string) {
		b.Let(derivation.Var{Name: name, Label: label, Kind: unit.PerDay, Value: r.V, Lo: r.Lo, Hi: r.Hi, Origin: derivation.Constant, Source: source, Date: "2026-11", Note: note})
	}
	let("run_hardware_rate", "hardware failures of one server a day", law.hardware, "llama3-2024",
		"the middle of seven published clusters, from the lowest to the highest: an eighth falls between them three times in four; eight accelerators count as a server")
	let("run_small_rate", "other stops of one server a day, in small jobs", law.small, "kokolis-2024", "jobs on 8 GPUs, what hardware does not explain")
	let("run_large_rate", "other stops a day, in large jobs", law.large, "llama3-2024", "the middle of three published runs: software and users' errors are found and mended as a run goes on")
	b.Step(derivation.Var{Name: "run_per_day", Symbol: "\\lambda", Label: "unexpected stops a day", Kind: unit.PerDay, Value: in.PerDay.V, Lo: in.PerDay.Lo, Hi: in.PerDay.Hi},
		"run_servers * run_hardware_rate + min(run_servers * run_small_rate, run_large_rate)",
		"Hardware fails in proportion to the servers; other stops do so too, up to as many as large runs see.",
		"new hardware, which fails more in its first weeks, and shared clusters, where other jobs push a run out")
}

// RunSteps writes into the book how the goodput and the calendar time follow.
// The rate must be in the book as run_per_day (FailureSteps, or given), the
// servers as run_servers and the checkpoint's bytes as run_checkpoint.
func (in *RunInputs) RunSteps(out *Run, b *derivation.Book) {
	// Fields of the run, under their keys; what the book holds at the same value
	// keeps its origin.
	let := func(name, label string, k unit.Kind, r unit.Range, source, date, note string) {
		if old, ok := b.Var(name); ok && old.Value == r.V {
			return
		}
		v := derivation.Var{Name: name, Label: label, Kind: k, Value: r.V, Origin: derivation.Assumed, Source: source, Date: date, Note: note}
		if !r.IsExact() {
			v.Lo, v.Hi = r.Lo, r.Hi
		}
		b.Let(v)
	}
	let("restart_time", "time until it runs again", unit.Time, in.Away(), "kokolis-2024", "2024-10", "finding the fault and starting again")
	let("start_time", "time to start processes and load the checkpoint", unit.Time, in.Restart, "kokolis-2024", "2024-10", "")
	let("checkpoint_speed", "checkpoint writing, all servers", unit.ByteRate, in.Write, "ml-engineering", "2026", "about 1 GB/s for each server of eight; BLOOM reached 1.2")
	let("checkpoint_hidden", "share of writing that training does not wait for", unit.Fraction, unit.Exact(in.Hidden), "flopbook-assumption", "2026", "training waits until the checkpoint is written")
	apart := "86400 / run_per_day"
	if in.PerDay.V < rarest {
		apart = "86400 / max(run_per_day, 1e-9)"
	}
	b.Step(derivation.Var{Name: "run_between", Symbol: "M", Label: "time between unexpected stops", Kind: unit.Time, Value: out.Between.V, Lo: out.Between.Lo, Hi: out.Between.Hi},
		apart, "A day over the stops in it.", "that failures come in clusters")
	b.Step(derivation.Var{Name: "run_out", Symbol: "R", Label: "time lost to each stop", Kind: unit.Time, Value: out.Out}, "restart_time",
		"Finding the fault, then starting again.", "faults that nobody is there to mend")
	b.Step(derivation.Var{Name: "run_blocked", Symbol: "w", Label: "waiting for a checkpoint", Kind: unit.Time, Value: out.Blocked},
		"run_checkpoint / checkpoint_speed * (1 - checkpoint_hidden)", "The checkpoint's size over the speed of writing, as far as training waits for it.", "storage shared with other jobs")
	interval := derivation.Var{Name: "run_interval", Symbol: "\\Delta", Label: "training between checkpoints", Kind: unit.Time, Value: out.Interval}
	switch {
	case !out.Best:
		interval.Origin = derivation.Given
		b.Let(interval)
	case float64(DalyInterval(unit.Seconds(out.Blocked), unit.Seconds(out.Between.V))) < out.Interval:
		b.Step(interval, "max(run_checkpoint / checkpoint_speed, 1)", "One checkpoint is written before the next begins.", "")
	case out.Blocked >= 2*out.Between.V:
		b.Step(interval, "run_between", "Writing takes so long that a checkpoint after each stop is the best to be had.", "")
	default:
		interval.Source = "daly-2006"
		b.Step(interval, "sqrt(2 * run_blocked * run_between) * (1 + sqrt(run_blocked / (2 * run_between)) / 3 + run_blocked / (18 * run_between)) - run_blocked",
			"Often enough to lose little work, seldom enough to write little: Daly's interval.", "")
	}
	b.Step(derivation.Var{Name: "run_useful", Label: "share left by stops and checkpoints", Kind: unit.Fraction, Value: out.Goodput.V / ((1 - out.Planned) * out.ready()), Source: "daly-2006"},
		"run_interval / (run_between * exp(run_out / run_between) * (exp((run_interval + run_blocked) / run_between) - 1))",
		"Training between two checkpoints over the calendar time that it takes, with work done again and restarts that fail.", "")
	let("planned_stops", "planned stops for each unexpected one", unit.None, in.Planned, "llama3-2024", "2024-07", "47 to 419 in Llama 3")
	b.Step(derivation.Var{Name: "run_planned", Label: "share of planned stops", Kind: unit.Fraction, Value: out.Planned},
		"planned_stops * start_time / (run_between + planned_stops * start_time)", "Each planned stop costs one start.", "")
	b.Let(derivation.Var{Name: "run_hardware_day", Label: "servers lost a day", Kind: unit.PerDay, Value: in.Hardware, Note: "of the unexpected stops, those of hardware"})
	let("repair_time", "time until a failed server is back", unit.Time, unit.Exact(in.Repair), "flopbook-assumption", "2026", "")
	let("spare_servers", "servers that stand by, over those that train", unit.Fraction, unit.Exact(in.Standby), "ml-engineering", "2026", "5 to 10 %")
	b.Step(derivation.Var{Name: "run_spares", Label: "servers that stand by", Kind: unit.Count, Value: in.Spares}, "ceil(spare_servers * run_servers)", "", "")
	b.Step(derivation.Var{Name: "run_in_repair", Label: "servers in repair on average", Kind: unit.None, Value: out.InRepair},
		"run_hardware_day * repair_time / 86400", "Failures a day times the days that a repair takes.", "")
	b.Let(derivation.Var{Name: "run_ready", Label: "share of time with enough servers", Kind: unit.Fraction, Value: out.ready(),
		Note: "the chance that no more are in repair than stand by, their number being Poisson's with that average"})
	b.Step(derivation.Var{Name: "goodput", Symbol: "g", Label: "time not lost to failures", Kind: unit.Fraction, Value: out.Goodput.V, Lo: out.Goodput.Lo, Hi: out.Goodput.Hi},
		"run_useful * (1 - run_planned) * run_ready",
		"What stops and checkpoints leave, less planned stops, while there are enough servers.",
		"rolling back after a rise of the loss, changes by hand, and queues")
}

// ready is the share of the time in which enough servers stand by.
func (r *Run) ready() float64 { return 1 - r.Waiting/(1-r.Planned) }

// ElapsedSteps writes the calendar time that pure steps become; run_pure, in
// seconds, must be in the book.
func (r *Run) ElapsedSteps(b *derivation.Book) {
	b.Step(derivation.Var{Name: "run_elapsed", Symbol: "T", Label: "calendar time", Kind: unit.Time, Value: r.Elapsed.V, Lo: r.Elapsed.Lo, Hi: r.Elapsed.Hi},
		"run_pure / goodput", "The time of all steps over the share of the calendar in which steps count.", "")
	b.Step(derivation.Var{Name: "run_stops", Label: "unexpected stops over the run", Kind: unit.Count, Value: r.Total.V, Lo: r.Total.Lo, Hi: r.Total.Hi},
		"run_elapsed / run_between", "Calendar time over the time between stops.", "")
}
