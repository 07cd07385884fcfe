package core

import (
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/lifecycle"
)

// stageDays are the catalogue's usual lengths of the stages.
var stageDays = sync.OnceValue(func() *[lifecycle.StageCount]*catalog.Value {
	var out [lifecycle.StageCount]*catalog.Value
	for s := range lifecycle.Stages {
		v, ok := catalog.BillFigure("days_" + lifecycle.Stages[s].Key)
		if !ok {
			v = &catalog.Value{} // a test over the stages finds it
		}
		out[s] = v
	}
	return &out
})
