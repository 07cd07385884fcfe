//go:build !js

package training

import (
	"math"

	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// Predict is the time of a case's step, seconds, with its 80 % interval, by
// the fitted table; parts are where it goes.
func Predict(c *Case, parts *train.Step) unit.Range {
	in := c.In
	basis := train.NearestEfficiency(c.Family, c.Class, c.MoE, c.Soft, c.Network, &in.Eff)
	in.Prepare()
	in.Estimate(&c.Layout, parts)
	lo, hi := basis.Spread(float64(len(c.Free)))
	return unit.Range{V: parts.Total, Lo: parts.Total * lo, Hi: parts.Total * hi}
}

// search gives a case without any layout the one that is fastest by typical
// constants: fitted ones may have seen the row.
func (c *Case) search(memory float64) {
	s := train.Search{Step: c.In, GPUs: int(c.GPUs), Wish: train.NoWish,
		Axes: train.QuickAxes(int(math.Max(c.In.Mach.Domain, 1)), c.In.Seq, c.Layout.SP || c.sequence())}
	s.Step.Eff = train.Typical
	s.Step.Prepare()
	s.Peak = train.PeakInputs{Arch: &c.Arch, Counts: &c.Counts, Recipe: &model.Recipes[0], Frame: train.FindFramework("megatron"),
		Seq: c.In.Seq, Batch: c.In.Batch * c.In.Seq, Capacity: memory}
	s.Wish.Eager = c.Layout.Eager
	var o train.Outcome
	s.Run(&o)
	if len(o.Best) > 0 {
		c.Layout = o.Best[0].Layout
	}
}

// sequence reports whether the case's software cuts norms too.
func (c *Case) sequence() bool {
	stack, ok := train.FindStack(c.Soft)
	return ok && stack.Sequence
}
