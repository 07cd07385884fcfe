// Package task is long work that runs beside the page: the same program in a
// worker, asked one question.
package task

import (
	"encoding/json"
	"fmt"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// Search is the kind of task that ranks all layouts of a case.
const Search = "search"

// Run answers a task of a kind about a case, given as a link's fragment; tell
// is told now and then which share is done and what to say of it.
func Run(kind, about string, tell func(share float64, text string)) (answer string, err error) {
	if kind != Search {
		return "", fmt.Errorf("no task is called %q", kind)
	}
	s, view, _ := scenario.ParseFragment(about)
	a := core.Answer(&s)
	goal, _ := core.SearchGoal(view["by"])
	last := 0.0
	found := core.Search(&a.In, core.SearchOptions{Goal: goal, Curve: true, Tick: func(t *train.Tally) bool {
		if t.Share >= last+0.02 {
			last = t.Share
			tell(t.Share, fmt.Sprintf("%d layouts so far", t.Considered))
		}
		return true
	}})
	out, err := json.Marshal(found.Export())
	return string(out), err
}
