//go:build !js

package training

import (
	"runtime"
	"strings"
	"sync"

	"flopbook/core/train"
)

// A Result is a case predicted by constants that were fitted without it.
type Result struct {
	Case  *Case
	Time  float64 // s
	Error float64 // predicted/measured - 1
	How   string  // "source" or "size": what was left out
	Step  train.Step

	Lo, Hi float64 // 80 % interval, s; see Cover
	Inside bool
}

// LeftOut is the cases predicted by constants that have not seen them.
type LeftOut struct {
	ByRule   []Result // without the source, or without the model size where a row's cell has one source
	BySource []Result // without the source, whatever else its cell has: zero-shot
	BySize   []Result // the sweep's rows without their model size
	All      *Point   // fitted on every case
}

// sweep is the source that is also predicted a model size at a time.
const sweep = "nanotron"

// cell is what a source may be alone in: an accelerator generation, a
// precision, and dense or mixture of experts.
func (c *Case) cell() string { return c.Family + " " + c.Class.String() + " " + c.kind() }

func (c *Case) kind() string {
	if c.MoE {
		return "moe"
	}
	return "dense"
}

// size names the model without the variants that a table writes in brackets.
func (c *Case) size() string {
	s, _, _ := strings.Cut(c.Model, " (")
	return s
}

// A fold is what one fit does not see: a source, or a model size of it.
type fold struct{ group, size string }

func (f fold) has(c *Case) bool { return c.Group == f.group && (f.size == "" || c.size() == f.size) }

// LeaveOut fits once without each source and once without each model size of
// the sources that are alone in a cell, and predicts what each fit has not seen.
func LeaveOut(cases []*Case) *LeftOut {
	groups := map[string]map[string]bool{}
	for _, c := range cases {
		if groups[c.cell()] == nil {
			groups[c.cell()] = map[string]bool{}
		}
		groups[c.cell()][c.Group] = true
	}
	alone := func(c *Case) bool { return len(groups[c.cell()]) < 2 }
	names := map[string]fold{}
	for _, c := range cases {
		names[c.Group] = fold{group: c.Group}
		if alone(c) || c.Group == sweep {
			names[c.Group+"|"+c.size()] = fold{c.Group, c.size()}
		}
	}
	keys := sortedKeys(names)
	points := make([]*Point, len(keys)+1)
	var wg sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range points {
		wg.Add(1)
		gate <- struct{}{}
		go func() {
			defer func() { <-gate; wg.Done() }()
			if i == len(keys) {
				points[i] = Fit(cases)
				return
			}
			f := names[keys[i]]
			var seen []*Case
			for _, c := range cases {
				if !f.has(c) {
					seen = append(seen, c)
				}
			}
			points[i] = Fit(seen)
		}()
	}
	wg.Wait()

	out := &LeftOut{All: points[len(keys)]}
	for i, key := range keys {
		f := names[key]
		for _, c := range cases {
			if !f.has(c) {
				continue
			}
			r := points[i].result(c, f)
			switch {
			case f.size == "":
				out.BySource = append(out.BySource, r)
				if !alone(c) {
					out.ByRule = append(out.ByRule, r)
				}
			case alone(c):
				out.ByRule = append(out.ByRule, r)
			}
			if f.size != "" && c.Group == sweep {
				out.BySize = append(out.BySize, r)
			}
		}
	}
	Cover(out.ByRule)
	return out
}

// result predicts a case that the point was fitted without.
func (p *Point) result(c *Case, f fold) Result {
	r := Result{Case: c, How: "size"}
	if f.size == "" {
		r.How = "source"
		// What the allocator does follows from memory constants that the source's other sizes gave.
		unseen := *c
		unseen.In.Retried = 0
		r.Time = p.Predict(&unseen, &r.Step)
	} else {
		r.Time = p.Predict(c, &r.Step)
	}
	r.Error = r.Time/c.Measured - 1
	return r
}
