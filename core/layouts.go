package core

import (
	"sync"

	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// settleLayout finds the fastest way to share the run over the GPUs and says
// whether it fits.
func settleLayout(in *Resolved, out *Report) bool {
	found := findLayout(in, out, train.Fastest)
	in.Layout, in.Fits = found.Plan, found.Fits
	showLayout(in)
	return in.Fits
}

// findLayout searches the usual ways to share the run over the GPUs. Where no
// way satisfies the wishes, each GPU is a copy of its own.
func findLayout(in *Resolved, out *Report, goal train.Goal) train.Found {
	s := layoutSearch(in, &out.Counts, &out.Body)
	s.Goal, s.Axes = goal, quickAxes(in)
	s.Step.Pipeline, s.Step.ShardGroup, s.Step.Recomputed = 0, 0, 0 // of an earlier layout
	s.Peak.Pipeline, s.Peak.Shard, s.Peak.Recomputed = 0, 0, 0
	key := layoutKey{s.Step, s.Peak, in.Arch, in.Body, in.Recipe, s.GPUs, goal, in.Wish, s.Axes}
	key.step.Arch, key.step.Counts = nil, nil // their values are in the key
	key.peak.Arch, key.peak.Counts, key.peak.Recipe = nil, nil, nil
	found, ok := layouts.find(&key)
	if !ok {
		found = search(&s, in)
		layouts.keep(&key, &found)
	}
	return found
}

func search(s *train.Search, in *Resolved) train.Found {
	var o train.Outcome
	s.Run(&o)
	if len(o.Best) > 0 {
		return o.Best[0]
	}
	return train.Found{Plan: train.Plan{Layout: model.Layout{TP: 1, PP: 1, VPP: 1, DP: s.GPUs, CP: 1, EP: 1, ZeRO: max(in.Wish.ZeRO, 1), Micro: max(in.Wish.Micro, 1),
		Recompute: model.RecomputeFull, Eager: in.Wish.Eager}}}
}

// quickAxes are the choices that are tried while a reader looks on.
func quickAxes(in *Resolved) train.Axes {
	a := train.QuickAxes(max(in.Train.TPDomain, 1), in.V(scenario.Seq), in.Stack.Sequence)
	habits(in, &a)
	return a
}

// habits narrows a search to what the run's software does: the order of the
// pipeline that was chosen, and of software that was named the ways that it has
// to split a model.
func habits(in *Resolved, a *train.Axes) {
	a.Pipelines = 1 << in.Pipeline
	if !in.FrameworkGiven {
		return
	}
	switch in.Framework {
	case "hf": // whole copies, or states and weights in shards
		a.TP, a.PP, a.CP = 1, 1, 1
	case "fsdp":
		a.PP, a.ZeRO = 1, 1<<2|1<<3
	case "nanotron":
		a.ZeRO = 1<<0 | 1<<1
	}
}

// A layoutKey is everything that a quick search depends on.
type layoutKey struct {
	step       train.StepInputs
	peak       train.PeakInputs
	arch, body model.Arch
	recipe     model.Recipe
	gpus       int
	goal       train.Goal
	wish       train.Wish
	axes       train.Axes
}

// keptLayouts remembers what quick searches found: while a reader moves a
// price or a demand, and for each fleet of a chart, the layouts stay the same.
type keptLayouts struct {
	mu sync.Mutex
	at map[layoutKey]train.Found
}

// mostLayouts bounds what is remembered; then it begins anew.
const mostLayouts = 256

var layouts = keptLayouts{at: map[layoutKey]train.Found{}}

func (k *keptLayouts) find(key *layoutKey) (train.Found, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, ok := k.at[*key]
	return f, ok
}

func (k *keptLayouts) keep(key *layoutKey, f *train.Found) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.at) >= mostLayouts {
		clear(k.at)
	}
	k.at[*key] = *f
}
