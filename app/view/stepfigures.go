package view

import (
	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// stepKinds are the kinds of bars that a reader tells apart; barKind says which
// of them each of the step's belongs to.
var stepKinds = []chart.StepKind{
	{Name: "forward", Color: chart.C1}, {Name: "backward", Color: chart.C4}, {Name: "recomputing", Color: chart.C2},
	{Name: "network", Color: chart.C3}, {Name: "optimizer", Color: chart.C5}, {Name: "waiting for launches and overheads", Color: chart.C6},
	{Name: "waiting for other stages (bubble)", Color: chart.Soft, Idle: true},
}

var barKind = [train.BarKinds]int{
	train.BarForward: 0, train.BarBackward: 1, train.BarWeights: 1, train.BarRecompute: 2,
	train.BarTensor: 3, train.BarDispatch: 3, train.BarSend: 3, train.BarData: 3,
	train.BarOptimizer: 4, train.BarOffload: 4, train.BarLaunch: 5, train.BarRetries: 5, train.BarOverhead: 5, train.BarJitter: 5, train.BarBubble: 6,
}

// stepChart draws the step over time.
func stepChart(in *core.Resolved, out *core.Report) chart.Chart {
	var counts model.Counts
	var s train.StepInputs
	in.Body.Count(&counts)
	core.StepInputsOf(in, &counts, &s)
	t := s.Timeline(&out.Layout.Layout, 0)
	d := chart.StepTime{Kinds: stepKinds, Seconds: t.Seconds, Drawn: t.Seconds - t.Left, Cut: t.Cut, Micro: t.Micro, Says: t.Says}
	for _, stage := range t.Stages {
		var row []chart.Stretch
		for _, b := range stage {
			row = append(row, chart.Stretch{Kind: barKind[b.Kind], Start: b.Start, End: b.End})
		}
		d.Stages = append(d.Stages, row)
	}
	if kept := in.V(scenario.Practice); kept != 1 {
		says := "Whole runs keep " + unit.Short(unit.Fraction, kept) + " of this speed, through other layouts, evaluation and warming up; the days count that too."
		if d.Says != "" {
			says = d.Says + " " + says
		}
		d.Says = says
	}
	return chart.StepOverTime(d)
}

// waterfallChart leads from peak to useful work: every part of the step's time
// is that share of what the peak could have done.
func waterfallChart(in *core.Resolved, out *core.Report) chart.Chart {
	var c core.Cascade
	mfu, given := out.V[core.MFU], 0.0
	if out.Unexplained != 0 { // a share of peak that is given has no parts of its own
		given = mfu.V
		mfu = core.PredictedWaterfall(in, out, &c)
	} else {
		core.Waterfall(in, out, &c)
	}
	losses := []chart.Loss{
		{Name: "GPUs without work", Term: "idle", Color: chart.Soft},
		{Name: "slow kernels", Term: "matrix products and attention below peak", Color: chart.C1},
		{Name: "work bound by memory", Term: "norms, activations, residuals", Color: chart.C1},
		{Name: "recomputing", Term: "activation recomputation", Color: chart.C2},
		{Name: "network inside a layer", Term: "tensor, sequence and context parallelism", Color: chart.C3},
		{Name: "network between experts", Term: "all-to-all", Color: chart.C3},
		{Name: "network between copies", Term: "gradients and sharded weights", Color: chart.C3},
		{Name: "network between stages", Term: "pipeline send and receive", Color: chart.C3},
		{Name: "waiting for the pipeline", Term: "bubble", Color: chart.Soft},
		{Name: "optimizer", Term: "update of the weights", Color: chart.C5},
		{Name: "host memory and disks", Term: "offload", Color: chart.C5},
		{Name: "waiting for launches", Term: "kernel launches by the processor", Color: chart.C6},
		{Name: "overheads", Term: "data, logging, the slowest server", Color: chart.C6},
		{Name: "work not counted", Term: "left out by the rule for compute", Color: chart.Soft},
	}
	place := map[string]int{"idle": 0, "matmul": 1, "attention": 1, "experts": 1, "head": 1, "memory": 2, "recompute": 3, "tensor": 4, "dispatch": 5, "data": 6,
		"send": 7, "bubble": 8, "optimizer": 9, "offload": 10, "launch": 11, "retries": 12, "overhead": 12, "jitter": 12, "rule": 13}
	for _, f := range c.Falls {
		losses[place[f.Name]].Share += f.Rate / c.Peak
	}
	if rule := &losses[len(losses)-1]; rule.Share < 0 {
		rule.Name, rule.Term = "work counted, not done", "added by the rule for compute"
	}
	return chart.WhereTimeGoes(chart.Waterfall{Accelerator: in.Train.Name, Useful: mfu.V, Lo: mfu.Lo, Hi: mfu.Hi, Given: given, Losses: losses})
}
