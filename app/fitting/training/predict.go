//go:build !js

package training

import (
	"math"

	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// perUnknown widens the interval, on the log scale, for each thing that the
// source does not say and the estimate assumes.
const perUnknown = 0.1

// Predict is the time of a case's step, seconds, with its 80 % interval, by
// the fitted table; parts are where it goes.
func Predict(c *Case, parts *train.Step) unit.Range {
	in := c.In
	row := train.FindEfficiency(c.Family, c.Class, c.MoE, c.Soft, c.Network, &in.Eff)
	in.Prepare()
	in.Estimate(&c.Layout, parts)
	if row == nil {
		return unit.Range{V: parts.Total, Lo: parts.Total / 2, Hi: parts.Total * 2}
	}
	wide := 1 + perUnknown*float64(len(c.Free))
	return unit.Range{V: parts.Total, Lo: parts.Total * math.Pow(row.Lo, wide), Hi: parts.Total * math.Pow(row.Hi, wide)}
}

// search gives a case without any layout the one that the search picks.
func (c *Case) search(memory float64) {
	recipe := &model.Recipes[0]
	in := train.MemoryInputs{Arch: &c.Arch, Counts: &c.Counts, Recipe: recipe, Seq: c.In.Seq, Batch: c.In.Batch * c.In.Seq, Memory: memory}
	var mem train.Memory
	eager := c.Layout.Eager
	c.Layout, _ = train.FindLayout(&in, int(c.GPUs), int(math.Max(c.In.Mach.Domain, 1)), train.Wish{ZeRO: -1, Recompute: -1}, &mem)
	c.Layout.Eager = eager
}
