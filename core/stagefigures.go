package core

import (
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/lifecycle"
)

// stageFigure is the usual length of a stage and its share of the team's time.
type stageFigure struct{ days, staff *catalog.Value }

var stageFigures = sync.OnceValue(func() *[lifecycle.StageCount]stageFigure {
	var out [lifecycle.StageCount]stageFigure
	for s := range lifecycle.Stages {
		for prefix, to := range map[string]**catalog.Value{"days_": &out[s].days, "staff_": &out[s].staff} {
			v, ok := catalog.BillFigure(prefix + lifecycle.Stages[s].Key)
			if !ok {
				v = &catalog.Value{} // a test over the stages finds it
			}
			*to = v
		}
	}
	return &out
})
