//go:build !js

package training

import (
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

// cell is what a source may be alone in: an accelerator generation, a
// precision, and dense or mixture of experts.
func (c *Case) cell() string {
	k := "dense"
	if c.MoE {
		k = "moe"
	}
	return c.Family + " " + c.Class.String() + " " + k
}

// size names the model without the variants that a table writes in brackets.
func (c *Case) size() string {
	s, _, _ := strings.Cut(c.Model, " (")
	return s
}

// LeaveOut predicts every case that counts for time by a fit without its whole
// source, or, where its cell has no other source, without its model size.
func LeaveOut(cases []*Case, sizes map[string]bool) ([]Result, *Point) {
	groups := map[string]map[string]bool{}
	for _, c := range cases {
		if groups[c.cell()] == nil {
			groups[c.cell()] = map[string]bool{}
		}
		groups[c.cell()][c.Group] = true
	}
	bySize := func(c *Case) bool { return len(groups[c.cell()]) < 2 || sizes[c.Group] }
	folds := map[string][]*Case{}
	for _, c := range cases {
		key := "source|" + c.Group
		if bySize(c) {
			key = "size|" + c.Group + "|" + c.size()
		}
		folds[key] = append(folds[key], c)
	}
	start := Fit(cases, nil)
	keys := sortedKeys(folds)
	out := make([][]Result, len(keys))
	var wg sync.WaitGroup
	gate := make(chan struct{}, 2)
	for i, key := range keys {
		wg.Add(1)
		gate <- struct{}{}
		go func() {
			defer func() { <-gate; wg.Done() }()
			kind, rest, _ := strings.Cut(key, "|")
			var left []*Case
			for _, c := range cases {
				if kind == "source" && c.Group == rest || kind == "size" && c.Group+"|"+c.size() == rest {
					continue
				}
				left = append(left, c)
			}
			p := Fit(left, nil) // from the prior, so that nothing of the rows left out comes in by the way
			for _, c := range folds[key] {
				r := Result{Case: c, How: kind}
				r.Time = p.Predict(c, &r.Step)
				r.Error = r.Time/c.Measured - 1
				out[i] = append(out[i], r)
			}
		}()
	}
	wg.Wait()
	var all []Result
	for _, r := range out {
		all = append(all, r...)
	}
	Cover(all)
	return all, start
}
